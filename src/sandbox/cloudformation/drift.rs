//! Drift: how resources differ from what their stack last made of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::engine::{Failure, exists, inspection};
use super::resources::{actual, provider};
use super::stack::Resource;
use crate::sandbox::{Account, Caller};

/// One run of drift detection over a stack.
#[derive(Clone, Debug, Serialize)]
pub struct Detection {
    /// Its id.
    pub id: String,
    /// The stack.
    pub stack: String,
    /// When it was asked for.
    pub at: Timestamp,
    /// What it found, once it is over: resources that differ.
    pub found: Option<usize>,
}

/// How one resource differs.
#[derive(Clone, Debug, Serialize)]
pub struct ResourceDrift {
    /// `IN_SYNC`, `MODIFIED`, `DELETED`.
    pub status: &'static str,
    /// When that was seen.
    pub at: Timestamp,
    /// The properties as the stack made them.
    pub expected: Value,
    /// The properties as they are.
    pub actual: Value,
    /// What differs: path, expected and actual value.
    pub differences: Vec<(String, String, String)>,
}

/// How long a detection takes, seconds.
const TAKES: i64 = 8;

/// Begins to look; the answer is the detection's id.
pub(super) fn detect(account: &mut Account, stack: &str, only: &[String]) -> String {
    let (id, at) = (account.uuid(), account.now());
    let detection = Detection { id: id.clone(), stack: stack.to_owned(), at, found: None };
    account.here.cloudformation.detections.push(detection);
    let (stack, run, only) = (stack.to_owned(), id.clone(), only.to_vec());
    account.later(TAKES, move |account| finish(account, &stack, &run, &only));
    id
}

fn finish(account: &mut Account, stack: &str, detection: &str, only: &[String]) {
    let Some(found) = account.here.cloudformation.find(stack) else { return };
    let there: Vec<Resource> = found
        .resources
        .values()
        .filter(|resource| exists(resource.status))
        .filter(|resource| only.is_empty() || only.contains(&resource.logical))
        .cloned()
        .collect();
    let mut seen = BTreeMap::new();
    for resource in there {
        seen.insert(resource.logical.clone(), look(account, stack, &resource));
    }
    let differing = seen.values().filter(|drift| drift.status != "IN_SYNC").count();
    let now = account.now();
    if let Some(found) = account.here.cloudformation.find_mut(stack) {
        let word = if differing > 0 { "DRIFTED" } else { "IN_SYNC" };
        found.drift = Some((word.to_owned(), now));
        for (logical, drift) in seen {
            if let Some(resource) = found.resources.get_mut(&logical) {
                resource.drift = Some(drift);
            }
        }
    }
    let detections = &mut account.here.cloudformation.detections;
    if let Some(run) = detections.iter_mut().find(|run| run.id == detection) {
        run.found = Some(differing);
    }
}

/// Compares one resource with what its service says.
pub(super) fn look(account: &mut Account, stack: &str, resource: &Resource) -> ResourceDrift {
    let at = account.now();
    let expected = resource.properties.clone();
    let drift = |status, actual, differences| ResourceDrift {
        status,
        at,
        expected: expected.clone(),
        actual,
        differences,
    };
    let Some(provider) = provider(&resource.kind) else {
        return drift("IN_SYNC", Value::Null, Vec::new());
    };
    let caller = Caller::user(&account.id, "root");
    let mut bench = inspection(account, stack, resource, &caller);
    let gone = match (provider.settle)(&mut bench) {
        Err(failure) if failure.is_absence() => true,
        Err(Failure::Own(text)) => text.contains("not found"),
        Ok(_) | Err(_) => false,
    };
    if gone {
        return drift("DELETED", Value::Null, Vec::new());
    }
    let Some(actual) = actual(&mut bench) else {
        return drift("IN_SYNC", expected.clone(), Vec::new());
    };
    let differences: Vec<_> = actual
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, value)| {
            let told = expected.get(name.as_str()).unwrap_or(&Value::Null);
            super::template::plain_text(told) != super::template::plain_text(value)
        })
        .map(|(name, value)| {
            let told = expected.get(name.as_str()).cloned().unwrap_or(json!(null));
            let text = super::template::plain_text;
            (format!("/{name}"), text(&told), text(value))
        })
        .collect();
    let status = if differences.is_empty() { "IN_SYNC" } else { "MODIFIED" };
    drift(status, actual, differences)
}
