//! Ways back: ContinueUpdateRollback, RollbackStack, CancelUpdateStack.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "only some kinds or shapes of value matter here, and the rest is one case"
)]

use super::engine::{self, Beginning, begin, stack_event};
use super::lifecycle::{BY_USER, absent};
use super::operation::Phase;
use super::stack::{OperationType, Stack};
use super::status::{ResourceStatus, StackStatus};
use super::template::invalid;
use crate::sandbox::{Account, Caller, Fault};

/// Who asks for a way back, and with what.
#[derive(Clone, Debug)]
pub struct RollbackRequest {
    /// The stack's name or id.
    pub name: String,
    /// Logical ids that are not taken back; in nested stacks `NESTED.LOGICAL`.
    pub skip: Vec<String>,
    /// Who asks.
    pub caller: Caller,
    /// `ClientRequestToken`.
    pub token: Option<String>,
}

/// Goes on with a rollback that failed.
pub fn continue_update_rollback(
    account: &mut Account,
    request: RollbackRequest,
) -> Result<String, Fault> {
    let found = account.here.cloudformation.find(&request.name);
    let found = found.ok_or_else(|| absent(&request.name))?;
    let id = found.id.clone();
    if found.status != StackStatus::UpdateRollbackFailed {
        let status = found.status.word();
        // No source for the exact text.
        let text = format!("Stack:{id} is in {status} state and can not continue rollback.");
        return Err(invalid(text));
    }
    if found.parent.is_some() && request.caller.invoked_by.is_none() {
        // No source for the exact text; the guide says the parent must be named.
        return Err(invalid(format!(
            "RollbackUpdatedStack cannot be invoked on child stacks: {id}. Continue the rollback \
             of the root stack."
        )));
    }
    refuse_skipping(found, &request.skip)?;
    let beginning = Beginning {
        kind: OperationType::ContinueRollback,
        phase: Phase::UpdateRollback,
        status: StackStatus::UpdateRollbackInProgress,
        token: request.token,
        reason: Some(BY_USER.to_owned()),
    };
    begin(account, &id, beginning, |found, operation| {
        if let Some(unfinished) = found.unfinished.take() {
            operation.touched = unfinished.touched;
            operation.created = unfinished.created;
            operation.replaced = unfinished.replaced;
        }
        operation.skip = request.skip.into_iter().collect();
        found.caller = request.caller;
    });
    Ok(id)
}

/// Refuses to skip what did not fail in the rollback.
///
/// "Only resources that are in the UPDATE_FAILED state because a rollback failed":
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html>
fn refuse_skipping(stack: &Stack, skip: &[String]) -> Result<(), Fault> {
    let failed = |logical: &String| {
        let own = logical.split('.').next().unwrap_or(logical);
        stack
            .resources
            .get(own)
            .is_some_and(|resource| resource.status == ResourceStatus::UpdateFailed)
    };
    let wrong: Vec<_> = skip.iter().filter(|logical| !failed(logical)).cloned().collect();
    if wrong.is_empty() {
        return Ok(());
    }
    // No source for the exact text.
    let names = wrong.join(", ");
    Err(invalid(format!(
        "The following resource(s) cannot be skipped as they are not in the UPDATE_FAILED state: \
         [{names}]"
    )))
}

/// Takes back an operation that failed and was left as it was.
pub fn rollback_stack(account: &mut Account, request: RollbackRequest) -> Result<String, Fault> {
    let found = account.here.cloudformation.find(&request.name);
    let found = found.ok_or_else(|| absent(&request.name))?;
    let id = found.id.clone();
    let (phase, status) = match found.status {
        StackStatus::CreateFailed => (Phase::Rollback, StackStatus::RollbackInProgress),
        StackStatus::UpdateFailed => (Phase::UpdateRollback, StackStatus::UpdateRollbackInProgress),
        other => {
            // No source for the exact text.
            let word = other.word();
            return Err(invalid(format!(
                "RollbackStack cannot be called from current stack status: Stack:{id} is in \
                 {word} state."
            )));
        }
    };
    let now = account.now();
    let beginning = Beginning {
        kind: OperationType::Rollback,
        phase,
        status,
        token: request.token,
        reason: Some(BY_USER.to_owned()),
    };
    begin(account, &id, beginning, |found, operation| {
        if let Some(unfinished) = found.unfinished.take() {
            operation.touched = unfinished.touched;
            operation.created = unfinished.created;
            operation.replaced = unfinished.replaced;
        }
        if phase == Phase::Rollback {
            found.deleted = Some(now);
        }
        found.caller = request.caller;
    });
    Ok(id)
}

/// Takes back an update that is under way.
pub fn cancel_update(account: &mut Account, request: &RollbackRequest) -> Result<(), Fault> {
    let found = account.here.cloudformation.find_mut(&request.name);
    let found = found.ok_or_else(|| absent(&request.name))?;
    let id = found.id.clone();
    let running = found.operation.as_mut().filter(|running| running.phase == Phase::Update);
    let Some(running) = running.filter(|_| found.status == StackStatus::UpdateInProgress) else {
        return Err(invalid("CancelUpdateStack cannot be called from current stack status"));
    };
    running.cancelled = true;
    running.token.clone_from(&request.token);
    let reason = Some(BY_USER.to_owned());
    stack_event(account, &id, StackStatus::UpdateRollbackInProgress, reason);
    let later = id.clone();
    account.later(1, move |account| engine::advance(account, &later));
    Ok(())
}
