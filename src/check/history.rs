//! What was done with the environment, read from its events and from CloudTrail.

use jiff::Timestamp;

use super::trail;
use crate::world::{EnvironmentStatus, Snapshot};

/// A sort of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Create,
    Update,
    Restart,
    Rebuild,
    Abort,
    Terminate,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Succeeded,
    Failed,
    Running,
    Unknown,
}

/// One operation on the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Operation {
    pub(super) what: What,
    pub(super) at: Timestamp,
    pub(super) outcome: Outcome,
    /// AWS's sentence on the failure.
    pub(super) failure: Option<String>,
    /// Whom CloudTrail names.
    pub(super) user: Option<String>,
}

/// The operation whose beginning a message tells.
fn begins(message: &str) -> Option<What> {
    // "Auto Scaling group update progress: Rolling update initiated. Terminating 2 obsolete
    // instance(s) …" is a part of an update, and no termination.
    if message.starts_with("Auto Scaling group update progress") {
        return None;
    }
    let text = message.to_lowercase();
    // The sentence that says it; what the next one tells of instances is another matter:
    // "Rolling update initiated. Terminating 2 obsolete instance(s) in batches of 4".
    let sentence = text
        .split(". ")
        .find(|sentence| sentence.contains("is starting") || sentence.contains("initiated"))?;
    // A step of an operation that has begun already.
    if sentence.contains("rolling update") {
        return None;
    }
    let table = [
        ("terminat", What::Terminate),
        ("rebuild", What::Rebuild),
        ("restart", What::Restart),
        ("abort", What::Abort),
        ("createenvironment", What::Create),
        ("environment creation", What::Create),
        ("update", What::Update),
        ("deploy", What::Update),
    ];
    table.into_iter().find(|(word, _)| sentence.contains(word)).map(|(_, what)| what)
}

/// Whether a message says that an operation ended well.
pub(super) fn says_success(message: &str) -> bool {
    // Source: incidents, section (2b), lifecycle events.
    const GOOD: [&str; 8] = [
        "completed successfully",
        "Successfully launched environment",
        "Successfully deployed new configuration",
        "New application version was deployed to running EC2 instances",
        "Environment health has transitioned from Pending to Ok",
        "Environment health has transitioned from Severe to Ok",
        "Environment health has transitioned from NoData to Ok",
        "restarted on all instances",
    ];
    GOOD.iter().any(|good| message.contains(good)) && !message.contains("Instance deployment")
}

/// Whether a message says that health came back, which is no success of an operation.
pub(super) fn says_recovery(message: &str) -> bool {
    message.starts_with("Environment health has transitioned from") && message.contains(" to Ok")
}

/// Whether an update of the environment begins with this message.
pub(super) fn begins_update(message: &str) -> bool {
    begins(message) == Some(What::Update)
}

/// Whether a message says that an operation failed.
pub(super) fn says_failure(message: &str) -> bool {
    // Source: incidents, section (2a), events of failures.
    const BAD: [&str; 20] = [
        "Failed to deploy application",
        "Failed to deploy configuration",
        "Failed to launch environment",
        "Failed to Launch Environment",
        "issues during launch",
        "but with errors",
        "but with command timeouts",
        "termination step failed",
        "Stack deletion failed",
        "aborted operation",
        "failed to communicate with AWS Elastic Beanstalk",
        "not responded in the allowed command timeout",
        "Unsuccessful command execution",
        "reverted to the previous configuration",
        "Managed update failed",
        "cannot be deleted",
        "failed Reason",
        "failed. Reason",
        "failed validation",
        "Command failed on instance",
    ];
    BAD.iter().any(|bad| message.contains(bad))
}

/// Whether a message says that instances are not heard of.
pub(super) fn says_silence(message: &str) -> bool {
    const SILENT: [&str; 4] = [
        "failed to communicate with AWS Elastic Beanstalk",
        "None of the instances are sending data",
        "AWSEBInstanceLaunchWaitCondition",
        "not responded in the allowed command timeout",
    ];
    SILENT.iter().any(|silent| message.contains(silent))
}

/// All operations that events or CloudTrail tell, oldest first.
pub(super) fn operations(world: &Snapshot) -> Vec<Operation> {
    let mut events: Vec<_> = world.events.items().iter().collect();
    events.sort_by_key(|event| event.at);
    let mut all: Vec<Operation> = Vec::new();
    for event in events {
        if let Some(what) = begins(&event.message) {
            let (outcome, failure, user) = (Outcome::Unknown, None, None);
            all.push(Operation { what, at: event.at, outcome, failure, user });
        } else if let Some(last) = all.last_mut() {
            if says_success(&event.message) && last.outcome != Outcome::Failed {
                last.outcome = Outcome::Succeeded;
            } else if says_failure(&event.message) && last.outcome != Outcome::Succeeded {
                last.outcome = Outcome::Failed;
                last.failure.get_or_insert_with(|| event.message.clone());
            }
        }
    }
    add_from_trail(world, &mut all);
    let running = world.environment.value().is_some_and(|own| own.status.in_progress());
    if let Some(last) = all.last_mut().filter(|last| running && last.outcome == Outcome::Unknown) {
        last.outcome = Outcome::Running;
    }
    let gone =
        world.environment.value().is_some_and(|own| own.status == EnvironmentStatus::Terminated);
    if let Some(last) = all.last_mut().filter(|last| gone && last.what == What::Terminate) {
        last.outcome = Outcome::Succeeded;
    }
    all
}

/// Within so many seconds of its call an operation's first event follows.
const NEAR: i64 = 180;

/// Adds calls that events do not show, and names who made those that they do.
fn add_from_trail(world: &Snapshot, all: &mut Vec<Operation>) {
    let Some(own) = world.environment.value() else { return };
    for event in world.trail.items() {
        let what = match event.name.as_str() {
            "CreateEnvironment" => What::Create,
            "UpdateEnvironment" => What::Update,
            "RestartAppServer" => What::Restart,
            "RebuildEnvironment" => What::Rebuild,
            "AbortEnvironmentUpdate" => What::Abort,
            "TerminateEnvironment" => What::Terminate,
            _ => continue,
        };
        let about = trail::mentions(event, own.id.as_str()) || trail::mentions(event, &own.name);
        if !about || event.error.is_some() {
            continue;
        }
        let near = |one: &&mut Operation| {
            one.what == what && (one.at.as_second() - event.at.as_second()).abs() <= NEAR
        };
        if let Some(known) = all.iter_mut().find(near) {
            known.user = Some(event.user.clone());
        } else {
            let (outcome, failure) = (Outcome::Unknown, None);
            let user = Some(event.user.clone());
            all.push(Operation { what, at: event.at, outcome, failure, user });
        }
    }
    all.sort_by_key(|operation| operation.at);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_progress_of_a_rolling_update_is_no_termination() {
        let progress = "Auto Scaling group update progress: Rolling update initiated. Terminating \
                        2 obsolete instance(s) in batches of 4, while keeping at least 0 \
                        instance(s) in service.";
        assert_eq!(begins(progress), None);
        assert_eq!(begins("terminateEnvironment is starting."), Some(What::Terminate));
        assert_eq!(begins("Environment update is starting."), Some(What::Update));
    }
}
