//! Knowing a lost route table again.
//!
//! Three sources, in this order: CloudTrail, which for 90 days knows the calls that made the
//! table's routes and associations and who took them away; the tables of sibling subnets; and the
//! NAT gateways and peering connections that are there and that no route uses any more.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::survey::{Survey, is_default};
use crate::check::{LostTable, Trigger, trail};
use crate::world::network::{Destination, Route, RouteTable, Target};
use crate::world::{RouteTableId, Snapshot, SubnetId, TrailEvent};

/// How long before its table was deleted a subnet may have left it and still count as lost.
// A table can only be deleted once nothing uses it, so its subnets always leave shortly before.
const BEFORE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What the trail tells of one route table.
#[derive(Default)]
struct Past<'a> {
    name: Option<String>,
    routes: Vec<Route>,
    /// Association and subnet.
    linked: Vec<(String, SubnetId)>,
    unlinked: Vec<(SubnetId, &'a TrailEvent)>,
    removed: Vec<(Route, &'a TrailEvent)>,
    deleted: Option<&'a TrailEvent>,
}

/// A table known again, and who took it away.
pub(super) struct Known {
    pub(super) table: LostTable,
    pub(super) trigger: Option<Trigger>,
}

/// What subnets without a way out have lost, as far as it can be known.
pub(super) fn find(survey: &Survey<'_>, subnets: &[SubnetId]) -> Option<Known> {
    let past = replay(survey.world);
    deleted(survey, &past, subnets)
        .or_else(|| route_removed(survey, &past, subnets))
        .or_else(|| left_behind(survey, &past, subnets))
        .or_else(|| from_what_is_there(survey, subnets))
}

fn replay(world: &Snapshot) -> BTreeMap<String, Past<'_>> {
    let mut tables: BTreeMap<String, Past<'_>> = BTreeMap::new();
    for event in trail::effective(world) {
        apply(&mut tables, event);
    }
    tables
}

fn apply<'a>(tables: &mut BTreeMap<String, Past<'a>>, event: &'a TrailEvent) {
    let asked = trail::asked(event, "routeTableId").map(str::to_owned);
    match event.name.as_str() {
        "CreateRouteTable" => {
            if let Some(id) = trail::answered(event, "routeTableId") {
                let past = tables.entry(id.to_owned()).or_default();
                past.name = name_tag(&event.request).or_else(|| name_tag(&event.response));
            }
        }
        "CreateTags" => {
            if let Some(name) = name_tag(&event.request) {
                let known = tables.iter_mut().find(|(id, _)| trail::mentions(event, id));
                if let Some((_, past)) = known {
                    past.name = Some(name.clone());
                }
            }
        }
        "CreateRoute" | "ReplaceRoute" => {
            if let (Some(id), Some(route)) = (asked, route_of(event)) {
                let past = tables.entry(id).or_default();
                past.routes.retain(|known| known.destination != route.destination);
                past.routes.push(route);
            }
        }
        "DeleteRoute" => {
            if let (Some(id), Some(destination)) = (asked, destination_of(event)) {
                let past = tables.entry(id).or_default();
                let gone = past.routes.iter().position(|one| one.destination == destination);
                if let Some(index) = gone {
                    let route = past.routes.remove(index);
                    past.removed.push((route, event));
                }
            }
        }
        "AssociateRouteTable" => {
            if let (Some(id), Some(subnet)) = (asked, trail::asked(event, "subnetId")) {
                let link = trail::answered(event, "associationId").unwrap_or_default().to_owned();
                tables.entry(id).or_default().linked.push((link, subnet.into()));
            }
        }
        "DisassociateRouteTable" => {
            let link = trail::asked(event, "associationId").unwrap_or_default();
            unlink(tables, link, event);
        }
        "ReplaceRouteTableAssociation" => {
            let link = trail::asked(event, "associationId").unwrap_or_default();
            let subnet = unlink(tables, link, event);
            if let (Some(id), Some(subnet)) = (asked, subnet) {
                let new = trail::answered(event, "newAssociationId").unwrap_or_default();
                tables.entry(id).or_default().linked.push((new.to_owned(), subnet));
            }
        }
        "DeleteRouteTable" => {
            if let Some(id) = asked {
                tables.entry(id).or_default().deleted = Some(event);
            }
        }
        _ => {}
    }
}

fn unlink<'a>(
    tables: &mut BTreeMap<String, Past<'a>>,
    link: &str,
    event: &'a TrailEvent,
) -> Option<SubnetId> {
    if link.is_empty() {
        return None;
    }
    for past in tables.values_mut() {
        if let Some(index) = past.linked.iter().position(|(own, _)| own == link) {
            let (_, subnet) = past.linked.remove(index);
            past.unlinked.push((subnet.clone(), event));
            return Some(subnet);
        }
    }
    None
}

