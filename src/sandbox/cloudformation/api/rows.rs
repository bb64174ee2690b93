//! Stacks, resources and events as the API shows them.

use serde_json::{Value, json};

use super::super::stack::{Event, OnFailure, Resource, Stack};
use super::super::status::StackStatus;
use super::super::template::plain_text;

/// A list, or nothing where AWS leaves out what is empty.
fn unless_empty(items: Vec<Value>) -> Option<Vec<Value>> {
    (!items.is_empty()).then_some(items)
}

/// The parameters of a stack; secrets are masked.
pub(in super::super) fn parameters(stack: &Stack) -> Option<Vec<Value>> {
    let declared = &stack.made.template.tree["Parameters"];
    let rows = stack.made.parameters.iter().map(|(key, value)| {
        let secret = plain_text(&declared[key]["NoEcho"]) == "true";
        let value = if secret { "****" } else { value.as_str() };
        json!({"ParameterKey": key, "ParameterValue": value})
    });
    unless_empty(rows.collect())
}

pub(in super::super) fn tags(stack: &Stack) -> Vec<Value> {
    let tags = stack.made.tags.iter();
    tags.map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

fn outputs(stack: &Stack) -> Option<Vec<Value>> {
    let rows = stack.outputs.iter().map(|output| {
        json!({
            "OutputKey": output.key,
            "OutputValue": output.value,
            "Description": output.description,
            "ExportName": output.export,
        })
    });
    unless_empty(rows.collect())
}

fn operations(stack: &Stack) -> Option<Vec<Value>> {
    let newest = stack.operations.iter().take(1);
    let rows = newest.map(|(id, kind)| json!({"OperationType": kind.word(), "OperationId": id}));
    unless_empty(rows.collect())
}

fn drift(stack: &Stack) -> Value {
    match &stack.drift {
        None => json!({"StackDriftStatus": "NOT_CHECKED"}),
        Some((status, at)) => {
            json!({"StackDriftStatus": status, "LastCheckTimestamp": at.to_string()})
        }
    }
}

/// A row of DescribeStacks. Whether a stack is protected is told only to who names it.
pub(super) fn stack(stack: &Stack, named: bool) -> Value {
    let deleted = stack.status == StackStatus::DeleteComplete;
    json!({
        "StackId": stack.id,
        "StackName": stack.name,
        "ChangeSetId": stack.change_set,
        "Description": stack.made.template.tree.get("Description"),
        "Parameters": parameters(stack),
        "CreationTime": stack.created.to_string(),
        "DeletionTime": stack.deleted.map(|at| at.to_string()),
        "LastUpdatedTime": stack.updated.map(|at| at.to_string()),
        "RollbackConfiguration": {},
        "StackStatus": stack.status.word(),
        "StackStatusReason": stack.reason,
        "DisableRollback": stack.on_failure == OnFailure::DoNothing || stack.disable_rollback,
        "NotificationARNs": stack.notifications,
        "TimeoutInMinutes": stack.timeout_minutes,
        "Capabilities":
            (!stack.made.capabilities.is_empty()).then_some(&stack.made.capabilities),
        "Outputs": outputs(stack),
        "RoleARN": stack.role,
        "Tags": tags(stack),
        "EnableTerminationProtection": (named && !deleted).then_some(stack.protected),
        "ParentId": stack.parent,
        "RootId": stack.root,
        "DriftInformation": drift(stack),
        "LastOperations": operations(stack),
    })
}

/// A row of ListStacks.
pub(super) fn summary(stack: &Stack) -> Value {
    json!({
        "StackId": stack.id,
        "StackName": stack.name,
        "TemplateDescription": stack.made.template.tree.get("Description"),
        "CreationTime": stack.created.to_string(),
        "LastUpdatedTime": stack.updated.map(|at| at.to_string()),
        "DeletionTime": stack.deleted.map(|at| at.to_string()),
        "StackStatus": stack.status.word(),
        "StackStatusReason": stack.reason,
        "ParentId": stack.parent,
        "RootId": stack.root,
        "DriftInformation": drift(stack),
        "LastOperations": operations(stack),
    })
}

fn resource_drift(resource: &Resource) -> Value {
    match &resource.drift {
        None => json!({"StackResourceDriftStatus": "NOT_CHECKED"}),
        Some(drift) => json!({
            "StackResourceDriftStatus": drift.status,
            "LastCheckTimestamp": drift.at.to_string(),
        }),
    }
}

/// A row of DescribeStackResources; `time` is the name the operation has for the time.
pub(super) fn resource(stack: &Stack, resource: &Resource, time: &str) -> Value {
    json!({
        "StackName": stack.name,
        "StackId": stack.id,
        "LogicalResourceId": resource.logical,
        "PhysicalResourceId": (!resource.physical.is_empty()).then_some(&resource.physical),
        "ResourceType": resource.kind,
        time: resource.changed.to_string(),
        "ResourceStatus": resource.status.word(),
        "ResourceStatusReason": resource.reason,
        "DriftInformation": resource_drift(resource),
    })
}

/// A row of DescribeStackEvents.
pub(super) fn event(stack: &Stack, event: &Event) -> Value {
    json!({
        "StackId": stack.id,
        "EventId": event.id,
        "StackName": stack.name,
        "OperationId": event.operation,
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
