//! `NET-17` to `NET-23` and `NET-25`: where things were put, and whether there is room.

use std::collections::{BTreeMap, BTreeSet};

use super::survey::Survey;
use crate::check::situation::Situation;
use crate::check::told::{Words, between, proven, word};
use crate::check::{Finding, NetworkFault, Role, messages};
use crate::reach::{self, Destination, Outcome};
use crate::world::network::Subnet;
use crate::world::{Gap, Settings, Snapshot, SubnetId};

/// Elastic Load Balancing wants so many free addresses in each of its subnets.
// Source: incident NET-22, "ELB requires at least 8 free IP addresses in each subnet".
const BALANCER_NEEDS: u32 = 8;

/// The subnets that the load balancer was given: `ELBSubnets`, else `Subnets`.
fn balancer_subnets(settings: &Settings) -> Vec<String> {
    let own = settings.list("aws:ec2:vpc", "ELBSubnets");
    if own.is_empty() { settings.list("aws:ec2:vpc", "Subnets") } else { own }
}

fn wants_balancer(settings: &Settings) -> bool {
    settings.get("aws:elasticbeanstalk:environment", "EnvironmentType") != Some("SingleInstance")
        && settings
            .get("aws:elasticbeanstalk:environment", "LoadBalancerType")
            .is_none_or(|kind| kind == "application")
}

fn known<'a>(world: &'a Snapshot, ids: &[String]) -> Vec<&'a Subnet> {
    let all = world.network.subnets.items().iter();
    all.filter(|one| ids.iter().any(|id| one.id.as_str() == id)).collect()
}

/// One subnet of each zone, wherever there are several.
fn one_each<'a>(subnets: impl IntoIterator<Item = &'a Subnet>) -> Vec<SubnetId> {
    let mut zones: BTreeMap<&str, &Subnet> = BTreeMap::new();
    for subnet in subnets {
        let best = zones.entry(&subnet.zone).or_insert(subnet);
        if subnet.free_addresses > best.free_addresses {
            *best = subnet;
        }
    }
    zones.into_values().map(|subnet| subnet.id.clone()).collect()
}

/// Whether there is no load balancer although one is wanted.
fn lacks_balancer(world: &Snapshot) -> bool {
    let situation = Situation::of(world);
    world.balancing.load_balancers.value().is_some_and(Vec::is_empty)
        && situation.something_fails()
        && !situation.is_terminated()
}

/// `NET-17`.
pub(super) fn one_zone(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "NET-17");
    let named = world.settings.value().map(balancer_subnets).unwrap_or_default();
    let subnets = known(world, &named);
    let zones: BTreeSet<&str> = subnets.iter().map(|one| one.zone.as_str()).collect();
    let wants = world.settings.value().is_some_and(wants_balancer);
    let worker = world.environment.value().is_some_and(|own| own.tier.as_deref() == Some("Worker"));
    let seen = wants
        && !worker
        && zones.len() == 1
        && subnets.len() == named.len()
        && lacks_balancer(world);
    if told.is_empty() && !seen {
        return Ok(Vec::new());
    }
    let vpc = subnets.first().map(|one| one.vpc.clone());
    let survey = Survey::of(world).ok();
    let public = |id: &SubnetId| survey.as_ref().is_none_or(|survey| survey.is_public(id));
    let of_vpc = world.network.subnets.items().iter().filter(|one| Some(&one.vpc) == vpc.as_ref());
    let want_public = subnets.iter().any(|one| public(&one.id));
    let mut candidates = one_each(of_vpc.filter(|one| public(&one.id) == want_public));
    // What is there already stays, the other zones are added.
    for subnet in &subnets {
        let zone_of =
            |id: &SubnetId| known(world, &[id.to_string()]).first().map(|one| one.zone.clone());
        candidates.retain(|id| zone_of(id).as_deref() != Some(&subnet.zone) || *id == subnet.id);
    }
    let ids: Vec<SubnetId> = named.iter().map(|id| SubnetId(id.clone())).collect();
    let kind = NetworkFault::BalancerOneZone { subnets: ids.clone(), candidates };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "The load balancer was given subnets of one Availability Zone only",
        "An Application Load Balancer needs subnets in at least two Availability Zones. More permissions do not help; the option ELBSubnets of aws:ec2:vpc has to name a subnet of a second zone.",
    );
    let text = format!(
        "the subnets {} are all in {}",
        named.join(", "),
        zones.into_iter().collect::<Vec<_>>().join(", ")
    );
    Ok(vec![
        finding
            .on(&ids)
            .weighing(94)
            .because(&world.settings, text)
            .with(messages::evidence(&told)),
    ])
}

