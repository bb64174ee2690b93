//! Security groups and network ACLs.

use serde::Serialize;

use super::View;
use super::address::{Cover, Far, ports_covered};
use super::path::{Block, Leaf};
use super::view::listed;
use crate::world::network::{AclEntry, GroupRule, NetworkAcl, Peer};
use crate::world::{GroupId, NetworkAclId, SubnetId};

/// Ports from which a Linux instance opens connections.
// Source: net.ipv4.ip_local_port_range of Amazon Linux, 32768 to 60999.
pub(super) const EPHEMERAL: (u16, u16) = (32768, 60999);
/// Ports from which a NAT gateway opens connections.
// Source: VPC user guide, "Custom network ACLs": a NAT gateway uses ports 1024-65535.
pub(super) const EPHEMERAL_OF_NAT: (u16, u16) = (1024, 65535);

/// A rule that stops packets, or the lack of one that lets them pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FilterBlock {
    /// A network ACL denies them.
    Acl {
        /// The ACL.
        acl: NetworkAclId,
        /// The entry that denies; 32767 is the final denial.
        entry: i32,
        /// Whether it is about packets that leave the subnet.
        egress: bool,
        /// The protocol's number, 6 for TCP, 17 for UDP.
        protocol: i32,
        /// First and last port that must pass.
        ports: (u16, u16),
        /// The subnets it guards that are affected.
        subnets: Vec<SubnetId>,
    },
    /// Security groups have no rule that lets them pass.
    Groups {
        /// The groups, any one of which could admit them.
        groups: Vec<GroupId>,
        /// Whether packets that leave are meant.
        egress: bool,
        /// `tcp` or `udp`.
        protocol: String,
        /// First and last port that must pass.
        ports: (u16, u16),
    },
}

impl FilterBlock {
    /// What it says at the broken end of a drawn path.
    pub fn label(&self) -> String {
        match self {
            Self::Acl { acl, entry, egress, ports, .. } => {
                let way = if *egress { "out" } else { "in" };
                let entry = if *entry == 32767 {
                    "the final denial".into()
                } else {
                    format!("entry {entry}")
                };
                format!("{acl} {entry} stops {way} {}", range(*ports))
            }
            Self::Groups { groups, egress, protocol, ports } => {
                let way = if *egress { "out" } else { "in" };
                let groups: Vec<&str> = groups.iter().map(GroupId::as_str).collect();
                format!("no rule of {} lets {protocol} {} {way}", groups.join(", "), range(*ports))
            }
        }
    }
}

fn range((first, last): (u16, u16)) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

/// What has to pass a filter.
#[derive(Clone, Debug)]
pub(super) struct Traffic<'a> {
    pub(super) protocol: &'a str,
    pub(super) ports: (u16, u16),
    pub(super) far: Far,
    /// The groups that the other end carries, where it is in the VPC.
    pub(super) far_groups: &'a [GroupId],
    /// The service that is asked for, for AWS's own prefix lists.
    pub(super) service: Option<&'a str>,
}

/// What filters said: blocks, and what could not be told.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) blocks: Vec<Block>,
    pub(super) leaves: Vec<Leaf>,
}

fn protocol_number(name: &str) -> i32 {
    match name {
        "tcp" => 6,
        "udp" => 17,
        "icmp" => 1,
        other => other.parse().unwrap_or(-1),
    }
}

fn same_protocol(rule: &str, wanted: &str) -> bool {
    matches!(rule, "-1" | "all") || protocol_number(rule) == protocol_number(wanted)
}

fn rule_covers(view: &View<'_>, rule: &GroupRule, traffic: &Traffic<'_>) -> Cover {
    if !same_protocol(&rule.protocol, traffic.protocol) {
        return Cover::Nothing;
    }
    let all_ports = matches!(rule.protocol.as_str(), "-1" | "all");
    let ports = ports_covered(if all_ports { None } else { rule.ports }, traffic.ports);
    let peer = match &rule.peer {
        Peer::Cidr(block) => traffic.far.covered_by(block),
        Peer::Group(group) if traffic.far_groups.contains(group) => Cover::Whole,
        Peer::Group(_) => Cover::Nothing,
        Peer::PrefixList(list) => match view.list(list) {
            Some((name, _)) if traffic.service.is_some_and(|own| name.ends_with(own)) => {
                Cover::Whole
            }
            Some((_, blocks)) => blocks
                .iter()
                .map(|block| traffic.far.covered_by(block))
                .max()
                .unwrap_or(Cover::Nothing),
            // A list that was not read may hold what is needed.
            None => Cover::Part,
        },
    };
    ports.min(peer)
}

