//! The walk of a packet.

use std::net::IpAddr;

use ipnet::IpNet;

use super::address::{Cover, Far};
use super::endpoint::{self, Way, own_block};
use super::filter::{self, EPHEMERAL, EPHEMERAL_OF_NAT, Said, Traffic};
use super::path::{Block, Hop, Leaf, Outcome, Path};
use super::view::listed;
use super::{Destination, Origin, View};
use crate::world::network::{self, NatGateway, Route, RouteTable, Subnet, Target};
use crate::world::{InternetGatewayId, NatGatewayId, PeeringId};

/// Goes from a place to a destination.
pub fn reach(view: &View<'_>, from: &Origin, to: &Destination) -> Path {
    let mut walk = Walk { view, from, to, hops: Vec::new(), said: Said::default() };
    walk.go();
    let Walk { hops, said, .. } = walk;
    let outcome = if !said.blocks.is_empty() {
        let mut blocks = said.blocks;
        blocks.sort();
        blocks.dedup();
        Outcome::Blocked(blocks)
    } else if !said.leaves.is_empty() {
        Outcome::CannotTell(said.leaves)
    } else {
        Outcome::Reaches
    };
    Path { hops, outcome }
}

struct Walk<'w, 'a> {
    view: &'w View<'a>,
    from: &'w Origin,
    to: &'w Destination,
    hops: Vec<Hop>,
    said: Said,
}

