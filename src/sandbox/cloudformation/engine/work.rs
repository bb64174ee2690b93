//! Carrying out one task: asking the resource's service, and waiting for what comes of it.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "only some kinds or shapes of value matter here, and the rest is one case"
)]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::bench::{Pace, bench};
use super::events::{Happening, past_event, resource_event};
use super::phases::{operation, vanished};
use super::reason::{Failure, worded};
use super::{advance, asks_for_zones, scope, zones};
use crate::sandbox::Account;
use crate::sandbox::cloudformation::operation::{Phase, State, Task, Work};
use crate::sandbox::cloudformation::resources::{Provider, provider};
use crate::sandbox::cloudformation::stack::{DeletionPolicy, Deployment, Resource};
use crate::sandbox::cloudformation::status::ResourceStatus;
use crate::sandbox::cloudformation::template::Template;

/// Writes the event a task begins with. Updates begin silently: there may be nothing to do.
pub(super) fn first_event(account: &mut Account, stack: &str, key: &str) {
    let Some(task) = task(account, stack, key) else { return };
    match task.work {
        Work::Create => announce_creation(account, stack, &task.logical),
        Work::Update | Work::Restore => {}
        Work::Delete => announce_deletion(account, stack, &task),
        Work::DeleteReplaced(old) => {
            if !kept(account, stack, &old, true) {
                let happening = Happening::plain(ResourceStatus::DeleteInProgress);
                past_event(account, stack, &old, happening);
            }
        }
    }
}

/// Puts the resource into the stack and writes its first event.
fn announce_creation(account: &mut Account, stack: &str, logical: &str) {
    let now = account.now();
    let Some(found) = account.here.cloudformation.find_mut(stack) else { return };
    let Some(declared) = found.made.template.resource(logical).cloned() else { return };
    let resource = Resource {
        logical: logical.to_owned(),
        physical: String::new(),
        kind: Template::kind(&declared).to_owned(),
        status: ResourceStatus::CreateInProgress,
        reason: None,
        changed: now,
        properties: Value::Null,
        attributes: Value::Null,
        needs: found.made.template.needs(&declared),
        deletion_policy: Template::policy(&declared, "DeletionPolicy"),
        replace_policy: Template::policy(&declared, "UpdateReplacePolicy"),
        signals: BTreeMap::new(),
        drift: None,
    };
    found.resources.insert(logical.to_owned(), resource);
    if let Some(operation) = &mut found.operation {
        operation.created.insert(logical.to_owned());
    }
    let happening = Happening::plain(ResourceStatus::CreateInProgress);
    resource_event(account, stack, logical, happening);
}

fn announce_deletion(account: &mut Account, stack: &str, task: &Task) {
    let Some(resource) = resource(account, stack, &task.logical) else { return };
    if !kept(account, stack, &resource, false) && !resource.physical.is_empty() {
        let happening = Happening::plain(ResourceStatus::DeleteInProgress);
        resource_event(account, stack, &task.logical, happening);
    }
}

/// Whether a resource stays although it leaves the stack.
fn kept(account: &Account, stack: &str, resource: &Resource, replaced: bool) -> bool {
    let Some(found) = account.here.cloudformation.find(stack) else { return false };
    let Some(operation) = &found.operation else { return false };
    if operation.retain.contains(&resource.logical) {
        return true;
    }
    let policy = if replaced { resource.replace_policy } else { resource.deletion_policy };
    let undone = matches!(operation.phase, Phase::Rollback | Phase::RollbackCleanup)
        || (operation.phase == Phase::Delete && operation.kind == super::OperationType::Create);
    match policy {
        DeletionPolicy::Retain => true,
        DeletionPolicy::RetainExceptOnCreate => !undone,
        DeletionPolicy::Delete | DeletionPolicy::Snapshot => false,
    }
}

/// Plans the next step of a task.
pub(super) fn later(account: &mut Account, stack: &str, key: &str, after: i64) {
    let Some(running) = operation(account, stack) else { return };
    let (stack, run, key) = (stack.to_owned(), running.id.clone(), key.to_owned());
    account.later(after, move |account| {
        let fits = operation(account, &stack).is_some_and(|running| running.id == run);
        let task = task(account, &stack, &key);
        if fits && task.is_some_and(|task| task.state == State::Running) {
            step(account, &stack, &key);
        }
    });
}

