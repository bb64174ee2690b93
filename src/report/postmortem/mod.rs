//! The post-mortem: what a team would otherwise write the day after.
//!
//! [`Postmortem::new`] builds one model from a session's records and snapshots; [`markdown`],
//! HTML and JSON only write it down. Every text in the model is free of secrets and control
//! characters; each format escapes what would mean something in it. The same session gives the
//! same bytes: no clock is read.

#![expect(clippy::missing_panics_doc, reason = "plainer as it is written")]

mod appendix;
mod became;
mod blocked;
mod cause;
mod done;
mod escape;
mod html;
mod impact;
mod markdown;
mod mask;
mod model;
mod picture;
mod prevention;
mod summary;
mod timeline;
mod unknown;

pub use html::html;
pub use markdown::markdown;
pub use model::{
    Appendix, Blocked, Call, CausePart, DoneAction, Entry, Fact, Holds, Lane, Phase, Postmortem,
    Stretch, StretchOf, Todo, Tone, Way, Who,
};

use became::Became;
use jiff::Timestamp;

use crate::check::{self, Diagnosis};
use crate::journal::{History, Record};
use crate::plan::Plan;
use crate::world::Snapshot;

/// Writes a post-mortem as JSON, schema `ebrescue.report/1`.
pub fn json(report: &Postmortem) -> String {
    serde_json::to_string_pretty(report).expect("the model has text keys and plain values")
}

/// What a post-mortem is made from.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// The session, if there is one; without, the report is about a diagnosis alone.
    pub session: Option<SessionCase<'a>>,
    /// The first look.
    pub before: &'a Snapshot,
    /// What was found then.
    pub found: &'a Diagnosis,
    /// What is wrong with the journal or the files it vouches for, if anything is.
    pub altered: Option<String>,
    /// What would have been done, or was planned first.
    pub plan: Option<&'a Plan>,
    /// The last look, if there was another.
    pub after: Option<(&'a Snapshot, &'a Diagnosis)>,
    /// The version of the program that writes the report.
    pub program: &'a str,
    /// What a person added.
    pub notes: &'a [String],
    /// Whether account numbers are masked.
    pub mask_account: bool,
}

/// The part of a session in a post-mortem.
#[derive(Clone, Debug)]
pub struct SessionCase<'a> {
    /// Its name.
    pub id: &'a str,
    /// Its records.
    pub records: &'a [Record],
    /// What they add up to.
    pub history: &'a History,
}

impl<'a> Case<'a> {
    /// The last look there was.
    fn last(&self) -> (&'a Snapshot, &'a Diagnosis) {
        self.after.unwrap_or((self.before, self.found))
    }

    /// Every snapshot, the oldest first.
    fn snapshots(&self) -> Vec<&'a Snapshot> {
        std::iter::once(self.before).chain(self.after.map(|(snapshot, _)| snapshot)).collect()
    }

    /// The last moment that anything is known of.
    fn end(&self) -> Timestamp {
        let looked = self.last().0.taken_at;
        self.session.as_ref().map_or(looked, |session| session.history.last.max(looked))
    }
}

impl Postmortem {
    /// Builds the model.
    pub fn new(case: &Case<'_>) -> Self {
        let tried = check::tried(case.before);
        let became = Became::of(case);
        let impact = impact::impact(case, &tried);
        let timeline = timeline::timeline(case, &became, impact.began);
        let mut postmortem = Self {
            schema: model::REPORT_SCHEMA,
            title: summary::title(case),
            session: case.session.as_ref().map(|session| session.id.to_owned()),
            outcome: summary::outcome(case),
            warnings: summary::warnings(case),
            summary: summary::summary(case, &impact, &tried),
            severity: impact.severity,
            impact: impact.phases,
            causes: cause::causes(case),
            tried: cause::told_tries(tried),
            timeline: timeline.entries,
            stretches: timeline.stretches,
            left_out: timeline.left_out,
            actions: done::actions(case, &became),
            left: done::left(case),
            prevention: prevention::todos(case),
            unknown: unknown::unknown(case),
            notes: case.notes.iter().map(|note| super::redacted(note)).collect(),
            appendix: appendix::appendix(case),
        };
        if case.mask_account {
            postmortem.mask_account(case);
        }
        postmortem
    }
}
