//! When it began, when it was noticed, when it was mended.

use jiff::{SignedDuration, Timestamp};

use super::{Case, Phase};
use crate::check::Verdict;
use crate::journal::Outcome;
use crate::report::redacted;
use crate::world::{EnvironmentEvent, Snapshot};

/// The incident in time.
pub(super) struct Impact {
    /// How bad it was as seen.
    pub(super) severity: String,
    /// When it began, as far as it is known.
    pub(super) began: Option<Timestamp>,
    /// Its phases.
    pub(super) phases: Vec<Phase>,
}

/// A moment and what it is known from.
type Known = (Timestamp, String);

/// Works out the phases from what was changed, health events and the session's own records.
pub(super) fn impact(case: &Case<'_>) -> Impact {
    let noticed = turned_bad(case);
    let broken = broken(case, noticed.as_ref().map(|(at, _)| *at));
    let opened = case
        .session
        .as_ref()
        .map(|session| (session.history.opened, "the session's first record".to_owned()));
    let mended = mended(case);
    let began = broken.as_ref().or(noticed.as_ref()).map(|(at, _)| *at);
    let mut phases = Vec::new();
    let steps = [
        ("broken, and not yet noticed", &broken, &noticed),
        ("noticed, and other ways tried", &noticed, &opened),
        ("repair with ebrescue", &opened, &mended),
    ];
    let goes_on = is_unwell(case);
    for (what, from, until) in steps {
        let Some((from, known_from)) = from else { continue };
        let until = until.as_ref().map(|(at, _)| *at).filter(|until| until >= from);
        if until.is_none() && !(goes_on || mended.is_none()) {
            continue;
        }
        phases.push(phase(what, *from, until, known_from));
    }
    if let Some(from) = began {
        let until = mended.as_ref().map(|(at, _)| *at);
        let known_from = mended.as_ref().map_or("it goes on", |(_, known_from)| known_from);
        phases.push(phase("all in all", from, until, known_from));
    }
    Impact { severity: severity(case), began, phases }
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
fn broken(case: &Case<'_>, noticed: Option<Timestamp>) -> Option<Known> {
    let triggers = case.found.causes().filter_map(|cause| cause.trigger.as_ref());
    let before = triggers.filter(|trigger| noticed.is_none_or(|noticed| trigger.at <= noticed));
    before
        .min_by_key(|trigger| trigger.at)
        .map(|trigger| (trigger.at, format!("CloudTrail: {} by {}", trigger.call, trigger.user)))
}

/// Health words that are no reason to wake anybody.
fn is_good(health: &str) -> bool {
    ["ok", "info", "green"].iter().any(|good| health.eq_ignore_ascii_case(good))
}

/// From which health to which an event says the environment went.
fn transition(event: &EnvironmentEvent) -> Option<(&str, &str)> {
    // Source: incidents, section (2b): "Environment health has transitioned from Ok to Severe."
    let (_, rest) = event.message.split_once("nvironment health has transitioned from ")?;
    let (from, rest) = rest.split_once(" to ")?;
    let to = rest.split(['.', ' ']).next()?;
    Some((from, to))
}

/// The last time before the session that health went from good to bad.
fn turned_bad(case: &Case<'_>) -> Option<Known> {
    let turns = |event: &&EnvironmentEvent| {
        transition(event).is_some_and(|(from, to)| is_good(from) && !is_good(to))
    };
    let events = case.before.events.items().iter();
    let last = events.filter(turns).max_by_key(|event| event.at);
    last.map(|event| (event.at, format!("event: {}", event.message)))
        .or_else(|| first_failure(case.before))
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
    first.map(|event| (event.at, format!("event: {}", event.message)))
}

/// When it was well again: by a health event, else by the session's last verified end.
fn mended(case: &Case<'_>) -> Option<Known> {
    let session = case.session.as_ref()?;
    let end = session.history.end.as_ref()?;
    if end.outcome != Outcome::Recovered {
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
        |event| (event.at, format!("event: {}", event.message)),
    ))
}

fn is_unwell(case: &Case<'_>) -> bool {
    case.last().1.verdict != Verdict::Healthy
}

/// How bad it was when it was first looked at.
fn severity(case: &Case<'_>) -> String {
    let word = match case.found.verdict {
        Verdict::Healthy => "none: the environment served",
        Verdict::Degraded => "degraded: it served, but not as it should",
        Verdict::Stuck => "stuck: no ordinary operation could bring it back",
        Verdict::Terminated => "gone: the environment was terminated",
    };
    let environment = case.before.environment.value();
    let health = environment.and_then(|one| one.health_status.as_ref().or(one.health.as_ref()));
    let status = environment.map(|one| one.status.as_str());
    let seen = [status, health.map(String::as_str)].into_iter().flatten().collect::<Vec<_>>();
    redacted(&format!("{word} (seen: {})", seen.join(", ")))
}