impl<'a> Walk<'_, 'a> {
    fn go(&mut self) {
        if self.from.label != self.from.subnet.as_str() {
            self.hops.push(Hop::new(self.from.label.as_str()));
        }
        let Some(here) = self.view.subnet(&self.from.subnet) else {
            self.hops.push(Hop::new(self.from.subnet.as_str()));
            let leaf = match listed(&self.view.network.subnets) {
                Err(gap) => Leaf::Gap(gap),
                Ok(_) => {
                    Leaf::Beyond(format!("{} is not among the VPC's subnets", self.from.subnet))
                }
            };
            self.said.leaves.push(leaf);
            return;
        };
        self.hops.push(Hop::noted(here.id.as_str(), &here.zone));
        match self.to {
            Destination::Service(service) => self.ask_service(here, service),
            Destination::Internet { six, .. } => {
                self.names(here);
                let far = if *six { Far::Internet6 } else { Far::Internet4 };
                self.leave_for_internet(here, &far);
            }
            Destination::Network { block, .. } => self.leave_for_network(here, *block),
        }
    }

    fn traffic(&self, far: Far) -> Traffic<'static> {
        let protocol = if self.to.protocol() == "udp" { "udp" } else { "tcp" };
        Traffic { protocol, ports: self.to.ports(), far, far_groups: &[], service: None }
    }

    /// Names are resolved by the VPC's own resolver unless the DHCP options say otherwise; no
    /// rule and no ACL can stop that one.
    fn names(&mut self, here: &Subnet) {
        let options = self.view.network.dhcp_options.items();
        let servers: Vec<&str> =
            options.iter().flat_map(|one| one.name_servers.iter().map(String::as_str)).collect();
        let own = servers.is_empty() || servers.contains(&"AmazonProvidedDNS");
        if own {
            if self.view.network.dns_support.value() == Some(&false) {
                self.said.blocks.push(Block::NamesOff { vpc: here.vpc.clone() });
            }
            return;
        }
        let vpc = self.view.network.vpcs.items().iter().find(|vpc| vpc.id == here.vpc);
        let inside =
            |ip: &IpAddr| vpc.is_some_and(|vpc| vpc.cidrs.iter().any(|net| net.contains(ip)));
        let addresses: Vec<IpAddr> = servers.iter().filter_map(|text| text.parse().ok()).collect();
        let dead = !addresses.is_empty()
            && self.view.network.interfaces.value().is_some()
            && addresses.iter().all(|ip| {
                inside(ip) && !is_resolver(*ip, here, vpc) && !self.view.has_interface_at(*ip)
            });
        if dead {
            self.said.blocks.push(Block::NamesOff { vpc: here.vpc.clone() });
        }
    }

    fn ask_service(&mut self, here: &'a Subnet, service: &str) {
        self.names(here);
        let way = endpoint::way(self.view, self.from, here, service);
        let port = self.to.ports().0;
        match way {
            Way::Interface(found) => {
                let asked = (service, port);
                let hop = endpoint::through_interface(
                    self.view,
                    self.from,
                    here,
                    found,
                    asked,
                    &mut self.said,
                );
                self.hops.push(hop);
            }
            Way::Gateway(found) => {
                if let Ok(Some(table)) = self.view.table_of(&here.id) {
                    self.hops.push(Hop::new(table.id.as_str()));
                }
                let hop =
                    endpoint::through_gateway(self.view, self.from, found, service, &mut self.said);
                self.hops.push(hop);
            }
            Way::Internet(nameless) => {
                self.leave_for_internet(here, &Far::Internet4);
                self.judge_endpoint(nameless.map(|found| found.id.clone()), service);
            }
        }
    }

    /// Without a way to the internet it depends on the endpoint: one that lacks private DNS is
    /// what blocks, and endpoints that could not be read leave it open.
    fn judge_endpoint(&mut self, nameless: Option<crate::world::EndpointId>, service: &str) {
        let routed_nowhere = self.said.blocks.iter().any(is_about_the_way_out);
        if !routed_nowhere {
            return;
        }
        if let Some(endpoint) = nameless {
            let service = service.to_owned();
            self.said.blocks.push(Block::EndpointWithoutDns { endpoint, service });
        } else if let Some(leaf) = endpoint::unread(self.view) {
            self.said.blocks.retain(|block| !is_about_the_way_out(block));
            self.said.leaves.push(leaf);
        }
    }

    fn leave_for_internet(&mut self, here: &'a Subnet, far: &Far) {
        let out = self.traffic(far.clone());
        filter::groups(self.view, &self.from.groups, true, &out, &mut self.said);
        filter::acl(self.view, &here.id, true, &out, &mut self.said);
        let back = Traffic { ports: EPHEMERAL, ..out };
        filter::acl(self.view, &here.id, false, &back, &mut self.said);
        let Some((table, route)) = self.route(here, far) else { return };
        if self.is_blackhole(table, route) {
            return;
        }
        match &route.target {
            Target::NatGateway(nat) => self.by_nat(here, table, nat, far),
            Target::InternetGateway(gateway) => {
                self.by_gateway(table, gateway);
                if self.from.public_address == Some(false) && *far == Far::Internet4 {
                    let (subnet, gateway) = (here.id.clone(), gateway.clone());
                    self.said.blocks.push(Block::NoPublicAddress { subnet, gateway });
                } else if self.from.public_address.is_none() && *far == Far::Internet4 {
                    let unknown = "whether the instance has a public address".to_owned();
                    self.said.leaves.push(Leaf::Beyond(unknown));
                }
            }
            Target::Peering(peering) => {
                let (table, peering) = (table.id.clone(), peering.clone());
                self.said.blocks.push(Block::NotTransitive { table, peering });
            }
            Target::EgressOnly(id) => self.hops.push(Hop::new(id.as_str())),
            Target::Local => {}
            other @ (Target::Instance(_)
            | Target::Interface(_)
            | Target::TransitGateway(_)
            | Target::Endpoint(_)
            | Target::Other(_)) => self.leaves_view(other),
        }
    }

    fn leaves_view(&mut self, target: &Target) {
        self.hops.push(Hop::new(target.id()));
        let what = match target {
            Target::Instance(_) | Target::Interface(_) => "a machine that forwards packets",
            Target::TransitGateway(_) => "a transit gateway",
            Target::Endpoint(_) => "a firewall",
            Target::Local
            | Target::InternetGateway(_)
            | Target::NatGateway(_)
            | Target::Peering(_)
            | Target::EgressOnly(_)
            | Target::Other(_) => "another gateway",
        };
        self.said.leaves.push(Leaf::Beyond(format!("leaves what can be seen, by {what}")));
    }

    /// The table in effect and its best route, or the block or gap that there is instead.
    fn route(&mut self, here: &Subnet, far: &Far) -> Option<(&'a RouteTable, &'a Route)> {
        let table = match self.view.table_of(&here.id) {
            Ok(Some(table)) => table,
            Ok(None) => {
                self.said
                    .leaves
                    .push(Leaf::Beyond(format!("no route table is shown for {}", here.id)));
                return None;
            }
            Err(gap) => {
                self.said.leaves.push(Leaf::Gap(gap));
                return None;
            }
        };
        self.hops.push(Hop::new(table.id.as_str()));
        let best = best_route(self.view, table, far);
        if best.is_none() {
            if table.routes.iter().any(|route| self.may_cover(route)) {
                let list = format!("a route of {} by a prefix list that was not read", table.id);
                self.said.leaves.push(Leaf::Beyond(list));
                return None;
            }
            let destination = match far {
                Far::Internet4 => "0.0.0.0/0".to_owned(),
                Far::Internet6 => "::/0".to_owned(),
                Far::Block(block) => block.to_string(),
            };
            let (subnet, table) = (here.id.clone(), table.id.clone());
            self.said.blocks.push(Block::NoRoute { subnet, table, destination });
        }
        best.map(|route| (table, route))
    }

    /// Whether a route is by a prefix list that was not read and is not one of AWS's gateway
    /// endpoints, so that it may cover anything.
    fn may_cover(&self, route: &Route) -> bool {
        let network::Destination::PrefixList(list) = &route.destination else { return false };
        self.view.list(list).is_none() && !matches!(route.target, Target::Endpoint(_))
    }

    fn is_blackhole(&mut self, table: &RouteTable, route: &Route) -> bool {
        if route.blackhole {
            self.said.blocks.push(Block::Blackhole {
                table: table.id.clone(),
                destination: route.destination.clone(),
                target: route.target.clone(),
            });
        }
        route.blackhole
    }

    fn by_gateway(&mut self, table: &RouteTable, id: &InternetGatewayId) {
        self.hops.push(Hop::new(id.as_str()));
        match listed(&self.view.network.internet_gateways) {
            // The route says active; only a list that shows the gateway loose speaks against it.
            Ok(_) => {
                let found = self.view.gateway(id.as_str());
                if found.is_some_and(|gateway| gateway.vpc.is_none()) {
                    let (gateway, table) = (id.clone(), table.id.clone());
                    self.said.blocks.push(Block::GatewayDetached { gateway, table });
                }
            }
            Err(gap) => self.said.leaves.push(Leaf::Gap(gap)),
        }
    }

    fn by_nat(&mut self, here: &Subnet, table: &RouteTable, id: &NatGatewayId, far: &Far) {
        if let Err(gap) = listed(&self.view.network.nat_gateways) {
            self.hops.push(Hop::new(id.as_str()));
            self.said.leaves.push(Leaf::Gap(gap));
            return;
        }
        let Some(nat) = self.view.nat(id) else {
            // Not every answer shows gateways of other VPCs; the route itself says active.
            self.hops.push(Hop::new(id.as_str()));
            self.said
                .leaves
                .push(Leaf::Beyond(format!("{id} is not among the VPC's NAT gateways")));
            return;
        };
        match nat.state.as_str() {
            "available" => {}
            "pending" => {
                let soon = format!("{id} is still being made");
                self.said.leaves.push(Leaf::Beyond(soon));
            }
            state => {
                let (nat, state, table) = (id.clone(), state.to_owned(), table.id.clone());
                self.said.blocks.push(Block::NatDown { nat, state, table });
                return;
            }
        }
        self.hops.push(Hop::new(id.as_str()));
        self.out_of_nat(here, nat, far);
    }

    /// From the NAT gateway on: its own subnet must lead to an internet gateway.
    fn out_of_nat(&mut self, here: &Subnet, nat: &NatGateway, far: &Far) {
        let Some(there) = self.view.subnet(&nat.subnet) else {
            let unseen = format!("{}, where {} stands, was not read", nat.subnet, nat.id);
            self.said.leaves.push(Leaf::Beyond(unseen));
            return;
        };
        self.acls_at_nat(here, there, far);
        let table = match self.view.table_of(&there.id) {
            Ok(Some(table)) => table,
            Ok(None) => {
                self.said
                    .leaves
                    .push(Leaf::Beyond(format!("no route table is shown for {}", there.id)));
                return;
            }
            Err(gap) => {
                self.said.leaves.push(Leaf::Gap(gap));
                return;
            }
        };
        let stranded = Block::NatStranded {
            nat: nat.id.clone(),
            subnet: there.id.clone(),
            table: table.id.clone(),
        };
        let Some(route) = best_route(self.view, table, far) else {
            self.said.blocks.push(stranded);
            return;
        };
        if self.is_blackhole(table, route) {
            return;
        }
        match &route.target {
            // A private NAT gateway has no public address to leave with.
            Target::InternetGateway(_) if !nat.public => self.said.blocks.push(stranded),
            Target::InternetGateway(gateway) => self.by_gateway(table, gateway),
            Target::NatGateway(other) if *other == nat.id => self.said.blocks.push(stranded),
            Target::NatGateway(_) if nat.public => self.said.blocks.push(stranded),
            Target::Peering(_) | Target::Local => self.said.blocks.push(stranded),
            other @ (Target::NatGateway(_)
            | Target::Instance(_)
            | Target::Interface(_)
            | Target::TransitGateway(_)
            | Target::Endpoint(_)
            | Target::EgressOnly(_)
            | Target::Other(_)) => self.leaves_view(other),
        }
    }

    fn acls_at_nat(&mut self, here: &Subnet, there: &Subnet, far: &Far) {
        let out = self.traffic(far.clone());
        filter::acl(self.view, &there.id, true, &out, &mut self.said);
        let back = Traffic { ports: EPHEMERAL_OF_NAT, ..out.clone() };
        filter::acl(self.view, &there.id, false, &back, &mut self.said);
        if let Some(own) = own_block(here).filter(|_| here.id != there.id) {
            let inward = Traffic { far: Far::Block(own), ..out };
            filter::acl(self.view, &there.id, false, &inward, &mut self.said);
            let home = Traffic { ports: EPHEMERAL, ..inward };
            filter::acl(self.view, &there.id, true, &home, &mut self.said);
        }
    }

    fn leave_for_network(&mut self, here: &'a Subnet, block: IpNet) {
        let far = Far::Block(block);
        let out = self.traffic(far.clone());
        filter::groups(self.view, &self.from.groups, true, &out, &mut self.said);
        filter::acl(self.view, &here.id, true, &out, &mut self.said);
        let back = Traffic { ports: EPHEMERAL, ..out };
        filter::acl(self.view, &here.id, false, &back, &mut self.said);
        let Some((table, route)) = self.route(here, &far) else { return };
        if self.is_blackhole(table, route) {
            return;
        }
        match &route.target {
            Target::Local => {}
            Target::Peering(peering) => self.by_peering(here, table, peering, &block),
            // By an internet or NAT gateway packets for private addresses come to nothing.
            Target::InternetGateway(_) | Target::NatGateway(_) | Target::EgressOnly(_) => {
                let destination = block.to_string();
                let (subnet, table) = (here.id.clone(), table.id.clone());
                self.said.blocks.push(Block::NoRoute { subnet, table, destination });
            }
            other @ (Target::Instance(_)
            | Target::Interface(_)
            | Target::TransitGateway(_)
            | Target::Endpoint(_)
            | Target::Other(_)) => self.leaves_view(other),
        }
    }

    fn by_peering(&mut self, here: &Subnet, table: &RouteTable, id: &PeeringId, block: &IpNet) {
        self.hops.push(Hop::new(id.as_str()));
        if let Err(gap) = listed(&self.view.network.peerings) {
            self.said.leaves.push(Leaf::Gap(gap));
            return;
        }
        let Some(peering) = self.view.peering(id) else { return };
        if peering.status != "active" {
            let (peering, status, table) = (id.clone(), peering.status.clone(), table.id.clone());
            self.said.blocks.push(Block::PeeringDown { peering, status, table });
            return;
        }
        let theirs = &peering.far_side(&here.vpc).cidrs;
        if !theirs.is_empty() && !theirs.iter().any(|net| net.contains(block)) {
            let (table, peering) = (table.id.clone(), id.clone());
            self.said.blocks.push(Block::NotTransitive { table, peering });
        }
    }
}

