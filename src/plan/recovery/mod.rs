//! Bringing the environment where the goal wants it, once what is wrong around it is mended.
//!
//! The causes say what they need; here it becomes one way: the stack freed or rolled back, the
//! environment ended, brought back, changed in one update, its instances replaced, and what was
//! taken from others given back.

mod back;
mod busy;
mod end;
pub(super) mod identity;
mod instances;
mod needs;
mod roll_back;
mod update;

use super::draft::{Draft, Proposal};
use super::{Action, Condition, EnvironmentAction, Goal, StepId, WaitAction, times};
use crate::world::EnvironmentStatus;

pub(super) use needs::{Later, Needs};

/// Healths that count as well, by status and by colour.
pub(super) const WELL: [&str; 3] = ["Ok", "Info", "Green"];

/// Statuses of a stack whose launch failed.
// Source: AWS's guide, "Stack status codes": from these a stack can only be deleted.
const LAUNCH_FAILED: [&str; 3] = ["CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"];

/// Plans the way to the goal.
pub(super) fn recover(draft: &mut Draft<'_>) {
    match draft.wishes.goal {
        Goal::Terminated => {
            if draft.environment.status != EnvironmentStatus::Terminated {
                end::terminate(draft);
            }
        }
        Goal::Healthy => bring_back(draft),
    }
}

fn bring_back(draft: &mut Draft<'_>) {
    let mut way = roll_back::continue_all(draft);
    let terminated = draft.environment.status == EnvironmentStatus::Terminated;
    let mut rebuilt = None;
    if draft.needs.no_launch && (terminated || draft.must_be_ended()) {
        refuse_launch(draft);
        return;
    }
    if terminated {
        rebuilt = back::rebuild(draft, &way);
    } else if draft.must_be_ended() {
        let Some(ended) = end::terminate(draft) else { return };
        way.push(ended);
        rebuilt = back::rebuild(draft, &way);
    } else if draft.environment.status.in_progress() && way.is_empty() {
        let (step, ended) = busy::wait_or_abort(draft);
        if step.as_ref().is_some_and(|step| draft.aborts(step)) {
            // "To ensure all instances are running the same version, re-deploy the appropriate
            // application version" (Elastic Beanstalk's own event after an abort).
            let codes = draft.all_codes();
            draft.needs.try_again(&codes);
        }
        way.extend(step);
        // A launch whose instances could not reach AWS does not end well, even once they could;
        // where it does after all, the rebuild is seen to be superfluous.
        if ended || draft.launches_in_vain() {
            rebuilt = back::rebuild(draft, &way);
        }
    } else if draft.needs_rebuild() {
        if draft.needs.no_launch {
            refuse_launch(draft);
            return;
        }
        rebuilt = if draft.launches_as_it_failed() {
            back::anew(draft, &way)
        } else {
            back::rebuild(draft, &way)
        };
    }
    way.extend(rebuilt.clone());
    if rebuilt.is_none() && !terminated {
        way.extend(instances::replace(draft, &way));
    }
    if rebuilt.is_some() {
        // Everything is made anew: the update that failed needs no second try.
        draft.needs.again = false;
    }
    give_back(draft, rebuilt.as_ref());
    let updated = update::once(draft, &way);
    let later = std::mem::take(&mut draft.needs.after_update);
    for later in later {
        let step = later.proposal().after(updated.as_ref());
        draft.add(step);
    }
    verify(draft, &way, rebuilt, updated);
}

/// Plans nothing but the update, after what has to come before it.
pub(super) fn update_only(draft: &mut Draft<'_>, way: &[StepId]) {
    let Some(updated) = update::once(draft, way) else { return };
    verify(draft, way, None, Some(updated));
}

fn refuse_launch(draft: &mut Draft<'_>) {
    // What would have been taken out of the stack's way stays where it is.
    let freed = std::mem::take(&mut draft.freed);
    draft.steps.retain(|step| !freed.contains(&step.id));
    draft.refuse(
        format!("Ending and rebuilding {}", draft.environment.name),
        "Whatever is launched now meets the same wall; what stands in its way is for a person to mend first.",
    );
}

/// Gives back what was taken from others for a while, as soon as there is somebody to give it to.
fn give_back(draft: &mut Draft<'_>, rebuilt: Option<&StepId>) {
    let Some(rebuilt) = rebuilt else { return };
    for later in std::mem::take(&mut draft.needs.after_bringing_back) {
        let step = later.proposal().after([rebuilt]);
        draft.add(step);
    }
}

