//! A plan and its steps.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::world::{Scope, SnapshotId};

use super::{Action, Condition, Made, Risk};

/// A step's number in its plan, `a1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(pub String);

impl std::fmt::Display for StepId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// Where a plan is to lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// A working environment.
    #[default]
    Healthy,
    /// A clean end of the environment, its stack included.
    Terminated,
}

/// What whoever asks for a plan wants of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Where it is to lead.
    pub goal: Goal,
    /// Whether the configuration is saved before anything is changed.
    pub save_configuration: bool,
}

/// One thing that is done, with all that makes it safe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its number.
    pub id: StepId,
    /// What is done.
    pub action: Action,
    /// How much it can hurt.
    pub risk: Risk,
    /// Codes of the findings it is for.
    pub because: Vec<String>,
    /// A sentence that says what is done, for the question.
    pub title: String,
    /// What people will notice, for how long, and what it costs.
    pub effect: String,
    /// What is lost for good: names of databases and buckets.
    pub data_loss: Vec<String>,
    /// Steps that must have succeeded before.
    pub after: Vec<StepId>,
    /// What must hold just before the call.
    pub guard: Vec<Condition>,
    /// What is waited for afterwards.
    pub wait: Wait,
    /// What must hold in the end.
    pub expect: Vec<Condition>,
    /// The way back.
    pub undo: Undo,
}

impl Step {
    /// The same step, told with the identifiers that are known by now.
    #[must_use]
    pub fn told(&self, made: &Made) -> Self {
        Self { title: made.tell(&self.title), effect: made.tell(&self.effect), ..self.clone() }
    }
}

/// A bounded wait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// What it waits for, in words: `the environment to be Ready`.
    pub what: String,
    /// Ends the wait well when all of these hold.
    pub until: Vec<Condition>,
    /// Ends the wait at once when any of these holds: more waiting would not help.
    pub hopeless: Vec<Condition>,
    /// How long it usually takes, and the longest it may.
    pub expected: Expected,
}

/// How long something takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Usually, in seconds; what the progress line says.
    pub usual_seconds: u64,
    /// At most, in seconds; then the wait is given up.
    pub at_most_seconds: u64,
}

impl Expected {
    /// The longest it may take.
    pub fn at_most(self) -> Duration {
        Duration::from_secs(self.at_most_seconds)
    }
}

impl Wait {
    /// No wait: the call's effect is there when it returns.
    pub fn none() -> Self {
        Self {
            what: String::new(),
            until: Vec::new(),
            hopeless: Vec::new(),
            // What AWS acknowledges it may still take a moment to show (eventual consistency);
            // the check afterwards looks again for this long.
            expected: Expected { usual_seconds: 1, at_most_seconds: 60 },
        }
    }
}

/// The way back from a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undo {
    /// By this action. `Ref::MadeBy` the step itself means what the step made.
    By(Box<Action>),
    /// Nothing is changed that would have to be taken back.
    NotNeeded,
    /// There is none.
    Impossible {
        /// Why.
        why: String,
    },
}

/// Another way that was weighed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// What it is.
    pub what: String,
    /// Why it was not chosen, or when to choose it: time, downtime, data, cost, way back.
    pub why_not: String,
}

/// Something that is not done although it could be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// What is to be done, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The version of this format; 1.
    pub format: u32,
    /// What it is for; it is refused anywhere else.
    pub scope: Scope,
    /// The snapshot it was made from.
    pub based_on: SnapshotId,
    /// Where it is to lead.
    pub goal: Goal,
    /// The playbook it follows.
    pub playbook: String,
    /// The steps, each after those it depends on.
    pub steps: Vec<Step>,
    /// Other ways.
    pub alternatives: Vec<Alternative>,
    /// What is not done and why.
    pub refusals: Vec<Refusal>,
    /// What only a person or AWS Support can do, if something is beyond the API.
    pub beyond: Vec<Refusal>,
    /// Whom to tell what at the end, as the playbook has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tell: Vec<Notice>,
}

/// Something that somebody is to be told at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Who: a team or a role.
    pub who: String,
    /// What.
    pub what: String,
}

impl Plan {
    /// One step by its number.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| &step.id == id)
    }
}
