//! How things stood over time: the environment's status and health, and its stack's status.

use jiff::Timestamp;

use super::aws::stack_tone;
use crate::report::plain;
use crate::report::postmortem::impact::{is_good, transition};
use crate::report::postmortem::{Case, Stretch, StretchOf, Tone};
use crate::world::{EnvironmentEvent, StackEvent, stack_name};

/// A change of how something stands.
struct Change {
    at: Timestamp,
    word: String,
    tone: Tone,
}

/// Every stretch that reaches beyond the timeline's beginning.
pub(super) fn stretches(case: &Case<'_>, from: Timestamp) -> Vec<Stretch> {
    let until = case.end();
    let events = environment_events(case);
    let all = [
        (StretchOf::Health, health(&events)),
        (StretchOf::Status, status(&events)),
        (StretchOf::Stack, stack(case)),
    ];
    all.into_iter().flat_map(|(of, changes)| drawn(of, &changes, from, until)).collect()
}

/// Each change lasts until the next.
fn drawn(of: StretchOf, changes: &[Change], from: Timestamp, until: Timestamp) -> Vec<Stretch> {
    let ends = changes.iter().skip(1).map(|next| next.at).chain([until]);
    changes
        .iter()
        .zip(ends)
        .filter(|(change, end)| *end > from && *end > change.at)
        .map(|(change, end)| Stretch {
            of,
            from: change.at.max(from),
            until: end,
            word: plain(&change.word),
            tone: change.tone,
        })
        .collect()
}

/// The environment's events of all snapshots, oldest first, each once.
fn environment_events<'a>(case: &Case<'a>) -> Vec<&'a EnvironmentEvent> {
    let mut events: Vec<&EnvironmentEvent> =
        case.snapshots().into_iter().flat_map(|one| one.events.items().iter().rev()).collect();
    events.sort_by_key(|event| event.at);
    events.dedup_by(|one, other| one.at == other.at && one.message == other.message);
    events
}

/// Health before the first change is what that change tells it was.
fn health(events: &[&EnvironmentEvent]) -> Vec<Change> {
    let change = |at: Timestamp, word: &str| {
        let tone = if is_good(word) {
            Tone::Good
        } else if ["pending", "unknown"].iter().any(|open| word.eq_ignore_ascii_case(open)) {
            Tone::Neutral
        } else {
            Tone::Bad
        };
        Change { at, word: word.to_owned(), tone }
    };
    let mut changes: Vec<Change> = Vec::new();
    for event in events {
        let Some((from, to)) = transition(event) else { continue };
        if changes.is_empty() {
            changes.push(change(Timestamp::MIN, from));
        }
        changes.push(change(event.at, to));
    }
    changes
}

/// The environment is Ready unless an operation is under way.
fn status(events: &[&EnvironmentEvent]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut busy = false;
    for event in events {
        let text = event.message.as_str();
        if let Some(word) = begins(text) {
            if changes.is_empty() {
                changes.push(Change::settled(Timestamp::MIN, "Ready", Tone::Neutral));
            }
            changes.push(Change::settled(event.at, word, Tone::Neutral));
            busy = true;
        } else if busy && ends(text) {
            let gone = text.starts_with("terminateEnvironment completed");
            let (word, tone) =
                if gone { ("Terminated", Tone::Neutral) } else { ("Ready", Tone::Neutral) };
            changes.push(Change::settled(event.at, word, tone));
            busy = false;
        }
    }
    changes
}

impl Change {
    fn settled(at: Timestamp, word: &str, tone: Tone) -> Self {
        Self { at, word: word.to_owned(), tone }
    }
}

/// The status that an event's operation brings.
// Source: incidents, section (2b), the first events of operations; statuses of the API model's
// `EnvironmentStatus`.
fn begins(message: &str) -> Option<&'static str> {
    let table = [
        ("createEnvironment is starting", "Launching"),
        ("rebuildEnvironment is starting", "Launching"),
        ("terminateEnvironment is starting", "Terminating"),
        ("Environment update is starting", "Updating"),
        ("restartAppServer is starting", "Updating"),
        ("abortEnvironmentUpdate is starting", "Aborting"),
    ];
    table.into_iter().find(|(begin, _)| message.starts_with(begin)).map(|(_, word)| word)
}

/// Whether an event is the last of an operation.
fn ends(message: &str) -> bool {
    // Source: incidents, section (2a) and (2b), the last events of operations.
    const LAST: [&str; 8] = [
        "Environment update completed successfully",
        "operation is complete, but with",
        "Successfully launched environment",
        "Launched environment:",
        "terminateEnvironment completed",
        "termination step failed",
        "Aborting the operation",
        "restarted on all instances",
    ];
    LAST.iter().any(|last| message.contains(last))
}

/// The stack's status, from the events of the stack itself.
fn stack(case: &Case<'_>) -> Vec<Change> {
    let Some(environment) = case.before.environment.value() else { return Vec::new() };
    let name = stack_name(&environment.id);
    let own = |event: &&StackEvent| {
        event.kind == "AWS::CloudFormation::Stack" && event.logical.as_str() == name.as_str()
    };
    let facts = case.snapshots().into_iter().filter_map(|one| one.stacks.get(&name));
    let events = facts.flat_map(|facts| facts.events.items().iter().rev().filter(own));
    let mut changes: Vec<Change> = events
        .map(|event| Change::settled(event.at, &event.status, stack_tone(&event.status)))
        .collect();
    changes.sort_by_key(|change| change.at);
    changes.dedup_by(|one, other| one.word == other.word);
    changes
}
