//! Instances, images and what instances are launched from.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::network::Tags;
use super::{Arn, GroupId, ImageId, InstanceId, InterfaceId, Observed, SubnetId, VpcId};

/// What was read of instances and what they are made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compute {
    /// The environment's instances, terminated ones too for about an hour.
    pub instances: Observed<Vec<Instance>>,
    /// EC2's own status checks.
    pub statuses: Observed<Vec<InstanceStatus>>,
    /// The images that the environment launches from.
    pub images: Observed<Vec<Image>>,
    /// The launch template versions that the environment launches from.
    pub launch_templates: Observed<Vec<LaunchTemplate>>,
    /// Which of the environment's instance types are offered in which zone: type and zone.
    pub offerings: Observed<Vec<(String, String)>>,
    /// What the environment's instance types can do.
    pub types: Observed<Vec<InstanceType>>,
    /// The account's key pairs by name.
    pub key_pairs: Observed<Vec<String>>,
    /// Running vCPUs of the standard families in the region, for the quota.
    pub running_vcpus: Observed<u32>,
}

/// An instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// pending, running, shutting-down, terminated, stopping, stopped.
    pub state: String,
    /// Why it changed state: code and sentence, `Client.InternalError`.
    pub state_reason: Option<(String, String)>,
    /// Its type.
    pub instance_type: String,
    /// The image it was launched from.
    pub image: ImageId,
    /// Its subnet; a terminated instance has lost it.
    pub subnet: Option<SubnetId>,
    /// Its VPC; a terminated instance has lost it.
    pub vpc: Option<VpcId>,
    /// Its zone.
    pub zone: Option<String>,
    /// Its private address.
    pub private_ip: Option<IpAddr>,
    /// Its public address.
    pub public_ip: Option<IpAddr>,
    /// Its IPv6 addresses.
    pub ipv6: Vec<IpAddr>,
    /// Its security groups; a terminated instance has lost them.
    pub groups: Vec<GroupId>,
    /// Its interfaces.
    pub interfaces: Vec<InterfaceId>,
    /// Its instance profile.
    pub profile: Option<Arn>,
    /// Whether packets not meant for itself are dropped; a NAT instance must have this off.
    pub source_dest_check: Option<bool>,
    /// When it was launched.
    pub launched: Option<Timestamp>,
    /// Its tags.
    pub tags: Tags,
}

/// EC2's status checks of one instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceStatus {
    /// Which one.
    pub instance: InstanceId,
    /// ok, impaired, initializing and so on, of the host.
    pub system: Option<String>,
    /// The same of the instance itself.
    pub machine: Option<String>,
}

/// A machine image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its id.
    pub id: ImageId,
    /// `x86_64`, `arm64`, `i386`.
    pub architecture: Option<String>,
    /// available, pending, failed, deregistered.
    pub state: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The account or alias that owns it.
    pub owner: Option<String>,
    /// When it was made, as AWS writes it.
    pub created: Option<String>,
}

/// A launch template, as far as launching depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchTemplate {
    /// `lt-…`.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// The image it launches.
    pub image: Option<ImageId>,
    /// The type it launches.
    pub instance_type: Option<String>,
    /// The key pair it names.
    pub key_name: Option<String>,
    /// The groups it gives.
    pub groups: Vec<GroupId>,
    /// The instance profile it gives: name or ARN.
    pub profile: Option<String>,
}

/// What an instance type can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceType {
    /// Its name.
    pub name: String,
    /// Architectures it runs.
    pub architectures: Vec<String>,
    /// Its virtual processors.
    pub vcpus: u32,
}
