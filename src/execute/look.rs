//! Looking again: whether conditions hold now, told apart from not being able to tell.

use crate::plan::{Condition, Made, Truth};
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
