//! CloudFormation's operations as clients call them.

mod drift;
mod events;
mod exports;
mod operations;
mod resources;
mod rows;
mod stacks;
mod templates;

use serde_json::{Value, json};

pub(super) use operations::request as operations_request;

use super::change_set;
use super::stack::Stack;
use super::template::invalid;
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// Answers one call to CloudFormation.
pub(in crate::sandbox) fn handle(account: &mut Account, call: &Call) -> Answer {
    match call.operation.as_str() {
        "CreateStack" => operations::create(account, call),
        "UpdateStack" => operations::update(account, call),
        "DeleteStack" => operations::delete(account, call),
        "ContinueUpdateRollback" => operations::continue_rollback(account, call),
        "RollbackStack" => operations::rollback(account, call),
        "CancelUpdateStack" => operations::cancel(account, call),
        "SignalResource" => operations::signal(account, call),
        "UpdateTerminationProtection" => operations::protect(account, call),
        "SetStackPolicy" => operations::set_policy(account, call),
        "GetStackPolicy" => operations::get_policy(account, call),
        "DescribeStacks" => stacks::describe(account, call),
        "ListStacks" => stacks::list(account, call),
        "DescribeStackEvents" => events::describe(account, call),
        "DescribeEvents" => events::describe_operations(account, call),
        "DescribeStackResource" => resources::describe_one(account, call),
        "DescribeStackResources" => resources::describe(account, call),
        "ListStackResources" => resources::list(account, call),
        "GetTemplate" => templates::get(account, call),
        "GetTemplateSummary" => templates::summary(account, call),
        "ValidateTemplate" => templates::validate(account, call),
        "ListExports" => exports::list(account, call),
        "ListImports" => exports::imports(account, call),
        "DetectStackDrift" => drift::detect(account, call),
        "DetectStackResourceDrift" => drift::detect_one(account, call),
        "DescribeStackDriftDetectionStatus" => drift::status(account, call),
        "DescribeStackResourceDrifts" => drift::describe(account, call),
        "CreateChangeSet" => change_set::create(account, call),
        "DescribeChangeSet" => change_set::describe(account, call),
        "ExecuteChangeSet" => change_set::execute(account, call),
        "DeleteChangeSet" => change_set::delete(account, call),
        "ListChangeSets" => change_set::list(account, call),
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

/// A stack that must be there; `Stack with id X does not exist` if not.
pub(super) fn stack_by_id<'a>(account: &'a Account, name: &str) -> Result<&'a Stack, Fault> {
    let found = account.here.cloudformation.find(name);
    found.ok_or_else(|| super::lifecycle::absent(name))
}

/// The same in the wording of the operations about events and changes: `Stack [X] does not exist`.
pub(super) fn stack_in_brackets<'a>(account: &'a Account, name: &str) -> Result<&'a Stack, Fault> {
    let found = account.here.cloudformation.find(name);
    found.ok_or_else(|| invalid(format!("Stack [{name}] does not exist")))
}

/// One page of rows, with the token of the next.
pub(super) fn page(member: &str, rows: Vec<Value>, call: &Call, longest: usize) -> Answer {
    let start = match call.params.text("NextToken") {
        None => 0,
        Some(token) => token
            .strip_prefix("page-")
            .and_then(|text| text.parse::<usize>().ok())
            .ok_or_else(|| invalid("NextToken is invalid"))?,
    };
    let next = (rows.len() > start + longest).then(|| format!("page-{}", start + longest));
    let rows: Vec<Value> = rows.into_iter().skip(start).take(longest).collect();
    Ok(json!({member: rows, "NextToken": next}))
}

/// How many rows a page of CloudFormation's lists has.
pub(super) const PAGE: usize = 100;
