//! Which task begins when.

use super::events::{Happening, resource_event};
use super::{phases, work};
use crate::sandbox::Account;
use crate::sandbox::cloudformation::operation::{Operation, Phase, State, Work};
use crate::sandbox::cloudformation::status::ResourceStatus;

/// What is to be done next in an operation.
enum Next {
    /// These tasks begin.
    Begin(Vec<String>),
    /// These tasks are given up, and the phase is over.
    GiveUp(Vec<String>),
    /// Nothing: others are still running.
    Wait,
    /// The phase is over.
    Over,
}

/// Begins what can begin, and ends the phase when nothing is left.
pub(in crate::sandbox::cloudformation) fn advance(account: &mut Account, stack: &str) {
    let found = account.here.cloudformation.find(stack);
    let Some(operation) = found.and_then(|found| found.operation.as_ref()) else { return };
    match next(operation) {
        Next::Begin(keys) => {
            for key in keys {
                begin(account, stack, &key);
            }
        }
        Next::GiveUp(keys) => {
            for key in keys {
                cancel(account, stack, &key);
            }
            phases::over(account, stack);
        }
        Next::Wait => {}
        Next::Over => phases::over(account, stack),
    }
}

/// Gives up all that is running.
pub(super) fn give_up(account: &mut Account, stack: &str) {
    let found = account.here.cloudformation.find(stack);
    let Some(operation) = found.and_then(|found| found.operation.as_ref()) else { return };
    let running = operation.tasks.iter().filter(|(_, task)| task.state == State::Running);
    let keys: Vec<String> = running.map(|(key, _)| key.clone()).collect();
    for key in keys {
        cancel(account, stack, &key);
    }
}

fn next(operation: &Operation) -> Next {
    let tasks = &operation.tasks;
    let keys = |state: State| -> Vec<String> {
        tasks.iter().filter(|(_, task)| task.state == state).map(|(key, _)| key.clone()).collect()
    };
    let stops = matches!(operation.phase, Phase::Create | Phase::Update);
    let failed = tasks.values().any(|task| task.state == State::Failed);
    if stops && (failed || operation.cancelled) {
        return Next::GiveUp(keys(State::Running));
    }
    let done = |key: &String| tasks.get(key).is_none_or(|task| task.state == State::Done);
    let ready: Vec<_> = tasks
        .iter()
        .filter(|(_, task)| task.state == State::Waiting && task.after.iter().all(done))
        .map(|(key, _)| key.clone())
        .collect();
    if !ready.is_empty() {
        return Next::Begin(ready);
    }
    if keys(State::Running).is_empty() { Next::Over } else { Next::Wait }
}

/// Begins one task.
fn begin(account: &mut Account, stack: &str, key: &str) {
    let now = account.now();
    let Some(operation) =
        account.here.cloudformation.find_mut(stack).and_then(|found| found.operation.as_mut())
    else {
        return;
    };
    let Some(task) = operation.tasks.get_mut(key) else { return };
    task.state = State::Running;
    task.since = Some(now);
    work::first_event(account, stack, key);
    work::later(account, stack, key, 1);
}

/// Gives up a task that is running.
fn cancel(account: &mut Account, stack: &str, key: &str) {
    let Some(operation) =
        account.here.cloudformation.find_mut(stack).and_then(|found| found.operation.as_mut())
    else {
        return;
    };
    let Some(task) = operation.tasks.get_mut(key) else { return };
    task.state = State::Failed;
    let logical = task.logical.clone();
    // An update that was found to change nothing has not begun for the outside.
    let begun = task.asked || !matches!(task.work, Work::Update);
    let happening = match task.work {
        Work::Create => {
            Happening::because(ResourceStatus::CreateFailed, "Resource creation cancelled")
        }
        Work::Update | Work::Restore | Work::Delete | Work::DeleteReplaced(_) => {
            Happening::because(ResourceStatus::UpdateFailed, "Resource update cancelled")
        }
    };
    if begun {
        resource_event(account, stack, &logical, happening);
    } else {
        task.state = State::Waiting;
    }
}
