//! Checks of capacity and quotas.

use crate::check::situation::Situation;
use crate::check::told::{Words, between, proven};
use crate::check::{CapacityFault, Check, Finding, Role, messages};
use crate::reach;
use crate::world::network::Target;
use crate::world::{Gap, Snapshot, SubnetId};

use super::page;

/// Service Quotas' code for vCPUs of the standard families.
const VCPUS: &str = "L-1216C47A";
/// Service Quotas' code for Elastic IP addresses.
const ADDRESSES: &str = "L-0263D0A3";

/// The checks of this group, in the order of their codes.
pub(super) const CHECKS: &[Check] = &[
    page!("CAP-01", "vcpu-quota", "vcpu-quota.md", vcpus),
    page!("CAP-02", "no-capacity", "no-capacity.md", no_capacity),
    page!("CAP-03", "address-quota", "address-quota.md", addresses),
    page!("CAP-04", "type-not-in-zone", "type-not-in-zone.md", not_in_zone),
    page!("CAP-05", "no-spot", "no-spot.md", spot),
    page!("CAP-06", "doubled-past-quota", "doubled-past-quota.md", doubled),
    page!("CAP-07", "beanstalk-quota", "beanstalk-quota.md", beanstalk),
];

fn quota(world: &Snapshot, code: &str) -> Option<u64> {
    world.surroundings.quotas.items().iter().find(|(own, _)| own == code).map(|(_, value)| *value)
}

/// `CAP-01`.
fn vcpus(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "CAP-01",
        title: "The account may not run more virtual processors, so no instance can be launched",
        explanation: "AWS limits the virtual processors of each family that run at once. The limit is reached. A smaller update batch, stopping what is not needed, or a higher quota helps; an immutable update needs even more.",
        weight: 95,
    };
    let limit = quota(world, VCPUS);
    let running = world.compute.running_vcpus.value().copied();
    let mut found = proven(world, &words, |hit| {
        let in_text = between(&hit.text, "vCPU limit of ", " allows").and_then(|n| n.parse().ok());
        CapacityFault::VcpuQuota { quota: limit.or(in_text), running }.into()
    })?;
    if let (Some(finding), Some(running)) = (found.first_mut(), running) {
        let of = limit.map_or_else(String::new, |limit| format!(" of {limit}"));
        let text = format!("{running}{of} virtual processors run");
        *finding = finding.clone().because(&world.compute.running_vcpus, text);
    }
    Ok(found)
}

/// `CAP-02`.
fn no_capacity(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "CAP-02",
        title: "AWS has no capacity of the instance type in the zone just now",
        explanation: "Auto Scaling goes on trying. Subnets in other zones or other instance types let it succeed; else only time helps.",
        weight: 93,
    };
    proven(world, &words, |hit| {
        let zone = between(&hit.text, "you requested (", ")").map(str::to_owned);
        let instance_type = between(&hit.text, "sufficient ", " capacity").map(str::to_owned);
        let candidates = other_zones(world, zone.as_deref());
        CapacityFault::NoCapacity { instance_type, zone, candidates }.into()
    })
}

/// Subnets of the VPC in other zones than the instances' ones and the one without capacity.
fn other_zones(world: &Snapshot, without: Option<&str>) -> Vec<SubnetId> {
    let used = reach::instance_subnets(world).unwrap_or_default();
    let all = world.network.subnets.items();
    let own: Vec<_> = all.iter().filter(|one| used.contains(&one.id)).collect();
    let vpc = own.first().map(|one| &one.vpc);
    let view = reach::View::new(world);
    // A subnet with another sort of way out (a public one beside private ones) would cut off what
    // is launched there.
    let ways: Vec<_> = own.iter().map(|one| way_out(&view, &one.id)).collect();
    let fit = all.iter().filter(|one| {
        Some(&one.vpc) == vpc
            && Some(one.zone.as_str()) != without
            && !own.iter().any(|known| known.zone == one.zone)
            && ways.contains(&way_out(&view, &one.id))
    });
    fit.map(|one| one.id.clone()).collect()
}

/// What sort of thing a subnet's default route leads to.
fn way_out(view: &reach::View<'_>, subnet: &SubnetId) -> Option<std::mem::Discriminant<Target>> {
    let table = view.table_of(subnet).ok()??;
    let route = table.routes.iter().find(|route| route.destination.to_string() == "0.0.0.0/0")?;
    Some(std::mem::discriminant(&route.target))
}

/// `CAP-03`.
fn addresses(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "CAP-03",
        title: "The account may not have more Elastic IP addresses",
        explanation: "A single-instance environment needs one. Releasing an address that nothing uses (once that is sure), a higher quota, or a load-balanced environment helps.",
        weight: 95,
    };
    let all = world.network.addresses.items();
    let free = all.iter().filter(|one| {
        one.association.is_none() && one.instance.is_none() && one.interface.is_none()
    });
    let unused: Vec<_> = free.filter_map(|one| one.allocation.clone()).collect();
    let limit = quota(world, ADDRESSES);
    let mut found = proven(world, &words, |_| {
        CapacityFault::AddressQuota { quota: limit, unused: unused.clone() }.into()
    })?;
    if let (Some(finding), true) = (found.first_mut(), world.network.addresses.value().is_some()) {
        let text =
            format!("{} addresses are allocated, {} of them unused", all.len(), unused.len());
        *finding = finding.clone().on(&unused).because(&world.network.addresses, text);
    }
    Ok(found)
}

