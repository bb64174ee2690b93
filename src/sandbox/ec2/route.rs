//! Routes: where they lead, and whether that is still there.

use ipnet::Ipv4Net;
use serde::Serialize;
use serde_json::{Value, json};

use super::route_table::{self, RouteTable};
use super::{Ec2, EndpointKind, Handler, block, done, missing, need, wanted};
use crate::sandbox::{Account, Answer, Call, Fault, Params, quotas};

/// A route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Route {
    /// For which addresses.
    pub destination: Destination,
    /// Where to.
    pub target: Target,
    /// `CreateRoute`, `CreateRouteTable`, `EnableVgwRoutePropagation`.
    pub origin: &'static str,
}

/// What a route is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Destination {
    /// A block of addresses.
    Block(Ipv4Net),
    /// A block of IPv6 addresses, which the sandbox keeps and does not walk.
    Ipv6(String),
    /// All blocks of a prefix list.
    PrefixList(String),
}

impl Destination {
    fn read(call: &Call) -> Result<Self, Fault> {
        let params = &call.params;
        if let Some(cidr) = params.text("DestinationCidrBlock") {
            return block("destinationCidrBlock", cidr).map(Self::Block);
        }
        if let Some(cidr) = params.text("DestinationIpv6CidrBlock") {
            return Ok(Self::Ipv6(cidr.to_owned()));
        }
        match params.text("DestinationPrefixListId") {
            Some(list) => Ok(Self::PrefixList(list.to_owned())),
            None => Err(wanted("destinationCidrBlock")),
        }
    }
}

impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Block(block) => block.fmt(f),
            Self::Ipv6(text) | Self::PrefixList(text) => text.fmt(f),
        }
    }
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Target {
    /// The network itself.
    Local,
    /// An internet gateway, a virtual private gateway, or a gateway endpoint.
    Gateway(String),
    /// A NAT gateway.
    Nat(String),
    /// A network interface: a NAT instance's, or another appliance's.
    Interface(String),
    /// A peering connection.
    Peering(String),
    /// A transit gateway.
    Transit(String),
    /// An egress-only internet gateway, for IPv6.
    EgressOnly(String),
}

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateRoute" => Some(create),
        "ReplaceRoute" => Some(replace),
        "DeleteRoute" => Some(delete),
        _ => None,
    }
}

/// Whether what a route of a network leads to is there and at work.
pub(crate) fn is_active(ec2: &Ec2, vpc: &str, target: &Target) -> bool {
    match target {
        Target::Local | Target::EgressOnly(_) => true,
        Target::Gateway(id) => {
            let attached = |to: Option<&String>| to.is_some_and(|to| to == vpc);
            ec2.internet_gateways.get(id).is_some_and(|found| attached(found.vpc.as_ref()))
                || ec2.vpn_gateways.get(id).is_some_and(|found| attached(found.vpc.as_ref()))
                || ec2.endpoints.contains_key(id)
        }
        Target::Nat(id) => {
            ec2.nat_gateways.get(id).is_some_and(|nat| matches!(nat.state, "pending" | "available"))
        }
        Target::Interface(id) => ec2.interfaces.get(id).is_some_and(|interface| {
            interface.attachment.as_ref().is_some_and(|attachment| match &attachment.instance {
                Some(instance) => {
                    ec2.instances.get(instance).is_some_and(|found| found.state == "running")
                }
                None => true,
            })
        }),
        Target::Peering(id) => ec2.peerings.get(id).is_some_and(|found| found.status == "active"),
        Target::Transit(id) => ec2.attachments.values().any(|attached| {
            attached.gateway == *id && attached.vpc == vpc && attached.state == "available"
        }),
    }
}

/// Where a subnet's table sends an address, and the network of the subnet.
pub(crate) fn target_of(
    ec2: &Ec2,
    subnet: &str,
    to: std::net::Ipv4Addr,
) -> Option<(String, Target)> {
    let table = route_table::of_subnet(ec2, subnet)?;
    let best = all(ec2, table)
        .into_iter()
        .filter_map(|route| Some((length(ec2, &route.destination, to)?, route.target)))
        .max_by_key(|(length, _)| *length)?;
    Some((table.vpc.clone(), best.1))
}

/// How long a prefix of an address a destination fits; nothing if it does not.
fn length(ec2: &Ec2, destination: &Destination, to: std::net::Ipv4Addr) -> Option<u8> {
    match destination {
        Destination::Block(block) => block.contains(&to).then(|| block.prefix_len()),
        Destination::PrefixList(id) => ec2
            .prefix_lists
            .get(id)?
            .entries
            .iter()
            .filter(|(block, _)| block.contains(&to))
            .map(|(block, _)| block.prefix_len())
            .max(),
        Destination::Ipv6(_) => None,
    }
}

