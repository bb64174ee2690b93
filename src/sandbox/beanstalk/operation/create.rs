//! Creating an environment.

use jiff::SignedDuration;
use serde_json::Value;

use super::{Kind, Operation, Stage, amend, arrive, begin, end, end_terminated, enter, stack};
use crate::sandbox::beanstalk::environment::{self, Environment, HealthStatus, Status};
use crate::sandbox::beanstalk::event::{Severity, tell};
use crate::sandbox::beanstalk::find::need;
use crate::sandbox::beanstalk::{
    application, attributes, configuration, name, narrate, neighbour, options, platform, tag,
    version,
};
use crate::sandbox::cloudformation::StackStatus;
use crate::sandbox::{Account, Answer, Call, Fault, Params, quotas};

/// Answers `CreateEnvironment`.
pub(in crate::sandbox::beanstalk) fn create(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let app = need(params, "ApplicationName")?.to_owned();
    application::find(account, &app)?;
    let name = environment_name(account, params)?;
    refuse_names(account, params, &name)?;
    if let Some(label) = params.text("VersionLabel") {
        version::check(account, &app, label)?;
    }
    let saved = configuration::saved_name(params);
    let saved = saved.map(|saved| configuration::find(account, &app, saved)).transpose()?;
    let original = configuration::original(account, params)?;
    let (base, saved_platform) = match (saved, original) {
        (Some(it), _) => (it.settings.clone(), Some(it.platform.clone())),
        (None, Some(it)) => (it.settings.clone(), Some(it.platform.clone())),
        (None, None) => Default::default(),
    };
    let platform = platform::asked(account, params, saved_platform.as_deref())?;
    platform::refuse_retired(account, &platform)?;
    let worker = match params.get("Tier").and_then(|tier| tier.text("Name")) {
        Some(tier) => tier == "Worker",
        None => original.is_some_and(|it| it.worker),
    };
    let mut settings = options::changed(&base, params);
    options::complete(&mut settings);
    options::check(account, &platform, worker, &settings, params)?;
    let id = insert(account, call, Made { app, name, platform, worker, settings });
    let operation = Operation::new(Kind::Create, call, account.now());
    begin(account, &id, Status::Launching, operation);
    tell(account, &id, Severity::Info, "createEnvironment is starting.");
    let found = &account.here.beanstalk.environments[&id];
    Ok(environment::tree(account, found))
}

/// What a new environment is made of.
struct Made {
    app: String,
    name: String,
    platform: String,
    worker: bool,
    settings: options::Settings,
}

fn environment_name(account: &Account, params: &Value) -> Result<String, Fault> {
    let group = params.text("GroupName");
    let given = params.text("EnvironmentName").map(str::to_owned);
    let name = match (given, group) {
        (Some(name), _) => name,
        (None, Some(group)) => format!("env-{group}"),
        (None, None) => return need(params, "EnvironmentName").map(str::to_owned),
    };
    name::check_environment(&name)?;
    let living = account.here.beanstalk.environments.values();
    let mut living = living.filter(|found| found.status != Status::Terminated);
    if living.any(|found| found.name == name) {
        return Err(Fault::invalid_value(format!("Environment {name} already exists.")));
    }
    Ok(name)
}

fn refuse_names(account: &Account, params: &Value, _name: &str) -> Result<(), Fault> {
    if let Some(prefix) = params.text("CNAMEPrefix")
        && !attributes::is_free(account, prefix)
    {
        let address = name::address(account, prefix);
        return Err(Fault::invalid_value(format!("DNS name ({address}) is not available.")));
    }
    let living = account.here.beanstalk.environments.values();
    let limit = quotas::ENVIRONMENTS.value(account);
    if living.filter(|found| found.status != Status::Terminated).count() >= limit {
        return Err(Fault::new(
            "TooManyEnvironmentsException",
            "The specified account has reached its limit of environments.",
        ));
    }
    Ok(())
}

/// Puts the new environment into the account.
fn insert(account: &mut Account, call: &Call, made: Made) -> String {
    let params = &call.params;
    let id = name::environment_id(account);
    let now = account.now();
    let prefix = match params.text("CNAMEPrefix") {
        Some(prefix) => prefix.to_owned(),
        None => format!("{}.{}", made.name, name::address_part(account)),
    };
    let address = name::address(account, &prefix);
    account.here.beanstalk.platforms_used.insert(made.platform.clone());
    let environment = Environment {
        id: id.clone(),
        name: made.name,
        application: made.app,
        description: params.text("Description").map(str::to_owned),
        version: params.text("VersionLabel").map(str::to_owned),
        platform: made.platform,
        template: params.text("TemplateName").map(str::to_owned),
        worker: made.worker,
        address,
        created: now,
        updated: now,
        status: Status::Launching,
        health: HealthStatus::Pending,
        causes: Vec::new(),
        health_since: now,
        settings: made.settings,
        operation: None,
        operations_role: params.text("OperationsRole").map(str::to_owned),
        terminated: None,
        agents: std::collections::BTreeMap::new(),
        deployments: 0,
        managed: crate::sandbox::beanstalk::managed::Managed::default(),
        samples: Vec::new(),
        narrated: std::collections::BTreeMap::new(),
        awaited: 1,
        watch: 0,
    };
    let arn = environment::arn(account, &environment);
    account.here.beanstalk.environments.insert(id.clone(), environment);
    tag::put(account, &arn, params.list("Tags"));
    stack::put_system_tags(account, &id, &arn);
    id
}

