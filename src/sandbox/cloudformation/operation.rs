//! Work that is under way on a stack: tasks, each for one resource, in order of dependency.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::stack::{OperationType, Resource};
use super::status::StackStatus;

/// One operation under way.
#[derive(Clone, Debug, Serialize)]
pub struct Operation {
    /// Its id.
    pub id: String,
    /// What was asked for.
    pub kind: OperationType,
    /// The token of the request.
    pub token: Option<String>,
    /// How far it is.
    pub phase: Phase,
    /// What there is to do in this phase.
    pub tasks: BTreeMap<String, Task>,
    /// The status the stack had before.
    pub status_before: StackStatus,
    /// Logical ids that are not deleted.
    pub retain: BTreeSet<String>,
    /// Whether what cannot be deleted is left behind.
    pub force: bool,
    /// Logical ids whose rollback is skipped.
    pub skip: BTreeSet<String>,
    /// Resources as they were before this operation changed them, by logical id.
    pub touched: BTreeMap<String, Resource>,
    /// Logical ids that this operation created.
    pub created: BTreeSet<String>,
    /// What replacements have left behind, to be deleted in the end.
    pub replaced: Vec<Resource>,
    /// Whether a client asked for the update to be taken back.
    pub cancelled: bool,
}

/// The phases of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Phase {
    /// Resources are created.
    Create,
    /// What a failed creation made is deleted.
    Rollback,
    /// Everything is deleted.
    Delete,
    /// Resources are created and changed.
    Update,
    /// What an update removed or replaced is deleted.
    Cleanup,
    /// What a failed update did is taken back.
    UpdateRollback,
    /// What a failed update created is deleted.
    RollbackCleanup,
}

/// What is to be done with one resource.
#[derive(Clone, Debug, Serialize)]
pub struct Task {
    /// The resource's logical id.
    pub logical: String,
    /// What is to be done.
    pub work: Work,
    /// How far it is.
    pub state: State,
    /// Keys of the tasks that must be done before.
    pub after: BTreeSet<String>,
    /// How many steps it took so far.
    pub rounds: u32,
    /// When it began.
    pub since: Option<Timestamp>,
    /// Whether its service was asked already, so that only the result is waited for.
    pub asked: bool,
    /// What its provider noted for the next step.
    pub notes: serde_json::Value,
}

impl Task {
    /// A task that waits for those named by their keys.
    pub(super) fn new(logical: &str, work: Work, after: BTreeSet<String>) -> Self {
        let logical = logical.to_owned();
        Self {
            logical,
            work,
            state: State::Waiting,
            after,
            rounds: 0,
            since: None,
            asked: false,
            notes: serde_json::Value::Null,
        }
    }
}

/// The kinds of work on a resource.
#[derive(Clone, Debug, Serialize)]
pub enum Work {
    /// It is created.
    Create,
    /// It is changed, or replaced if it cannot be.
    Update,
    /// It is deleted and leaves the stack.
    Delete,
    /// What it was before its replacement is deleted.
    DeleteReplaced(Box<Resource>),
    /// What an update did to it is taken back.
    Restore,
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum State {
    /// It waits for others.
    Waiting,
    /// It is being done.
    Running,
    /// It is done.
    Done,
    /// It failed.
    Failed,
}
