//! `EB-21`, `EB-22` and `EB-35`: what Elastic Beanstalk believes in and is not there.

use crate::check::situation::Situation;
use crate::check::{Finding, Role, StateFault, messages, trail};
use crate::world::{EnvironmentStatus, Gap, Snapshot, StackResource};

/// A resource of the stack that CloudFormation believes to be there.
fn believed<'a>(world: &'a Snapshot, kind: &str) -> Option<&'a StackResource> {
    let status = Situation::of(world).stack_status()?;
    let alive = world.environment.value().is_some_and(|own| {
        matches!(own.status, EnvironmentStatus::Ready | EnvironmentStatus::Updating)
    });
    if !alive || status.starts_with("DELETE_") || status.starts_with("CREATE_IN") {
        return None;
    }
    let resources = Situation::of(world).stack()?.resources.items().iter();
    resources.into_iter().find(|one| {
        one.kind == kind
            && one.status.ends_with("_COMPLETE")
            && !one.status.starts_with("DELETE")
            && one.physical.as_deref().is_some_and(|id| !id.is_empty())
    })
}

/// `EB-21`.
pub(super) fn balancer(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "EB-21");
    let kinds = [
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", false),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", true),
    ];
    let mut gone: Option<(String, bool)> = None;
    for (kind, target_group) in kinds {
        let Some(id) = believed(world, kind).and_then(|one| one.physical.clone()) else { continue };
        let there = if target_group {
            world
                .balancing
                .target_groups
                .present()
                .map(|all| all.is_some_and(|all| all.iter().any(|one| one.arn.as_str() == id)))
        } else {
            world
                .balancing
                .load_balancers
                .present()
                .map(|all| all.is_some_and(|all| all.iter().any(|one| one.arn.as_str() == id)))
        };
        if there == Ok(false) && gone.is_none() {
            gone = Some((id, target_group));
        }
    }
    // A list that is empty although the environment is well shows nothing: not every endpoint
    // has load balancers.
    let gone = gone.filter(|_| !Situation::of(world).is_well());
    if gone.is_none() && told.is_empty() {
        return Ok(Vec::new());
    }
    let (id, target_group) = gone.unwrap_or_default();
    let what = if target_group { "target group" } else { "load balancer" };
    let finding = Finding::new(
        StateFault::BalancerGone { balancer: id.clone(), target_group },
        Role::Cause,
        format!("The environment's {what} was deleted outside Elastic Beanstalk"),
        "The stack still lists it, and nobody reaches the site. Updating the environment does not make it again; a rebuild does, or a new environment and a swap of addresses.",
    );
    let calls = ["DeleteLoadBalancer", "DeleteTargetGroup"];
    let mut finding = finding.on([id.as_str()]).weighing(94).with(messages::evidence(&told));
    if !id.is_empty() {
        let text = format!("{id} is in the stack, and Elastic Load Balancing does not know it");
        finding = finding.because(&world.balancing.load_balancers, text);
    }
    Ok(vec![finding.brought_about(trail::trigger(world, &calls, [id.as_str()]))])
}

/// `EB-22`.
pub(super) fn scaling_group(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "EB-22");
    let believed = believed(world, "AWS::AutoScaling::AutoScalingGroup");
    let groups = world.scaling.groups.present()?.map_or(&[][..], Vec::as_slice);
    let name = believed.and_then(|one| one.physical.clone()).unwrap_or_default();
    let deleting = |status: Option<&str>| status.is_some_and(|status| status.contains("Delete"));
    let there = groups.iter().any(|group| group.name == name && !deleting(group.status.as_deref()));
    let gone = !name.is_empty() && !there && !Situation::of(world).is_well();
    if !gone && told.is_empty() {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        StateFault::ScalingGroupGone { scaling_group: name.clone() },
        Role::Cause,
        "The environment's Auto Scaling group was deleted outside Elastic Beanstalk",
        "Without its group the environment has no instances and gets none, its health is suspended in the end, and updates fail. Scaling changes nothing; only a rebuild makes the group again.",
    );
    let trigger = trail::trigger(world, &["DeleteAutoScalingGroup"], [name.as_str()]);
    Ok(vec![
        finding
            .on([name.as_str()])
            .weighing(95)
            .because(
                &world.scaling.groups,
                format!("{name} is in the stack, and Auto Scaling does not know it"),
            )
            .with(messages::evidence(&told))
            .with(Situation::of(world).signs())
            .brought_about(trigger),
    ])
}

/// `EB-35`.
pub(super) fn link(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let own = world.environment.known()?;
    if own.links.is_empty() {
        return Ok(Vec::new());
    }
    let neighbours = world.neighbours.present()?.map_or(&[][..], Vec::as_slice);
    let mut findings = Vec::new();
    for link in &own.links {
        let there = neighbours
            .iter()
            .filter(|other| other.status != EnvironmentStatus::Terminated)
            .any(|other| other.name == link.environment || other.id.as_str() == link.environment);
        if there || link.environment == own.name {
            continue;
        }
        let kind = StateFault::LinkBroken {
            link: link.link.clone(),
            environment: link.environment.clone(),
        };
        let role = if Situation::of(world).is_well() { Role::Risk } else { Role::Contributing };
        let finding = Finding::new(
            kind,
            role,
            format!("The environment is linked to {}, which is not there", link.environment),
            "A link by env.yaml names another environment of the region. It is gone; what the application asks of it fails, and updates of the link do too.",
        );
        findings.push(finding.on([link.environment.as_str()]).weighing(35).because(
            &world.neighbours,
            format!("no living environment is named {}", link.environment),
        ));
    }
    Ok(findings)
}
