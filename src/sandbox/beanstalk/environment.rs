//! Environments: what they are, and how they are described.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::agent::Agent;
use super::find::{page, time};
use super::managed::Managed;
use super::operation::Operation;
use super::options::Settings;
use super::{Handler, information, neighbour, operation, platform};
use crate::sandbox::{Account, Answer, Call, Params};

/// Where an environment stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Status {
    /// An update is being cancelled.
    Aborting,
    /// It is being created.
    Launching,
    /// It is being changed.
    Updating,
    /// Nothing goes on.
    Ready,
    /// It is being terminated.
    Terminating,
    /// It is gone, and can be rebuilt for 42 days.
    Terminated,
}

impl Status {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Aborting => "Aborting",
            Self::Launching => "Launching",
            Self::Updating => "Updating",
            Self::Ready => "Ready",
            Self::Terminating => "Terminating",
            Self::Terminated => "Terminated",
        }
    }
}

/// The color of an environment's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Color {
    /// Well.
    Green,
    /// Not quite well.
    Yellow,
    /// Not well.
    Red,
    /// Not known, or something goes on.
    Grey,
}

impl Color {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Green => "Green",
            Self::Yellow => "Yellow",
            Self::Red => "Red",
            Self::Grey => "Grey",
        }
    }
}

/// Enhanced health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum HealthStatus {
    /// All is well.
    Ok,
    /// An operation goes on as it should.
    Info,
    /// Nothing is known yet, within the first minutes.
    Pending,
    /// Nobody reports.
    NoData,
    /// Nothing is known.
    Unknown,
    /// A part of the instances is not quite well.
    Warning,
    /// A part of the instances fails.
    Degraded,
    /// Most fail.
    Severe,
    /// Elastic Beanstalk has stopped to look.
    Suspended,
}

impl HealthStatus {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "Ok",
            Self::Info => "Info",
            Self::Pending => "Pending",
            Self::NoData => "NoData",
            Self::Unknown => "Unknown",
            Self::Warning => "Warning",
            Self::Degraded => "Degraded",
            Self::Severe => "Severe",
            Self::Suspended => "Suspended",
        }
    }

    /// The words in events: `No Data` is two there.
    pub fn spoken(self) -> &'static str {
        if self == Self::NoData { "No Data" } else { self.word() }
    }

    /// Its color.
    ///
    /// <https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/health-enhanced-status.html>
    pub fn color(self) -> Color {
        match self {
            Self::Ok | Self::Info => Color::Green,
            Self::Pending | Self::NoData | Self::Unknown | Self::Suspended => Color::Grey,
            Self::Warning => Color::Yellow,
            Self::Degraded | Self::Severe => Color::Red,
        }
    }
}

/// One environment.
#[derive(Clone, Debug, Serialize)]
pub struct Environment {
    /// `e-…`; stays the same when it is rebuilt.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The application it belongs to.
    pub application: String,
    /// What it is.
    pub description: Option<String>,
    /// The label of the version it runs.
    pub version: Option<String>,
    /// The ARN of its platform version.
    pub platform: String,
    /// The saved configuration it was made from.
    pub template: Option<String>,
    /// Whether it is a worker.
    pub worker: bool,
    /// Its web address.
    pub address: String,
    /// When it was created.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// Where it stands.
    pub status: Status,
    /// Its health.
    pub health: HealthStatus,
    /// Why its health is not Ok.
    pub causes: Vec<String>,
    /// Since when its health is so.
    pub health_since: Timestamp,
    /// Options that were set.
    pub settings: Settings,
    /// What goes on.
    pub operation: Option<Operation>,
    /// The role it works with instead of its callers' permissions.
    pub operations_role: Option<String>,
    /// When it was terminated.
    pub terminated: Option<Timestamp>,
    /// The agents on its instances, by the instances' ids.
    pub agents: BTreeMap<String, Agent>,
    /// How many deployments there have been; the last one's number.
    pub deployments: i64,
    /// Managed actions.
    pub managed: Managed,
    /// Logs that were asked for.
    pub samples: Vec<information::Sample>,
    /// Counts the reasons to look; only the newest plan to look is carried out.
    #[serde(skip)]
    pub(super) watch: u64,
    /// How many instances the launch of its stack waits for.
    pub awaited: i64,
    /// How far its stack's events have been told: the stack's id and a count.
    pub narrated: BTreeMap<String, usize>,
}

impl Environment {
    /// Whether instances report enhanced health.
    pub(super) fn enhanced(&self) -> bool {
        self.option("aws:elasticbeanstalk:healthreporting:system", "SystemType") != "basic"
    }

