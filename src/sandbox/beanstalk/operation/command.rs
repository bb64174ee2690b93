//! Commands to instances: deployments and restarts, at once or in batches.

#![expect(clippy::needless_pass_by_value, reason = "plainer as it is written")]

use jiff::Timestamp;
use serde::Serialize;

use super::{Stage, amend, enter, restart, update};
use crate::sandbox::Account;
use crate::sandbox::beanstalk::agent::{self, Deployed};
use crate::sandbox::beanstalk::environment::Environment;
use crate::sandbox::beanstalk::event::{Severity, tell};
use crate::sandbox::beanstalk::health;
use crate::sandbox::beanstalk::version;

/// A command under way.
#[derive(Clone, Debug, Serialize)]
pub struct Command {
    /// What it is.
    pub order: Order,
    /// Instances that have it now.
    pub targets: Vec<String>,
    /// Instances that are still to get it, batch by batch.
    pub rest: Vec<Vec<String>>,
    /// The batch's number; 0 if there are no batches.
    pub batch: usize,
    /// When the batch began.
    pub began: Timestamp,
    /// Seconds it takes on an instance.
    pub takes: i64,
    /// Whether a batch must be healthy before the next one begins.
    pub checked: bool,
    /// Instances that are done with it.
    pub done: Vec<String>,
}

/// What instances are told to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Order {
    /// Deploy a version.
    Deploy {
        /// Its label.
        label: Option<String>,
        /// The number of the deployment.
        number: i64,
        /// Whether it fails.
        fails: bool,
    },
    /// Restart the servers.
    Restart,
}

/// Seconds a restart takes.
const RESTART: i64 = 15;

/// Seconds that Elastic Beanstalk waits beyond the command timeout.
// EB-07, EB-08: with the default of 600 seconds the event came after 14 minutes.
const GRACE: i64 = 240;

/// Seconds that a batch has to show that it is well.
// Twelve consecutive checks within two minutes count as healthy:
// <https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environmentmgmt-updates-immutable.html>
const CHECK: i64 = 120;

impl Command {
    /// The deployment of the operation's version; none if every instance has it already.
    pub(super) fn deployment(account: &Account, environment: &str) -> Option<Self> {
        let found = account.here.beanstalk.environments.get(environment)?;
        let label = found.wanted_version();
        let number = found.deployments;
        let lacks = |agent: &agent::Agent| {
            agent.deployed.as_ref().is_none_or(|deployed| deployed.number != number)
        };
        let targets: Vec<String> = found
            .agents
            .iter()
            .filter(|(_, agent)| lacks(agent))
            .map(|(instance, _)| instance.clone())
            .collect();
        if targets.is_empty() {
            return None;
        }
        let bundle = version::bundle(account, &found.application, label.as_deref());
        let policy = found.option("aws:elasticbeanstalk:command", "DeploymentPolicy");
        let rolls = policy.starts_with("Rolling");
        let ignores = found.flag("aws:elasticbeanstalk:command", "IgnoreHealthCheck");
        let order = Order::Deploy { label, number, fails: bundle.fails };
        let mut batches = if rolls { batches(found, targets) } else { vec![targets] }.into_iter();
        Some(Self {
            order,
            targets: batches.next().unwrap_or_default(),
            rest: batches.collect(),
            batch: usize::from(rolls),
            began: account.now(),
            takes: bundle.deploys_in,
            checked: rolls && !ignores,
            done: Vec::new(),
        })
    }

    /// A restart of all servers.
    pub(super) fn restart(account: &Account, environment: &str) -> Self {
        let found = account.here.beanstalk.environments.get(environment);
        Self {
            order: Order::Restart,
            targets: found.into_iter().flat_map(|it| it.agents.keys().cloned()).collect(),
            rest: Vec::new(),
            batch: 0,
            began: account.now(),
            takes: RESTART,
            checked: false,
            done: Vec::new(),
        }
    }
}

/// The instances in batches of the size that the options say.
fn batches(found: &Environment, targets: Vec<String>) -> Vec<Vec<String>> {
    let namespace = "aws:elasticbeanstalk:command";
    let size = usize::try_from(found.number(namespace, "BatchSize")).unwrap_or(100);
    let size = if found.option(namespace, "BatchSizeType") == "Fixed" {
        size
    } else {
        (targets.len() * size).div_ceil(100)
    };
    targets.chunks(size.clamp(1, targets.len().max(1))).map(<[String]>::to_vec).collect()
}

/// Tells that a batch begins.
pub(super) fn announce(account: &mut Account, environment: &str, command: &Command) {
    if command.batch > 0 {
        let (batch, targets) = (command.batch, command.targets.join(", "));
        let text =
            format!("Batch {batch}: Starting application deployment on instance(s) [{targets}].");
        tell(account, environment, Severity::Info, text);
    }
}