/// Looks after a resource at once, because something was heard of it.
pub(in crate::sandbox::cloudformation) fn poke(account: &mut Account, stack: &str, key: &str) {
    later(account, stack, key, 0);
}

fn task(account: &Account, stack: &str, key: &str) -> Option<Task> {
    let found = account.here.cloudformation.find(stack)?;
    found.operation.as_ref()?.tasks.get(key).cloned()
}

fn resource(account: &Account, stack: &str, logical: &str) -> Option<Resource> {
    account.here.cloudformation.find(stack)?.resources.get(logical).cloned()
}

/// Changes the task that a key names.
fn amend(account: &mut Account, stack: &str, key: &str, change: impl FnOnce(&mut Task)) {
    if let Some(task) = operation(account, stack).and_then(|running| running.tasks.get_mut(key)) {
        change(task);
    }
}

/// Takes one step of a task.
fn step(account: &mut Account, stack: &str, key: &str) {
    let Some(task) = task(account, stack, key) else { return };
    amend(account, stack, key, |task| task.rounds += 1);
    let result = match &task.work {
        Work::Create => create(account, stack, key, &task),
        Work::Update => update(account, stack, key, &task),
        Work::Restore => super::restore::restore(account, stack, key, &task),
        Work::Delete | Work::DeleteReplaced(_) => delete(account, stack, &task),
    };
    match result {
        Ok(Pace::Ready(())) => {
            amend(account, stack, key, |task| task.state = State::Done);
            advance(account, stack);
        }
        Ok(Pace::Again(after)) => later(account, stack, key, after.max(1)),
        Err(failure) => fail(account, stack, key, &task, &failure),
    }
}

/// The declaration of a resource in the stack's template, and its properties evaluated.
pub(super) fn evaluated(
    account: &mut Account,
    stack: &str,
    logical: &str,
    before: bool,
) -> Result<(Value, Value), Failure> {
    // The deployment is borrowed and never copied: this runs at each step of each task, and a
    // template has hundreds of lines.
    let zones = match deployment(account, stack, before).map(|made| asks_for_zones(&made.template))
    {
        Some(true) => zones(account),
        Some(false) | None => Vec::new(),
    };
    let Some(made) = deployment(account, stack, before) else {
        return Ok((Value::Null, Value::Null));
    };
    let declared = made.template.resource(logical).cloned().unwrap_or_default();
    let Some(found) = account.here.cloudformation.find(stack) else {
        return Ok((declared, Value::Null));
    };
    let scope = scope(account, found, made, zones);
    let properties = declared.get("Properties").cloned().unwrap_or_else(|| json!({}));
    let properties = scope.value(&properties).map_err(Failure::Own)?;
    Ok((declared, properties))
}

/// What a stack is made of, or was before its last update.
fn deployment<'a>(account: &'a Account, stack: &str, before: bool) -> Option<&'a Deployment> {
    let found = account.here.cloudformation.find(stack)?;
    if before { found.before.as_ref() } else { Some(&found.made) }
}

/// The provider of a type, which every type in a stack has: templates with others are refused.
fn provided(kind: &str) -> Result<&'static Provider, Failure> {
    provider(kind).ok_or_else(|| Failure::own(format!("Unrecognized resource type: {kind}")))
}

/// Writes what a provider had to say on the way as events of the resource.
fn remark(account: &mut Account, stack: &str, logical: &str, remarks: Vec<String>) {
    let Some(resource) = resource(account, stack, logical) else { return };
    for text in remarks {
        let happening = Happening::because(ResourceStatus::UpdateInProgress, text);
        // A creation waits for its signals as a creation.
        let happening = match resource.status {
            ResourceStatus::CreateInProgress => {
                Happening { status: ResourceStatus::CreateInProgress, ..happening }
            }
            _ => happening,
        };
        past_event(account, stack, &resource, happening);
    }
}

