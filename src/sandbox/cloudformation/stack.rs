//! What a stack is: its resources, its events, and where it stands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::operation::Operation;
use super::status::{ResourceStatus, StackStatus};
use super::template::Template;
use crate::sandbox::Caller;

/// The stacks of a region.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CloudFormation {
    /// Every stack that ever was, in the order of creation; the deleted ones stay.
    pub stacks: Vec<Stack>,
    /// Change sets, in the order of creation.
    pub change_sets: Vec<super::change_set::ChangeSet>,
    /// Drift detections, in the order they were asked for.
    pub detections: Vec<super::drift::Detection>,
    /// Who wants to be told when an operation ends.
    #[serde(skip)]
    pub(super) listeners: super::listen::Listeners,
}

impl CloudFormation {
    /// The live stack of a name, or any stack by its id, as CloudFormation looks it up.
    pub fn find(&self, name_or_id: &str) -> Option<&Stack> {
        let position = self.position(name_or_id)?;
        self.stacks.get(position)
    }

    /// The same, to be changed.
    pub fn find_mut(&mut self, name_or_id: &str) -> Option<&mut Stack> {
        let position = self.position(name_or_id)?;
        self.stacks.get_mut(position)
    }

    /// Where a stack stands in the list. Names find live stacks only, ids find deleted ones too.
    fn position(&self, name_or_id: &str) -> Option<usize> {
        if name_or_id.starts_with("arn:") {
            return self.stacks.iter().position(|stack| stack.id == name_or_id);
        }
        self.stacks.iter().position(|stack| {
            stack.name == name_or_id && stack.status != StackStatus::DeleteComplete
        })
    }
}

/// One stack.
#[derive(Clone, Debug, Serialize)]
pub struct Stack {
    /// Its ARN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub status: StackStatus,
    /// Why, as long as CloudFormation says so.
    pub reason: Option<String>,
    /// When it was created.
    pub created: Timestamp,
    /// When the last update began.
    pub updated: Option<Timestamp>,
    /// When its deletion, or the rollback of its creation, began.
    pub deleted: Option<Timestamp>,
    /// What it is made of.
    pub made: Deployment,
    /// What it was made of before the last update, as long as that can be rolled back.
    pub before: Option<Deployment>,
    /// Its resources by logical id; removed ones are gone from here.
    pub resources: BTreeMap<String, Resource>,
    /// Its outputs, as last evaluated.
    pub outputs: Vec<Output>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// Operations, newest first, as `LastOperations` tells them.
    pub operations: Vec<(String, OperationType)>,
    /// Work that is under way.
    pub operation: Option<Operation>,
    /// An update that failed and was not, or not wholly, taken back.
    pub unfinished: Option<Operation>,
    /// What happens when creating it fails.
    pub on_failure: OnFailure,
    /// Whether a failing update stops where it is.
    pub disable_rollback: bool,
    /// Whether it refuses to be deleted.
    pub protected: bool,
    /// The role it was told to use.
    pub role: Option<String>,
    /// Who started its last operation; resources are made with this caller's name.
    #[serde(skip)]
    pub caller: Caller,
    /// Topics that are told of its events.
    pub notifications: Vec<String>,
    /// Minutes its creation may take.
    pub timeout_minutes: Option<i64>,
    /// The policy that guards resources in updates.
    pub policy: Option<String>,
    /// The stack that contains this one.
    pub parent: Option<String>,
    /// The outermost stack that contains this one.
    pub root: Option<String>,
    /// The change set it was last made by.
    pub change_set: Option<String>,
    /// The result of the last drift detection.
    pub drift: Option<(String, Timestamp)>,
}

/// What a stack is made of: a template and the values put into it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Deployment {
    /// The template, read.
    pub template: Template,
    /// Values of its parameters, defaults included.
    pub parameters: BTreeMap<String, String>,
    /// Tags, which go to its resources too.
    pub tags: BTreeMap<String, String>,
    /// What the caller acknowledged.
    pub capabilities: Vec<String>,
}

/// One resource of a stack.
#[derive(Clone, Debug, Serialize)]
pub struct Resource {
    /// Its name in the template.
    pub logical: String,
    /// Its name in its service; empty until there is one.
    pub physical: String,
    /// `AWS::EC2::SecurityGroup` and so on.
    pub kind: String,
    /// Where it stands.
    pub status: ResourceStatus,
    /// Why.
    pub reason: Option<String>,
    /// When that changed.
    pub changed: Timestamp,
    /// Its properties as they were last sent to its service.
    pub properties: Value,
    /// What `Fn::GetAtt` can ask for.
    pub attributes: Value,
    /// The resources it refers to.
    pub needs: Vec<String>,
    /// What happens to it when it leaves the stack.
    pub deletion_policy: DeletionPolicy,
    /// What happens to what it replaces.
    pub replace_policy: DeletionPolicy,
    /// Signals received, by unique id: whether they told of success.
    pub signals: BTreeMap<String, bool>,
    /// The result of the last drift detection.
    pub drift: Option<super::drift::ResourceDrift>,
}

/// What happens to a resource that leaves its stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum DeletionPolicy {
    /// It is deleted.
    #[default]
    Delete,
    /// It stays.
    Retain,
    /// It stays, unless the operation that created it failed.
    RetainExceptOnCreate,
    /// It is saved, then deleted.
    Snapshot,
}

/// What happens when the creation of a stack fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum OnFailure {
    /// What was made is deleted again; the stack stays as `ROLLBACK_COMPLETE`.
    #[default]
    Rollback,
    /// What was made is deleted again, and so is the stack.
    Delete,
    /// Everything stays as it is.
    DoNothing,
}

/// One output of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Output {
    /// Its name in the template.
    pub key: String,
    /// Its value.
    pub value: String,
    /// What the template says of it.
    pub description: Option<String>,
    /// The name other stacks import it by.
    pub export: Option<String>,
}

/// One event of a stack.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// `LOGICALID-STATUS-TIMESTAMP` for a resource, a uuid for the stack.
    pub id: String,
    /// The resource's logical id, or the stack's name.
    pub logical: String,
    /// Its physical id; empty until there is one.
    pub physical: String,
    /// Its type.
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// `CREATE_FAILED` and so on.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// The properties, as JSON.
    pub properties: Option<String>,
    /// The operation's id.
    pub operation: String,
    /// The token of the request that began the operation.
    pub token: Option<String>,
}

/// The kinds of operation that `LastOperations` and `DescribeEvents` know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum OperationType {
    /// CreateStack, or a change set of type CREATE.
    Create,
    /// UpdateStack, or a change set of type UPDATE.
    Update,
    /// DeleteStack.
    Delete,
    /// ContinueUpdateRollback.
    ContinueRollback,
    /// RollbackStack, and the rollback that a failure starts.
    Rollback,
    /// CreateChangeSet.
    CreateChangeSet,
}

impl OperationType {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "CREATE_STACK",
            Self::Update => "UPDATE_STACK",
            Self::Delete => "DELETE_STACK",
            Self::ContinueRollback => "CONTINUE_ROLLBACK",
            Self::Rollback => "ROLLBACK",
            Self::CreateChangeSet => "CREATE_CHANGESET",
        }
    }
}
