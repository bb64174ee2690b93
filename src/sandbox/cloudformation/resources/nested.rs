//! Stacks within stacks.

#![expect(
    clippy::filter_map_next,
    clippy::needless_pass_by_value,
    clippy::wildcard_enum_match_arm,
    reason = "plainer as it is written; only some kinds or shapes of value matter here, and the rest is one case"
)]

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{PLAIN, Provider, Replace};
use crate::sandbox::Service::S3;
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};
use crate::sandbox::cloudformation::request::{DeleteRequest, StackRequest};
use crate::sandbox::cloudformation::stack::OnFailure;
use crate::sandbox::cloudformation::status::StackStatus;
use crate::sandbox::cloudformation::template::{Template, plain_text};
use crate::sandbox::cloudformation::{lifecycle, rollback};

pub(super) const PROVIDERS: &[Provider] = &[Provider {
    kind: "AWS::CloudFormation::Stack",
    voice: Voice::Bare,
    required: &["TemplateURL"],
    replace: Replace::Never,
    create,
    settle,
    update,
    remove,
    pace: 5,
    ..PLAIN
}];

/// What the nested stack is to be made of.
fn request(bench: &mut Bench<'_>, name: String) -> Result<StackRequest, Failure> {
    let url = bench.text("TemplateURL").unwrap_or_default();
    let body = fetch(bench, &url)?;
    let template = Template::read(&body)?;
    let parameters = bench.property("Parameters").as_object().cloned().unwrap_or_default();
    let found = bench.account.here.cloudformation.find(&bench.stack);
    let capabilities = found.map(|found| found.made.capabilities.clone()).unwrap_or_default();
    let tags = bench.all_tags();
    let caller = bench.caller.clone();
    Ok(StackRequest {
        body: Some(body),
        parameters: parameters
            .into_iter()
            .map(|(name, value)| (name, plain_text(&value)))
            .collect::<BTreeMap<_, _>>(),
        tags: tags.into_iter().filter(|(key, _)| !key.starts_with("aws:")).collect(),
        capabilities,
        // What a nested stack made is taken back by its parent's rollback.
        on_failure: OnFailure::DoNothing,
        parent: Some(bench.stack.clone()),
        ..StackRequest::new(&name, template.tree, caller)
    })
}

/// The template from S3, in either form of address.
fn fetch(bench: &mut Bench<'_>, url: &str) -> Result<String, Failure> {
    let unsupported = || Failure::own("TemplateURL must be a supported URL.");
    let rest = url.strip_prefix("https://").ok_or_else(unsupported)?;
    let (host, path) = rest.split_once('/').ok_or_else(unsupported)?;
    let (bucket, key) = match host.split_once(".s3") {
        Some((bucket, _)) => (bucket, path),
        None if host.starts_with("s3") => path.split_once('/').ok_or_else(unsupported)?,
        None => return Err(unsupported()),
    };
    let answer = bench.call(S3, "GetObject", json!({"Bucket": bucket, "Key": key}))?;
    Ok(plain_text(answer.get("Body").unwrap_or(&Value::Null)))
}

fn create(bench: &mut Bench<'_>) -> Result<String, Failure> {
    // Named PARENT-LOGICALID-RANDOM, as recorded.
    let name = bench.new_name(128);
    let request = request(bench, name)?;
    Ok(lifecycle::create(bench.account, request)?)
}

fn settle(bench: &mut Bench<'_>) -> Result<Pace<Value>, Failure> {
    let Some(found) = bench.account.here.cloudformation.find(&bench.physical) else {
        return Err(Failure::own(format!("Stack [{}] does not exist", bench.physical)));
    };
    if found.status.in_progress() {
        return Ok(Pace::Again(5));
    }
    let reason = found.reason.clone().unwrap_or_default();
    let verb = match found.status {
        StackStatus::CreateComplete
        | StackStatus::UpdateComplete
        | StackStatus::UpdateRollbackComplete
            if found.status != StackStatus::UpdateRollbackComplete || bench.round == 0 =>
        {
            let outputs: Map<String, Value> = found
                .outputs
                .iter()
                .map(|output| (format!("Outputs.{}", output.key), json!(output.value)))
                .collect();
            return Ok(Pace::Ready(Value::Object(outputs)));
        }
        StackStatus::CreateFailed | StackStatus::RollbackComplete => "created",
        _ => "updated",
    };
    // The reason of a stack that was rolled back is only in its events.
    let reason = if reason.is_empty() { first_failure(found) } else { reason };
    Err(Failure::own(format!("Embedded stack {} was not successfully {verb}: {reason}", found.id)))
}

/// The reason that the stack's own events tell for its failure.
fn first_failure(stack: &crate::sandbox::cloudformation::Stack) -> String {
    let own = stack.events.iter().rev().filter(|event| event.physical == stack.id);
    let told = own.filter(|event| event.status.contains("ROLLBACK_IN_PROGRESS"));
    told.filter_map(|event| event.reason.clone()).next().unwrap_or_default()
}

fn update(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let id = bench.physical.clone();
    let found = bench.account.here.cloudformation.find(&id);
    if found.is_some_and(|found| found.status == StackStatus::UpdateRollbackFailed) {
        let skip = skipped(bench);
        let caller = bench.caller.clone();
        let request = rollback::RollbackRequest { name: id, skip, caller, token: None };
        rollback::continue_update_rollback(bench.account, request)?;
        return Ok(());
    }
    let request = request(bench, id)?;
    match lifecycle::update(bench.account, request) {
        Err(fault) if fault.message != "No updates are to be performed." => Err(fault.into()),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// What the parent's operation skips in this stack, `NESTED.LOGICAL`.
fn skipped(bench: &Bench<'_>) -> Vec<String> {
    let found = bench.account.here.cloudformation.find(&bench.stack);
    let operation = found.and_then(|found| found.operation.as_ref());
    let prefix = format!("{}.", bench.logical);
    let skip = operation.into_iter().flat_map(|operation| &operation.skip);
    skip.filter_map(|name| name.strip_prefix(&prefix).map(str::to_owned)).collect()
}

fn remove(bench: &mut Bench<'_>) -> Result<Pace<()>, Failure> {
    let Some(found) = bench.account.here.cloudformation.find(&bench.physical) else {
        return Ok(Pace::Ready(()));
    };
    match found.status {
        StackStatus::DeleteComplete => return Ok(Pace::Ready(())),
        StackStatus::DeleteInProgress => return Ok(Pace::Again(5)),
        StackStatus::DeleteFailed if bench.round > 0 => {
            return Err(Failure::own(format!(
                "Embedded stack {} was not successfully deleted: {}",
                found.id,
                found.reason.clone().unwrap_or_default()
            )));
        }
        status if status.in_progress() => return Ok(Pace::Again(5)),
        _ => {}
    }
    let request = DeleteRequest::new(&bench.physical, bench.caller.clone());
    lifecycle::delete(bench.account, request)?;
    Ok(Pace::Again(5))
}
