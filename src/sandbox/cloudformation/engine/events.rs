//! Statuses and the events that tell of them.

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use crate::sandbox::Account;
use crate::sandbox::cloudformation::stack::{Event, Resource};
use crate::sandbox::cloudformation::status::{ResourceStatus, StackStatus};

/// The type that events of a stack itself carry.
pub(in crate::sandbox::cloudformation) const STACK: &str = "AWS::CloudFormation::Stack";

/// What happens to a resource.
#[derive(Clone, Debug)]
pub(in crate::sandbox::cloudformation) struct Happening {
    /// Its new status.
    pub(in crate::sandbox::cloudformation) status: ResourceStatus,
    /// Why.
    pub(in crate::sandbox::cloudformation) reason: Option<String>,
}

impl Happening {
    /// A status that needs no reason.
    pub(in crate::sandbox::cloudformation) fn plain(status: ResourceStatus) -> Self {
        Self { status, reason: None }
    }

    /// A status with its reason.
    pub(in crate::sandbox::cloudformation) fn because(
        status: ResourceStatus,
        reason: impl Into<String>,
    ) -> Self {
        Self { status, reason: Some(reason.into()) }
    }
}

/// Gives a stack a status and writes the event.
pub(in crate::sandbox::cloudformation) fn stack_event(
    account: &mut Account,
    stack: &str,
    status: StackStatus,
    reason: Option<String>,
) {
    let (id, at) = (account.uuid(), account.now());
    let Some(found) = account.here.cloudformation.find_mut(stack) else { return };
    found.status = status;
    found.reason.clone_from(&reason);
    let (operation, token) = running(found);
    found.events.push(Event {
        id,
        logical: found.name.clone(),
        physical: found.id.clone(),
        kind: STACK.to_owned(),
        at,
        status: status.word().to_owned(),
        reason,
        properties: None,
        operation,
        token,
    });
}

/// Gives a resource a status and writes the event.
pub(in crate::sandbox::cloudformation) fn resource_event(
    account: &mut Account,
    stack: &str,
    logical: &str,
    happening: Happening,
) {
    let at = account.now();
    let Some(found) = account.here.cloudformation.find_mut(stack) else { return };
    let Some(resource) = found.resources.get_mut(logical) else { return };
    resource.status = happening.status;
    resource.reason.clone_from(&happening.reason);
    resource.changed = at;
    let resource = resource.clone();
    past_event(account, stack, &resource, happening);
}

/// Writes an event about something that is not, or no longer, the resource of its logical id.
pub(in crate::sandbox::cloudformation) fn past_event(
    account: &mut Account,
    stack: &str,
    resource: &Resource,
    happening: Happening,
) {
    let at = account.now();
    let Some(found) = account.here.cloudformation.find_mut(stack) else { return };
    let (operation, token) = running(found);
    let (logical, word) = (resource.logical.clone(), happening.status.word());
    let properties = (!resource.properties.is_null()).then(|| resource.properties.to_string());
    found.events.push(Event {
        id: format!("{logical}-{word}-{}", milliseconds(at)),
        logical,
        physical: resource.physical.clone(),
        kind: resource.kind.clone(),
        at,
        status: word.to_owned(),
        reason: happening.reason,
        properties,
        operation,
        token,
    });
}

/// The id and token of the operation under way, or of the last one.
fn running(stack: &crate::sandbox::cloudformation::Stack) -> (String, Option<String>) {
    match &stack.operation {
        Some(operation) => (operation.id.clone(), operation.token.clone()),
        None => (stack.operations.first().map(|(id, _)| id.clone()).unwrap_or_default(), None),
    }
}

/// A time as event ids write it: `2026-03-01T10:00:00.000Z`.
fn milliseconds(at: Timestamp) -> String {
    let round = TimestampRound::new().smallest(Unit::Millisecond).mode(RoundMode::Trunc);
    format!("{:.3}", at.round(round).unwrap_or(at))
}