/// A step of a creation.
fn create(account: &mut Account, stack: &str, key: &str, task: &Task) -> Result<Pace<()>, Failure> {
    let logical = &task.logical;
    let Some(resource) = resource(account, stack, logical) else { return Ok(Pace::Ready(())) };
    let provider = provided(&resource.kind)?;
    if task.asked {
        return settle(account, stack, key, task, ResourceStatus::CreateComplete);
    }
    let (declared, properties) = evaluated(account, stack, logical, false)?;
    save(account, stack, logical, |resource| resource.properties.clone_from(&properties));
    provider.check(&properties)?;
    let mut bench = bench(account, stack, task, &resource, declared);
    bench.properties = properties;
    let physical = (provider.create)(&mut bench)?;
    save(account, stack, logical, |resource| resource.physical = physical);
    let text = "Resource creation Initiated";
    let happening = Happening::because(ResourceStatus::CreateInProgress, text);
    resource_event(account, stack, logical, happening);
    amend(account, stack, key, |task| task.asked = true);
    Ok(Pace::Again(provider.pace))
}

/// Waits for a resource to be what was asked for.
pub(super) fn settle(
    account: &mut Account,
    stack: &str,
    key: &str,
    task: &Task,
    status: ResourceStatus,
) -> Result<Pace<()>, Failure> {
    let logical = &task.logical;
    let Some(resource) = resource(account, stack, logical) else { return Ok(Pace::Ready(())) };
    let provider = provided(&resource.kind)?;
    let found = account.here.cloudformation.find(stack);
    let declared = found.and_then(|found| found.made.template.resource(logical)).cloned();
    let mut bench = bench(account, stack, task, &resource, declared.unwrap_or_default());
    let result = (provider.settle)(&mut bench);
    let (remarks, notes) = (std::mem::take(&mut bench.remarks), bench.notes.take());
    amend(account, stack, key, |task| task.notes = notes);
    remark(account, stack, logical, remarks);
    match result? {
        Pace::Ready(attributes) => {
            save(account, stack, logical, |resource| resource.attributes = attributes);
            resource_event(account, stack, logical, Happening::plain(status));
            Ok(Pace::Ready(()))
        }
        Pace::Again(after) => Ok(Pace::Again(after)),
    }
}

/// Changes the stack's idea of a resource.
pub(super) fn save(
    account: &mut Account,
    stack: &str,
    logical: &str,
    change: impl FnOnce(&mut Resource),
) {
    let found = account.here.cloudformation.find_mut(stack);
    if let Some(resource) = found.and_then(|found| found.resources.get_mut(logical)) {
        change(resource);
    }
}

/// A step of a change.
fn update(account: &mut Account, stack: &str, key: &str, task: &Task) -> Result<Pace<()>, Failure> {
    let logical = &task.logical;
    let Some(resource) = resource(account, stack, logical) else { return Ok(Pace::Ready(())) };
    if task.asked {
        return settle(account, stack, key, task, ResourceStatus::UpdateComplete);
    }
    let provider = provided(&resource.kind)?;
    let (declared, properties) = evaluated(account, stack, logical, false)?;
    renew(account, stack, logical, &declared);
    if properties == resource.properties && resource.status != ResourceStatus::UpdateFailed {
        return Ok(Pace::Ready(()));
    }
    if let Some(running) = operation(account, stack) {
        running.touched.entry(logical.clone()).or_insert_with(|| resource.clone());
    }
    amend(account, stack, key, |task| task.asked = true);
    let replace = provider.must_replace(&resource.properties, &properties);
    let first = if replace {
        let text = "Requested update requires the creation of a new physical resource; \
                    hence creating one.";
        Happening::because(ResourceStatus::UpdateInProgress, text)
    } else {
        Happening::plain(ResourceStatus::UpdateInProgress)
    };
    resource_event(account, stack, logical, first);
    provider.check(&properties)?;
    let mut bench = bench(account, stack, task, &resource, declared);
    bench.old = std::mem::replace(&mut bench.properties, properties.clone());
    if !replace {
        let result = (provider.update)(&mut bench);
        let (remarks, notes) = (std::mem::take(&mut bench.remarks), bench.notes.take());
        amend(account, stack, key, |task| task.notes = notes);
        remark(account, stack, logical, remarks);
        result?;
        save(account, stack, logical, |resource| resource.properties = properties);
        return Ok(Pace::Again(provider.pace));
    }
    let physical = (provider.create)(&mut bench)?;
    if let Some(running) = operation(account, stack) {
        running.replaced.push(resource);
    }
    save(account, stack, logical, |resource| {
        resource.physical = physical;
        resource.properties = properties;
        resource.signals.clear();
    });
    let text = "Resource creation Initiated";
    let happening = Happening::because(ResourceStatus::UpdateInProgress, text);
    resource_event(account, stack, logical, happening);
    Ok(Pace::Again(provider.pace))
}

