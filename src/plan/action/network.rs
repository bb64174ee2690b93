//! Changes of routes and security groups, made by EC2.
//!
//! Source of the option names: the EC2 API model and the AWS CLI reference.

use serde::{Deserialize, Serialize};

use super::line::{Line, shorthand};
use super::{Change, Made, Ref, Risk};
use crate::plan::{Condition, StepId};
use crate::world::network::{Destination, GroupRule, Peer, Target};
use crate::world::{AssociationId, GroupId, RouteTableId, Snapshot, SubnetId, VpcId};

/// A change of routes and security groups.
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
        target: Ref<Target>,
    },
    /// Makes a route lead somewhere else.
    ReplaceRoute {
        /// The table.
        table: Ref<RouteTableId>,
        /// For which packets.
        destination: Destination,
        /// Where they are handed to from then on.
        target: Ref<Target>,
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
        /// The subnet, by which the link is found where its identifier was not told.
        subnet: SubnetId,
    },
    /// Makes a subnet use another table than its own one; the link gets a new identifier.
    ReplaceAssociation {
        /// The link that is given up.
        association: Ref<AssociationId>,
        /// The subnet.
        subnet: SubnetId,
        /// The table it uses from then on.
        table: Ref<RouteTableId>,
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
    /// The same with everything it names known.
    pub(super) fn resolve(&self, made: &Made, snapshot: &Snapshot) -> Option<Self> {
        let mut known = self.clone();
        match &mut known {
            Self::CreateRouteTable { .. } => {}
            Self::DeleteRouteTable { table }
            | Self::DeleteRoute { table, .. }
            | Self::AssociateRouteTable { table, .. } => *table = table.settled(made, snapshot)?,
            Self::CreateRoute { table, target, .. } | Self::ReplaceRoute { table, target, .. } => {
                *table = table.settled(made, snapshot)?;
                *target = target.settled(made, snapshot)?;
            }
            Self::DisassociateRouteTable { association, subnet } => {
                *association = link(association, subnet, made, snapshot)?;
            }
            Self::ReplaceAssociation { association, subnet, table } => {
                *association = link(association, subnet, made, snapshot)?;
                *table = table.settled(made, snapshot)?;
            }
            Self::AuthorizeRule { group, rule, peer_group, .. }
            | Self::RevokeRule { group, rule, peer_group, .. } => {
                *group = group.settled(made, snapshot)?;
                if let Some(peer) = peer_group.take() {
                    rule.peer = Peer::Group(peer.resolve(made, snapshot)?);
                }
            }
        }
        Some(known)
    }

    /// The steps whose products it names.
    pub(super) fn makers(&self) -> Vec<StepId> {
        let makers = match self {
            Self::CreateRouteTable { .. } => vec![],
            Self::DeleteRouteTable { table }
            | Self::DeleteRoute { table, .. }
            | Self::AssociateRouteTable { table, .. } => vec![table.maker()],
            Self::CreateRoute { table, target, .. } | Self::ReplaceRoute { table, target, .. } => {
                vec![table.maker(), target.maker()]
            }
            Self::DisassociateRouteTable { association, .. } => vec![association.maker()],
            Self::ReplaceAssociation { association, table, .. } => {
                vec![association.maker(), table.maker()]
            }
            Self::AuthorizeRule { group, peer_group, .. }
            | Self::RevokeRule { group, peer_group, .. } => {
                vec![group.maker(), peer_group.as_ref().and_then(Ref::maker)]
            }
        };
        makers.into_iter().flatten().cloned().collect()
    }
}

/// A subnet's link to its table: the one that is named, else the one it has now.
fn link(
    association: &Ref<AssociationId>,
    subnet: &SubnetId,
    made: &Made,
    snapshot: &Snapshot,
) -> Option<Ref<AssociationId>> {
    association.settled(made, snapshot).or_else(|| {
        let tables = snapshot.network.route_tables.items().iter();
        let mut links = tables.flat_map(|table| &table.associations);
        let own = links.find(|link| link.subnet.as_ref() == Some(subnet))?;
        Some(Ref::Is(own.id.clone()))
    })
}

