//! DescribeStackEvents and DescribeEvents.

use serde_json::{Value, json};

use super::super::stack::{Event, OperationType, Stack};
use super::super::template::invalid;
use super::{PAGE, page, rows, stack_in_brackets};
use crate::sandbox::{Account, Answer, Call, Params};

pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    let Some(name) = call.params.text("StackName") else {
        return Err(invalid(
            "1 validation error detected: Value null at 'stackName' failed to \
            satisfy constraint: Member must not be null",
        ));
    };
    let stack = stack_in_brackets(account, name)?;
    let rows = stack.events.iter().rev().map(|event| rows::event(stack, event)).collect();
    page("StackEvents", rows, call, PAGE)
}

/// DescribeEvents: by operation, and only failures if asked so.
pub(super) fn describe_operations(account: &mut Account, call: &Call) -> Answer {
    let operation = call.params.text("OperationId");
    let stack = match (call.params.text("StackName"), operation) {
        (Some(name), _) => stack_in_brackets(account, name)?,
        (None, Some(id)) => {
            let stacks = account.here.cloudformation.stacks.iter();
            let mut running = stacks.filter(|stack| kind(stack, id).is_some());
            running.next().ok_or_else(|| invalid(format!("Operation [{id}] does not exist")))?
        }
        (None, None) => {
            return Err(invalid("StackName, ChangeSetName or OperationId must be specified"));
        }
    };
    let failed = call.params.get("Filters").is_some_and(|filters| filters.flag("FailedEvents"));
    let rows = stack
        .events
        .iter()
        .rev()
        .filter(|event| operation.is_none_or(|id| event.operation == id))
        .filter(|event| !failed || event_type(stack, event) == "PROVISIONING_ERROR")
        .map(|event| row(stack, event))
        .collect();
    page("OperationEvents", rows, call, PAGE)
}

fn kind(stack: &Stack, operation: &str) -> Option<OperationType> {
    stack.operations.iter().find(|(id, _)| id == operation).map(|(_, kind)| *kind)
}

fn event_type(stack: &Stack, event: &Event) -> &'static str {
    if event.physical == stack.id {
        "STACK_EVENT"
    } else if event.status.ends_with("_FAILED") {
        "PROVISIONING_ERROR"
    } else {
        "PROGRESS_EVENT"
    }
}

fn row(stack: &Stack, event: &Event) -> Value {
    let about_stack = event.physical == stack.id;
    // A rollback's end is the failure of what was asked for.
    let outcome = if event.status.ends_with("_IN_PROGRESS") {
        "IN_PROGRESS"
    } else if event.status.ends_with("_FAILED") || event.status.contains("ROLLBACK") {
        "FAILED"
    } else {
        "SUCCEEDED"
    };
    json!({
        "EventId": event.id,
        "StackId": stack.id,
        "OperationId": event.operation,
        "OperationType": kind(stack, &event.operation).map(OperationType::word),
        "OperationStatus": about_stack.then_some(outcome),
        "EventType": event_type(stack, event),
        "LogicalResourceId": event.logical,
        "PhysicalResourceId": event.physical,
        "ResourceType": event.kind,
        "Timestamp": event.at.to_string(),
        "ResourceStatus": event.status,
        "ResourceStatusReason": event.reason,
        "ResourceProperties": event.properties,
        "ClientRequestToken": event.token,
    })
}
