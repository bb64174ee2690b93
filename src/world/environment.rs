//! An Elastic Beanstalk environment as its own API shows it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Arn, EnvironmentId, InstanceId, StackName};

/// Where an environment stands in its life; `Other` keeps what AWS may add.
///
/// Source: the `EnvironmentStatus` enum of the Elastic Beanstalk API model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EnvironmentStatus {
    /// An update is being cancelled.
    Aborting,
    /// Being created.
    Launching,
    /// An update or rebuild goes on.
    Updating,
    /// Being linked from another environment.
    LinkingFrom,
    /// Being linked to another environment.
    LinkingTo,
    /// Nothing goes on; the only status in which most calls are accepted.
    Ready,
    /// Being terminated.
    Terminating,
    /// Gone; can be rebuilt for 42 days.
    Terminated,
    /// A status this program does not know.
    Other(String),
}

impl EnvironmentStatus {
    /// The status as AWS writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Aborting => "Aborting",
            Self::Launching => "Launching",
            Self::Updating => "Updating",
            Self::LinkingFrom => "LinkingFrom",
            Self::LinkingTo => "LinkingTo",
            Self::Ready => "Ready",
            Self::Terminating => "Terminating",
            Self::Terminated => "Terminated",
            Self::Other(text) => text,
        }
    }

    /// Whether an operation of Elastic Beanstalk goes on.
    pub fn in_progress(&self) -> bool {
        !matches!(self, Self::Ready | Self::Terminated)
    }
}

impl From<&str> for EnvironmentStatus {
    fn from(text: &str) -> Self {
        match text {
            "Aborting" => Self::Aborting,
            "Launching" => Self::Launching,
            "Updating" => Self::Updating,
            "LinkingFrom" => Self::LinkingFrom,
            "LinkingTo" => Self::LinkingTo,
            "Ready" => Self::Ready,
            "Terminating" => Self::Terminating,
            "Terminated" => Self::Terminated,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// One environment, from `elasticbeanstalk:DescribeEnvironments`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Its name, unique among the living environments of a region.
    pub name: String,
    /// `e-…`; stays the same when a terminated environment is rebuilt.
    pub id: EnvironmentId,
    /// Its ARN, where the answer had one.
    pub arn: Option<Arn>,
    /// The application it belongs to.
    pub application: String,
    /// What goes on.
    pub status: EnvironmentStatus,
    /// Green, Yellow, Red or Grey.
    pub health: Option<String>,
    /// Ok, Info, Warning, Degraded, Severe, NoData, Pending, Suspended or Unknown.
    pub health_status: Option<String>,
    /// The exact platform version, `arn:aws:elasticbeanstalk:…:platform/…/6.4.3`.
    pub platform_arn: Option<Arn>,
    /// The platform version's older name, `64bit Amazon Linux 2023 v6.4.3 running Node.js 20`.
    pub solution_stack: Option<String>,
    /// The application version that runs.
    pub version_label: Option<String>,
    /// The address it serves at, without scheme.
    pub cname: Option<String>,
    /// The load balancer's or instance's own address.
    pub endpoint_url: Option<String>,
    /// `WebServer` or `Worker`.
    pub tier: Option<String>,
    /// Whether `AbortEnvironmentUpdate` can work now; absent where AWS did not say.
    pub abortable: Option<bool>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// When it last changed.
    pub updated: Option<Timestamp>,
    /// The role Elastic Beanstalk uses instead of the caller's permissions, if one is set.
    pub operations_role: Option<Arn>,
    /// Environments it is linked to by `env.yaml`, by link name.
    pub links: Vec<EnvironmentLink>,
}

/// One link between environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentLink {
    /// The link's name.
    pub link: String,
    /// The environment it leads to.
    pub environment: String,
}

impl Environment {
    /// The name Elastic Beanstalk gives the environment's CloudFormation stack.
    ///
    /// Source: observed names in `CFN-01`, `EB-15` of the incident catalogue.
    pub fn stack_name(&self) -> StackName {
        stack_name(&self.id)
    }

