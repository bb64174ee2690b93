//! What we did, from the session's own records.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::aws::{environment_tone, is_routine, stack_sentence, stack_tone};
use super::{Axis, Told};
use crate::journal::{
    Event, Happening, HappeningSource, Outcome, Record, SessionEvent, StepEvent, StepKey,
    UndoEvent, WaitEnd,
};
use crate::report::postmortem::became::Became;
use crate::report::postmortem::{Lane, SessionCase, Tone, done};
use crate::report::words::{capital, count, lasting, list};

/// A step that is done within this time has one line for its call and its check.
const AT_ONCE: SignedDuration = SignedDuration::from_secs(10);

/// Every record that is worth a line.
pub(super) fn records(axis: &mut Axis, session: &SessionCase<'_>, became: &Became<'_>) {
    let mut ours =
        Ours { axis, session, became, calls: BTreeMap::new(), approved: BTreeMap::new() };
    for record in session.records {
        ours.record(record);
    }
}

/// Our records on the way to the axis.
struct Ours<'a> {
    axis: &'a mut Axis,
    session: &'a SessionCase<'a>,
    became: &'a Became<'a>,
    /// Where the line of a step's call stands, and when the call went out.
    calls: BTreeMap<StepKey, (usize, Timestamp)>,
    /// By what a step was approved.
    approved: BTreeMap<StepKey, String>,
}

impl Ours<'_> {
    fn record(&mut self, record: &Record) {
        match &record.event {
            Event::Session(event) => {
                if let Some((what, tone)) = session_event(event) {
                    self.put(record.at, &capital(&what), tone, false);
                }
            }
            Event::Step { step, event } => self.step(record.at, step, event),
        }
    }

    fn step(&mut self, at: Timestamp, key: &StepKey, event: &StepEvent) {
        let title = self.session.history.planned(key).map_or("", |step| step.title.as_str());
        let title = self.became.named(key, title);
        match event {
            StepEvent::Happened(happening) => self.happening(happening),
            StepEvent::Approved { how } => {
                self.approved
                    .insert(key.clone(), format!(" (approved by {})", done::approval(how)));
                let what = format!("{key}: approved by {}", done::approval(how));
                self.put(at, &what, Tone::Neutral, true);
            }
            StepEvent::Started { .. } => {
                let approved = self.approved.get(key).map_or("", String::as_str);
                let what = format!("{key}: {title}{approved}");
                if let Some(place) = self.put(at, &what, Tone::Neutral, false) {
                    self.calls.insert(key.clone(), (place, at));
                }
            }
            StepEvent::Verified { seen } => {
                let at_once =
                    self.calls.get(key).filter(|(_, called)| at.duration_since(*called) <= AT_ONCE);
                let merged = at_once.map(|(place, _)| *place);
                if let Some(place) = merged {
                    let entry = &mut self.axis.entries[place];
                    entry.what.push_str(": done and verified");
                    entry.tone = Tone::Good;
                }
                let what = self.became.named(key, &format!("{key}: verified: {}", list(seen)));
                self.put(at, &what, Tone::Good, merged.is_some());
            }
            StepEvent::Asked
            | StepEvent::Declined { .. }
            | StepEvent::Skipped { .. }
            | StepEvent::AlreadyThere { .. }
            | StepEvent::GuardFailed { .. }
            | StepEvent::Applied(_)
            | StepEvent::Refused(_)
            | StepEvent::InDoubt { .. }
            | StepEvent::Settled { .. }
            | StepEvent::Waited { .. }
            | StepEvent::Unverified { .. }
            | StepEvent::Undo(_) => {
                if let Some((what, tone, routine)) = step_event(event, &title) {
                    let what = self.became.named(key, &format!("{key}: {what}"));
                    self.put(at, &what, tone, routine);
                }
            }
        }
    }

    fn put(&mut self, at: Timestamp, what: &str, tone: Tone, routine: bool) -> Option<usize> {
        let who = Lane::Ebrescue.name();
        self.axis.put(&Told { at, lane: Lane::Ebrescue, who, what, tone, routine })
    }

    /// What AWS said while it was watched; usually the last snapshot has it too.
    fn happening(&mut self, happening: &Happening) {
        let at = happening.at;
        match happening.source {
            HappeningSource::ElasticBeanstalk => {
                let (lane, what) = (Lane::Environment, happening.message.as_str());
                let tone = environment_tone(&happening.status, what);
                let routine = is_routine(what, tone);
                self.axis.put(&Told { at, lane, who: lane.name(), what, tone, routine });
            }
            HappeningSource::CloudFormation => {
                let reason = Some(happening.message.as_str()).filter(|text| !text.is_empty());
                let tone = stack_tone(&happening.status);
                let own = happening.subject.starts_with("awseb-");
                let subject = if own { "the stack" } else { happening.subject.as_str() };
                let what = stack_sentence(subject, &happening.status, reason);
                if own || tone == Tone::Bad {
                    let who = Lane::Stack.name();
                    let routine = tone == Tone::Neutral;
                    let lane = Lane::Stack;
                    self.axis.put(&Told { at, lane, who, what: &what, tone, routine });
                } else {
                    self.axis.left_out += 1;
                }
            }
        }
    }
}