/// Whether a block says that there is no way to the internet.
fn is_about_the_way_out(block: &Block) -> bool {
    matches!(
        block,
        Block::NoRoute { .. }
            | Block::Blackhole { .. }
            | Block::NatDown { .. }
            | Block::NatStranded { .. }
            | Block::GatewayDetached { .. }
            | Block::NoPublicAddress { .. }
            | Block::NotTransitive { .. }
    )
}

/// The VPC's own resolver: 169.254.169.253, or the VPC's base address plus two.
fn is_resolver(ip: IpAddr, here: &Subnet, vpc: Option<&network::Vpc>) -> bool {
    let base = |net: &IpNet| match (net.network(), ip) {
        (IpAddr::V4(base), IpAddr::V4(ip)) => u32::from(ip) == u32::from(base) + 2,
        (IpAddr::V6(_), _) | (IpAddr::V4(_), IpAddr::V6(_)) => false,
    };
    here.cidrs.iter().any(base) || vpc.is_some_and(|vpc| vpc.cidrs.iter().any(base))
}

/// The route with the longest prefix that covers all of the destination. For the internet this
/// is the default route, or one of its halves where somebody wrote it so.
fn best_route<'a>(view: &View<'a>, table: &'a RouteTable, far: &Far) -> Option<&'a Route> {
    let length = |route: &Route| match &route.destination {
        network::Destination::Cidr(block) => covering(far, block),
        network::Destination::PrefixList(list) => {
            let (_, blocks) = view.list(list)?;
            blocks.iter().filter_map(|block| covering(far, block)).max()
        }
    };
    let matching = table.routes.iter().filter_map(|route| Some((length(route)?, route)));
    matching.max_by_key(|(length, _)| *length).map(|(_, route)| route)
}

fn covering(far: &Far, block: &IpNet) -> Option<u8> {
    let halves =
        far.is_internet() && block.prefix_len() == 1 && far.covered_by(block) == Cover::Part;
    (far.covered_by(block) == Cover::Whole || halves).then(|| block.prefix_len())
}
