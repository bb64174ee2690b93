//! Change sets: an update shown before it is made.

#![expect(clippy::needless_pass_by_value, reason = "plainer as it is written")]

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::api::{PAGE, page};
use super::engine::{Beginning, begin, exists, scope, stack_event};
use super::lifecycle::{self, BY_USER};
use super::operation::Phase;
use super::request::StackRequest;
use super::resources::provider;
use super::stack::{Deployment, OperationType, Stack};
use super::status::StackStatus;
use super::template::{Template, invalid};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A change set.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeSet {
    /// Its ARN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The stack's id.
    pub stack: String,
    /// What it says about itself.
    pub description: Option<String>,
    /// When it was created.
    pub created: Timestamp,
    /// Whether it creates the stack.
    pub creates: bool,
    /// `CREATE_PENDING`, `CREATE_COMPLETE`, `FAILED`.
    pub status: &'static str,
    /// Why.
    pub reason: Option<String>,
    /// `UNAVAILABLE`, `AVAILABLE`, `EXECUTE_COMPLETE`, `OBSOLETE`.
    pub execution: &'static str,
    /// What the stack will be made of.
    pub made: Deployment,
    /// The changes, as the API shows them.
    pub changes: Vec<Value>,
    /// The request it came with.
    #[serde(skip)]
    request: StackRequest,
}

/// Seconds until a change set is ready.
const TAKES: i64 = 3;

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let (stack_name, name) = (params.need("StackName")?, params.need("ChangeSetName")?);
    let creates = params.text("ChangeSetType") == Some("CREATE");
    let found = account.here.cloudformation.find(stack_name);
    let before = found.map(|stack| stack.id.clone());
    match found {
        Some(stack) if creates && stack.status != StackStatus::ReviewInProgress => {
            return Err(invalid(format!(
                "Stack [{stack_name}] already exists and cannot be created again with the \
                 changeSet [{name}]."
            )));
        }
        None if !creates => {
            return Err(invalid(format!("Stack [{stack_name}] does not exist")));
        }
        Some(stack) if !creates && !updatable(stack.status) => {
            return Err(lifecycle::not_updatable(stack));
        }
        Some(_) | None => {}
    }
    let request = super::api::operations_request(account, call, before.as_deref())?;
    let old = found_deployment(account, before.as_deref().filter(|_| !creates));
    let made = lifecycle::deployment(account, &request, old.as_ref())?;
    let stack = match before {
        Some(id) => id,
        None => review(account, &request),
    };
    let uuid = account.uuid();
    let set = ChangeSet {
        id: account.arn("cloudformation", &format!("changeSet/{name}/{uuid}")),
        name: name.to_owned(),
        stack: stack.clone(),
        description: params.text("Description").map(str::to_owned),
        created: account.now(),
        creates,
        status: "CREATE_PENDING",
        reason: None,
        execution: "UNAVAILABLE",
        changes: Vec::new(),
        made,
        request,
    };
    let id = set.id.clone();
    account.here.cloudformation.change_sets.push(set);
    let ready = id.clone();
    account.later(TAKES, move |account| settle(account, &ready));
    Ok(json!({"Id": id, "StackId": stack}))
}

fn updatable(status: StackStatus) -> bool {
    !status.in_progress()
        && !matches!(
            status,
            StackStatus::RollbackComplete
                | StackStatus::RollbackFailed
                | StackStatus::DeleteComplete
                | StackStatus::DeleteFailed
                | StackStatus::UpdateRollbackFailed
        )
}

fn found_deployment(account: &Account, stack: Option<&str>) -> Option<Deployment> {
    account.here.cloudformation.find(stack?).map(|stack| stack.made.clone())
}

/// A stack that waits for its change set.
fn review(account: &mut Account, request: &StackRequest) -> String {
    let mut empty = request.clone();
    // No tags and no template yet, as recorded.
    empty.tags.clear();
    let stack = lifecycle::new_stack(account, empty, Deployment::default());
    let id = stack.id.clone();
    account.here.cloudformation.stacks.push(stack);
    let reason = Some(BY_USER.to_owned());
    stack_event(account, &id, StackStatus::ReviewInProgress, reason);
    id
}

