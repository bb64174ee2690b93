//! `EB-10` to `EB-12`: roles and profiles.

use crate::check::situation::Situation;
use crate::check::told::between;
use crate::check::{Finding, Role, StateFault, messages, trail};
use crate::world::{Gap, RoleFacts, Snapshot};

/// Whether a trust policy lets Elastic Beanstalk in; a text search on purpose: it only says no
/// where the service's name is nowhere in the document.
fn trusts(role: &RoleFacts) -> bool {
    role.trust.as_deref().is_none_or(|trust| trust.contains("elasticbeanstalk.amazonaws.com"))
}

fn scaling_group_gone(world: &Snapshot) -> bool {
    let wanted =
        Situation::of(world).stack().and_then(|facts| facts.physical("AWSEBAutoScalingGroup"));
    let groups = world.scaling.groups.value();
    wanted.is_some_and(|wanted| {
        groups.is_some_and(|groups| !groups.iter().any(|group| group.name == wanted))
    })
}

/// `EB-10`.
pub(super) fn suspended(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let own = world.environment.known()?;
    if own.health_status.as_deref() != Some("Suspended") {
        return Ok(Vec::new());
    }
    let role = world.identity.service_role.is_absent()
        || world.identity.service_role.value().is_some_and(|role| !trusts(role));
    let scaling_group = scaling_group_gone(world);
    let finding = Finding::new(
        StateFault::Suspended { role, scaling_group },
        Role::Cause,
        "Elastic Beanstalk has stopped looking at the environment's health",
        "Health is Suspended when Elastic Beanstalk cannot use the service role any more, or when the environment's Auto Scaling group was deleted. Once that is put right, an update makes it look again.",
    );
    let mut finding = finding
        .on([own.name.as_str()])
        .weighing(72)
        .because(&world.environment, "health status is Suspended");
    if role {
        finding = finding.because(&world.identity.service_role, "the service role cannot be used");
    }
    if scaling_group {
        finding = finding.because(&world.scaling.groups, "the Auto Scaling group is gone");
    }
    Ok(vec![finding])
}

/// `EB-11`.
pub(super) fn service_role(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "EB-11");
    let set = world
        .settings
        .value()
        .and_then(|all| all.get("aws:elasticbeanstalk:environment", "ServiceRole"));
    let observed = &world.identity.service_role;
    let absent = observed.is_absent() && set.is_some();
    let untrusted = observed.value().is_some_and(|role| !trusts(role));
    if told.is_empty() && !absent && !untrusted {
        if set.is_some() {
            observed.present()?;
        }
        return Ok(Vec::new());
    }
    let name = set.map(str::to_owned).or_else(|| {
        told.iter().find_map(|hit| between(&hit.text, "role \"", "\"").map(str::to_owned))
    });
    let enhanced = Situation::of(world).is_well();
    let role = if told.is_empty() && enhanced { Role::Contributing } else { Role::Cause };
    let kind = StateFault::ServiceRole { role: name.clone(), exists: !absent, trusted: !untrusted };
    let title = if absent || observed.is_absent() {
        "Elastic Beanstalk's service role is not there any more"
    } else {
        "Elastic Beanstalk cannot use its service role"
    };
    let finding = Finding::new(
        kind,
        role,
        title,
        "Enhanced health and managed updates work with the service role. It is missing, or its trust policy does not let elasticbeanstalk.amazonaws.com in. The application may run, but its health is not known and updates fail.",
    );
    let mut finding = finding.on(&name).weighing(94).with(messages::evidence(&told));
    let shown = name.as_deref().unwrap_or("the role");
    if absent {
        finding = finding.because(observed, format!("{shown} does not exist"));
    }
    if untrusted {
        finding = finding.because(
            observed,
            format!("the trust policy of {shown} does not name elasticbeanstalk.amazonaws.com"),
        );
    }
    let bare = shown.rsplit('/').next().unwrap_or(shown);
    let calls = ["DeleteRole", "UpdateAssumeRolePolicy", "DetachRolePolicy"];
    Ok(vec![finding.with(Situation::of(world).signs()).brought_about(trail::trigger(
        world,
        &calls,
        [bare],
    ))])
}

/// `EB-12`.
pub(super) fn profile(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "EB-12");
    let set = world
        .settings
        .value()
        .and_then(|all| all.get("aws:autoscaling:launchconfiguration", "IamInstanceProfile"));
    let observed = &world.identity.profile;
    let absent = observed.is_absent() && set.is_some();
    let empty = observed.value().is_some_and(|profile| profile.roles.is_empty());
    let role_gone = observed.value().is_some_and(|profile| !profile.roles.is_empty())
        && world.identity.instance_role.is_absent();
    let faulty = absent || empty || role_gone;
    // What was written before the profile was put back says nothing against one that is whole.
    let whole = observed.value().is_some() && !faulty;
    if !faulty && (told.is_empty() || whole && Situation::of(world).is_well()) {
        if set.is_some() {
            observed.present()?;
        }
        return Ok(Vec::new());
    }
    let in_text =
        told.first().and_then(|hit| between(&hit.text, "instance profile ", " associated"));
    let name = set.or(in_text).map(str::to_owned);
    let known_role = observed.value().and_then(|profile| profile.roles.first().cloned());
    let kind = StateFault::InstanceProfile {
        profile: name.clone(),
        exists: !observed.is_absent() && set.is_some(),
        role: known_role.clone().or_else(|| name.clone()),
    };
    let what = if absent || observed.is_absent() || set.is_none() {
        "The instance profile is missing, so instances cannot be launched or cannot call AWS"
    } else if whole {
        "The instance profile was missing when instances were to be launched; it is there now"
    } else {
        "The instance profile has no role, so instances cannot call AWS"
    };
    let finding = Finding::new(
        kind,
        if told.is_empty() && Situation::of(world).is_well() {
            Role::Contributing
        } else {
            Role::Cause
        },
        what,
        "Instances get their permissions by an instance profile with one role. New accounts have no default one. Rebuilding with the same option fails the same way: the profile and its role have to be there first.",
    );
    let mut finding = finding.on(&name).weighing(95).with(messages::evidence(&told));
    let shown = name.as_deref().unwrap_or("the instance profile");
    if absent {
        finding = finding.because(observed, format!("{shown} does not exist"));
    }
    if empty {
        finding = finding.because(observed, format!("{shown} has no role"));
    }
    if role_gone {
        let text = format!("its role {} does not exist", known_role.unwrap_or_default());
        finding = finding.because(&world.identity.instance_role, text);
    }
    let calls = ["DeleteInstanceProfile", "RemoveRoleFromInstanceProfile", "DeleteRole"];
    Ok(vec![finding.brought_about(trail::trigger(world, &calls, [shown]))])
}
