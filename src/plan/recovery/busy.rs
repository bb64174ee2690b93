//! An operation goes on: it is waited for, or aborted where it cannot end well.

use std::collections::BTreeSet;

use crate::plan::draft::{Draft, Proposal};
use crate::plan::{Action, EnvironmentAction, StackAction, StepId, WaitAction};
use crate::world::EnvironmentStatus;

/// Plans the end of what goes on; gives the step, and whether the environment is terminated then.
pub(super) fn wait_or_abort(draft: &mut Draft<'_>) -> (Option<StepId>, bool) {
    match draft.environment.status {
        EnvironmentStatus::Terminating => (super::end::terminate(draft), true),
        EnvironmentStatus::Updating | EnvironmentStatus::Aborting => (update(draft), false),
        EnvironmentStatus::Launching
        | EnvironmentStatus::LinkingFrom
        | EnvironmentStatus::LinkingTo
        | EnvironmentStatus::Other(_) => (Some(wait(draft)), false),
        EnvironmentStatus::Ready | EnvironmentStatus::Terminated => (None, false),
    }
}

fn update(draft: &mut Draft<'_>) -> Option<StepId> {
    let (environment, name) = (draft.environment.id.clone(), draft.environment.name.clone());
    let before = draft.ground.clone();
    let codes = codes(draft);
    // An update that was begun while its instances were cut off, or that has been silent, does
    // not end well; one that only takes its time is left alone.
    let in_vain =
        !draft.ground.is_empty() || draft.needs.deals_with("EB-01") || draft.needs.deadlock;
    if in_vain && draft.environment.abortable == Some(true) {
        let action = EnvironmentAction::Abort { environment, name };
        draft.alternative(
            "Wait for the update's own end",
            "It can take until its time-out, half an hour a batch, and is rolled back then too.",
        );
        return Some(draft.add(Proposal::new(Action::Environment(action), &codes).after(&before)));
    }
    if waits_for_nothing(draft) {
        let (what, why) = (SUPPORT, support_text(draft));
        draft.ask_person(what, why);
        return None;
    }
    let stack = draft.stack();
    let updating =
        draft.stack_status(&stack).is_some_and(|own| own.as_str() == "UPDATE_IN_PROGRESS");
    if draft.needs.deadlock && updating {
        let action = StackAction::CancelUpdate { stack };
        let proposal = Proposal::new(Action::Stack(action), &codes).after(&before);
        let cancelled = draft.add(proposal);
        support_case(draft);
        let action = WaitAction::Environment { environment, name };
        return Some(draft.add(Proposal::new(Action::Wait(action), &codes).after([&cancelled])));
    }
    if draft.needs.deadlock {
        support_case(draft);
    }
    Some(wait(draft))
}

/// Why it is waited for or aborted: what is planned so far, and the operation itself.
fn codes(draft: &Draft<'_>) -> BTreeSet<String> {
    draft.all_codes().union(&draft.needs.busy_codes).cloned().collect()
}

/// Whether nothing that could still end goes on behind a deadlock: no stack works, and nothing is
/// mended first that the operation might be waiting for.
fn waits_for_nothing(draft: &Draft<'_>) -> bool {
    let stack = draft.stack_status(&draft.stack());
    let settled = stack.is_some_and(|own| !own.as_str().ends_with("_IN_PROGRESS"));
    draft.needs.deadlock && draft.ground.is_empty() && settled
}

fn wait(draft: &mut Draft<'_>) -> StepId {
    let (environment, name) = (draft.environment.id.clone(), draft.environment.name.clone());
    let before = draft.ground.clone();
    let codes = codes(draft);
    let action = WaitAction::Environment { environment, name };
    let proposal = Proposal::new(Action::Wait(action), &codes)
        .effect("Nothing is changed: what goes on is waited for, because nothing else is accepted meanwhile.")
        .after(&before);
    draft.add(proposal)
}

/// If Elastic Beanstalk does not give the environment back, only AWS can.
fn support_case(draft: &mut Draft<'_>) {
    let text = support_text(draft);
    draft.alternative(
        "A support case with AWS, if the environment does not come back by itself",
        text,
    );
}

const SUPPORT: &str = "AWS Support must return the environment to Ready";

fn support_text(draft: &Draft<'_>) -> String {
    let own = draft.environment;
    let region = &draft.snapshot.region;
    format!(
        "Text for a case: \"Elastic Beanstalk environment {} ({}) in {region} is {} and refuses both AbortEnvironmentUpdate and TerminateEnvironment. Its CloudFormation stack {} is in order. Please return the environment to Ready.\"",
        own.name,
        own.id,
        own.status.as_str(),
        own.stack_name()
    )
}
