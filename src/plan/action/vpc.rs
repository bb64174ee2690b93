//! Changes of the VPC itself, its ACLs, peerings and interfaces, made by EC2.

use serde::{Deserialize, Serialize};

use super::line::Line;
use super::{Change, Made, Ref, Risk, listed};
use crate::plan::{Condition, StepId};
use crate::world::network::AclEntry;
use crate::world::{GroupId, InterfaceId, NetworkAclId, PeeringId, Snapshot, VpcId};

/// An attribute of a VPC that names depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DnsAttribute {
    /// `enableDnsSupport`: names are resolved at all.
    Support,
    /// `enableDnsHostnames`: instances have names, and endpoints answer for their service's.
    Hostnames,
}

impl std::fmt::Display for DnsAttribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Support => "enableDnsSupport",
            Self::Hostnames => "enableDnsHostnames",
        })
    }
}

/// A change of the VPC itself, its ACLs, peerings and interfaces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VpcAction {
    /// Switches name resolution on or off.
    SetDns {
        /// The VPC.
        vpc: VpcId,
        /// The attribute.
        attribute: DnsAttribute,
        /// Whether it is on.
        on: bool,
    },
    /// Adds an entry to a network ACL.
    CreateAclEntry {
        /// The ACL.
        acl: NetworkAclId,
        /// The entry.
        entry: AclEntry,
    },
    /// Takes an entry out of a network ACL.
    DeleteAclEntry {
        /// The ACL.
        acl: NetworkAclId,
        /// The entry.
        entry: AclEntry,
    },
    /// Accepts a peering connection that waits for it.
    AcceptPeering {
        /// Which.
        peering: PeeringId,
    },
    /// Ends a peering connection; the way back from accepting it.
    DeletePeering {
        /// Which.
        peering: PeeringId,
    },
    /// Makes one side of a peering connection resolve the other's names to private addresses.
    SetPeeringDns {
        /// Which.
        peering: PeeringId,
        /// Whether this account's side is the requester.
        requester: bool,
        /// Whether it does.
        on: bool,
    },
    /// Gives a network interface exactly these security groups.
    SetInterfaceGroups {
        /// Which.
        interface: InterfaceId,
        /// The groups.
        groups: Vec<Ref<GroupId>>,
    },
    /// Makes the region's default VPC.
    CreateDefaultVpc {},
    /// Makes the default subnet of a zone.
    CreateDefaultSubnet {
        /// The zone.
        zone: String,
    },
}

impl VpcAction {
    pub(super) fn resolve(&self, made: &Made, snapshot: &Snapshot) -> Option<Self> {
        let mut known = self.clone();
        if let Self::SetInterfaceGroups { groups, .. } = &mut known {
            for group in groups {
                *group = group.settled(made, snapshot)?;
            }
        }
        Some(known)
    }
}

