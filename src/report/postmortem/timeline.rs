//! Everything that happened, on one axis.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Case, Entry, Lane, SessionCase, Tone, done};
use crate::journal::{
    Event, Happening, HappeningSource, Record, SessionEvent, StepEvent, UndoEvent, WaitEnd,
};
use crate::report::redacted;
use crate::report::words::{capital, lasting, list};
use crate::world::{Activity, EnvironmentEvent, Snapshot, StackEvent, TrailEvent};

/// How long before the first sign of trouble the timeline begins.
// Long enough to show the deployment or change that people will ask about first.
const LEAD: SignedDuration = SignedDuration::from_mins(30);
/// How far back it goes where nothing says when it began.
const DEFAULT_REACH: SignedDuration = SignedDuration::from_hours(24);

/// The timeline, and what was left out of it.
pub(super) struct Timeline {
    pub(super) entries: Vec<Entry>,
    pub(super) left_out: usize,
}

/// Puts AWS's events, CloudTrail's and our own on one axis.
pub(super) fn timeline(case: &Case<'_>, began: Option<Timestamp>) -> Timeline {
    let opened = case.session.as_ref().map_or(case.before.taken_at, |one| one.history.opened);
    let from = began.map_or(opened - DEFAULT_REACH, |began| began - LEAD);
    let mut axis = Axis { from, seen: BTreeSet::new(), entries: Vec::new(), left_out: 0 };
    let snapshots = [Some(case.before), case.after.map(|(snapshot, _)| snapshot)];
    for snapshot in snapshots.into_iter().flatten() {
        axis.snapshot(snapshot);
    }
    if let Some(session) = &case.session {
        for record in session.records {
            axis.record(record, session);
        }
    }
    // Stable, so that what happened in one second stays in the order it was told.
    axis.entries.sort_by_key(|entry| entry.at);
    Timeline { entries: axis.entries, left_out: axis.left_out }
}

struct Axis {
    from: Timestamp,
    /// What is there already, so that the same event of two snapshots stands once.
    seen: BTreeSet<(Timestamp, String)>,
    entries: Vec<Entry>,
    left_out: usize,
}

impl Axis {
    fn put(&mut self, at: Timestamp, lane: Lane, who: &str, what: &str, tone: Tone) {
        let what = redacted(what);
        if at >= self.from && self.seen.insert((at, what.clone())) {
            self.entries.push(Entry { at, lane, who: redacted(who), what, tone });
        }
    }

    fn snapshot(&mut self, snapshot: &Snapshot) {
        // AWS gives the newest first; what happened in one second is to be read the other way.
        for event in snapshot.events.items().iter().rev() {
            self.environment_event(event);
        }
        for (name, facts) in &snapshot.stacks {
            for event in facts.events.items().iter().rev() {
                self.stack_event(event, name.as_str());
            }
        }
        for activity in snapshot.scaling.activities.items().iter().rev() {
            self.activity(activity);
        }
        for event in snapshot.trail.items().iter().rev() {
            self.trail_event(event);
        }
    }

    fn environment_event(&mut self, event: &EnvironmentEvent) {
        let tone = environment_tone(&event.severity, &event.message);
        self.put(event.at, Lane::Environment, "Elastic Beanstalk", &event.message, tone);
    }

    /// The stack's own states and everything that failed; the rest is routine.
    fn stack_event(&mut self, event: &StackEvent, stack: &str) {
        let own = event.kind == "AWS::CloudFormation::Stack" && event.logical.as_str() == stack;
        let failed = event.status.ends_with("_FAILED");
        let cascade = event
            .reason
            .as_deref()
            .is_some_and(|reason| reason.contains("cancelled") || reason.contains("canceled"));
        if !own && (!failed || cascade) {
            self.left_out += usize::from(event.at >= self.from);
            return;
        }
        let tone = stack_tone(&event.status);
        let what = stack_sentence(event.logical.as_str(), &event.status, event.reason.as_deref());
        self.put(event.at, Lane::Stack, stack, &what, tone);
    }

    fn activity(&mut self, activity: &Activity) {
        let what = activity.description.as_deref().unwrap_or(&activity.status);
        let failed = activity.status == "Failed";
        let why = activity.message.as_deref().filter(|_| failed);
        let text = why.map_or_else(|| what.to_owned(), |why| format!("{what}: {why}"));
        let tone = if failed { Tone::Bad } else { Tone::Neutral };
        self.put(activity.at, Lane::Scaling, &activity.group, &text, tone);
    }

    fn trail_event(&mut self, event: &TrailEvent) {
        let on = if event.resources.is_empty() {
            String::new()
        } else {
            format!(" on {}", list(&event.resources))
        };
        let refused = event.error.as_ref().map(|code| format!(", refused ({code})"));
        let what = format!("{}{on}{}", event.name, refused.unwrap_or_default());
        let tone = if event.error.is_some() { Tone::Bad } else { Tone::Neutral };
        self.put(event.at, Lane::People, &event.user, &what, tone);
    }

    fn record(&mut self, record: &Record, session: &SessionCase<'_>) {
        if let Event::Step { event, .. } = &record.event
            && let StepEvent::Happened(happening) = event.as_ref()
        {
            return self.happening(happening);
        }
        if let Some((what, tone)) = told(&record.event, session) {
            self.put(record.at, Lane::Ebrescue, "ebrescue", &what, tone);
        }
    }

