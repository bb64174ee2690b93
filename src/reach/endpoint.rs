//! VPC endpoints: whether a service is asked through one, and whether it answers.

use super::address::Far;
use super::filter::{self, EPHEMERAL, Said, Traffic};
use super::path::{Block, Hop, Leaf};
use super::policy::{self, Says};
use super::view::listed;
use super::{Origin, View};
use crate::world::network::{Endpoint, Subnet};

/// How a service is asked.
pub(super) enum Way<'a> {
    /// Through this interface endpoint, whose private DNS takes over the service's own name.
    Interface(&'a Endpoint),
    /// Through this gateway endpoint, by a route of the subnet's table.
    Gateway(&'a Endpoint),
    /// Over the internet; this endpoint is there but does not answer for the service's name.
    Internet(Option<&'a Endpoint>),
}

/// How the service is asked from a subnet.
pub(super) fn way<'a>(view: &View<'a>, origin: &Origin, here: &Subnet, service: &str) -> Way<'a> {
    let all = view.endpoints_for(&here.vpc, service);
    let table = view.table_of(&origin.subnet).ok().flatten();
    let on_table = |endpoint: &&&Endpoint| {
        endpoint.kind == "Gateway"
            && table.is_some_and(|table| {
                endpoint.route_tables.contains(&table.id)
                    || table.routes.iter().any(|route| route.target.id() == endpoint.id.as_str())
            })
    };
    let named = |endpoint: &&&Endpoint| {
        endpoint.kind == "Interface" && endpoint.private_dns && names_work(view)
    };
    if let Some(endpoint) = all.iter().find(named) {
        return Way::Interface(endpoint);
    }
    if let Some(endpoint) = all.iter().find(on_table) {
        return Way::Gateway(endpoint);
    }
    Way::Internet(all.into_iter().find(|endpoint| endpoint.kind == "Interface"))
}

/// Private DNS needs both attributes of the VPC.
// Source: VPC user guide, "DNS attributes for your VPC".
fn names_work(view: &View<'_>) -> bool {
    let on = |observed: &crate::world::Observed<bool>| observed.value().is_none_or(|on| *on);
    on(&view.network.dns_support) && on(&view.network.dns_hostnames)
}

/// Goes through an interface endpoint.
pub(super) fn through_interface(
    view: &View<'_>,
    origin: &Origin,
    here: &Subnet,
    endpoint: &Endpoint,
    (service, port): (&str, u16),
    said: &mut Said,
) -> Hop {
    let state = endpoint.state.to_lowercase();
    if state != "available" {
        let (endpoint, service) = (endpoint.id.clone(), service.to_owned());
        said.blocks.push(Block::EndpointDown { endpoint, service, state });
    }
    policy_of(view, endpoint, service, said);
    let to = |far: Far| Traffic {
        protocol: "tcp",
        ports: (port, port),
        far,
        far_groups: &endpoint.groups,
        service: Some(service),
    };
    let own = own_block(here);
    let there: Vec<&Subnet> = endpoint.subnets.iter().filter_map(|id| view.subnet(id)).collect();
    if let Some(far) = there.first().and_then(|subnet| own_block(subnet)) {
        filter::groups(view, &origin.groups, true, &to(Far::Block(far)), said);
    }
    if let Some(own) = own {
        admitted(view, origin, endpoint, (service, port), own, said);
    }
    // Within one subnet no network ACL is asked.
    if let (Some(far), Some(own)) = (there.first(), own)
        && !endpoint.subnets.contains(&origin.subnet)
        && let Some(block) = own_block(far)
    {
        let back = |far: Far| Traffic { ports: EPHEMERAL, ..to(far) };
        filter::acl(view, &origin.subnet, true, &to(Far::Block(block)), said);
        filter::acl(view, &origin.subnet, false, &back(Far::Block(block)), said);
        filter::acl(view, &far.id, false, &to(Far::Block(own)), said);
        filter::acl(view, &far.id, true, &back(Far::Block(own)), said);
    }
    Hop::noted(endpoint.id.as_str(), service)
}

/// Whether the endpoint's groups admit the sender.
fn admitted(
    view: &View<'_>,
    origin: &Origin,
    endpoint: &Endpoint,
    (service, port): (&str, u16),
    own: ipnet::IpNet,
    said: &mut Said,
) {
    let from = Traffic {
        protocol: "tcp",
        ports: (port, port),
        far: Far::Block(own),
        far_groups: &origin.groups,
        service: None,
    };
    let mut inner = Said::default();
    filter::groups(view, &endpoint.groups, false, &from, &mut inner);
    said.leaves.append(&mut inner.leaves);
    if !inner.blocks.is_empty() {
        said.blocks.push(Block::EndpointGroups {
            endpoint: endpoint.id.clone(),
            service: service.to_owned(),
            groups: endpoint.groups.clone(),
        });
    }
}

/// Goes through a gateway endpoint.
pub(super) fn through_gateway(
    view: &View<'_>,
    origin: &Origin,
    endpoint: &Endpoint,
    service: &str,
    said: &mut Said,
) -> Hop {
    let state = endpoint.state.to_lowercase();
    if state != "available" {
        let (endpoint, service) = (endpoint.id.clone(), service.to_owned());
        said.blocks.push(Block::EndpointDown { endpoint, service, state });
    }
    policy_of(view, endpoint, service, said);
    let to = Traffic {
        protocol: "tcp",
        ports: (443, 443),
        far: Far::Internet4,
        far_groups: &[],
        service: Some(service),
    };
    filter::groups(view, &origin.groups, true, &to, said);
    filter::acl(view, &origin.subnet, true, &to, said);
    let back = Traffic { ports: EPHEMERAL, ..to };
    filter::acl(view, &origin.subnet, false, &back, said);
    Hop::noted(endpoint.id.as_str(), service)
}

fn policy_of(view: &View<'_>, endpoint: &Endpoint, service: &str, said: &mut Said) {
    let Some(text) = endpoint.policy.as_deref().filter(|text| !text.trim().is_empty()) else {
        return;
    };
    let account = view.world.caller.value().map_or("", |caller| caller.account.as_str());
    match policy::judge(text, service, account, view.world.region.as_str()) {
        Says::Allows => {}
        // Without the account's number no bucket can be told from another.
        Says::Denies if account.is_empty() => {
            said.leaves.push(Leaf::Beyond(format!("the policy of {}", endpoint.id)));
        }
        Says::Denies => said.blocks.push(Block::EndpointPolicy {
            endpoint: endpoint.id.clone(),
            service: service.to_owned(),
            policy: text.to_owned(),
        }),
        Says::Unclear => said.leaves.push(Leaf::Beyond(format!("the policy of {}", endpoint.id))),
    }
}

/// A subnet's IPv4 block.
pub(super) fn own_block(subnet: &Subnet) -> Option<ipnet::IpNet> {
    subnet.cidrs.iter().copied().find(|block| block.addr().is_ipv4())
}

/// What cannot be told while endpoints are unread.
pub(super) fn unread(view: &View<'_>) -> Option<Leaf> {
    listed(&view.network.endpoints).err().map(Leaf::Gap)
}
