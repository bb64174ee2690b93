//! What must hold before, while and after something is done.

mod words;

use serde::{Deserialize, Serialize};

use super::Ref;
use crate::world::network::{Destination, GroupRule, Target};
use crate::world::{Arn, EnvironmentId, GroupId, RouteTableId, StackName, SubnetId};

/// Whether something holds; *unknown* is never taken for *yes*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It cannot be told.
    Unknown,
}

/// One thing that can be looked up in a snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// A route table is there.
    RouteTableIs {
        /// Which.
        table: Ref<RouteTableId>,
        /// Whether it is to be there or gone.
        there: bool,
    },
    /// A table has, or has not, a route for exactly this destination to exactly this target,
    /// active.
    RouteIs {
        /// The table.
        table: Ref<RouteTableId>,
        /// The destination.
        destination: Destination,
        /// The target; absent: any.
        target: Option<Target>,
        /// Whether it is to be there or gone.
        there: bool,
    },
    /// A subnet uses a table.
    SubnetUses {
        /// The subnet.
        subnet: SubnetId,
        /// The table; absent: none of its own, so the main one.
        table: Option<Ref<RouteTableId>>,
    },
    /// A target of routes is there and takes packets (NAT gateway available, gateway attached,
    /// peering active).
    TargetWorks {
        /// The target.
        target: Target,
    },
    /// A group has, or has not, a rule.
    RuleIs {
        /// The group.
        group: Ref<GroupId>,
        /// Whether it is for packets that go out.
        egress: bool,
        /// The rule.
        rule: GroupRule,
        /// The peer group, where it is not the rule's own.
        peer_group: Option<Ref<GroupId>>,
        /// Whether it is to be there or gone.
        there: bool,
    },
    /// A stack has one of these statuses; `DELETE_COMPLETE` also holds when it is not found.
    StackIn {
        /// Which.
        stack: StackName,
        /// The statuses.
        statuses: Vec<String>,
    },
    /// An environment has one of these statuses.
    EnvironmentIn {
        /// Which.
        environment: EnvironmentId,
        /// The statuses, as AWS writes them.
        statuses: Vec<String>,
    },
    /// An environment's health is one of these: health status where there is one (`Ok`, `Info`),
    /// else colour.
    HealthIn {
        /// Which.
        environment: EnvironmentId,
        /// The health statuses or colours.
        healths: Vec<String>,
    },
    /// An environment is on exactly this platform version.
    PlatformIs {
        /// Which.
        environment: EnvironmentId,
        /// The platform version.
        platform: Arn,
    },
    /// An option has exactly this value.
    OptionIs {
        /// Which environment.
        environment: EnvironmentId,
        /// The option's namespace.
        namespace: String,
        /// The option's name.
        name: String,
        /// The value, absent for unset.
        value: Option<String>,
    },
}
