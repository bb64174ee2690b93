//! `EB-01` to `EB-05`: an operation that does not end, and calls that are refused meanwhile.

use jiff::SignedDuration;

use crate::check::situation::Situation;
use crate::check::{Finding, Role, StateFault, messages, trail};
use crate::world::{Environment, EnvironmentStatus, Gap, Snapshot, TrailEvent};

/// How long nothing may be heard of an operation before it counts as stuck.
// A launch's wait condition ends after 17 to 30 minutes, a rolling batch after 30 at most, and
// CloudFormation speaks in between (incidents, "Times").
const SILENT: SignedDuration = SignedDuration::from_mins(45);

/// How long an abort may take, in minutes, while an instance is silent.
// Source: incident EB-05, "30+ min; instance silent".
const LONG: i64 = 30;

/// For how many minutes nothing was heard: neither from the environment nor from its stack.
fn silent_minutes(world: &Snapshot, own: &Environment) -> i64 {
    let events = world.events.items().iter().map(|event| event.at);
    let of_stack = Situation::of(world).stack().map_or(&[][..], |facts| facts.events.items());
    let newest = events.chain(of_stack.iter().map(|event| event.at)).max().or(own.updated);
    newest.map_or(0, |at| world.taken_at.duration_since(at).as_mins())
}

/// A call of this name on the environment that was refused since an operation last ended well.
fn refused<'a>(world: &'a Snapshot, call: &str) -> Option<&'a TrailEvent> {
    let since = Situation::of(world).last_done();
    world.trail.items().iter().find(|event| {
        event.name == call
            && event.error.is_some()
            && trail::is_about(world, event)
            && since.is_none_or(|since| event.at >= since)
            && world.taken_at.duration_since(event.at) < SignedDuration::from_hours(24)
    })
}

fn sentence(event: &TrailEvent) -> String {
    let error = event.error.as_deref().unwrap_or_default();
    format!("{} called {}, which was refused: {error}", event.user, event.name)
}

/// `EB-01`.
pub(super) fn busy(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let own = world.environment.known()?;
    let told = messages::clues(world, "EB-01");
    let silent = silent_minutes(world, own);
    let hangs = own.status.in_progress() && silent >= SILENT.as_mins();
    if !(hangs || own.status.in_progress() && !told.is_empty()) {
        return Ok(Vec::new());
    }
    let status = own.status.as_str();
    let kind = StateFault::Busy {
        status: status.to_owned(),
        abortable: own.abortable == Some(true),
        silent_minutes: silent,
    };
    let finding = Finding::new(
        kind,
        Role::Cause,
        format!(
            "An operation has been running without a word for {silent} minutes, and no other is accepted"
        ),
        "Elastic Beanstalk accepts the next operation only once the environment is Ready. Repeating the call, rebuilding or updating meets the same refusal until the operation ends or is aborted.",
    );
    Ok(vec![
        finding
            .on([own.name.as_str()])
            .weighing(if hangs { 50 } else { 40 })
            .because(&world.environment, format!("the environment is {status}"))
            .because(&world.events, format!("the newest event is {silent} minutes old"))
            .with(messages::evidence(&told)),
    ])
}