    /// The second stack that an immutable update makes beside it.
    pub fn immutable_stack_name(&self) -> StackName {
        StackName(format!("awseb-{}-immutable-stack", self.id))
    }

    /// The platform version's number, `6.4.3`, from its ARN or its solution stack name.
    pub fn platform_version(&self) -> Option<&str> {
        match (&self.platform_arn, &self.solution_stack) {
            (Some(arn), _) if arn.as_str().contains(":platform/") => {
                arn.as_str().rsplit_once('/').map(|(_, version)| version)
            }
            (_, Some(stack)) => stack
                .split_whitespace()
                .find(|word| {
                    word.starts_with('v') && word[1..].starts_with(|c: char| c.is_ascii_digit())
                })
                .map(|word| &word[1..]),
            (_, None) => None,
        }
    }
}

/// The stack that belongs to an environment id, so that CloudFormation can be asked at once.
pub fn stack_name(id: &EnvironmentId) -> StackName {
    StackName(format!("awseb-{id}-stack"))
}

/// One line of `elasticbeanstalk:DescribeEvents`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentEvent {
    /// When it happened.
    pub at: Timestamp,
    /// TRACE, DEBUG, INFO, WARN, ERROR or FATAL. Some failures are only INFO.
    pub severity: String,
    /// AWS's sentence, verbatim.
    pub message: String,
    /// The environment it is about, where it is about one.
    pub environment: Option<String>,
    /// The request that started the operation this belongs to.
    pub request: Option<String>,
    /// The platform version at the time, where the event says so.
    pub platform_arn: Option<Arn>,
    /// The application version at the time, where the event says so.
    pub version_label: Option<String>,
}

/// One option of an environment's configuration.
///
/// Values of environment properties are never kept: see [`Property`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionSetting {
    /// `aws:ec2:vpc` and the like.
    pub namespace: String,
    /// The option within the namespace.
    pub name: String,
    /// Its value, absent where it is unset.
    pub value: Option<String>,
    /// The resource it belongs to, where there can be several.
    pub resource: Option<String>,
}

/// What may be kept of an environment property: never its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// The property's name.
    pub name: String,
    /// How many bytes `NAME=value` has; CloudFormation allows 4,096 for all (`CFN-19`).
    pub bytes: usize,
    /// What the value shows without telling it.
    pub clues: Vec<Clue>,
}

/// What a property's value shows without telling it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clue {
    /// An SES SMTP endpoint, `email-smtp.<region>.amazonaws.com`.
    SmtpEndpoint {
        /// The region in the host's name.
        region: String,
    },
    /// A port number alone or at the end of a host or URL.
    Port {
        /// The number.
        port: u16,
    },
    /// An access key id: `AKIA` is long-term, `ASIA` temporary; only its last four are kept.
    AccessKey {
        /// The first four characters.
        prefix: String,
        /// The last four characters.
        last_four: String,
    },
    /// A hosted MongoDB (`…mongodb.net`), by its scheme and whether it is an SRV name.
    HostedMongo,
    /// The host of a URL or address that names a machine.
    Host {
        /// The host alone, without user, password, path or query.
        host: String,
    },
    /// A web proxy for outgoing connections.
    Proxy,
}

/// An environment's whole configuration, from `DescribeConfigurationSettings`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// All options but the environment properties.
    pub options: Vec<OptionSetting>,
    /// The environment properties, without their values.
    pub properties: Vec<Property>,
}

impl Settings {
    /// An option's value, empty values counting as unset.
    pub fn get(&self, namespace: &str, name: &str) -> Option<&str> {
        self.options
            .iter()
            .find(|option| option.namespace == namespace && option.name == name)
            .and_then(|option| option.value.as_deref())
            .filter(|value| !value.is_empty())
    }

