//! The walk: from subnet to subnet by their route tables, until the packet is there.

use std::net::Ipv4Addr;

use super::filter::{self, End, LINUX, NAT};
use super::{Blocked, Destination, Direction, Sender};
use crate::sandbox::Account;
use crate::sandbox::access::{self, Decision};
use crate::sandbox::ec2::{self, Attachment, Ec2, Endpoint, Interface, Peering, Target};

/// More hops than any way that leads somewhere has.
const MOST_HOPS: u32 = 8;

/// A packet on its way, as those who see it now know it.
struct Packet<'a> {
    /// Who sent it, or who translated its address last.
    source: End,
    to: Ipv4Addr,
    wanted: &'a Destination,
    /// The ports its answer goes to.
    answers_to: (u16, u16),
    /// Whether an internet gateway would take it.
    public: bool,
    /// How it came into the network it is in, and where the answer must leave it.
    entry: Entry,
    hops: u32,
}

/// By what a packet came into a network; its answer has to find back by it.
#[derive(Clone, PartialEq, Eq)]
enum Entry {
    /// It started there.
    Born,
    /// Over a peering connection.
    Peering(String),
    /// Over a transit gateway.
    Transit(String),
}

/// Walks one packet to an address.
pub(super) fn walk(
    account: &Account,
    from: &Sender,
    to: Ipv4Addr,
    wanted: &Destination,
) -> Result<(), Blocked> {
    let ec2 = &account.here.ec2;
    let source = End { address: from.address, groups: from.groups.clone() };
    let peer = End { address: to, groups: groups_at(ec2, &from.subnet, to) };
    // A network load balancer's interfaces alone carry no group: nothing filters what they send.
    if !from.groups.is_empty() {
        filter::groups(ec2, &from.groups, Direction::Out, &peer, wanted.transport, wanted.port)?;
    }
    let packet = Packet {
        source,
        to,
        wanted,
        answers_to: LINUX,
        public: from.public,
        entry: Entry::Born,
        hops: 0,
    };
    leave(account, ec2, &from.subnet, &packet)
}

/// The groups of whoever has an address that a rule of the sender's may name.
fn groups_at(ec2: &Ec2, subnet: &str, address: Ipv4Addr) -> Vec<String> {
    let Some(vpc) = ec2.subnets.get(subnet).map(|subnet| subnet.vpc.as_str()) else {
        return Vec::new();
    };
    let peers: Vec<&str> = ec2
        .peerings
        .values()
        .filter(|peering| peering.status == "active" && peering.joins(vpc))
        .map(|peering| peering.beyond(vpc).vpc.as_str())
        .collect();
    let found = ec2.interfaces.values().find(|interface| {
        interface.address == address
            && (interface.vpc == vpc || peers.contains(&interface.vpc.as_str()))
    });
    found.map(|interface| interface.groups.clone()).unwrap_or_default()
}

/// A packet leaves a subnet: its ACL, both ways, then its route table.
fn leave(account: &Account, ec2: &Ec2, subnet: &str, packet: &Packet<'_>) -> Result<(), Blocked> {
    if packet.hops > MOST_HOPS {
        return Err(Blocked::Circle);
    }
    let inside = ec2.subnets.get(subnet).is_some_and(|known| known.cidr.contains(&packet.to));
    let wanted = packet.wanted;
    if !inside {
        let port = (wanted.port, wanted.port);
        filter::acl(ec2, subnet, Direction::Out, packet.to, wanted.transport, port)?;
        let back = packet.answers_to;
        filter::acl(ec2, subnet, Direction::In, packet.to, wanted.transport, back)?;
    }
    route(account, ec2, subnet, packet)
}

/// A packet in a subnet is sent on by the subnet's table.
fn route(account: &Account, ec2: &Ec2, subnet: &str, packet: &Packet<'_>) -> Result<(), Blocked> {
    let to = packet.to;
    let no_route = || Blocked::NoRoute { subnet: subnet.to_owned(), to };
    let (vpc, target) = ec2::target_of(ec2, subnet, to).ok_or_else(no_route)?;
    if !ec2::is_active(ec2, &vpc, &target) {
        return Err(Blocked::Blackhole { subnet: subnet.to_owned(), to });
    }
    match target {
        Target::Local => arrive(ec2, &vpc, subnet, packet),
        Target::Gateway(id) => through_gateway(ec2, &id, packet),
        Target::Nat(id) => through_nat(account, ec2, subnet, &id, packet),
        Target::Interface(id) => through_interface(account, ec2, subnet, &id, packet),
        Target::Peering(id) => {
            let peering = ec2.peerings.get(&id).ok_or_else(no_route)?;
            over_peering(account, &vpc, peering, packet)
        }
        Target::Transit(id) => over_transit(account, ec2, subnet, &vpc, &id, packet),
        Target::EgressOnly(_) => Err(no_route()),
    }
}