fn settle(account: &mut Account, id: &str) {
    let sets = &account.here.cloudformation.change_sets;
    let Some(set) = sets.iter().find(|set| set.id == id).cloned() else { return };
    let Some(stack) = account.here.cloudformation.find(&set.stack) else { return };
    let changes = changes(stack, &set.made);
    let same = !set.creates
        && changes.is_empty()
        && stack.made.tags == set.made.tags
        && stack.made.template.tree == set.made.template.tree;
    let sets = &mut account.here.cloudformation.change_sets;
    let Some(set) = sets.iter_mut().find(|set| set.id == id) else { return };
    set.changes = changes;
    if same {
        set.status = "FAILED";
        set.reason = Some(
            "The submitted information didn't contain changes. Submit different information to \
             create a change set."
                .to_owned(),
        );
    } else {
        set.status = "CREATE_COMPLETE";
        set.execution = "AVAILABLE";
    }
}

/// What a deployment would change. Properties are compared as the templates write them.
fn changes(stack: &Stack, made: &Deployment) -> Vec<Value> {
    let mut rows = Vec::new();
    for (logical, declared) in made.template.section("Resources") {
        let there = stack.resources.get(logical).filter(|resource| exists(resource.status));
        let kind = Template::kind(declared);
        match there {
            None => rows.push(change("Add", logical, kind, None, None)),
            Some(resource) => {
                let null = Value::Null;
                let old = stack.made.template.resource(logical).unwrap_or(&null);
                let moved = stack.made.parameters != made.parameters
                    && references_parameter(declared, made);
                if old.get("Properties") == declared.get("Properties") && !moved {
                    continue;
                }
                let replace = provider(kind).is_some_and(|provider| {
                    provider.must_replace(&old["Properties"], &declared["Properties"])
                });
                let word = if replace { "True" } else { "False" };
                let physical = Some(resource.physical.clone());
                rows.push(change("Modify", logical, kind, physical, Some(word)));
            }
        }
    }
    for resource in stack.resources.values().filter(|resource| exists(resource.status)) {
        if made.template.resource(&resource.logical).is_none() {
            let physical = Some(resource.physical.clone());
            rows.push(change("Remove", &resource.logical, &resource.kind, physical, None));
        }
    }
    rows
}

/// Whether a declaration mentions one of the parameters.
fn references_parameter(declared: &Value, made: &Deployment) -> bool {
    let text = declared.to_string();
    made.parameters.keys().any(|name| text.contains(&format!("\"{name}\"")))
}

fn change(
    action: &str,
    logical: &str,
    kind: &str,
    physical: Option<String>,
    replacement: Option<&str>,
) -> Value {
    let modifies = action == "Modify";
    json!({
        "Type": "Resource",
        "ResourceChange": {
            "Action": action,
            "LogicalResourceId": logical,
            "PhysicalResourceId": physical,
            "ResourceType": kind,
            "Replacement": replacement,
            "Scope": if modifies { json!(["Properties"]) } else { json!([]) },
            "Details": [],
        },
    })
}

/// A change set by id, or by name and stack.
fn position(account: &Account, name: &str, stack: Option<&str>) -> Result<usize, Fault> {
    let sets = &account.here.cloudformation.change_sets;
    let missing = || {
        let text = format!("ChangeSet [{name}] does not exist");
        Fault::new("ChangeSetNotFound", text).with_status(404)
    };
    if name.starts_with("arn:") {
        return sets.iter().position(|set| set.id == name).ok_or_else(missing);
    }
    let stack = stack.unwrap_or_default();
    let found = account.here.cloudformation.find(stack);
    let found = found.ok_or_else(|| invalid(format!("Stack [{stack}] does not exist")))?;
    sets.iter().position(|set| set.name == name && set.stack == found.id).ok_or_else(missing)
}

fn find<'a>(account: &'a Account, call: &Call) -> Result<&'a ChangeSet, Fault> {
    let name = call.params.need("ChangeSetName")?;
    let at = position(account, name, call.params.text("StackName"))?;
    Ok(&account.here.cloudformation.change_sets[at])
}

/// The template of a change set as it was written.
pub(super) fn template(
    account: &Account,
    name: &str,
    stack: Option<&str>,
) -> Result<String, Fault> {
    let at = position(account, name, stack)?;
    Ok(account.here.cloudformation.change_sets[at].made.template.body.clone())
}

