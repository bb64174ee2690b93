//! Platform faults that AWS's own texts show: `PL-02`, `PL-05` to `PL-09`, `PL-12`, `PL-13`,
//! `PL-16` and `PL-18`.

use crate::check::situation::Situation;
use crate::check::stack::action_of;
use crate::check::told::{Words, between, proven};
use crate::check::{Finding, PlatformFault, Role, messages, trail};
use crate::world::{Gap, Snapshot, TrailEvent};

/// `PL-02`.
pub(super) fn list_differs(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "PL-02",
        title: "The list of solution stacks differs from account to account",
        explanation: "Older versions are listed only for accounts that already use them. What a colleague's account offers says nothing about this one; a current version works everywhere.",
        weight: 80,
    };
    proven(world, &words, |hit| {
        let wanted = between(&hit.text, "Solution Stack '", "'").unwrap_or_default().to_owned();
        PlatformFault::StackListDiffers { wanted }.into()
    })
}

/// `PL-05`.
pub(super) fn launch_configurations(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "PL-05",
        title: "The account may not make launch configurations, and the environment wants one",
        explanation: "Accounts made since October 2024 have launch templates only. An option that needs one (DisableIMDSv1=true together with RootVolumeType=gp3) makes Elastic Beanstalk use a launch template; then the environment has to be made again.",
        weight: 96,
    };
    proven(world, &words, |_| PlatformFault::LaunchConfigurations {}.into())
}

/// `PL-06`.
pub(super) fn type_too_new(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "PL-06",
        title: "The instance type is too new for the launch configuration that the environment uses",
        explanation: "Launch configurations know no types released after 2022. The console shows the type as valid all the same. With a launch template (RootVolumeType=gp3 and DisableIMDSv1=true) the type can be used.",
        weight: 94,
    };
    proven(world, &words, |hit| {
        let instance_type =
            between(&hit.text, "instance type ", " is not valid").unwrap_or_default();
        PlatformFault::TypeTooNew { instance_type: instance_type.to_owned() }.into()
    })
}

/// `PL-07`.
pub(super) fn type_not_allowed(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "PL-07",
        title: "Elastic Beanstalk does not allow the instance type here",
        explanation: "Its list of types lags behind EC2's in some regions and platform versions. Another type, a newer platform version, or the option InstanceTypes of aws:ec2:instances gets around it.",
        weight: 92,
    };
    proven(world, &words, |hit| {
        let instance_type = between(&hit.text, "option value: '", "'").unwrap_or_default();
        PlatformFault::TypeNotAllowed { instance_type: instance_type.to_owned() }.into()
    })
}

/// `PL-08`.
pub(super) fn option_unknown(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::clues(world, "PL-08");
    let validated = world.validation.items().iter().filter(|(severity, message, ..)| {
        severity.eq_ignore_ascii_case("error") && message.contains("Unknown configuration setting")
    });
    let mut options: Vec<(String, String)> =
        validated.map(|(_, _, namespace, name)| (namespace.clone(), name.clone())).collect();
    for hit in &told {
        let namespace = between(&hit.text, "Namespace: '", "'");
        let name = between(&hit.text, "OptionName: '", "'");
        if let (Some(namespace), Some(name)) = (namespace, name) {
            options.push((namespace.to_owned(), name.to_owned()));
        }
    }
    options.sort();
    options.dedup();
    if told.is_empty() && (options.is_empty() || !Situation::of(world).something_fails()) {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        PlatformFault::OptionUnknown { options: options.clone() },
        Role::Cause,
        "The configuration names an option that this platform does not have",
        "Options of older platforms (Amazon Linux 1 or 2) are gone on newer ones. The file in .ebextensions or the saved configuration that names it has to be changed before the deployment can go through.",
    );
    let ids = options.iter().map(|(namespace, name)| format!("{namespace} {name}"));
    let mut finding = finding.on(ids).weighing(93).with(messages::evidence(&told));
    if world.validation.value().is_some() && !options.is_empty() {
        finding = finding.because(&world.validation, "AWS's own validation names the same");
    }
    Ok(vec![finding])
}