/// The value of the tag `Name` in a request or an answer.
fn name_tag(value: &Value) -> Option<String> {
    match value {
        Value::Object(members) => {
            let get = |name: &str| {
                members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v)
            };
            if get("key").and_then(Value::as_str) == Some("Name") {
                return get("value").and_then(Value::as_str).map(str::to_owned);
            }
            members.values().find_map(name_tag)
        }
        Value::Array(items) => items.iter().find_map(name_tag),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn destination_of(event: &TrailEvent) -> Option<Destination> {
    let block = ["destinationCidrBlock", "destinationIpv6CidrBlock"];
    if let Some(text) = block.iter().find_map(|name| trail::asked(event, name)) {
        return text.parse().ok().map(Destination::Cidr);
    }
    trail::asked(event, "destinationPrefixListId").map(|id| Destination::PrefixList(id.into()))
}

fn route_of(event: &TrailEvent) -> Option<Route> {
    // Source: the parameters of EC2's CreateRoute.
    const TARGETS: [&str; 9] = [
        "natGatewayId",
        "gatewayId",
        "vpcPeeringConnectionId",
        "transitGatewayId",
        "networkInterfaceId",
        "instanceId",
        "vpcEndpointId",
        "egressOnlyInternetGatewayId",
        "carrierGatewayId",
    ];
    let target = TARGETS.iter().find_map(|name| trail::asked(event, name))?;
    Some(Route {
        destination: destination_of(event)?,
        target: Target::from_id(target),
        blackhole: false,
        origin: Some("CreateRoute".to_owned()),
    })
}

/// A table that the trail saw deleted and that these subnets had used.
fn deleted(
    survey: &Survey<'_>,
    past: &BTreeMap<String, Past<'_>>,
    subnets: &[SubnetId],
) -> Option<Known> {
    let gone = past.iter().filter_map(|(id, past)| {
        let event = past.deleted?;
        survey.view.table(&id.as_str().into()).is_none().then_some((id, past, event))
    });
    let mut candidates: Vec<_> = gone
        .filter_map(|(id, past, event)| {
            let users = users_at(past, event.at);
            let ours: Vec<SubnetId> =
                users.iter().filter(|subnet| subnets.contains(subnet)).cloned().collect();
            // A table made before the trail's 90 days shows no user; then it may be ours.
            (!ours.is_empty() || users.is_empty()).then_some((id, past, event, ours))
        })
        .collect();
    candidates.sort_by_key(|(_, _, event, ours)| (ours.len(), event.at));
    let (id, past, event, ours) = candidates.pop()?;
    let mut known_from = Vec::new();
    let seen = !past.routes.is_empty();
    if seen {
        known_from.push("CloudTrail: the CreateRoute calls that had made its routes".to_owned());
    }
    let subnets = if ours.is_empty() {
        known_from.push("the subnets that have no route table of their own now".to_owned());
        subnets.iter().filter(|id| !survey.view.has_own_table(id)).cloned().collect()
    } else {
        known_from.push("CloudTrail: the calls that had associated the subnets with it".to_owned());
        ours
    };
    let mut routes = past.routes.clone();
    if !routes.iter().any(is_default) {
        let mut guess = from_what_is_there(survey, &subnets)?;
        routes.extend(guess.table.routes.into_iter().filter(is_default));
        known_from.append(&mut guess.table.known_from);
    }
    let name = past.name.clone();
    let table = LostTable { id: Some(id.as_str().into()), routes, subnets, name, known_from };
    Some(Known { table, trigger: Some(trail::told(event, id)) })
}

/// The subnets that used a table shortly before a moment.
fn users_at(past: &Past<'_>, at: Timestamp) -> Vec<SubnetId> {
    let mut users: Vec<SubnetId> = past.linked.iter().map(|(_, subnet)| subnet.clone()).collect();
    let shortly = past.unlinked.iter().filter(|(_, event)| at.duration_since(event.at) <= BEFORE);
    users.extend(shortly.map(|(subnet, _)| subnet.clone()));
    users.sort();
    users.dedup();
    users
}

/// The default route was taken out of a table that is still there.
fn route_removed(
    survey: &Survey<'_>,
    past: &BTreeMap<String, Past<'_>>,
    subnets: &[SubnetId],
) -> Option<Known> {
    survey.tables(subnets).into_iter().find_map(|id| {
        let past = past.get(id.as_str())?;
        let now = survey.view.table(&id)?;
        let missing =
            |route: &Route| !now.routes.iter().any(|known| known.destination == route.destination);
        let lost: Vec<_> = past.removed.iter().filter(|(route, _)| missing(route)).collect();
        let (_, event) = lost.iter().find(|(route, _)| is_default(route))?;
        let table = LostTable {
            routes: lost.iter().map(|(route, _)| route.clone()).collect(),
            subnets: subnets.to_vec(),
            name: past.name.clone(),
            known_from: vec!["CloudTrail: the CreateRoute and DeleteRoute calls".to_owned()],
            id: Some(id.clone()),
        };
        Some(Known { table, trigger: Some(trail::told(event, id.as_str())) })
    })
}

/// The subnets were taken off a table that is still there and leads out.
fn left_behind(
    survey: &Survey<'_>,
    past: &BTreeMap<String, Past<'_>>,
    subnets: &[SubnetId],
) -> Option<Known> {
    past.iter().find_map(|(id, past)| {
        let now = survey.view.table(&id.as_str().into())?;
        let (_, event) = past.unlinked.iter().rev().find(|(subnet, _)| subnets.contains(subnet))?;
        leads_out(survey, now).then_some(())?;
        let left = past.unlinked.iter().map(|(subnet, _)| subnet);
        let table = LostTable {
            id: Some(now.id.clone()),
            routes: beyond_local(now),
            subnets: left.filter(|subnet| subnets.contains(subnet)).cloned().collect(),
            name: past.name.clone(),
            known_from: vec![format!("CloudTrail, and {id} itself, which is still there")],
        };
        Some(Known { table, trigger: Some(trail::told(event, id)) })
    })
}

/// What siblings, NAT gateways and peering connections tell, without the trail.
fn from_what_is_there(survey: &Survey<'_>, subnets: &[SubnetId]) -> Option<Known> {
    let mut known_from = Vec::new();
    let mut routes = Vec::new();
    if let Some((subnet, table)) = sibling(survey, subnets) {
        known_from.push(format!("{}, the table of the sibling subnet {subnet}", table.id));
        routes = beyond_local(table);
    } else if let Some(nat) = survey.living_nat(subnets) {
        known_from.push(format!("{}, which is available in a public subnet", nat.id));
        routes.push(Route {
            destination: Destination::Cidr("0.0.0.0/0".parse().ok()?),
            target: Target::NatGateway(nat.id.clone()),
            blackhole: false,
            origin: None,
        });
    }
    if routes.is_empty() {
        return None;
    }
    for (id, block) in unused_peerings(survey) {
        known_from.push(format!("{id}, which is active although no route leads to it"));
        let destination = Destination::Cidr(block);
        let target = Target::Peering(id.as_str().into());
        routes.push(Route { destination, target, blackhole: false, origin: None });
    }
    let subnets = subnets.to_vec();
    let table = LostTable { id: None, routes, subnets, name: None, known_from };
    Some(Known { table, trigger: None })
}

/// Another subnet of the VPC that is private and has a way out, and its table.
pub(super) fn sibling<'a>(
    survey: &Survey<'a>,
    subnets: &[SubnetId],
) -> Option<(SubnetId, &'a RouteTable)> {
    let vpc = survey.vpc();
    let all = survey.world.network.subnets.items().iter();
    all.filter(|one| one.vpc == vpc && !subnets.contains(&one.id)).find_map(|one| {
        let table = survey.view.table_of(&one.id).ok().flatten()?;
        let by_nat = table.routes.iter().any(|route| {
            is_default(route) && !route.blackhole && matches!(route.target, Target::NatGateway(_))
        });
        (by_nat && leads_out(survey, table)).then(|| (one.id.clone(), table))
    })
}

