//! Operations on environments: what goes on after the call has returned.
//!
//! An operation is at one [`Stage`] at a time; [`advance`] looks whether what the stage waits
//! for has come about, and goes on. Every event it causes carries the id of its request.

pub(super) mod abort;
mod arrive;
mod command;
pub(super) mod create;
mod immutable;
pub(super) mod rebuild;
mod restart;
mod stack;
mod swap;
pub(super) mod terminate;
pub(super) mod update;

use jiff::Timestamp;
use serde::Serialize;

pub(super) use arrive::SILENT;
pub(super) use command::Command;

use super::environment::{Environment, Status};
use super::options::Settings;
use super::{Handler, watch};
use crate::sandbox::{Account, Call, Caller};

/// What goes on.
#[derive(Clone, Debug, Serialize)]
pub struct Operation {
    /// What was asked for.
    pub kind: Kind,
    /// The id of the request that began it; its events carry it.
    pub request: String,
    /// Who asked; the stack is changed in this caller's name.
    pub caller: Caller,
    /// When it began.
    pub began: Timestamp,
    /// What it waits for.
    pub stage: Stage,
    /// Whether an error was told on the way.
    pub troubled: bool,
    /// Whether somebody asked to abort it.
    pub aborting: bool,
    /// What to go back to.
    pub before: Option<Before>,
    /// The version that is to be deployed, if it is another.
    pub version: Option<String>,
    /// Whether options or platform are changed.
    pub configures: bool,
    /// The managed action that it carries out.
    pub action: Option<String>,
}

/// The kinds of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Kind {
    /// CreateEnvironment.
    Create,
    /// UpdateEnvironment.
    Update,
    /// RebuildEnvironment.
    Rebuild,
    /// RestartAppServer.
    Restart,
    /// TerminateEnvironment.
    Terminate,
}

/// What an operation waits for.
#[derive(Clone, Debug, Serialize)]
pub enum Stage {
    /// Its next step, which follows at once.
    Preparing,
    /// The stack's deletion.
    Deleting,
    /// The stack's creation.
    Creating,
    /// The stack's change.
    Changing,
    /// Instances to register and to start the application.
    Arriving {
        /// Until when.
        until: Timestamp,
    },
    /// Instances to carry out a command.
    Commanding(Command),
    /// The temporary stack of an immutable update.
    Trying(immutable::Try),
}

/// An environment's configuration before a change.
#[derive(Clone, Debug, Serialize)]
pub struct Before {
    /// The platform's ARN.
    pub platform: String,
    /// Options.
    pub settings: Settings,
}

impl Operation {
    /// An operation that a call begins.
    pub(super) fn new(kind: Kind, call: &Call, now: Timestamp) -> Self {
        Self {
            kind,
            request: call.request_id.clone(),
            caller: call.caller.through("elasticbeanstalk.amazonaws.com"),
            began: now,
            stage: Stage::Preparing,
            troubled: false,
            aborting: false,
            before: None,
            version: None,
            configures: false,
            action: None,
        }
    }

    /// Whether it can be aborted: an update that does not clean up or go back yet.
    pub(super) fn abortable(&self) -> bool {
        let open = match &self.stage {
            Stage::Preparing
            | Stage::Changing
            | Stage::Arriving { .. }
            | Stage::Commanding(_)
            | Stage::Trying(_) => true,
            Stage::Deleting | Stage::Creating => false,
        };
        self.kind == Kind::Update && open && !self.aborting
    }

    /// Whether it changes a running environment.
    pub(super) fn updates(&self) -> bool {
        self.kind == Kind::Update
    }
}

impl Environment {
    /// The version that new instances get.
    pub(super) fn wanted_version(&self) -> Option<String> {
        let target = self.operation.as_ref().and_then(|operation| operation.version.clone());
        target.or_else(|| self.version.clone())
    }
}

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "UpdateEnvironment" => update::update,
        "RebuildEnvironment" => rebuild::rebuild,
        "RestartAppServer" => restart::restart,
        "TerminateEnvironment" => terminate::terminate,
        "AbortEnvironmentUpdate" => abort::abort,
        "SwapEnvironmentCNAMEs" => swap::swap,
        _ => return None,
    })
}

/// Puts an operation under way.
pub(super) fn begin(
    account: &mut Account,
    environment: &str,
    status: Status,
    operation: Operation,
) {
    let now = account.now();
    if let Some(found) = account.here.beanstalk.environments.get_mut(environment) {
        found.status = status;
        found.updated = now;
        found.operation = Some(operation);
    }
    watch::follow(account, environment);
}

/// Goes on with the operation under way, if what it waits for is there.
pub(super) fn advance(account: &mut Account, environment: &str) {
    let Some((kind, stage)) = under_way(account, environment) else { return };
    match (kind, stage) {
        (Kind::Create, Stage::Preparing) => create::prepare(account, environment),
        (Kind::Update, Stage::Preparing) => update::prepare(account, environment),
        (Kind::Rebuild, Stage::Preparing) => rebuild::prepare(account, environment),
        (Kind::Restart, Stage::Preparing) => restart::prepare(account, environment),
        (Kind::Terminate, Stage::Preparing) => terminate::prepare(account, environment),
        (Kind::Terminate, Stage::Deleting) => terminate::deleting(account, environment),
        (_, Stage::Deleting) => rebuild::deleting(account, environment),
        (_, Stage::Creating) => create::creating(account, environment),
        (_, Stage::Changing) => update::changing(account, environment),
        (_, Stage::Arriving { until }) => arrive::arriving(account, environment, until),
        (_, Stage::Commanding(command)) => command::commanding(account, environment, command),
        (_, Stage::Trying(attempt)) => immutable::trying(account, environment, attempt),
    }
}

/// What goes on, and what it waits for.
fn under_way(account: &Account, environment: &str) -> Option<(Kind, Stage)> {
    let operation = account.here.beanstalk.environments.get(environment)?.operation.as_ref()?;
    Some((operation.kind, operation.stage.clone()))
}

/// Lets the operation wait for something else.
fn enter(account: &mut Account, environment: &str, stage: Stage) {
    let found = account.here.beanstalk.environments.get_mut(environment);
    if let Some(operation) = found.and_then(|found| found.operation.as_mut()) {
        operation.stage = stage;
    }
}

/// Changes the operation under way.
fn amend<T>(
    account: &mut Account,
    environment: &str,
    change: impl FnOnce(&mut Environment, &mut Operation) -> T,
) -> Option<T> {
    let found = account.here.beanstalk.environments.get_mut(environment)?;
    let mut operation = found.operation.take()?;
    let result = change(found, &mut operation);
    found.operation = Some(operation);
    Some(result)
}

/// Ends the operation under way; the environment is ready for the next.
fn end(account: &mut Account, environment: &str) {
    let now = account.now();
    let Some(found) = account.here.beanstalk.environments.get_mut(environment) else { return };
    found.status = Status::Ready;
    found.updated = now;
    let operation = found.operation.take();
    if let Some(operation) = operation
        && let Some(action) = operation.action
    {
        super::managed::ended(account, environment, &action, operation.troubled);
    }
}

/// Ends the operation with the environment gone.
fn end_terminated(account: &mut Account, environment: &str) {
    let now = account.now();
    end(account, environment);
    let Some(found) = account.here.beanstalk.environments.get_mut(environment) else { return };
    found.status = Status::Terminated;
    found.terminated = Some(now);
    found.agents.clear();
    found.causes.clear();
}
