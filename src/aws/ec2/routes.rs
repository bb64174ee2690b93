//! Route tables and network ACLs.

use aws_sdk_ec2::types as sdk;

use super::{ALL, filter, of_vpc};
use crate::aws::convert::{cidr, filled, id, port, required, tags};
use crate::aws::{Aws, Reading};
use crate::world::network::{
    AclEntry, Association, Destination, NetworkAcl, Route, RouteTable, Target,
};
use crate::world::{AssociationId, SubnetId, VpcId};

impl Aws {
    /// All route tables of a VPC, or of the region.
    pub async fn route_tables(&self, vpc: Option<&VpcId>) -> Reading<Vec<RouteTable>> {
        let tables = self
            .pages(
                "ec2:DescribeRouteTables",
                ALL,
                |token| {
                    let request = self.ec2().describe_route_tables();
                    let request = request.set_filters(of_vpc(vpc));
                    request.set_next_token(token).send()
                },
                |page| (page.route_tables, page.next_token),
            )
            .await?;
        Ok(tables.map(|tables| {
            let read = tables.into_iter().map(route_table);
            read.filter(|table| vpc.is_none_or(|vpc| table.vpc == *vpc)).collect()
        }))
    }

    /// The link of a subnet to a route table of its own, if it has one.
    pub(in crate::aws) async fn association_of(
        &self,
        subnet: &SubnetId,
    ) -> Reading<Option<AssociationId>> {
        let answer = self
            .read("ec2:DescribeRouteTables", || {
                let request = self.ec2().describe_route_tables();
                request.filters(filter("association.subnet-id", [subnet.as_str()])).send()
            })
            .await?;
        Ok(answer.map(|page| {
            let tables = page.route_tables.unwrap_or_default().into_iter().map(route_table);
            let mut links = tables.flat_map(|table| table.associations);
            links.find(|link| link.subnet.as_ref() == Some(subnet)).map(|link| link.id)
        }))
    }

    /// All network ACLs of a VPC, or of the region.
    pub async fn network_acls(&self, vpc: Option<&VpcId>) -> Reading<Vec<NetworkAcl>> {
        let acls = self
            .pages(
                "ec2:DescribeNetworkAcls",
                ALL,
                |token| {
                    let request = self.ec2().describe_network_acls();
                    let request = request.set_filters(of_vpc(vpc));
                    request.set_next_token(token).send()
                },
                |page| (page.network_acls, page.next_token),
            )
            .await?;
        Ok(acls.map(|acls| {
            let read = acls.into_iter().map(network_acl);
            read.filter(|acl| vpc.is_none_or(|vpc| acl.vpc == *vpc)).collect()
        }))
    }
}

fn route_table(table: sdk::RouteTable) -> RouteTable {
    RouteTable {
        id: required(table.route_table_id),
        vpc: required(table.vpc_id),
        routes: table.routes.unwrap_or_default().into_iter().filter_map(route).collect(),
        associations: table
            .associations
            .unwrap_or_default()
            .into_iter()
            .filter_map(association)
            .collect(),
        tags: tags!(table.tags),
    }
}

/// Reads one association; one that is going or gone counts no more.
fn association(association: sdk::RouteTableAssociation) -> Option<Association> {
    let state = association.association_state.and_then(|state| state.state);
    if state.is_some_and(|state| matches!(state.as_str(), "disassociating" | "disassociated")) {
        return None;
    }
    Some(Association {
        id: required(association.route_table_association_id),
        subnet: id(association.subnet_id),
        gateway: filled(association.gateway_id),
        main: association.main.unwrap_or(false),
    })
}

fn route(route: sdk::Route) -> Option<Route> {
    let destination = cidr(route.destination_cidr_block.as_deref())
        .or_else(|| cidr(route.destination_ipv6_cidr_block.as_deref()))
        .map(Destination::Cidr)
        .or_else(|| id(route.destination_prefix_list_id.clone()).map(Destination::PrefixList))?;
    let blackhole = route.state.as_ref().is_some_and(|state| state.as_str() == "blackhole");
    let origin = route.origin.as_ref().map(|origin| origin.as_str().to_owned());
    Some(Route { destination, target: target(route), blackhole, origin })
}

/// Reads a route's target; a NAT instance's route names instance and interface, and the
/// instance says more.
fn target(route: sdk::Route) -> Target {
    let named = [
        route.gateway_id,
        route.nat_gateway_id,
        route.transit_gateway_id,
        route.vpc_peering_connection_id,
        route.egress_only_internet_gateway_id,
        route.instance_id,
        route.network_interface_id,
        route.local_gateway_id,
        route.carrier_gateway_id,
        route.core_network_arn,
        route.odb_network_arn,
    ];
    let id = named.into_iter().find_map(filled);
    Target::from_id(id.as_deref().unwrap_or_default())
}

fn network_acl(acl: sdk::NetworkAcl) -> NetworkAcl {
    let associations = acl.associations.unwrap_or_default().into_iter();
    NetworkAcl {
        id: required(acl.network_acl_id),
        vpc: required(acl.vpc_id),
        is_default: acl.is_default.unwrap_or(false),
        subnets: associations
            .map(|link| {
                (required(link.subnet_id), link.network_acl_association_id.unwrap_or_default())
            })
            .collect(),
        entries: acl.entries.unwrap_or_default().iter().filter_map(acl_entry).collect(),
    }
}

fn acl_entry(entry: &sdk::NetworkAclEntry) -> Option<AclEntry> {
    let block = entry.cidr_block.as_deref().or(entry.ipv6_cidr_block.as_deref());
    let range = entry.port_range.as_ref();
    Some(AclEntry {
        number: entry.rule_number?,
        egress: entry.egress.unwrap_or(false),
        allow: entry.rule_action.as_ref().is_some_and(|action| action.as_str() == "allow"),
        protocol: protocol_number(entry.protocol.as_deref().unwrap_or("-1")),
        cidr: cidr(block)?,
        ports: range.and_then(|range| Some((port(range.from)?, port(range.to)?))),
    })
}

/// A protocol's number; AWS answers numbers, emulators sometimes the names they were given.
fn protocol_number(text: &str) -> i32 {
    match text {
        "tcp" => 6,
        "udp" => 17,
        "icmp" => 1,
        "icmpv6" => 58,
        "all" => -1,
        number => number.parse().unwrap_or(-1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nat_instance_is_known_by_its_instance() {
        let read = route(
            sdk::Route::builder()
                .destination_cidr_block("0.0.0.0/0")
                .instance_id("i-1")
                .network_interface_id("eni-1")
                .state(sdk::RouteState::Active)
                .build(),
        );
        assert_eq!(read.map(|route| route.target), Some(Target::Instance("i-1".into())));
    }

    #[test]
    fn an_association_that_is_going_counts_no_more() {
        let going = sdk::RouteTableAssociationState::builder()
            .state(sdk::RouteTableAssociationStateCode::Disassociating)
            .build();
        let link = sdk::RouteTableAssociation::builder().subnet_id("subnet-1");
        assert_eq!(association(link.association_state(going).build()), None);
    }

    #[test]
    fn an_entry_without_ports_is_about_all_ports() {
        let entry = sdk::NetworkAclEntry::builder()
            .rule_number(100)
            .cidr_block("0.0.0.0/0")
            .protocol("-1")
            .rule_action(sdk::RuleAction::Allow)
            .build();
        let read = acl_entry(&entry).expect("all that an entry needs is there");
        assert_eq!((read.ports, read.protocol, read.allow), (None, -1, true));
    }
}
