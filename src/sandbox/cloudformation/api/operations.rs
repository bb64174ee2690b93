//! Operations that change stacks.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::lifecycle;
use super::super::request::{DeleteRequest, StackRequest};
use super::super::rollback::{self, RollbackRequest};
use super::super::signals;
use super::super::stack::{OnFailure, Stack};
use super::super::template::{Template, invalid};
use super::{stack_by_id, stack_in_brackets};
use crate::sandbox::{Account, Answer, Call, Fault, Params, Service};

/// The longest template that may stand in a request, in bytes.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const LONGEST_BODY: usize = 51_200;

/// The template that a request brings, as it is written.
pub(in super::super) fn body(account: &mut Account, call: &Call) -> Result<Option<String>, Fault> {
    if let Some(body) = call.params.text("TemplateBody") {
        if body.len() > LONGEST_BODY {
            return Err(invalid(format!(
                "1 validation error detected: Value '{body}' at 'templateBody' failed to satisfy \
                 constraint: Member must have length less than or equal to {LONGEST_BODY}"
            )));
        }
        return Ok(Some(body.to_owned()));
    }
    let Some(url) = call.params.text("TemplateURL") else { return Ok(None) };
    let unsupported = || invalid("TemplateURL must be a supported URL.");
    let rest = url.strip_prefix("https://").ok_or_else(unsupported)?;
    let (host, path) = rest.split_once('/').ok_or_else(unsupported)?;
    let (bucket, key) = match host.split_once(".s3") {
        Some((bucket, _)) => (bucket, path),
        None if host.starts_with("s3") => path.split_once('/').ok_or_else(unsupported)?,
        None => return Err(unsupported()),
    };
    let params = json!({"Bucket": bucket, "Key": key});
    let answer = account.call(&call.caller, Service::S3, "GetObject", params);
    let answer = answer.map_err(|fault| {
        invalid(format!(
            "S3 error: {}\nFor more information check \
            http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
            fault.message
        ))
    })?;
    Ok(answer.text("Body").map(str::to_owned))
}

/// A request for a stack as the API has it. `before` is the stack that an update is for.
pub(in super::super) fn request(
    account: &mut Account,
    call: &Call,
    before: Option<&str>,
) -> Result<StackRequest, Fault> {
    let name = call.params.need("StackName")?.to_owned();
    let previous = before.filter(|_| call.params.flag("UsePreviousTemplate"));
    let body = match previous.and_then(|id| account.here.cloudformation.find(id)) {
        Some(stack) => Some(stack.made.template.body.clone()),
        None => body(account, call)?,
    };
    let body =
        body.ok_or_else(|| invalid("Either Template URL or Template Body must be specified."))?;
    let template = Template::read(&body)?;
    let stack = before.and_then(|id| account.here.cloudformation.find(id));
    let (parameters, previous_parameters) = parameters(call)?;
    let params = &call.params;
    let tags = match (params.get("Tags").is_some(), stack) {
        (false, Some(stack)) => stack.made.tags.clone(),
        _ => tags(params),
    };
    let capabilities = params.texts("Capabilities");
    Ok(StackRequest {
        body: Some(body),
        parameters,
        previous_parameters,
        tags,
        capabilities,
        role: params.text("RoleARN").map(str::to_owned),
        token: params.text("ClientRequestToken").map(str::to_owned),
        on_failure: on_failure(params)?,
        disable_rollback: params.flag("DisableRollback"),
        protected: params.flag("EnableTerminationProtection"),
        notifications: params.texts("NotificationARNs"),
        timeout_minutes: params.number("TimeoutInMinutes"),
        policy: params.text("StackPolicyBody").map(str::to_owned),
        ..StackRequest::new(&name, template.tree, call.caller.clone())
    })
}

