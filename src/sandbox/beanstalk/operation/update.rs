//! Changing an environment: options, platform, version.

use jiff::SignedDuration;
use serde_json::Value;

use super::stack::Change;
use super::{
    Before, Command, Kind, Operation, Stage, amend, arrive, begin, end, enter, immutable, stack,
};
use crate::sandbox::beanstalk::environment::{self, Status};
use crate::sandbox::beanstalk::event::{Severity, tell};
use crate::sandbox::beanstalk::find::{self, Wants, must_be_ready};
use crate::sandbox::beanstalk::{configuration, name, narrate, options, platform, version};
use crate::sandbox::cloudformation::StackStatus;
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// Answers `UpdateEnvironment`.
pub(in crate::sandbox::beanstalk) fn update(account: &mut Account, call: &Call) -> Answer {
    let id = find::living(account, call)?;
    start(account, &id, call, None)?;
    let found = &account.here.beanstalk.environments[&id];
    Ok(environment::tree(account, found))
}

/// Begins an update, for a call or for a managed action.
pub(in crate::sandbox::beanstalk) fn start(
    account: &mut Account,
    id: &str,
    call: &Call,
    action: Option<String>,
) -> Result<(), Fault> {
    let params = &call.params;
    let found = &account.here.beanstalk.environments[id];
    must_be_ready(found)?;
    find::stack_must_allow(account, found, Wants::Updatable)?;
    let (app, worker) = (found.application.clone(), found.worker);
    if let Some(label) = params.text("VersionLabel") {
        version::check(account, &app, label)?;
    }
    let (settings, platform) = target(account, id, params)?;
    options::check(account, &platform, worker, &settings, params)?;
    let found = &account.here.beanstalk.environments[id];
    let before = Before { platform: found.platform.clone(), settings: found.settings.clone() };
    let label = params.text("VersionLabel").map(str::to_owned);
    let mut operation = Operation::new(Kind::Update, call, account.now());
    operation.configures = platform != before.platform || settings != before.settings;
    operation.version =
        label.filter(|label| Some(label) != found.version.as_ref() || !operation.configures);
    operation.before = Some(before);
    operation.action = action;
    immutable::refuse_mixture(found, &operation, &settings)?;
    account.here.beanstalk.platforms_used.insert(platform.clone());
    let description = params.text("Description").map(str::to_owned);
    if let Some(found) = account.here.beanstalk.environments.get_mut(id) {
        found.platform = platform;
        found.settings = settings;
        found.description = description.or(found.description.take());
    }
    begin(account, id, Status::Updating, operation);
    tell(account, id, Severity::Info, "Environment update is starting.");
    Ok(())
}

/// What the environment's options and platform are to be.
fn target(
    account: &Account,
    id: &str,
    params: &Value,
) -> Result<(options::Settings, String), Fault> {
    let found = &account.here.beanstalk.environments[id];
    let saved = params.text("TemplateName");
    let saved = saved.map(|it| configuration::find(account, &found.application, it)).transpose()?;
    let base = saved.map_or(&found.settings, |saved| &saved.settings);
    let mut settings = options::changed(base, params);
    options::complete(&mut settings);
    let before = saved.map_or(found.platform.as_str(), |saved| saved.platform.as_str());
    let platform = platform::asked(account, params, Some(before))?;
    Ok((settings, platform))
}

/// Goes to work: the stack first, if options or platform change.
pub(super) fn prepare(account: &mut Account, environment: &str) {
    let asked = amend(account, environment, |found, operation| {
        if operation.version.is_some() || operation.configures {
            found.deployments += 1;
        }
        (operation.configures, operation.version.clone(), operation.action.is_some())
    });
    let Some((configures, label, managed)) = asked else { return };
    if immutable::fits(account, environment, configures, label.is_some(), managed) {
        return immutable::begin(account, environment);
    }
    if !configures {
        return deploy(account, environment);
    }
    let name = account.here.beanstalk.environments[environment].name.clone();
    let text = format!("Updating environment {name}'s configuration settings.");
    tell(account, environment, Severity::Info, text);
    configure(account, environment);
}

