//! A no at each question in turn: what was declined is not done, what depends on it is skipped,
//! what does not depend on it goes on, and the run ends with 4.

use std::collections::BTreeSet;

use ebrescue::cli::args::Approval;
use ebrescue::journal::{Outcome, StepState};
use ebrescue::plan::{Plan, StepId};

use super::stage::{Stage, all};

const SCENARIOS: &[&str] = &["foreign-rule-blocks-termination", "rollback-failed"];

/// A step with all that stands on it.
fn hanging_on(plan: &Plan, declined: &StepId) -> BTreeSet<StepId> {
    let mut all = BTreeSet::from([declined.clone()]);
    for step in &plan.steps {
        if step.after.iter().any(|needed| all.contains(needed)) {
            all.insert(step.id.clone());
        }
    }
    all
}

/// Approves everything but one step.
fn but(plan: &Plan, declined: &StepId) -> Approval {
    let asked = plan.steps.iter().filter(|step| step.id != *declined);
    Approval {
        approve: None,
        approve_action: asked.map(|step| step.id.0.clone()).collect(),
        ..all(plan)
    }
}

#[tokio::test]
async fn a_no_at_each_question_stops_only_what_hangs_on_it() {
    let mut count = 0;
    for scenario in SCENARIOS {
        let (_, plan) = Stage::of(scenario).await.planned().await;
        for step in plan.steps.iter().filter(|step| !step.action.is_wait()) {
            let stage = Stage::of(scenario).await;
            let ending = stage.repair(|plan| but(plan, &step.id)).await.unwrap();
            let at = format!("{scenario} without {}: {}", step.id, ending.summary);
            assert_eq!(ending.outcome, Outcome::NotApproved, "{at}");
            let out = hanging_on(&plan, &step.id);
            let history = ending.history.unwrap();
            for (key, own) in history.all_steps().into_iter().filter(|(key, _)| key.round == 1) {
                let stood = history.step(&key).map(|past| past.state);
                let is_good = stood.is_some_and(StepState::is_good);
                assert_eq!(is_good, !out.contains(&own.id), "{at}: {} is {stood:?}", own.id);
            }
            count += 1;
        }
    }
    println!("{count} questions answered with no, one in each run");
}
