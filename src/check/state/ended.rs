//! `EB-06`, `EB-19`, `EB-29`, `EB-30`, `EB-32` and `EB-33`: ends, and names that are taken.

use jiff::SignedDuration;

use crate::check::history::{self, What};
use crate::check::situation::Situation;
use crate::check::told::{Words, between, proven};
use crate::check::{Finding, Role, StateFault, messages, trail};
use crate::world::{Environment, EnvironmentStatus, Gap, Snapshot};

/// How long AWS can restore a terminated environment.
// Source: incident EB-19, "within six weeks (42 days) of their termination".
const RESTORABLE: SignedDuration = SignedDuration::from_hours(42 * 24);

/// `EB-06`.
pub(super) fn termination(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let situation = Situation::of(world);
    if !situation.termination_failed() {
        world.events.present()?;
        return Ok(Vec::new());
    }
    let own = world.environment.known()?;
    let stack = own.stack_name();
    let finding = Finding::new(
        StateFault::TerminationFailed { stack: stack.clone() },
        Role::Cause,
        "A termination was asked for and failed; the environment hangs between there and gone",
        "Elastic Beanstalk asked CloudFormation to delete the stack, and something in it could not be deleted. The environment stays listed, grey and without data. What blocks has to be removed; then the termination can be asked for again.",
    );
    let mut finding = finding
        .on([own.name.as_str(), stack.as_str()])
        .weighing(70)
        .with(messages::evidence(&messages::clues(world, "EB-06")));
    if let Some(facts) = situation.stack() {
        let status = situation.stack_status().unwrap_or("unknown");
        finding = finding.because(&facts.stack, format!("{stack} is {status}"));
        if let Some(reason) = facts.stack.value().and_then(|stack| stack.reason.clone()) {
            finding = finding.because(&facts.stack, reason);
        }
    }
    let trigger =
        trail::trigger(world, &["TerminateEnvironment"], [own.id.as_str(), own.name.as_str()]);
    Ok(vec![finding.brought_about(trigger)])
}

/// `EB-19`.
pub(super) fn rebuild_refused(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    if !Situation::of(world).is_terminated() {
        return Ok(Vec::new());
    }
    let own = world.environment.known()?;
    let mut why = Vec::new();
    if own.updated.is_some_and(|at| world.taken_at.duration_since(at) > RESTORABLE) {
        why.push("too-old".to_owned());
    }
    let living = world
        .neighbours
        .items()
        .iter()
        .filter(|other| other.id != own.id && other.status != EnvironmentStatus::Terminated);
    let living: Vec<&Environment> = living.collect();
    if living.iter().any(|other| other.name == own.name) {
        why.push("name-taken".to_owned());
    } else if living.iter().any(|other| other.cname.is_some() && other.cname == own.cname) {
        why.push("address-taken".to_owned());
    }
    let deployed = own.version_label.as_deref();
    let versions = world.versions.value();
    if let (Some(label), Some(all)) = (deployed, versions)
        && !all.iter().any(|version| version.label == label)
        && label != "Sample Application"
    {
        why.push("version-deleted".to_owned());
    }
    if why.is_empty() {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        StateFault::RebuildRefused { why: why.clone() },
        Role::Cause,
        "The terminated environment cannot be rebuilt as it was",
        "AWS rebuilds a terminated environment within 42 days, if its name and address are free and its application version is still there. One of these does not hold; a new environment with the saved configuration is the way.",
    );
    let mut finding = finding.on([own.name.as_str(), own.id.as_str()]).weighing(80);
    for reason in &why {
        finding = match reason.as_str() {
            "version-deleted" => finding.because(
                &world.versions,
                format!("the version {} was deleted", deployed.unwrap_or_default()),
            ),
            "too-old" => finding.because(&world.environment, "it ended more than 42 days ago"),
            other => {
                finding.because(&world.neighbours, format!("{other}: another environment has it"))
            }
        };
    }
    Ok(vec![finding])
}

/// `EB-29`.
pub(super) fn lingers(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let own = world.environment.known()?;
    // Source: incident EB-29: a terminated environment stays listed for about an hour.
    let recent = own
        .updated
        .is_some_and(|at| world.taken_at.duration_since(at) < SignedDuration::from_mins(90));
    if !Situation::of(world).is_terminated() || !recent {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        StateFault::TerminatedLingers {},
        Role::Risk,
        "The environment is terminated and stays listed for about an hour",
        "Tools that look it up by name can take it for a living one. Use its id, and treat it as gone.",
    );
    Ok(vec![
        finding
            .on([own.name.as_str()])
            .weighing(15)
            .because(&world.environment, "status Terminated"),
    ])
}

/// `EB-30`.
pub(super) fn vanished(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    if !Situation::of(world).is_terminated() {
        return Ok(Vec::new());
    }
    let events = world.events.present()?.map_or(&[][..], Vec::as_slice);
    let failed = events.iter().find(|event| event.message.contains("Failed to launch environment"));
    let asked = history::operations(world).iter().any(|one| one.what == What::Terminate);
    let Some(event) = failed.filter(|_| !asked) else { return Ok(Vec::new()) };
    let own = world.environment.known()?;
    let finding = Finding::new(
        StateFault::VanishedDuringLaunch {},
        Role::Cause,
        "The environment failed while it was created, and Elastic Beanstalk took it away",
        "A launch that fails in its first minute ends as Terminated. Whoever waits for it by name waits for ever: its events, asked for by its id, say what failed.",
    );
    Ok(vec![
        finding
            .on([own.name.as_str(), own.id.as_str()])
            .weighing(50)
            .because(&world.events, event.message.clone())
            .because(&world.environment, "status Terminated"),
    ])
}

/// `EB-32`.
pub(super) fn name_taken(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "EB-32",
        title: "The name or the address is taken by another environment",
        explanation: "Names of environments and their DNS prefixes are unique in a region. Creating, rebuilding or swapping fails until another one is chosen or the other environment gives it up.",
        weight: 88,
    };
    proven(world, &words, |hit| {
        let name = between(&hit.text, "DNS name (", ")")
            .or_else(|| between(&hit.text, "DNS name ", " is not"))
            .or_else(|| between(&hit.text, "Environment ", " already exists"));
        StateFault::NameTaken { name: name.unwrap_or_default().to_owned() }.into()
    })
}

/// `EB-33`.
pub(super) fn delete_refused(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "EB-33",
        title: "Deleting is refused because another operation is at work on the same thing",
        explanation: "Elastic Beanstalk answers OperationInProgressFailure while an environment, a version or a bucket is used by another operation. It passes when that operation ends.",
        weight: 60,
    };
    proven(world, &words, |_| StateFault::DeleteRefused {}.into())
}
