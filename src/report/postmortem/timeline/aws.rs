//! What AWS said: events of Elastic Beanstalk and CloudFormation, activities of Auto Scaling,
//! calls that CloudTrail kept.

use super::{Axis, Told};
use crate::report::postmortem::{Case, Lane, Tone};
use crate::report::words::list;
use crate::world::{
    Activity, Environment, EnvironmentEvent, Snapshot, StackEvent, StackName, TrailEvent,
};

/// Everything a snapshot tells.
pub(super) fn snapshot(axis: &mut Axis, snapshot: &Snapshot, case: &Case<'_>) {
    // AWS gives the newest first; what happened in one second is to be read the other way.
    for event in snapshot.events.items().iter().rev() {
        environment_event(axis, event);
    }
    let own = case.before.environment.value().map(Environment::stack_name);
    for (name, facts) in &snapshot.stacks {
        let who = stack_who(name.as_str(), own.as_ref());
        for event in facts.events.items().iter().rev() {
            stack_event(axis, event, name.as_str(), &who);
        }
    }
    for activity in snapshot.scaling.activities.items().iter().rev() {
        self::activity(axis, activity);
    }
    for event in snapshot.trail.items().iter().rev() {
        trail_event(axis, event, case);
    }
}

fn environment_event(axis: &mut Axis, event: &EnvironmentEvent) {
    let tone = environment_tone(&event.severity, &event.message);
    axis.put(&Told {
        at: event.at,
        lane: Lane::Environment,
        who: Lane::Environment.name(),
        what: &event.message,
        tone,
        routine: is_routine(&event.message, tone),
    });
}

/// Whether an event of the environment is one of the many steps of an operation that goes well.
pub(super) fn is_routine(message: &str, tone: Tone) -> bool {
    // Source: incidents, section (2b), the events of operations and of health.
    const TOLD: [&str; 3] = ["is starting", "health has transitioned", "Application available"];
    tone == Tone::Neutral && !TOLD.iter().any(|told| message.contains(told))
}

/// Whose event it is: the environment's stack needs no name.
pub(super) fn stack_who(stack: &str, own: Option<&StackName>) -> String {
    let service = Lane::Stack.name();
    if own.is_some_and(|own| own.as_str() == stack) {
        service.to_owned()
    } else {
        format!("{service}, {stack}")
    }
}

/// The stack's own states and everything that failed; the rest is routine and not even kept.
fn stack_event(axis: &mut Axis, event: &StackEvent, stack: &str, who: &str) {
    let own = event.kind == "AWS::CloudFormation::Stack" && event.logical.as_str() == stack;
    let failed = event.status.ends_with("_FAILED");
    let cascade = event
        .reason
        .as_deref()
        .is_some_and(|reason| reason.contains("cancelled") || reason.contains("canceled"));
    if !own && (!failed || cascade) {
        axis.left_out += usize::from(event.at >= axis.from);
        return;
    }
    let tone = stack_tone(&event.status);
    let subject = if own { "the stack" } else { event.logical.as_str() };
    axis.put(&Told {
        at: event.at,
        lane: Lane::Stack,
        who,
        what: &stack_sentence(subject, &event.status, event.reason.as_deref()),
        tone,
        routine: tone == Tone::Neutral,
    });
}

fn activity(axis: &mut Axis, activity: &Activity) {
    let what = activity.description.as_deref().unwrap_or(&activity.status);
    let failed = activity.status == "Failed";
    let why = activity.message.as_deref().filter(|_| failed);
    let text = why.map_or_else(|| what.to_owned(), |why| format!("{what}: {why}"));
    axis.put(&Told {
        at: activity.at,
        lane: Lane::Scaling,
        who: Lane::Scaling.name(),
        what: &text,
        tone: if failed { Tone::Bad } else { Tone::Neutral },
        routine: !failed,
    });
}

/// A call that CloudTrail kept.
///
/// What a service does for somebody, and what we called ourselves, is routine: its cause stands
/// in the timeline already.
fn trail_event(axis: &mut Axis, event: &TrailEvent, case: &Case<'_>) {
    let rehearsed = event.error.as_deref().is_some_and(is_rehearsal);
    let refused = match &event.error {
        Some(_) if rehearsed => ", asked with DryRun whether it may be called".to_owned(),
        Some(code) => format!(", refused ({code})"),
        None => String::new(),
    };
    let what = format!("{}{}{refused}", event.name, on(event, case));
    let (lane, who) = caller(event, case);
    let tone = if event.error.is_some() && !rehearsed { Tone::Bad } else { Tone::Neutral };
    let routine = lane != Lane::People && tone == Tone::Neutral;
    axis.put(&Told { at: event.at, lane, who: &who, what: &what, tone, routine });
}

