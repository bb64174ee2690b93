//! The order of steps: each after those it depends on.

use std::collections::{BTreeMap, BTreeSet};

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
    let place: BTreeMap<&StepId, usize> =
        (0..).zip(&steps).map(|(at, one)| (&one.id, at)).collect();
    // A step waits for those of its dependencies that are in this plan.
    let mut missing: Vec<usize> = vec![0; steps.len()];
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for (at, step) in steps.iter().enumerate() {
        let needed: BTreeSet<usize> =
            step.after.iter().filter_map(|id| place.get(id).copied()).collect();
        missing[at] = needed.len();
        for on in needed {
            waiting[on].push(at);
        }
    }
    let mut free: BTreeSet<usize> = (0..steps.len()).filter(|at| missing[*at] == 0).collect();
    let mut order = Vec::with_capacity(steps.len());
    while let Some(next) = free.pop_first() {
        order.push(next);
        for at in &waiting[next] {
            missing[*at] -= 1;
            if missing[*at] == 0 {
                free.insert(*at);
            }
        }
    }
    let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let ordered: Vec<Step> = order.into_iter().filter_map(|at| steps[at].take()).collect();
    let ring: Vec<StepId> = steps.into_iter().flatten().map(|step| step.id).collect();
    if ring.is_empty() { Ok(ordered) } else { Err(Cycle(ring)) }
}
