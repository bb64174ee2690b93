//! What people tried, and why it could not help.

use jiff::Timestamp;

use super::history::{self, Operation, Outcome, What};
use super::{Diagnosis, FindingKind, StateFault, diagnose};
use crate::world::Snapshot;

/// Something that was tried while the environment was not well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// When.
    pub at: Timestamp,
    /// What: `restart`, `update`, `rebuild`, `terminate`, `abort`.
    pub what: String,
    /// Who, where CloudTrail tells.
    pub who: Option<String>,
    /// How it ended, with AWS's words where there are any.
    pub outcome: String,
    /// Why it could not help.
    pub why: String,
}

/// What was tried since things went wrong, oldest first; nothing if no cause is known.
pub fn tried(world: &Snapshot) -> Vec<Tried> {
    told(world, &diagnose(world))
}

fn told(world: &Snapshot, diagnosis: &Diagnosis) -> Vec<Tried> {
    let Some(cause) = diagnosis.causes().next() else { return Vec::new() };
    let all = history::operations(world);
    let good = all.iter().rposition(|operation| operation.outcome == Outcome::Succeeded);
    let since = good.map_or(0, |index| index + 1);
    let began = diagnosis.causes().filter_map(|cause| Some(cause.trigger.as_ref()?.at)).min();
    all[since..]
        .iter()
        .filter(|one| one.what != What::Create && began.is_none_or(|began| one.at >= began))
        .map(|one| Tried {
            at: one.at,
            what: name(one.what).to_owned(),
            who: one.user.clone(),
            outcome: outcome(one),
            why: why(one.what, diagnosis, &cause.kind),
        })
        .collect()
}

fn name(what: What) -> &'static str {
    match what {
        What::Create => "create",
        What::Update => "update",
        What::Restart => "restart",
        What::Rebuild => "rebuild",
        What::Abort => "abort",
        What::Terminate => "terminate",
    }
}

fn outcome(operation: &Operation) -> String {
    match (&operation.outcome, &operation.failure) {
        (_, Some(failure)) => format!("failed: {failure}"),
        (Outcome::Failed, None) => "failed".to_owned(),
        (Outcome::Running, None) => "still running".to_owned(),
        (Outcome::Succeeded, None) => "went through".to_owned(),
        (Outcome::Unknown, None) => "changed nothing".to_owned(),
    }
}

/// Why an operation could not help, from what it does and what is wrong.
fn why(what: What, diagnosis: &Diagnosis, cause: &FindingKind) -> String {
    if what == What::Terminate {
        let holds =
            diagnosis.causes().find(|finding| matches!(finding.kind, FindingKind::Stack(_)));
        if let Some(finding) = holds {
            return format!("a termination deletes the stack, and {}", lower(&finding.title));
        }
        if diagnosis
            .findings
            .iter()
            .any(|one| matches!(one.kind, FindingKind::State(StateFault::TerminationFailed { .. })))
        {
            return "something keeps the stack from being deleted".to_owned();
        }
    }
    let does = match what {
        What::Restart => "a restart sends a command to the instances",
        What::Update => "an update changes the environment",
        What::Rebuild => "a rebuild makes the same resources again in the same place",
        What::Abort => "an abort goes back to the configuration before",
        What::Terminate => "a termination deletes the stack",
        What::Create => "a launch makes new resources",
    };
    let but = match cause {
        FindingKind::Network(_) => "none of that gives the instances' subnets a way to AWS",
        FindingKind::Stack(_) => "what the stack is stuck on stays as it is",
        FindingKind::State(_) => "the state it is in stays as it is",
        FindingKind::Platform(_) => "the platform stays one that does not work",
        FindingKind::Capacity(_) => "it needs instances that AWS does not give",
        FindingKind::Permission(_) => "the permission is still missing",
        FindingKind::Application(_) => "the application and what it was given stay the same",
        FindingKind::Mail(_) => "mail is not part of the environment",
        FindingKind::Peering(_) => "the way to the database's network stays as it is",
    };
    format!("{does}; {but}")
}

fn lower(title: &str) -> String {
    let mut letters = title.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}
