//! What follows when a phase is over.

#![expect(
    clippy::format_collect,
    clippy::wildcard_enum_match_arm,
    reason = "plainer as it is written; only some kinds or shapes of value matter here, and the rest is one case"
)]

use super::events::stack_event;
use super::schedule::advance;
use super::{scope, tasks, zones_for};
use crate::sandbox::Account;
use crate::sandbox::cloudformation::operation::{Operation, Phase, State, Work};
use crate::sandbox::cloudformation::stack::{OnFailure, Output};
use crate::sandbox::cloudformation::status::{ResourceStatus, StackStatus};
use crate::sandbox::cloudformation::template::plain_text;
use crate::sandbox::cloudformation::{exports, listen};

/// Enters a phase: its tasks are laid out and the first begin.
pub(in crate::sandbox::cloudformation) fn enter(account: &mut Account, stack: &str, phase: Phase) {
    if phase == Phase::Delete && exports::keep(account, stack) {
        return;
    }
    if matches!(phase, Phase::Create | Phase::Update)
        && let Some(why) = exports::missing(account, stack)
    {
        match phase {
            Phase::Create => fail_creation(account, stack, &why),
            _ => roll_back_update(account, stack, why),
        }
        return;
    }
    let tasks = tasks::of(account, stack, phase);
    let Some(operation) = operation(account, stack) else { return };
    operation.phase = phase;
    operation.tasks = tasks;
    advance(account, stack);
}

/// The operation under way on a stack.
pub(super) fn operation<'a>(account: &'a mut Account, stack: &str) -> Option<&'a mut Operation> {
    account.here.cloudformation.find_mut(stack)?.operation.as_mut()
}

/// Decides what follows.
pub(super) fn over(account: &mut Account, stack: &str) {
    let Some(found) = account.here.cloudformation.find(stack) else { return };
    let Some(operation) = &found.operation else { return };
    let failed = sentence(operation);
    match (operation.phase, failed) {
        (Phase::Create, None) => finish_creation(account, stack),
        (Phase::Create, Some(why)) => fail_creation(account, stack, &why),
        (Phase::Rollback, None) => rolled_back(account, stack),
        (Phase::Rollback, Some(why)) => end(account, stack, StackStatus::RollbackFailed, Some(why)),
        (Phase::Delete, None) => end(account, stack, StackStatus::DeleteComplete, None),
        (Phase::Delete, Some(why)) => end(account, stack, StackStatus::DeleteFailed, Some(why)),
        (Phase::Update, None) => finish_update(account, stack),
        (Phase::Update, Some(why)) => fail_update(account, stack, &why),
        (Phase::Cleanup, _) => {
            purge(account, stack);
            end(account, stack, StackStatus::UpdateComplete, None);
        }
        (Phase::UpdateRollback, None) => restored(account, stack),
        (Phase::UpdateRollback, Some(why)) => {
            end(account, stack, StackStatus::UpdateRollbackFailed, Some(why));
        }
        (Phase::RollbackCleanup, _) => {
            purge(account, stack);
            end(account, stack, StackStatus::UpdateRollbackComplete, None);
        }
    }
}

/// CloudFormation's sentence about what failed in a phase, with its blank at the end.
fn sentence(operation: &Operation) -> Option<String> {
    let failed = |fits: fn(&Work) -> bool| -> Vec<String> {
        let mut names: Vec<_> = operation
            .tasks
            .values()
            .filter(|task| task.state == State::Failed && fits(&task.work))
            .map(|task| task.logical.clone())
            .collect();
        names.dedup();
        names
    };
    let parts = [
        ("create", failed(|work| matches!(work, Work::Create))),
        ("update", failed(|work| matches!(work, Work::Update | Work::Restore))),
        ("delete", failed(|work| matches!(work, Work::Delete | Work::DeleteReplaced(_)))),
    ];
    let text: String = parts
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(verb, names)| {
            format!("The following resource(s) failed to {verb}: [{}]. ", names.join(", "))
        })
        .collect();
    if operation.cancelled && operation.phase == Phase::Update && text.is_empty() {
        return Some(String::new());
    }
    (!text.is_empty()).then_some(text)
}

