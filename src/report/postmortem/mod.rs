//! The post-mortem: what a team would otherwise write the day after.
//!
//! [`Postmortem::new`] builds one model from a session's records and snapshots; [`markdown`],
//! HTML and JSON only write it down. Every text in the model is free of secrets and control
//! characters; each format escapes what would mean something in it. The same session gives the
//! same bytes: no clock is read.

#![expect(clippy::missing_panics_doc, reason = "plainer as it is written")]

mod appendix;
mod cause;
mod done;
mod html;
mod impact;
mod markdown;
mod model;
mod picture;
mod prevention;
mod summary;
mod timeline;
mod unknown;

pub use html::html;
pub use markdown::markdown;
pub use model::{
    Appendix, Call, CausePart, DoneAction, Entry, Fact, Lane, Phase, Postmortem, Todo, Tone, Way,
    Who,
};

use crate::check::Diagnosis;
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
    /// What is wrong with the journal or the files it vouches for, if anything is.
    pub broken: Option<String>,
}

impl Case<'_> {
    /// The last look there was.
    fn last(&self) -> (&Snapshot, &Diagnosis) {
        self.after.unwrap_or((self.before, self.found))
    }
}

impl Postmortem {
    /// Builds the model.
    pub fn new(case: &Case<'_>) -> Self {
        let impact = impact::impact(case);
        let timeline = timeline::timeline(case, impact.began);
        let mut postmortem = Self {
            schema: model::REPORT_SCHEMA,
            title: summary::title(case),
            session: case.session.as_ref().map(|session| session.id.to_owned()),
            outcome: summary::outcome(case),
            severity: impact.severity,
            warnings: summary::warnings(case),
            summary: summary::summary(case, &impact.phases),
            impact: impact.phases,
            causes: cause::causes(case),
            tried: cause::tried(case),
            timeline: timeline.entries,
            left_out: timeline.left_out,
            actions: done::actions(case),
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