impl Change for NetworkAction {
    fn kind(&self) -> &'static str {
        match self {
            Self::CreateRouteTable { .. } => "create-route-table",
            Self::DeleteRouteTable { .. } => "delete-route-table",
            Self::CreateRoute { .. } => "create-route",
            Self::ReplaceRoute { .. } => "replace-route",
            Self::DeleteRoute { .. } => "delete-route",
            Self::AssociateRouteTable { .. } => "associate-route-table",
            Self::DisassociateRouteTable { .. } => "disassociate-route-table",
            Self::ReplaceAssociation { .. } => "replace-route-table-association",
            Self::AuthorizeRule { egress: false, .. } => "authorize-security-group-ingress",
            Self::AuthorizeRule { egress: true, .. } => "authorize-security-group-egress",
            Self::RevokeRule { egress: false, .. } => "revoke-security-group-ingress",
            Self::RevokeRule { egress: true, .. } => "revoke-security-group-egress",
        }
    }

    fn target(&self) -> String {
        match self {
            Self::CreateRouteTable { vpc, .. } => vpc.to_string(),
            Self::DeleteRouteTable { table }
            | Self::CreateRoute { table, .. }
            | Self::ReplaceRoute { table, .. }
            | Self::DeleteRoute { table, .. } => table.to_string(),
            Self::AssociateRouteTable { subnet, .. }
            | Self::DisassociateRouteTable { subnet, .. }
            | Self::ReplaceAssociation { subnet, .. } => subnet.to_string(),
            Self::AuthorizeRule { group, .. } | Self::RevokeRule { group, .. } => group.to_string(),
        }
    }

    fn permissions(&self) -> Vec<&'static str> {
        match self {
            // Whatever is made carries a tag with the call's token, hence CreateTags.
            Self::CreateRouteTable { .. } => vec!["ec2:CreateRouteTable", "ec2:CreateTags"],
            Self::DeleteRouteTable { .. } => vec!["ec2:DeleteRouteTable"],
            Self::CreateRoute { .. } => vec!["ec2:CreateRoute"],
            Self::ReplaceRoute { .. } => vec!["ec2:ReplaceRoute"],
            Self::DeleteRoute { .. } => vec!["ec2:DeleteRoute"],
            Self::AssociateRouteTable { .. } => vec!["ec2:AssociateRouteTable"],
            Self::DisassociateRouteTable { .. } => vec!["ec2:DisassociateRouteTable"],
            Self::ReplaceAssociation { .. } => vec!["ec2:ReplaceRouteTableAssociation"],
            Self::AuthorizeRule { egress: false, .. } => vec!["ec2:AuthorizeSecurityGroupIngress"],
            Self::AuthorizeRule { egress: true, .. } => vec!["ec2:AuthorizeSecurityGroupEgress"],
            Self::RevokeRule { egress: false, .. } => vec!["ec2:RevokeSecurityGroupIngress"],
            Self::RevokeRule { egress: true, .. } => vec!["ec2:RevokeSecurityGroupEgress"],
        }
    }

    fn line(&self) -> Line {
        let line = Line::new("ec2", self.kind());
        match self {
            Self::CreateRouteTable { vpc, name } => line
                .with("vpc-id", vpc)
                .with_some("tag-specifications", tags("route-table", name.as_ref())),
            Self::DeleteRouteTable { table } => line.with("route-table-id", table),
            Self::CreateRoute { table, destination, target }
            | Self::ReplaceRoute { table, destination, target } => line
                .with("route-table-id", table)
                .with(destination_option(destination), destination)
                .with(target_option(target), target),
            Self::DeleteRoute { table, destination } => line
                .with("route-table-id", table)
                .with(destination_option(destination), destination),
            Self::AssociateRouteTable { table, subnet } => {
                line.with("route-table-id", table).with("subnet-id", subnet)
            }
            Self::DisassociateRouteTable { association, .. } => {
                line.with("association-id", association)
            }
            Self::ReplaceAssociation { association, table, .. } => {
                line.with("association-id", association).with("route-table-id", table)
            }
            Self::AuthorizeRule { group, rule, peer_group, .. }
            | Self::RevokeRule { group, rule, peer_group, .. } => line
                .with("group-id", group)
                .with("ip-permissions", ip_permissions(rule, peer_group.as_ref())),
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::CreateRouteTable { vpc, name: Some(name) } => {
                format!("make a route table `{name}` in {vpc}")
            }
            Self::CreateRouteTable { vpc, name: None } => format!("make a route table in {vpc}"),
            Self::DeleteRouteTable { table } => format!("delete the route table {table}"),
            Self::CreateRoute { table, destination, target } => {
                format!("add a route for {destination} by {target} to {table}")
            }
            Self::ReplaceRoute { table, destination, target } => {
                format!("make the route for {destination} in {table} lead to {target}")
            }
            Self::DeleteRoute { table, destination } => {
                format!("take the route for {destination} out of {table}")
            }
            Self::AssociateRouteTable { table, subnet }
            | Self::ReplaceAssociation { table, subnet, .. } => {
                format!("make {subnet} use the route table {table}")
            }
            Self::DisassociateRouteTable { subnet, .. } => {
                format!("make {subnet} fall back to the VPC's main route table")
            }
            Self::AuthorizeRule { group, egress, rule, peer_group } => {
                let rule = rule_words(rule, peer_group.as_ref(), *egress);
                format!("let {group} admit {rule}")
            }
            Self::RevokeRule { group, egress, rule, peer_group } => {
                let rule = rule_words(rule, peer_group.as_ref(), *egress);
                format!("take the rule that admits {rule} out of {group}")
            }
        }
    }

    fn risk(&self) -> Risk {
        match self {
            Self::CreateRouteTable { .. }
            | Self::CreateRoute { .. }
            | Self::AssociateRouteTable { .. }
            | Self::AuthorizeRule { .. } => Risk::Safe,
            Self::ReplaceRoute { .. }
            | Self::DeleteRoute { .. }
            | Self::DeleteRouteTable { .. }
            | Self::DisassociateRouteTable { .. }
            | Self::ReplaceAssociation { .. }
            | Self::RevokeRule { .. } => Risk::Disruptive,
        }
    }

    fn done_when(&self, own: &StepId) -> Vec<Condition> {
        vec![match self.clone() {
            Self::CreateRouteTable { .. } => {
                Condition::RouteTableIs { table: Ref::MadeBy(own.clone()), there: true }
            }
            Self::DeleteRouteTable { table } => Condition::RouteTableIs { table, there: false },
            Self::CreateRoute { table, destination, target }
            | Self::ReplaceRoute { table, destination, target } => {
                Condition::RouteIs { table, destination, target: Some(target), there: true }
            }
            Self::DeleteRoute { table, destination } => {
                Condition::RouteIs { table, destination, target: None, there: false }
            }
            Self::AssociateRouteTable { table, subnet }
            | Self::ReplaceAssociation { table, subnet, .. } => {
                Condition::SubnetUses { subnet, table: Some(table) }
            }
            Self::DisassociateRouteTable { subnet, .. } => {
                Condition::SubnetUses { subnet, table: None }
            }
            Self::AuthorizeRule { group, egress, rule, peer_group } => {
                Condition::RuleIs { group, egress, rule, peer_group, there: true }
            }
            Self::RevokeRule { group, egress, rule, peer_group } => {
                Condition::RuleIs { group, egress, rule, peer_group, there: false }
            }
        }]
    }
}

