//! A run as JSON, schema `ebrescue.run/1`: what `repair`, `apply`, `resume` and `undo` print.

use schemars::JsonSchema;
use serde::Serialize;

use super::{DiagnosisDocument, plain, redacted};
use crate::journal::{ActionStatus, History, Outcome, StepHistory, StepKey};
use crate::plan::{Step, Undo};

/// The name of the schema; its number changes only if a key changes its meaning.
pub const RUN_SCHEMA: &str = "ebrescue.run/1";

/// What a run did, and how the environment was before and after.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RunDocument {
    /// `ebrescue.run/1`.
    pub schema: &'static str,
    /// The session's name; absent where nothing was begun.
    pub session: Option<String>,
    /// How it ended.
    #[schemars(extend("enum" = ["not-needed", "recovered", "not-approved", "not-recovered",
        "beyond-repair", "aws-unusable", "interrupted", "world-moved"]))]
    pub outcome: &'static str,
    /// How it ended, in a sentence.
    pub summary: String,
    /// Every action that was planned.
    pub actions: Vec<RunAction>,
    /// The diagnosis before anything was done.
    pub before: Option<DiagnosisDocument>,
    /// The diagnosis afterwards.
    pub after: Option<DiagnosisDocument>,
}

/// One action of a run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RunAction {
    /// `a1`; in a later plan of the same session `r2-a1`.
    pub id: String,
    /// `create-route`.
    pub kind: String,
    /// What it changes.
    pub target: String,
    /// What became of it.
    #[schemars(extend("enum" = ["done", "declined", "skipped", "failed", "undone", "unknown"]))]
    pub status: &'static str,
    /// AWS's identifiers of its requests.
    pub request_ids: Vec<String>,
    /// What went wrong.
    pub error: Option<String>,
    /// The AWS CLI line that takes it back.
    pub undo: Option<String>,
    /// Whether its call went out; not where its effect was there already.
    pub called: bool,
    /// What is done, in a sentence.
    pub title: String,
}

impl RunDocument {
    /// The document of a session's history.
    pub fn new(
        session: &str,
        history: &History,
        outcome: Outcome,
        summary: &str,
        before: Option<DiagnosisDocument>,
        after: Option<DiagnosisDocument>,
    ) -> Self {
        let steps = history.all_steps();
        Self {
            schema: RUN_SCHEMA,
            session: Some(session.to_owned()),
            outcome: outcome.as_str(),
            summary: redacted(summary),
            actions: steps.iter().map(|(key, step)| RunAction::of(key, step, history)).collect(),
            before,
            after,
        }
    }

    /// The document of a run that began no session.
    pub fn without_session(
        outcome: Outcome,
        summary: &str,
        before: Option<DiagnosisDocument>,
    ) -> Self {
        Self {
            schema: RUN_SCHEMA,
            session: None,
            outcome: outcome.as_str(),
            summary: redacted(summary),
            actions: Vec::new(),
            after: before.clone(),
            before,
        }
    }
}

impl RunAction {
    fn of(key: &StepKey, step: &Step, history: &History) -> Self {
        let past = history.step(key);
        // The resolved action names what the plan could not know yet.
        let action = past.and_then(|past| past.action.as_ref()).unwrap_or(&step.action);
        let made = history.made(key.round);
        Self {
            id: key.to_string(),
            kind: action.kind().to_owned(),
            target: plain(&action.target()),
            status: ActionStatus::of(history.state(key)).as_str(),
            request_ids: past.map_or_else(Vec::new, |past| {
                past.requests.iter().map(|request| plain(request.as_str())).collect()
            }),
            error: past.and_then(error),
            undo: match &step.undo {
                Undo::By(action) => Some(plain(&made.tell(&action.command()))),
                Undo::NotNeeded | Undo::Impossible { .. } => None,
            },
            called: past.is_some_and(|past| past.attempts > 0),
            title: redacted(&made.tell(&step.title)),
        }
    }
}

fn error(past: &StepHistory) -> Option<String> {
    past.undo.error.as_ref().or(past.error.as_ref()).map(|text| redacted(text))
}