impl Change for VpcAction {
    fn kind(&self) -> &'static str {
        match self {
            Self::SetDns { .. } => "modify-vpc-attribute",
            Self::CreateAclEntry { .. } => "create-network-acl-entry",
            Self::DeleteAclEntry { .. } => "delete-network-acl-entry",
            Self::AcceptPeering { .. } => "accept-vpc-peering-connection",
            Self::DeletePeering { .. } => "delete-vpc-peering-connection",
            Self::SetPeeringDns { .. } => "modify-vpc-peering-connection-options",
            Self::SetInterfaceGroups { .. } => "modify-network-interface-attribute",
            Self::CreateDefaultVpc {} => "create-default-vpc",
            Self::CreateDefaultSubnet { .. } => "create-default-subnet",
        }
    }

    fn target(&self) -> String {
        match self {
            Self::SetDns { vpc, .. } => vpc.to_string(),
            Self::CreateAclEntry { acl, .. } | Self::DeleteAclEntry { acl, .. } => acl.to_string(),
            Self::AcceptPeering { peering }
            | Self::DeletePeering { peering }
            | Self::SetPeeringDns { peering, .. } => peering.to_string(),
            Self::SetInterfaceGroups { interface, .. } => interface.to_string(),
            Self::CreateDefaultVpc {} => "the region".to_owned(),
            Self::CreateDefaultSubnet { zone } => zone.clone(),
        }
    }

    fn permissions(&self) -> Vec<&'static str> {
        vec![match self {
            Self::SetDns { .. } => "ec2:ModifyVpcAttribute",
            Self::CreateAclEntry { .. } => "ec2:CreateNetworkAclEntry",
            Self::DeleteAclEntry { .. } => "ec2:DeleteNetworkAclEntry",
            Self::AcceptPeering { .. } => "ec2:AcceptVpcPeeringConnection",
            Self::DeletePeering { .. } => "ec2:DeleteVpcPeeringConnection",
            Self::SetPeeringDns { .. } => "ec2:ModifyVpcPeeringConnectionOptions",
            Self::SetInterfaceGroups { .. } => "ec2:ModifyNetworkInterfaceAttribute",
            Self::CreateDefaultVpc {} => "ec2:CreateDefaultVpc",
            Self::CreateDefaultSubnet { .. } => "ec2:CreateDefaultSubnet",
        }]
    }

    fn line(&self) -> Line {
        let line = Line::new("ec2", self.kind());
        match self {
            Self::SetDns { vpc, attribute, on } => {
                let option = match attribute {
                    DnsAttribute::Support => "enable-dns-support",
                    DnsAttribute::Hostnames => "enable-dns-hostnames",
                };
                line.with("vpc-id", vpc).with(option, format!("{{\"Value\":{on}}}"))
            }
            Self::CreateAclEntry { acl, entry } => {
                acl_entry(line.with("network-acl-id", acl), entry)
            }
            Self::DeleteAclEntry { acl, entry } => line
                .with("network-acl-id", acl)
                .with("rule-number", entry.number)
                .flag(if entry.egress { "egress" } else { "ingress" }),
            Self::AcceptPeering { peering } | Self::DeletePeering { peering } => {
                line.with("vpc-peering-connection-id", peering)
            }
            Self::SetPeeringDns { peering, requester, on } => {
                let side = if *requester { "requester" } else { "accepter" };
                line.with("vpc-peering-connection-id", peering).with(
                    &format!("{side}-peering-connection-options"),
                    format!("AllowDnsResolutionFromRemoteVpc={on}"),
                )
            }
            Self::SetInterfaceGroups { interface, groups } => {
                line.with("network-interface-id", interface).list("groups", groups)
            }
            Self::CreateDefaultVpc {} => line,
            Self::CreateDefaultSubnet { zone } => line.with("availability-zone", zone),
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::SetDns { vpc, attribute, on } => {
                format!("switch {attribute} of {vpc} {}", if *on { "on" } else { "off" })
            }
            Self::CreateAclEntry { acl, entry } => format!("add {} to {acl}", entry_words(entry)),
            Self::DeleteAclEntry { acl, entry } => {
                format!("take {} out of {acl}", entry_words(entry))
            }
            Self::AcceptPeering { peering } => format!("accept the peering connection {peering}"),
            Self::DeletePeering { peering } => format!("end the peering connection {peering}"),
            Self::SetPeeringDns { peering, on: true, .. } => {
                format!("resolve names of the other side of {peering} to private addresses")
            }
            Self::SetPeeringDns { peering, on: false, .. } => {
                format!("stop resolving names of the other side of {peering} to private addresses")
            }
            Self::SetInterfaceGroups { interface, groups } => {
                format!("give the network interface {interface} the groups {}", listed(groups))
            }
            Self::CreateDefaultVpc {} => "make the region's default VPC".to_owned(),
            Self::CreateDefaultSubnet { zone } => format!("make the default subnet of {zone}"),
        }
    }

    fn risk(&self) -> Risk {
        match self {
            Self::SetDns { on: true, .. }
            | Self::SetPeeringDns { on: true, .. }
            | Self::CreateDefaultVpc {}
            | Self::CreateDefaultSubnet { .. } => Risk::Safe,
            Self::CreateAclEntry { entry, .. } if entry.allow => Risk::Safe,
            Self::CreateAclEntry { .. }
            | Self::DeleteAclEntry { .. }
            | Self::AcceptPeering { .. }
            | Self::SetDns { on: false, .. }
            | Self::SetPeeringDns { on: false, .. }
            | Self::SetInterfaceGroups { .. } => Risk::Disruptive,
            Self::DeletePeering { .. } => Risk::Destructive,
        }
    }

    fn done_when(&self, _: &StepId) -> Vec<Condition> {
        vec![match self.clone() {
            Self::SetDns { vpc, attribute, on } => Condition::DnsIs { vpc, attribute, on },
            Self::CreateAclEntry { acl, entry } => {
                Condition::AclEntryIs { acl, entry, there: true }
            }
            Self::DeleteAclEntry { acl, entry } => {
                Condition::AclEntryIs { acl, entry, there: false }
            }
            Self::AcceptPeering { peering } => {
                Condition::PeeringIn { peering, statuses: vec!["active".to_owned()] }
            }
            Self::DeletePeering { peering } => {
                Condition::PeeringIn { peering, statuses: vec!["deleted".to_owned()] }
            }
            Self::SetPeeringDns { peering, requester, on } => {
                Condition::PeeringResolves { peering, requester, on }
            }
            Self::SetInterfaceGroups { interface, groups } => {
                Condition::InterfaceGroupsAre { interface, groups }
            }
            Self::CreateDefaultVpc {} => Condition::DefaultVpcIs {},
            Self::CreateDefaultSubnet { zone } => Condition::DefaultSubnetIs { zone },
        }]
    }
}

/// An ACL's entry as options of `create-network-acl-entry`.
fn acl_entry(line: Line, entry: &AclEntry) -> Line {
    let block = if entry.cidr.addr().is_ipv6() { "ipv6-cidr-block" } else { "cidr-block" };
    let line = line
        .flag(if entry.egress { "egress" } else { "ingress" })
        .with("rule-number", entry.number)
        .with("protocol", entry.protocol)
        .with(block, entry.cidr)
        .with("rule-action", if entry.allow { "allow" } else { "deny" });
    line.with_some("port-range", entry.ports.map(|(from, to)| format!("From={from},To={to}")))
}

/// An ACL's entry in words.
fn entry_words(entry: &AclEntry) -> String {
    let protocol = match entry.protocol {
        -1 => "everything".to_owned(),
        6 => "tcp".to_owned(),
        17 => "udp".to_owned(),
        other => format!("protocol {other}"),
    };
    let ports = match entry.ports {
        Some((from, to)) if from == to => format!(" {from}"),
        Some((from, to)) => format!(" {from}-{to}"),
        None => String::new(),
    };
    let verb = if entry.allow { "lets" } else { "stops" };
    let way = if entry.egress { "to" } else { "from" };
    format!("the entry {} that {verb} {protocol}{ports} {way} {}", entry.number, entry.cidr)
}
