//! Looking again: whether conditions hold now, told apart from not being able to tell.

use crate::plan::{Condition, Made, Step, Truth};
use crate::world::Snapshot;

/// What a look at some conditions showed.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) holding: Vec<String>,
    pub(super) failing: Vec<String>,
    pub(super) unknown: Vec<String>,
}

impl Seen {
    /// What a snapshot shows of some conditions.
    pub(super) fn of(conditions: &[Condition], made: &Made, snapshot: &Snapshot) -> Self {
        let mut seen = Self { holding: Vec::new(), failing: Vec::new(), unknown: Vec::new() };
        for condition in conditions {
            let list = match condition.holds(snapshot, made) {
                Truth::Yes => &mut seen.holding,
                Truth::No => &mut seen.failing,
                Truth::Unknown => &mut seen.unknown,
            };
            list.push(condition.to_string());
        }
        seen
    }

    /// Whether all of them hold.
    pub(super) fn all(&self) -> bool {
        self.failing.is_empty() && self.unknown.is_empty()
    }

    /// Whether at least one certainly does not hold.
    pub(super) fn fails(&self) -> bool {
        !self.failing.is_empty()
    }

    /// What keeps it from being well, in words.
    pub(super) fn missing(&self) -> String {
        let not = |text: &String| format!("not so: {text}");
        let open = |text: &String| format!("cannot be told: {text}");
        let texts = self.failing.iter().map(not).chain(self.unknown.iter().map(open));
        texts.collect::<Vec<_>>().join("; ")
    }
}

/// What shows that a step is not needed, if something does.
///
/// What has to be heard after the call cannot be heard before it. Such a step is only superfluous
/// if all the rest holds and the environment is well, which is what it is for: an environment that
/// is Ready may still want its restart.
pub(super) fn already_there(step: &Step, made: &Made, snapshot: &Snapshot) -> Option<Vec<String>> {
    let wanted = [step.expect.as_slice(), &step.wait.until].concat();
    let (heard, held): (Vec<_>, Vec<_>) = wanted.into_iter().partition(is_heard_later);
    let healthy = || held.iter().any(|one| matches!(one, Condition::HealthIn { .. }));
    let enough = if heard.is_empty() { !held.is_empty() } else { healthy() };
    let seen = Seen::of(&held, made, snapshot);
    (enough && seen.all()).then_some(seen.holding)
}

/// Whether a condition is about what AWS says after a step's call.
fn is_heard_later(condition: &Condition) -> bool {
    matches!(condition, Condition::EnvironmentSaid { .. } | Condition::StackCameTo { .. })
}
