//! Who changed what, from CloudTrail's events.
//!
//! CloudTrail writes EC2's calls in two grammars: most in camel case with lists as
//! `{"items": […]}`, the younger ones wrapped under the request's name as on the wire
//! (`{"CreateNatGatewayRequest": {"SubnetId": …}}`). So names are looked for at any depth and
//! without regard to case.

use serde_json::Value;

use super::Trigger;
use crate::world::{Snapshot, TrailEvent};

/// The first text under a name, at any depth.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    match value {
        Value::Object(members) => {
            let own = members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            own.and_then(|(_, value)| value.as_str())
                .or_else(|| members.values().find_map(|value| text(value, name)))
        }
        Value::Array(items) => items.iter().find_map(|item| text(item, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// All texts of a document, at any depth.
fn any_text(value: &Value, wanted: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(own) => wanted(own),
        Value::Object(members) => members.values().any(|value| any_text(value, wanted)),
        Value::Array(items) => items.iter().any(|item| any_text(item, wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A request parameter, by its name in either grammar.
pub(super) fn asked<'a>(event: &'a TrailEvent, name: &str) -> Option<&'a str> {
    text(&event.request, name)
}

/// A member of the answer, by its name in either grammar.
pub(super) fn answered<'a>(event: &'a TrailEvent, name: &str) -> Option<&'a str> {
    text(&event.response, name)
}

/// Whether an event is about something, by its identifier.
pub(super) fn mentions(event: &TrailEvent, id: &str) -> bool {
    event.resources.iter().any(|resource| resource == id)
        || any_text(&event.request, &|text| text == id)
        || any_text(&event.response, &|text| text == id)
}

/// Whether an event is about the environment, by its identifier or its name.
pub(super) fn is_about(world: &Snapshot, event: &TrailEvent) -> bool {
    let own = world.environment.value();
    own.is_some_and(|own| mentions(event, own.id.as_str()) || mentions(event, &own.name))
}

/// Events that had an effect, oldest first.
pub(super) fn effective(world: &Snapshot) -> Vec<&TrailEvent> {
    let mut events: Vec<&TrailEvent> =
        world.trail.items().iter().filter(|event| event.error.is_none()).collect();
    events.sort_by_key(|event| event.at);
    events
}

/// The newest effective call of one of these names that mentions one of these identifiers.
pub(super) fn trigger<'a>(
    world: &Snapshot,
    calls: &[&str],
    ids: impl IntoIterator<Item = &'a str>,
) -> Option<Trigger> {
    let ids: Vec<&str> = ids.into_iter().collect();
    let events = effective(world);
    events.into_iter().rev().filter(|event| calls.contains(&event.name.as_str())).find_map(
        |event| {
            let about = ids.iter().find(|id| mentions(event, id))?;
            Some(told(event, about))
        },
    )
}

/// An event as the trigger of a finding.
pub(super) fn told(event: &TrailEvent, resource: &str) -> Trigger {
    Trigger {
        at: event.at,
        user: event.user.clone(),
        principal: event.principal.clone(),
        call: event.name.clone(),
        resource: resource.to_owned(),
        event: event.id.clone(),
    }
}

/// The newest effective call of one of these names, whatever it is on.
pub(super) fn latest_call<'a>(world: &'a Snapshot, calls: &[&str]) -> Option<&'a TrailEvent> {
    let events = effective(world);
    events.into_iter().rev().find(|event| calls.contains(&event.name.as_str()))
}