/// `PL-09`.
pub(super) fn parameter(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "PL-09",
        title: "Options of the old sort of platform were carried over to the new one",
        explanation: "The environment was made for another sort of platform (multi-container Docker on Amazon Linux 1), and its template has parameters that the new one does not know. A second environment and a swap of addresses is the way.",
        weight: 92,
    };
    proven(world, &words, |hit| {
        let parameter = between(&hit.text, "duplicate parameter: ", "").unwrap_or_default();
        PlatformFault::ParameterCarried { parameter: parameter.trim_end_matches('.').to_owned() }
            .into()
    })
}

/// `PL-12`.
pub(super) fn managed_denied(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut told = messages::clues(world, "PL-12");
    let denied = world
        .managed
        .history
        .items()
        .iter()
        .find(|action| action.failure_type.as_deref() == Some("PermissionsError"));
    let newest =
        world.managed.history.items().iter().max_by_key(|action| action.finished.or(action.at));
    let still = denied
        .filter(|_| newest.is_none_or(|newest| newest.status.as_deref() != Some("Completed")));
    told.retain(|hit| hit.sure || still.is_some());
    if told.is_empty() && still.is_none() {
        return Ok(Vec::new());
    }
    let texts = told.iter().map(|hit| hit.text.as_str());
    let action =
        texts.chain(still.and_then(|action| action.failure.as_deref())).find_map(action_of);
    let finding = Finding::new(
        PlatformFault::ManagedUpdateDenied { action: action.clone() },
        Role::Cause,
        "Managed updates fail because their role lacks a permission",
        "The role that managed updates work with may not do what the update needs, often with launch templates or a coupled database. The environment stays on its version and the update fails in every window until the permission is there.",
    );
    let mut finding = finding.on(&action).weighing(93).with(messages::evidence(&told));
    if let Some(action) = still {
        let text = action.failure.clone().unwrap_or_else(|| "PermissionsError".to_owned());
        finding = finding.because(&world.managed.history, format!("PermissionsError: {text}"));
    }
    Ok(vec![finding])
}

/// `PL-13`.
pub(super) fn managed_off(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "PL-13",
        title: "Managed updates cannot be switched on or carried out as things are",
        explanation: "Managed updates need enhanced health reporting (SystemType=enhanced), and a running or planned action cannot be changed. With UpdateLevel=patch nothing is planned while only minor versions are offered.",
        weight: 82,
    };
    proven(world, &words, |_| PlatformFault::ManagedUpdatesOff {}.into())
}

/// `PL-16`.
pub(super) fn cli(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "PL-16",
        title: "The EB CLI cannot resolve the platform in its configuration",
        explanation: "The file .elasticbeanstalk/config.yml names a default platform that AWS does not offer any more. Only the file has to be changed.",
        weight: 70,
    };
    proven(world, &words, |_| PlatformFault::CliPlatform {}.into())
}

/// `PL-18`: the environment cannot show whether an old SDK asks version 1; the setting is told
/// where the application fails after it was switched.
pub(super) fn metadata(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let set = world
        .settings
        .present()?
        .is_some_and(|all| all.is_true("aws:autoscaling:launchconfiguration", "DisableIMDSv1"));
    let since = Situation::of(world).last_success();
    let switched = |event: &&TrailEvent| {
        event.name == "UpdateEnvironment"
            && trail::is_about(world, event)
            && since.is_none_or(|since| event.at >= since)
            && event.request.to_string().contains("DisableIMDSv1")
    };
    let trigger = trail::effective(world).into_iter().rev().find(switched);
    let Some(event) = trigger.filter(|_| set && !Situation::of(world).is_well()) else {
        return Ok(Vec::new());
    };
    let finding = Finding::new(
        PlatformFault::MetadataVersion {},
        Role::Cause,
        "Version 1 of the instance metadata service was switched off, and the application fails since",
        "Old SDKs get their credentials only by version 1. Either the SDK is updated, or DisableIMDSv1 goes back to false. Whoever changes it needs permissions for launch templates.",
    );
    Ok(vec![
        finding
            .weighing(58)
            .because(&world.settings, "DisableIMDSv1 is true")
            .because(&world.trail, format!("{} set it by {}", event.user, event.name)),
    ])
}
