//! Terminating an environment.

use serde_json::Value;

use super::{Kind, Operation, Stage, end, end_terminated, enter, stack};
use crate::sandbox::beanstalk::environment::{self, HealthStatus, Status};
use crate::sandbox::beanstalk::event::{Severity, tell};
use crate::sandbox::beanstalk::{find, name, narrate};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// How an environment is to be terminated.
#[derive(Clone, Copy, Debug)]
pub(in crate::sandbox::beanstalk) struct How {
    /// Whether its resources go too.
    pub(in crate::sandbox::beanstalk) resources: bool,
}

impl Default for How {
    fn default() -> Self {
        Self { resources: true }
    }
}

/// Answers `TerminateEnvironment`.
pub(super) fn terminate(account: &mut Account, call: &Call) -> Answer {
    let id = find::living(account, call)?;
    let resources = call.params.text("TerminateResources").is_none_or(|text| text != "false");
    begin_termination(account, &id, call, How { resources })?;
    let found = &account.here.beanstalk.environments[&id];
    let mut tree = environment::tree(account, found);
    // The answer names neither version nor links (recorded).
    if let Value::Object(members) = &mut tree {
        members.remove("VersionLabel");
        members.remove("EnvironmentLinks");
    }
    Ok(tree)
}

pub(in crate::sandbox::beanstalk) use begin_termination as begin;

/// Begins to terminate an environment.
pub(in crate::sandbox::beanstalk) fn begin_termination(
    account: &mut Account,
    id: &str,
    call: &Call,
    how: How,
) -> Result<(), Fault> {
    let found = &account.here.beanstalk.environments[id];
    refuse(found)?;
    let operation = Operation::new(Kind::Terminate, call, account.now());
    super::begin(account, id, Status::Terminating, operation);
    if let Some(found) = account.here.beanstalk.environments.get_mut(id) {
        found.causes.clear();
    }
    tell(account, id, Severity::Info, "terminateEnvironment is starting.");
    if !how.resources {
        // "Elastic Beanstalk resource management is removed from the environment, but the AWS
        // resources continue to operate": the API model.
        tell(account, id, Severity::Info, "terminateEnvironment completed successfully.");
        end_terminated(account, id);
    }
    Ok(())
}

/// Refuses while something else goes on (`EB-02`, `EB-03`).
fn refuse(found: &environment::Environment) -> Result<(), Fault> {
    let name = &found.name;
    let pending = match found.status {
        Status::Ready => return Ok(()),
        Status::Launching => "creation",
        Status::Updating | Status::Aborting => "deployment",
        Status::Terminating | Status::Terminated => return find::must_be_ready(found),
    };
    Err(Fault::invalid_value(format!(
        "Cannot terminate environment named {name}. It is currently pending {pending}."
    )))
}

/// Has the stacks deleted.
pub(super) fn prepare(account: &mut Account, environment: &str) {
    let temporary = name::immutable_stack(environment);
    if account.here.cloudformation.find(&temporary).is_some() {
        // A refusal shows below: the main stack's groups cannot go while instances have them.
        let _ = stack::delete(account, environment, &temporary);
    }
    let stack = name::stack(environment);
    if account.here.cloudformation.find(&stack).is_none() {
        return gone(account, environment);
    }
    match stack::delete(account, environment, &stack) {
        Ok(()) => enter(account, environment, Stage::Deleting),
        Err(fault) => {
            tell_refusal(account, environment, &fault);
            failed(account, environment);
        }
    }
}

/// CloudFormation does not even begin: its sentence becomes an event.
pub(super) fn tell_refusal(account: &mut Account, environment: &str, fault: &Fault) {
    let text = format!("Service:AmazonCloudFormation, Message:{}", fault.message);
    tell(account, environment, Severity::Error, text);
}

/// Tells why the stack is still there.
pub(super) fn tell_stack_failure(account: &mut Account, environment: &str, stack: &str) {
    let found = account.here.cloudformation.find(stack);
    let reason = found.and_then(|found| found.reason.clone());
    let text = format!("Stack deletion failed: {}", reason.unwrap_or_else(|| "null".to_owned()));
    tell(account, environment, Severity::Error, text);
}

/// Waits for the stack to go.
pub(super) fn deleting(account: &mut Account, environment: &str) {
    let stack = name::stack(environment);
    narrate::stack(account, environment, &stack);
    match account.here.cloudformation.find(&stack).map(|stack| stack.status) {
        None => gone(account, environment),
        Some(status) if status.in_progress() => {}
        Some(_) => {
            tell_stack_failure(account, environment, &stack);
            failed(account, environment);
        }
    }
}

fn gone(account: &mut Account, environment: &str) {
    let name = account.here.beanstalk.environments[environment].name.clone();
    let text = format!("Deleting SNS topic for environment {name}.");
    tell(account, environment, Severity::Info, text);
    tell(account, environment, Severity::Info, "terminateEnvironment completed successfully.");
    end_terminated(account, environment);
}

/// The environment stays, without what could be deleted of it (`EB-06`): `Ready` again, so that
/// it can be terminated once more, grey, and nobody reports.
fn failed(account: &mut Account, environment: &str) {
    // Severity INFO, as the EventBridge page of the developer guide has it.
    let text = "The environment termination step failed because at least one of the environment \
                termination workflows failed.";
    tell(account, environment, Severity::Info, text);
    end(account, environment);
    if let Some(found) = account.here.beanstalk.environments.get_mut(environment) {
        found.health = HealthStatus::NoData;
    }
}
