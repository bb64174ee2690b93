//! When it began, when it showed, when somebody acted, when it was mended.

use jiff::{SignedDuration, Timestamp};

use super::{Case, Phase};
use crate::check::{Tried, Trigger, Verdict};
use crate::journal::Outcome;
use crate::report::redacted;
use crate::world::{EnvironmentEvent, Snapshot, TrailEvent};

/// The incident in time.
pub(super) struct Impact {
    /// How bad it was as seen.
    pub(super) severity: String,
    /// When it began, as far as it is known.
    pub(super) began: Option<Timestamp>,
    /// When it ended, if it did.
    pub(super) mended: Option<Timestamp>,
    /// Its phases; the last is the whole.
    pub(super) phases: Vec<Phase>,
}

/// The name of the phase that is the whole incident.
pub(super) const WHOLE: &str = "all in all";

/// A moment and what it is known from.
type Known = (Timestamp, String);

/// Works out the phases from what was changed, health events and the session's own records.
pub(super) fn impact(case: &Case<'_>, tried: &[Tried]) -> Impact {
    let shown = turned_bad(case);
    let broken = broken(case, shown.as_ref().map(|(at, _)| *at));
    let acted = tried.first().map(|first| {
        let who = first.who.as_ref().map(|who| format!(" by {who}")).unwrap_or_default();
        (first.at, format!("the first operation after it: {}{who}", first.what))
    });
    let opened = case
        .session
        .as_ref()
        .map(|session| (session.history.opened, "the session's first record".to_owned()));
    let mended = mended(case);
    let began = broken.as_ref().or(shown.as_ref()).map(|(at, _)| *at);
    let marks = [
        ("broken, nothing shows yet", broken),
        ("it shows, nobody acts yet", shown),
        ("operations that could not help", acted),
        ("diagnosis and repair with ebrescue", opened),
    ];
    let mut phases = phases(marks, mended.as_ref().map(|(at, _)| *at));
    if let Some(from) = began {
        let until = mended.as_ref().map(|(at, _)| *at);
        let known_from = mended.as_ref().map_or("it goes on", |(_, known_from)| known_from);
        phases.push(phase(WHOLE, from, until, known_from));
    }
    Impact { severity: severity(case), began, mended: mended.map(|(at, _)| at), phases }
}

/// Each mark begins a phase that the next mark ends; a mark before an earlier one is none.
fn phases(marks: [(&str, Option<Known>); 4], end: Option<Timestamp>) -> Vec<Phase> {
    let mut known: Vec<(&str, Timestamp, String)> = Vec::new();
    for (what, mark) in marks {
        let Some((at, known_from)) = mark else { continue };
        if known.last().is_none_or(|(_, before, _)| at >= *before) {
            known.push((what, at, known_from));
        }
    }
    let ends: Vec<Option<Timestamp>> =
        known.iter().skip(1).map(|(_, at, _)| Some(*at)).chain([end]).collect();
    let all = known.iter().zip(ends).filter(|((_, from, _), until)| *until != Some(*from));
    all.map(|((what, from, known_from), until)| phase(what, *from, until, known_from)).collect()
}

fn phase(what: &str, from: Timestamp, until: Option<Timestamp>, known_from: &str) -> Phase {
    Phase {
        what: what.to_owned(),
        from,
        until,
        seconds: until.map(|until| until.duration_since(from).as_secs()),
        known_from: redacted(known_from),
    }
}

/// The change that broke it, if it came before the environment was seen to suffer.
fn broken(case: &Case<'_>, shown: Option<Timestamp>) -> Option<Known> {
    let triggers = case.found.causes().filter_map(|cause| cause.trigger.as_ref());
    let first = triggers.min_by_key(|trigger| trigger.at)?;
    let began = lead_in(case.before, first);
    let (at, call, user) = began
        .map_or((first.at, &first.call, &first.user), |event| (event.at, &event.name, &event.user));
    let before = shown.is_none_or(|shown| at <= shown);
    before.then(|| (at, format!("CloudTrail: {call} by {user}")))
}

/// How long before the call that finished something off the work on it began.
const LEAD_IN: SignedDuration = SignedDuration::from_mins(15);

/// The first call with which the same person began on the same sort of thing: a route table is
/// disassociated, and instances are cut off, before it is deleted.
fn lead_in<'a>(snapshot: &'a Snapshot, trigger: &Trigger) -> Option<&'a TrailEvent> {
    let noun = noun(&trigger.call)?;
    let near = |event: &&TrailEvent| {
        event.error.is_none()
            && event.user == trigger.user
            && event.at <= trigger.at
            && trigger.at.duration_since(event.at) <= LEAD_IN
            && self::noun(&event.name) == Some(noun)
    };
    snapshot.trail.items().iter().filter(near).min_by_key(|event| event.at)
}

/// What a call is about: `RouteTable` of `DeleteRouteTable`.
fn noun(call: &str) -> Option<&str> {
    let second = call.char_indices().skip(1).find(|(_, letter)| letter.is_ascii_uppercase())?;
    call.get(second.0..)
}

