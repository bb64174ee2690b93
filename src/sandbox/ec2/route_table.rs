//! Route tables and which subnets go by them.

use serde::Serialize;
use serde_json::{Value, json};

use super::listing::{self, Kind};
use super::route::{self, Destination, Route, Target};
use super::{Ec2, Handler, done, in_use, need, subnet, tag, vpc};
use crate::sandbox::{Account, Answer, Call, Fault};

/// A route table.
#[derive(Clone, Debug, Serialize)]
pub struct RouteTable {
    /// `rtb-…`.
    pub id: String,
    /// The network it belongs to.
    pub vpc: String,
    /// Its routes, without those that gateway endpoints put into it.
    pub routes: Vec<Route>,
    /// What goes by it.
    pub associations: Vec<Association>,
    /// Virtual private gateways that put routes into it.
    pub propagating: Vec<String>,
}

/// One association of a route table.
#[derive(Clone, Debug, Serialize)]
pub struct Association {
    /// `rtbassoc-…`.
    pub id: String,
    /// The subnet; the main association has none.
    pub subnet: Option<String>,
}

impl RouteTable {
    /// Whether subnets without an association of their own go by it.
    pub fn is_main(&self) -> bool {
        self.associations.iter().any(|association| association.subnet.is_none())
    }
}

pub(super) const KIND: Kind = Kind {
    set: "routeTableSet",
    ids: "RouteTableId",
    code: "InvalidRouteTableID.NotFound",
    noun: "routeTable ID",
    prefix: "rtb",
    filters: &[
        ("route-table-id", "routeTableId"),
        ("vpc-id", "vpcId"),
        ("owner-id", "ownerId"),
        ("association.route-table-association-id", "associationSet.routeTableAssociationId"),
        ("association.route-table-id", "associationSet.routeTableId"),
        ("association.subnet-id", "associationSet.subnetId"),
        ("association.gateway-id", "associationSet.gatewayId"),
        ("association.main", "associationSet.main"),
        ("route.destination-cidr-block", "routeSet.destinationCidrBlock"),
        ("route.destination-ipv6-cidr-block", "routeSet.destinationIpv6CidrBlock"),
        ("route.destination-prefix-list-id", "routeSet.destinationPrefixListId"),
        ("route.gateway-id", "routeSet.gatewayId"),
        ("route.instance-id", "routeSet.instanceId"),
        ("route.nat-gateway-id", "routeSet.natGatewayId"),
        ("route.origin", "routeSet.origin"),
        ("route.state", "routeSet.state"),
        ("route.transit-gateway-id", "routeSet.transitGatewayId"),
        ("route.vpc-peering-connection-id", "routeSet.vpcPeeringConnectionId"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateRouteTable" => Some(create),
        "DeleteRouteTable" => Some(delete),
        "DescribeRouteTables" => Some(describe),
        "AssociateRouteTable" => Some(associate),
        "DisassociateRouteTable" => Some(disassociate),
        "ReplaceRouteTableAssociation" => Some(replace_association),
        "EnableVgwRoutePropagation" => Some(propagate),
        "DisableVgwRoutePropagation" => Some(stop_propagating),
        _ => None,
    }
}

/// The table with an id, or the refusal.
pub(super) fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a RouteTable, Fault> {
    KIND.checked(id)?;
    ec2.route_tables.get(id).ok_or_else(|| KIND.missing(id))
}

fn tree(account: &str, ec2: &Ec2, table: &RouteTable) -> Value {
    let associations: Value = table
        .associations
        .iter()
        .map(|association| {
            json!({
                "routeTableAssociationId": association.id,
                "routeTableId": table.id,
                "subnetId": association.subnet,
                "main": association.subnet.is_none(),
                "associationState": { "state": "associated" },
            })
        })
        .collect();
    let propagating: Value =
        table.propagating.iter().map(|gateway| json!({ "gatewayId": gateway })).collect();
    json!({
        "routeTableId": table.id,
        "vpcId": table.vpc,
        "ownerId": account,
        "routeSet": route::trees(ec2, table),
        "associationSet": associations,
        "propagatingVgwSet": propagating,
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let tables = ec2
        .route_tables
        .values()
        .map(|table| (table.id.as_str(), || tree(&account.id, ec2, table)));
    listing::list(ec2, call, &KIND, tables)
}

/// Makes a table; the main one if it is a network's first.
pub(super) fn make(account: &mut Account, vpc: &str, main: bool) -> String {
    let id = account.id("rtb");
    let association = Association { id: account.id("rtbassoc"), subnet: None };
    let ec2 = &mut account.here.ec2;
    let table = RouteTable {
        id: id.clone(),
        vpc: vpc.to_owned(),
        routes: Vec::new(),
        associations: if main { vec![association] } else { Vec::new() },
        propagating: Vec::new(),
    };
    ec2.route_tables.insert(id.clone(), table);
    id
}

/// The local routes of a table: one for each block of its network.
pub(super) fn local_routes(ec2: &Ec2, table: &RouteTable) -> Vec<Route> {
    ec2.vpcs
        .get(&table.vpc)
        .into_iter()
        .flat_map(|vpc| &vpc.blocks)
        .map(|(_, block)| Route {
            destination: Destination::Block(*block),
            target: Target::Local,
            origin: "CreateRouteTable",
        })
        .collect()
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let vpc = need(call, "VpcId")?;
    vpc::find(&account.here.ec2, vpc)?;
    let id = make(account, vpc, false);
    tag::apply(&mut account.here.ec2, &call.params, &id);
    let ec2 = &account.here.ec2;
    let tree = listing::tagged(ec2, &id, tree(&account.id, ec2, &ec2.route_tables[&id]));
    Ok(json!({ "routeTable": tree }))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "RouteTableId")?;
    let ec2 = &mut account.here.ec2;
    if !find(ec2, id)?.associations.is_empty() {
        return Err(in_use("routeTable", id));
    }
    ec2.route_tables.remove(id);
    for endpoint in ec2.endpoints.values_mut() {
        endpoint.route_tables.retain(|table| table != id);
    }
    ec2.untag(id);
    done()
}

fn associate(account: &mut Account, call: &Call) -> Answer {
    let table = need(call, "RouteTableId")?.to_owned();
    let subnet = need(call, "SubnetId")?.to_owned();
    let ec2 = &account.here.ec2;
    let found = find(ec2, &table)?;
    if subnet::find(ec2, &subnet)?.vpc != found.vpc {
        return Err(Fault::invalid_value(format!(
            "Route table {table} and subnet {subnet} belong to different networks"
        )));
    }
    let taken = ec2.route_tables.values().flat_map(|table| &table.associations);
    if taken.into_iter().any(|association| association.subnet.as_deref() == Some(&subnet)) {
        return Err(Fault::new(
            "Resource.AlreadyAssociated",
            format!(
                "the specified association for route table {table} conflicts with an existing \
                 association"
            ),
        ));
    }
    let id = account.id("rtbassoc");
    if let Some(table) = account.here.ec2.route_tables.get_mut(&table) {
        table.associations.push(Association { id: id.clone(), subnet: Some(subnet) });
    }
    Ok(json!({ "associationId": id, "associationState": { "state": "associated" } }))
}

fn unknown_association(id: &str) -> Fault {
    Fault::new("InvalidAssociationID.NotFound", format!("The association ID '{id}' does not exist"))
}

/// The table that an association belongs to, and the association.
fn association(ec2: &Ec2, id: &str) -> Result<(String, Association), Fault> {
    ec2.route_tables
        .values()
        .find_map(|table| {
            let found = table.associations.iter().find(|association| association.id == id)?;
            Some((table.id.clone(), found.clone()))
        })
        .ok_or_else(|| unknown_association(id))
}

fn disassociate(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "AssociationId")?;
    let ec2 = &mut account.here.ec2;
    let (table, found) = association(ec2, id)?;
    if found.subnet.is_none() {
        return Err(Fault::invalid_value(format!(
            "cannot disassociate the main route table association {id}"
        )));
    }
    if let Some(table) = ec2.route_tables.get_mut(&table) {
        table.associations.retain(|association| association.id != id);
    }
    done()
}

/// Moves a subnet, or the network's main association, to another table.
fn replace_association(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "AssociationId")?;
    let to = need(call, "RouteTableId")?.to_owned();
    let new = account.id("rtbassoc");
    let ec2 = &mut account.here.ec2;
    let (from, found) = association(ec2, id)?;
    if find(ec2, &to)?.vpc != find(ec2, &from)?.vpc {
        return Err(Fault::invalid_value(format!(
            "Route table {to} and association {id} belong to different networks"
        )));
    }
    if let Some(table) = ec2.route_tables.get_mut(&from) {
        table.associations.retain(|association| association.id != id);
    }
    if let Some(table) = ec2.route_tables.get_mut(&to) {
        table.associations.push(Association { id: new.clone(), subnet: found.subnet });
    }
    Ok(json!({ "newAssociationId": new, "associationState": { "state": "associated" } }))
}

