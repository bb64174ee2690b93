//! `ATL-03` and `ATL-05` to `ATL-07`: the hosted side, as far as it shows from here.

use super::routes::{connections, vpc};
use crate::check::situation::Situation;
use crate::check::{Finding, PeeringFault, Role};
use crate::reach::View;
use crate::world::{Clue, Gap, Snapshot};

/// Whether the environment's properties name a hosted MongoDB.
pub(super) fn is_used(world: &Snapshot) -> bool {
    let properties = world.settings.value().map_or(&[][..], |all| &all.properties);
    properties.iter().any(|property| property.clues.contains(&Clue::HostedMongo))
}

/// Whether the application fails: instances report, and say that they are not well.
pub(super) fn application_fails(world: &Snapshot) -> bool {
    let situation = Situation::of(world);
    !situation.is_well() && !situation.all_silent() && !situation.health_is_good()
}

/// Whether so much fails that an application without its database would look like it. Fewer failures
/// have likelier reasons than a connection that no property speaks of.
pub(super) fn most_requests_fail(world: &Snapshot) -> bool {
    let Some(environment) = world.environment.value() else { return false };
    environment.health.as_deref() == Some("Red")
        || environment
            .health_status
            .as_deref()
            .is_some_and(|one| one == "Severe" || one == "Degraded")
}

/// `ATL-03`: the list is kept by the database's host and cannot be seen by AWS's API. It is what
/// remains when the application fails, the database is public and nothing here is in the way.
pub(super) fn access_list(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    if !is_used(world) || !application_fails(world) {
        return Ok(Vec::new());
    }
    let view = View::new(world);
    let here = vpc(&view, world)?;
    let peered = connections(world, here.as_ref())?.iter().any(|one| one.status == "active");
    let of_nat = world.network.nat_gateways.items().iter().filter(|nat| nat.state == "available");
    let mut addresses: Vec<String> =
        of_nat.flat_map(|nat| nat.public_ips.iter().map(ToString::to_string)).collect();
    let own = world.compute.instances.items().iter().filter(|one| one.state == "running");
    addresses.extend(own.filter_map(|one| one.public_ip).map(|ip| ip.to_string()));
    addresses.sort();
    addresses.dedup();
    let finding = Finding::new(
        PeeringFault::AccessList { addresses: addresses.clone() },
        Role::Cause,
        "The hosted database may not admit the addresses that the instances come from now",
        "The database's access list is kept by its host; AWS's API does not show it. Instances that were replaced come from other addresses. Look there whether the addresses below, or the VPC's block, are on the list; a NAT gateway gives them one address that stays.",
    );
    let shown = if addresses.is_empty() { "unknown".to_owned() } else { addresses.join(", ") };
    let mut finding = finding
        .on(&addresses)
        .weighing(46)
        .because(&world.settings, "a property names a hosted MongoDB")
        .because(&world.compute.instances, format!("instances come from {shown}"))
        .with(Situation::of(world).signs());
    if peered {
        finding = finding.although(
            &world.network.peerings,
            "a peering connection is active; over it the VPC's block must be on the list",
        );
    }
    Ok(vec![finding])
}

/// `ATL-05`: only whoever runs the migration sees it; there is nothing to observe here.
pub(super) fn live_migration(_: &Snapshot) -> Result<Vec<Finding>, Gap> {
    Ok(Vec::new())
}

/// `ATL-06`: the tier is known to the database's host alone.
pub(super) fn tier(_: &Snapshot) -> Result<Vec<Finding>, Gap> {
    Ok(Vec::new())
}

/// `ATL-07`.
pub(super) fn public_names(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    if !is_used(world) {
        return Ok(Vec::new());
    }
    let view = View::new(world);
    let here = vpc(&view, world)?;
    let network = &world.network;
    let support = network.dns_support.value().copied().unwrap_or(true);
    let hostnames = network.dns_hostnames.value().copied().unwrap_or(true);
    let mut findings = Vec::new();
    for peering in
        connections(world, here.as_ref())?.into_iter().filter(|one| one.status == "active")
    {
        let Some(here) = here.as_ref() else { continue };
        let near = if peering.requester.vpc.as_ref() == Some(here) {
            &peering.requester
        } else {
            &peering.accepter
        };
        let far = peering.far_side(here);
        let off = near.resolves_remote_dns == Some(false) || far.resolves_remote_dns == Some(false);
        if support && hostnames && !off {
            continue;
        }
        let kind = PeeringFault::PublicNames {
            peering: peering.id.clone(),
            vpc: here.clone(),
            support,
            hostnames,
        };
        let fails = !Situation::of(world).is_well();
        let finding = Finding::new(
            kind,
            if fails { Role::Cause } else { Role::Risk },
            "The hosted database's names lead to public addresses, past the peering connection",
            "Over peering a host's name leads to its private address only if the VPC resolves names (both DNS attributes) and the connection allows it. Else the application goes over the internet, where the database does not admit it.",
        );
        findings.push(
            finding
                .on([peering.id.as_str(), here.as_str()])
                .weighing(77)
                .because(&network.dns_support, format!("enableDnsSupport is {support}"))
                .because(&network.dns_hostnames, format!("enableDnsHostnames is {hostnames}"))
                .because(
                    &network.peerings,
                    format!(
                        "DNS resolution over {}: {}",
                        peering.id,
                        if off { "off" } else { "on or unknown" }
                    ),
                ),
        );
    }
    Ok(findings)
}
