//! A playbook's plan as an Automation document of AWS Systems Manager.
//!
//! What is exported is a plan: the actions that the playbook leads to for one incident, each with
//! the approval before it, the guards read again just before the call, the call made once, and the
//! wait and the checks afterwards. The names of resources become parameters, so that the same
//! document serves in other accounts. What Systems Manager cannot do is said in the document's
//! description and in [`Export::not_expressed`].
//!
//! Source: AWS Systems Manager user guide, "Data elements and parameters" and "Systems Manager
//! Automation actions reference" (schema version 0.3).

mod call;
mod identity;
mod pieces;
mod probe;
#[cfg(test)]
mod tests;
mod write;

use serde_json::Value;

use crate::plan::Plan;
use pieces::{open, stack_of};

/// What came of an export.
#[derive(Clone, Debug)]
pub struct Export {
    /// The document.
    pub document: Value,
    /// What of the plan it cannot do, for whoever takes it.
    pub not_expressed: Vec<String>,
}

/// What a plan was made for, to be said in the document.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// The version of the program.
    pub program: &'a str,
    /// For what: `the scenario lost-route-table`.
    pub from: &'a str,
    /// Whether the parameters' values where it was made are worth being their defaults: true for
    /// a real environment, false for a rehearsal.
    pub defaults: bool,
}

/// The plan as an Automation document.
pub fn ssm(plan: &Plan, made: Made<'_>) -> Export {
    write::Writer::new(plan, made).document()
}

/// A stack's name; that of an environment's follows from the environment's id.
fn stack_name(name: &str) -> Value {
    for ending in ["-immutable-stack", "-stack"] {
        let own = name.strip_prefix("awseb-").and_then(|rest| rest.strip_suffix(ending));
        if let Some(environment) = own.filter(|id| id.starts_with("e-")) {
            return stack_of(environment, ending);
        }
    }
    open("StackName", name)
}
