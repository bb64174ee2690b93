//! What to ask EC2 about the VPC.

use std::collections::BTreeSet;

use super::stacks::deletion_matters;
use crate::aws::NetworkQuestion as Ask;
use crate::collect::view::View;
use crate::world::network::{Destination, Peer, Target};
use crate::world::{Clue, GroupId, PrefixListId, VpcId};

pub(super) fn questions(view: &View<'_>) -> Vec<Ask> {
    let mut asks = Vec::new();
    match view.vpc() {
        Some(vpc) => {
            always(&vpc, &mut asks);
            if view.trouble {
                explaining(view, &vpc, &mut asks);
            }
            if view.trouble || depends_on_names(view) {
                asks.extend([Ask::DnsSupport(vpc.clone()), Ask::DnsHostnames(vpc.clone())]);
            }
            if through_interfaces(view) {
                asks.push(Ask::Interfaces(vpc));
            }
        }
        None => asks.extend(to_find_the_vpc(view)),
    }
    asks
}

/// What tells whether instances can reach AWS; read of every environment, because one with basic
/// health reporting stays Green although nothing of it can be reached.
fn always(vpc: &VpcId, asks: &mut Vec<Ask>) {
    asks.extend([
        Ask::Vpc(vpc.clone()),
        Ask::Subnets(vpc.clone()),
        Ask::RouteTables(Some(vpc.clone())),
        Ask::Acls(Some(vpc.clone())),
        Ask::NatGateways(Some(vpc.clone())),
        Ask::InternetGateways(Some(vpc.clone())),
        Ask::Endpoints(Some(vpc.clone())),
        Ask::Peerings(Some(vpc.clone())),
        Ask::Groups(Some(vpc.clone())),
    ]);
}

fn explaining(view: &View<'_>, vpc: &VpcId, asks: &mut Vec<Ask>) {
    let network = &view.snapshot.network;
    asks.extend([Ask::Interfaces(vpc.clone()), Ask::Addresses, Ask::Zones]);
    let options = network.vpcs.items().iter().filter(|found| found.id == *vpc);
    asks.extend(options.filter_map(|found| found.dhcp_options.clone()).map(Ask::Dhcp));
    let own: Vec<GroupId> = view.groups().into_iter().collect();
    if !own.is_empty() && deletion_matters(view) {
        asks.extend([Ask::GroupsNaming(own.clone()), Ask::InterfacesOfGroups(own)]);
    }
    let lists = prefix_lists(view);
    if !lists.is_empty() {
        asks.push(Ask::PrefixLists(lists.into_iter().collect()));
    }
    let interface_endpoints = network.endpoints.items().iter().any(|e| e.kind == "Interface");
    if view.wanted.everything || interface_endpoints {
        asks.push(Ask::EndpointServices);
    }
}

/// The ways to a VPC that neither settings nor instances tell.
fn to_find_the_vpc(view: &View<'_>) -> Option<Ask> {
    let subnets: Vec<String> =
        view.instance_subnets().into_iter().map(|subnet| subnet.to_string()).collect();
    let groups: Vec<GroupId> = view.groups().into_iter().collect();
    if !subnets.is_empty() {
        Some(Ask::SubnetsOfIds(subnets))
    } else if view.needs_default_vpc() {
        Some(Ask::DefaultVpc)
    } else if !groups.is_empty() {
        Some(Ask::GroupsOfIds(groups))
    } else {
        None
    }
}

/// Whether the application reaches something by a name that the VPC's settings can bend.
fn depends_on_names(view: &View<'_>) -> bool {
    let properties = view.settings().map(|settings| settings.properties.as_slice());
    let mut clues = properties.unwrap_or_default().iter().flat_map(|property| &property.clues);
    clues.any(|clue| match clue {
        Clue::HostedMongo | Clue::SmtpEndpoint { .. } => true,
        Clue::Port { .. } | Clue::AccessKey { .. } | Clue::Host { .. } | Clue::Proxy => false,
    })
}

/// Whether a route leads to an interface, so that only the interfaces tell what is behind it.
fn through_interfaces(view: &View<'_>) -> bool {
    let tables = view.snapshot.network.route_tables.items().iter();
    let mut targets = tables.flat_map(|table| &table.routes).map(|route| &route.target);
    targets.any(|target| matches!(target, Target::Interface(_)))
}

/// Prefix lists that routes and rules name.
fn prefix_lists(view: &View<'_>) -> BTreeSet<PrefixListId> {
    let network = &view.snapshot.network;
    let routes = network.route_tables.items().iter().flat_map(|table| &table.routes);
    let routes = routes.filter_map(|route| match &route.destination {
        Destination::PrefixList(list) => Some(list.clone()),
        Destination::Cidr(_) => None,
    });
    let rules = network.groups.items().iter().flat_map(|g| g.ingress.iter().chain(&g.egress));
    let rules = rules.filter_map(|rule| match &rule.peer {
        Peer::PrefixList(list) => Some(list.clone()),
        Peer::Cidr(_) | Peer::Group(_) => None,
    });
    routes.chain(rules).collect()
}
