//! The least that IAM must allow for a plan, or for diagnosis alone.
//!
//! Every call is allowed on just what it authorises against; calls that IAM cannot limit to a
//! resource stand on `*`. Elastic Beanstalk works with the permissions of whoever asks, unless the
//! environment has an operations role: what it does on its caller's behalf is in statements of its
//! own, so that a reader sees why they are so wide.

#![expect(clippy::needless_pass_by_value, reason = "plainer as it is written")]

mod downstream;
mod reads;
mod resources;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Action, Plan, Step};
use crate::world::{Scope, Snapshot};

pub(in crate::plan) use resources::Place;

/// What a policy is for.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// Whose environment.
    pub scope: &'a Scope,
    /// Its application, where it is known.
    pub application: Option<&'a str>,
    /// Whether the environment has an operations role, so that Elastic Beanstalk does not work
    /// with its caller's permissions.
    pub operations_role: bool,
}

impl<'a> Work<'a> {
    /// What a snapshot tells of it.
    pub fn of(scope: &'a Scope, snapshot: &'a Snapshot) -> Self {
        let own = snapshot.environment.value();
        Self {
            scope,
            application: own.map(|own| own.application.as_str()),
            operations_role: own.is_some_and(|own| own.operations_role.is_some()),
        }
    }
}

/// The policy for diagnosis alone.
pub fn read_only() -> Value {
    document(vec![statement("Diagnose", reads::READS.iter().copied(), &[star()])])
}

/// The policy for a plan: diagnosis, each of its actions, and what Elastic Beanstalk does on
/// behalf of whoever asks.
pub fn policy(plan: &Plan, work: &Work<'_>) -> Value {
    for_actions(plan.steps.iter().map(|step: &Step| &step.action), work)
}

/// The policy for some actions.
pub fn for_actions<'a>(actions: impl Iterator<Item = &'a Action>, work: &Work<'_>) -> Value {
    let place = Place::of(work);
    let mut by_resource: BTreeMap<Vec<String>, BTreeSet<&'static str>> = BTreeMap::new();
    let mut causes = downstream::Causes::default();
    for action in actions {
        for permission in action.permissions() {
            let resources = resources::of(action, permission, &place);
            by_resource.entry(resources).or_default().insert(permission);
        }
        if !work.operations_role {
            causes.note(action);
        }
    }
    let mut statements = vec![statement("Diagnose", reads::READS.iter().copied(), &[star()])];
    for (number, (resources, permissions)) in by_resource.into_iter().enumerate() {
        let name = format!("Act{}", number + 1);
        statements.push(statement(&name, permissions.into_iter(), &resources));
    }
    statements.extend(causes.statements(&place));
    document(statements)
}

/// The policy for a playbook's actions wherever it may be followed: each on all resources of the
/// sort that it authorises against, in whatever region and environment.
pub fn for_playbook<'a>(actions: impl Iterator<Item = &'a Action>) -> Value {
    let scope = Scope {
        account: Some("*".into()),
        region: "*".into(),
        environment: "*".into(),
        name: "*".to_owned(),
    };
    let work = Work { scope: &scope, application: None, operations_role: false };
    let mut policy = for_actions(actions, &work);
    for statement in policy["Statement"].as_array_mut().into_iter().flatten() {
        let Some(resources) = statement["Resource"].as_array() else { continue };
        let general: BTreeSet<String> =
            resources.iter().filter_map(Value::as_str).map(resources::general).collect();
        statement["Resource"] = general.into_iter().collect();
    }
    policy
}

fn star() -> String {
    "*".to_owned()
}

fn document(statements: Vec<Value>) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn statement<'a>(
    name: &str,
    permissions: impl Iterator<Item = &'a str>,
    resources: &[String],
) -> Value {
    let permissions: Vec<&str> = permissions.collect();
    json!({
        "Sid": name,
        "Effect": "Allow",
        "Action": permissions,
        "Resource": resources,
    })
}
