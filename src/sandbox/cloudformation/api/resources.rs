//! DescribeStackResource, DescribeStackResources and ListStackResources.

use serde_json::{Value, json};

use super::super::exports::live;
use super::super::template::invalid;
use super::{PAGE, page, rows, stack_by_id};
use crate::sandbox::{Account, Answer, Call, Params};

pub(super) fn describe_one(account: &mut Account, call: &Call) -> Answer {
    let (name, logical) = (call.params.need("StackName")?, call.params.need("LogicalResourceId")?);
    let stack = account.here.cloudformation.find(name);
    let stack = stack.ok_or_else(|| invalid(format!("Stack '{name}' does not exist")))?;
    let resource = stack
        .resources
        .get(logical)
        .ok_or_else(|| invalid(format!("Resource {logical} does not exist for stack {name}")))?;
    let declared = stack.made.template.resource(logical);
    let metadata = declared.and_then(|declared| declared.get("Metadata"));
    let mut row = rows::resource(stack, resource, "LastUpdatedTimestamp");
    row["Metadata"] = metadata.map_or_else(|| "{}".to_owned(), Value::to_string).into();
    row["Description"] = declared.and_then(|it| it.get("Description")).cloned().into();
    Ok(json!({"StackResourceDetail": row}))
}

/// The resources of a stack, which can be named by one of its resources' physical id.
pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let stack = match (params.text("StackName"), params.text("PhysicalResourceId")) {
        (Some(_), Some(_)) => {
            return Err(invalid(
                "You cannot specify both PhysicalResourceId and StackName in the same request",
            ));
        }
        (Some(name), None) => stack_by_id(account, name)?,
        (None, Some(physical)) => live(account)
            .find(|stack| stack.resources.values().any(|resource| resource.physical == physical))
            .ok_or_else(|| invalid(format!("Stack for {physical} does not exist")))?,
        (None, None) => {
            return Err(invalid("Either StackName or PhysicalResourceId must be specified"));
        }
    };
    let logical = params.text("LogicalResourceId");
    let rows: Vec<Value> = stack
        .resources
        .values()
        .filter(|resource| logical.is_none_or(|logical| resource.logical == logical))
        .map(|resource| rows::resource(stack, resource, "Timestamp"))
        .collect();
    if let Some(logical) = logical.filter(|_| rows.is_empty()) {
        let name = params.text("StackName").unwrap_or(&stack.name);
        let text = format!("Resource {logical} does not exist for stack {name}");
        return Err(invalid(text));
    }
    Ok(json!({"StackResources": rows}))
}

pub(super) fn list(account: &mut Account, call: &Call) -> Answer {
    let stack = stack_by_id(account, call.params.need("StackName")?)?;
    let rows = stack
        .resources
        .values()
        .map(|resource| {
            let mut row = rows::resource(stack, resource, "LastUpdatedTimestamp");
            if let Some(members) = row.as_object_mut() {
                members.remove("StackName");
                members.remove("StackId");
            }
            row
        })
        .collect();
    page("StackResourceSummaries", rows, call, PAGE)
}
