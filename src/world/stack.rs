//! CloudFormation stacks, their resources and what happened to them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Arn, LogicalId, Observed, StackName};

/// A stack's status as AWS writes it; a text, because AWS uses more than its model's enum has.
///
/// Source: `research/recorded/behaviours.md`, updates emit `UPDATE_COMPLETE_CLEANUP_IN_PROGRESS`
/// for resources too.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StackStatus(pub String);

impl StackStatus {
    /// The status as AWS writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether CloudFormation is at work on it.
    pub fn in_progress(&self) -> bool {
        self.0.ends_with("_IN_PROGRESS") && self.0 != "REVIEW_IN_PROGRESS"
    }

    /// Whether it is where an operation ended well, a rollback included.
    pub fn is_settled(&self) -> bool {
        matches!(
            self.0.as_str(),
            "CREATE_COMPLETE"
                | "UPDATE_COMPLETE"
                | "UPDATE_ROLLBACK_COMPLETE"
                | "IMPORT_COMPLETE"
                | "IMPORT_ROLLBACK_COMPLETE"
        )
    }

    /// Whether the stack is gone.
    pub fn is_deleted(&self) -> bool {
        self.0 == "DELETE_COMPLETE"
    }

    /// Whether the last operation failed and left the stack so.
    pub fn is_failed(&self) -> bool {
        self.0.ends_with("_FAILED")
    }
}

impl std::fmt::Display for StackStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for StackStatus {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// A stack, from `DescribeStacks` by name (the listing leaves protection out).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stack {
    /// Its name.
    pub name: StackName,
    /// Its ARN, which also finds it once deleted.
    pub arn: Arn,
    /// What it is doing or how its last operation ended.
    pub status: StackStatus,
    /// AWS's reason; absent while an operation goes on and after a failed create rolled back.
    pub reason: Option<String>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// When it was last updated.
    pub updated: Option<Timestamp>,
    /// When it was deleted, also set as soon as a failed create rolls back.
    pub deleted: Option<Timestamp>,
    /// Whether termination protection is on, where the answer said so.
    pub protected: Option<bool>,
    /// The role CloudFormation works with, if one was given.
    pub role: Option<Arn>,
    /// The stack it is nested in.
    pub parent: Option<Arn>,
    /// The outermost stack it is nested in.
    pub root: Option<Arn>,
    /// Whether rollback was disabled.
    pub rollback_disabled: Option<bool>,
    /// What it exports: export name and value.
    pub exports: Vec<(String, String)>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
    /// Its parameters, without values that could be secret.
    pub parameters: Vec<String>,
}

/// One resource of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackResource {
    /// Its name in the template.
    pub logical: LogicalId,
    /// Its identifier in its own service, empty where it has none yet.
    pub physical: Option<String>,
    /// `AWS::EC2::SecurityGroup` and so on.
    pub kind: String,
    /// `DELETE_FAILED`, `CREATE_COMPLETE` and so on.
    pub status: String,
    /// AWS's reason.
    pub reason: Option<String>,
    /// When it last changed.
    pub at: Option<Timestamp>,
    /// `MODIFIED`, `DELETED`, `IN_SYNC`, `NOT_CHECKED`, where known.
    pub drift: Option<String>,
}

/// One event of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackEvent {
    /// When it happened.
    pub at: Timestamp,
    /// The resource in the template; the stack's own name for the stack itself.
    pub logical: LogicalId,
    /// Its identifier in its own service.
    pub physical: Option<String>,
    /// Its type.
    pub kind: String,
    /// Its status.
    pub status: String,
    /// AWS's reason.
    pub reason: Option<String>,
    /// The token of the request that caused it.
    pub token: Option<String>,
}

/// All that is known of one stack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackFacts {
    /// The stack itself; absent where AWS says that it does not exist.
    pub stack: Observed<Stack>,
    /// Its resources.
    pub resources: Observed<Vec<StackResource>>,
    /// Its events, newest first as AWS gives them.
    pub events: Observed<Vec<StackEvent>>,
    /// Who imports which of its exports: export name and the importers' names.
    pub importers: Observed<Vec<(String, Vec<StackName>)>>,
    /// The body of its stack policy, if it has one.
    pub policy: Observed<String>,
}

impl StackFacts {
    /// One resource by its name in the template.
    pub fn resource(&self, logical: &str) -> Option<&StackResource> {
        self.resources.items().iter().find(|resource| resource.logical.as_str() == logical)
    }

    /// The physical identifier of one resource.
    pub fn physical(&self, logical: &str) -> Option<&str> {
        self.resource(logical).and_then(|resource| resource.physical.as_deref())
    }
}
