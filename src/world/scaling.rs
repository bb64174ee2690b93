//! Auto Scaling groups and what they tried.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::network::Tags;
use super::{InstanceId, Observed};

/// What was read of Auto Scaling.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scaling {
    /// The environment's groups, leftover immutable ones too.
    pub groups: Observed<Vec<ScalingGroup>>,
    /// Their activities, newest first; kept six weeks by AWS.
    pub activities: Observed<Vec<Activity>>,
    /// Topics that the groups notify: group name and topic ARN.
    pub notifications: Observed<Vec<(String, String)>>,
    /// Scheduled actions: group name and action name.
    pub scheduled: Observed<Vec<(String, String)>>,
    /// Launch configurations: name, image, type, key name.
    pub launch_configurations: Observed<Vec<LaunchConfiguration>>,
}

/// An Auto Scaling group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScalingGroup {
    /// Its name.
    pub name: String,
    /// Fewest instances.
    pub min: u32,
    /// Most instances.
    pub max: u32,
    /// Instances wanted.
    pub desired: u32,
    /// Its instances.
    pub instances: Vec<GroupMember>,
    /// Its subnets.
    pub subnets: Vec<String>,
    /// Its zones.
    pub zones: Vec<String>,
    /// Its launch template's id and version, if it has one.
    pub launch_template: Option<(String, String)>,
    /// Its launch configuration, if it still has one.
    pub launch_configuration: Option<String>,
    /// Target groups by ARN.
    pub target_groups: Vec<String>,
    /// Classic load balancers by name.
    pub load_balancers: Vec<String>,
    /// `EC2` or `ELB`.
    pub health_check: Option<String>,
    /// Seconds before the first health check counts.
    pub grace_seconds: Option<u32>,
    /// Processes that are suspended: name and reason.
    pub suspended: Vec<(String, String)>,
    /// `Delete in progress` while it is being deleted.
    pub status: Option<String>,
    /// Its tags.
    pub tags: Tags,
}

/// An instance of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMember {
    /// Which one.
    pub instance: InstanceId,
    /// InService, Pending, Terminating and so on.
    pub lifecycle: String,
    /// Healthy or Unhealthy.
    pub health: String,
    /// Whether scaling in may not take it.
    pub protected: bool,
}

/// A scaling activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// AWS's id of it.
    pub id: String,
    /// The group.
    pub group: String,
    /// Successful, Failed, InProgress and so on.
    pub status: String,
    /// AWS's sentence on a failure.
    pub message: Option<String>,
    /// What it did.
    pub description: Option<String>,
    /// Why it did it.
    pub cause: Option<String>,
    /// Its details, JSON as AWS writes it: subnet and zone.
    pub details: Option<String>,
    /// When it began.
    pub at: Timestamp,
}

/// A launch configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchConfiguration {
    /// Its name.
    pub name: String,
    /// The image it launches.
    pub image: Option<String>,
    /// The type it launches.
    pub instance_type: Option<String>,
    /// The key pair it names.
    pub key_name: Option<String>,
    /// The groups it gives.
    pub groups: Vec<String>,
}
