//! Conditions in words: what is said when one holds, or does not.

use std::fmt::{Display, Formatter, Result};

use super::Condition;
use crate::plan::Ref;
use crate::world::GroupId;
use crate::world::network::{GroupRule, Peer};

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::RouteTableIs { table, there } => {
                write!(f, "route table {table} is {}", there_or_gone(*there))
            }
            Self::RouteIs { table, destination, target: Some(target), there: true } => {
                write!(f, "{table} has a route for {destination} to {}", target.id())
            }
            Self::RouteIs { table, destination, target: None, there: true } => {
                write!(f, "{table} has a route for {destination}")
            }
            Self::RouteIs { table, destination, target: _, there: false } => {
                write!(f, "{table} has no such route for {destination}")
            }
            Self::SubnetUses { subnet, table: Some(table) } => write!(f, "{subnet} uses {table}"),
            Self::SubnetUses { subnet, table: None } => write!(f, "{subnet} uses the main table"),
            Self::TargetWorks { target } => write!(f, "{} is there and works", target.id()),
            Self::RuleIs { group, egress, rule, peer_group, there } => {
                let verb = if *there { "has" } else { "does not have" };
                let way = if *egress { "to" } else { "from" };
                let peer = peer(rule, peer_group.as_ref());
                write!(f, "{group} {verb} the rule for {} {way} {peer}", traffic(rule))
            }
            Self::StackIn { stack, statuses } => write!(f, "stack {stack} is {}", any(statuses)),
            Self::EnvironmentIn { environment, statuses } => {
                write!(f, "environment {environment} is {}", any(statuses))
            }
            Self::HealthIn { environment, healths } => {
                write!(f, "health of {environment} is {}", any(healths))
            }
            Self::PlatformIs { environment, platform } => {
                let platform = platform.as_str();
                let name = platform.rsplit_once(":platform/").map_or(platform, |(_, name)| name);
                write!(f, "{environment} is on platform {name}")
            }
            Self::OptionIs { environment, namespace, name, value: Some(value) } => {
                write!(f, "{namespace} {name} of {environment} is {value}")
            }
            Self::OptionIs { environment, namespace, name, value: None } => {
                write!(f, "{namespace} {name} of {environment} is not set")
            }
        }
    }
}

fn there_or_gone(there: bool) -> &'static str {
    if there { "there" } else { "gone" }
}

/// One of several, as people say it.
fn any(choices: &[String]) -> String {
    choices.join(" or ")
}

fn traffic(rule: &GroupRule) -> String {
    match (rule.protocol.as_str(), rule.ports) {
        ("-1", _) => "all traffic".to_owned(),
        (protocol, None) => protocol.to_owned(),
        (protocol, Some((from, to))) if from == to => format!("{protocol} {from}"),
        (protocol, Some((from, to))) => format!("{protocol} {from}-{to}"),
    }
}

fn peer(rule: &GroupRule, peer_group: Option<&Ref<GroupId>>) -> String {
    match (peer_group, &rule.peer) {
        (Some(group), _) => group.to_string(),
        (None, Peer::Group(group)) => group.to_string(),
        (None, Peer::Cidr(block)) => block.to_string(),
        (None, Peer::PrefixList(list)) => list.to_string(),
    }
}
