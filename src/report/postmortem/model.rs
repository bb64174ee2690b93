//! The model of a post-mortem: plain texts, moments and words, in the order they are read.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// The name of the schema; its number changes only if a key changes its meaning.
pub(super) const REPORT_SCHEMA: &str = "ebrescue.report/1";

/// A post-mortem.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Postmortem {
    /// `ebrescue.report/1`.
    pub schema: &'static str,
    /// What happened to what, in a line.
    pub title: String,
    /// The session's name; absent for a diagnosis alone.
    pub session: Option<String>,
    /// How the session ended, `unfinished` while it has not.
    pub outcome: Option<String>,
    /// How bad it was as seen.
    pub severity: String,
    /// What a reader must know before anything else.
    pub warnings: Vec<String>,
    /// Three sentences.
    pub summary: Vec<String>,
    /// The phases of the incident.
    pub impact: Vec<Phase>,
    /// Why it happened.
    pub causes: Vec<CausePart>,
    /// What was tried before and why it did not help.
    pub tried: Vec<Fact>,
    /// Everything that happened, on one axis.
    pub timeline: Vec<Entry>,
    /// How status, health and stack stood over time.
    pub stretches: Vec<Stretch>,
    /// How many events of the stack's resources that went well were left out of the timeline.
    pub left_out: usize,
    /// What was done, and what was not.
    pub actions: Vec<DoneAction>,
    /// What is left as it is.
    pub left: Vec<String>,
    /// What stays to do, so that it does not come back.
    pub prevention: Vec<Todo>,
    /// What is not known.
    pub unknown: Vec<String>,
    /// What a person added.
    pub notes: Vec<String>,
    /// Facts to look up.
    pub appendix: Appendix,
}

/// A phase of the incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Phase {
    /// What it was: `broken and not noticed`.
    pub what: String,
    /// When it began, RFC 3339.
    #[schemars(with = "String")]
    pub from: Timestamp,
    /// When it ended; absent if it goes on.
    #[schemars(with = "Option<String>")]
    pub until: Option<Timestamp>,
    /// How long it took.
    pub seconds: Option<i64>,
    /// From what this is known.
    pub known_from: String,
}

/// One finding with all that speaks for and against it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CausePart {
    /// `NET-01`.
    pub code: String,
    /// `cause`, `contributing`, `symptom` or `risk`.
    pub role: &'static str,
    /// A sentence.
    pub title: String,
    /// What it means.
    pub explanation: String,
    /// Facts that speak for it: fact and call.
    pub supporting: Vec<Fact>,
    /// Facts that speak against it or against a rival.
    pub against: Vec<Fact>,
    /// Who changed what and when.
    pub trigger: Option<String>,
    /// The broken ways of packets.
    pub paths: Vec<Way>,
    /// The ways after the repair.
    pub paths_after: Vec<Way>,
    /// The ways before it broke, where they are known.
    pub paths_before: Vec<Way>,
    /// How the way was before, where that is known, in a line.
    pub before: Option<String>,
    /// What held the stack, and what held that.
    pub blocked: Option<Blocked>,
    /// From what a lost thing is known again.
    pub known_from: Vec<String>,
    /// Whether it is gone in the last look, or at least no cause any more; absent where nobody
    /// looked again.
    pub gone: Option<bool>,
    /// How it stands in the last look, in a sentence.
    pub now: Option<String>,
}

/// What holds what, so that it cannot be deleted or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Blocked {
    /// What is held, and what holds, each once.
    pub things: Vec<String>,
    /// Who holds whom.
    pub holds: Vec<Holds>,
}

/// One thing holds another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Holds {
    /// The holder: its place among the things, from 0.
    pub holder: usize,
    /// What it holds: its place among the things, from 0.
    pub held: usize,
    /// How: `a rule that admits tcp 5432`.
    pub how: String,
}

/// The way of packets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Way {
    /// The stations as far as they get.
    pub stations: Vec<String>,
    /// What keeps them from getting further, or from being seen further.
    pub ends: Option<String>,
    /// The whole in a line.
    pub drawn: String,
}

/// A text and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fact {
    /// What.
    pub what: String,
    /// The call it was read by, or why.
    pub why: String,
}