/// `NET-18`.
pub(super) fn share_zone(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "NET-18");
    let named = world.settings.value().map(balancer_subnets).unwrap_or_default();
    let subnets = known(world, &named);
    let zones: BTreeSet<&str> = subnets.iter().map(|one| one.zone.as_str()).collect();
    let own = world.settings.value().is_some_and(|settings| {
        !settings.list("aws:ec2:vpc", "ELBSubnets").is_empty() && wants_balancer(settings)
    });
    let seen = own && zones.len() < subnets.len() && zones.len() > 1 && lacks_balancer(world);
    if told.is_empty() && !seen {
        return Ok(Vec::new());
    }
    let ids: Vec<SubnetId> = named.iter().map(|id| SubnetId(id.clone())).collect();
    let one_each = one_each(subnets.iter().copied());
    let kind = NetworkFault::BalancerSubnetsShareZone { subnets: ids.clone(), one_each };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "The load balancer was given two subnets of the same Availability Zone",
        "A load balancer takes one subnet of each Availability Zone. Moving a load balancer that is in use means downtime; AWS advises a new environment and swapping the addresses.",
    );
    let mut finding = finding.on(&ids).weighing(94).with(messages::evidence(&told));
    for subnet in subnets.iter().take(4) {
        let text = format!("{} is in {}", subnet.id, subnet.zone);
        finding = finding.because(&world.network.subnets, text);
    }
    Ok(vec![finding])
}

/// `NET-19`.
pub(super) fn no_default_vpc(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "NET-19");
    let named = world.settings.value().map(|all| all.get("aws:ec2:vpc", "VPCId").is_some());
    let vpcs = world.network.vpcs.value();
    let none = vpcs.is_some_and(|all| !all.iter().any(|vpc| vpc.is_default));
    let seen = named == Some(false)
        && none
        && Situation::of(world).something_fails()
        && world.compute.instances.items().iter().all(|one| one.vpc.is_none());
    if told.is_empty() && !seen {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        NetworkFault::NoDefaultVpc {},
        Role::Cause,
        "The environment names no VPC, and the region has no default one",
        "Without VPCId Elastic Beanstalk uses the region's default VPC. There is none any more, so nothing can be made. Either a default VPC is made again (CreateDefaultVpc), or the environment has to name its VPC and subnets.",
    );
    Ok(vec![
        finding
            .on([world.region.as_str()])
            .weighing(if told.is_empty() { 80 } else { 96 })
            .with(messages::evidence(&told))
            .because(&world.network.vpcs, "no VPC of the region is the default one"),
    ])
}

/// `NET-20`.
pub(super) fn default_subnet(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "NET-20");
    let Some(first) = told.first() else { return Ok(Vec::new()) };
    let zone = between(&first.text, "Default subnet not found in ", "")
        .or_else(|| between(&first.text, "Default subnet in ", " not found"))
        .unwrap_or_default()
        .trim_end_matches('.')
        .to_owned();
    let finding = Finding::new(
        NetworkFault::DefaultSubnetMissing { zone: zone.clone() },
        Role::Cause,
        format!("The default VPC has no subnet in {zone}, which the load balancer wants"),
        "The environment uses the default VPC without naming subnets, so its load balancer takes every zone of the region. One zone has no default subnet, because AWS added the zone or somebody deleted the subnet.",
    );
    let defaults = world.network.subnets.items().iter().filter(|one| one.default_for_zone);
    let zones: Vec<&str> = defaults.map(|one| one.zone.as_str()).collect();
    let text = format!("default subnets are in {}", zones.join(", "));
    Ok(vec![
        finding
            .on([zone])
            .weighing(95)
            .with(messages::evidence(&told))
            .because(&world.network.subnets, text),
    ])
}

/// `NET-21`.
pub(super) fn incomplete(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let missing: Vec<String> = match world.settings.value() {
        Some(settings) => {
            let set = |name: &str| settings.get("aws:ec2:vpc", name).is_some();
            let names = ["VPCId", "Subnets"].into_iter().filter(|name| !set(name));
            names.map(str::to_owned).collect()
        }
        None => Vec::new(),
    };
    let words = Words {
        code: "NET-21",
        title: "The environment names a VPC without subnets, or subnets without the VPC",
        explanation: "Elastic Beanstalk refused the configuration: VPCId, Subnets and, with a load balancer, ELBSubnets belong together. If the text speaks of Amazon EC2, whoever asked lacks ec2:Describe permissions.",
        weight: 92,
    };
    let half = missing.len() == 1 && Situation::of(world).something_fails();
    let kind = NetworkFault::VpcOptionsIncomplete { missing: missing.clone() };
    let mut found = proven(world, &words, |_| kind.clone().into())?;
    if found.is_empty() && half {
        let text = format!("{} of aws:ec2:vpc is unset", missing[0]);
        found.push(
            Finding::new(kind, Role::Cause, words.title, words.explanation)
                .weighing(40)
                .because(&world.settings, text),
        );
    }
    Ok(found)
}

