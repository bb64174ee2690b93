//! What lets packets pass: security groups, which remember, and network ACLs, which don't.

use std::net::Ipv4Addr;

use super::{Blocked, Direction, Transport};
use crate::sandbox::ec2::{Acl, Ec2, Peer, Rule};

/// One end of a conversation.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) address: Ipv4Addr,
    /// Its groups, as far as the other end's rules can name them.
    pub(super) groups: Vec<String>,
}

impl End {
    /// An end that no group is known of.
    pub(super) fn bare(address: Ipv4Addr) -> Self {
        Self { address, groups: Vec::new() }
    }
}

/// Ports that Linux answers on when it has asked (`ip_local_port_range`).
pub(super) const LINUX: (u16, u16) = (32768, 60999);
/// Ports that NAT gateways and load balancers ask from (network ACL guide, "ephemeral ports").
pub(super) const NAT: (u16, u16) = (1024, 65535);

/// Whether groups let a packet pass: some rule of some group must.
pub(super) fn groups(
    ec2: &Ec2,
    groups: &[String],
    direction: Direction,
    peer: &End,
    transport: Transport,
    port: u16,
) -> Result<(), Blocked> {
    let egress = direction == Direction::Out;
    let lets = groups
        .iter()
        .filter_map(|id| ec2.groups.get(id))
        .flat_map(|group| &group.rules)
        .any(|rule| rule.egress == egress && fits(ec2, rule, peer, transport, port));
    if lets {
        return Ok(());
    }
    Err(Blocked::SecurityGroup { groups: groups.to_vec(), port, direction })
}

fn fits(ec2: &Ec2, rule: &Rule, peer: &End, transport: Transport, port: u16) -> bool {
    let name = match transport {
        Transport::Tcp => "tcp",
        Transport::Udp => "udp",
    };
    let in_ports = rule
        .ports
        .is_none_or(|(from, to)| (from..=to).contains(&i64::from(port)) || (from, to) == (-1, -1));
    let protocol = rule.protocol == "-1" || (rule.protocol == name && in_ports);
    let known = match &rule.peer {
        Peer::Block(block) => block.contains(&peer.address),
        Peer::Group { id, .. } => peer.groups.contains(id),
        Peer::PrefixList(id) => {
            ec2.prefix_lists.get(id).is_some_and(|list| list.contains(peer.address))
        }
        Peer::Ipv6(_) => false,
    };
    protocol && known
}

/// Whether the network ACL of a subnet lets packets pass on all ports of a range.
pub(super) fn acl(
    ec2: &Ec2,
    subnet: &str,
    direction: Direction,
    other: Ipv4Addr,
    transport: Transport,
    ports: (u16, u16),
) -> Result<(), Blocked> {
    let over = ec2.acls.values().find(|acl| acl.associations.values().any(|under| under == subnet));
    let Some(acl) = over else { return Ok(()) };
    if lets_all(acl, direction, other, transport, ports) {
        return Ok(());
    }
    Err(Blocked::NetworkAcl { acl: acl.id.clone(), subnet: subnet.to_owned(), direction })
}

fn lets_all(
    acl: &Acl,
    direction: Direction,
    other: Ipv4Addr,
    transport: Transport,
    (first, last): (u16, u16),
) -> bool {
    let number = match transport {
        Transport::Tcp => "6",
        Transport::Udp => "17",
    };
    let mut rules: Vec<_> = acl
        .entries
        .iter()
        .filter(|rule| rule.egress == (direction == Direction::Out))
        .filter(|rule| rule.protocol == "-1" || rule.protocol == number)
        .filter(|rule| rule.cidr.contains(&other))
        .collect();
    rules.sort_by_key(|rule| rule.number);
    // What is decided changes only where a rule's ports begin or end.
    let mut probes = vec![first];
    for (from, to) in rules.iter().filter_map(|rule| rule.ports) {
        probes.extend([from, to.saturating_add(1)]);
    }
    probes.retain(|port| (first..=last).contains(port));
    probes.iter().all(|port| {
        let decides = rules.iter().find(|rule| {
            rule.protocol == "-1" || rule.ports.is_none_or(|(from, to)| (from..=to).contains(port))
        });
        decides.is_some_and(|rule| rule.allow)
    })
}
