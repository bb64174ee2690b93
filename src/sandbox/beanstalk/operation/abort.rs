//! Aborting an update.

use serde_json::json;

use super::{Stage, amend, immutable, update};
use crate::sandbox::beanstalk::environment::Status;
use crate::sandbox::beanstalk::event::{Severity, tell};
use crate::sandbox::beanstalk::{find, name};
use crate::sandbox::{Account, Answer, Call, Fault, Service};

/// Answers `AbortEnvironmentUpdate`.
pub(super) fn abort(account: &mut Account, call: &Call) -> Answer {
    let id = find::living(account, call)?;
    let found = &account.here.beanstalk.environments[&id];
    if !found.abortable() {
        // EB-02: as users quote it.
        return Err(Fault::invalid_value(format!(
            "Environment named {} is in an invalid state for this operation. Must be pending \
             deployment.",
            found.name
        )));
    }
    let stage = amend(account, &id, |found, operation| {
        found.status = Status::Aborting;
        operation.aborting = true;
        operation.troubled = true;
        (operation.stage.clone(), operation.caller.clone())
    });
    tell(account, &id, Severity::Info, "Environment update is aborting.");
    let Some((stage, caller)) = stage else { return Ok(json!({})) };
    match stage {
        Stage::Preparing => update::revert(account, &id),
        Stage::Changing | Stage::Arriving { .. } => {
            let params = json!({ "StackName": name::stack(&id) });
            // If the stack is past the point, it completes, and so does the update.
            let _ = account.call(&caller, Service::CloudFormation, "CancelUpdateStack", params);
        }
        Stage::Trying(attempt) => immutable::give_up(account, &id, &attempt),
        // A command under way is finished where it runs; the next batch does not begin.
        Stage::Commanding(_) | Stage::Deleting | Stage::Creating => {}
    }
    Ok(json!({}))
}
