//! `EB-07` to `EB-09` and `EB-36`: instances that are there and do not do their work.

use crate::check::history;
use crate::check::situation::Situation;
use crate::check::{Finding, Role, StateFault, messages};
use crate::world::{EnvironmentStatus, Gap, InstanceId, Percent, Snapshot};

/// From here on a root volume counts as full.
// Elastic Beanstalk itself has no mark; below 5 % free a deployment's bundle no longer fits.
const FULL: u32 = 95;
/// Elastic Beanstalk's own time-out for commands, in seconds.
// Source: incident EB-08, "Timeout (default 600 s)".
const TIMEOUT: u32 = 600;

fn volume_full(used: Option<Percent>) -> bool {
    used.is_some_and(|used| used.whole() >= FULL)
}

/// `EB-07`.
pub(super) fn disk(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let all = world.instances_health.present()?.map_or(&[][..], Vec::as_slice);
    let situation = Situation::of(world);
    let full: Vec<_> = all.iter().filter(|one| volume_full(one.root_volume_used)).collect();
    if full.is_empty() {
        return hanging(world);
    }
    let well = full.iter().all(|one| matches!(one.status.as_deref(), Some("Ok" | "Info")));
    let role = if well && situation.is_well() { Role::Risk } else { Role::Cause };
    let ids: Vec<InstanceId> = full.iter().map(|one| one.instance.clone()).collect();
    let finding = Finding::new(
        StateFault::DiskFull { instances: ids.clone() },
        role,
        "The root volume of an instance is full, so it cannot report or deploy",
        "Old versions, logs or packages have filled the disk. The instance runs and passes EC2's checks, but its agent cannot write any more. Restarting or rebooting frees nothing; replacing the instance does, and fewer kept versions keep it from coming back.",
    );
    let mut finding = finding.on(&ids).weighing(91);
    for one in full.iter().take(3) {
        let used = one.root_volume_used.map_or(0, Percent::whole);
        let text = format!("the root volume of {} is {used} % full", one.instance);
        finding = finding.because(&world.instances_health, text);
    }
    for status in
        world.compute.statuses.items().iter().filter(|one| ids.contains(&one.instance)).take(2)
    {
        let text = format!(
            "EC2's checks of {}: system {}, instance {}",
            status.instance,
            status.system.as_deref().unwrap_or("?"),
            status.machine.as_deref().unwrap_or("?")
        );
        finding = finding.although(&world.compute.statuses, text);
    }
    Ok(vec![finding])
}

/// Instances that used to report, run and pass EC2's checks, and are not heard of any more: what
/// is left when nothing outside keeps them from reporting, which other checks say.
fn hanging(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let silent = Situation::of(world).silent();
    let ready = world.environment.known()?.status == EnvironmentStatus::Ready;
    if silent.is_empty() || !ready {
        return Ok(Vec::new());
    }
    let events = world.events.known()?;
    let well = events.iter().filter(|event| history::says_success(&event.message));
    let Some(last_well) = well.map(|event| event.at).max() else { return Ok(Vec::new()) };
    let running = world.compute.instances.known()?;
    let checked = world.compute.statuses.known()?;
    let passes = |id: &InstanceId| {
        checked.iter().any(|one| {
            let ok = |text: &Option<String>| text.as_deref() == Some("ok");
            one.instance == *id && ok(&one.system) && ok(&one.machine)
        })
    };
    // One that was launched after things were last well may never have reported at all.
    let reported = |id: &InstanceId| {
        running.iter().any(|one| {
            one.id == *id && one.state == "running" && one.launched.is_some_and(|at| at < last_well)
        })
    };
    let ids: Vec<InstanceId> = silent.into_iter().filter(|id| passes(id) && reported(id)).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        StateFault::DiskFull { instances: ids.clone() },
        Role::Cause,
        "Instances hang: they run and pass EC2's checks, and report no more",
        "They reported before, and nothing on their way to Elastic Beanstalk was changed. An instance that can no longer write (its root volume is full) or has no memory left runs on and says nothing. Restarting the servers asks the agent that hangs; replacing the instances helps, and the version that fills them must not come back.",
    );
    let mut finding = finding.on(&ids).weighing(60);
    for id in ids.iter().take(3) {
        let text = format!("EC2's checks of {id}: system ok, instance ok");
        finding = finding.because(&world.compute.statuses, text);
    }
    Ok(vec![
        finding
            .because(&world.events, format!("the environment was last well at {last_well}"))
            .with(Situation::of(world).signs()),
    ])
}

