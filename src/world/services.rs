//! The services around an environment: load balancers, databases, roles, mail, queues, buckets,
//! quotas, and the trail of who changed what.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Arn, GroupId, Observed, SubnetId, VpcId};

/// What was read of load balancers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balancing {
    /// Application and network load balancers.
    pub load_balancers: Observed<Vec<LoadBalancer>>,
    /// Their target groups.
    pub target_groups: Observed<Vec<TargetGroup>>,
    /// Health of targets.
    pub targets: Observed<Vec<TargetHealth>>,
    /// Listeners: load balancer ARN, port, protocol.
    pub listeners: Observed<Vec<Listener>>,
}

/// An application or network load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadBalancer {
    /// Its ARN.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// active, provisioning, failed.
    pub state: Option<String>,
    /// internet-facing or internal.
    pub scheme: Option<String>,
    /// application or network.
    pub kind: Option<String>,
    /// Its VPC.
    pub vpc: Option<VpcId>,
    /// Its security groups.
    pub groups: Vec<GroupId>,
    /// Its subnets.
    pub subnets: Vec<SubnetId>,
    /// Whether `deletion_protection.enabled` is true, where it was read.
    pub protected: Option<bool>,
}

/// A target group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetGroup {
    /// Its ARN.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// Port of the targets.
    pub port: Option<u16>,
    /// Protocol of the targets.
    pub protocol: Option<String>,
    /// Path of the health check.
    pub health_path: Option<String>,
    /// Port of the health check, `traffic-port` or a number.
    pub health_port: Option<String>,
    /// Status codes that count as healthy.
    pub matcher: Option<String>,
    /// Load balancers it serves.
    pub load_balancers: Vec<Arn>,
}

/// Health of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetHealth {
    /// The target group's ARN.
    pub group: Arn,
    /// The target: an instance id or an address.
    pub target: String,
    /// healthy, unhealthy, initial, draining, unused, unavailable.
    pub state: Option<String>,
    /// `Target.Timeout` and so on.
    pub reason: Option<String>,
    /// AWS's sentence.
    pub description: Option<String>,
}

/// A listener.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    /// The load balancer's ARN.
    pub load_balancer: Arn,
    /// Its port.
    pub port: Option<u16>,
    /// Its protocol.
    pub protocol: Option<String>,
}

/// What was read of databases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Databases {
    /// Database instances: the coupled one, or all of the account.
    pub instances: Observed<Vec<Database>>,
    /// Their manual snapshots: snapshot id, instance id, status.
    pub snapshots: Observed<Vec<(String, String, String)>>,
}

/// A database instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// Its identifier.
    pub id: String,
    /// available, deleting and so on.
    pub status: Option<String>,
    /// Its engine.
    pub engine: Option<String>,
    /// Its class, `db.t3.micro`.
    pub class: Option<String>,
    /// Its storage in GiB.
    pub storage_gib: Option<u32>,
    /// Whether it refuses to be deleted.
    pub protected: bool,
    /// Its security groups.
    pub groups: Vec<GroupId>,
    /// Its VPC.
    pub vpc: Option<VpcId>,
    /// Its port.
    pub port: Option<u16>,
    /// Its host name.
    pub host: Option<String>,
}

/// What was read of roles and permissions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The environment's instance profile; absent where AWS says there is none.
    pub profile: Observed<InstanceProfile>,
    /// The role of the instance profile.
    pub instance_role: Observed<RoleFacts>,
    /// The environment's service role.
    pub service_role: Observed<RoleFacts>,
    /// The operations role, if one is set.
    pub operations_role: Observed<RoleFacts>,
    /// The role CloudFormation uses for the stack, if one is set.
    pub stack_role: Observed<RoleFacts>,
    /// The role that Elastic Load Balancing works with.
    pub balancing_role: Observed<RoleFacts>,
    /// Policies written into roles: role and policy name.
    #[serde(default = "Observed::default")]
    pub written: Observed<Vec<(String, String)>>,
    /// IAM's answers on whether a principal may do something.
    pub simulated: Observed<Vec<Simulated>>,
    /// Access keys of SMTP users: last four characters of the id, status.
    pub access_keys: Observed<Vec<(String, String)>>,
}