/// Whether security groups let traffic out (or in).
pub(super) fn groups(
    view: &View<'_>,
    ids: &[GroupId],
    egress: bool,
    traffic: &Traffic<'_>,
    said: &mut Said,
) {
    if let Err(gap) = listed(&view.network.groups) {
        said.leaves.push(Leaf::Gap(gap));
        return;
    }
    let found: Vec<_> = ids.iter().filter_map(|id| view.group(id)).collect();
    if found.len() < ids.len() || ids.is_empty() {
        // A group that is not among those read (deleted, or of another VPC) may have any rule.
        said.leaves.push(Leaf::Beyond("its security groups are not known".into()));
        return;
    }
    let rules = found.iter().flat_map(|group| if egress { &group.egress } else { &group.ingress });
    match rules.map(|rule| rule_covers(view, rule, traffic)).max().unwrap_or(Cover::Nothing) {
        Cover::Whole => {}
        Cover::Part => {
            said.leaves.push(Leaf::Beyond("a security group lets only part of it pass".into()));
        }
        Cover::Nothing => said.blocks.push(Block::Filter(FilterBlock::Groups {
            groups: ids.to_vec(),
            egress,
            protocol: traffic.protocol.to_owned(),
            ports: traffic.ports,
        })),
    }
}

/// What one direction of a network ACL does with traffic.
enum AclSays {
    Passes,
    Stops(i32),
    Partly,
}

fn acl_says(acl: &NetworkAcl, egress: bool, traffic: &Traffic<'_>) -> AclSays {
    let mut entries: Vec<&AclEntry> =
        acl.entries.iter().filter(|entry| entry.egress == egress).collect();
    entries.sort_by_key(|entry| entry.number);
    let wanted = protocol_number(traffic.protocol);
    let (mut part_allowed, mut part_denied) = (false, false);
    for entry in entries {
        if entry.protocol != -1 && entry.protocol != wanted {
            continue;
        }
        let ports = if entry.protocol == -1 { None } else { entry.ports };
        match traffic.far.covered_by(&entry.cidr).min(ports_covered(ports, traffic.ports)) {
            Cover::Nothing => {}
            // Single hosts and small networks are shut out everywhere; it says nothing of AWS.
            Cover::Part
                if !entry.allow && traffic.far.is_internet() && entry.cidr.prefix_len() >= 12 => {}
            Cover::Part if entry.allow => part_allowed = true,
            Cover::Part => part_denied = true,
            Cover::Whole if entry.allow && part_denied => return AclSays::Partly,
            Cover::Whole if entry.allow => return AclSays::Passes,
            Cover::Whole if part_allowed => return AclSays::Partly,
            Cover::Whole => return AclSays::Stops(entry.number),
        }
    }
    if part_allowed { AclSays::Partly } else { AclSays::Stops(32767) }
}

/// Whether the network ACL of a subnet lets traffic pass in one direction.
pub(super) fn acl(
    view: &View<'_>,
    subnet: &SubnetId,
    egress: bool,
    traffic: &Traffic<'_>,
    said: &mut Said,
) {
    let acl = match view.acl_of(subnet) {
        Ok(Some(acl)) => acl,
        Ok(None) => {
            said.leaves.push(Leaf::Beyond(format!("no network ACL is shown for {subnet}")));
            return;
        }
        Err(gap) => {
            said.leaves.push(Leaf::Gap(gap));
            return;
        }
    };
    match acl_says(acl, egress, traffic) {
        AclSays::Passes => {}
        AclSays::Partly => {
            said.leaves.push(Leaf::Beyond(format!("{} lets only part of it pass", acl.id)));
        }
        AclSays::Stops(entry) => said.blocks.push(Block::Filter(FilterBlock::Acl {
            acl: acl.id.clone(),
            entry,
            egress,
            protocol: protocol_number(traffic.protocol),
            ports: traffic.ports,
            subnets: vec![subnet.clone()],
        })),
    }
}
