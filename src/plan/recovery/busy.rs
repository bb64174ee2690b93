//! An operation goes on: it is waited for, or aborted where it cannot end well.

use crate::plan::draft::{Draft, Proposal};
use crate::plan::{Action, EnvironmentAction, StackAction, StepId, WaitAction};
use crate::world::EnvironmentStatus;

/// Plans the end of what goes on; gives the step, and whether the environment is terminated then.
pub(super) fn wait_or_abort(draft: &mut Draft<'_>) -> (Option<StepId>, bool) {
    match draft.environment.status {
        EnvironmentStatus::Terminating => (super::end::terminate(draft), true),
        EnvironmentStatus::Updating | EnvironmentStatus::Aborting => (Some(update(draft)), false),
        EnvironmentStatus::Launching
        | EnvironmentStatus::LinkingFrom
        | EnvironmentStatus::LinkingTo
        | EnvironmentStatus::Other(_) => (Some(wait(draft)), false),
        EnvironmentStatus::Ready | EnvironmentStatus::Terminated => (None, false),
    }
}

fn update(draft: &mut Draft<'_>) -> StepId {
    let (environment, name) = (draft.environment.id.clone(), draft.environment.name.clone());
    let before = draft.ground.clone();
    let codes = draft.all_codes();
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
        return draft.add(Proposal::new(Action::Environment(action), &codes).after(&before));
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
        return draft.add(Proposal::new(Action::Wait(action), &codes).after([&cancelled]));
    }
    if draft.needs.deadlock {
        support_case(draft);
    }
    wait(draft)
}

fn wait(draft: &mut Draft<'_>) -> StepId {
    let (environment, name) = (draft.environment.id.clone(), draft.environment.name.clone());
    let before = draft.ground.clone();
    let codes = draft.all_codes();
    let action = WaitAction::Environment { environment, name };
    let proposal = Proposal::new(Action::Wait(action), &codes)
        .effect("Nothing is changed: what goes on is waited for, because nothing else is accepted meanwhile.")
        .after(&before);
    draft.add(proposal)
}

/// If Elastic Beanstalk does not give the environment back, only AWS can.
fn support_case(draft: &mut Draft<'_>) {
    let own = draft.environment;
    let region = &draft.snapshot.region;
    draft.alternative(
        "A support case with AWS, if the environment does not come back by itself",
        format!(
            "Text for it: \"Elastic Beanstalk environment {} ({}) in {region} is {} and refuses both AbortEnvironmentUpdate and TerminateEnvironment. Its CloudFormation stack {} is in order. Please return the environment to Ready.\"",
            own.name,
            own.id,
            own.status.as_str(),
            own.stack_name()
        ),
    );
}
