//! The agents on instances: whether they ever reported, and what runs beside them.
//!
//! An agent registers if the instance can reach Elastic Beanstalk, S3 and CloudFormation while
//! it boots for the first time, and if its role lets it. One that could not never tries again:
//! the instance must be replaced. One that registered once comes back by itself when the way is
//! open again.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::bundle::Bundle;
use super::event::{self, Severity};
use super::operation::Operation;
use super::{neighbour, platform, reach, version};
use crate::sandbox::Account;

/// How far an agent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Boot {
    /// The instance starts.
    Starting,
    /// It has reported once.
    Registered {
        /// When it did so first.
        at: Timestamp,
    },
    /// It could not report in time, and does not try again.
    Silent,
}

/// The agent on one instance.
#[derive(Clone, Debug, Serialize)]
pub struct Agent {
    /// When the instance was first seen.
    pub launched: Timestamp,
    /// How far it is.
    pub boot: Boot,
    /// The ARN of the platform version the instance was started with.
    pub platform: String,
    /// When it last reported.
    pub seen: Option<Timestamp>,
    /// What is deployed: label, number of the deployment, and since when.
    pub deployed: Option<Deployed>,
    /// Whether its stack was told of it.
    pub signalled: bool,
}

/// A deployment on an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deployed {
    /// The version's label.
    pub label: Option<String>,
    /// The deployment's number.
    pub number: i64,
    /// When it was done, or is going to be.
    pub at: Timestamp,
    /// Whether it failed.
    pub failed: bool,
}

/// Seconds from launch to the first report of an instance: about a minute and a half.
// "Initialization completed 1 second ago and took 2 minutes" is what the documentation shows for
// boot and deployment together.
const BOOTS_IN: i64 = 90;

/// Seconds for which the first boot's scripts try to reach AWS before they give up.
// The bootstrap tries again a few times within minutes; no source for an exact figure.
const TRIES_FOR: i64 = 300;

/// Seconds without a report after which there is no data. Agents report every ten seconds.
///
/// <https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/health-enhanced.html>
pub(super) const STALE_AFTER: i64 = 60;

impl Agent {
    fn new(launched: Timestamp, platform: String) -> Self {
        Self {
            launched,
            boot: Boot::Starting,
            platform,
            seen: None,
            deployed: None,
            signalled: false,
        }
    }

    /// Whether it has reported lately.
    pub(in crate::sandbox) fn reports(&self, now: Timestamp) -> bool {
        self.seen.is_some_and(|seen| now.duration_since(seen).as_secs() <= STALE_AFTER)
    }

    /// Whether it has registered.
    pub(super) fn registered(&self) -> bool {
        matches!(self.boot, Boot::Registered { .. })
    }

    /// Whether what is deployed has had its time to start.
    pub(super) fn started(&self, now: Timestamp) -> bool {
        self.deployed.as_ref().is_some_and(|deployed| deployed.at <= now)
    }

    /// Whether the instance hangs, as the bundle on it makes it hang after a while.
    pub(super) fn hangs(&self, bundle: &Bundle, now: Timestamp) -> bool {
        let Some(deployed) = &self.deployed else { return false };
        bundle.hangs_after.is_some_and(|after| now.duration_since(deployed.at).as_secs() >= after)
    }
}

/// Looks after the agents of an environment: who came, who went, who reports.
pub(super) fn look(account: &mut Account, environment: &str) {
    let present = neighbour::instances(account, environment);
    part(account, environment, &present);
    for instance in &present {
        if !known(account, environment, instance) {
            join(account, environment, instance);
        }
        step(account, environment, instance);
    }
}

fn known(account: &Account, environment: &str, instance: &str) -> bool {
    let found = account.here.beanstalk.environments.get(environment);
    found.is_some_and(|found| found.agents.contains_key(instance))
}

/// Forgets the agents of instances that are gone.
fn part(account: &mut Account, environment: &str, present: &[String]) {
    let Some(found) = account.here.beanstalk.environments.get_mut(environment) else { return };
    let gone: Vec<String> =
        found.agents.keys().filter(|id| !present.contains(id)).cloned().collect();
    for instance in gone {
        found_mut(account, environment, |found| found.agents.remove(&instance));
        let text = format!("Removed instance [{instance}] from your environment.");
        event::tell_by_itself(account, environment, Severity::Info, text);
    }
}

fn found_mut<T>(
    account: &mut Account,
    environment: &str,
    change: impl FnOnce(&mut super::Environment) -> T,
) -> Option<T> {
    account.here.beanstalk.environments.get_mut(environment).map(change)
}