/// All routes of a table: local ones, its own, and those of gateway endpoints.
pub(crate) fn all(ec2: &Ec2, table: &RouteTable) -> Vec<Route> {
    let mut routes = route_table::local_routes(ec2, table);
    routes.extend(table.routes.iter().cloned());
    for endpoint in ec2.endpoints.values() {
        if endpoint.kind == EndpointKind::Gateway && endpoint.route_tables.contains(&table.id) {
            routes.extend(endpoint.prefix_list.iter().map(|list| Route {
                destination: Destination::PrefixList(list.clone()),
                target: Target::Gateway(endpoint.id.clone()),
                origin: "CreateRoute",
            }));
        }
    }
    routes
}

/// The routes of a table as they are described.
pub(super) fn trees(ec2: &Ec2, table: &RouteTable) -> Value {
    all(ec2, table).iter().map(|route| tree(ec2, &table.vpc, route)).collect()
}

fn tree(ec2: &Ec2, vpc: &str, route: &Route) -> Value {
    let active = is_active(ec2, vpc, &route.target);
    let mut tree = json!({
        "origin": route.origin,
        "state": if active { "active" } else { "blackhole" },
    });
    let destination = match &route.destination {
        Destination::Block(_) => "destinationCidrBlock",
        Destination::Ipv6(_) => "destinationIpv6CidrBlock",
        Destination::PrefixList(_) => "destinationPrefixListId",
    };
    tree[destination] = json!(route.destination.to_string());
    let (name, id) = match &route.target {
        Target::Local => ("gatewayId", "local"),
        Target::Gateway(id) => ("gatewayId", id.as_str()),
        Target::Nat(id) => ("natGatewayId", id.as_str()),
        Target::Interface(id) => ("networkInterfaceId", id.as_str()),
        Target::Peering(id) => ("vpcPeeringConnectionId", id.as_str()),
        Target::Transit(id) => ("transitGatewayId", id.as_str()),
        Target::EgressOnly(id) => ("egressOnlyInternetGatewayId", id.as_str()),
    };
    tree[name] = json!(id);
    // The instance is told only as long as the interface has one (recorded).
    if let Target::Interface(id) = &route.target
        && let Some(interface) = ec2.interfaces.get(id)
        && let Some(attachment) = &interface.attachment
        && let Some(instance) = &attachment.instance
    {
        tree["instanceId"] = json!(instance);
        tree["instanceOwnerId"] = json!(attachment.owner);
    }
    tree
}

/// Reads where a route is to lead, and checks that it may.
fn target(ec2: &Ec2, table: &RouteTable, call: &Call) -> Result<Target, Fault> {
    let given = |name: &str| call.params.text(name).map(str::to_owned);
    if let Some(id) = given("GatewayId") {
        return gateway(ec2, table, id);
    }
    if let Some(id) = given("NatGatewayId") {
        let there = ec2.nat_gateways.get(&id).is_some_and(super::NatGateway::holds);
        let refusal = || missing("InvalidNatGatewayID.NotFound", "natGateway ID", &id);
        return there.then(|| Target::Nat(id.clone())).ok_or_else(refusal);
    }
    if let Some(id) = given("NetworkInterfaceId") {
        let there = ec2.interfaces.contains_key(&id);
        let refusal = || missing("InvalidNetworkInterfaceID.NotFound", "networkInterface ID", &id);
        return there.then(|| Target::Interface(id.clone())).ok_or_else(refusal);
    }
    if let Some(id) = given("InstanceId") {
        let instance = ec2.instances.get(&id).filter(|instance| instance.state != "terminated");
        let interface = instance.and_then(|instance| instance.interfaces.first());
        return interface
            .map(|interface| Target::Interface(interface.clone()))
            .ok_or_else(|| missing("InvalidInstanceID.NotFound", "instance ID", &id));
    }
    if let Some(id) = given("VpcPeeringConnectionId") {
        let there = ec2.peerings.get(&id).is_some_and(super::Peering::lives);
        let code = "InvalidVpcPeeringConnectionID.NotFound";
        let refusal = || missing(code, "vpcPeeringConnection ID", &id);
        return there.then(|| Target::Peering(id.clone())).ok_or_else(refusal);
    }
    if let Some(id) = given("TransitGatewayId") {
        let attached = ec2.attachments.values().any(|attached| {
            attached.gateway == id && attached.vpc == table.vpc && attached.lives()
        });
        let refusal = || missing("InvalidTransitGatewayID.NotFound", "transitGateway ID", &id);
        return attached.then(|| Target::Transit(id.clone())).ok_or_else(refusal);
    }
    if let Some(id) = given("EgressOnlyInternetGatewayId") {
        return Ok(Target::EgressOnly(id));
    }
    Err(wanted("gatewayId"))
}