fn session_event(event: &SessionEvent) -> Option<(String, Tone)> {
    let neutral = |text: String| Some((text, Tone::Neutral));
    match event {
        SessionEvent::Opened(header) => {
            let who = header.invocation.principal.as_deref();
            let by = who.map(|who| format!(" as {who}")).unwrap_or_default();
            neutral(format!("`ebrescue {}` began{by}", header.invocation.command))
        }
        SessionEvent::Repaired { dropped } => {
            neutral(format!("a half-written record of {dropped} bytes was cut off"))
        }
        SessionEvent::Resumed(_) => neutral("the session was gone on with".to_owned()),
        SessionEvent::UndoBegun(_) => neutral("taking back began".to_owned()),
        SessionEvent::Looked(look) => {
            let found = if look.codes.is_empty() {
                String::new()
            } else {
                format!("; findings: {}", list(&look.codes))
            };
            neutral(format!("looked: {}{found}", look.verdict))
        }
        SessionEvent::Planned { plan } => {
            neutral(format!("planned {}", count(plan.steps.len(), "action")))
        }
        SessionEvent::Preflight { missing } if missing.is_empty() => None,
        SessionEvent::Preflight { missing } => {
            Some((format!("permissions are missing: {}", list(missing)), Tone::Bad))
        }
        SessionEvent::Finished { outcome, summary } => {
            let tone = match outcome {
                Outcome::Recovered | Outcome::NotNeeded => Tone::Good,
                Outcome::NotApproved | Outcome::Interrupted => Tone::Neutral,
                Outcome::NotRecovered
                | Outcome::BeyondRepair
                | Outcome::AwsUnusable
                | Outcome::WorldMoved => Tone::Bad,
            };
            Some((format!("ended ({outcome}): {summary}"), tone))
        }
    }
}

/// What else happens to a step: in words, how good it is, and whether it is routine.
fn step_event(event: &StepEvent, title: &str) -> Option<(String, Tone, bool)> {
    let (what, tone) = match event {
        StepEvent::Asked => return Some((format!("asked: {title}"), Tone::Neutral, true)),
        StepEvent::Declined { why } => {
            (format!("not done: {title}: {}", done::decline(why)), Tone::Neutral)
        }
        StepEvent::Skipped { because } => {
            (format!("skipped, because {because} was not done: {title}"), Tone::Neutral)
        }
        StepEvent::AlreadyThere { .. } => {
            (format!("nothing to do, it was so already: {title}"), Tone::Good)
        }
        StepEvent::GuardFailed { what } => {
            (format!("held back, the world had moved: {}", list(what)), Tone::Bad)
        }
        StepEvent::Refused(refused) => (format!("AWS refused: {refused}"), Tone::Bad),
        StepEvent::InDoubt { why } => (format!("in doubt: {why}"), Tone::Bad),
        StepEvent::Settled { happened: true, evidence, .. } => {
            (format!("the doubt is settled, it was carried out: {evidence}"), Tone::Good)
        }
        StepEvent::Settled { happened: false, evidence, .. } => {
            (format!("the doubt is settled, it was not carried out: {evidence}"), Tone::Neutral)
        }
        StepEvent::Waited { what, seconds, end } => {
            let (text, tone) = waited(what, *seconds, end);
            return Some((text, tone, *end == WaitEnd::Reached));
        }
        StepEvent::Unverified { why } => (format!("not as expected: {why}"), Tone::Bad),
        StepEvent::Undo(event) => {
            let (what, tone) = undo_event(event, title)?;
            return Some((what, tone, matches!(event, UndoEvent::Asked)));
        }
        StepEvent::Applied(_)
        | StepEvent::Happened(_)
        | StepEvent::Approved { .. }
        | StepEvent::Started { .. }
        | StepEvent::Verified { .. } => return None,
    };
    Some((what, tone, false))
}

fn waited(what: &str, seconds: u64, end: &WaitEnd) -> (String, Tone) {
    let time = lasting(SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX)));
    let (how, tone) = match end {
        WaitEnd::Reached => ("reached".to_owned(), Tone::Good),
        WaitEnd::Hopeless { why } => (format!("given up as hopeless: {why}"), Tone::Bad),
        WaitEnd::TimedOut => ("given up, it took too long".to_owned(), Tone::Bad),
        WaitEnd::OutOfTime => ("left, the command's time was over".to_owned(), Tone::Neutral),
        WaitEnd::Left => ("left by the person".to_owned(), Tone::Neutral),
        WaitEnd::Blind { why } => (format!("AWS could not be read any more: {why}"), Tone::Bad),
    };
    (format!("waited {time} for {what}: {how}"), tone)
}

fn undo_event(event: &UndoEvent, title: &str) -> Option<(String, Tone)> {
    let (what, tone) = match event {
        UndoEvent::Asked => (format!("asked to take back: {title}"), Tone::Neutral),
        UndoEvent::Approved { how } => {
            (format!("taking back approved by {}", done::approval(how)), Tone::Neutral)
        }
        UndoEvent::Declined { why } => {
            (format!("not taken back: {}", done::decline(why)), Tone::Neutral)
        }
        UndoEvent::Withheld { why } => {
            (format!("kept from being taken back: {why}"), Tone::Neutral)
        }
        UndoEvent::Started { .. } => (format!("called to take back: {title}"), Tone::Neutral),
        UndoEvent::Applied(_) => return None,
        UndoEvent::Refused(refused) => {
            (format!("AWS refused to take it back: {refused}"), Tone::Bad)
        }
        UndoEvent::InDoubt { why } => (format!("taking back is in doubt: {why}"), Tone::Bad),
        UndoEvent::Settled { happened, evidence } => {
            let not = if *happened { "" } else { " not" };
            (format!("it was{not} taken back: {evidence}"), Tone::Neutral)
        }
        UndoEvent::Done { seen } => (format!("taken back: {}", list(seen)), Tone::Good),
        UndoEvent::Failed { why } => (format!("not taken back: {why}"), Tone::Bad),
    };
    Some((what, tone))
}
