//! Drift detection.

use serde_json::{Value, json};

use super::super::drift::{self, ResourceDrift};
use super::super::stack::{Resource, Stack};
use super::super::template::invalid;
use super::{PAGE, page, stack_in_brackets};
use crate::sandbox::{Account, Answer, Call, Params};

pub(super) fn detect(account: &mut Account, call: &Call) -> Answer {
    let stack = stack_in_brackets(account, call.params.need("StackName")?)?;
    let (id, status) = (stack.id.clone(), stack.status);
    // "You can only detect drift on stacks in these states", UPDATE_ROLLBACK_FAILED among them:
    // <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/detect-drift-stack.html>
    if status.in_progress() || status.word().starts_with("DELETE_") {
        let word = status.word();
        return Err(invalid(format!(
            "Drift detection cannot be performed on stack [{id}] while stack is in {word} state."
        )));
    }
    let only = call.params.texts("LogicalResourceIds");
    let detection = drift::detect(account, &id, &only);
    Ok(json!({"StackDriftDetectionId": detection}))
}

pub(super) fn status(account: &mut Account, call: &Call) -> Answer {
    let id = call.params.need("StackDriftDetectionId")?;
    let detections = account.here.cloudformation.detections.iter();
    let detection = detections
        .rev()
        .find(|run| run.id == id)
        .ok_or_else(|| invalid(format!("Drift detection id {id} does not exist")))?;
    let drifted = detection.found.map(|count| if count > 0 { "DRIFTED" } else { "IN_SYNC" });
    let word =
        if detection.found.is_some() { "DETECTION_COMPLETE" } else { "DETECTION_IN_PROGRESS" };
    Ok(json!({
        "StackId": detection.stack,
        "StackDriftDetectionId": detection.id,
        "StackDriftStatus": drifted,
        "DetectionStatus": word,
        "DriftedStackResourceCount": detection.found,
        "Timestamp": detection.at.to_string(),
    }))
}

fn row(stack: &Stack, resource: &Resource, drift: &ResourceDrift) -> Value {
    let differences: Vec<Value> = drift
        .differences
        .iter()
        .map(|(path, expected, actual)| {
            json!({
                "PropertyPath": path,
                "ExpectedValue": expected,
                "ActualValue": actual,
                "DifferenceType": "NOT_EQUAL",
            })
        })
        .collect();
    let there = drift.status != "DELETED";
    json!({
        "StackId": stack.id,
        "LogicalResourceId": resource.logical,
        "PhysicalResourceId": resource.physical,
        "ResourceType": resource.kind,
        "ExpectedProperties": drift.expected.to_string(),
        "ActualProperties": there.then(|| drift.actual.to_string()),
        "PropertyDifferences": there.then_some(differences),
        "StackResourceDriftStatus": drift.status,
        "Timestamp": drift.at.to_string(),
    })
}

pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    let stack = stack_in_brackets(account, call.params.need("StackName")?)?;
    let wanted = call.params.texts("StackResourceDriftStatusFilters");
    let rows = stack
        .resources
        .values()
        .filter_map(|resource| Some((resource, resource.drift.as_ref()?)))
        .filter(|(_, drift)| wanted.is_empty() || wanted.iter().any(|word| word == drift.status))
        .map(|(resource, drift)| row(stack, resource, drift))
        .collect();
    page("StackResourceDrifts", rows, call, PAGE)
}

pub(super) fn detect_one(account: &mut Account, call: &Call) -> Answer {
    let (name, logical) = (call.params.need("StackName")?, call.params.need("LogicalResourceId")?);
    let stack = stack_in_brackets(account, name)?;
    let (id, resource) = (stack.id.clone(), stack.resources.get(logical).cloned());
    let resource = resource
        .ok_or_else(|| invalid(format!("Resource {logical} does not exist for stack {name}")))?;
    let drift = drift::look(account, &id, &resource);
    if let Some(found) = account.here.cloudformation.find_mut(&id)
        && let Some(resource) = found.resources.get_mut(logical)
    {
        resource.drift = Some(drift.clone());
    }
    let stack = stack_in_brackets(account, &id)?;
    Ok(json!({"StackResourceDrift": row(stack, &resource, &drift)}))
}
