//! The model of a post-mortem: plain texts, moments and words, in the order they are read.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::Case;

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
    /// How many routine events were left out of the timeline.
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
    /// How the way was before, where that is known.
    pub before: Option<String>,
    /// From what a lost thing is known again.
    pub known_from: Vec<String>,
    /// Whether it is gone in the last look; absent where nobody looked again.
    pub gone: Option<bool>,
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
}

/// Something that stays to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Todo {
    /// What.
    pub what: String,
    /// Why, or how.
    pub why: String,
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

impl Postmortem {
    /// Masks the account number wherever it stands, ARNs included.
    pub(super) fn mask_account(&mut self, case: &Case<'_>) {
        let Some(caller) = case.before.caller.value() else { return };
        let account = caller.account.as_str().to_owned();
        if account.is_empty() {
            return;
        }
        self.each_text(&mut |text| {
            if text.contains(&account) {
                *text = text.replace(&account, "************");
            }
        });
    }

    /// Every free text of the model, to be changed in place.
    fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        let Self {
            schema: _,
            title,
            session: _,
            outcome: _,
            severity,
            warnings,
            summary,
            impact,
            causes,
            tried,
            timeline,
            left_out: _,
            actions,
            left,
            prevention,
            unknown,
            notes,
            appendix,
        } = self;
        let lists = [warnings, summary, left, unknown, notes];
        for text in [title, severity].into_iter().chain(lists.into_iter().flatten()) {
            change(text);
        }
        for phase in impact {
            change(&mut phase.known_from);
        }
        for cause in causes {
            cause.each_text(change);
        }
        for entry in timeline {
            change(&mut entry.who);
            change(&mut entry.what);
        }
        for action in actions {
            action.each_text(change);
        }
        for todo in prevention {
            change(&mut todo.what);
            change(&mut todo.why);
        }
        for fact in tried.iter_mut().chain(&mut appendix.facts) {
            fact.each_text(change);
        }
    }
}

impl CausePart {
    fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        for way in self.paths.iter_mut().chain(&mut self.paths_after) {
            way.stations.iter_mut().chain(&mut way.ends).for_each(&mut *change);
            change(&mut way.drawn);
        }
        let single = [Some(&mut self.title), Some(&mut self.explanation)];
        let maybe = [self.trigger.as_mut(), self.before.as_mut()];
        let texts = single.into_iter().chain(maybe).flatten();
        for text in texts.chain(&mut self.known_from) {
            change(text);
        }
        for fact in self.supporting.iter_mut().chain(&mut self.against) {
            fact.each_text(change);
        }
    }
}

impl DoneAction {
    fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        for text in [&mut self.title, &mut self.result, &mut self.command, &mut self.way_back] {
            change(text);
        }
    }
}

impl Fact {
    fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        change(&mut self.what);
        change(&mut self.why);
    }
}