/// Health words that are no reason to wake anybody.
pub(super) fn is_good(health: &str) -> bool {
    ["ok", "info", "green"].iter().any(|good| health.eq_ignore_ascii_case(good))
}

/// From which health to which an event says the environment went.
pub(super) fn transition(event: &EnvironmentEvent) -> Option<(&str, &str)> {
    // Source: incidents, section (2b): "Environment health has transitioned from Ok to Severe."
    let (_, rest) = event.message.split_once("nvironment health has transitioned from ")?;
    let (from, rest) = rest.split_once(" to ")?;
    let to = rest.split('.').next()?.trim();
    Some((from, to))
}

/// The last time before the session that health went from good to bad.
fn turned_bad(case: &Case<'_>) -> Option<Known> {
    let turns = |event: &&EnvironmentEvent| {
        transition(event).is_some_and(|(from, to)| is_good(from) && !is_good(to))
    };
    let events = case.before.events.items().iter();
    let last = events.filter(turns).max_by_key(|event| event.at);
    last.map(|event| (event.at, first_sentence(&event.message)))
        .or_else(|| first_failure(case.before))
}

/// `the event "Environment health has transitioned from Ok to Severe."`: the rest of it stands in
/// the timeline.
fn first_sentence(message: &str) -> String {
    let end = message.find(". ").map_or(message.len(), |end| end + 1);
    format!("the event \"{}\"", &message[..end])
}

/// The first error of the latest run of errors, where no health event tells.
fn first_failure(snapshot: &Snapshot) -> Option<Known> {
    let is_error = |event: &&EnvironmentEvent| matches!(event.severity.as_str(), "ERROR" | "FATAL");
    // Errors of different incidents are further apart than a day.
    let gap = SignedDuration::from_hours(24);
    let mut errors: Vec<&EnvironmentEvent> =
        snapshot.events.items().iter().filter(is_error).collect();
    errors.sort_by_key(|event| std::cmp::Reverse(event.at));
    let mut first: Option<&EnvironmentEvent> = None;
    for event in errors {
        if first.is_some_and(|later| later.at.duration_since(event.at) > gap) {
            break;
        }
        first = Some(event);
    }
    first.map(|event| (event.at, first_sentence(&event.message)))
}

/// When it was well again: by a health event, else by the session's last verified end.
fn mended(case: &Case<'_>) -> Option<Known> {
    let session = case.session.as_ref()?;
    let end = session.history.end.as_ref()?;
    if end.outcome != Outcome::Recovered || session.history.undoing.is_some() {
        return None;
    }
    let turns = |event: &&EnvironmentEvent| {
        event.at >= session.history.opened
            && transition(event).is_some_and(|(from, to)| !is_good(from) && is_good(to))
    };
    let events = case.last().0.events.items().iter();
    let healthy = events.filter(turns).max_by_key(|event| event.at);
    Some(healthy.map_or_else(
        || (end.at, "the session's verified end".to_owned()),
        |event| (event.at, first_sentence(&event.message)),
    ))
}

/// How bad it was when it was first looked at.
fn severity(case: &Case<'_>) -> String {
    let word = match case.found.verdict {
        Verdict::Healthy => "none: the environment served",
        Verdict::Degraded => "degraded: it served, but not as it should",
        Verdict::Stuck => "stuck: no ordinary operation could bring it back",
        Verdict::Terminated => "gone: the environment was terminated",
    };
    redacted(&format!("{word} (seen at the first look: {})", stands(case.before)))
}

/// `status Ready, health Grey (NoData), stack DELETE_FAILED`.
pub(super) fn stands(snapshot: &Snapshot) -> String {
    let Some(environment) = snapshot.environment.value() else {
        return "it could not be read".to_owned();
    };
    let mut parts = vec![format!("status {}", environment.status.as_str())];
    match (&environment.health, &environment.health_status) {
        (Some(health), Some(status)) => parts.push(format!("health {health} ({status})")),
        (Some(one), None) | (None, Some(one)) => parts.push(format!("health {one}")),
        (None, None) => {}
    }
    let stack = snapshot.stack().and_then(|facts| facts.stack.value());
    parts.extend(stack.map(|stack| format!("stack {}", stack.status)));
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::examples::ago;

    #[test]
    fn a_phase_ends_where_the_next_begins_and_an_early_mark_is_none() {
        let mark = |minutes: i64| Some((ago(minutes), "an event".to_owned()));
        let told = phases(
            [("broken", mark(60)), ("shows", mark(50)), ("tried", mark(55)), ("repair", mark(20))],
            Some(ago(5)),
        );
        let told: Vec<(&str, Option<i64>)> =
            told.iter().map(|phase| (phase.what.as_str(), phase.seconds)).collect();
        assert_eq!(told, [("broken", Some(600)), ("shows", Some(1800)), ("repair", Some(900))]);
    }

    #[test]
    fn a_call_is_about_what_follows_its_verb() {
        assert_eq!(noun("DisassociateRouteTable"), noun("DeleteRouteTable"));
        assert_ne!(noun("DeleteRoute"), noun("DeleteRouteTable"));
        assert_eq!(noun("invoke"), None);
    }
}
