//! What there is to do in each phase, and in which order.

#![expect(clippy::needless_pass_by_value, reason = "plainer as it is written")]

use std::collections::{BTreeMap, BTreeSet};

use super::{exists, scope, zones_for};
use crate::sandbox::Account;
use crate::sandbox::cloudformation::operation::{Phase, Task, Work};
use crate::sandbox::cloudformation::stack::{Resource, Stack};

/// Tasks by key: the logical id, or `LOGICAL#` for what a replacement left.
type Tasks = BTreeMap<String, Task>;

/// The tasks of a phase.
pub(super) fn of(account: &mut Account, stack: &str, phase: Phase) -> Tasks {
    match phase {
        Phase::Create | Phase::Update => forward(account, stack),
        Phase::Rollback | Phase::Delete => {
            found(account, stack).map(deletion_of_all).unwrap_or_default()
        }
        Phase::Cleanup => cleanup(account, stack),
        Phase::UpdateRollback => found(account, stack).map(restoration).unwrap_or_default(),
        Phase::RollbackCleanup => {
            found(account, stack).map(deletion_of_created).unwrap_or_default()
        }
    }
}

fn found<'a>(account: &'a Account, stack: &str) -> Option<&'a Stack> {
    account.here.cloudformation.find(stack)
}

/// Logical ids that the template wants now, with what each needs.
fn wanted(account: &mut Account, stack: &str) -> BTreeMap<String, Vec<String>> {
    let zones = zones_for(account, stack);
    let Some(stack) = found(account, stack) else { return BTreeMap::new() };
    let scope = scope(account, stack, &stack.made, zones);
    let template = &stack.made.template;
    let wanted = template.resources(&scope);
    wanted.map(|(name, declared)| (name.clone(), template.needs(declared))).collect()
}

/// Creation and change, each after what it needs.
fn forward(account: &mut Account, stack: &str) -> Tasks {
    let wanted = wanted(account, stack);
    let Some(stack) = found(account, stack) else { return Tasks::new() };
    let there =
        |name: &String| stack.resources.get(name).is_some_and(|resource| exists(resource.status));
    let names: BTreeSet<String> = wanted.keys().cloned().collect();
    wanted
        .into_iter()
        .map(|(name, needs)| {
            let work = if there(&name) { Work::Update } else { Work::Create };
            let after = needs.into_iter().filter(|need| names.contains(need)).collect();
            let task = Task::new(&name, work, after);
            (name, task)
        })
        .collect()
}

/// Deletion of everything that is still there, each after what needs it.
fn deletion_of_all(stack: &Stack) -> Tasks {
    let there = stack.resources.values().filter(|resource| exists(resource.status));
    deletion(there.map(|resource| (resource.logical.clone(), resource, Work::Delete)).collect())
}

/// Deletion of what an update removed and of what its replacements left.
fn cleanup(account: &mut Account, stack: &str) -> Tasks {
    let wanted = wanted(account, stack);
    let Some(stack) = found(account, stack) else { return Tasks::new() };
    let mut doomed: Vec<_> = stack
        .resources
        .values()
        .filter(|resource| exists(resource.status) && !wanted.contains_key(&resource.logical))
        .map(|resource| (resource.logical.clone(), resource, Work::Delete))
        .collect();
    doomed.extend(left(stack));
    deletion(doomed)
}

/// Deletion of what a failed update created, and of replacements that were taken back.
fn deletion_of_created(stack: &Stack) -> Tasks {
    let Some(operation) = &stack.operation else { return Tasks::new() };
    let mut doomed: Vec<_> = stack
        .resources
        .values()
        .filter(|resource| exists(resource.status) && operation.created.contains(&resource.logical))
        .map(|resource| (resource.logical.clone(), resource, Work::Delete))
        .collect();
    doomed.extend(left(stack));
    deletion(doomed)
}

/// What replacements have left behind.
fn left(stack: &Stack) -> impl Iterator<Item = (String, &Resource, Work)> {
    let replaced = stack.operation.iter().flat_map(|operation| &operation.replaced);
    replaced.map(|old| {
        let work = Work::DeleteReplaced(Box::new(old.clone()));
        (format!("{}#", old.logical), old, work)
    })
}

/// Deletion in the reverse order of need.
fn deletion(doomed: Vec<(String, &Resource, Work)>) -> Tasks {
    let needed_by = |logical: &str, own: &str| -> BTreeSet<String> {
        let needing = doomed.iter().filter(|(key, resource, _)| {
            key != own && resource.needs.iter().any(|need| need == logical)
        });
        needing.map(|(key, ..)| key.clone()).collect()
    };
    doomed
        .iter()
        .map(|(key, resource, work)| {
            let after = needed_by(&resource.logical, key);
            (key.clone(), Task::new(&resource.logical, work.clone(), after))
        })
        .collect()
}

/// Taking back what an update did, in the order of need.
fn restoration(stack: &Stack) -> Tasks {
    let Some(operation) = &stack.operation else { return Tasks::new() };
    let touched = &operation.touched;
    touched
        .values()
        .map(|saved| {
            let after = saved.needs.iter().filter(|need| touched.contains_key(*need));
            let task = Task::new(&saved.logical, Work::Restore, after.cloned().collect());
            (saved.logical.clone(), task)
        })
        .collect()
}