/// A name tag for what is made.
pub(super) fn tags(kind: &str, name: Option<&String>) -> Option<String> {
    let name = shorthand(name?);
    Some(format!("ResourceType={kind},Tags=[{{Key=Name,Value={name}}}]"))
}

/// What a rule admits, in words: `tcp 5432 from sg-…`.
pub(crate) fn rule_words(
    rule: &GroupRule,
    peer_group: Option<&Ref<GroupId>>,
    egress: bool,
) -> String {
    let peer = match (&rule.peer, peer_group) {
        (_, Some(group)) => group.to_string(),
        (Peer::Group(group), None) => group.to_string(),
        (Peer::Cidr(net), None) => net.to_string(),
        (Peer::PrefixList(list), None) => list.to_string(),
    };
    let what = match (&rule.protocol, rule.ports) {
        (protocol, _) if protocol == "-1" => "everything".to_owned(),
        (protocol, Some((from, to))) if from == to => format!("{protocol} {from}"),
        (protocol, Some((from, to))) => format!("{protocol} {from}-{to}"),
        (protocol, None) => protocol.clone(),
    };
    format!("{what} {} {peer}", if egress { "to" } else { "from" })
}

/// The option that takes a route's destination.
fn destination_option(destination: &Destination) -> &'static str {
    match destination {
        Destination::Cidr(net) if net.addr().is_ipv6() => "destination-ipv6-cidr-block",
        Destination::Cidr(_) => "destination-cidr-block",
        Destination::PrefixList(_) => "destination-prefix-list-id",
    }
}

/// The option that takes a route's target.
fn target_option(target: &Ref<Target>) -> &'static str {
    // What a step of a plan makes for a route to lead to is always a NAT gateway.
    let Some(target) = target.known() else { return "nat-gateway-id" };
    match target {
        Target::Local | Target::InternetGateway(_) | Target::Other(_) => "gateway-id",
        Target::NatGateway(_) => "nat-gateway-id",
        Target::Instance(_) => "instance-id",
        Target::Interface(_) => "network-interface-id",
        Target::Peering(_) => "vpc-peering-connection-id",
        Target::TransitGateway(_) => "transit-gateway-id",
        Target::Endpoint(_) => "vpc-endpoint-id",
        Target::EgressOnly(_) => "egress-only-internet-gateway-id",
    }
}

/// A rule in the AWS CLI's shorthand.
fn ip_permissions(rule: &GroupRule, peer_group: Option<&Ref<GroupId>>) -> String {
    let mut text = format!("IpProtocol={}", rule.protocol);
    if let Some((from, to)) = rule.ports {
        text = format!("{text},FromPort={from},ToPort={to}");
    }
    let description = rule.description.as_deref().filter(|text| !text.is_empty());
    let description =
        description.map_or_else(String::new, |text| format!(",Description={}", shorthand(text)));
    let (list, peer) = match (&rule.peer, peer_group) {
        (_, Some(group)) => ("UserIdGroupPairs", format!("GroupId={group}")),
        (Peer::Group(group), None) => ("UserIdGroupPairs", format!("GroupId={group}")),
        (Peer::Cidr(net), None) if net.addr().is_ipv6() => {
            ("Ipv6Ranges", format!("CidrIpv6={net}"))
        }
        (Peer::Cidr(net), None) => ("IpRanges", format!("CidrIp={net}")),
        (Peer::PrefixList(list), None) => ("PrefixListIds", format!("PrefixListId={list}")),
    };
    format!("{text},{list}=[{{{peer}{description}}}]")
}