/// Waits for the instances of a batch.
pub(super) fn commanding(account: &mut Account, environment: &str, mut command: Command) {
    let now = account.now();
    let age = now.duration_since(command.began).as_secs();
    if age >= command.takes {
        carry_out(account, environment, &mut command);
    }
    let missing: Vec<String> =
        command.targets.iter().filter(|it| !command.done.contains(it)).cloned().collect();
    let timeout = account.here.beanstalk.environments[environment]
        .number("aws:elasticbeanstalk:command", "Timeout");
    if missing.is_empty() {
        return batch_done(account, environment, command);
    }
    if age < timeout + GRACE {
        return enter(account, environment, Stage::Commanding(command));
    }
    let list = missing.join(", ");
    let text = format!(
        "The following instances have not responded in the allowed command timeout time (they \
         might still finish eventually on their own): [{list}]."
    );
    tell(account, environment, Severity::Warn, text);
    let good = command.targets.len() - missing.len();
    let text = format!(
        "Command execution completed on all instances. Summary: [Successful: {good}, TimedOut: {}].",
        missing.len()
    );
    tell(account, environment, Severity::Info, text);
    give_up(account, environment, &command, &missing);
}

/// Has the instances that can be told do as they are told.
fn carry_out(account: &mut Account, environment: &str, command: &mut Command) {
    let now = account.now();
    for instance in command.targets.clone() {
        if command.done.contains(&instance)
            || !agent::takes_commands(account, environment, &instance)
        {
            continue;
        }
        command.done.push(instance.clone());
        let Some(found) = account.here.beanstalk.environments.get_mut(environment) else { return };
        let Some(agent) = found.agents.get_mut(&instance) else { continue };
        if let Order::Deploy { label, number, fails } = &command.order {
            agent.deployed =
                Some(Deployed { label: label.clone(), number: *number, at: now, failed: *fails });
        }
    }
    // An instance that is gone meanwhile has nothing left to do.
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return };
    command.targets.retain(|instance| found.agents.contains_key(instance));
}

/// Tells that a command failed on an instance (`APP-05`).
pub(super) fn tell_failure(account: &mut Account, environment: &str, instance: &str) {
    let texts = [
        "Instance deployment failed. For details, see 'eb-engine.log'.".to_owned(),
        format!(
            "[Instance: {instance}] Command failed on instance. Return code: 1 Output: Engine \
             execution has encountered an error.."
        ),
    ];
    for text in texts {
        tell(account, environment, Severity::Error, text);
    }
}

/// Every instance of a batch is done.
fn batch_done(account: &mut Account, environment: &str, mut command: Command) {
    let Order::Deploy { fails, .. } = command.order else {
        return restart::restarted(account, environment, true);
    };
    let aborting = amend(account, environment, |_, operation| operation.aborting) == Some(true);
    if fails {
        for instance in command.targets.clone() {
            tell_failure(account, environment, &instance);
        }
        let failed = command.targets.len();
        let text = format!(
            "Command execution completed on all instances. Summary: [Successful: 0, Failed: {failed}]."
        );
        tell(account, environment, Severity::Info, text);
        return give_up(account, environment, &command, &command.targets);
    }
    if command.checked && !passes(account, environment, &mut command) {
        return;
    }
    if command.batch > 0 {
        let text = format!("Batch {}: Completed application deployment.", command.batch);
        tell(account, environment, Severity::Info, text);
    }
    if aborting {
        return update::not_deployed(account, environment, true);
    }
    if command.rest.is_empty() {
        tell(account, environment, Severity::Info, "Instance deployment completed successfully.");
        return update::deployed(account, environment);
    }
    command.targets = command.rest.remove(0);
    command.batch += 1;
    command.done.clear();
    command.began = account.now();
    announce(account, environment, &command);
    enter(account, environment, Stage::Commanding(command));
}

/// Whether a batch shows itself well; `false` too while that is still being looked at.
fn passes(account: &mut Account, environment: &str, command: &mut Command) -> bool {
    let age = account.now().duration_since(command.began).as_secs();
    let targets = command.targets.clone();
    let well = targets.iter().all(|instance| health::serves(account, environment, instance));
    if well {
        return true;
    }
    if age < command.takes + CHECK {
        enter(account, environment, Stage::Commanding(command.clone()));
        return false;
    }
    update::not_deployed(account, environment, true);
    false
}

/// Ends an operation whose command did not get through.
fn give_up(account: &mut Account, environment: &str, command: &Command, failed: &[String]) {
    let list: Vec<String> = failed.iter().map(|instance| format!("'{instance}'")).collect();
    let text = format!(
        "Unsuccessful command execution on instance id(s) {}. Aborting the operation.",
        list.join(",")
    );
    tell(account, environment, Severity::Error, text);
    match command.order {
        Order::Restart => restart::restarted(account, environment, false),
        Order::Deploy { .. } => {
            let some = command.batch > 1 || command.done.len() > failed.len();
            update::not_deployed(account, environment, some);
        }
    }
}
