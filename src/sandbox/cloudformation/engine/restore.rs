//! Taking back what an update did to a resource.

use super::bench::{Pace, bench};
use super::events::{Happening, resource_event};
use super::phases::operation;
use super::reason::Failure;
use super::work;
use super::work::{save, settle};
use crate::sandbox::Account;
use crate::sandbox::cloudformation::operation::Task;
use crate::sandbox::cloudformation::resources::provider;
use crate::sandbox::cloudformation::stack::Resource;
use crate::sandbox::cloudformation::status::ResourceStatus;

/// A step of taking back.
pub(super) fn restore(
    account: &mut Account,
    stack: &str,
    key: &str,
    task: &Task,
) -> Result<Pace<()>, Failure> {
    let logical = &task.logical;
    if task.asked {
        let pace = settle(account, stack, key, task, ResourceStatus::UpdateComplete)?;
        if matches!(pace, Pace::Ready(())) {
            forget(account, stack, logical);
        }
        return Ok(pace);
    }
    let (saved, skipped) = match operation(account, stack) {
        Some(running) => (running.touched.get(logical).cloned(), running.skip.contains(logical)),
        None => (None, false),
    };
    let Some(saved) = saved else { return Ok(Pace::Ready(())) };
    if skipped {
        return Ok(finish(account, stack, saved));
    }
    let current = account.here.cloudformation.find(stack);
    let current = current.and_then(|found| found.resources.get(logical)).cloned();
    let happening = Happening::plain(ResourceStatus::UpdateInProgress);
    resource_event(account, stack, logical, happening);
    let Some(current) = current.filter(|current| current.physical == saved.physical) else {
        drop_replacement(account, stack, logical);
        return Ok(finish(account, stack, saved));
    };
    let Some(provider) = provider(&saved.kind) else { return Ok(finish(account, stack, saved)) };
    let (declared, _) = work::evaluated(account, stack, logical, true)?;
    let mut bench = bench(account, stack, task, &current, declared);
    bench.old = std::mem::replace(&mut bench.properties, saved.properties.clone());
    let result = (provider.update)(&mut bench);
    let notes = bench.notes.take();
    if let Some(task) = operation(account, stack).and_then(|running| running.tasks.get_mut(key)) {
        task.notes = notes;
    }
    result?;
    save(account, stack, logical, |resource| {
        resource.properties = saved.properties;
        resource.needs = saved.needs;
        resource.deletion_policy = saved.deletion_policy;
        resource.replace_policy = saved.replace_policy;
    });
    if let Some(task) = operation(account, stack).and_then(|running| running.tasks.get_mut(key)) {
        task.asked = true;
    }
    Ok(Pace::Again(provider.pace))
}

/// Puts the resource back as it was and tells so.
fn finish(account: &mut Account, stack: &str, saved: Resource) -> Pace<()> {
    let logical = saved.logical.clone();
    save(account, stack, &logical, |resource| *resource = saved);
    resource_event(account, stack, &logical, Happening::plain(ResourceStatus::UpdateComplete));
    forget(account, stack, &logical);
    Pace::Ready(())
}

/// The resource needs no more taking back.
fn forget(account: &mut Account, stack: &str, logical: &str) {
    if let Some(running) = operation(account, stack) {
        running.touched.remove(logical);
    }
}

/// The replacement is what has to go in the end, not what it replaced.
fn drop_replacement(account: &mut Account, stack: &str, logical: &str) {
    let Some(found) = account.here.cloudformation.find_mut(stack) else { return };
    let current = found.resources.get(logical).cloned();
    let Some(running) = &mut found.operation else { return };
    running.replaced.retain(|old| old.logical != logical);
    running.replaced.extend(current.filter(|current| !current.physical.is_empty()));
}