/// `NET-22`.
pub(super) fn balancer_full(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "NET-22");
    let named = world.settings.value().map(balancer_subnets).unwrap_or_default();
    let by_text = told.first().and_then(|hit| word(&hit.text, "subnet-"));
    let full = known(world, &named).into_iter().find(|one| one.free_addresses < BALANCER_NEEDS);
    let seen = full
        .filter(|_| lacks_balancer(world) && world.settings.value().is_some_and(wants_balancer));
    let Some(subnet) = by_text.map(SubnetId::from).or_else(|| seen.map(|one| one.id.clone()))
    else {
        return Ok(Vec::new());
    };
    let free = known(world, &[subnet.to_string()]).first().map_or(0, |one| one.free_addresses);
    let finding = Finding::new(
        NetworkFault::BalancerSubnetFull { subnet: subnet.clone(), free },
        Role::Cause,
        "The load balancer's subnet has too few free addresses",
        "A load balancer wants at least 8 free addresses in each of its subnets, to be made and to grow. A bigger subnet in the same zone, or fewer interfaces in this one, is what helps; trying again is not.",
    );
    Ok(vec![
        finding
            .on([subnet.as_str()])
            .weighing(94)
            .with(messages::evidence(&told))
            .because(&world.network.subnets, format!("{subnet} has {free} free addresses")),
    ])
}

/// `NET-23`.
pub(super) fn instances_full(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "NET-23");
    let ids = reach::instance_subnets(world)?;
    let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let subnets = known(world, &names);
    let full: Vec<SubnetId> =
        subnets.iter().filter(|one| one.free_addresses == 0).map(|one| one.id.clone()).collect();
    let all_full = !full.is_empty() && full.len() == ids.len();
    let situation = Situation::of(world);
    let failing = !situation.is_well() && !situation.is_terminated();
    if told.is_empty() && !(all_full && failing) {
        return Ok(Vec::new());
    }
    let affected = if full.is_empty() { ids } else { full };
    let survey = Survey::of(world).ok();
    let vpc = subnets.first().map(|one| one.vpc.clone());
    let fit = |one: &&Subnet| {
        Some(&one.vpc) == vpc.as_ref()
            && one.free_addresses > BALANCER_NEEDS
            && !affected.contains(&one.id)
            && survey.as_ref().is_some_and(|survey| leads_out(survey, one))
    };
    let candidates = world.network.subnets.items().iter().filter(fit).map(|one| one.id.clone());
    let kind = NetworkFault::InstanceSubnetsFull {
        subnets: affected.clone(),
        candidates: candidates.collect(),
    };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "The instances' subnets have no free addresses, so no instance can be launched",
        "Every instance, load balancer and endpoint takes an address of its subnet. None is left, so Auto Scaling's launches fail. Other subnets have to be added, or what uses the addresses has to go.",
    );
    let mut finding = finding.on(&affected).weighing(94).with(messages::evidence(&told));
    for subnet in subnets.iter().filter(|one| affected.contains(&one.id)).take(4) {
        let text = format!("{} has {} free addresses", subnet.id, subnet.free_addresses);
        finding = finding.because(&world.network.subnets, text);
    }
    Ok(vec![finding])
}

fn leads_out(survey: &Survey<'_>, subnet: &Subnet) -> bool {
    let table = survey.view.table_of(&subnet.id).ok().flatten();
    table.is_some_and(|table| {
        table.routes.iter().any(|route| super::survey::is_default(route) && !route.blackhole)
    })
}

/// `NET-25`.
pub(super) fn packages(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    if survey.places.iter().any(super::survey::Place::is_blocked) {
        return Ok(Vec::new());
    }
    let told = messages::clues(world, "NET-25");
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let to = Destination::packages();
    let paths: Vec<_> = survey
        .places
        .iter()
        .map(|place| (place, reach::reach(&survey.view, &place.from, &to)))
        .filter(|(_, path)| matches!(path.outcome, Outcome::Blocked(_)))
        .collect();
    if paths.is_empty() {
        return survey.nothing();
    }
    let subnets: Vec<SubnetId> = paths.iter().map(|(place, _)| place.from.subnet.clone()).collect();
    let finding = Finding::new(
        NetworkFault::PackagesUnreachable { subnets: subnets.clone() },
        Role::Cause,
        "Instances reach AWS by endpoints, but not the places their packages or images come from",
        "The subnets have endpoints for AWS's services and no way to the internet. What the deployment fetches from elsewhere (npm, PyPI, Docker Hub) cannot be reached. Put it into the bundle, use ECR with its endpoints, or add a NAT gateway.",
    );
    let mut finding = finding.on(&subnets).weighing(88).with(messages::evidence(&told));
    for (_, path) in paths.iter().take(2) {
        finding = finding.because(&world.network.route_tables, path.draw());
    }
    Ok(vec![finding])
}