    /// Whether it is a single instance without load balancer.
    pub(super) fn single(&self) -> bool {
        self.option("aws:elasticbeanstalk:environment", "EnvironmentType") == "SingleInstance"
    }

    /// The value of an option, set or by default.
    pub(super) fn option(&self, namespace: &str, name: &str) -> String {
        super::options::value(self, namespace, name)
    }

    /// The same as a number.
    pub(super) fn number(&self, namespace: &str, name: &str) -> i64 {
        self.option(namespace, name).parse().unwrap_or(0)
    }

    /// The same as a truth value.
    pub(super) fn flag(&self, namespace: &str, name: &str) -> bool {
        self.option(namespace, name) == "true"
    }

    /// The same as a list.
    pub(super) fn list(&self, namespace: &str, name: &str) -> Vec<String> {
        let value = self.option(namespace, name);
        let parts = value.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    }

    /// The color that is shown: grey as long as something goes on.
    pub(super) fn color(&self) -> Color {
        if self.status == Status::Ready { self.health.color() } else { Color::Grey }
    }

    /// Whether the operation under way can be aborted.
    pub(super) fn abortable(&self) -> bool {
        self.operation.as_ref().is_some_and(Operation::abortable)
    }
}

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "CreateEnvironment" => operation::create::create,
        "DescribeEnvironments" => describe,
        _ => return None,
    })
}

/// An environment's ARN.
pub(super) fn arn(account: &Account, found: &Environment) -> String {
    account.arn("elasticbeanstalk", &format!("environment/{}/{}", found.application, found.name))
}

/// An environment as the API describes it.
pub(super) fn tree(account: &Account, found: &Environment) -> Value {
    let tier = if found.worker {
        json!({ "Name": "Worker", "Type": "SQS/HTTP", "Version": " " })
    } else {
        // The version of a tier is one blank (recorded).
        json!({ "Name": "WebServer", "Type": "Standard", "Version": " " })
    };
    json!({
        "EnvironmentName": found.name,
        "EnvironmentId": found.id,
        "ApplicationName": found.application,
        "VersionLabel": found.version,
        "SolutionStackName": platform::solution_stack(&found.platform),
        "PlatformArn": found.platform,
        "TemplateName": found.template,
        "Description": found.description,
        "EndpointURL": neighbour::endpoint(account, found),
        "CNAME": (!found.worker).then_some(&found.address),
        "DateCreated": found.created.to_string(),
        "DateUpdated": found.updated.to_string(),
        "Status": found.status.word(),
        "AbortableOperationInProgress": found.abortable(),
        "Health": found.color().word(),
        "HealthStatus": found.enhanced().then(|| shown_health(found).word()),
        "Tier": tier,
        "EnvironmentLinks": [],
        "EnvironmentArn": arn(account, found),
        "OperationsRole": found.operations_role,
    })
}

/// What is told as enhanced health: nothing is known of what is gone.
fn shown_health(found: &Environment) -> HealthStatus {
    if found.status == Status::Terminated { HealthStatus::Unknown } else { found.health }
}

/// How long a terminated environment is listed without being asked for, in seconds.
///
/// "It will remain visible for about an hour": the console, quoted in `EB-12`.
const VISIBLE: i64 = 3600;

/// How many environments one answer holds at most.
const PAGE: usize = 1000;

fn describe(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let (ids, names) = (params.texts("EnvironmentIds"), params.texts("EnvironmentNames"));
    let deleted = params.flag("IncludeDeleted");
    let back_to = time(params, "IncludedDeletedBackTo")?;
    let now = account.now();
    let shown = |found: &Environment| match (found.status, found.terminated) {
        (Status::Terminated, Some(at)) => {
            let fresh = now.duration_since(at).as_secs() < VISIBLE;
            fresh || deleted && back_to.is_none_or(|back_to| at >= back_to)
        }
        _ => true,
    };
    let mut all: Vec<&Environment> = account
        .here
        .beanstalk
        .environments
        .values()
        .filter(|found| params.text("ApplicationName").is_none_or(|it| it == found.application))
        .filter(|found| {
            let label = params.text("VersionLabel");
            label.is_none_or(|it| Some(it) == found.version.as_deref())
        })
        .filter(|found| ids.is_empty() || ids.contains(&found.id))
        .filter(|found| names.is_empty() || names.contains(&found.name))
        .filter(|found| shown(found))
        .collect();
    all.sort_by(|a, b| b.updated.cmp(&a.updated).then_with(|| a.id.cmp(&b.id)));
    let all = all.into_iter().map(|found| tree(account, found)).collect();
    let (shown, token) = page(params, all, PAGE);
    Ok(json!({ "Environments": shown, "NextToken": token }))
}
