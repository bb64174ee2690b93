//! A stack's last operation: where it began, and what failed in it first.

use crate::world::{StackEvent, StackFacts};

/// Failures of a stack's last operation, oldest first, without those that only follow from
/// another ("Resource creation cancelled") and without the stack's own rows. None if the
/// operation ended well.
pub(in crate::check) fn failures(facts: &StackFacts) -> Vec<&StackEvent> {
    let mut events: Vec<&StackEvent> = facts.events.items().iter().collect();
    events.sort_by_key(|event| event.at);
    // AWS gives the newest first; among equal times keep its order reversed.
    let start = events.iter().rposition(|event| begins(facts, event)).unwrap_or(0);
    let last = &events[start..];
    if last.iter().any(|event| is_own(facts, event) && ended_well(&event.status)) {
        return Vec::new();
    }
    last.iter()
        .copied()
        .filter(|event| event.status.ends_with("_FAILED"))
        .filter(|event| !is_own(facts, event) && !is_cascade(event))
        .collect()
}

/// The failure that the others of the last operation follow from.
pub(in crate::check) fn first_failure(facts: &StackFacts) -> Option<&StackEvent> {
    failures(facts).into_iter().next()
}

/// Whether an event is a stack's own row.
pub(super) fn is_own(facts: &StackFacts, event: &StackEvent) -> bool {
    let stack = facts.stack.value();
    let itself = stack.is_some_and(|stack| {
        event.logical.as_str() == stack.name.as_str()
            || event.physical.as_deref() == Some(stack.arn.as_str())
    });
    // A nested stack's row in its parent has a name of the template, not the stack's own.
    itself && (event.kind.is_empty() || event.kind == "AWS::CloudFormation::Stack")
}

fn begins(facts: &StackFacts, event: &StackEvent) -> bool {
    let starts =
        ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"];
    is_own(facts, event) && starts.contains(&event.status.as_str()) && !is_consequence(event)
}

/// A deletion that CloudFormation began itself, after a failed create, goes on with the same
/// operation.
fn is_consequence(event: &StackEvent) -> bool {
    event.reason.as_deref().is_some_and(|reason| reason.contains("failed to create"))
}

fn ended_well(status: &str) -> bool {
    matches!(status, "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "DELETE_COMPLETE" | "IMPORT_COMPLETE")
}

/// Whether a failure only follows from another one.
pub(super) fn is_cascade(event: &StackEvent) -> bool {
    event.reason.as_deref().is_some_and(|reason| {
        reason.contains("Resource creation cancelled")
            || reason.contains("Resource update cancelled")
    })
}

/// Failures while an update was being rolled back, oldest first.
pub(super) fn rollback_failures(facts: &StackFacts) -> Vec<&StackEvent> {
    let mut events: Vec<&StackEvent> = facts.events.items().iter().collect();
    events.sort_by_key(|event| event.at);
    let back =
        |event: &&StackEvent| is_own(facts, event) && event.status == "UPDATE_ROLLBACK_IN_PROGRESS";
    let Some(start) = events.iter().rposition(back) else { return Vec::new() };
    events[start..]
        .iter()
        .copied()
        .filter(|event| event.status.ends_with("_FAILED"))
        .filter(|event| !is_own(facts, event) && !is_cascade(event))
        .collect()
}