/// A packet reaches an interface of the network it is in.
fn arrive(ec2: &Ec2, vpc: &str, from: &str, packet: &Packet<'_>) -> Result<(), Blocked> {
    let found = ec2.interfaces.values().find(|interface| {
        interface.vpc == vpc
            && (interface.address == packet.to || interface.more_addresses.contains(&packet.to))
    });
    let interface = found.ok_or(Blocked::Nobody(packet.to))?;
    into(ec2, from, interface, packet)?;
    way_back(ec2, &interface.subnet, packet)?;
    let endpoint = ec2.endpoints.values().find(|known| known.interfaces.contains(&interface.id));
    endpoint.map_or(Ok(()), |endpoint| served(endpoint, packet.wanted))
}

/// The ACL of an interface's subnet, both ways, and the interface's groups.
fn into(ec2: &Ec2, from: &str, interface: &Interface, packet: &Packet<'_>) -> Result<(), Blocked> {
    let wanted = packet.wanted;
    let source = packet.source.address;
    if interface.subnet != from || packet.entry != Entry::Born {
        let port = (wanted.port, wanted.port);
        filter::acl(ec2, &interface.subnet, Direction::In, source, wanted.transport, port)?;
        let back = packet.answers_to;
        filter::acl(ec2, &interface.subnet, Direction::Out, source, wanted.transport, back)?;
    }
    let groups = &interface.groups;
    if interface.kind == "nat_gateway" {
        return Ok(());
    }
    filter::groups(ec2, groups, Direction::In, &packet.source, wanted.transport, wanted.port)
}

/// Whether an answer from a subnet finds back to where the packet came in.
fn way_back(ec2: &Ec2, subnet: &str, packet: &Packet<'_>) -> Result<(), Blocked> {
    let wanted = match &packet.entry {
        Entry::Born => return Ok(()),
        Entry::Peering(id) => Target::Peering(id.clone()),
        Entry::Transit(id) => Target::Transit(id.clone()),
    };
    match ec2::target_of(ec2, subnet, packet.source.address) {
        Some((vpc, target)) if target == wanted && ec2::is_active(ec2, &vpc, &target) => Ok(()),
        Some(_) | None => Err(Blocked::NoWayBack { from: subnet.to_owned() }),
    }
}

/// An internet gateway, a gateway endpoint, or a VPN.
fn through_gateway(ec2: &Ec2, id: &str, packet: &Packet<'_>) -> Result<(), Blocked> {
    if let Some(endpoint) = ec2.endpoints.get(id) {
        return served(endpoint, packet.wanted);
    }
    if ec2.vpn_gateways.contains_key(id) {
        return Err(Blocked::BeyondVpn(id.to_owned()));
    }
    if !packet.public {
        return Err(Blocked::NoPublicAddress(packet.source.address));
    }
    // The internet does not carry private addresses.
    let to = packet.to;
    if to.is_private() || to.is_link_local() {
        return Err(Blocked::Nobody(to));
    }
    Ok(())
}

/// Whether an endpoint works and its policy lets the request through.
fn served(endpoint: &Endpoint, wanted: &Destination) -> Result<(), Blocked> {
    if endpoint.state != "available" {
        return Err(Blocked::EndpointNotAvailable(endpoint.id.clone()));
    }
    let Some(policy) = &endpoint.policy else { return Ok(()) };
    let (action, resource) =
        wanted.request.clone().unwrap_or_else(|| usual_request(&endpoint.service));
    let tree = serde_json::from_str(policy).unwrap_or_default();
    match access::decide(&tree, &action, &resource) {
        Decision::Allowed => Ok(()),
        Decision::Denied | Decision::NotMentioned => {
            Err(Blocked::EndpointPolicy(endpoint.id.clone()))
        }
    }
}

