//! A path as a person would draw it, and what blocks it.

use serde::Serialize;

use super::FilterBlock;
use crate::world::network::{self, Target};
use crate::world::{
    EndpointId, Gap, GroupId, InternetGatewayId, NatGatewayId, PeeringId, RouteTableId, SubnetId,
    VpcId,
};

/// One station of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hop {
    /// Its identifier.
    pub id: String,
    /// What is worth knowing of it: a zone.
    pub note: Option<String>,
}

impl Hop {
    pub(super) fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), note: None }
    }

    pub(super) fn noted(id: impl Into<String>, note: &str) -> Self {
        Self { id: id.into(), note: Some(note.to_owned()) }
    }
}

/// Something that keeps packets from getting there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Block {
    /// No route matches.
    NoRoute {
        /// The subnet.
        subnet: SubnetId,
        /// Its table.
        table: RouteTableId,
        /// What there is no route for.
        destination: String,
    },
    /// The route's target is gone or cannot take packets.
    Blackhole {
        /// The table.
        table: RouteTableId,
        /// The route's destination.
        destination: network::Destination,
        /// The route's target.
        target: Target,
    },
    /// The NAT gateway is not available.
    NatDown {
        /// The gateway.
        nat: NatGatewayId,
        /// Its state; `gone` if there is none of that id.
        state: String,
        /// The table with the route to it.
        table: RouteTableId,
    },
    /// The NAT gateway's own subnet does not lead to an internet gateway.
    NatStranded {
        /// The gateway.
        nat: NatGatewayId,
        /// The subnet it stands in.
        subnet: SubnetId,
        /// The table of that subnet.
        table: RouteTableId,
    },
    /// The internet gateway is not attached to the VPC.
    GatewayDetached {
        /// The gateway.
        gateway: InternetGatewayId,
        /// The table with the route to it.
        table: RouteTableId,
    },
    /// Packets would leave by an internet gateway, but the sender has no public address.
    NoPublicAddress {
        /// The sender's subnet.
        subnet: SubnetId,
        /// The gateway.
        gateway: InternetGatewayId,
    },
    /// A network ACL or security groups stop them.
    Filter(FilterBlock),
    /// The endpoint is there but does not answer for the service's own name.
    EndpointWithoutDns {
        /// The endpoint.
        endpoint: EndpointId,
        /// The service.
        service: String,
    },
    /// The endpoint's groups do not admit the sender.
    EndpointGroups {
        /// The endpoint.
        endpoint: EndpointId,
        /// The service.
        service: String,
        /// The endpoint's groups.
        groups: Vec<GroupId>,
    },
    /// The endpoint's policy denies what is needed.
    EndpointPolicy {
        /// The endpoint.
        endpoint: EndpointId,
        /// The service.
        service: String,
        /// The policy.
        policy: String,
    },
    /// The endpoint is not available.
    EndpointDown {
        /// The endpoint.
        endpoint: EndpointId,
        /// The service.
        service: String,
        /// Its state.
        state: String,
    },
    /// Names cannot be resolved in the VPC.
    NamesOff {
        /// The VPC.
        vpc: VpcId,
    },
    /// The peering connection does not carry packets.
    PeeringDown {
        /// The connection.
        peering: PeeringId,
        /// Its status.
        status: String,
        /// The table with the route to it.
        table: RouteTableId,
    },
    /// A peering connection leads to the other network only, never through it.
    NotTransitive {
        /// The table with the route.
        table: RouteTableId,
        /// The connection.
        peering: PeeringId,
    },
}