/// Parameters that are given, and names of those that stay as they are.
fn parameters(call: &Call) -> Result<(BTreeMap<String, String>, BTreeSet<String>), Fault> {
    let (mut given, mut kept) = (BTreeMap::new(), BTreeSet::new());
    for parameter in call.params.list("Parameters") {
        let key = parameter.text("ParameterKey").unwrap_or_default().to_owned();
        let value = parameter.get("ParameterValue").and_then(Value::as_str);
        if !parameter.flag("UsePreviousValue") {
            given.insert(key, value.unwrap_or_default().to_owned());
        } else if value.is_some_and(|value| !value.is_empty()) {
            return Err(invalid(format!(
                "Invalid input for parameter key {key}. Cannot specify usePreviousValue as true \
                 and non empty value for a parameter"
            )));
        } else {
            kept.insert(key);
        }
    }
    Ok((given, kept))
}

fn tags(params: &Value) -> BTreeMap<String, String> {
    let tags = params.list("Tags").iter();
    tags.map(|tag| {
        let text = |name: &str| tag.text(name).unwrap_or_default().to_owned();
        (text("Key"), text("Value"))
    })
    .collect()
}

fn on_failure(params: &Value) -> Result<OnFailure, Fault> {
    let choice = params.text("OnFailure");
    if choice.is_some() && params.get("DisableRollback").is_some() {
        return Err(invalid("You can specify either DisableRollback or OnFailure, but not both."));
    }
    Ok(match choice {
        Some("DO_NOTHING") => OnFailure::DoNothing,
        Some("DELETE") => OnFailure::Delete,
        _ if params.flag("DisableRollback") => OnFailure::DoNothing,
        _ => OnFailure::Rollback,
    })
}

/// Whether a stack has seen a request's token already: then it is the same request again.
fn repeated(stack: &Stack, call: &Call) -> bool {
    let token = call.params.text("ClientRequestToken");
    token.is_some() && stack.events.iter().any(|event| event.token.as_deref() == token)
}

/// What the operations that begin something answer.
fn begun(account: &Account, id: &str) -> Answer {
    let stack = account.here.cloudformation.find(id);
    let operation = stack.and_then(|stack| stack.operations.first()).map(|(id, _)| id.clone());
    Ok(json!({"StackId": id, "OperationId": operation}))
}

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("StackName")?;
    lifecycle::check_name(name)?;
    if let Some(stack) = account.here.cloudformation.find(name)
        && repeated(stack, call)
    {
        let id = stack.id.clone();
        return begun(account, &id);
    }
    let request = request(account, call, None)?;
    let id = lifecycle::create(account, request)?;
    begun(account, &id)
}

pub(super) fn update(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("StackName")?;
    let stack = stack_in_brackets(account, name)?;
    let id = stack.id.clone();
    if repeated(stack, call) {
        return begun(account, &id);
    }
    let without = ["TemplateBody", "TemplateURL", "UsePreviousTemplate"];
    if without.iter().all(|name| call.params.get(*name).is_none()) {
        return Err(invalid("Either Template URL or Template Body must be specified."));
    }
    // A stack that cannot be updated says so before its template is looked at.
    let gone = !stack.status.in_progress() && stack.status.word().starts_with("DELETE_");
    if gone {
        return Err(lifecycle::not_updatable(stack));
    }
    let mut request = request(account, call, Some(&id))?;
    request.name.clone_from(&id);
    refuse_types(&request, call)?;
    lifecycle::update(account, request)?;
    begun(account, &id)
}

/// Refuses resources of types that a request rules out.
fn refuse_types(request: &StackRequest, call: &Call) -> Result<(), Fault> {
    let allowed = call.params.texts("ResourceTypes");
    if allowed.is_empty() {
        return Ok(());
    }
    let fits = |kind: &str| {
        allowed.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(stem) => kind.starts_with(stem),
            None => pattern == kind,
        })
    };
    let resources = request.template.get("Resources").and_then(Value::as_object);
    let kinds = resources.into_iter().flatten().map(|(_, declared)| Template::kind(declared));
    match kinds.into_iter().find(|kind| !fits(kind)) {
        None => Ok(()),
        Some(kind) => {
            let list = allowed.join(", ");
            Err(invalid(format!(
                "Resource type {kind} is not allowed by parameter ResourceTypes [{list}]"
            )))
        }
    }
}

