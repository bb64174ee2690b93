//! From a snapshot and its diagnosis to a plan.

use std::collections::BTreeSet;

use crate::check::{Diagnosis, Finding, FindingKind, Role, StateFault};
use crate::world::{EnvironmentStatus, Snapshot};

use super::draft::{Draft, END, Proposal};
use super::{Action, EnvironmentAction, Goal, Plan, Wishes, causes, order, recovery, safety};

/// Plans how the goal is reached from what was seen.
///
/// Pure and deterministic: the same snapshot, diagnosis and wishes give the same plan. What only a
/// person or AWS Support can do is in [`Plan::beyond`].
pub fn plan(snapshot: &Snapshot, diagnosis: &Diagnosis, wishes: &Wishes) -> Option<Plan> {
    let scope = snapshot.scope()?;
    let environment = snapshot.environment.value()?;
    let mut draft = Draft::new(snapshot, environment, wishes);
    let findings = to_be_mended(diagnosis, wishes.goal);
    let wanted = !findings.is_empty() || is_far_from_goal(&draft);
    let saved = wishes.save_configuration && save_configuration(&mut draft);
    if wanted {
        for finding in &findings {
            causes::mend(&mut draft, finding);
        }
        safety::look_for_walls(&mut draft, &findings);
        draft.mended =
            findings.iter().all(|finding| !finding.is_cause() || draft.is_dealt_with(finding));
        recovery::recover(&mut draft);
        safety::leave_out_what_does_not_fit(&mut draft);
    }
    if saved && draft.steps.len() == 1 {
        // Nothing is changed, so nothing has to be saved.
        draft.steps.clear();
    }
    other_goal(&mut draft, diagnosis);
    let Draft { steps, alternatives, refusals, beyond, .. } = draft;
    // A ring cannot come about, because a step can only depend on one that was there before it.
    let steps = order::in_order(steps).unwrap_or_default();
    Some(Plan {
        format: 1,
        scope,
        based_on: snapshot.id(),
        goal: wishes.goal,
        playbook: String::new(),
        steps,
        alternatives,
        refusals,
        beyond,
        tell: Vec::new(),
    })
}

/// Findings that something has to be done about, what others stand on first.
fn to_be_mended(diagnosis: &Diagnosis, goal: Goal) -> Vec<&Finding> {
    let asks = |finding: &&Finding| match finding.role {
        Role::Cause | Role::Contributing => causes::matters(finding, goal),
        Role::Symptom | Role::Risk => false,
    };
    let mut findings: Vec<&Finding> = diagnosis.findings.iter().filter(asks).collect();
    findings.sort_by_key(|finding| causes::place(finding));
    findings
}

/// Whether the goal is not reached although nothing was found that has to be mended first.
fn is_far_from_goal(draft: &Draft<'_>) -> bool {
    let terminated = draft.environment.status == EnvironmentStatus::Terminated;
    match draft.wishes.goal {
        Goal::Terminated => !terminated,
        Goal::Healthy => terminated || draft.must_be_ended(),
    }
}

/// Saves the configuration before anything is changed, where there still is one.
fn save_configuration(draft: &mut Draft<'_>) -> bool {
    let own = draft.environment;
    if own.status == EnvironmentStatus::Terminated {
        return false;
    }
    let template = format!("{}-{}", own.name, draft.snapshot.taken_at.strftime("%Y%m%d%H%M"));
    let action = EnvironmentAction::SaveConfiguration {
        environment: own.id.clone(),
        application: own.application.clone(),
        template,
    };
    let codes: BTreeSet<String> = BTreeSet::new();
    draft.add(Proposal::new(Action::Environment(action), &codes));
    true
}

/// The other way to go where a termination was asked for and failed.
fn other_goal(draft: &mut Draft<'_>, diagnosis: &Diagnosis) {
    let failed = diagnosis.findings.iter().any(|finding| {
        matches!(finding.kind, FindingKind::State(StateFault::TerminationFailed { .. }))
    });
    if !failed {
        return;
    }
    let end_is_told = draft.alternatives.iter().any(|one| one.what == END);
    match draft.wishes.goal {
        // What only holds back the end says so itself.
        Goal::Healthy if end_is_told => {}
        Goal::Healthy => draft.alternative(
            "Bring the termination to its clean end (`--goal terminated`)",
            "It was asked for and failed. A working environment is what is led to unless the clean end is wanted.",
        ),
        Goal::Terminated => draft.alternative(
            "Bring the environment back to work (`--goal healthy`)",
            "It can be rebuilt with its configuration for 42 days after it is terminated.",
        ),
    }
}