impl Block {
    /// The name that AWS's Reachability Analyzer has for it, where it has one.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRoute { .. } => "NO_ROUTE_TO_DESTINATION",
            Self::Blackhole { .. }
            | Self::GatewayDetached { .. }
            | Self::NatDown { .. }
            | Self::PeeringDown { .. } => "BAD_STATE_ROUTE",
            Self::NatStranded { .. } => "CANNOT_ROUTE",
            Self::NoPublicAddress { .. } => "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
            Self::Filter(FilterBlock::Acl { .. }) => "SUBNET_ACL_RESTRICTION",
            Self::Filter(FilterBlock::Groups { .. }) | Self::EndpointGroups { .. } => {
                "ENI_SG_RULES_MISMATCH"
            }
            Self::NotTransitive { .. } => "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
            // The analyzer looks neither at names nor at policies.
            Self::EndpointWithoutDns { .. } | Self::NamesOff { .. } => "NAME_RESOLUTION",
            Self::EndpointPolicy { .. } => "ENDPOINT_POLICY",
            Self::EndpointDown { .. } => "ENDPOINT_STATE",
        }
    }

    /// What it says at the broken end of a drawn path.
    pub fn label(&self) -> String {
        match self {
            Self::NoRoute { destination, .. } => format!("nothing for {destination}"),
            Self::Blackhole { target, destination, .. } => {
                format!("{} is gone (blackhole for {destination})", target.id())
            }
            Self::NatDown { nat, state, .. } => format!("{nat} is {state}"),
            Self::NatStranded { nat, subnet, table } => {
                format!("{nat} stands in {subnet}, whose {table} leads to no internet gateway")
            }
            Self::GatewayDetached { gateway, .. } => format!("{gateway} is not attached"),
            Self::NoPublicAddress { gateway, .. } => {
                format!("no public address for {gateway}")
            }
            Self::Filter(filter) => filter.label(),
            Self::EndpointWithoutDns { endpoint, .. } => format!("{endpoint} has no private DNS"),
            Self::EndpointGroups { endpoint, groups, .. } => {
                let groups: Vec<&str> = groups.iter().map(GroupId::as_str).collect();
                format!("{endpoint} does not admit 443 ({})", groups.join(", "))
            }
            Self::EndpointPolicy { endpoint, .. } => format!("the policy of {endpoint}"),
            Self::EndpointDown { endpoint, state, .. } => format!("{endpoint} is {state}"),
            Self::NamesOff { vpc } => format!("{vpc} resolves no names"),
            Self::PeeringDown { peering, status, .. } => format!("{peering} is {status}"),
            Self::NotTransitive { peering, .. } => format!("{peering} leads no further"),
        }
    }
}

/// Where what can be seen ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// Evidence is missing.
    Gap(Gap),
    /// Packets go on where nothing can be seen, or a rule treats part of them only.
    Beyond(String),
}

/// Whether packets get there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They do.
    Reaches,
    /// They do not, because of all of these.
    Blocked(Vec<Block>),
    /// It cannot be told.
    CannotTell(Vec<Leaf>),
}

/// The way of packets to one destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The stations as far as they get.
    pub hops: Vec<Hop>,
    /// Whether they get there.
    pub outcome: Outcome,
}

impl Path {
    /// What blocks it; nothing if it is open or cannot be told.
    pub fn blocks(&self) -> &[Block] {
        match &self.outcome {
            Outcome::Blocked(blocks) => blocks,
            Outcome::Reaches | Outcome::CannotTell(_) => &[],
        }
    }

    /// What could not be seen on the way.
    pub fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let leaves = match &self.outcome {
            Outcome::CannotTell(leaves) => leaves.as_slice(),
            Outcome::Reaches | Outcome::Blocked(_) => &[],
        };
        leaves.iter().filter_map(|leaf| match leaf {
            Leaf::Gap(gap) => Some(gap),
            Leaf::Beyond(_) => None,
        })
    }

    /// The path in one line: `i-0a ── subnet-0b (us-west-2a) ── rtb-0c ─╳─ nothing for 0.0.0.0/0`.
    pub fn draw(&self) -> String {
        let station = |hop: &Hop| match &hop.note {
            Some(note) => format!("{} ({note})", hop.id),
            None => hop.id.clone(),
        };
        let line = self.hops.iter().map(station).collect::<Vec<_>>().join(" ── ");
        match &self.outcome {
            Outcome::Reaches => line,
            Outcome::Blocked(blocks) => {
                let all: Vec<String> = blocks.iter().map(Block::label).collect();
                format!("{line} ─╳─ {}", all.join("; "))
            }
            Outcome::CannotTell(leaves) => {
                let beyond = leaves.iter().map(|leaf| match leaf {
                    Leaf::Gap(gap) => format!("{} ({})", gap.needs, gap.reason),
                    Leaf::Beyond(what) => what.clone(),
                });
                format!("{line} ─?─ {}", beyond.collect::<Vec<_>>().join("; "))
            }
        }
    }
}