/// Takes over from a new template what concerns CloudFormation alone.
fn renew(account: &mut Account, stack: &str, logical: &str, declared: &Value) {
    let Some(found) = account.here.cloudformation.find_mut(stack) else { return };
    let needs = found.made.template.needs(declared);
    if let Some(resource) = found.resources.get_mut(logical) {
        resource.needs = needs;
        resource.deletion_policy = Template::policy(declared, "DeletionPolicy");
        resource.replace_policy = Template::policy(declared, "UpdateReplacePolicy");
    }
}

/// A step of a deletion.
fn delete(account: &mut Account, stack: &str, task: &Task) -> Result<Pace<()>, Failure> {
    let replaced = match &task.work {
        Work::DeleteReplaced(old) => Some((**old).clone()),
        Work::Create | Work::Update | Work::Restore | Work::Delete => None,
    };
    let current = || resource(account, stack, &task.logical);
    let Some(resource) = replaced.clone().or_else(current) else { return Ok(Pace::Ready(())) };
    let tell = |account: &mut Account, status: ResourceStatus| match &replaced {
        Some(old) => past_event(account, stack, old, Happening::plain(status)),
        None => resource_event(account, stack, &task.logical, Happening::plain(status)),
    };
    if kept(account, stack, &resource, replaced.is_some()) {
        tell(account, ResourceStatus::DeleteSkipped);
        return Ok(Pace::Ready(()));
    }
    if !resource.physical.is_empty() {
        let provider = provided(&resource.kind)?;
        let mut bench = bench(account, stack, task, &resource, Value::Null);
        match (provider.remove)(&mut bench) {
            Ok(Pace::Again(after)) => return Ok(Pace::Again(after)),
            Err(failure) if failure.may_pass() && bench.elapsed < provider.patience => {
                return Ok(Pace::Again(RETRY));
            }
            Err(failure) if !failure.is_absence() => return Err(failure),
            Ok(Pace::Ready(())) | Err(_) => {}
        }
    }
    if replaced.is_none() {
        vanished(account, stack, &task.logical);
    }
    tell(account, ResourceStatus::DeleteComplete);
    Ok(Pace::Ready(()))
}

/// Seconds between two tries to delete what something still holds.
const RETRY: i64 = 30;

/// A task failed: the event says why.
fn fail(account: &mut Account, stack: &str, key: &str, task: &Task, failure: &Failure) {
    let found = resource(account, stack, &task.logical);
    let voice = found.as_ref().and_then(|found| provider(&found.kind)).map(|it| it.voice);
    let reason = worded(account, voice.unwrap_or(super::Voice::Bare), failure);
    let status = match task.work {
        Work::Create => ResourceStatus::CreateFailed,
        Work::Update | Work::Restore => ResourceStatus::UpdateFailed,
        Work::Delete | Work::DeleteReplaced(_) => ResourceStatus::DeleteFailed,
    };
    let happening = Happening::because(status, reason);
    match &task.work {
        Work::DeleteReplaced(old) => past_event(account, stack, old, happening),
        Work::Create | Work::Update | Work::Restore | Work::Delete => {
            resource_event(account, stack, &task.logical, happening);
        }
    }
    let forced = operation(account, stack).is_some_and(|running| running.force);
    let state = if forced { State::Done } else { State::Failed };
    amend(account, stack, key, |task| task.state = state);
    advance(account, stack);
}
