//! Ending the environment, its stack included.

use std::collections::BTreeSet;

use crate::plan::draft::{Draft, Proposal, logicals};
use crate::plan::{
    Action, Condition, EnvironmentAction, Goal, StackAction, StepId, WaitAction, causes, safety,
};
use crate::world::network::Peer;
use crate::world::{EnvironmentStatus, LogicalId};

/// Plans the end of the environment once nothing holds its stack; gives the last step.
pub(super) fn terminate(draft: &mut Draft<'_>) -> Option<StepId> {
    let codes = codes(draft);
    if let Some(step) = already_ending(draft, &codes) {
        return Some(step);
    }
    if !draft.needs.held.is_empty() {
        let exports: Vec<&str> = draft.needs.held.iter().map(String::as_str).collect();
        let why = format!(
            "CloudFormation would cancel the deletion: another stack imports {}.",
            exports.join(", ")
        );
        draft.refuse(format!("Terminating {}", draft.environment.name), why);
        // What would have been taken out of the stack's way stays where it is.
        let freed = std::mem::take(&mut draft.freed);
        draft.steps.retain(|step| !freed.contains(&step.id));
        return None;
    }
    causes::free_references(draft, &codes);
    let loss = safety::before_deletion(draft, &codes);
    let healthy = draft.wishes.goal == Goal::Healthy;
    let mut before = draft.freed.clone();
    before.extend(loss.saved.clone());
    if healthy {
        before.extend(draft.ground.clone());
    }
    before.extend(delete_nested(draft, &codes, &before));
    if draft.needs.retained.contains_key(&draft.stack()) {
        before.push(delete_stack(draft, &codes, &before));
    }
    let guard = guards(draft);
    let name = draft.environment.name.clone();
    let again = if draft.must_be_ended() { " again, now that nothing holds its stack" } else { "" };
    let effect = if healthy {
        "What is left of the environment is deleted; it is made anew, with its configuration, by the next step."
    } else {
        "The environment and its resources are deleted; its configuration is kept for 42 days."
    };
    let action = EnvironmentAction::Terminate {
        environment: draft.environment.id.clone(),
        name: name.clone(),
    };
    let proposal = Proposal::new(Action::Environment(action), &codes)
        .title(format!("Terminate {name}{again}"))
        .effect(effect)
        .loses(loss.names)
        .guard(guard)
        .after(&before);
    let id = draft.add(proposal);
    as_it_is(draft, &id);
    Some(id)
}

/// A termination that goes on is waited for.
fn already_ending(draft: &mut Draft<'_>, codes: &BTreeSet<String>) -> Option<StepId> {
    let stack = draft.stack();
    let deleting =
        draft.stack_status(&stack).is_some_and(|own| own.as_str() == "DELETE_IN_PROGRESS");
    if draft.environment.status != EnvironmentStatus::Terminating || !deleting {
        return None;
    }
    let before = draft.freed.clone();
    let statuses = vec!["DELETE_COMPLETE".to_owned()];
    let action = WaitAction::Stack { stack, statuses };
    Some(draft.add(Proposal::new(Action::Wait(action), codes).after(&before)))
}

/// Why the environment is ended.
fn codes(draft: &Draft<'_>) -> BTreeSet<String> {
    let needs = &draft.needs;
    let mut codes: BTreeSet<String> =
        needs.end_codes.iter().chain(&needs.rebuild_codes).cloned().collect();
    if codes.is_empty() {
        codes.extend(draft.all_codes());
    }
    codes
}

/// Deletes nested stacks of which something stays: its name is only known to the nested stack, and
/// the stack above finds it gone.
fn delete_nested(
    draft: &mut Draft<'_>,
    codes: &BTreeSet<String>,
    before: &[StepId],
) -> Vec<StepId> {
    let own = draft.stack();
    let nested = draft.needs.retained.iter().filter(|(stack, _)| **stack != own);
    let nested: Vec<_> = nested.map(|(stack, kept)| (stack.clone(), logicals(kept))).collect();
    let delete = |(stack, retain)| {
        let action = StackAction::Delete { stack, retain, force: false };
        draft.add(Proposal::new(Action::Stack(action), codes).after(before))
    };
    nested.into_iter().map(delete).collect()
}

/// Deletes the stack and leaves standing what cannot or must not go; before Elastic Beanstalk is
/// asked, which knows no such choice.
fn delete_stack(draft: &mut Draft<'_>, codes: &BTreeSet<String>, before: &[StepId]) -> StepId {
    let stack = draft.stack();
    keep_referenced_groups(draft);
    let retain = draft.needs.retained.get(&stack).map(logicals).unwrap_or_default();
    let action = StackAction::Delete { stack, retain, force: false };
    draft.alternative(
        "Delete the stack by force (FORCE_DELETE_STACK)",
        "It leaves behind whatever cannot be deleted at that moment, not only what is named here.",
    );
    draft.add(Proposal::new(Action::Stack(action), codes).after(before))
}

/// A security group that stays holds those that its rules name: they stay with it, since EC2
/// deletes none that another one refers to.
fn keep_referenced_groups(draft: &mut Draft<'_>) {
    let Some(facts) = draft.snapshot.stack() else { return };
    let of_stack = |id: &str| {
        let mut all = facts.resources.items().iter();
        all.find(|one| one.physical.as_deref() == Some(id)).map(|one| one.logical.clone())
    };
    let groups = draft.snapshot.network.groups.items();
    let retained = draft.needs.retained.entry(draft.environment.stack_name()).or_default();
    loop {
        let kept = groups
            .iter()
            .filter(|group| of_stack(group.id.as_str()).is_some_and(|own| retained.contains(&own)));
        let rules = kept.flat_map(|group| group.ingress.iter().chain(&group.egress));
        let named = rules.filter_map(|rule| {
            let Peer::Group(id) = &rule.peer else { return None };
            of_stack(id.as_str())
        });
        let new: Vec<LogicalId> = named.filter(|logical| !retained.contains(logical)).collect();
        if new.is_empty() {
            return;
        }
        retained.extend(new);
    }
}

/// What the steps before brought about must still hold.
fn guards(draft: &Draft<'_>) -> Vec<Condition> {
    let freed = draft.steps.iter().filter(|step| draft.freed.contains(&step.id));
    freed.flat_map(|step| step.expect.clone()).collect()
}

/// An environment whose termination failed may not show Ready; it is ended from where it is.
fn as_it_is(draft: &mut Draft<'_>, id: &StepId) {
    let now = draft.environment.status.as_str().to_owned();
    let Some(step) = draft.step_mut(id) else { return };
    for condition in &mut step.guard {
        if let Condition::EnvironmentIn { statuses, .. } = condition
            && !statuses.contains(&now)
        {
            statuses.push(now.clone());
        }
    }
}
