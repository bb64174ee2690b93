//! Creating, updating and deleting stacks: what is refused at once, and what begins.

use std::collections::BTreeMap;

use super::engine::{Beginning, begin};
use super::operation::Phase;
use super::request::{DeleteRequest, StackRequest};
use super::resources::provider;
use super::stack::{Deployment, OperationType, Stack};
use super::status::{ResourceStatus, StackStatus};
use super::template::{Template, check, invalid, required_capabilities, settle};
use crate::sandbox::{Account, Fault};

/// The reason CloudFormation gives at the beginning of what somebody asked for.
pub(super) const BY_USER: &str = "User Initiated";

/// Begins to create a stack; the answer is its id.
pub fn create(account: &mut Account, request: StackRequest) -> Result<String, Fault> {
    check_name(&request.name)?;
    if account.here.cloudformation.find(&request.name).is_some() {
        let text = format!("Stack [{}] already exists", request.name);
        return Err(Fault::new("AlreadyExistsException", text));
    }
    let made = deployment(account, &request, None)?;
    let beginning = Beginning {
        kind: OperationType::Create,
        phase: Phase::Create,
        status: StackStatus::CreateInProgress,
        token: request.token.clone(),
        reason: Some(BY_USER.to_owned()),
    };
    let minutes = request.timeout_minutes;
    let stack = new_stack(account, request, made);
    let id = stack.id.clone();
    account.here.cloudformation.stacks.push(stack);
    begin(account, &id, beginning, |_, _| {});
    if let Some(minutes) = minutes {
        let late = id.clone();
        let job = move |account: &mut Account| super::engine::time_out(account, &late);
        account.later(minutes * 60, job);
    }
    Ok(id)
}

/// A stack without resources, as it is before anything happens.
pub(super) fn new_stack(account: &mut Account, request: StackRequest, made: Deployment) -> Stack {
    let uuid = account.uuid();
    let parent = request.parent.as_deref().and_then(|id| account.here.cloudformation.find(id));
    let root = parent.map(|parent| parent.root.clone().unwrap_or_else(|| parent.id.clone()));
    Stack {
        id: account.arn("cloudformation", &format!("stack/{}/{uuid}", request.name)),
        name: request.name,
        status: StackStatus::ReviewInProgress,
        reason: None,
        created: account.now(),
        updated: None,
        deleted: None,
        made,
        before: None,
        resources: BTreeMap::new(),
        outputs: Vec::new(),
        events: Vec::new(),
        operations: Vec::new(),
        operation: None,
        unfinished: None,
        on_failure: request.on_failure,
        disable_rollback: request.disable_rollback,
        protected: request.protected,
        role: request.role,
        caller: request.caller,
        notifications: request.notifications,
        timeout_minutes: request.timeout_minutes,
        policy: request.policy,
        parent: request.parent,
        root,
        change_set: None,
        drift: None,
    }
}

/// Refuses a name that is none.
pub(super) fn check_name(name: &str) -> Result<(), Fault> {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(letters) {
        return Ok(());
    }
    Err(invalid(format!(
        "1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: \
         [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*"
    )))
}

/// What a request makes of a template, refused as CloudFormation refuses it before it begins.
pub(super) fn deployment(
    account: &Account,
    request: &StackRequest,
    before: Option<&Deployment>,
) -> Result<Deployment, Fault> {
    let template = Template::from_tree(request.template.clone(), request.body.clone());
    let expands = request.capabilities.iter().any(|given| given == "CAPABILITY_AUTO_EXPAND");
    if template.tree.get("Transform").is_some() && !expands {
        return Err(unacknowledged("CAPABILITY_AUTO_EXPAND"));
    }
    check(&template, |kind| provider(kind).is_some())?;
    let none = BTreeMap::new();
    let kept = before.map_or(&none, |before| &before.parameters);
    let parameters = settle(&template, &request.parameters, &request.previous_parameters, kept)?;
    if let Some((capability, _)) = required_capabilities(&template) {
        let enough = request
            .capabilities
            .iter()
            .any(|given| given == capability || given == "CAPABILITY_NAMED_IAM");
        if !enough {
            return Err(unacknowledged(capability));
        }
    }
    check_role(account, request.role.as_deref())?;
    Ok(Deployment {
        template,
        parameters,
        tags: request.tags.clone(),
        capabilities: request.capabilities.clone(),
    })
}

/// The refusal of a template that does more than the caller said may be done.
fn unacknowledged(capability: &str) -> Fault {
    let text = format!("Requires capabilities : [{capability}]");
    Fault::new("InsufficientCapabilitiesException", text)
}

/// Refuses a role that is not there, or that CloudFormation may not assume.
pub(super) fn check_role(account: &Account, role: Option<&str>) -> Result<(), Fault> {
    let Some(role) = role else { return Ok(()) };
    let name = role.rsplit('/').next().unwrap_or(role);
    let found = account.everywhere.iam.role(name);
    if found.is_some_and(|found| found.trusts("cloudformation.amazonaws.com")) {
        return Ok(());
    }
    Err(invalid(format!("Role {role} is invalid or cannot be assumed")))
}

/// The sentence for a stack that does not exist, in the wording of most operations.
pub(super) fn absent(name: &str) -> Fault {
    invalid(format!("Stack with id {name} does not exist"))
}

