//! Stacks that failed in the middle are brought back to where they were.

use std::collections::BTreeSet;

use crate::plan::draft::{Draft, Proposal};
use crate::plan::{Action, StackAction, StepId, WaitAction};
use crate::world::EnvironmentStatus;

/// Plans the end of rollbacks that failed; gives the last steps.
pub(super) fn continue_all(draft: &mut Draft<'_>) -> Vec<StepId> {
    let own = draft.stack();
    let status = draft.stack_status(&own).map(|own| own.as_str().to_owned());
    let failed = status.as_deref() == Some("UPDATE_ROLLBACK_FAILED");
    if failed && draft.needs.rollbacks.is_empty() {
        let skip = if draft.ground.is_empty() { failed_resources(draft) } else { Vec::new() };
        let because = draft.all_codes();
        draft.needs.roll_back(&own, &skip, &because);
    }
    if status.as_deref() == Some("UPDATE_FAILED") && draft.needs.healed.is_empty() {
        let because = draft.all_codes();
        let before = draft.ground.clone();
        let action = Action::Stack(StackAction::Rollback { stack: own });
        let step = draft.add(Proposal::new(action, &because).after(&before));
        draft.needs.healed(step, &because);
    }
    let mut steps = continue_each(draft);
    steps.extend(draft.needs.healed.clone());
    if steps.is_empty() || draft.environment.status == EnvironmentStatus::Ready {
        return steps;
    }
    vec![given_back(draft, &steps)]
}

fn continue_each(draft: &mut Draft<'_>) -> Vec<StepId> {
    let codes = draft.needs.rollback_codes.clone();
    let mut steps = Vec::new();
    for (stack, skip) in draft.needs.rollbacks.clone() {
        let status = draft.stack_status(&stack);
        if status.is_none_or(|own| own.as_str() != "UPDATE_ROLLBACK_FAILED") {
            continue;
        }
        let before = draft.ground.clone();
        let effect = if skip.is_empty() {
            "The stack goes back to what it was before its last update."
        } else {
            "The stack goes back to what it was, but for what is skipped: there the stack and what is there differ until an update touches them."
        };
        let skip: Vec<String> = skip.into_iter().collect();
        let action = StackAction::ContinueRollback { stack, skip, role: None };
        let proposal = Proposal::new(Action::Stack(action), &codes).effect(effect).after(&before);
        steps.push(draft.add(proposal));
    }
    steps
}

/// What failed because of the rollback; nothing else may be skipped.
fn failed_resources(draft: &Draft<'_>) -> Vec<String> {
    let Some(facts) = draft.snapshot.stack() else { return Vec::new() };
    let failed = facts.resources.items().iter().filter(|one| one.status == "UPDATE_FAILED");
    let names: BTreeSet<String> = failed.map(|one| one.logical.to_string()).collect();
    names.into_iter().collect()
}

/// Since December 2024 Elastic Beanstalk gives an environment back by itself once its stack is in
/// order again.
fn given_back(draft: &mut Draft<'_>, steps: &[StepId]) -> StepId {
    let (environment, name) = (draft.environment.id.clone(), draft.environment.name.clone());
    let because = draft.all_codes();
    let action = WaitAction::Environment { environment, name };
    let proposal = Proposal::new(Action::Wait(action), &because)
        .effect("Nothing is changed: Elastic Beanstalk notices that the stack is in order. If it does not, only AWS Support can return the environment to Ready.")
        .after(steps);
    draft.add(proposal)
}
