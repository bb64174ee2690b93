//! Conditions on the VPC and what is in it.

use super::{Condition, Unread, View, read, same};
use crate::plan::action::DnsAttribute;
use crate::world::network::{
    AclEntry, Destination, Endpoint, GroupRule, Peer, Peering, Route, RouteTable, Target,
};
use crate::world::{GroupId, InstanceId, RouteTableId, SubnetId};

/// Whether a condition of this family holds; `None` if it cannot be told.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other families have files of their own")]
pub(super) fn holds(condition: &Condition, view: View<'_>) -> Option<bool> {
    let network = &view.snapshot.network;
    match condition {
        Condition::RouteTableIs { table, there } => {
            Some(find_table(view, &view.id(table)?).ok()?.is_some() == *there)
        }
        Condition::RouteIs { table, destination, target, there } => {
            let target = match target {
                Some(target) => Some(view.id(target)?),
                None => None,
            };
            let fits = |route: &&Route| {
                route.destination == *destination
                    && target.as_ref().is_none_or(|target| route.target == *target)
                    && (!there || !route.blackhole)
            };
            let table = find_table(view, &view.id(table)?).ok()?;
            let found = table.is_some_and(|table| table.routes.iter().any(|route| fits(&route)));
            Some(found == *there)
        }
        Condition::RouteLeads { table, destination, target } => {
            let table = find_table(view, &view.id(table)?).ok()?;
            Some(table.is_some_and(|table| leads(table, destination, target)))
        }
        Condition::SubnetUses { subnet, table } => {
            let used = own_table(view, subnet).ok()?;
            match table {
                Some(table) => Some(used == Some(view.id(table)?)),
                None => Some(used.is_none()),
            }
        }
        Condition::TargetWorks { target } => target_works(view, &view.id(target)?),
        Condition::RuleIs { group, egress, rule, peer_group, there } => {
            let mut rule = rule.clone();
            if let Some(peer) = peer_group {
                rule.peer = Peer::Group(view.id(peer)?);
            }
            let id = view.id(group)?;
            let group = read(&network.groups)?.iter().find(|group| group.id == id);
            let rules =
                group.map_or(&[][..], |group| if *egress { &group.egress } else { &group.ingress });
            Some(rules.iter().any(|other| same_rule(&rule, other)) == *there)
        }
        Condition::GroupUnused { group } => group_unused(view, group),
        Condition::InterfaceGroupsAre { interface, groups } => {
            let interfaces = read(&network.interfaces)?;
            let own = interfaces.iter().find(|own| own.id == *interface);
            let groups: Option<Vec<GroupId>> = groups.iter().map(|group| view.id(group)).collect();
            let groups = groups?;
            Some(own.is_some_and(|own| same(&own.groups, &groups)))
        }
        Condition::InstancesIn { instances, states } => {
            let all = read(&view.snapshot.compute.instances)?;
            let state = |id: &InstanceId| {
                let own = all.iter().find(|instance| instance.id == *id);
                own.map_or("terminated", |instance| instance.state.as_str())
            };
            Some(instances.iter().all(|id| states.iter().any(|wanted| wanted == state(id))))
        }
        _ => holds_of_gateways(condition, view),
    }
}

