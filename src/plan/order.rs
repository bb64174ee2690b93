//! The order of steps: each after those it depends on.

use std::collections::BTreeSet;

use super::{Step, StepId};

/// Steps that depend on each other in a ring; nothing of them could ever be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("steps that wait for each other: {}", .0.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(", "))]
pub struct Cycle(pub Vec<StepId>);

/// The steps in an order in which each comes after those it depends on; otherwise as they were.
///
/// Always the first of those whose dependencies are all placed is taken, so that the same steps
/// come in the same order.
///
/// # Errors
/// A [`Cycle`] if there is no such order.
pub fn in_order(steps: Vec<Step>) -> Result<Vec<Step>, Cycle> {
    let mut open = steps;
    let mut ordered: Vec<Step> = Vec::with_capacity(open.len());
    while !open.is_empty() {
        let waiting: BTreeSet<StepId> = open.iter().map(|step| step.id.clone()).collect();
        let free = |step: &Step| !step.after.iter().any(|needed| waiting.contains(needed));
        let Some(next) = open.iter().position(free) else {
            return Err(Cycle(open.into_iter().map(|step| step.id).collect()));
        };
        ordered.push(open.remove(next));
    }
    Ok(ordered)
}