/// Whether a refusal is the answer to a call that was to change nothing.
// Source: EC2 API reference, "DryRunOperation: Request would have succeeded, but DryRun flag is
// set".
fn is_rehearsal(code: &str) -> bool {
    code.ends_with("DryRunOperation")
}

/// In whose lane a call belongs, and who made it.
fn caller(event: &TrailEvent, case: &Case<'_>) -> (Lane, String) {
    if let Some((lane, service)) = on_behalf(event) {
        let itself = event.user.eq_ignore_ascii_case(service.trim_end_matches(".amazonaws.com"));
        let who = if itself {
            lane.name().to_owned()
        } else {
            format!("{}, for {}", lane.name(), event.user)
        };
        return (lane, who);
    }
    if is_ours(event, case) {
        return (Lane::Ebrescue, format!("{}, by ebrescue", event.user));
    }
    (Lane::People, event.user.clone())
}

/// The service that made a call for somebody.
///
/// Source: CloudTrail record contents, `sourceIPAddress`: for actions of AWS services it is the
/// service's DNS name.
pub(super) fn on_behalf(event: &TrailEvent) -> Option<(Lane, &str)> {
    let service = event.source_ip.as_deref().filter(|from| from.ends_with(".amazonaws.com"))?;
    let lane = match service {
        "elasticbeanstalk.amazonaws.com" => Lane::Environment,
        "autoscaling.amazonaws.com" => Lane::Scaling,
        _ => Lane::Stack,
    };
    Some((lane, service))
}

/// Whether a call was made by this session: by its principal, while it ran.
fn is_ours(event: &TrailEvent, case: &Case<'_>) -> bool {
    let Some(session) = &case.session else { return false };
    let history = session.history;
    let runs =
        std::iter::once(&history.header.invocation).chain(&history.resumed).chain(&history.undoing);
    let principal = event.principal.as_ref().map(ToString::to_string);
    let by_us = runs.into_iter().any(|run| run.principal.is_some() && run.principal == principal);
    // CloudTrail tells whole seconds.
    let (from, until) = (history.opened.as_second(), history.last.as_second());
    by_us && (from..=until).contains(&event.at.as_second())
}

/// What a call was made on; the environment stands there by its name alone.
fn on(event: &TrailEvent, case: &Case<'_>) -> String {
    let own = case.before.environment.value();
    let said = |resource: &&String| {
        own.is_none_or(|own| {
            let named = event.resources.contains(&own.name);
            !(named && (**resource == own.application || **resource == own.id.as_str()))
        })
    };
    // A name says as much as the ARN beside it.
    let by_name = event.resources.iter().any(|resource| !resource.starts_with("arn:"));
    let names: Vec<&String> = event
        .resources
        .iter()
        .filter(said)
        .filter(|resource| !by_name || !resource.starts_with("arn:"))
        .collect();
    if names.is_empty() { String::new() } else { format!(" on {}", list(&names)) }
}

pub(super) fn environment_tone(severity: &str, message: &str) -> Tone {
    let failed = ["failed", "Failed", " to Severe", " to Degraded", " to Red", "issues during"];
    let good = ["uccessfully", " to Ok.", " to Green."];
    if matches!(severity, "ERROR" | "FATAL") || failed.iter().any(|word| message.contains(word)) {
        Tone::Bad
    } else if good.iter().any(|word| message.contains(word)) || message.ends_with(" to Ok") {
        Tone::Good
    } else {
        Tone::Neutral
    }
}

pub(super) fn stack_tone(status: &str) -> Tone {
    if status.ends_with("_FAILED") || status.contains("ROLLBACK_IN_PROGRESS") {
        Tone::Bad
    } else if status.ends_with("_COMPLETE") {
        Tone::Good
    } else {
        Tone::Neutral
    }
}

pub(super) fn stack_sentence(subject: &str, status: &str, reason: Option<&str>) -> String {
    match reason.map(str::trim_end).filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("{subject} {status}: {reason}"),
        None => format!("{subject} {status}"),
    }
}
