//! `EB-18`, `EB-23` to `EB-25` and `EB-34`: Auto Scaling that cannot do its part.

use crate::check::situation::Situation;
use crate::check::told::{Words, proven};
use crate::check::{Finding, Role, StateFault, messages, trail};
use crate::world::{Gap, ScalingGroup, Snapshot};

/// The environment's main group.
fn main_group(world: &Snapshot) -> Option<&ScalingGroup> {
    let groups = world.scaling.groups.items();
    let named =
        Situation::of(world).stack().and_then(|facts| facts.physical("AWSEBAutoScalingGroup"));
    groups
        .iter()
        .find(|group| Some(group.name.as_str()) == named)
        .or_else(|| groups.iter().find(|group| !group.name.contains("-immutable-stack")))
}

/// `EB-18`.
pub(super) fn one_only(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::clues(world, "EB-18");
    let Some(group) = main_group(world).filter(|group| group.max == 1 && !told.is_empty()) else {
        return Ok(Vec::new());
    };
    let finding = Finding::new(
        StateFault::OneInstanceOnly { scaling_group: group.name.clone() },
        Role::Cause,
        "The Auto Scaling group may have one instance only, so none can be replaced",
        "A rolling update wants to start a new instance before it ends the old one. With a highest number of one there is no room for that, and the update waits until it fails. Raising MaxSize to 2 for the update lets it through.",
    );
    Ok(vec![
        finding
            .on([group.name.as_str()])
            .weighing(76)
            .because(
                &world.scaling.groups,
                format!("{} has min {}, max {}", group.name, group.min, group.max),
            )
            .with(messages::evidence(&told)),
    ])
}

/// `EB-23`.
pub(super) fn notifications(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "EB-23",
        title: "The Auto Scaling group does not tell Elastic Beanstalk any more what it does",
        explanation: "Elastic Beanstalk listens to the group's notifications. They were deleted or changed outside; applying the configuration again, or a rebuild, sets them up again.",
        weight: 78,
    };
    let group = main_group(world).map(|group| group.name.clone()).unwrap_or_default();
    proven(world, &words, |_| StateFault::NotificationsGone { scaling_group: group.clone() }.into())
}

/// `EB-24`.
pub(super) fn below_minimum(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::clues(world, "EB-24");
    let group = main_group(world);
    let active = |group: &ScalingGroup| {
        let count = group.instances.iter().filter(|one| one.lifecycle == "InService").count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let few = group.filter(|group| active(group) < group.min && !Situation::of(world).is_well());
    // A launch that has just begun is no fault.
    let failed = world.scaling.activities.items().iter().any(|one| one.status == "Failed");
    let starting = world.environment.value().is_some_and(|own| own.status.in_progress()) && !failed;
    if told.is_empty() && (few.is_none() || starting) {
        return Ok(Vec::new());
    }
    let (active, minimum) = group.map_or((0, 0), |group| (active(group), group.min));
    let kind = StateFault::BelowMinimum {
        scaling_group: group.map(|group| group.name.clone()),
        active,
        minimum,
    };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "There are fewer instances than there must be, because launches fail",
        "Auto Scaling tries again and again; its activities say why it does not succeed.",
    );
    let mut finding = finding.weighing(53).with(messages::evidence(&told));
    if let Some(group) = group {
        let text = format!(
            "{} has {active} instances in service, at least {minimum} are wanted",
            group.name
        );
        finding = finding.on([group.name.as_str()]).because(&world.scaling.groups, text);
    }
    let failing = world.scaling.activities.items().iter().find(|one| one.status == "Failed");
    if let Some(message) = failing.and_then(|one| one.message.clone()) {
        finding = finding.because(&world.scaling.activities, message);
    }
    Ok(vec![finding])
}

/// Processes without which instances are not launched, replaced or put behind the load balancer.
const NEEDED: [&str; 6] =
    ["Launch", "Terminate", "HealthCheck", "ReplaceUnhealthy", "AddToLoadBalancer", "AZRebalance"];

/// `EB-25`.
pub(super) fn suspended(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let groups = world.scaling.groups.present()?.map_or(&[][..], Vec::as_slice);
    let situation = Situation::of(world);
    let removed: Vec<_> = messages::clues(world, "EB-25")
        .into_iter()
        .filter(|hit| hit.text.contains("Removed instance"))
        .collect();
    let mut findings = Vec::new();
    for group in groups {
        let processes: Vec<String> = group
            .suspended
            .iter()
            .map(|(name, _)| name.clone())
            .filter(|name| NEEDED.contains(&name.as_str()) && name != "AZRebalance")
            .collect();
        let looping = removed.len() > 1
            || !removed.is_empty() && group.health_check.as_deref() == Some("ELB");
        let updating = world.environment.value().is_some_and(|own| own.status.in_progress());
        if !looping && (processes.is_empty() || updating) {
            continue;
        }
        let role = if situation.is_well() { Role::Risk } else { Role::Cause };
        let kind = StateFault::ScalingSuspended {
            scaling_group: group.name.clone(),
            processes: processes.clone(),
            looping,
            grace_seconds: group.grace_seconds,
        };
        let title = if looping {
            "Instances are replaced in a loop: they are judged before they have started"
        } else {
            "Auto Scaling's work is suspended, so instances are not launched or replaced"
        };
        let finding = Finding::new(
            kind,
            role,
            title,
            "Somebody suspended processes of the Auto Scaling group, or its health check judges new instances before they can answer and ends them again. Resuming the processes, a longer grace period and at least two instances keep the service up.",
        );
        let mut finding =
            finding.on([group.name.as_str()]).weighing(73).with(messages::evidence(&removed));
        if !processes.is_empty() {
            let text = format!("suspended: {}", processes.join(", "));
            finding = finding.because(&world.scaling.groups, text);
        }
        let check = group.health_check.as_deref().unwrap_or("unknown");
        let grace = group.grace_seconds.map_or("unknown".to_owned(), |seconds| seconds.to_string());
        let text =
            format!("health check {check}, grace {grace} seconds, desired {}", group.desired);
        let trigger = trail::trigger(world, &["SuspendProcesses"], [group.name.as_str()]);
        findings.push(finding.because(&world.scaling.groups, text).brought_about(trigger));
    }
    Ok(findings)
}

/// `EB-34`.
pub(super) fn to_zero(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    world.scaling.groups.present()?;
    let Some(group) = main_group(world).filter(|group| group.max == 0 && group.desired == 0) else {
        return Ok(Vec::new());
    };
    let trigger = trail::trigger(
        world,
        &["UpdateAutoScalingGroup", "SetDesiredCapacity"],
        [group.name.as_str()],
    );
    let finding = Finding::new(
        StateFault::ScaledToZero { scaling_group: group.name.clone() },
        Role::Cause,
        "The environment was scaled to nothing: it may have no instance at all",
        "Lowest, highest and wanted number of instances are zero, set by a tool that stops environments. Deployments wait for instances that never come; setting MinSize and MaxSize to at least 1 starts it again.",
    );
    Ok(vec![
        finding
            .on([group.name.as_str()])
            .weighing(93)
            .because(&world.scaling.groups, format!("{} has min 0, max 0, desired 0", group.name))
            .brought_about(trigger),
    ])
}
