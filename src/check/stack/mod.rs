//! Checks of CloudFormation stacks.

mod blockers;
mod exports;
mod gone;
mod group_held;
mod operation;
mod rollback;
mod texts;

use crate::check::Check;
use crate::world::{Observed, Snapshot, StackEvent, StackFacts, StackName};

use super::page;

pub(super) use operation::failures;
pub(super) use rollback::{action_of, counts, principal_of};

/// The checks of this group, in the order of their codes.
pub(super) const CHECKS: &[Check] = &[
    page!("CFN-01", "group-referenced", "group-referenced.md", group_held::referenced),
    page!(
        "CFN-02",
        "instances-still-ending",
        "instances-still-ending.md",
        group_held::still_ending
    ),
    page!(
        "CFN-03",
        "foreign-load-balancer",
        "foreign-load-balancer.md",
        group_held::by_load_balancer
    ),
    page!(
        "CFN-04",
        "group-held-by-interface",
        "group-held-by-interface.md",
        group_held::by_interface
    ),
    page!("CFN-05", "database-protected", "database-protected.md", blockers::database),
    page!("CFN-06", "final-snapshot-exists", "final-snapshot-exists.md", blockers::snapshot),
    page!("CFN-07", "balancer-protected", "balancer-protected.md", blockers::balancer),
    page!("CFN-08", "bucket-not-empty", "bucket-not-empty.md", blockers::bucket),
    page!("CFN-09", "export-in-use", "export-in-use.md", exports::run),
    page!("CFN-10", "stack-protected", "stack-protected.md", blockers::protection),
    page!("CFN-11", "nested-stack-stuck", "nested-stack-stuck.md", rollback::nested),
    page!("CFN-12", "rollback-failed", "rollback-failed.md", rollback::failed),
    page!("CFN-13", "rollback-denied", "rollback-denied.md", rollback::denied),
    page!("CFN-14", "update-failed", "update-failed.md", rollback::switched_off),
    page!("CFN-15", "signals-missing", "signals-missing.md", rollback::signals),
    page!("CFN-16", "stack-gone", "stack-gone.md", gone::run),
    page!("CFN-17", "cascade", "cascade.md", rollback::cascade),
    page!("CFN-18", "group-not-yet-visible", "group-not-yet-visible.md", texts::not_yet_visible),
    page!("CFN-19", "properties-too-long", "properties-too-long.md", texts::properties),
    page!("CFN-20", "spot-template", "spot-template.md", texts::spot_template),
    page!("CFN-21", "group-name-for-id", "group-name-for-id.md", texts::group_name),
    page!("CFN-22", "type-not-offered", "type-not-offered.md", texts::type_not_offered),
    page!("CFN-23", "stack-refuses-updates", "stack-refuses-updates.md", rollback::refuses),
    page!("CFN-24", "scheduled-actions", "scheduled-actions.md", texts::scheduled),
    page!("CFN-25", "balancer-option", "balancer-option.md", texts::balancer_option),
    page!("CFN-26", "database-group", "database-group.md", texts::database_group),
    page!("CFN-27", "replaced-by-code", "replaced-by-code.md", texts::replaced),
    page!("CFN-28", "left-behind", "left-behind.md", gone::left_behind),
    page!("CFN-29", "throttled", "throttled.md", texts::throttled),
];

/// The stacks that belong to the environment: its own, the immutable one, and nested ones.
fn own_stacks(world: &Snapshot) -> Vec<(&StackName, &StackFacts)> {
    let id = world.environment.value().map(|own| own.id.to_string()).unwrap_or_default();
    let own = world.environment.value().map(crate::world::Environment::stack_name);
    let root = own
        .and_then(|name| world.stacks.get(&name))
        .and_then(|facts| facts.stack.value())
        .map(|stack| stack.arn.clone());
    let nested = |facts: &StackFacts| {
        let stack = facts.stack.value();
        root.is_some() && stack.is_some_and(|stack| stack.root == root || stack.parent == root)
    };
    world
        .stacks
        .iter()
        .filter(|(name, facts)| (!id.is_empty() && name.as_str().contains(&id)) || nested(facts))
        .collect()
}

/// The stack that owns a resource: by the look-up, else by its tag.
fn owner(world: &Snapshot, id: &str, tags: &crate::world::network::Tags) -> Option<StackName> {
    let looked_up = world.owners.get(id).and_then(Observed::value).cloned();
    let tagged = || crate::world::network::tag(tags, "aws:cloudformation:stack-name");
    looked_up.or_else(|| tagged().map(StackName::from))
}

/// The newest failure to delete each resource of a stack, from its resources and its events.
fn delete_failures(facts: &StackFacts) -> Vec<(String, Option<String>, String, Option<String>)> {
    let resources = facts.resources.items().iter().filter(|one| one.status == "DELETE_FAILED");
    let mut all: Vec<_> = resources
        .map(|one| {
            (one.logical.to_string(), one.physical.clone(), one.kind.clone(), one.reason.clone())
        })
        .collect();
    let deleting =
        facts.stack.value().is_some_and(|stack| stack.status.as_str().starts_with("DELETE_"));
    let events: Vec<&StackEvent> = if deleting { failures(facts) } else { Vec::new() };
    for event in events.into_iter().filter(|event| event.status == "DELETE_FAILED") {
        let known = all.iter_mut().find(|(logical, ..)| logical == event.logical.as_str());
        match known {
            Some((_, _, _, reason)) => {
                if reason.is_none() {
                    reason.clone_from(&event.reason);
                }
            }
            None => all.push((
                event.logical.to_string(),
                event.physical.clone(),
                event.kind.clone(),
                event.reason.clone(),
            )),
        }
    }
    all
}
