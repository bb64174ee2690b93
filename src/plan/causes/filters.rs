//! Rules of security groups and network ACLs that let pass what must pass.

use std::collections::BTreeSet;

use crate::check::{FilterBlock, Finding};
use crate::plan::draft::{Draft, Proposal};
use crate::plan::{Action, NetworkAction, Ref, VpcAction};
use crate::world::network::{AclEntry, GroupRule, NetworkAcl, Peer};
use crate::world::{GroupId, SubnetId};

use ipnet::IpNet;

/// Lets pass what filters stop.
pub(super) fn open(draft: &mut Draft<'_>, finding: &Finding, blocks: &[FilterBlock]) {
    for block in blocks {
        match block {
            FilterBlock::Acl { acl, entry, egress, protocol, ports, .. } => {
                let acls = draft.snapshot.network.acls.items();
                let Some(own) = acls.iter().find(|own| own.id == *acl) else { continue };
                let Some(number) = free_number(draft, own, *entry, *egress) else {
                    draft.ask_person(
                        format!("Whoever keeps {acl} must make room for an entry before {entry}"),
                        "No number is free in front of the entry that denies.",
                    );
                    continue;
                };
                let entry = AclEntry {
                    number,
                    egress: *egress,
                    allow: true,
                    protocol: *protocol,
                    cidr: anywhere(),
                    ports: Some(*ports),
                };
                let action = VpcAction::CreateAclEntry { acl: acl.clone(), entry };
                draft.add_ground(Proposal::new(Action::Vpc(action), finding));
            }
            FilterBlock::Groups { groups, egress, protocol, ports } => {
                admit(draft, finding, groups, *egress, protocol, *ports);
            }
        }
    }
}

/// Every IPv4 address.
fn anywhere() -> IpNet {
    IpNet::V4(ipnet::Ipv4Net::default())
}

/// A number that is free and comes before the entry that denies. The final denial has room before
/// it: there the next hundred is taken, as AWS's guide advises, so that others can be put between.
fn free_number(draft: &Draft<'_>, acl: &NetworkAcl, denies: i32, egress: bool) -> Option<i32> {
    // What is planned takes its number, too.
    let planned = draft.steps.iter().filter_map(|step| {
        let Action::Vpc(VpcAction::CreateAclEntry { acl: own, entry }) = &step.action else {
            return None;
        };
        (*own == acl.id).then_some(entry)
    });
    let taken: BTreeSet<i32> = acl
        .entries
        .iter()
        .chain(planned)
        .filter(|entry| entry.egress == egress)
        .map(|entry| entry.number)
        .collect();
    if denies >= 32766 {
        let last = taken.iter().filter(|number| **number < 32766).max().copied().unwrap_or(0);
        let next = (last / 100 + 1) * 100;
        if next < 32766 {
            return Some(next);
        }
    }
    (1..denies.min(32767)).rev().find(|number| !taken.contains(number))
}

/// Adds a rule to one of the groups. An outgoing side without any rule gets back the one that EC2
/// gives every new group, because what else the application needs is not known.
fn admit(
    draft: &mut Draft<'_>,
    finding: &Finding,
    groups: &[GroupId],
    egress: bool,
    protocol: &str,
    ports: (u16, u16),
) {
    let Some(group) = preferred(draft, groups) else { return };
    let known = draft.snapshot.network.groups.items().iter().find(|own| own.id == group);
    let emptied = egress && known.is_some_and(|own| own.egress.is_empty());
    let rule = |protocol: &str, ports, cidr| GroupRule {
        id: None,
        protocol: protocol.to_owned(),
        ports,
        peer: Peer::Cidr(cidr),
        description: None,
    };
    let rules: Vec<GroupRule> = if emptied {
        vec![rule("-1", None, anywhere())]
    } else if egress {
        vec![rule(protocol, Some(ports), anywhere())]
    } else {
        let blocks = blocks_of(draft, &instance_subnets(draft));
        blocks.into_iter().map(|cidr| rule(protocol, Some(ports), cidr)).collect()
    };
    for rule in rules {
        let group = Ref::Is(group.clone());
        let action = NetworkAction::AuthorizeRule { group, egress, rule, peer_group: None };
        draft.add_ground(Proposal::new(Action::Network(action), finding));
    }
}

/// The group that is changed where any of several would do: the environment's own before others'.
fn preferred(draft: &Draft<'_>, groups: &[GroupId]) -> Option<GroupId> {
    let own = draft.snapshot.stack();
    let of_stack = |group: &&GroupId| {
        own.is_some_and(|facts| {
            let mut resources = facts.resources.items().iter();
            resources.any(|one| one.physical.as_deref() == Some(group.as_str()))
        })
    };
    groups.iter().find(of_stack).or_else(|| groups.first()).cloned()
}

/// Lets a group admit a port from the subnets that instances are in.
///
/// Not from the environment's own group: a rule that names it would keep its stack from ever being
/// deleted (`CFN-01`).
pub(super) fn admit_instances(
    draft: &mut Draft<'_>,
    finding: &Finding,
    group: &GroupId,
    port: u16,
) {
    for cidr in blocks_of(draft, &instance_subnets(draft)) {
        let rule = GroupRule {
            id: None,
            protocol: "tcp".to_owned(),
            ports: Some((port, port)),
            peer: Peer::Cidr(cidr),
            description: None,
        };
        let group = Ref::Is(group.clone());
        let action = NetworkAction::AuthorizeRule { group, egress: false, rule, peer_group: None };
        draft.add_ground(Proposal::new(Action::Network(action), finding));
    }
}

/// The subnets that instances are launched into.
pub(super) fn instance_subnets(draft: &Draft<'_>) -> Vec<SubnetId> {
    let settings = draft.snapshot.settings.value();
    let named: Vec<SubnetId> = settings
        .map(|settings| settings.list("aws:ec2:vpc", "Subnets"))
        .unwrap_or_default()
        .into_iter()
        .map(SubnetId)
        .collect();
    if !named.is_empty() {
        return named;
    }
    let subnets = draft.snapshot.network.subnets.items().iter();
    subnets.filter(|subnet| subnet.default_for_zone).map(|subnet| subnet.id.clone()).collect()
}

/// The IPv4 blocks of subnets.
fn blocks_of(draft: &Draft<'_>, subnets: &[SubnetId]) -> Vec<IpNet> {
    let all = draft.snapshot.network.subnets.items().iter();
    let own = all.filter(|subnet| subnets.contains(&subnet.id));
    own.flat_map(|subnet| &subnet.cidrs).filter(|net| net.addr().is_ipv4()).copied().collect()
}