fn gateway(ec2: &Ec2, table: &RouteTable, id: String) -> Result<Target, Fault> {
    if id == "local" {
        return Ok(Target::Local);
    }
    if id.starts_with("vpce-") {
        return Err(Fault::invalid_value(format!(
            "Value ({id}) for parameter gatewayId is invalid. Routes of gateway endpoints are \
             made by associating the route table with the endpoint."
        )));
    }
    let attached = match (ec2.internet_gateways.get(&id), ec2.vpn_gateways.get(&id)) {
        (Some(found), _) => &found.vpc,
        (None, Some(found)) => &found.vpc,
        (None, None) => {
            return Err(missing("InvalidGatewayID.NotFound", "gateway ID", &id));
        }
    };
    if attached.as_deref() != Some(&table.vpc) {
        return Err(Fault::invalid_value(format!(
            "route table {} and network gateway {id} belong to different networks",
            table.id
        )));
    }
    Ok(Target::Gateway(id))
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "RouteTableId")?;
    let limit = quotas::ROUTES.value(account);
    let ec2 = &mut account.here.ec2;
    let table = route_table::find(ec2, id)?;
    let destination = Destination::read(call)?;
    if all(ec2, table).iter().any(|route| route.destination == destination) {
        return Err(Fault::new(
            "RouteAlreadyExists",
            format!("The route identified by {destination} already exists."),
        ));
    }
    let target = target(ec2, table, call)?;
    narrower_than_local(ec2, table, &destination, &target)?;
    if table.routes.len() >= limit {
        return Err(Fault::new(
            "RouteLimitExceeded",
            format!("The maximum number of routes has been reached for route table {id}."),
        ));
    }
    if let Some(table) = ec2.route_tables.get_mut(id) {
        table.routes.push(Route { destination, target, origin: "CreateRoute" });
    }
    done()
}

/// A route within the network's own addresses may lead only to an interface.
fn narrower_than_local(
    ec2: &Ec2,
    table: &RouteTable,
    destination: &Destination,
    target: &Target,
) -> Result<(), Fault> {
    let Destination::Block(wanted) = destination else { return Ok(()) };
    let inside = route_table::local_routes(ec2, table).iter().any(
        |route| matches!(&route.destination, Destination::Block(local) if local.contains(wanted)),
    );
    if !inside || matches!(target, Target::Interface(_)) {
        return Ok(());
    }
    Err(Fault::invalid_value(format!(
        "The destination CIDR block {wanted} is equal to or more specific than one of this VPC's \
         CIDR blocks. This route can target only an interface or an instance."
    )))
}

fn replace(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "RouteTableId")?;
    let ec2 = &mut account.here.ec2;
    let table = route_table::find(ec2, id)?;
    let destination = Destination::read(call)?;
    let Some(at) = table.routes.iter().position(|route| route.destination == destination) else {
        return Err(Fault::invalid_value(format!(
            "There is no route defined for '{destination}' in the route table. Use CreateRoute \
             instead."
        )));
    };
    let target = target(ec2, table, call)?;
    narrower_than_local(ec2, table, &destination, &target)?;
    if let Some(table) = ec2.route_tables.get_mut(id) {
        table.routes[at].target = target;
    }
    done()
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "RouteTableId")?;
    let ec2 = &mut account.here.ec2;
    let table = route_table::find(ec2, id)?;
    let destination = Destination::read(call)?;
    let local = route_table::local_routes(ec2, table);
    if local.iter().any(|route| route.destination == destination) {
        return Err(Fault::invalid_value(format!(
            "cannot remove local route {destination} in route table {id}"
        )));
    }
    let Some(at) = table.routes.iter().position(|route| route.destination == destination) else {
        let kind = match destination {
            Destination::Block(_) => "cidr-block",
            Destination::Ipv6(_) => "ipv6-cidr-block",
            Destination::PrefixList(_) => "prefix-list-id",
        };
        return Err(Fault::new(
            "InvalidRoute.NotFound",
            format!("no route with destination-{kind} {destination} in route table {id}"),
        ));
    };
    if let Some(table) = ec2.route_tables.get_mut(id) {
        table.routes.remove(at);
    }
    done()
}
