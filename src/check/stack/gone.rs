//! `CFN-16` and `CFN-28`: a stack that is gone, and resources that outlived their stack's update.

use super::operation::is_own;
use super::own_stacks;
use crate::check::situation::Situation;
use crate::check::{Finding, Role, StackFault, messages, trail};
use crate::world::{EnvironmentStatus, Gap, Snapshot, StackEvent};

/// `CFN-16`.
pub(super) fn run(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let own = world.environment.known()?;
    let living = !matches!(
        own.status,
        EnvironmentStatus::Terminated
            | EnvironmentStatus::Terminating
            | EnvironmentStatus::Launching
    );
    let Some(facts) = Situation::of(world).stack().filter(|_| living) else {
        return Ok(Vec::new());
    };
    let deleted = match facts.stack.present()? {
        None => true,
        Some(stack) => stack.status.is_deleted(),
    };
    if !deleted {
        return Ok(Vec::new());
    }
    // An endpoint that knows no stacks at all must not pass for one whose stack was deleted.
    let made_nothing = world
        .resources
        .value()
        .is_some_and(|made| made.scaling_groups.is_empty() && made.instances.is_empty());
    let traces = made_nothing
        || !messages::proofs(world, "CFN-16").is_empty()
        || !Situation::of(world).is_well();
    if !traces {
        return Ok(Vec::new());
    }
    let name = own.stack_name();
    let finding = Finding::new(
        StackFault::StackGone { stack: name.clone() },
        Role::Cause,
        "The environment's stack was deleted behind Elastic Beanstalk's back",
        "Elastic Beanstalk still lists the environment, but everything it had made was deleted directly in CloudFormation. Updates and deployments cannot work any more; the environment has to be terminated and restored, or made anew.",
    );
    let trigger = trail::trigger(world, &["DeleteStack"], [name.as_str()]);
    Ok(vec![
        finding
            .on([name.as_str()])
            .weighing(97)
            .because(&facts.stack, format!("CloudFormation has no stack {name} any more"))
            .because(&world.environment, format!("the environment is {}", own.status.as_str()))
            .brought_about(trigger),
    ])
}

/// `CFN-28`.
pub(super) fn left_behind(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    for (name, facts) in own_stacks(world) {
        let Some(stack) = facts.stack.value() else { continue };
        if !matches!(stack.status.as_str(), "UPDATE_COMPLETE" | "UPDATE_ROLLBACK_COMPLETE") {
            continue;
        }
        let mut events: Vec<&StackEvent> = facts.events.items().iter().collect();
        events.sort_by_key(|event| event.at);
        let begins =
            |event: &&StackEvent| is_own(facts, event) && event.status == "UPDATE_IN_PROGRESS";
        let start = events.iter().rposition(begins).unwrap_or(0);
        let last = &events[start..];
        let failed = last.iter().filter(|event| event.status == "DELETE_FAILED");
        let deleted_later = |event: &StackEvent| {
            last.iter().any(|other| {
                other.logical == event.logical
                    && other.physical == event.physical
                    && other.status == "DELETE_COMPLETE"
            })
        };
        let left: Vec<&StackEvent> =
            failed.copied().filter(|event| !deleted_later(event)).collect();
        let Some(first) = left.last() else { continue };
        let mut what: Vec<_> = left
            .iter()
            .map(|event| {
                (
                    event.logical.clone(),
                    event.physical.clone().unwrap_or_default(),
                    event.kind.clone(),
                )
            })
            .collect();
        what.sort();
        what.dedup();
        let ids: Vec<String> = what.iter().map(|(_, physical, _)| physical.clone()).collect();
        let finding = Finding::new(
            StackFault::LeftBehind { stack: name.clone(), left: what },
            Role::Cause,
            "The last update left a resource behind that it could not delete",
            "CloudFormation tries three times to delete what an update has replaced; then it drops the resource from the stack and goes on. The resource is still there, costs money and can block others, and no stack knows it any more.",
        );
        let reason = first.reason.as_deref().unwrap_or("DELETE_FAILED");
        findings.push(
            finding
                .on([name.as_str()])
                .on(&ids)
                .weighing(60)
                .because(&facts.events, format!("{}: {reason}", first.logical))
                .because(&facts.stack, format!("{name} is {}", stack.status)),
        );
    }
    Ok(findings)
}