    /// An option that holds a list, as `aws:ec2:vpc` `Subnets` does, comma-separated.
    pub fn list(&self, namespace: &str, name: &str) -> Vec<String> {
        let value = self.get(namespace, name).unwrap_or_default();
        value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    /// Whether an option is `true`, in any case.
    pub fn is_true(&self, namespace: &str, name: &str) -> bool {
        self.get(namespace, name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

/// What an environment has made, from `DescribeEnvironmentResources`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentResources {
    /// Auto Scaling groups by name.
    pub scaling_groups: Vec<String>,
    /// Its instances.
    pub instances: Vec<InstanceId>,
    /// Launch configurations by name.
    pub launch_configurations: Vec<String>,
    /// Launch templates by id.
    pub launch_templates: Vec<String>,
    /// Load balancers: a classic one's name, another's ARN.
    pub load_balancers: Vec<String>,
    /// A worker's queues: name and URL.
    pub queues: Vec<(String, String)>,
}

/// `DescribeEnvironmentHealth`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentHealth {
    /// Ok, Severe and so on.
    pub status: Option<String>,
    /// Green, Yellow, Red or Grey.
    pub color: Option<String>,
    /// AWS's sentences on why.
    pub causes: Vec<String>,
    /// How many instances have which health, by name (`NoData`, `Ok`).
    pub instances: Vec<(String, u32)>,
    /// Requests by class of answer: 2xx, 3xx, 4xx, 5xx, where the environment serves any.
    pub responses: Option<[u32; 4]>,
    /// When this was taken.
    pub refreshed: Option<Timestamp>,
}

/// One instance of `DescribeInstancesHealth`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceHealth {
    /// Which one.
    pub instance: InstanceId,
    /// Ok, NoData, Severe and so on.
    pub status: Option<String>,
    /// AWS's sentences on why.
    pub causes: Vec<String>,
    /// The application version it runs.
    pub version_label: Option<String>,
    /// The deployment's number and status.
    pub deployment: Option<(i64, String)>,
    /// When it was launched.
    pub launched: Option<Timestamp>,
    /// How full its root volume is, in percent, where it says so.
    pub root_volume_used: Option<Percent>,
    /// Its CPU's idle share in percent, where it says so.
    pub cpu_idle: Option<Percent>,
    /// Its type, `t3.small`.
    pub instance_type: Option<String>,
    /// Its Availability Zone.
    pub zone: Option<String>,
}

/// Hundredths of a percent, so that snapshots compare exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Percent(pub u32);

impl Percent {
    /// From AWS's floating-point number; negative and absurd values are clamped to 0..=100.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..=100 before the cast"
    )]
    pub fn from_f64(value: f64) -> Self {
        Self((value.clamp(0.0, 100.0) * 100.0) as u32)
    }

    /// Whole percents, rounded down.
    pub fn whole(self) -> u32 {
        self.0 / 100
    }
}

/// One managed action, planned or past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagedAction {
    /// AWS's id of it.
    pub id: String,
    /// `PlatformUpdate` or `InstanceRefresh`.
    pub kind: Option<String>,
    /// Scheduled, Pending, Running, Completed, Failed, Unknown.
    pub status: Option<String>,
    /// AWS's description.
    pub description: Option<String>,
    /// `PermissionsError`, `RollbackFailed` and so on.
    pub failure_type: Option<String>,
    /// AWS's sentence on the failure.
    pub failure: Option<String>,
    /// When it was or is to be carried out.
    pub at: Option<Timestamp>,
    /// When it ended.
    pub finished: Option<Timestamp>,
}

/// One version of the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationVersion {
    /// Its label.
    pub label: String,
    /// Processed, Failed and so on.
    pub status: Option<String>,
    /// Bucket and key of the source bundle.
    pub bundle: Option<(String, String)>,
    /// When it was created.
    pub created: Option<Timestamp>,
}
