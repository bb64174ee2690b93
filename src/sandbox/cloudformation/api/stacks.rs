//! DescribeStacks and ListStacks.

#![expect(clippy::unnecessary_sort_by, reason = "plainer as it is written")]

use serde_json::{Value, json};

use super::super::exports::live;
use super::super::status::StackStatus;
use super::super::template::invalid;
use super::{PAGE, page, rows, stack_by_id};
use crate::sandbox::{Account, Answer, Call, Params};

pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    if let Some(name) = call.params.text("StackName") {
        let stack = stack_by_id(account, name)?;
        return Ok(json!({"Stacks": [rows::stack(stack, true)]}));
    }
    let mut stacks: Vec<_> = live(account).collect();
    stacks.sort_by(|one, other| other.created.cmp(&one.created));
    let rows: Vec<Value> = stacks.into_iter().map(|stack| rows::stack(stack, false)).collect();
    page("Stacks", rows, call, PAGE)
}

/// For how long a deleted stack is listed.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html>
const REMEMBERED: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 90);

pub(super) fn list(account: &mut Account, call: &Call) -> Answer {
    let wanted = call.params.texts("StackStatusFilter");
    let known = |word: &String| StackStatus::ALL.iter().any(|status| status.word() == word);
    if let Some(wrong) = wanted.iter().find(|word| !known(word) && !word.starts_with("IMPORT_")) {
        return Err(invalid(format!(
            "1 validation error detected: Value '[{wrong}]' at 'stackStatusFilter' failed to \
             satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value \
             set]"
        )));
    }
    let now = account.now();
    let mut stacks: Vec<_> = account
        .here
        .cloudformation
        .stacks
        .iter()
        .filter(|stack| {
            let gone = stack.status == StackStatus::DeleteComplete;
            let recent = stack.deleted.is_none_or(|at| now.duration_since(at) < REMEMBERED);
            let fits = wanted.is_empty() || wanted.iter().any(|word| word == stack.status.word());
            fits && (!gone || recent)
        })
        .collect();
    stacks.sort_by(|one, other| other.created.cmp(&one.created));
    page("StackSummaries", stacks.into_iter().map(rows::summary).collect(), call, PAGE)
}