/// `CAP-04`.
fn not_in_zone(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "CAP-04");
    let first = told.first();
    let by_text = first.and_then(|hit| {
        let kind = between(&hit.text, "instance type (", ")")?;
        let zone = between(&hit.text, "Availability Zone (", ")")?;
        Some((kind.to_owned(), zone.to_owned()))
    });
    let Some((instance_type, zone)) = by_text.or_else(|| unoffered(world)) else {
        return Ok(Vec::new());
    };
    let used = reach::instance_subnets(world)?;
    let all = world.network.subnets.items().iter().filter(|one| used.contains(&one.id));
    let (there, elsewhere): (Vec<_>, Vec<_>) = all.partition(|one| one.zone == zone);
    let failing = !Situation::of(world).is_well();
    let kind = CapacityFault::TypeNotInZone {
        instance_type: instance_type.clone(),
        zone: zone.clone(),
        subnets: there.iter().map(|one| one.id.clone()).collect(),
        keep: elsewhere.iter().map(|one| one.id.clone()).collect(),
    };
    let finding = Finding::new(
        kind,
        if told.is_empty() && !failing { Role::Risk } else { Role::Cause },
        format!("{zone} does not offer {instance_type}, so launches there fail"),
        "Not every zone has every instance type. Auto Scaling spreads instances over all subnets, and the launches in this zone fail. The subnet has to leave the list, or the type has to change.",
    );
    Ok(vec![
        finding
            .on([zone.as_str(), instance_type.as_str()])
            .on(there.iter().map(|one| &one.id))
            .weighing(94)
            .with(messages::evidence(&told))
            .because(&world.compute.offerings, format!("{instance_type} is not offered in {zone}")),
    ])
}

/// A type and an instance subnet's zone without it, by EC2's list of offerings; only where that
/// list knows the type at all, and only while something fails.
fn unoffered(world: &Snapshot) -> Option<(String, String)> {
    let offerings = world.compute.offerings.items();
    let used = reach::instance_subnets(world).ok()?;
    let failed = world.scaling.activities.items().iter().any(|one| one.status == "Failed");
    let types: Vec<&str> = world
        .compute
        .launch_templates
        .items()
        .iter()
        .filter_map(|one| one.instance_type.as_deref())
        .collect();
    let set = world
        .settings
        .value()
        .and_then(|all| all.get("aws:autoscaling:launchconfiguration", "InstanceType"));
    let kind = types.first().copied().or(set)?;
    let known = offerings.iter().any(|(own, _)| own == kind);
    let zones = world.network.subnets.items().iter().filter(|one| used.contains(&one.id));
    let missing = zones
        .map(|one| &one.zone)
        .find(|zone| !offerings.iter().any(|(own, offered)| own == kind && offered == *zone))?;
    (known && failed && !Situation::of(world).is_well()).then(|| (kind.to_owned(), missing.clone()))
}

/// `CAP-05`.
fn spot(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "CAP-05",
        title: "There is no Spot capacity at the price the environment offers",
        explanation: "With EnableSpot the environment takes what AWS has left over. More instance types, no highest price, or some instances on demand (SpotFleetOnDemandBase) keep it running.",
        weight: 94,
    };
    let price = world
        .settings
        .value()
        .and_then(|all| all.get("aws:ec2:instances", "SpotMaxPrice"))
        .map(str::to_owned);
    proven(world, &words, |_| CapacityFault::NoSpot { price: price.clone() }.into())
}

/// `CAP-06`.
fn doubled(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let Some(settings) = world.settings.present()? else { return Ok(Vec::new()) };
    let deployment = settings.get("aws:elasticbeanstalk:command", "DeploymentPolicy");
    let update = settings.get("aws:autoscaling:updatepolicy:rollingupdate", "RollingUpdateType");
    let doubling = [deployment, update]
        .into_iter()
        .flatten()
        .find(|policy| matches!(*policy, "Immutable" | "TrafficSplitting"));
    let (Some(policy), Some(limit)) = (doubling, quota(world, VCPUS)) else {
        return Ok(Vec::new());
    };
    let each = world.compute.types.items().first().map_or(0, |kind| kind.vcpus);
    let desired: u32 = world.scaling.groups.items().iter().map(|group| group.desired).sum();
    let running = world.compute.running_vcpus.value().copied().unwrap_or(each * desired);
    let needed = running + each * desired;
    if each == 0 || u64::from(needed) <= limit {
        return Ok(Vec::new());
    }
    let failed = !messages::proofs(world, "CAP-01").is_empty();
    let finding = Finding::new(
        CapacityFault::DoubledPastQuota { policy: policy.to_owned(), needed, quota: limit },
        if failed { Role::Cause } else { Role::Risk },
        format!("A {policy} update doubles the instances, and the account may not run that many"),
        "Immutable and traffic-splitting updates start a second set of instances beside the first. Together they pass the quota of virtual processors, so the update fails. A rolling update, or a higher quota, goes through.",
    );
    Ok(vec![
        finding
            .weighing(if failed { 96 } else { 40 })
            .because(&world.settings, format!("the policy is {policy}"))
            .because(
                &world.surroundings.quotas,
                format!("{needed} virtual processors would be needed, {limit} are allowed"),
            )
            .with(messages::evidence(&messages::proofs(world, "CAP-01"))),
    ])
}

/// `CAP-07`.
fn beanstalk(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "CAP-07",
        title: "One of Elastic Beanstalk's own quotas is used up",
        explanation: "The account has as many application versions, environments or buckets as it may. Old versions can be deleted (not the one of a terminated environment that may have to be restored), or a lifecycle rule can do it.",
        weight: 92,
    };
    proven(world, &words, |hit| {
        let what = between(&hit.text, "its limit of ", "").unwrap_or("application versions");
        CapacityFault::BeanstalkQuota { what: what.trim_end_matches('.').to_owned() }.into()
    })
}
