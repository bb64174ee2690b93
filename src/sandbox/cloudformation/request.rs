//! Beginning operations from within: what Elastic Beanstalk and nested stacks use, and what the
//! API's own handlers end in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::stack::OnFailure;
use crate::sandbox::Caller;

/// What a stack is to be made of, and how.
#[derive(Clone, Debug)]
pub struct StackRequest {
    /// Its name; for an update, a name or an id.
    pub name: String,
    /// The template as a tree, long forms of functions only.
    pub template: Value,
    /// The template as it was written, if it was a text; `GetTemplate` answers it.
    pub body: Option<String>,
    /// Values for the template's parameters. Those that are missing take their defaults.
    pub parameters: BTreeMap<String, String>,
    /// Parameters of an update that keep the value they have.
    pub previous_parameters: BTreeSet<String>,
    /// Tags of the stack and its resources.
    pub tags: BTreeMap<String, String>,
    /// `CAPABILITY_IAM` and so on.
    pub capabilities: Vec<String>,
    /// The role to make resources with.
    pub role: Option<String>,
    /// Who asks; resources are made in this caller's name.
    pub caller: Caller,
    /// `ClientRequestToken`, repeated in the events.
    pub token: Option<String>,
    /// What happens when creation fails.
    pub on_failure: OnFailure,
    /// Whether a failing update stops where it is.
    pub disable_rollback: bool,
    /// Whether the stack refuses to be deleted.
    pub protected: bool,
    /// Topics that are told of its events.
    pub notifications: Vec<String>,
    /// Minutes its creation may take.
    pub timeout_minutes: Option<i64>,
    /// The stack policy.
    pub policy: Option<String>,
    /// The id of the stack that contains it.
    pub parent: Option<String>,
}

impl StackRequest {
    /// A request with the given name and template and nothing else.
    pub fn new(name: &str, template: Value, caller: Caller) -> Self {
        Self {
            name: name.to_owned(),
            template,
            body: None,
            parameters: BTreeMap::new(),
            previous_parameters: BTreeSet::new(),
            tags: BTreeMap::new(),
            capabilities: Vec::new(),
            role: None,
            caller,
            token: None,
            on_failure: OnFailure::Rollback,
            disable_rollback: false,
            protected: false,
            notifications: Vec::new(),
            timeout_minutes: None,
            policy: None,
            parent: None,
        }
    }
}

/// How a stack is to be deleted.
#[derive(Clone, Debug)]
pub struct DeleteRequest {
    /// Its name or id.
    pub name: String,
    /// Logical ids of resources that stay.
    pub retain: Vec<String>,
    /// `FORCE_DELETE_STACK`.
    pub force: bool,
    /// The role to delete resources with.
    pub role: Option<String>,
    /// Who asks.
    pub caller: Caller,
    /// `ClientRequestToken`, repeated in the events.
    pub token: Option<String>,
}

impl DeleteRequest {
    /// A request to delete a stack with all it has.
    pub fn new(name: &str, caller: Caller) -> Self {
        Self {
            name: name.to_owned(),
            retain: Vec::new(),
            force: false,
            role: None,
            caller,
            token: None,
        }
    }
}
