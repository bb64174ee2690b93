//! Restarting the application's servers.

use serde_json::json;

use super::{Command, Kind, Operation, Stage, begin, end, enter};
use crate::sandbox::beanstalk::environment::Status;
use crate::sandbox::beanstalk::event::{Severity, tell};
use crate::sandbox::beanstalk::find::{self, Wants, must_be_ready};
use crate::sandbox::{Account, Answer, Call};

/// Answers `RestartAppServer`.
pub(super) fn restart(account: &mut Account, call: &Call) -> Answer {
    let id = find::living(account, call)?;
    let found = &account.here.beanstalk.environments[&id];
    must_be_ready(found)?;
    find::stack_must_allow(account, found, Wants::Rebuildable)?;
    let operation = Operation::new(Kind::Restart, call, account.now());
    begin(account, &id, Status::Updating, operation);
    tell(account, &id, Severity::Info, "restartAppServer is starting.");
    Ok(json!({}))
}

pub(super) fn prepare(account: &mut Account, environment: &str) {
    let command = Command::restart(account, environment);
    enter(account, environment, Stage::Commanding(command));
}

/// All instances have restarted, or not.
pub(super) fn restarted(account: &mut Account, environment: &str, good: bool) {
    if good {
        tell(account, environment, Severity::Info, "restartAppServer completed successfully.");
    }
    end(account, environment);
}