/// Waits in the end until the environment is well: at the last step if nothing hangs on it, else
/// in a step of its own, so that what is given back to others does not depend on our health.
fn verify(draft: &mut Draft<'_>, way: &[StepId], rebuilt: Option<StepId>, updated: Option<StepId>) {
    if draft.steps.is_empty() || !draft.mended {
        return;
    }
    let last = updated.or(rebuilt);
    let is_new = |id: &StepId| {
        draft.steps.iter().any(|step| step.id == *id && step.action.makes_environment())
    };
    if last.as_ref().is_some_and(is_new) {
        // Its health cannot be asked for by an id that nobody knows yet; it is Ready only with
        // instances that report, and the look afterwards tells the rest.
        return;
    }
    if last.is_none() && (draft.is_well() || draft.ground.is_empty() && way.is_empty()) {
        return;
    }
    let well = Condition::HealthIn {
        environment: draft.environment.id.clone(),
        healths: WELL.map(str::to_owned).to_vec(),
    };
    let free = last.filter(|last| !draft.steps.iter().any(|step| step.after.contains(last)));
    if let Some(step) = free.and_then(|last| draft.step_mut(&last)) {
        step.wait.until.push(well.clone());
        step.wait.what = format!("{} and well", step.wait.what);
        step.wait.expected.usual_seconds += times::RECOVER.usual_seconds;
        step.wait.expected.at_most_seconds += times::RECOVER.at_most_seconds;
        step.expect.push(well);
        return;
    }
    let (environment, name) = (draft.environment.id.clone(), draft.environment.name.clone());
    let after: Vec<StepId> = draft.ground.iter().chain(way).cloned().collect();
    let because = draft.all_codes();
    let action = Action::Wait(WaitAction::Environment { environment, name: name.clone() });
    let proposal = Proposal::new(action, &because)
        .title(format!("Wait until {name} is well again"))
        .effect("Nothing is changed: instances that come back report within a minute or two.")
        .after(&after);
    let id = draft.add(proposal);
    if let Some(step) = draft.step_mut(&id) {
        step.wait.what = format!("{name} to be Ready and well");
        step.wait.until.push(well.clone());
        step.wait.expected = times::RECOVER;
        step.expect.push(well);
    }
}

impl Draft<'_> {
    /// Whether the environment can only be brought back by ending it first: its stack cannot be
    /// updated any more, only deleted.
    pub(super) fn must_be_ended(&self) -> bool {
        let stack = self.stack();
        let failed = self.stack_status(&stack).is_some_and(|own| own.as_str() == "DELETE_FAILED");
        let alive = self.environment.status != EnvironmentStatus::Terminated;
        let busy = self.environment.status.in_progress();
        alive && (failed || (!busy && self.stack_is_gone(&stack)))
    }

    /// Whether all resources have to be made anew.
    pub(super) fn needs_rebuild(&self) -> bool {
        let status = self.stack_status(&self.stack());
        let launch_failed = status.is_some_and(|own| LAUNCH_FAILED.contains(&own.as_str()));
        launch_failed || self.needs.wants_rebuild()
    }

    /// Whether a rebuild would only launch again what could not be launched: the settings have to be
    /// others, and the stack of a failed launch takes no update before.
    fn launches_as_it_failed(&self) -> bool {
        let status = self.stack_status(&self.stack());
        let failed = status.is_some_and(|own| LAUNCH_FAILED.contains(&own.as_str()));
        let needs = &self.needs;
        failed && (!needs.set.is_empty() || needs.platform.is_some()) && needs.remove.is_empty()
    }

    fn aborts(&self, step: &StepId) -> bool {
        self.steps.iter().any(|own| {
            own.id == *step
                && matches!(own.action, Action::Environment(EnvironmentAction::Abort { .. }))
        })
    }

    /// Whether it is being launched although its instances were cut off.
    fn launches_in_vain(&self) -> bool {
        self.environment.status == EnvironmentStatus::Launching && self.needs.was_cut_off()
    }

    /// Whether the stack's resources will be deleted.
    pub(super) fn ends(&self) -> bool {
        self.wishes.goal == Goal::Terminated || self.must_be_ended() || self.needs_rebuild()
    }

    /// Whether the environment is Ready and its health is good.
    pub(super) fn is_well(&self) -> bool {
        let own = self.environment;
        let enhanced = own.health_status.as_deref().filter(|status| !status.is_empty());
        let health = enhanced.or(own.health.as_deref());
        own.status == EnvironmentStatus::Ready && health.is_some_and(|one| WELL.contains(&one))
    }
}
