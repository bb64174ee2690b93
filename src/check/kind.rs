//! The closed list of what can be found, with the identifiers that a plan needs.
//!
//! Every code of the incident catalogue is one variant. The enums are matched without a wildcard
//! in `plan`, so that a new finding does not compile until somebody decides what is done about it.

use serde::Serialize;

use super::Code;
use crate::world::network::{Destination, GroupRule, Route};
use crate::world::{Arn, GroupId, PeeringId, RouteTableId, StackName, SubnetId, VpcId};

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// Packets cannot get where they must.
    Network(NetworkFault),
    /// CloudFormation cannot go on.
    Stack(StackFault),
    /// Elastic Beanstalk itself is in a state that helps nobody.
    State(StateFault),
    /// The platform moved or is gone.
    Platform(PlatformFault),
    /// A network beside Elastic Beanstalk's that the application depends on.
    Peering(PeeringFault),
}

impl FindingKind {
    /// The code of this kind.
    pub fn code(&self) -> Code {
        match self {
            Self::Network(fault) => fault.code(),
            Self::Stack(fault) => fault.code(),
            Self::State(fault) => fault.code(),
            Self::Platform(fault) => fault.code(),
            Self::Peering(fault) => fault.code(),
        }
    }
}

/// Faults of the network, codes `NET-…`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkFault {
    /// `NET-01`: instance subnets have no way out to AWS.
    NoEgress {
        /// Their VPC.
        vpc: VpcId,
        /// The subnets without a way out.
        subnets: Vec<SubnetId>,
        /// The table each of them uses now.
        tables: Vec<RouteTableId>,
        /// The table that was lost, if it is known from the trail or from sibling subnets.
        lost: Option<LostTable>,
    },
}

/// A route table that is gone, as far as it can be known again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LostTable {
    /// Its identifier, where the trail tells it.
    pub id: Option<RouteTableId>,
    /// The routes it had, without the local one.
    pub routes: Vec<Route>,
    /// The subnets it was associated with.
    pub subnets: Vec<SubnetId>,
    /// Its name tag, where the trail tells it.
    pub name: Option<String>,
    /// Where this is known from, in words.
    pub known_from: Vec<String>,
}

/// Faults of CloudFormation stacks, codes `CFN-…`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StackFault {
    /// `CFN-01`: other groups' rules name a group of the stack, so that it cannot be deleted.
    GroupReferenced {
        /// The stack that cannot be deleted.
        stack: StackName,
        /// The group of the stack, by its name in the template.
        logical: String,
        /// The group of the stack.
        group: GroupId,
        /// The rules that name it.
        references: Vec<GroupReference>,
    },
}

/// A rule of another group that names a group of the environment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupReference {
    /// The group the rule is in.
    pub holder: GroupId,
    /// Its name.
    pub holder_name: String,
    /// The stack that owns it, if one does.
    pub owner: Option<StackName>,
    /// Whether the rule is for packets that go out.
    pub egress: bool,
    /// The rule.
    pub rule: GroupRule,
}

/// Faults of Elastic Beanstalk's own state, codes `EB-…`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateFault {
    /// `EB-06`: a termination was asked for and failed.
    TerminationFailed {
        /// The stack that is left.
        stack: StackName,
    },
}

/// Faults of the platform, codes `PL-…`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlatformFault {
    /// `PL-14`: the platform was moved away from the last version that worked.
    Moved {
        /// The version it is on.
        now: Arn,
        /// The last version that worked.
        worked: Arn,
        /// Whether a managed update moved it.
        by_managed_update: bool,
    },
}

/// Faults of hosted databases over peering, codes `ATL-…`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeeringFault {
    /// `ATL-01`: the connection is active, but an instance subnet has no route to it.
    RouteMissing {
        /// The connection.
        peering: PeeringId,
        /// The other side's block.
        destination: Destination,
        /// Tables of instance subnets without the route.
        tables: Vec<RouteTableId>,
        /// Subnets that use them.
        subnets: Vec<SubnetId>,
    },
}

impl NetworkFault {
    /// The code of this fault.
    pub fn code(&self) -> Code {
        match self {
            Self::NoEgress { .. } => Code("NET-01"),
        }
    }
}

impl StackFault {
    /// The code of this fault.
    pub fn code(&self) -> Code {
        match self {
            Self::GroupReferenced { .. } => Code("CFN-01"),
        }
    }
}

impl StateFault {
    /// The code of this fault.
    pub fn code(&self) -> Code {
        match self {
            Self::TerminationFailed { .. } => Code("EB-06"),
        }
    }
}

impl PlatformFault {
    /// The code of this fault.
    pub fn code(&self) -> Code {
        match self {
            Self::Moved { .. } => Code("PL-14"),
        }
    }
}

impl PeeringFault {
    /// The code of this fault.
    pub fn code(&self) -> Code {
        match self {
            Self::RouteMissing { .. } => Code("ATL-01"),
        }
    }
}
