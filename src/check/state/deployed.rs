//! `EB-13` to `EB-17` and `EB-31`: deployments that ended half-way.

use crate::check::history::{self, What};
use crate::check::situation::Situation;
use crate::check::told::{Words, hinted};
use crate::check::{Finding, Role, StateFault, messages, trail};
use crate::world::{EnvironmentStatus, Gap, InstanceId, Snapshot};

/// Instances that run another version than the environment says, while nothing is deployed.
fn wrong(world: &Snapshot) -> Result<Vec<(InstanceId, String)>, Gap> {
    let own = world.environment.known()?;
    let Some(expected) = own.version_label.as_deref() else { return Ok(Vec::new()) };
    if own.status != EnvironmentStatus::Ready {
        return Ok(Vec::new());
    }
    let all = world.instances_health.present()?.map_or(&[][..], Vec::as_slice);
    let other = |label: &Option<String>| {
        label.as_deref().filter(|label| *label != expected).map(str::to_owned)
    };
    Ok(all
        .iter()
        .filter_map(|one| Some((one.instance.clone(), other(&one.version_label)?)))
        .collect())
}

/// Whether the last operation ended with words of success.
fn called_success(world: &Snapshot) -> bool {
    let last = world.events.items().iter().max_by_key(|event| event.at);
    last.is_some()
        && Situation::of(world).recent().iter().all(|event| !history::says_failure(&event.message))
}

fn versions(world: &Snapshot, silently: bool) -> Result<Vec<Finding>, Gap> {
    let wrong = wrong(world)?;
    let told = if silently { Vec::new() } else { messages::clues(world, "EB-13") };
    let told: Vec<_> = told.into_iter().filter(|hit| hit.codes[0] == "EB-13").collect();
    if wrong.is_empty() && told.is_empty() || called_success(world) != silently {
        return Ok(Vec::new());
    }
    let expected = world.environment.value().and_then(|own| own.version_label.clone());
    let ids: Vec<InstanceId> = wrong.iter().map(|(id, _)| id.clone()).collect();
    let (kind, title, explanation) = if silently {
        (
            StateFault::SilentlyOld { expected: expected.clone(), wrong: ids.clone() },
            "The deployment was called a success, but an instance still runs the old version",
            "Elastic Beanstalk said that the new version was deployed. One instance did not take it and serves the old one. Deploying again, or replacing that instance, brings them together.",
        )
    } else {
        (
            StateFault::MixedVersions { expected: expected.clone(), wrong: ids.clone() },
            "Instances run different versions: a deployment ended half-way",
            "A rolling deployment failed after some of its batches. Elastic Beanstalk does not set it right by itself; the version that works has to be deployed again.",
        )
    };
    let mut finding = Finding::new(kind, Role::Cause, title, explanation).on(&ids).weighing(75);
    for (id, label) in wrong.iter().take(4) {
        let text =
            format!("{id} runs {label}, {} is expected", expected.as_deref().unwrap_or("another"));
        finding = finding.because(&world.instances_health, text);
    }
    Ok(vec![finding.with(messages::evidence(&told))])
}

/// `EB-13`.
pub(super) fn mixed(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    versions(world, false)
}

/// `EB-14`.
pub(super) fn silently_old(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    versions(world, true)
}

/// `EB-15`.
pub(super) fn immutable_left(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let own = world.environment.known()?;
    if own.status != EnvironmentStatus::Ready {
        return Ok(Vec::new());
    }
    let name = own.immutable_stack_name();
    let facts = world.stacks.get(&name);
    // One that is being deleted goes by itself, and its group with it.
    let status = facts.and_then(|facts| facts.stack.value()).map(|stack| stack.status.as_str());
    if status == Some("DELETE_IN_PROGRESS") {
        return Ok(Vec::new());
    }
    let stack =
        facts.and_then(|facts| facts.stack.value()).filter(|stack| !stack.status.is_deleted());
    let prefix = format!("awseb-{}-immutable-stack", own.id);
    let group = world.scaling.groups.items().iter().find(|group| group.name.starts_with(&prefix));
    if stack.is_none() && group.is_none() {
        return Ok(Vec::new());
    }
    let kind = StateFault::ImmutableLeft {
        stack: name.clone(),
        scaling_group: group.map(|group| group.name.clone()),
    };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "An immutable update left its temporary Auto Scaling group behind",
        "An immutable update makes a second stack with instances of its own and takes it away at the end. No update runs, and the second stack is still there: its instances run, cost money and may even serve an old version.",
    );
    let mut finding = finding.on([name.as_str()]).weighing(74);
    if let (Some(stack), Some(facts)) = (stack, facts) {
        finding = finding.because(&facts.stack, format!("{name} is {}", stack.status));
    }
    if let Some(group) = group {
        let text = format!("{} has {} instances", group.name, group.instances.len());
        finding = finding.on([group.name.as_str()]).because(&world.scaling.groups, text);
    }
    Ok(vec![finding.because(&world.environment, "the environment is Ready: no update runs")])
}

/// `EB-16`.
pub(super) fn immutable_with_changes(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let situation = Situation::of(world);
    let refused = |text: &str| {
        // The temporary stack's own name says nothing about the sort of update.
        let low = text.to_lowercase().replace("-immutable-stack", "");
        low.contains("immutable")
            && ["cannot", "error", "not supported", "not allowed", "invalid"]
                .iter()
                .any(|word| low.contains(word))
    };
    let told = situation.recent().into_iter().find(|event| refused(&event.message));
    let since = situation.last_done();
    let call = world.trail.items().iter().find(|event| {
        event.name == "UpdateEnvironment"
            && event.error.as_deref().is_some_and(refused)
            && trail::is_about(world, event)
            && since.is_none_or(|since| event.at >= since)
    });
    if told.is_none() && call.is_none() {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        StateFault::ImmutableWithChanges {},
        Role::Cause,
        "An immutable update was asked for together with changes of resources, which is refused",
        "Settings of the load balancer and other resources cannot be changed by an immutable update. Two updates, one after the other, or a second environment and a swap of addresses are the ways.",
    );
    let mut finding = finding.weighing(80);
    if let Some(event) = told {
        finding = finding.because(&world.events, event.message.clone());
    }
    if let Some(event) = call {
        finding = finding.because(&world.trail, event.error.clone().unwrap_or_default());
    }
    Ok(vec![finding])
}

/// `EB-17`.
pub(super) fn rollback_failed(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let last = history::operations(world).into_iter().next_back();
    if last.is_some_and(|last| last.what == What::Terminate) {
        return Ok(Vec::new());
    }
    let words = Words {
        code: "EB-17",
        title: "An update failed, and the environment did not come back as it was",
        explanation: "Batches that were updated have the new configuration, the others the old one. What made the update fail has to be mended first; then another update brings all instances together.",
        weight: 56,
    };
    let role = if Situation::of(world).health_is_good() { Role::Symptom } else { Role::Cause };
    hinted(world, &words, role, |_| StateFault::UpdateAndRollbackFailed {}.into())
}

/// `EB-31`.
pub(super) fn launched_with_errors(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "EB-31",
        title: "The environment was created, but not without errors",
        explanation: "The launch ended, and commands on the instances failed or took longer than the time-out. If they only were slow, a longer time-out and another deployment help; else the events before tell what failed.",
        weight: 54,
    };
    hinted(world, &words, Role::Cause, |hit| {
        StateFault::LaunchedWithErrors { timeouts: hit.text.contains("timeouts") }.into()
    })
}