pub(super) fn delete(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("StackName")?;
    if let Some(stack) = account.here.cloudformation.find(name)
        && repeated(stack, call)
    {
        return Ok(json!({}));
    }
    let params = &call.params;
    let request = DeleteRequest {
        retain: params.texts("RetainResources"),
        force: params.text("DeletionMode") == Some("FORCE_DELETE_STACK"),
        role: params.text("RoleARN").map(str::to_owned),
        token: params.text("ClientRequestToken").map(str::to_owned),
        ..DeleteRequest::new(name, call.caller.clone())
    };
    lifecycle::delete(account, request)?;
    Ok(json!({}))
}

fn way_back(call: &Call) -> Result<RollbackRequest, Fault> {
    Ok(RollbackRequest {
        name: call.params.need("StackName")?.to_owned(),
        skip: call.params.texts("ResourcesToSkip"),
        caller: call.caller.clone(),
        token: call.params.text("ClientRequestToken").map(str::to_owned),
    })
}

pub(super) fn continue_rollback(account: &mut Account, call: &Call) -> Answer {
    let request = way_back(call)?;
    let stack = stack_in_brackets(account, &request.name)?;
    if !repeated(stack, call) {
        rollback::continue_update_rollback(account, request)?;
    }
    Ok(json!({}))
}

pub(super) fn rollback(account: &mut Account, call: &Call) -> Answer {
    let request = way_back(call)?;
    let stack = stack_in_brackets(account, &request.name)?;
    let id = stack.id.clone();
    if !repeated(stack, call) {
        rollback::rollback_stack(account, request)?;
    }
    begun(account, &id)
}

pub(super) fn cancel(account: &mut Account, call: &Call) -> Answer {
    let request = way_back(call)?;
    stack_in_brackets(account, &request.name)?;
    rollback::cancel_update(account, &request)?;
    Ok(json!({}))
}

pub(super) fn signal(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let stack = params.need("StackName")?;
    let (logical, unique) = (params.need("LogicalResourceId")?, params.need("UniqueId")?);
    let success = match params.need("Status")? {
        "SUCCESS" => true,
        "FAILURE" => false,
        other => {
            return Err(invalid(format!(
                "1 validation error detected: Value '{other}' at 'status' failed to satisfy \
                 constraint: Member must satisfy enum value set: [FAILURE, SUCCESS]"
            )));
        }
    };
    stack_in_brackets(account, stack)?;
    signals::signal(account, stack, logical, unique, success)?;
    Ok(json!({}))
}

pub(super) fn protect(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("StackName")?;
    let stack = stack_in_brackets(account, name)?;
    let id = stack.id.clone();
    if stack.parent.is_some() {
        // No source for the exact text; the guide says to change the root stack.
        return Err(invalid(format!(
            "Termination protection cannot be changed on nested stack [{id}]. Change it on the \
             root stack."
        )));
    }
    let protected = call.params.flag("EnableTerminationProtection");
    if let Some(stack) = account.here.cloudformation.find_mut(&id) {
        stack.protected = protected;
    }
    Ok(json!({"StackId": id}))
}

pub(super) fn set_policy(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("StackName")?;
    let id = stack_by_id(account, name)?.id.clone();
    let body = call.params.text("StackPolicyBody");
    if body.is_some() && call.params.text("StackPolicyURL").is_some() {
        let text = "You cannot specify both StackPolicyURL and StackPolicyBody";
        return Err(invalid(text));
    }
    let policy: Option<Value> = body.and_then(|body| serde_json::from_str(body).ok());
    if policy.is_none_or(|policy| !policy["Statement"].is_array()) {
        return Err(invalid("Error validating stack policy: Invalid stack policy"));
    }
    if let Some(stack) = account.here.cloudformation.find_mut(&id) {
        stack.policy = body.map(str::to_owned);
    }
    Ok(json!({}))
}

pub(super) fn get_policy(account: &mut Account, call: &Call) -> Answer {
    let stack = stack_by_id(account, call.params.need("StackName")?)?;
    Ok(json!({"StackPolicyBody": stack.policy}))
}
