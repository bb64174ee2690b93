//! What is done about networks beside the environment's own.

use crate::check::{Finding, PeeringFault};
use crate::plan::draft::{Draft, Proposal};
use crate::plan::{Action, Ref, VpcAction};
use crate::world::network::{Destination, Target};
use crate::world::{PeeringId, RouteTableId, SubnetId, VpcId};

use super::routes::{lead, own_table};
use super::{filters, network};

/// Plans what is done about a hosted database that cannot be reached.
pub(super) fn mend(draft: &mut Draft<'_>, finding: &Finding, fault: &PeeringFault) {
    match fault {
        PeeringFault::RouteMissing { peering, destination, tables, subnets } => {
            route(draft, finding, peering, destination, tables, subnets);
        }
        PeeringFault::NotActive { peering, destinations, tables, ours_to_accept, status } => {
            if *ours_to_accept && status == "pending-acceptance" {
                accept(draft, finding, peering, destinations, tables);
            } else {
                draft.ask_person(
                    format!("Whoever keeps the hosted database must ask for the peering connection anew ({peering} is {status})"),
                    "A connection that is rejected, expired or deleted does not come back, and only its other side can ask for it.",
                );
            }
        }
        PeeringFault::PublicNames { peering, vpc, support, hostnames } => {
            network::switch_dns_on(draft, finding, vpc, *support, *hostnames);
            resolve_names(draft, finding, peering, vpc);
        }
        PeeringFault::EgressBlocked { blocks, .. } => filters::open(draft, finding, blocks),
        PeeringFault::Overlap { theirs, ours, .. } => draft.ask_person(
            "Whoever keeps the hosted database must move it to another block of addresses, or offer a private endpoint",
            format!("Its block {theirs} overlaps this VPC's {ours}; addresses in both can never be routed."),
        ),
        PeeringFault::AccessList { addresses } => draft.ask_person(
            format!("Whoever keeps the hosted database must admit {} on its access list", addresses.join(", ")),
            "The list is kept by the database's provider, where AWS's API does not reach. Admitting everything, even for a moment, is no way.",
        ),
        PeeringFault::LiveMigration {} => draft.ask_person(
            "Whoever migrates the database must open the source to the migration servers' public addresses, or copy it from a machine inside the VPC",
            "A live migration comes from the provider's public addresses; the peering connection carries only what applications ask for.",
        ),
        PeeringFault::Tier {} => draft.ask_person(
            "Whoever keeps the hosted database must move it to a tier with peering, or admit the environment's public addresses",
            "Shared tiers have no peering.",
        ),
    }
}

/// Adds the route wherever an instance subnet needs it: in the table that the plan gives the
/// subnet, else in the one it has of its own, else in the main one.
fn route(
    draft: &mut Draft<'_>,
    finding: &Finding,
    peering: &PeeringId,
    destination: &Destination,
    tables: &[RouteTableId],
    subnets: &[SubnetId],
) {
    let target = Ref::Is(Target::Peering(peering.clone()));
    let mut wanted: Vec<Ref<RouteTableId>> = Vec::new();
    for subnet in subnets {
        let planned = draft.moved.get(subnet).cloned();
        let own = || own_table(draft.snapshot, subnet).map(|(own, _)| Ref::Is(own.id.clone()));
        let main = || tables.first().cloned().map(Ref::Is);
        wanted.extend(planned.or_else(own).or_else(main));
    }
    if subnets.is_empty() {
        wanted = tables.iter().cloned().map(Ref::Is).collect();
    }
    wanted.sort();
    wanted.dedup();
    for table in wanted {
        lead(draft, finding, &table, destination, target.clone());
    }
}

fn accept(
    draft: &mut Draft<'_>,
    finding: &Finding,
    peering: &PeeringId,
    destinations: &[Destination],
    tables: &[RouteTableId],
) {
    let action = VpcAction::AcceptPeering { peering: peering.clone() };
    let accepted = draft.add_ground(Proposal::new(Action::Vpc(action), finding));
    let tables = if tables.is_empty() { instance_tables(draft) } else { tables.to_vec() };
    for table in &tables {
        for destination in destinations {
            let target = Ref::Is(Target::Peering(peering.clone()));
            let step = lead(draft, finding, &Ref::Is(table.clone()), destination, target);
            if let Some(step) = step.and_then(|id| draft.step_mut(&id)) {
                step.after.push(accepted.clone());
            }
        }
    }
}

/// The tables that instance subnets use.
fn instance_tables(draft: &Draft<'_>) -> Vec<RouteTableId> {
    let named = filters::instance_subnets(draft);
    let subnets = draft.snapshot.network.subnets.items().iter();
    let mut tables: Vec<RouteTableId> = subnets
        .filter(|subnet| named.contains(&subnet.id))
        .filter_map(|subnet| super::routes::used_table(draft.snapshot, subnet))
        .map(|table| table.id.clone())
        .collect();
    tables.sort();
    tables.dedup();
    tables
}

/// Makes this account's side resolve the other's names to private addresses.
fn resolve_names(draft: &mut Draft<'_>, finding: &Finding, peering: &PeeringId, vpc: &VpcId) {
    let all = draft.snapshot.network.peerings.items();
    let Some(own) = all.iter().find(|own| own.id == *peering) else { return };
    let requester = own.requester.vpc.as_ref() == Some(vpc);
    let side = if requester { &own.requester } else { &own.accepter };
    if side.resolves_remote_dns == Some(true) {
        return;
    }
    let action = VpcAction::SetPeeringDns { peering: peering.clone(), requester, on: true };
    let before: Vec<_> = draft.ground.clone();
    draft.add_ground(Proposal::new(Action::Vpc(action), finding).after(&before));
}