/// Ends the operation in a status.
///
/// An operation whose update is neither done nor taken back is kept: the next one goes on with it.
pub(super) fn end(account: &mut Account, stack: &str, status: StackStatus, why: Option<String>) {
    stack_event(account, stack, status, why);
    let Some(found) = account.here.cloudformation.find_mut(stack) else { return };
    let ended = found.operation.take();
    let unfinished =
        matches!(status, StackStatus::UpdateFailed | StackStatus::UpdateRollbackFailed);
    found.unfinished = ended.filter(|_| unfinished);
    if !unfinished {
        found.before = None;
    }
    if status == StackStatus::DeleteComplete {
        found.outputs.clear();
        found.change_set = None;
    }
    listen::ended(account, stack);
}

/// All resources are there: the outputs are made, and the stack is.
fn finish_creation(account: &mut Account, stack: &str) {
    match outputs(account, stack) {
        Ok(outputs) => {
            if let Some(found) = account.here.cloudformation.find_mut(stack) {
                found.outputs = outputs;
            }
            end(account, stack, StackStatus::CreateComplete, None);
        }
        Err(why) => fail_creation(account, stack, &why),
    }
}

/// What follows on a failed creation, as the request wished.
///
/// The stray point in `[A]. . Rollback requested by user.` is AWS's.
pub(super) fn fail_creation(account: &mut Account, stack: &str, why: &str) {
    let now = account.now();
    let Some(found) = account.here.cloudformation.find_mut(stack) else { return };
    let (status, phase, text) = match found.on_failure {
        OnFailure::DoNothing => {
            end(account, stack, StackStatus::CreateFailed, Some(why.to_owned()));
            return;
        }
        OnFailure::Rollback => {
            (StackStatus::RollbackInProgress, Phase::Rollback, "Rollback requested by user.")
        }
        OnFailure::Delete => {
            (StackStatus::DeleteInProgress, Phase::Delete, "Delete requested by user.")
        }
    };
    found.deleted = Some(now);
    stack_event(account, stack, status, Some(format!("{why}. {text}")));
    hasten(account, stack, phase);
}

/// Ends a creation for a reason that is no resource's.
pub(super) fn abandon(account: &mut Account, stack: &str, why: &str) {
    super::schedule::give_up(account, stack);
    fail_creation(account, stack, why);
}

/// Goes on with another phase a moment later.
fn hasten(account: &mut Account, stack: &str, phase: Phase) {
    let Some(operation) = operation(account, stack) else { return };
    operation.tasks.clear();
    operation.phase = phase;
    let (id, run) = (stack.to_owned(), operation.id.clone());
    account.later(super::BEGINS_AFTER, move |account| {
        let running = operation_id(account, &id);
        if running.as_ref() != Some(&run) {
            return;
        }
        if let Some(found) = account.here.cloudformation.find_mut(&id)
            && phase == Phase::Delete
        {
            found.reason = None;
        }
        enter(account, &id, phase);
    });
}

/// The id of the operation under way.
fn operation_id(account: &Account, stack: &str) -> Option<String> {
    let found = account.here.cloudformation.find(stack)?;
    found.operation.as_ref().map(|operation| operation.id.clone())
}

/// What a failed creation made is gone: nothing is left but the name.
fn rolled_back(account: &mut Account, stack: &str) {
    purge(account, stack);
    // The change set that was to make it is not told any more (recorded).
    if let Some(found) = account.here.cloudformation.find_mut(stack) {
        found.change_set = None;
    }
    end(account, stack, StackStatus::RollbackComplete, None);
}

/// Forgets resources that are gone.
fn purge(account: &mut Account, stack: &str) {
    if let Some(found) = account.here.cloudformation.find_mut(stack) {
        found.resources.retain(|_, resource| super::exists(resource.status));
    }
}

