//! How the environment is at the moment, as several checks need to know it.

use jiff::{SignedDuration, Timestamp};

use super::Evidence;
use super::history::{self, Outcome};
use crate::world::{
    Environment, EnvironmentEvent, EnvironmentStatus, InstanceId, Snapshot, StackFacts,
};

/// How long a failed operation counts when the environment has been well ever since.
// People look within a day or two; a failure that nobody came back to in three days is history.
const STALE: SignedDuration = SignedDuration::from_hours(72);

/// A question about the state of things; cheap to make, borrows the snapshot.
#[derive(Clone, Copy)]
pub(super) struct Situation<'a> {
    world: &'a Snapshot,
}

impl<'a> Situation<'a> {
    pub(super) fn of(world: &'a Snapshot) -> Self {
        Self { world }
    }

    fn environment(self) -> Option<&'a Environment> {
        self.world.environment.value()
    }

    /// Whether the environment says that it is Ready and well.
    pub(super) fn is_well(self) -> bool {
        let Some(own) = self.environment() else { return false };
        own.status == EnvironmentStatus::Ready && self.health_is_good() && self.silent().is_empty()
    }

    /// Whether its health says that it serves, whatever goes on.
    pub(super) fn health_is_good(self) -> bool {
        let Some(own) = self.environment() else { return false };
        match own.health_status.as_deref() {
            Some("Ok" | "Info") => true,
            Some("NoData" | "No Data" | "Severe" | "Degraded" | "Suspended" | "Warning") => false,
            // Pending and Unknown say nothing; the colour may.
            Some(_) | None => own.health.as_deref() == Some("Green"),
        }
    }

    /// Whether nothing at all is heard of its instances.
    pub(super) fn all_silent(self) -> bool {
        let silent = self.silent();
        let known = self.world.instances_health.items();
        let nobody = |text: &str| {
            text.contains("None of the instances are sending data")
                || text.contains("There are no instances")
        };
        let causes = self.world.health.value().map_or(&[][..], |health| &health.causes);
        let status = self.environment().and_then(|own| own.health_status.as_deref());
        (!known.is_empty() && silent.len() == known.len())
            || causes.iter().any(|cause| nobody(cause))
            || matches!(status, Some("NoData" | "No Data"))
    }

    /// Instances that send no data.
    pub(super) fn silent(self) -> Vec<InstanceId> {
        let silent = |status: Option<&str>| matches!(status, Some("NoData" | "No Data"));
        let all = self.world.instances_health.items().iter();
        all.filter(|one| silent(one.status.as_deref())).map(|one| one.instance.clone()).collect()
    }

    /// Whether it is terminated.
    pub(super) fn is_terminated(self) -> bool {
        self.environment().is_some_and(|own| own.status == EnvironmentStatus::Terminated)
    }

    /// What was written since things were last well, newest first; all of it, if they never were
    /// as far back as events go.
    ///
    /// An update that failed and was taken back leaves an environment whose health comes back:
    /// that heals what was silent, and not the update, whose events count on.
    pub(super) fn recent(self) -> Vec<&'a EnvironmentEvent> {
        let mut events: Vec<&EnvironmentEvent> = self.world.events.items().iter().collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.at));
        events.truncate(Self::first_well(&events));
        if self.is_well() {
            let since = self.world.taken_at - STALE;
            events.retain(|event| event.at >= since);
        }
        events
    }

    /// How many events, newest first, are of the present trouble.
    fn first_well(events: &[&EnvironmentEvent]) -> usize {
        let well = |event: &&EnvironmentEvent| history::says_success(&event.message);
        let Some(good) = events.iter().position(well) else { return events.len() };
        if !history::says_recovery(&events[good].message) {
            return good;
        }
        let older = &events[good + 1..];
        let succeeded = |event: &&EnvironmentEvent| {
            history::says_success(&event.message) && !history::says_recovery(&event.message)
        };
        let since = &older[..older.iter().position(succeeded).unwrap_or(older.len())];
        let Some(begun) = since.iter().position(|one| history::begins_update(&one.message)) else {
            return good;
        };
        let failed = since[..begun].iter().any(|event| {
            history::says_failure(&event.message) && !history::says_silence(&event.message)
        });
        if failed { good + 1 + begun + 1 } else { good }
    }

    /// When an operation last went well.
    pub(super) fn last_success(self) -> Option<Timestamp> {
        let good = self.world.events.items().iter();
        good.filter(|event| history::says_success(&event.message)).map(|event| event.at).max()
    }

    /// When an operation last ended well; health that comes back by itself is none.
    pub(super) fn last_done(self) -> Option<Timestamp> {
        let done = self.world.events.items().iter().filter(|event| {
            history::says_success(&event.message) && !history::says_recovery(&event.message)
        });
        done.map(|event| event.at).max()
    }

    /// When trouble began, as far as events tell: the first event after things were last well.
    pub(super) fn troubled_since(self) -> Option<Timestamp> {
        self.recent().last().map(|event| event.at)
    }

    /// Whether a termination was asked for last, and failed or cannot end.
    pub(super) fn termination_failed(self) -> bool {
        if self.is_terminated() {
            return false;
        }
        let failed = |last: &history::Operation| {
            last.what == history::What::Terminate && last.outcome == Outcome::Failed
        };
        let asked_last = history::operations(self.world)
            .into_iter()
            .rev()
            .find(|operation| {
                operation.outcome != Outcome::Unknown || operation.what == history::What::Terminate
            })
            .is_some_and(|last| failed(&last));
        asked_last || self.stack_status() == Some("DELETE_FAILED")
    }

    /// The status of the environment's stack.
    pub(super) fn stack_status(self) -> Option<&'a str> {
        self.world.stack()?.stack.value().map(|stack| stack.status.as_str())
    }

    /// The environment's stack, if it was looked at.
    pub(super) fn stack(self) -> Option<&'a StackFacts> {
        self.world.stack()
    }

    /// How it shows that something is wrong, as evidence; empty when nothing shows.
    pub(super) fn signs(self) -> Vec<Evidence> {
        let mut signs = Vec::new();
        let world = self.world;
        if let Some(own) = self.environment().filter(|_| !self.health_is_good()) {
            let health = own.health_status.as_deref().or(own.health.as_deref());
            let statement = format!("health is {}", health.unwrap_or("unknown"));
            signs.push(Evidence::supporting(&world.environment, statement));
        }
        for cause in world.health.value().map_or(&[][..], |health| &health.causes).iter().take(2) {
            signs.push(Evidence::supporting(&world.health, cause.clone()));
        }
        let silent = self.silent();
        if !silent.is_empty() {
            let statement = format!(
                "{} of {} instances send no data",
                silent.len(),
                world.instances_health.items().len()
            );
            signs.push(Evidence::supporting(&world.instances_health, statement));
        }
        let failed = self.recent().into_iter().find(|event| history::says_silence(&event.message));
        if let Some(event) = failed {
            signs.push(Evidence::supporting(&world.events, event.message.clone()));
        }
        signs
    }

    /// Whether anything observable fails: without that, no analysis of settings alone may call
    /// an environment broken.
    pub(super) fn something_fails(self) -> bool {
        !self.is_well() || self.recent().iter().any(|event| history::says_failure(&event.message))
    }
}