/// Welcomes a new instance.
fn join(account: &mut Account, environment: &str, instance: &str) {
    let Some(launched) = neighbour::running_since(account, instance) else { return };
    let image = neighbour::image(account, instance);
    let platform = image.and_then(|image| platform::of_image(&account.region, &image));
    found_mut(account, environment, |found| {
        let platform = platform.unwrap_or_else(|| found.platform.clone());
        found.agents.insert(instance.to_owned(), Agent::new(launched, platform));
    });
    let text = format!("Added instance [{instance}] to your environment.");
    event::tell_by_itself(account, environment, Severity::Info, text);
}

/// Lets one agent do what it would do now.
fn step(account: &mut Account, environment: &str, instance: &str) {
    let now = account.now();
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return };
    let Some(agent) = found.agents.get(instance).cloned() else { return };
    match agent.boot {
        Boot::Starting => start(account, environment, instance, &agent),
        Boot::Registered { .. } => {
            let label = agent.deployed.as_ref().and_then(|deployed| deployed.label.clone());
            let bundle = version::bundle(account, &found.application, label.as_deref());
            if !agent.hangs(&bundle, now) && can_report(account, environment, instance) {
                found_mut(account, environment, |found| {
                    if let Some(agent) = found.agents.get_mut(instance) {
                        agent.seen = Some(now);
                    }
                });
                signal(account, environment, instance);
            }
        }
        Boot::Silent => {}
    }
}

/// The first boot: it registers, goes on trying, or gives up.
fn start(account: &mut Account, environment: &str, instance: &str, agent: &Agent) {
    let now = account.now();
    let age = now.duration_since(agent.launched).as_secs();
    if age < BOOTS_IN {
        return;
    }
    let boot = if can_boot(account, environment, instance) {
        Boot::Registered { at: now }
    } else if age < TRIES_FOR {
        return;
    } else {
        Boot::Silent
    };
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return };
    let label = found.wanted_version();
    let bundle = version::bundle(account, &found.application, label.as_deref());
    found_mut(account, environment, |found| {
        let number = found.deployments.max(1);
        let Some(agent) = found.agents.get_mut(instance) else { return };
        agent.boot = boot;
        if boot != Boot::Silent {
            agent.seen = Some(now);
            agent.deployed = Some(Deployed {
                label,
                number,
                at: now + SignedDuration::from_secs(bundle.deploys_in),
                failed: bundle.fails,
            });
        }
    });
    if boot != Boot::Silent {
        neighbour::associate_address(account, environment, instance);
    }
}

/// Whether the first boot's scripts get through: profile and role, and the way to AWS.
fn can_boot(account: &mut Account, environment: &str, instance: &str) -> bool {
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return false };
    let profile = found.option("aws:autoscaling:launchconfiguration", "IamInstanceProfile");
    neighbour::profile_works(account, &profile)
        && ["elasticbeanstalk", "s3", "cloudformation"]
            .iter()
            .all(|service| reach::service(account, instance, service))
}

/// Whether the agent's reports get through.
pub(super) fn can_report(account: &mut Account, environment: &str, instance: &str) -> bool {
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return false };
    let profile = found.option("aws:autoscaling:launchconfiguration", "IamInstanceProfile");
    neighbour::profile_works(account, &profile)
        && reach::service(account, instance, "elasticbeanstalk-health")
}

/// Whether the agent can be told to do something: it asks Elastic Beanstalk for commands.
pub(super) fn takes_commands(account: &mut Account, environment: &str, instance: &str) -> bool {
    let now = account.now();
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return false };
    let Some(agent) = found.agents.get(instance) else { return false };
    let label = agent.deployed.as_ref().and_then(|deployed| deployed.label.clone());
    let bundle = version::bundle(account, &found.application, label.as_deref());
    agent.registered()
        && !agent.hangs(&bundle, now)
        && reach::service(account, instance, "elasticbeanstalk")
        && reach::service(account, instance, "s3")
}

/// Tells the stack that an instance is ready, once what was deployed runs.
fn signal(account: &mut Account, environment: &str, instance: &str) {
    let now = account.now();
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return };
    let Some(agent) = found.agents.get(instance) else { return };
    if agent.signalled
        || !agent.started(now)
        || !reach::service(account, instance, "cloudformation")
    {
        return;
    }
    // A rolling update of type Health counts an instance as good only if its application is.
    let checked =
        found.option("aws:autoscaling:updatepolicy:rollingupdate", "RollingUpdateType") == "Health";
    let updating = found.operation.as_ref().is_some_and(Operation::updates);
    let good = !(checked && updating) || super::health::serves(account, environment, instance);
    neighbour::signal(account, environment, instance, good);
    found_mut(account, environment, |found| {
        if let Some(agent) = found.agents.get_mut(instance) {
            agent.signalled = true;
        }
    });
}