/// `EB-02`.
pub(super) fn deadlock(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let own = world.environment.known()?;
    let told = messages::clues(world, "EB-02");
    let abort = refused(world, "AbortEnvironmentUpdate");
    let terminate = refused(world, "TerminateEnvironment");
    let moving = matches!(
        own.status,
        EnvironmentStatus::Updating
            | EnvironmentStatus::Launching
            | EnvironmentStatus::Aborting
            | EnvironmentStatus::Terminating
    );
    let silent = silent_minutes(world, own);
    let hangs = own.abortable == Some(false) && silent >= SILENT.as_mins();
    let both = abort.is_some() && terminate.is_some() || told.len() > 1;
    if !moving || !(hangs || both) {
        return Ok(Vec::new());
    }
    let situation = Situation::of(world);
    let stack_status = situation.stack_status().unwrap_or("unknown").to_owned();
    let kind = StateFault::Deadlock { stack: own.stack_name(), stack_status: stack_status.clone() };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "The environment hangs in an operation that can neither be aborted nor ended",
        "Elastic Beanstalk refuses to terminate while the operation is pending, and refuses to abort because it sees nothing to abort. Only what the operation waits for, usually its stack, can set it free: get the stack into a good state, and Elastic Beanstalk gives the environment back by itself.",
    );
    let mut finding = finding
        .on([own.name.as_str(), own.stack_name().as_str()])
        .weighing(75)
        .because(
            &world.environment,
            format!(
                "status {}, AbortableOperationInProgress {}",
                own.status.as_str(),
                own.abortable.map_or("unknown".into(), |yes| yes.to_string())
            ),
        )
        .because(&world.events, format!("the newest event is {silent} minutes old"));
    for event in [abort, terminate].into_iter().flatten() {
        finding = finding.because(&world.trail, sentence(event));
    }
    if let Some(facts) = situation.stack() {
        finding = finding.because(&facts.stack, format!("the stack is {stack_status}"));
    }
    Ok(vec![finding.with(messages::evidence(&told))])
}

/// `EB-03`.
pub(super) fn during_launch(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let own = world.environment.known()?;
    if own.status != EnvironmentStatus::Launching {
        return Ok(Vec::new());
    }
    let told = messages::clues(world, "EB-03");
    let call = refused(world, "TerminateEnvironment");
    if told.is_empty() && call.is_none() {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        StateFault::TerminateDuringLaunch {},
        Role::Cause,
        "A termination was asked for while the environment is still being created",
        "Elastic Beanstalk refuses to terminate an environment that is launching. A launch ends by itself, well or badly, within 20 to 30 minutes; then it can be terminated.",
    );
    let mut finding = finding.on([own.name.as_str()]).weighing(70).with(messages::evidence(&told));
    if let Some(event) = call {
        finding = finding.because(&world.trail, sentence(event));
    }
    Ok(vec![finding.because(&world.environment, "the environment is Launching")])
}

/// `EB-04`.
pub(super) fn too_late(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let own = world.environment.known()?;
    let going = matches!(own.status, EnvironmentStatus::Updating | EnvironmentStatus::Aborting);
    let call = refused(world, "AbortEnvironmentUpdate");
    let (Some(event), true, Some(false)) = (call, going, own.abortable) else {
        return Ok(Vec::new());
    };
    let finding = Finding::new(
        StateFault::AbortTooLate { status: own.status.as_str().to_owned() },
        Role::Cause,
        "The update is past the point at which it could be aborted",
        "Once the last batch is updated and old resources are cleaned up, or once a rollback has begun, an update cannot be cancelled any more. It has to end; then a new update can set things right.",
    );
    Ok(vec![
        finding
            .on([own.name.as_str()])
            .weighing(60)
            .because(&world.trail, sentence(event))
            .because(&world.environment, "AbortableOperationInProgress is false"),
    ])
}

/// `EB-05`.
pub(super) fn abort_hangs(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let own = world.environment.known()?;
    let silent = Situation::of(world).silent();
    let since = own.updated.map_or(0, |at| world.taken_at.duration_since(at).as_mins());
    let minutes = since.max(silent_minutes(world, own));
    if own.status != EnvironmentStatus::Aborting || silent.is_empty() || minutes < LONG {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        StateFault::AbortHangs { instances: silent.clone() },
        Role::Cause,
        "The abort was accepted, but an instance never answers",
        "Aborting an update means telling every instance to go back. One is so busy or broken that it does not answer, so the abort never ends. Ending that instance lets Auto Scaling replace it with the current version.",
    );
    Ok(vec![
        finding
            .on(&silent)
            .weighing(72)
            .because(&world.environment, format!("Aborting for {minutes} minutes"))
            .with(Situation::of(world).signs()),
    ])
}