/// Begins to update a stack; the answer is its id.
pub fn update(account: &mut Account, request: StackRequest) -> Result<String, Fault> {
    let found = account.here.cloudformation.find(&request.name);
    let found = found.ok_or_else(|| absent(&request.name))?;
    let id = found.id.clone();
    let ready = [
        StackStatus::CreateComplete,
        StackStatus::UpdateComplete,
        StackStatus::UpdateRollbackComplete,
        StackStatus::UpdateFailed,
    ];
    // A stack whose creation failed and was kept can be mended by an update:
    // <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html>
    let kept = found.status == StackStatus::CreateFailed;
    if !ready.contains(&found.status) && !kept {
        return Err(not_updatable(found));
    }
    let role = request.role.clone().or_else(|| found.role.clone());
    let request = StackRequest { role, ..request };
    let made = deployment(account, &request, Some(&found.made))?;
    let same = found.made.template.tree == made.template.tree
        && found.made.parameters == made.parameters
        && found.made.tags == made.tags;
    if same && !matches!(found.status, StackStatus::UpdateFailed | StackStatus::CreateFailed) {
        return Err(invalid("No updates are to be performed."));
    }
    begin_update(account, &id, request, made);
    Ok(id)
}

/// The refusal to update a stack in the status it is in.
pub(super) fn not_updatable(stack: &Stack) -> Fault {
    let (id, status) = (&stack.id, stack.status.word());
    invalid(format!("Stack:{id} is in {status} state and can not be updated."))
}

/// Begins an update that nothing speaks against; the answer is the operation's id.
pub(super) fn begin_update(
    account: &mut Account,
    stack: &str,
    request: StackRequest,
    made: Deployment,
) -> String {
    let now = account.now();
    let beginning = Beginning {
        kind: OperationType::Update,
        phase: Phase::Update,
        status: StackStatus::UpdateInProgress,
        token: request.token,
        reason: Some(BY_USER.to_owned()),
    };
    begin(account, stack, beginning, |found, operation| {
        let before = std::mem::replace(&mut found.made, made);
        // An update over a failed one goes back to what was there before both.
        if found.before.is_none() {
            found.before = Some(before);
        }
        if let Some(unfinished) = found.unfinished.take() {
            operation.touched = unfinished.touched;
            operation.created = unfinished.created;
            operation.replaced = unfinished.replaced;
        }
        found.updated = Some(now);
        found.caller = request.caller;
        found.role = request.role;
        found.disable_rollback = request.disable_rollback;
        if request.policy.is_some() {
            found.policy = request.policy;
        }
        if !request.notifications.is_empty() {
            found.notifications = request.notifications;
        }
    })
}

/// Begins to delete a stack. One that is gone already is no error, as in the API.
pub fn delete(account: &mut Account, request: DeleteRequest) -> Result<(), Fault> {
    let Some(found) = account.here.cloudformation.find(&request.name) else { return Ok(()) };
    if matches!(found.status, StackStatus::DeleteComplete | StackStatus::DeleteInProgress) {
        return Ok(());
    }
    refuse_deletion(account, found, &request)?;
    let id = found.id.clone();
    check_role(account, request.role.as_deref().or(found.role.as_deref()))?;
    let now = account.now();
    let beginning = Beginning {
        kind: OperationType::Delete,
        phase: Phase::Delete,
        status: StackStatus::DeleteInProgress,
        token: request.token,
        reason: Some(BY_USER.to_owned()),
    };
    begin(account, &id, beginning, |found, operation| {
        operation.retain = request.retain.into_iter().collect();
        operation.force = request.force;
        found.deleted = Some(now);
        found.unfinished = None;
        found.caller = request.caller;
    });
    Ok(())
}

/// Refuses a deletion that the stack's state does not allow.
fn refuse_deletion(account: &Account, found: &Stack, request: &DeleteRequest) -> Result<(), Fault> {
    let (id, name, status) = (&found.id, &found.name, found.status);
    let root = found.root.as_deref().and_then(|root| account.here.cloudformation.find(root));
    if found.protected || root.is_some_and(|root| root.protected && root.status.in_progress()) {
        return Err(invalid(format!(
            "Stack [{name}] cannot be deleted while TerminationProtection is enabled"
        )));
    }
    // A creation under way can be ended by a deletion, an update cannot.
    let busy = status.in_progress() && status.word().starts_with("UPDATE_");
    if busy {
        let word = status.word();
        return Err(invalid(format!("Stack [{id}] cannot be deleted while in status {word}")));
    }
    if request.force && status != StackStatus::DeleteFailed {
        return Err(invalid(format!(
            "Invalid operation on stack [{id}]. You can activate DeletionMode \
             FORCE_DELETE_STACK in a delete stack operation only when the stack is in the \
             DELETE_FAILED state."
        )));
    }
    if !request.retain.is_empty() && status != StackStatus::DeleteFailed {
        // No source for the exact text: the documentation says only that it is for this state.
        return Err(invalid(format!(
            "Invalid operation on stack [{id}]. You can specify resources to retain only when the \
             stack is in the DELETE_FAILED state."
        )));
    }
    refuse_retention(found, request)
}

/// Refuses to retain what is not there.
fn refuse_retention(found: &Stack, request: &DeleteRequest) -> Result<(), Fault> {
    for logical in &request.retain {
        match found.resources.get(logical) {
            None => {
                let name = &found.name;
                let text = format!("Resource {logical} does not exist for stack {name}");
                return Err(invalid(text));
            }
            Some(resource) if resource.status == ResourceStatus::DeleteComplete => {
                return Err(invalid(
                    "The specified resources to retain must be in a valid state. Do not specify \
                     resources that are in the DELETE_COMPLETE state.",
                ));
            }
            Some(_) => {}
        }
    }
    Ok(())
}