fn leads_out(survey: &Survey<'_>, table: &RouteTable) -> bool {
    table.routes.iter().filter(|route| is_default(route) && !route.blackhole).any(|route| {
        match &route.target {
            Target::NatGateway(id) => {
                survey.view.nat(id).is_some_and(|nat| nat.state == "available")
            }
            Target::Local | Target::Peering(_) => false,
            Target::InternetGateway(_)
            | Target::Instance(_)
            | Target::Interface(_)
            | Target::TransitGateway(_)
            | Target::Endpoint(_)
            | Target::EgressOnly(_)
            | Target::Other(_) => true,
        }
    })
}

fn beyond_local(table: &RouteTable) -> Vec<Route> {
    table.routes.iter().filter(|route| route.target != Target::Local).cloned().collect()
}

/// Active peering connections of the VPC that no table leads to, with the far side's blocks.
fn unused_peerings(survey: &Survey<'_>) -> Vec<(String, ipnet::IpNet)> {
    let vpc = survey.vpc();
    let used = |id: &str| {
        let tables = survey.world.network.route_tables.items();
        tables.iter().flat_map(|table| &table.routes).any(|route| route.target.id() == id)
    };
    let peerings = survey.world.network.peerings.items().iter();
    peerings
        .filter(|one| one.status == "active" && !used(one.id.as_str()))
        .flat_map(|one| {
            let blocks = one.far_side(&vpc).cidrs.iter();
            blocks.map(|block| (one.id.to_string(), *block)).collect::<Vec<_>>()
        })
        .collect()
}

/// Whether a table with this id is among those that were read.
pub(super) fn is_still_there(survey: &Survey<'_>, id: &RouteTableId) -> bool {
    survey.view.table(id).is_some()
}
