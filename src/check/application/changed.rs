//! What a change did to the health check: options that were at their defaults until somebody set
//! them.

use jiff::SignedDuration;
use serde_json::Value;

use crate::check::situation::Situation;
use crate::check::trail;
use crate::check::{Trigger, history};
use crate::world::{Snapshot, TrailEvent};

/// The namespace of the process that the load balancer asks.
pub(super) const PROCESS: &str = "aws:elasticbeanstalk:environment:process:default";

/// Options of the process that decide what is asked and which answer counts.
const OPTIONS: [&str; 4] = ["HealthCheckPath", "Port", "Protocol", "MatcherHTTPCode"];

/// How far back CloudTrail tells.
// Source: CloudTrail user guide, "Working with CloudTrail event history": the past 90 days.
const TOLD: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Options of the health check that one change set for the first time, after which the environment
/// was not well any more.
///
/// Only where CloudTrail tells of the environment's whole life: then what no earlier call set was
/// at its default. Values are not needed for this, and are not kept.
pub(super) fn set_by_a_change(world: &Snapshot) -> Option<(Trigger, Vec<String>)> {
    let own = world.environment.value()?;
    if world.taken_at.duration_since(own.created?) > TOLD {
        return None;
    }
    let about = |event: &&TrailEvent| {
        trail::mentions(event, own.id.as_str()) || trail::mentions(event, &own.name)
    };
    let calls: Vec<&TrailEvent> = trail::effective(world).into_iter().filter(about).collect();
    let change = calls.iter().rposition(|event| {
        event.name == "UpdateEnvironment" && OPTIONS.iter().any(|name| sets(event, name))
    })?;
    let (before, change) = (&calls[..change], calls[change]);
    let whole = before.iter().any(|event| event.name == "CreateEnvironment");
    let was_well = world.events.items().iter().any(|event| {
        event.at < change.at
            && (history::says_success(&event.message) || history::says_recovery(&event.message))
    });
    let is_ill = !Situation::of(world).health_is_good();
    if !whole || !was_well || !is_ill {
        return None;
    }
    let first = |name: &&&str| sets(change, name) && !before.iter().any(|event| sets(event, name));
    let options: Vec<String> = OPTIONS.iter().filter(first).map(|&name| name.to_owned()).collect();
    (!options.is_empty()).then(|| (trail::told(change, &own.name), options))
}

/// Whether a call sets an option of the process.
fn sets(event: &TrailEvent, option: &str) -> bool {
    let listed = event.request.get("optionSettings").and_then(Value::as_array);
    listed.into_iter().flatten().any(|one| {
        let is =
            |member: &str, wanted: &str| one.get(member).and_then(Value::as_str) == Some(wanted);
        is("namespace", PROCESS) && is("optionName", option)
    })
}