/// What an instance of Elastic Beanstalk asks a service for, if nothing else is said: of S3, the
/// platform's own files; of the others, an operation of their own.
fn usual_request(service: &str) -> (String, String) {
    let mut parts = service.splitn(4, '.').skip(2);
    let (region, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match name {
        "s3" => {
            let files = format!("arn:aws:s3:::elasticbeanstalk-platform-assets-{region}/x");
            ("s3:GetObject".to_owned(), files)
        }
        other => {
            let prefix = other.trim_end_matches("-health");
            (format!("{prefix}:PutInstanceStatistics"), "*".to_owned())
        }
    }
}

/// A NAT gateway translates and sends on from its own subnet.
fn through_nat(
    account: &Account,
    ec2: &Ec2,
    from: &str,
    id: &str,
    packet: &Packet<'_>,
) -> Result<(), Blocked> {
    let broken = || Blocked::NatNotAvailable(id.to_owned());
    let nat = ec2.nat_gateways.get(id).filter(|nat| nat.state == "available").ok_or_else(broken)?;
    let interface =
        nat.interface.as_ref().and_then(|id| ec2.interfaces.get(id)).ok_or_else(broken)?;
    into(ec2, from, interface, packet)?;
    way_back(ec2, &interface.subnet, packet)?;
    let translated = Packet {
        source: End::bare(interface.address),
        answers_to: NAT,
        public: nat.public,
        entry: Entry::Born,
        hops: packet.hops + 1,
        to: packet.to,
        wanted: packet.wanted,
    };
    leave(account, ec2, &nat.subnet, &translated)
}

/// An instance that translates, if it is set up to.
fn through_interface(
    account: &Account,
    ec2: &Ec2,
    from: &str,
    id: &str,
    packet: &Packet<'_>,
) -> Result<(), Blocked> {
    let stuck = || Blocked::NotForwarded(id.to_owned());
    let interface = ec2.interfaces.get(id).filter(|found| !found.source_check).ok_or_else(stuck)?;
    into(ec2, from, interface, packet)?;
    way_back(ec2, &interface.subnet, packet)?;
    let (transport, port) = (packet.wanted.transport, packet.wanted.port);
    let there = End::bare(packet.to);
    filter::groups(ec2, &interface.groups, Direction::Out, &there, transport, port)?;
    let translated = Packet {
        source: End { address: interface.address, groups: interface.groups.clone() },
        answers_to: LINUX,
        public: interface.public.is_some(),
        entry: Entry::Born,
        hops: packet.hops + 1,
        to: packet.to,
        wanted: packet.wanted,
    };
    leave(account, ec2, &interface.subnet, &translated)
}

/// Over a peering connection, to the peer's own addresses and no further.
fn over_peering(
    account: &Account,
    vpc: &str,
    peering: &Peering,
    packet: &Packet<'_>,
) -> Result<(), Blocked> {
    let side = peering.beyond(vpc);
    let (to, id) = (packet.to, &peering.id);
    // A packet that came into this network from elsewhere is not passed on.
    if packet.entry != Entry::Born || !side.blocks.iter().any(|block| block.contains(&to)) {
        return Err(Blocked::NotTransitive { peering: id.clone(), to });
    }
    if side.owner != account.id {
        // What another account does is not simulated: its side is taken to be in order.
        return Ok(());
    }
    let Some(there) = account.regional(&side.region) else { return Err(Blocked::Nobody(to)) };
    let arrived = Packet {
        source: packet.source.clone(),
        to,
        wanted: packet.wanted,
        answers_to: packet.answers_to,
        public: false,
        entry: Entry::Peering(id.clone()),
        hops: packet.hops + 1,
    };
    arrive(&there.ec2, &side.vpc, "", &arrived)
}

/// Over a transit gateway into the network its table names, and on by that network's routes.
fn over_transit(
    account: &Account,
    ec2: &Ec2,
    subnet: &str,
    vpc: &str,
    id: &str,
    packet: &Packet<'_>,
) -> Result<(), Blocked> {
    let stuck = || Blocked::Transit(id.to_owned());
    let zone = |id: &String| ec2.subnets.get(id).map(|subnet| subnet.zone.as_str());
    let mine = ec2.attachments.values().find(|attached| {
        attached.gateway == id && attached.vpc == vpc && attached.state == "available"
    });
    let mine = mine.ok_or_else(stuck)?;
    let here = zone(&subnet.to_owned());
    // A zone without a subnet of the attachment cannot use it.
    if !mine.subnets.iter().any(|other| zone(other) == here) {
        return Err(stuck());
    }
    let next = beyond(ec2, id, packet.to).filter(|next| next.id != mine.id).ok_or_else(stuck)?;
    // The answer needs the way back through the same gateway.
    if beyond(ec2, id, packet.source.address).is_none_or(|back| back.id != mine.id) {
        return Err(Blocked::NoWayBack { from: id.to_owned() });
    }
    let door = next.subnets.iter().find(|other| zone(other) == here).or(next.subnets.first());
    let door = door.ok_or_else(stuck)?;
    let arrived = Packet {
        // Groups are not known across it.
        source: End::bare(packet.source.address),
        public: false,
        answers_to: packet.answers_to,
        entry: Entry::Transit(id.to_owned()),
        hops: packet.hops + 1,
        to: packet.to,
        wanted: packet.wanted,
    };
    if arrived.hops > MOST_HOPS {
        return Err(Blocked::Circle);
    }
    route(account, ec2, door, &arrived)
}

/// The attachment that a transit gateway sends an address to: by the longest route, and of two
/// as long by the one made by hand.
fn beyond<'a>(ec2: &'a Ec2, gateway: &str, to: Ipv4Addr) -> Option<&'a Attachment> {
    let fixed = ec2.transit_gateways.get(gateway)?.routes.clone();
    let best = fixed
        .into_iter()
        .map(|route| (route, true))
        .chain(ec2::propagated(ec2, gateway).into_iter().map(|route| (route, false)))
        .filter(|(route, _)| route.block.contains(&to))
        .max_by_key(|(route, by_hand)| (route.block.prefix_len(), *by_hand))?;
    let attached = ec2.attachments.get(best.0.attachment.as_ref()?)?;
    (attached.state == "available").then_some(attached)
}
