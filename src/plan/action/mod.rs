//! The closed list of what can be done: one value is one call to AWS.
//!
//! The same value is previewed, confirmed, journalled, applied, exported, turned into an IAM policy
//! and into an AWS CLI line. Each group has a file; a group's `match`es have no wildcard.

mod balancing;
mod database;
mod endpoint;
mod environment;
mod gateway;
mod identity;
mod kinds;
mod line;
mod mail;
mod network;
mod reference;
#[cfg(test)]
pub(crate) mod samples;
mod scaling;
mod stack;
#[cfg(test)]
mod tests;
mod vpc;
mod wait;

use serde::{Deserialize, Serialize};

pub use balancing::BalancingAction;
pub use database::DatabaseAction;
pub use endpoint::EndpointAction;
pub use environment::{EnvironmentAction, NewEnvironment};
pub use gateway::GatewayAction;
pub use identity::IdentityAction;
pub use kinds::KINDS;
pub use mail::MailAction;
pub use network::NetworkAction;
pub(crate) use network::rule_words;
pub use reference::{Made, Named, Ref};
pub use scaling::ScalingAction;
pub use stack::StackAction;
pub use vpc::{DnsAttribute, VpcAction};
pub use wait::WaitAction;

use super::{Condition, StepId};
use crate::world::Snapshot;
use line::Line;

/// How much an action can hurt; the order is the order of approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Adds something or puts it back as it was; can be taken back; nobody notices.
    Safe,
    /// Nothing is lost, but somebody notices.
    Disruptive,
    /// Cannot be taken back, or deletes.
    Destructive,
}

impl Risk {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Disruptive => "disruptive",
            Self::Destructive => "destructive",
        }
    }
}

/// One call to AWS that changes something, or a wait for what happens by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// A change of routes and security groups.
    Network(NetworkAction),
    /// A change of internet gateways, NAT gateways and their addresses.
    Gateway(GatewayAction),
    /// A change of VPC endpoints.
    Endpoint(EndpointAction),
    /// A change of the VPC itself, its ACLs, peerings and interfaces.
    Vpc(VpcAction),
    /// A change of a CloudFormation stack.
    Stack(StackAction),
    /// A change of the environment by Elastic Beanstalk.
    Environment(EnvironmentAction),
    /// A change of instances and Auto Scaling groups.
    Scaling(ScalingAction),
    /// A change of load balancers.
    Balancing(BalancingAction),
    /// A change of databases and their snapshots.
    Database(DatabaseAction),
    /// A change of roles and instance profiles.
    Identity(IdentityAction),
    /// A change of the mail service.
    Mail(MailAction),
    /// No change: something is waited for that happens by itself.
    Wait(WaitAction),
}

/// What a call leaves behind beside its effect, by which it is known again after a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traceable {
    /// Elastic Beanstalk says one of these when it begins.
    Announced(&'static [&'static str]),
    /// CloudFormation's events carry the call's token.
    StackToken,
    /// What is made can carry the call's token as a tag.
    Tag,
    /// Its effect alone: look at [`Action::done_when`].
    EffectAlone,
}

/// What every group of actions tells of each of its own.
trait Change {
    /// The AWS CLI line.
    fn line(&self) -> Line;
    /// A kebab-case name of the sort of action.
    fn kind(&self) -> &'static str;
    /// The identifier of what it changes.
    fn target(&self) -> String;
    /// The permissions of the call itself.
    fn permissions(&self) -> Vec<&'static str>;
    /// What is done, as a person would say it, without a full stop.
    fn sentence(&self) -> String;
    /// The least it can hurt.
    fn risk(&self) -> Risk;
    /// What holds once it is done; `own` is the step that does it.
    fn done_when(&self, own: &StepId) -> Vec<Condition>;
}

impl Action {
    fn change(&self) -> &dyn Change {
        match self {
            Self::Network(action) => action,
            Self::Gateway(action) => action,
            Self::Endpoint(action) => action,
            Self::Vpc(action) => action,
            Self::Stack(action) => action,
            Self::Environment(action) => action,
            Self::Scaling(action) => action,
            Self::Balancing(action) => action,
            Self::Database(action) => action,
            Self::Identity(action) => action,
            Self::Mail(action) => action,
            Self::Wait(action) => action,
        }
    }

