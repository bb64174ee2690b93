//! Changes of the VPC, made by EC2.

use serde::{Deserialize, Serialize};

use super::{Ref, words};
use crate::world::network::{Destination, GroupRule, Peer, Target};
use crate::world::{AssociationId, GroupId, RouteTableId, SubnetId, VpcId};

/// A change of the VPC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkAction {
    /// Makes a route table.
    CreateRouteTable {
        /// Where.
        vpc: VpcId,
        /// Its name tag.
        name: Option<String>,
    },
    /// Deletes a route table; the way back from making one.
    DeleteRouteTable {
        /// Which.
        table: Ref<RouteTableId>,
    },
    /// Adds a route.
    CreateRoute {
        /// The table.
        table: Ref<RouteTableId>,
        /// For which packets.
        destination: Destination,
        /// Where they are handed to.
        target: Target,
    },
    /// Takes a route away.
    DeleteRoute {
        /// The table.
        table: Ref<RouteTableId>,
        /// For which packets.
        destination: Destination,
    },
    /// Makes a subnet use a table, when it has none of its own.
    AssociateRouteTable {
        /// The table.
        table: Ref<RouteTableId>,
        /// The subnet.
        subnet: SubnetId,
    },
    /// Ends a subnet's use of a table; it falls back to the main one.
    DisassociateRouteTable {
        /// The link.
        association: Ref<AssociationId>,
    },
    /// Adds a rule to a security group.
    AuthorizeRule {
        /// The group.
        group: Ref<GroupId>,
        /// Whether it is for packets that go out.
        egress: bool,
        /// The rule; a peer group of `peer_group` stands in place of the rule's own, if given.
        rule: GroupRule,
        /// The peer group, where it does not exist yet.
        peer_group: Option<Ref<GroupId>>,
    },
    /// Takes a rule out of a security group.
    RevokeRule {
        /// The group.
        group: Ref<GroupId>,
        /// Whether it is for packets that go out.
        egress: bool,
        /// The rule.
        rule: GroupRule,
        /// The peer group, where it is not the rule's own.
        peer_group: Option<Ref<GroupId>>,
    },
}