/// All resources are as the new template wants them: the clean-up begins, unless an export that
/// is in use would change.
fn finish_update(account: &mut Account, stack: &str) {
    let made = outputs(account, stack);
    let checked = made.and_then(|outputs| {
        exports::unchanged_in_use(account, stack, &outputs)?;
        Ok(outputs)
    });
    match checked {
        Ok(outputs) => {
            if let Some(found) = account.here.cloudformation.find_mut(stack) {
                found.outputs = outputs;
            }
            stack_event(account, stack, StackStatus::UpdateCompleteCleanupInProgress, None);
            hasten(account, stack, Phase::Cleanup);
        }
        Err(why) => roll_back_update(account, stack, why),
    }
}

/// A resource could not be changed.
fn fail_update(account: &mut Account, stack: &str, why: &str) {
    let Some(found) = account.here.cloudformation.find(stack) else { return };
    let cancelled = found.operation.as_ref().is_some_and(|operation| operation.cancelled);
    if found.disable_rollback && !cancelled {
        end(account, stack, StackStatus::UpdateFailed, Some(why.to_owned()));
    } else if cancelled {
        // CancelUpdateStack has already given the stack its status.
        hasten(account, stack, Phase::UpdateRollback);
    } else {
        roll_back_update(account, stack, why.to_owned());
    }
}

/// Takes an update back.
pub(in crate::sandbox::cloudformation) fn roll_back_update(
    account: &mut Account,
    stack: &str,
    why: String,
) {
    stack_event(account, stack, StackStatus::UpdateRollbackInProgress, Some(why));
    hasten(account, stack, Phase::UpdateRollback);
}

/// Everything is as it was before the update: what the update created is deleted.
fn restored(account: &mut Account, stack: &str) {
    if let Some(found) = account.here.cloudformation.find_mut(stack)
        && let Some(before) = found.before.clone()
    {
        found.made = before;
    }
    stack_event(account, stack, StackStatus::UpdateRollbackCompleteCleanupInProgress, None);
    hasten(account, stack, Phase::RollbackCleanup);
}

/// The outputs of a stack as its resources now are.
fn outputs(account: &mut Account, stack: &str) -> Result<Vec<Output>, String> {
    let zones = zones_for(account, stack);
    let Some(found) = account.here.cloudformation.find(stack) else { return Ok(Vec::new()) };
    let scope = scope(account, found, &found.made, zones);
    let mut outputs = Vec::new();
    for (key, declared) in found.made.template.section("Outputs") {
        if !scope.wanted(declared) {
            continue;
        }
        let value = scope.text(&declared["Value"]).map_err(|why| located(key, declared, why))?;
        let export = match declared.get("Export").and_then(|export| export.get("Name")) {
            Some(name) => Some(scope.text(name)?),
            None => None,
        };
        let description = declared.get("Description").map(plain_text);
        outputs.push(Output { key: key.clone(), value, description, export });
    }
    if let Some(taken) = exports::taken(account, stack, &outputs) {
        return Err(taken);
    }
    Ok(outputs)
}

/// An error in an output, with the place it stands in, as AWS tells it.
fn located(key: &str, declared: &serde_json::Value, why: String) -> String {
    let members = declared["Value"].as_object();
    let function = members.and_then(|members| members.keys().next());
    match function.filter(|_| why.contains("does not support attribute")) {
        Some(function) => format!("[Error] /Outputs/{key}/Value/{function}: {why}"),
        None => why,
    }
}

/// Marks a resource as gone without any work.
pub(super) fn vanished(account: &mut Account, stack: &str, logical: &str) {
    let found = account.here.cloudformation.find_mut(stack);
    if let Some(resource) = found.and_then(|found| found.resources.get_mut(logical)) {
        resource.status = ResourceStatus::DeleteComplete;
    }
}