    /// A kebab-case name of the sort of action, `create-route`.
    pub fn kind(&self) -> &'static str {
        self.change().kind()
    }

    /// The identifier of what it changes.
    pub fn target(&self) -> String {
        self.change().target()
    }

    /// The permissions the call itself needs, `ec2:CreateRoute`.
    pub fn permissions(&self) -> Vec<&'static str> {
        self.change().permissions()
    }

    /// The least it can hurt; a plan may rate it higher for what hangs on it.
    pub fn risk(&self) -> Risk {
        self.change().risk()
    }

    /// What holds once it is done, with [`Ref::MadeBy`] of the step that does it for what it makes.
    pub fn done_when(&self, own: &StepId) -> Vec<Condition> {
        self.change().done_when(own)
    }

    /// What holds once it was carried out; empty where only what it made could tell.
    pub fn effect(&self) -> Vec<Condition> {
        match self.traceable() {
            Traceable::Tag => Vec::new(),
            Traceable::Announced(_) | Traceable::StackToken | Traceable::EffectAlone => {
                self.done_when(&StepId(String::new()))
            }
        }
    }

    /// The same as a line for the AWS CLI, quoted for a POSIX shell.
    pub fn command(&self) -> String {
        self.change().line().text()
    }

    /// Whether no call is made: something that happens by itself is waited for.
    pub fn is_wait(&self) -> bool {
        matches!(self, Self::Wait(_))
    }

    /// Whether it makes an environment, whose id nobody knows before.
    pub fn makes_environment(&self) -> bool {
        matches!(self, Self::Environment(EnvironmentAction::Create(_)))
    }

    /// The same action with everything it names known; `None` while something is not there yet.
    pub fn resolve(&self, made: &Made, snapshot: &Snapshot) -> Option<Self> {
        Some(match self {
            Self::Network(action) => Self::Network(action.resolve(made, snapshot)?),
            Self::Gateway(action) => Self::Gateway(action.resolve(made, snapshot)?),
            Self::Endpoint(action) => Self::Endpoint(action.resolve(made, snapshot)?),
            Self::Vpc(action) => Self::Vpc(action.resolve(made, snapshot)?),
            Self::Stack(_)
            | Self::Environment(_)
            | Self::Scaling(_)
            | Self::Balancing(_)
            | Self::Database(_)
            | Self::Identity(_)
            | Self::Mail(_)
            | Self::Wait(_) => self.clone(),
        })
    }

    /// The steps whose products it names.
    pub fn makers(&self) -> Vec<StepId> {
        match self {
            Self::Network(action) => action.makers(),
            Self::Gateway(action) => action.makers(),
            Self::Endpoint(action) => action.makers(),
            Self::Vpc(_)
            | Self::Stack(_)
            | Self::Environment(_)
            | Self::Scaling(_)
            | Self::Balancing(_)
            | Self::Database(_)
            | Self::Identity(_)
            | Self::Mail(_)
            | Self::Wait(_) => Vec::new(),
        }
    }

    /// What it leaves behind beside its effect.
    pub fn traceable(&self) -> Traceable {
        match self {
            Self::Environment(action) => action.traceable(),
            Self::Stack(action) => action.traceable(),
            Self::Network(NetworkAction::CreateRouteTable { .. })
            | Self::Endpoint(EndpointAction::Create { .. }) => Traceable::Tag,
            Self::Gateway(action) if action.makes_something() => Traceable::Tag,
            Self::Network(_)
            | Self::Gateway(_)
            | Self::Endpoint(_)
            | Self::Vpc(_)
            | Self::Scaling(_)
            | Self::Balancing(_)
            | Self::Database(_)
            | Self::Identity(_)
            | Self::Mail(_)
            | Self::Wait(_) => Traceable::EffectAlone,
        }
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.change().sentence())
    }
}

/// A list as a person says it: `a, b and c`.
pub(crate) fn listed<T: std::fmt::Display>(items: &[T]) -> String {
    let words: Vec<String> = items.iter().map(ToString::to_string).collect();
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