/// Has the stack changed.
pub(super) fn configure(account: &mut Account, environment: &str) {
    match stack::update(account, environment) {
        Ok(Change::Begun) => enter(account, environment, Stage::Changing),
        Ok(Change::Nothing) => arrived(account, environment, true),
        Err(fault) => {
            let text = format!("Service:AmazonCloudFormation, Message:{}", fault.message);
            tell(account, environment, Severity::Error, text);
            revert(account, environment);
        }
    }
}

/// Waits for the stack.
pub(super) fn changing(account: &mut Account, environment: &str) {
    narrate::stack(account, environment, &name::stack(environment));
    let stack = account.here.cloudformation.find(&name::stack(environment));
    let Some(status) = stack.map(|stack| stack.status) else {
        return revert(account, environment);
    };
    if status.in_progress() {
        return;
    }
    if status == StackStatus::UpdateComplete {
        let until = account.now() + SignedDuration::from_secs(arrive::LIMIT);
        enter(account, environment, Stage::Arriving { until });
        return super::advance(account, environment);
    }
    revert(account, environment);
}

/// The stack is as wanted and instances are there, or not all of them.
pub(super) fn arrived(account: &mut Account, environment: &str, all: bool) {
    if !all {
        // The version that did not arrive is not the environment's; the configuration is.
        amend(account, environment, |_, operation| operation.version = None);
        tell(account, environment, Severity::Error, "Failed to deploy configuration.");
        return complete(account, environment);
    }
    let version = amend(account, environment, |_, operation| operation.version.clone());
    if version.flatten().is_some() {
        return deploy(account, environment);
    }
    complete(account, environment);
}

/// Has the version deployed on the instances.
fn deploy(account: &mut Account, environment: &str) {
    let commands = Command::deployment(account, environment);
    match commands {
        Some(command) => {
            tell(account, environment, Severity::Info, "Deploying new version to instance(s).");
            super::command::announce(account, environment, &command);
            enter(account, environment, Stage::Commanding(command));
        }
        // Nothing to deploy, or all instances have it from their start.
        None => deployed(account, environment),
    }
}

/// Every instance has the version.
pub(super) fn deployed(account: &mut Account, environment: &str) {
    let changed = amend(account, environment, |found, operation| {
        let changed = operation.version.is_some();
        if let Some(label) = operation.version.take() {
            found.version = Some(label);
        }
        changed
    });
    if changed == Some(true) {
        let text = "New application version was deployed to running EC2 instances.";
        tell(account, environment, Severity::Info, text);
    }
    complete(account, environment);
}

/// A deployment failed on some instances or on all: the version before stays the wanted one.
pub(super) fn not_deployed(account: &mut Account, environment: &str, some: bool) {
    if some {
        let text = "During an aborted deployment, some instances may have deployed the new \
                    application version. To ensure all instances are running the same version, \
                    re-deploy the appropriate application version.";
        tell(account, environment, Severity::Warn, text);
    }
    amend(account, environment, |_, operation| operation.version = None);
    tell(account, environment, Severity::Error, "Failed to deploy application.");
    end(account, environment);
}

/// Ends an update that got through, perhaps with trouble on the way.
pub(super) fn complete(account: &mut Account, environment: &str) {
    let state = amend(account, environment, |found, operation| {
        if let Some(label) = operation.version.take() {
            found.version = Some(label);
        }
        (operation.troubled, operation.configures)
    });
    let Some((troubled, configured)) = state else { return };
    if troubled {
        let text = "Update environment operation is complete, but with errors. For more \
                    information, see troubleshooting documentation.";
        tell(account, environment, Severity::Error, text);
    } else {
        if configured {
            let text = "Successfully deployed new configuration to environment.";
            tell(account, environment, Severity::Info, text);
        }
        tell(account, environment, Severity::Info, "Environment update completed successfully.");
    }
    end(account, environment);
}

/// Goes back to the configuration before; the stack has done so already, or has tried.
pub(super) fn revert(account: &mut Account, environment: &str) {
    amend(account, environment, |found, operation| {
        operation.version = None;
        if let Some(before) = operation.before.take() {
            found.platform = before.platform;
            found.settings = before.settings;
        }
    });
    tell(account, environment, Severity::Error, "Failed to deploy configuration.");
    let text = "The environment was reverted to the previous configuration setting.";
    tell(account, environment, Severity::Info, text);
    end(account, environment);
}