fn propagate(account: &mut Account, call: &Call) -> Answer {
    let (table, gateway) = (need(call, "RouteTableId")?, need(call, "GatewayId")?);
    let ec2 = &mut account.here.ec2;
    let vpc = find(ec2, table)?.vpc.clone();
    let attached = ec2.vpn_gateways.get(gateway).is_some_and(|found| found.vpc == Some(vpc));
    if !attached {
        return Err(Fault::new(
            "Gateway.NotAttached",
            format!("VGW {gateway} is not attached to the VPC of route table {table}"),
        ));
    }
    if let Some(table) = ec2.route_tables.get_mut(table)
        && !table.propagating.iter().any(|known| known == gateway)
    {
        table.propagating.push(gateway.to_owned());
    }
    done()
}

fn stop_propagating(account: &mut Account, call: &Call) -> Answer {
    let (table, gateway) = (need(call, "RouteTableId")?, need(call, "GatewayId")?);
    find(&account.here.ec2, table)?;
    if let Some(table) = account.here.ec2.route_tables.get_mut(table) {
        table.propagating.retain(|known| known != gateway);
    }
    done()
}

/// The table that a subnet goes by: its own, or the network's main one.
pub(crate) fn of_subnet<'a>(ec2: &'a Ec2, subnet: &str) -> Option<&'a RouteTable> {
    let vpc = &ec2.subnets.get(subnet)?.vpc;
    let own = ec2.route_tables.values().find(|table| {
        table.associations.iter().any(|found| found.subnet.as_deref() == Some(subnet))
    });
    own.or_else(|| ec2.route_tables.values().find(|table| table.vpc == *vpc && table.is_main()))
}