/// Gateways, endpoints, names, peerings and ACLs.
#[expect(clippy::too_many_lines, reason = "a few lines for each condition")]
#[expect(clippy::wildcard_enum_match_arm, reason = "the other families have files of their own")]
fn holds_of_gateways(condition: &Condition, view: View<'_>) -> Option<bool> {
    let network = &view.snapshot.network;
    match condition {
        Condition::GatewayIs { gateway, vpc, there } => {
            let id = view.id(gateway)?;
            let own = read(&network.internet_gateways)?.iter().find(|own| own.id == id);
            let fits = own.is_some_and(|own| vpc.is_none() || own.vpc == *vpc);
            Some(fits == *there)
        }
        Condition::AddressIs { allocation, there } => {
            let id = view.id(allocation)?;
            let all = read(&network.addresses)?;
            Some(all.iter().any(|own| own.allocation.as_ref() == Some(&id)) == *there)
        }
        Condition::NatIn { nat, states } => {
            let id = view.id(nat)?;
            let own = read(&network.nat_gateways)?.iter().find(|own| own.id == id);
            Some(among(states, own.map_or("deleted", |own| &own.state)))
        }
        Condition::EndpointIn { endpoint, states } => {
            let id = view.id(endpoint)?;
            let own = read(&network.endpoints)?.iter().find(|own| own.id == id);
            Some(among(states, own.map_or("deleted", |own| &own.state)))
        }
        Condition::EndpointAnswersFor { endpoint, on } => {
            let own = find_endpoint(view, endpoint.as_str()).ok()?;
            Some(own.is_some_and(|own| own.private_dns == *on))
        }
        Condition::EndpointPolicyIs { endpoint, policy } => {
            let own = find_endpoint(view, endpoint.as_str()).ok()?;
            Some(own.is_some_and(|own| same_policy(own.policy.as_deref(), policy.as_deref())))
        }
        Condition::EndpointHas { endpoint, with, without } => {
            let Some(own) = find_endpoint(view, endpoint.as_str()).ok()? else {
                return Some(false);
            };
            let groups = own.groups.iter().map(GroupId::as_str);
            let has: Vec<&str> =
                groups.chain(own.route_tables.iter().map(RouteTableId::as_str)).collect();
            let all = with.iter().all(|id| has.contains(&id.as_str()));
            Some(all && !without.iter().any(|id| has.contains(&id.as_str())))
        }
        Condition::DnsIs { attribute, on, .. } => {
            let observed = match attribute {
                DnsAttribute::Support => &network.dns_support,
                DnsAttribute::Hostnames => &network.dns_hostnames,
            };
            Some(observed.known().ok()? == on)
        }
        Condition::PeeringIn { peering, statuses } => {
            let own = find_peering(view, peering.as_str()).ok()?;
            Some(among(statuses, own.map_or("deleted", |own| &own.status)))
        }
        Condition::PeeringResolves { peering, requester, on } => {
            let Some(own) = find_peering(view, peering.as_str()).ok()? else { return Some(false) };
            let side = if *requester { &own.requester } else { &own.accepter };
            Some(side.resolves_remote_dns? == *on)
        }
        Condition::AclEntryIs { acl, entry, there } => {
            let own = read(&network.acls)?.iter().find(|own| own.id == *acl);
            let found =
                own.is_some_and(|own| own.entries.iter().any(|other| same_entry(entry, other)));
            Some(found == *there)
        }
        Condition::DefaultVpcIs {} => Some(read(&network.vpcs)?.iter().any(|vpc| vpc.is_default)),
        Condition::DefaultSubnetIs { zone } => {
            let subnets = read(&network.subnets)?;
            Some(subnets.iter().any(|subnet| subnet.default_for_zone && subnet.zone == *zone))
        }
        _ => None,
    }
}

fn among(words: &[String], word: &str) -> bool {
    words.iter().any(|wanted| wanted.eq_ignore_ascii_case(word))
}

fn find_table<'a>(view: View<'a>, id: &RouteTableId) -> Result<Option<&'a RouteTable>, Unread> {
    let tables = read(&view.snapshot.network.route_tables).ok_or(Unread)?;
    Ok(tables.iter().find(|table| table.id == *id))
}

fn find_endpoint<'a>(view: View<'a>, id: &str) -> Result<Option<&'a Endpoint>, Unread> {
    Ok(read(&view.snapshot.network.endpoints)
        .ok_or(Unread)?
        .iter()
        .find(|own| own.id.as_str() == id))
}

fn find_peering<'a>(view: View<'a>, id: &str) -> Result<Option<&'a Peering>, Unread> {
    Ok(read(&view.snapshot.network.peerings)
        .ok_or(Unread)?
        .iter()
        .find(|own| own.id.as_str() == id))
}

/// The table a subnet has of its own, if it has one.
fn own_table(view: View<'_>, subnet: &SubnetId) -> Result<Option<RouteTableId>, Unread> {
    let tables = read(&view.snapshot.network.route_tables).ok_or(Unread)?;
    let uses = |table: &&RouteTable| {
        table.associations.iter().any(|link| link.subnet.as_ref() == Some(subnet))
    };
    Ok(tables.iter().find(uses).map(|table| table.id.clone()))
}

