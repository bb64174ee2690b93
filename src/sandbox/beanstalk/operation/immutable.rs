//! Immutable updates and traffic splitting: new instances in a temporary stack of their own, which
//! take the place of the old ones if they are well.
//!
//! On AWS the new instances are moved to the environment's own group at the end. Here the group's
//! instances are replaced by the same kind instead, which looks the same before and after.

#![expect(clippy::needless_pass_by_value, reason = "plainer as it is written")]

use jiff::Timestamp;
use serde::Serialize;

use super::{Operation, Stage, amend, end, enter, stack, update};
use crate::sandbox::beanstalk::environment::Environment;
use crate::sandbox::beanstalk::event::{Severity, tell};
use crate::sandbox::beanstalk::options::Settings;
use crate::sandbox::beanstalk::{health, name, narrate, neighbour};
use crate::sandbox::cloudformation::StackStatus;
use crate::sandbox::{Account, Fault};

/// The temporary stack of an immutable update.
#[derive(Clone, Debug, Serialize)]
pub struct Try {
    /// How far it is.
    pub step: Step,
    /// Since when.
    pub since: Timestamp,
}

/// The steps of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Step {
    /// The stack is being made.
    Launching,
    /// Its instances must show that they are well.
    Proving,
    /// They did; what is left of the try is deleted.
    Clearing,
    /// They did not; what is left of the try is deleted.
    Discarding,
}

/// Seconds for which new instances must be well: twelve checks within two minutes.
///
/// <https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environmentmgmt-updates-immutable.html>
const PROOF: i64 = 120;

/// Seconds until new instances that are not well have failed.
// An update by health waits for the rolling update's timeout, 30 minutes by default.
const LIMIT: i64 = 1800;

/// Whether an update is made with new instances in a stack of their own. Managed updates always
/// are.
pub(super) fn fits(
    account: &Account,
    environment: &str,
    configures: bool,
    deploys: bool,
    managed: bool,
) -> bool {
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return false };
    let policy = found.option("aws:elasticbeanstalk:command", "DeploymentPolicy");
    let kind = found.option("aws:autoscaling:updatepolicy:rollingupdate", "RollingUpdateType");
    managed
        || (deploys && !configures && matches!(policy.as_str(), "Immutable" | "TrafficSplitting"))
        || (configures && kind == "Immutable")
}

/// Refuses to change resources and to update immutably at once (`EB-16`).
pub(super) fn refuse_mixture(
    found: &Environment,
    operation: &Operation,
    settings: &Settings,
) -> Result<(), Fault> {
    let namespace = "aws:elasticbeanstalk:command";
    let immutable = settings.get(namespace).and_then(|it| it.get("DeploymentPolicy"));
    let immutable = immutable.is_some_and(|policy| policy == "Immutable");
    let resources = settings.iter().any(|(namespace, options)| {
        (namespace.starts_with("aws:elbv2:") || namespace.starts_with("aws:ec2:vpc"))
            && found.settings.get(namespace) != Some(options)
    });
    if operation.version.is_some() && immutable && resources {
        // The documentation says that there is an error, not how it is worded.
        return Err(Fault::invalid_value(
            "You cannot change resource settings and concurrently perform an immutable update.",
        ));
    }
    Ok(())
}

/// Begins with one instance, or with as many as the environment has.
pub(super) fn begin(account: &mut Account, environment: &str) {
    let text = "Immutable deployment policy enabled. Launching one instance with the new settings \
                to verify health.";
    tell(account, environment, Severity::Info, text);
    match stack::create_temporary(account, environment, 1) {
        Ok(()) => step(account, environment, Step::Launching),
        Err(fault) => {
            let text = format!("Service:AmazonCloudFormation, Message:{}", fault.message);
            tell(account, environment, Severity::Error, text);
            update::revert(account, environment);
        }
    }
}

fn step(account: &mut Account, environment: &str, step: Step) {
    let since = account.now();
    enter(account, environment, Stage::Trying(Try { step, since }));
}

/// Waits for what the step needs.
pub(super) fn trying(account: &mut Account, environment: &str, attempt: Try) {
    let name = name::immutable_stack(environment);
    narrate::temporary(account, environment, &name);
    let status = account.here.cloudformation.find(&name).map(|stack| stack.status);
    if status.is_some_and(StackStatus::in_progress) {
        return;
    }
    match attempt.step {
        Step::Launching if status == Some(StackStatus::CreateComplete) => {
            step(account, environment, Step::Proving);
        }
        Step::Launching => give_up(account, environment, &attempt),
        Step::Proving => prove(account, environment, &attempt),
        Step::Clearing => cleared(account, environment, status),
        Step::Discarding => discarded(account, environment, status),
    }
}

/// Looks whether the new instances are well for long enough.
fn prove(account: &mut Account, environment: &str, attempt: &Try) {
    let age = account.now().duration_since(attempt.since).as_secs();
    let new = neighbour::temporary_instances(account, environment);
    let well = !new.is_empty() && new.iter().all(|it| health::serves(account, environment, it));
    if well && age >= PROOF {
        let text = "Test instance passed health check. Replacing the environment's instances.";
        tell(account, environment, Severity::Debug, text);
        discard(account, environment, Step::Clearing);
    } else if !well && age >= LIMIT {
        give_up(account, environment, attempt);
    }
}

fn discard(account: &mut Account, environment: &str, next: Step) {
    let name = name::immutable_stack(environment);
    if let Err(fault) = stack::delete(account, environment, &name) {
        let text = format!("Service:AmazonCloudFormation, Message:{}", fault.message);
        tell(account, environment, Severity::Warn, text);
    }
    step(account, environment, next);
}

/// The new instances were well: the environment gets their settings.
fn cleared(account: &mut Account, environment: &str, left: Option<StackStatus>) {
    if left.is_some() {
        leftover(account, environment);
    }
    let plain = amend(account, environment, |_, operation| !operation.configures);
    if plain == Some(true) {
        return replace(account, environment);
    }
    update::configure(account, environment);
}

/// Replaces the instances for a new version alone.
fn replace(account: &mut Account, environment: &str) {
    amend(account, environment, |found, operation| {
        if let Some(label) = operation.version.clone() {
            found.version = Some(label);
        }
    });
    neighbour::replace_instances(account, environment);
    let until = account.now() + jiff::SignedDuration::from_secs(super::arrive::LIMIT);
    enter(account, environment, Stage::Arriving { until });
}

/// The temporary stack could not be deleted: it stays, with its instances (`EB-15`).
fn leftover(account: &mut Account, environment: &str) {
    let name = name::immutable_stack(environment);
    let found = account.here.cloudformation.find(&name);
    let reason = found.and_then(|found| found.reason.clone()).unwrap_or_default();
    let text = format!("Stack deletion failed: {reason}");
    tell(account, environment, Severity::Warn, text);
}

/// The new instances are not well, or somebody aborts.
pub(super) fn give_up(account: &mut Account, environment: &str, attempt: &Try) {
    if attempt.step == Step::Discarding {
        return;
    }
    let text = "Failed to launch the test instance with the new settings. Terminating it.";
    tell(account, environment, Severity::Error, text);
    discard(account, environment, Step::Discarding);
}

fn discarded(account: &mut Account, environment: &str, left: Option<StackStatus>) {
    if left.is_some() {
        leftover(account, environment);
    }
    let configures = amend(account, environment, |_, operation| operation.configures);
    if configures == Some(true) {
        return update::revert(account, environment);
    }
    amend(account, environment, |_, operation| operation.version = None);
    tell(account, environment, Severity::Error, "Failed to deploy application.");
    end(account, environment);
}
