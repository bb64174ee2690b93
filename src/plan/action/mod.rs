//! The closed list of what can be done: one value is one call to AWS.
//!
//! The same value is previewed, confirmed, journalled, applied, exported, turned into an IAM policy
//! and into an AWS CLI line. Each group has a file; a group's `match`es have no wildcard.

mod effect;
mod environment;
mod network;
mod stack;

use serde::{Deserialize, Serialize};

pub use environment::EnvironmentAction;
pub use network::NetworkAction;
pub use stack::StackAction;

use super::StepId;

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

/// Something an action names that may not exist yet when the plan is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ref<T> {
    /// It is there: this is its identifier.
    Is(T),
    /// The step with this number makes it; the journal knows its identifier afterwards.
    MadeBy(StepId),
    /// What a stack's resource is by then: the rebuilt environment's new security group.
    OfStack {
        /// The stack's name.
        stack: String,
        /// The resource's name in the template.
        logical: String,
    },
}

impl<T> Ref<T> {
    /// The identifier, once it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Is(id) => Some(id),
            Self::MadeBy(_) | Self::OfStack { .. } => None,
        }
    }
}

impl<T: std::fmt::Display> std::fmt::Display for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Is(id) => id.fmt(f),
            Self::MadeBy(step) => write!(f, "<made by {step}>"),
            Self::OfStack { logical, .. } => write!(f, "<{logical} of the environment's stack>"),
        }
    }
}

/// One call to AWS that changes something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// A change of the VPC.
    Network(NetworkAction),
    /// A change of a CloudFormation stack.
    Stack(StackAction),
    /// A change of the environment by Elastic Beanstalk.
    Environment(EnvironmentAction),
}

impl Action {
    /// A kebab-case name of the sort of action, `create-route`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Network(action) => action.kind(),
            Self::Stack(action) => action.kind(),
            Self::Environment(action) => action.kind(),
        }
    }

    /// The identifier of what it changes.
    pub fn target(&self) -> String {
        match self {
            Self::Network(action) => action.target(),
            Self::Stack(action) => action.target(),
            Self::Environment(action) => action.target(),
        }
    }

    /// The permissions it needs, `ec2:CreateRoute`, what it causes included.
    pub fn permissions(&self) -> Vec<&'static str> {
        match self {
            Self::Network(action) => action.permissions(),
            Self::Stack(action) => action.permissions(),
            Self::Environment(action) => action.permissions(),
        }
    }

    /// The same as a line for the AWS CLI, quoted for a POSIX shell.
    pub fn command(&self) -> String {
        let words = match self {
            Self::Network(action) => action.command(),
            Self::Stack(action) => action.command(),
            Self::Environment(action) => action.command(),
        };
        let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        format!("aws {}", quoted.join(" "))
    }
}

/// A word as a POSIX shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@<>".contains(c);
    if !word.is_empty() && word.chars().all(|c| plain(c) && c != '<' && c != '>') {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Owned words of a command line.
pub(super) fn words(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}
