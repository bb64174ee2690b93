//! Instances that do not come back by themselves are replaced.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::plan::draft::{Draft, Proposal};
use crate::plan::{Action, ScalingAction, StepId};
use crate::world::{Instance, InstanceId};

/// How long before it was cut off an instance must have been launched to have booted well: the
/// first health report comes some two minutes after launch (catalogue, Facts), with room for slow
/// images.
const BOOT: SignedDuration = SignedDuration::from_mins(10);

/// Plans the replacement of instances that causes name, and of those whose first boot met no way
/// out: they never report, even once the way is open.
pub(super) fn replace(draft: &mut Draft<'_>, way: &[StepId]) -> Vec<StepId> {
    let mut codes = draft.needs.replace_codes.clone();
    let mut instances: BTreeSet<InstanceId> = draft.needs.replace.clone();
    let cut_off = never_booted(draft);
    if !cut_off.is_empty() {
        codes.extend(draft.needs.cut_codes.clone());
        instances.extend(cut_off);
    }
    if instances.is_empty() {
        return Vec::new();
    }
    if draft.needs.no_launch {
        draft.refuse(
            format!("Replacing {}", crate::plan::action::listed(&Vec::from_iter(instances))),
            "Nothing can be launched in their place.",
        );
        return Vec::new();
    }
    let before: Vec<StepId> = draft.ground.iter().chain(way).cloned().collect();
    let mut steps: Vec<StepId> = Vec::new();
    for instance in instances {
        let action = Action::Scaling(ScalingAction::Replace { instance });
        steps.push(draft.add(Proposal::new(action, &codes).after(&before)));
    }
    steps
}

/// Instances that are silent and were launched when there was no way out.
fn never_booted(draft: &Draft<'_>) -> Vec<InstanceId> {
    if draft.needs.cut_codes.is_empty() {
        return Vec::new();
    }
    let silent = silent(draft);
    let running = draft.snapshot.compute.instances.items().iter();
    let running = running.filter(|one| matches!(one.state.as_str(), "running" | "pending"));
    // Where several things cut the way off, the newest change is not the one that began it.
    let began = [draft.needs.cut_at, unwell_since(draft)].into_iter().flatten().min();
    let since = began.or_else(|| silent_since(draft));
    let launched_in_vain = |one: &&Instance| match (one.launched, since) {
        (Some(launched), Some(since)) => launched > since - BOOT,
        // Nobody knows when it began, and what is silent serves nobody that can be seen.
        (_, None) => !draft.is_well(),
        (None, Some(_)) => false,
    };
    running
        .filter(|one| silent.contains(&one.id))
        .filter(launched_in_vain)
        .map(|one| one.id.clone())
        .collect()
}

fn silent(draft: &Draft<'_>) -> BTreeSet<InstanceId> {
    let all = draft.snapshot.instances_health.items().iter();
    all.filter(|one| matches!(one.status.as_deref(), None | Some("NoData" | "Unknown")))
        .map(|one| one.instance.clone())
        .collect()
}

/// When Elastic Beanstalk first said that no data comes, of the last time it began to say so.
fn silent_since(draft: &Draft<'_>) -> Option<Timestamp> {
    let events = draft.snapshot.events.items();
    let says = |text: &str| text.contains("None of the instances are sending data");
    events.iter().filter(|event| says(&event.message)).map(|event| event.at).min()
}

/// When health last left Ok: until then all instances reported.
fn unwell_since(draft: &Draft<'_>) -> Option<Timestamp> {
    let events = draft.snapshot.events.items();
    let says = |text: &str| text.contains("Environment health has transitioned from Ok to ");
    events.iter().filter(|event| says(&event.message)).map(|event| event.at).max()
}