impl NetworkAction {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::CreateRouteTable { .. } => "create-route-table",
            Self::DeleteRouteTable { .. } => "delete-route-table",
            Self::CreateRoute { .. } => "create-route",
            Self::DeleteRoute { .. } => "delete-route",
            Self::AssociateRouteTable { .. } => "associate-route-table",
            Self::DisassociateRouteTable { .. } => "disassociate-route-table",
            Self::AuthorizeRule { egress: false, .. } => "authorize-security-group-ingress",
            Self::AuthorizeRule { egress: true, .. } => "authorize-security-group-egress",
            Self::RevokeRule { egress: false, .. } => "revoke-security-group-ingress",
            Self::RevokeRule { egress: true, .. } => "revoke-security-group-egress",
        }
    }

    pub(super) fn target(&self) -> String {
        match self {
            Self::CreateRouteTable { vpc, .. } => vpc.to_string(),
            Self::DeleteRouteTable { table }
            | Self::CreateRoute { table, .. }
            | Self::DeleteRoute { table, .. } => table.to_string(),
            Self::AssociateRouteTable { subnet, .. } => subnet.to_string(),
            Self::DisassociateRouteTable { association } => association.to_string(),
            Self::AuthorizeRule { group, .. } | Self::RevokeRule { group, .. } => group.to_string(),
        }
    }

    pub(super) fn permissions(&self) -> Vec<&'static str> {
        match self {
            Self::CreateRouteTable { name: Some(_), .. } => {
                vec!["ec2:CreateRouteTable", "ec2:CreateTags"]
            }
            Self::CreateRouteTable { name: None, .. } => vec!["ec2:CreateRouteTable"],
            Self::DeleteRouteTable { .. } => vec!["ec2:DeleteRouteTable"],
            Self::CreateRoute { .. } => vec!["ec2:CreateRoute"],
            Self::DeleteRoute { .. } => vec!["ec2:DeleteRoute"],
            Self::AssociateRouteTable { .. } => vec!["ec2:AssociateRouteTable"],
            Self::DisassociateRouteTable { .. } => vec!["ec2:DisassociateRouteTable"],
            Self::AuthorizeRule { egress: false, .. } => vec!["ec2:AuthorizeSecurityGroupIngress"],
            Self::AuthorizeRule { egress: true, .. } => vec!["ec2:AuthorizeSecurityGroupEgress"],
            Self::RevokeRule { egress: false, .. } => vec!["ec2:RevokeSecurityGroupIngress"],
            Self::RevokeRule { egress: true, .. } => vec!["ec2:RevokeSecurityGroupEgress"],
        }
    }

    pub(super) fn command(&self) -> Vec<String> {
        let mut line = words(&["ec2", self.kind()]);
        let mut add = |option: &str, value: String| line.extend([option.to_owned(), value]);
        match self {
            Self::CreateRouteTable { vpc, name } => {
                add("--vpc-id", vpc.to_string());
                if let Some(name) = name {
                    let tags = format!("ResourceType=route-table,Tags=[{{Key=Name,Value={name}}}]");
                    add("--tag-specifications", tags);
                }
            }
            Self::DeleteRouteTable { table } => add("--route-table-id", table.to_string()),
            Self::CreateRoute { table, destination, target } => {
                add("--route-table-id", table.to_string());
                add(destination_option(destination), destination.to_string());
                add(target_option(target), target.id().to_owned());
            }
            Self::DeleteRoute { table, destination } => {
                add("--route-table-id", table.to_string());
                add(destination_option(destination), destination.to_string());
            }
            Self::AssociateRouteTable { table, subnet } => {
                add("--route-table-id", table.to_string());
                add("--subnet-id", subnet.to_string());
            }
            Self::DisassociateRouteTable { association } => {
                add("--association-id", association.to_string());
            }
            Self::AuthorizeRule { group, rule, peer_group, .. }
            | Self::RevokeRule { group, rule, peer_group, .. } => {
                add("--group-id", group.to_string());
                add("--ip-permissions", ip_permissions(rule, peer_group.as_ref()));
            }
        }
        line
    }
}

/// The option that takes a route's destination.
fn destination_option(destination: &Destination) -> &'static str {
    match destination {
        Destination::Cidr(net) if net.addr().is_ipv6() => "--destination-ipv6-cidr-block",
        Destination::Cidr(_) => "--destination-cidr-block",
        Destination::PrefixList(_) => "--destination-prefix-list-id",
    }
}

/// The option that takes a route's target.
fn target_option(target: &Target) -> &'static str {
    match target {
        Target::Local | Target::InternetGateway(_) | Target::Other(_) => "--gateway-id",
        Target::NatGateway(_) => "--nat-gateway-id",
        Target::Instance(_) => "--instance-id",
        Target::Interface(_) => "--network-interface-id",
        Target::Peering(_) => "--vpc-peering-connection-id",
        Target::TransitGateway(_) => "--transit-gateway-id",
        Target::Endpoint(_) => "--vpc-endpoint-id",
        Target::EgressOnly(_) => "--egress-only-internet-gateway-id",
    }
}

/// A rule in the AWS CLI's shorthand.
fn ip_permissions(rule: &GroupRule, peer_group: Option<&Ref<GroupId>>) -> String {
    let mut text = format!("IpProtocol={}", rule.protocol);
    if let Some((from, to)) = rule.ports {
        text = format!("{text},FromPort={from},ToPort={to}");
    }
    let peer = match (&rule.peer, peer_group) {
        (_, Some(group)) => format!("UserIdGroupPairs=[{{GroupId={group}}}]"),
        (Peer::Group(group), None) => format!("UserIdGroupPairs=[{{GroupId={group}}}]"),
        (Peer::Cidr(net), None) if net.addr().is_ipv6() => {
            format!("Ipv6Ranges=[{{CidrIpv6={net}}}]")
        }
        (Peer::Cidr(net), None) => format!("IpRanges=[{{CidrIp={net}}}]"),
        (Peer::PrefixList(list), None) => format!("PrefixListIds=[{{PrefixListId={list}}}]"),
    };
    format!("{text},{peer}")
}
