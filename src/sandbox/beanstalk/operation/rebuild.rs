//! Rebuilding an environment: its stack is deleted and made anew, from the same configuration.
//!
//! "Deletes and recreates all of the AWS resources"
//! (<https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_RebuildEnvironment.html>). No
//! source shows the stack meanwhile; that it is one deletion and one creation under the same name
//! is assumed, from resources that get new names and from what blocks a termination blocking a
//! rebuild too (`CFN-01`).

use serde_json::json;

use super::{Kind, Operation, Stage, begin, create, end, enter, stack, terminate};
use crate::sandbox::beanstalk::environment::{Environment, HealthStatus, Status};
use crate::sandbox::beanstalk::event::{Severity, tell};
use crate::sandbox::beanstalk::find::{self, Wants, must_be_ready};
use crate::sandbox::beanstalk::{name, narrate, version};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// How long a terminated environment can be rebuilt, in days.
///
/// <https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environment-management-rebuild.html>
const RESTORABLE_DAYS: i64 = 42;

/// Answers `RebuildEnvironment`.
pub(super) fn rebuild(account: &mut Account, call: &Call) -> Answer {
    let (id, name) = (call.params.text("EnvironmentId"), call.params.text("EnvironmentName"));
    let environment = find::any(account, id, name)?;
    let found = &account.here.beanstalk.environments[&environment];
    let gone = found.status == Status::Terminated;
    if gone {
        refuse_restoration(account, found)?;
    } else {
        must_be_ready(found)?;
        find::stack_must_allow(account, found, Wants::Rebuildable)?;
    }
    let operation = Operation::new(Kind::Rebuild, call, account.now());
    if let Some(found) = account.here.beanstalk.environments.get_mut(&environment) {
        found.terminated = None;
        if gone {
            found.health = HealthStatus::Pending;
        }
    }
    let status = if gone { Status::Launching } else { Status::Updating };
    begin(account, &environment, status, operation);
    tell(account, &environment, Severity::Info, "rebuildEnvironment is starting.");
    Ok(json!({}))
}

/// Refuses to bring back what cannot come back (`EB-19`). The documentation tells the reasons;
/// the sentences are those of creating an environment, which it attempts.
fn refuse_restoration(account: &Account, found: &Environment) -> Result<(), Fault> {
    let age = found.terminated.map_or(0, |at| account.now().duration_since(at).as_hours() / 24);
    if age >= RESTORABLE_DAYS {
        let id = &found.id;
        return Err(Fault::invalid_value(format!(
            "No Environment found for EnvironmentId = '{id}'."
        )));
    }
    let living = account.here.beanstalk.environments.values();
    let living: Vec<_> = living.filter(|other| other.status != Status::Terminated).collect();
    if living.iter().any(|other| other.name == found.name) {
        return Err(Fault::invalid_value(format!("Environment {} already exists.", found.name)));
    }
    if living.iter().any(|other| other.address == found.address) {
        let address = &found.address;
        return Err(Fault::invalid_value(format!("DNS name ({address}) is not available.")));
    }
    match &found.version {
        Some(label) => version::check(account, &found.application, label),
        None => Ok(()),
    }
}

/// Has the old stack deleted, if there is one.
pub(super) fn prepare(account: &mut Account, environment: &str) {
    let stack = name::stack(environment);
    if account.here.cloudformation.find(&stack).is_none() {
        return create::prepare(account, environment);
    }
    match stack::delete(account, environment, &stack) {
        Ok(()) => enter(account, environment, Stage::Deleting),
        Err(fault) => {
            terminate::tell_refusal(account, environment, &fault);
            end(account, environment);
        }
    }
}

/// Waits for the old stack to go.
pub(super) fn deleting(account: &mut Account, environment: &str) {
    let stack = name::stack(environment);
    narrate::stack(account, environment, &stack);
    let status = account.here.cloudformation.find(&stack).map(|stack| stack.status);
    match status {
        None => {
            if let Some(found) = account.here.beanstalk.environments.get_mut(environment) {
                found.health = HealthStatus::Pending;
                found.causes.clear();
            }
            create::prepare(account, environment);
        }
        Some(status) if status.in_progress() => {}
        Some(_) => {
            terminate::tell_stack_failure(account, environment, &stack);
            end(account, environment);
        }
    }
}