/// An instance profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceProfile {
    /// Its name.
    pub name: String,
    /// Its roles' names; must be one.
    pub roles: Vec<String>,
}

/// A role, its trust and its policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleFacts {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: Arn,
    /// Its trust policy, decoded.
    pub trust: Option<String>,
    /// ARNs of attached policies; absent where they could not be read.
    pub attached: Option<Vec<Arn>>,
}

/// IAM's answer for one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulated {
    /// Whose permission was asked for.
    pub principal: Arn,
    /// The action, `ec2:CreateTags`.
    pub action: String,
    /// allowed, explicitDeny, implicitDeny.
    pub decision: String,
}

/// What was read of SES in the environment's region.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The account's sending state; collected only where the environment sends mail.
    pub account: Observed<MailAccount>,
    /// Identities: name masked for addresses, verified, sending enabled.
    pub identities: Observed<Vec<MailIdentity>>,
    /// Number of suppressed addresses.
    pub suppressed: Observed<u32>,
    /// Identities found in other regions: region and how many are verified.
    pub elsewhere: Observed<Vec<(String, u32)>>,
    /// Configuration sets by name.
    pub configuration_sets: Observed<Vec<String>>,
}

/// `sesv2:GetAccount`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailAccount {
    /// Whether it has left the sandbox.
    pub production: bool,
    /// Whether sending is switched on.
    pub sending: bool,
    /// HEALTHY, PROBATION or SHUTDOWN.
    pub enforcement: Option<String>,
    /// Mails allowed in 24 hours; -1 is unlimited.
    pub daily_quota: i64,
    /// Mails sent in the last 24 hours.
    pub sent: i64,
    /// Mails allowed a second.
    pub per_second: i64,
}

/// An SES identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailIdentity {
    /// A domain, or a mail address with its local part masked.
    pub name: String,
    /// `EMAIL_ADDRESS`, `DOMAIN` or `MANAGED_DOMAIN`.
    pub kind: String,
    /// Whether mail may be sent from it.
    pub verified: bool,
    /// SUCCESS, FAILED, PENDING and so on.
    pub status: Option<String>,
    /// State of the custom MAIL FROM domain, if one is set.
    pub mail_from: Option<String>,
}

/// One event of CloudTrail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailEvent {
    /// Its id.
    pub id: String,
    /// When the call was made.
    pub at: Timestamp,
    /// The call's name, `DeleteRouteTable`.
    pub name: String,
    /// The service, `ec2.amazonaws.com`.
    pub service: String,
    /// Who: user name, role session, or service.
    pub user: String,
    /// Who, by ARN.
    pub principal: Option<Arn>,
    /// Where from.
    pub source_ip: Option<String>,
    /// The error code, if the call was refused.
    pub error: Option<String>,
    /// Request parameters, secrets taken out.
    pub request: serde_json::Value,
    /// The answer's elements, secrets taken out: a new resource's id is only here.
    pub response: serde_json::Value,
    /// Resources that the event names.
    pub resources: Vec<String>,
}

/// What was read of queues, buckets and quotas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surroundings {
    /// A worker's queues: URL, messages waiting, messages in the dead-letter queue.
    pub queues: Observed<Vec<(String, u64, u64)>>,
    /// Buckets of the stack that are not empty: name and whether versioned.
    pub buckets: Observed<Vec<(String, bool)>>,
    /// Whether the running version's bundle is there: `Ok`, `Missing`, `Denied`, with its size.
    pub bundle: Observed<Bundle>,
    /// Quotas by code: `L-1216C47A` (standard vCPUs), `L-0263D0A3` (addresses).
    pub quotas: Observed<Vec<(String, u64)>>,
    /// Elastic Beanstalk's own: application versions and environments, allowed and used.
    pub beanstalk_quotas: Observed<Vec<(String, u64)>>,
}

/// The source bundle of the version that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// Its size in bytes, absent if it is not there.
    pub bytes: Option<u64>,
    /// The bucket's region, where it was read.
    pub region: Option<String>,
    /// The bucket's policy, where it was read.
    pub policy: Option<String>,
}