fn row(account: &Account, set: &ChangeSet) -> Value {
    let stack = account.here.cloudformation.find(&set.stack);
    json!({
        "ChangeSetName": set.name,
        "ChangeSetId": set.id,
        "StackId": set.stack,
        "StackName": stack.map(|stack| &stack.name),
        "Description": set.description,
        "CreationTime": set.created.to_string(),
        "ExecutionStatus": set.execution,
        "Status": set.status,
        "StatusReason": set.reason,
        "IncludeNestedStacks": false,
    })
}

pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    let set = find(account, call)?;
    let mut row = row(account, set);
    let parameters: Vec<Value> = set
        .made
        .parameters
        .iter()
        .map(|(key, value)| json!({"ParameterKey": key, "ParameterValue": value}))
        .collect();
    row["Parameters"] = (!parameters.is_empty()).then_some(parameters).into();
    row["NotificationARNs"] = json!([]);
    row["RollbackConfiguration"] = json!({});
    row["Capabilities"] = json!(set.made.capabilities);
    row["Changes"] = json!(set.changes);
    if call.params.flag("IncludePropertyValues")
        && let Some(why) = unvalued(account, set)
    {
        row["StatusReason"] = json!(why);
    }
    Ok(row)
}

/// What is told of a change set whose property values cannot all be known, because they import
/// what nobody exports (recorded; it does not fail for that).
fn unvalued(account: &Account, set: &ChangeSet) -> Option<String> {
    let stack = account.here.cloudformation.find(&set.stack)?;
    let scope = scope(account, stack, &set.made, Vec::new());
    let (logical, missing) = set.made.template.missing_import(&scope)?;
    Some(format!(
        "[WARN] --include-property-values option can return incomplete ChangeSet data because: \
         ChangeSet creation failed for resource [{logical}] because: No export named {missing}"
    ))
}

pub(super) fn execute(account: &mut Account, call: &Call) -> Answer {
    let set = find(account, call)?.clone();
    if set.execution != "AVAILABLE" {
        let (id, status) = (&set.id, set.status);
        return Err(Fault::new(
            "InvalidChangeSetStatus",
            format!("ChangeSet [{id}] cannot be executed in its current status of [{status}]"),
        ));
    }
    for other in &mut account.here.cloudformation.change_sets {
        if other.id == set.id {
            other.execution = "EXECUTE_COMPLETE";
        } else if other.stack == set.stack {
            other.execution = "OBSOLETE";
        }
    }
    let request = StackRequest {
        token: call.params.text("ClientRequestToken").map(str::to_owned),
        caller: call.caller.clone(),
        ..set.request
    };
    if set.creates {
        execute_creation(account, &set.stack, request, set.made);
    } else {
        lifecycle::begin_update(account, &set.stack, request, set.made);
    }
    if let Some(stack) = account.here.cloudformation.find_mut(&set.stack) {
        stack.change_set = Some(set.id);
    }
    Ok(json!({}))
}

fn execute_creation(account: &mut Account, stack: &str, request: StackRequest, made: Deployment) {
    let now = account.now();
    let beginning = Beginning {
        kind: OperationType::Create,
        phase: Phase::Create,
        status: StackStatus::CreateInProgress,
        token: request.token,
        reason: Some(BY_USER.to_owned()),
    };
    begin(account, stack, beginning, |found, _| {
        found.made = made;
        // Executing a change set sets this time, even of a stack that was never updated.
        found.updated = Some(now);
        found.caller = request.caller;
    });
}

pub(super) fn delete(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("ChangeSetName")?;
    match position(account, name, call.params.text("StackName")) {
        Ok(at) => {
            account.here.cloudformation.change_sets.remove(at);
            Ok(json!({}))
        }
        Err(fault) if fault.code == "ChangeSetNotFound" => Ok(json!({})),
        Err(fault) => Err(fault),
    }
}

pub(super) fn list(account: &mut Account, call: &Call) -> Answer {
    let stack = super::api::stack_in_brackets(account, call.params.need("StackName")?)?;
    let sets = account.here.cloudformation.change_sets.iter();
    let rows = sets.filter(|set| set.stack == stack.id).map(|set| row(account, set)).collect();
    page("Summaries", rows, call, PAGE)
}
