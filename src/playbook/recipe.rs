//! What a playbook may say. People write this, so unknown words are errors.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::Placed;
use crate::plan::Goal;

/// A recipe for one sort of incident.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Playbook {
    /// The version of this format; 1.
    pub format: Placed<u32>,
    /// Its name in commands and reports: lower case, digits and hyphens.
    pub name: Placed<String>,
    /// One line that says what it mends.
    pub title: String,
    /// What happened to the people it was written for, so that a reader knows whether it is
    /// theirs.
    pub story: String,
    /// Sandbox scenarios to rehearse it on.
    #[serde(default)]
    pub scenarios: Vec<Placed<String>>,
    /// When it fits. Without any condition it fits always, and loses against one that has some.
    #[serde(default, rename = "match")]
    pub fits: Match,
    /// Where it leads, where a termination was asked for. Counts where the playbook is named by
    /// `--playbook` and `--goal` is not; one that leads elsewhere than is wanted never fits by
    /// itself.
    #[serde(default)]
    pub goal: Option<GoalWord>,
    /// What is looked at, also where nothing seems wrong with it.
    #[serde(default)]
    pub look: Vec<Placed<String>>,
    /// What has to have been seen: where it could not be read, nothing is done.
    #[serde(default)]
    pub must_see: Vec<Placed<String>>,
    /// What has to hold before anything is done.
    #[serde(default)]
    pub before: Vec<Placed<Value>>,
    /// What is done, in this order as far as the actions' own dependencies allow.
    #[serde(default)]
    pub steps: Vec<Placed<StepRule>>,
    /// Actions that this playbook never takes, by kind.
    #[serde(default)]
    pub never: Vec<Placed<String>>,
    /// What has to hold in the end, besides the goal itself.
    #[serde(default)]
    pub verify: Vec<Placed<Value>>,
    /// Whom to tell what at the end.
    #[serde(default)]
    pub tell: Vec<Tell>,
}

/// When a playbook fits: all that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Match {
    /// One of these verdicts: healthy, degraded, stuck, terminated.
    #[serde(default)]
    pub verdicts: Vec<Placed<String>>,
    /// One of these environment statuses, as AWS writes them.
    #[serde(default)]
    pub statuses: Vec<Placed<String>>,
    /// One of these stack statuses, as AWS writes them.
    #[serde(default)]
    pub stack_statuses: Vec<Placed<String>>,
    /// One of these findings as cause: codes, or a group with a star (`NET-*`).
    #[serde(default)]
    pub causes: Vec<Placed<String>>,
    /// All of these findings in any role.
    #[serde(default)]
    pub all_of: Vec<Placed<String>>,
    /// The environment's name, with `*` for any text.
    #[serde(default)]
    pub names: Vec<Placed<String>>,
    /// The stack has all of these tags: key and value, with `*` for any text.
    #[serde(default)]
    pub tags: std::collections::BTreeMap<String, String>,
}

/// Where a playbook leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GoalWord {
    /// A working environment.
    Healthy,
    /// A clean end of it.
    Terminated,
}

impl From<GoalWord> for Goal {
    fn from(word: GoalWord) -> Self {
        match word {
            GoalWord::Healthy => Self::Healthy,
            GoalWord::Terminated => Self::Terminated,
        }
    }
}

/// One step: either what the planner does for some causes, or one action of one's own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StepRule {
    /// Its name within the playbook.
    pub id: Placed<String>,
    /// The causes whose repair belongs here: codes, or a group with a star.
    #[serde(default)]
    pub mend: Vec<Placed<String>>,
    /// One action of one's own: its kind and its parameters. Texts may name facts of the
    /// environment, such as `$environment` and `$stack`; the guide lists them.
    #[serde(default)]
    pub action: Option<Placed<Value>>,
    /// Says what the action is, for the question.
    #[serde(default)]
    pub title: Option<String>,
    /// What people will notice.
    #[serde(default)]
    pub effect: Option<String>,
    /// The risk it is treated as; never less than its own.
    #[serde(default)]
    pub risk: Option<Placed<String>>,
    /// Words put before the question.
    #[serde(default)]
    pub ask: Option<String>,
    /// What must hold just before.
    #[serde(default)]
    pub guard: Vec<Placed<Value>>,
    /// What is waited for.
    #[serde(default)]
    pub wait: Option<WaitRule>,
    /// What must hold afterwards.
    #[serde(default)]
    pub expect: Vec<Placed<Value>>,
    /// The way back.
    #[serde(default)]
    pub undo: Option<UndoRule>,
    /// What to do when it fails or is declined.
    #[serde(default)]
    pub otherwise: Otherwise,
}

/// A bounded wait.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WaitRule {
    /// What for, in words.
    pub what: String,
    /// Ends it well when all hold.
    pub until: Vec<Placed<Value>>,
    /// Ends it at once when one holds.
    #[serde(default)]
    pub hopeless: Vec<Placed<Value>>,
    /// How long it usually takes, in seconds.
    pub usual_seconds: Placed<u64>,
    /// How long it may take, in seconds.
    pub at_most_seconds: Placed<u64>,
}

/// The way back from an action of one's own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum UndoRule {
    /// By this action: its kind and its parameters.
    By(Value),
    /// Nothing would have to be taken back.
    NotNeeded,
    /// There is none, and this is why.
    Impossible(String),
}

/// What to do when a step fails or is declined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Otherwise {
    /// Nothing after it is done.
    Stop,
    /// What does not depend on it is done all the same.
    #[default]
    GoOn,
}

/// Whom to tell what at the end.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tell {
    /// Who: a team or a role.
    pub who: String,
    /// What.
    pub what: String,
}