    /// What AWS said while it was watched; usually the last snapshot has it too.
    fn happening(&mut self, happening: &Happening) {
        match happening.source {
            HappeningSource::ElasticBeanstalk => {
                let tone = environment_tone(&happening.status, &happening.message);
                let who = "Elastic Beanstalk";
                self.put(happening.at, Lane::Environment, who, &happening.message, tone);
            }
            HappeningSource::CloudFormation => {
                let reason = Some(happening.message.as_str()).filter(|text| !text.is_empty());
                let what = stack_sentence(&happening.subject, &happening.status, reason);
                let tone = stack_tone(&happening.status);
                if tone == Tone::Bad {
                    self.put(happening.at, Lane::Stack, &happening.subject, &what, tone);
                } else {
                    self.left_out += 1;
                }
            }
        }
    }
}

fn environment_tone(severity: &str, message: &str) -> Tone {
    let failed = ["failed", "Failed", " to Severe", " to Degraded", " to Red"];
    if matches!(severity, "ERROR" | "FATAL") || failed.iter().any(|word| message.contains(word)) {
        Tone::Bad
    } else if message.contains("uccessfully") || message.contains(" to Ok") {
        Tone::Good
    } else {
        Tone::Neutral
    }
}

fn stack_tone(status: &str) -> Tone {
    if status.ends_with("_FAILED") || status.contains("ROLLBACK_IN_PROGRESS") {
        Tone::Bad
    } else if status.ends_with("_COMPLETE") {
        Tone::Good
    } else {
        Tone::Neutral
    }
}

fn stack_sentence(logical: &str, status: &str, reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!("{logical} {status}: {reason}"),
        None => format!("{logical} {status}"),
    }
}

/// What one of our own records says, if it is worth a line.
fn told(event: &Event, session: &SessionCase<'_>) -> Option<(String, Tone)> {
    match event {
        Event::Session(event) => session_event(event).map(|(what, tone)| (capital(&what), tone)),
        Event::Step { step, event } => {
            let title = session.history.planned(step).map_or("", |planned| planned.title.as_str());
            let title = session.history.made(step.round).tell(title);
            let (what, tone) = step_event(event, &title)?;
            Some((format!("{step}: {what}"), tone))
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
                format!(", found {}", list(&look.codes))
            };
            neutral(format!("looked: {}{found}", look.verdict))
        }
        SessionEvent::Planned { plan } => {
            let count = crate::report::words::count(plan.steps.len(), "action");
            neutral(format!("planned {count}"))
        }
        SessionEvent::Preflight { missing } if missing.is_empty() => None,
        SessionEvent::Preflight { missing } => {
            Some((format!("permissions are missing: {}", list(missing)), Tone::Bad))
        }
        SessionEvent::Finished { outcome, summary } => {
            let tone = match outcome {
                crate::journal::Outcome::Recovered | crate::journal::Outcome::NotNeeded => {
                    Tone::Good
                }
                crate::journal::Outcome::NotApproved | crate::journal::Outcome::Interrupted => {
                    Tone::Neutral
                }
                crate::journal::Outcome::NotRecovered
                | crate::journal::Outcome::BeyondRepair
                | crate::journal::Outcome::AwsUnusable
                | crate::journal::Outcome::WorldMoved => Tone::Bad,
            };
            Some((format!("ended, {outcome}: {summary}"), tone))
        }
    }
}

fn step_event(event: &StepEvent, title: &str) -> Option<(String, Tone)> {
    let (what, tone) = match event {
        StepEvent::Asked => (format!("asked: {title}"), Tone::Neutral),
        StepEvent::Approved { how } => {
            (format!("approved by {}", done::approval(how)), Tone::Neutral)
        }
        StepEvent::Declined { why } => (format!("not done: {}", done::decline(why)), Tone::Neutral),
        StepEvent::Skipped { because } => {
            (format!("skipped, because {because} was not done"), Tone::Neutral)
        }
        StepEvent::AlreadyThere { .. } => ("its effect was there already".to_owned(), Tone::Good),
        StepEvent::GuardFailed { what } => {
            (format!("held back, the world had moved: {}", list(what)), Tone::Bad)
        }
        StepEvent::Started { .. } => (format!("called: {title}"), Tone::Neutral),
        StepEvent::Applied(_) | StepEvent::Happened(_) => return None,
        StepEvent::Refused(refused) => (format!("AWS refused: {refused}"), Tone::Bad),
        StepEvent::InDoubt { why } => (format!("in doubt: {why}"), Tone::Bad),
        StepEvent::Settled { happened: true, evidence, .. } => {
            (format!("the doubt is settled, it was carried out: {evidence}"), Tone::Good)
        }
        StepEvent::Settled { happened: false, evidence, .. } => {
            (format!("the doubt is settled, it was not carried out: {evidence}"), Tone::Neutral)
        }
        StepEvent::Waited { what, seconds, end } => waited(what, *seconds, end),
        StepEvent::Verified { seen } => (format!("verified: {}", list(seen)), Tone::Good),
        StepEvent::Unverified { why } => (format!("not as expected: {why}"), Tone::Bad),
        StepEvent::Undo(event) => return undo_event(event, title),
    };
    Some((what, tone))
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