/// Whether packets that are handed to a target get on.
fn target_works(view: View<'_>, target: &Target) -> Option<bool> {
    let network = &view.snapshot.network;
    match target {
        Target::Local => Some(true),
        Target::InternetGateway(id) => {
            let all = read(&network.internet_gateways)?;
            Some(all.iter().any(|own| own.id == *id && own.vpc.is_some()))
        }
        Target::NatGateway(id) => {
            let all = read(&network.nat_gateways)?;
            Some(all.iter().any(|own| own.id == *id && own.state == "available"))
        }
        Target::Peering(id) => {
            let all = read(&network.peerings)?;
            Some(all.iter().any(|own| own.id == *id && own.status == "active"))
        }
        Target::Endpoint(id) => {
            let all = read(&network.endpoints)?;
            let well = |state: &str| state.eq_ignore_ascii_case("available");
            Some(all.iter().any(|own| own.id == *id && well(&own.state)))
        }
        Target::Interface(id) => {
            let all = read(&network.interfaces)?;
            Some(all.iter().any(|own| own.id == *id && own.status == "in-use"))
        }
        // Instances of others are not read, and what is behind a transit gateway cannot be.
        Target::Instance(_)
        | Target::TransitGateway(_)
        | Target::EgressOnly(_)
        | Target::Other(_) => None,
    }
}

/// Whether nothing but the group itself names it, and no interface carries it.
fn group_unused(view: View<'_>, group: &GroupId) -> Option<bool> {
    let network = &view.snapshot.network;
    let names = |rule: &GroupRule| rule.peer == Peer::Group(group.clone());
    let mentioned = read(&network.groups)?
        .iter()
        .filter(|other| other.id != *group)
        .any(|other| other.ingress.iter().chain(&other.egress).any(names));
    let carried = read(&network.interfaces)?.iter().any(|own| own.groups.contains(group));
    Some(!mentioned && !carried)
}

/// Whether two rules admit the same, whatever they are called.
pub(crate) fn same_rule(one: &GroupRule, other: &GroupRule) -> bool {
    protocol(&one.protocol) == protocol(&other.protocol)
        && ports(one) == ports(other)
        && one.peer == other.peer
}

/// EC2 names the usual protocols, and takes their numbers too.
fn protocol(text: &str) -> &str {
    match text {
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "all" => "-1",
        other => other,
    }
}

/// All ports can be written in three ways.
fn ports(rule: &GroupRule) -> Option<(u16, u16)> {
    rule.ports.filter(|range| *range != (0, 65535) && protocol(&rule.protocol) != "-1")
}

fn same_entry(one: &AclEntry, other: &AclEntry) -> bool {
    let all = |ports: Option<(u16, u16)>| ports.filter(|range| *range != (0, 65535));
    one.number == other.number
        && one.egress == other.egress
        && one.allow == other.allow
        && one.protocol == other.protocol
        && one.cidr == other.cidr
        && all(one.ports) == all(other.ports)
}

/// Whether two policies say the same; no policy is AWS's own, which lets everything pass.
fn same_policy(one: Option<&str>, other: Option<&str>) -> bool {
    let open = |policy: Option<&str>| policy.is_none_or(lets_everything_pass);
    match (one.and_then(parsed), other.and_then(parsed)) {
        (Some(one), Some(other)) if one == other => true,
        _ => open(one) && open(other),
    }
}

fn parsed(policy: &str) -> Option<serde_json::Value> {
    serde_json::from_str(policy).ok()
}

/// Whether a policy is AWS's own: one statement that allows anybody anything.
///
/// Source: VPC guide, "Default endpoint policy".
fn lets_everything_pass(policy: &str) -> bool {
    let Some(policy) = parsed(policy) else { return policy.trim().is_empty() };
    let statements = policy["Statement"].as_array().map_or(&[][..], Vec::as_slice);
    let [only] = statements else { return false };
    let star = |member: &str| only[member] == "*";
    let anybody = star("Principal") || only["Principal"]["AWS"] == "*";
    only["Effect"] == "Allow"
        && star("Action")
        && star("Resource")
        && anybody
        && only.get("Condition").is_none()
}

/// Whether a table's route for a destination leads to a target, active or not.
fn leads(table: &RouteTable, destination: &Destination, target: &Target) -> bool {
    table.routes.iter().any(|route| route.destination == *destination && route.target == *target)
}