/// Looks whether everything is there, and has the stack made.
pub(super) fn prepare(account: &mut Account, environment: &str) {
    let Some(found) = account.here.beanstalk.environments.get_mut(environment) else { return };
    found.deployments += 1;
    let count = found.number("aws:autoscaling:asg", "MinSize");
    found.awaited = if found.single() { 1 } else { count };
    let profile = found.option("aws:autoscaling:launchconfiguration", "IamInstanceProfile");
    let Some(operation) = &found.operation else { return };
    let (caller, rebuilding) = (operation.caller.clone(), operation.kind == Kind::Rebuild);
    let bucket = name::bucket(account);
    neighbour::bucket(account, &caller);
    let text = format!("Using {bucket} as Amazon S3 storage bucket for environment data.");
    tell(account, environment, Severity::Info, text);
    if let Some(trouble) = profile_trouble(account, &profile) {
        tell(account, environment, Severity::Error, trouble);
        return fail(account, environment, rebuilding);
    }
    match stack::create(account, environment) {
        Ok(()) => enter(account, environment, Stage::Creating),
        Err(fault) => {
            let text = format!("Service:AmazonCloudFormation, Message:{}", fault.message);
            tell(account, environment, Severity::Error, text);
            fail(account, environment, rebuilding);
        }
    }
}

/// Why the instance profile will not do (`EB-12`).
fn profile_trouble(account: &mut Account, profile: &str) -> Option<String> {
    if profile.is_empty() {
        return Some("Environment must have instance profile associated with it.".to_owned());
    }
    (!neighbour::profile_exists(account, profile)).then(|| {
        let name = profile.rsplit('/').next().unwrap_or(profile);
        format!("The instance profile {name} associated with the environment does not exist.")
    })
}

/// The environment could not even begin: it is gone again (`EB-12`, `EB-30`).
fn fail(account: &mut Account, environment: &str, _rebuilding: bool) {
    tell(account, environment, Severity::Error, "Failed to launch environment.");
    let name = account.here.beanstalk.environments[environment].name.clone();
    let text = format!("Deleting SNS topic for environment {name}.");
    tell(account, environment, Severity::Info, text);
    end_terminated(account, environment);
}

/// Waits for the stack.
pub(super) fn creating(account: &mut Account, environment: &str) {
    narrate::stack(account, environment, &name::stack(environment));
    let stack = account.here.cloudformation.find(&name::stack(environment));
    let Some(status) = stack.map(|stack| stack.status) else {
        return launched_with_trouble(account, environment);
    };
    if status.in_progress() {
        return;
    }
    if status == StackStatus::CreateComplete {
        let until = account.now() + SignedDuration::from_secs(arrive::LIMIT);
        enter(account, environment, Stage::Arriving { until });
        return super::advance(account, environment);
    }
    launched_with_trouble(account, environment);
}

fn launched_with_trouble(account: &mut Account, environment: &str) {
    let name = account.here.beanstalk.environments[environment].name.clone();
    let text = format!(
        "Launched environment: {name}. However, there were issues during launch. See event log \
         for details."
    );
    tell(account, environment, Severity::Info, text);
    end(account, environment);
}

/// All instances are there, or the time for it is over.
pub(super) fn launched(account: &mut Account, environment: &str) {
    let troubled = amend(account, environment, |found, operation| {
        let failed = found.agents.values().filter_map(|agent| agent.deployed.as_ref());
        operation.troubled || failed.into_iter().any(|deployed| deployed.failed)
    });
    let found = &account.here.beanstalk.environments[environment];
    let (name, address, worker) = (found.name.clone(), found.address.clone(), found.worker);
    if troubled == Some(true) {
        // The prefix is what AWS's own client looks for; the advice after it is not quoted anywhere.
        let text = "Create environment operation is complete, but with errors. For more \
                    information, see troubleshooting documentation.";
        tell(account, environment, Severity::Error, text);
        return launched_with_trouble(account, environment);
    }
    if !worker {
        let text = format!("Application available at {address}.");
        tell(account, environment, Severity::Info, text);
    }
    let text = format!("Successfully launched environment: {name}");
    tell(account, environment, Severity::Info, text);
    end(account, environment);
}