/// `EB-08`.
pub(super) fn timeouts(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told: Vec<_> =
        messages::hits(world).into_iter().filter(|hit| hit.codes[0] == "EB-08").collect();
    if told.is_empty() {
        world.events.present()?;
        return Ok(Vec::new());
    }
    let set =
        world.settings.value().and_then(|all| all.get("aws:elasticbeanstalk:command", "Timeout"));
    let timeout = set.and_then(|text| text.parse().ok()).unwrap_or(TIMEOUT);
    let instances = Situation::of(world).silent();
    let kind = StateFault::CommandTimeouts { instances: instances.clone(), timeout };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "Commands time out on the instances, so no deployment goes through",
        "Elastic Beanstalk sends a command to each instance and waits for its answer. Something on the instance is stuck or slow, or the instance is too small for the work. Repeating the deployment adds to it; replacing the instances or a longer time-out helps.",
    );
    Ok(vec![
        finding
            .on(&instances)
            .weighing(57)
            .with(messages::evidence(&told))
            .because(&world.settings, format!("the command time-out is {timeout} seconds"))
            .with(Situation::of(world).signs()),
    ])
}

/// Whether a text says that a process was ended for want of memory.
fn speaks_of_memory(text: &str) -> bool {
    const WORDS: [&str; 6] = [
        "out of memory",
        "cannot allocate memory",
        "oom-kill",
        "exit status 137",
        "return code: 137",
        "code 137",
    ];
    let low = text.to_lowercase();
    WORDS.iter().any(|word| low.contains(word))
}

/// `EB-09`.
pub(super) fn memory(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let situation = Situation::of(world);
    let says = speaks_of_memory;
    let told: Vec<_> =
        situation.recent().into_iter().filter(|event| says(&event.message)).collect();
    let sick = world
        .instances_health
        .items()
        .iter()
        .filter(|one| one.causes.iter().any(|cause| says(cause)));
    let mut instances: Vec<InstanceId> = sick.map(|one| one.instance.clone()).collect();
    if told.is_empty() && instances.is_empty() {
        return Ok(Vec::new());
    }
    instances.extend(situation.silent());
    instances.sort();
    instances.dedup();
    let instance_type = world
        .compute
        .instances
        .items()
        .iter()
        .find(|one| one.state == "running")
        .map(|one| one.instance_type.clone());
    let kind = StateFault::OutOfMemory {
        instances: instances.clone(),
        instance_type: instance_type.clone(),
    };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "The instances run out of memory while they deploy",
        "The kernel ended a process for want of memory (exit 137), often an install or a build on a small instance. Deploying again ends the same way; a larger type, or a build done elsewhere, helps.",
    );
    let mut finding = finding.on(&instances).weighing(92);
    for event in told.iter().take(2) {
        finding = finding.because(&world.events, event.message.clone());
    }
    for one in world
        .instances_health
        .items()
        .iter()
        .filter(|one| one.causes.iter().any(|cause| says(cause)))
        .take(2)
    {
        finding = finding.because(
            &world.instances_health,
            format!("{}: {}", one.instance, one.causes.join("; ")),
        );
    }
    if let Some(kind) = instance_type {
        finding = finding.because(&world.compute.instances, format!("they are {kind}"));
    }
    Ok(vec![finding])
}

/// `EB-36`.
pub(super) fn impaired(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let statuses = world.compute.statuses.present()?.map_or(&[][..], Vec::as_slice);
    let bad = |text: &Option<String>| text.as_deref() == Some("impaired");
    let sick: Vec<_> =
        statuses.iter().filter(|one| bad(&one.system) || bad(&one.machine)).collect();
    if sick.is_empty() {
        return Ok(Vec::new());
    }
    let instances: Vec<InstanceId> = sick.iter().map(|one| one.instance.clone()).collect();
    let finding = Finding::new(
        StateFault::InstanceImpaired { instances: instances.clone() },
        Role::Cause,
        "EC2's own status checks fail for an instance",
        "The machine itself is ill: its host (system check) or its operating system (instance check) does not answer. Commands to it time out and its health is not heard of. Replacing it is what helps.",
    );
    let mut finding = finding.on(&instances).weighing(93);
    for one in sick.iter().take(3) {
        let text = format!(
            "{}: system {}, instance {}",
            one.instance,
            one.system.as_deref().unwrap_or("?"),
            one.machine.as_deref().unwrap_or("?")
        );
        finding = finding.because(&world.compute.statuses, text);
    }
    Ok(vec![finding.with(Situation::of(world).signs())])
}