/// One entry of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Entry {
    /// When, RFC 3339.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Whose it is.
    pub lane: Lane,
    /// Who or what said or did it.
    pub who: String,
    /// What happened.
    pub what: String,
    /// Whether it was good or bad.
    pub tone: Tone,
    /// Whether it is one of the many steps of something that the timeline tells already.
    pub routine: bool,
    /// How often it was said.
    pub times: u32,
    /// When it was said last, if it was said more than once.
    #[schemars(with = "Option<String>")]
    pub until: Option<Timestamp>,
}

/// A stretch of time in which something stood as it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stretch {
    /// What stood so.
    pub of: StretchOf,
    /// Since when, RFC 3339.
    #[schemars(with = "String")]
    pub from: Timestamp,
    /// Until when.
    #[schemars(with = "String")]
    pub until: Timestamp,
    /// AWS's word: `Severe`, `Updating`, `DELETE_FAILED`.
    pub word: String,
    /// Whether it was good or bad.
    pub tone: Tone,
}

/// What stands in one way or another over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StretchOf {
    /// The environment's health.
    Health,
    /// The environment's status.
    Status,
    /// The stack's status.
    Stack,
}

impl StretchOf {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Status => "status",
            Self::Stack => "stack",
        }
    }
}

/// The lanes of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// People and programs that changed something, as CloudTrail tells.
    People,
    /// Elastic Beanstalk's events.
    Environment,
    /// CloudFormation's events.
    Stack,
    /// Auto Scaling's activities.
    Scaling,
    /// Us.
    Ebrescue,
}

impl Lane {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Environment => "Elastic Beanstalk",
            Self::Stack => "CloudFormation",
            Self::Scaling => "Auto Scaling",
            Self::Ebrescue => "ebrescue",
        }
    }

    /// Its name in a style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Environment => "environment",
            Self::Stack => "stack",
            Self::Scaling => "scaling",
            Self::Ebrescue => "ebrescue",
        }
    }
}

/// Whether something was good or bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// It was as it should be.
    Good,
    /// It was neither.
    Neutral,
    /// It was not as it should be.
    Bad,
}

impl Tone {
    /// A sign that needs no colour.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Neutral => "·",
            Self::Bad => "✗",
        }
    }

    /// Its name in a style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Neutral => "neutral",
            Self::Bad => "bad",
        }
    }
}

/// One action and what became of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DoneAction {
    /// `a1`, in a later plan `r2-a1`.
    pub id: String,
    /// What is done.
    pub title: String,
    /// `safe`, `disruptive` or `destructive`.
    pub risk: &'static str,
    /// `done`, `declined`, `skipped`, `failed`, `undone`, `unknown` or `planned`.
    pub status: &'static str,
    /// Who approved it and how, or why it was not done.
    pub approval: Who,
    /// When its call went out.
    #[schemars(with = "Option<String>")]
    pub started: Option<Timestamp>,
    /// How long it took until it was verified.
    pub seconds: Option<i64>,
    /// What came of it.
    pub result: String,
    /// AWS's identifiers of its requests.
    pub request_ids: Vec<String>,
    /// The AWS CLI line.
    pub command: String,
    /// How to take it back, or why that cannot be.
    pub way_back: String,
    /// Codes of the findings it was for.
    pub because: Vec<String>,
    /// What was lost for good.
    pub data_loss: Vec<String>,
}

/// Who decided, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Who {
    /// In words: `a person at the terminal`, `--approve disruptive`.
    pub how: String,
    /// Who ran the command, by ARN, where it is known.
    pub by: Option<String>,
    /// When, RFC 3339.
    #[schemars(with = "Option<String>")]
    pub at: Option<Timestamp>,
}

/// Something that stays to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Todo {
    /// What.
    pub what: String,
    /// Why, or how.
    pub why: String,
    /// A command line that does it or begins it.
    pub command: Option<String>,
}

/// Facts to look up.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Appendix {
    /// Name and value.
    pub facts: Vec<Fact>,
    /// Every call that was made to look.
    pub calls: Vec<Call>,
    /// What the check of the journal said.
    pub journal: String,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Call {
    /// `ec2:DescribeSubnets`.
    pub operation: String,
    /// When the answer came.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// AWS's identifier of the request.
    pub request: Option<String>,
    /// `ok`, or AWS's error code.
    pub outcome: String,
}
