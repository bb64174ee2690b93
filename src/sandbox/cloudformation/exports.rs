//! Exports and imports between stacks of one region.

use std::collections::BTreeMap;

use super::engine::{scope, stack_event};
use super::listen;
use super::stack::{Output, Stack};
use super::status::StackStatus;
use crate::sandbox::Account;

/// The values of all exports of the region.
pub(super) fn by_name(account: &Account) -> BTreeMap<String, String> {
    let stacks = live(account);
    let outputs = stacks.flat_map(|stack| &stack.outputs);
    outputs.filter_map(|output| Some((output.export.clone()?, output.value.clone()))).collect()
}

/// The stacks that are not deleted.
pub(super) fn live(account: &Account) -> impl Iterator<Item = &Stack> {
    let stacks = account.here.cloudformation.stacks.iter();
    stacks.filter(|stack| stack.status != StackStatus::DeleteComplete)
}

/// The names of the stacks that import an export.
pub(super) fn importers(account: &Account, export: &str) -> Vec<String> {
    let using = live(account).filter(|stack| {
        let scope = scope(account, stack, &stack.made, Vec::new());
        let standing =
            !matches!(stack.status, StackStatus::RollbackComplete | StackStatus::ReviewInProgress);
        standing && stack.made.template.imports(&scope).iter().any(|name| name == export)
    });
    using.map(|stack| stack.name.clone()).collect()
}

/// The sentence about an export that a stack imports and that is not there.
pub(super) fn missing(account: &Account, stack: &str) -> Option<String> {
    let found = account.here.cloudformation.find(stack)?;
    let scope = scope(account, found, &found.made, Vec::new());
    let names = found.made.template.imports(&scope);
    let missing = names.into_iter().find(|name| !scope.exports.contains_key(name))?;
    Some(format!("No export named {missing} found"))
}

/// The name of an export that another live stack has already.
pub(super) fn taken(account: &Account, stack: &str, outputs: &[Output]) -> Option<String> {
    let others = live(account).filter(|other| other.id != stack);
    let mut exported = others.flat_map(|other| other.outputs.iter().map(move |it| (other, it)));
    let (owner, name) = exported.find_map(|(owner, output)| {
        let name = output.export.as_ref()?;
        let same = outputs.iter().any(|own| own.export.as_ref() == Some(name));
        same.then(|| (owner.name.clone(), name.clone()))
    })?;
    Some(format!("Export with name {name} is already exported by stack {owner}"))
}

/// Refuses new outputs that change or drop an export in use.
pub(super) fn unchanged_in_use(
    account: &Account,
    stack: &str,
    outputs: &[Output],
) -> Result<(), String> {
    let Some(found) = account.here.cloudformation.find(stack) else { return Ok(()) };
    for old in &found.outputs {
        let Some(name) = &old.export else { continue };
        let new = outputs.iter().find(|output| output.export.as_ref() == Some(name));
        if new.is_some_and(|new| new.value == old.value) {
            continue;
        }
        let users = importers(account, name);
        if users.is_empty() {
            continue;
        }
        let users = users.join(" and ");
        // The first as AWS words it since 2025; before, it said `Export … cannot be deleted as …`.
        return Err(match new {
            None => {
                format!("Delete canceled. Cannot delete export {name} as it is in use by {users}")
            }
            Some(_) => format!("Export {name} cannot be updated as it is in use by {users}"),
        });
    }
    Ok(())
}

/// Puts a stack back that is to be deleted and whose export is in use; tells whether it did.
///
/// AWS accepts the call, and the stack goes back to the status it had, with the reason.
pub(super) fn keep(account: &mut Account, stack: &str) -> bool {
    let Err(why) = unchanged_in_use(account, stack, &[]) else { return false };
    let Some(found) = account.here.cloudformation.find_mut(stack) else { return false };
    let Some(operation) = &found.operation else { return false };
    let before = operation.status_before;
    found.deleted = None;
    stack_event(account, stack, before, Some(why));
    if let Some(found) = account.here.cloudformation.find_mut(stack) {
        found.operation = None;
    }
    listen::ended(account, stack);
    true
}
