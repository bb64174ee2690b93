//! Everything seen at one time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    AccountId, ApplicationVersion, Arn, Balancing, Compute, Databases, Environment,
    EnvironmentEvent, EnvironmentHealth, EnvironmentId, EnvironmentResources, Identity,
    InstanceHealth, Mail, ManagedAction, Network, Observed, Platforms, Region, Scaling, Settings,
    StackFacts, StackName, Surroundings, TrailEvent,
};

/// A fingerprint of a snapshot's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SnapshotId(pub String);

/// Who asks AWS, from `sts:GetCallerIdentity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// The user or assumed role.
    pub arn: Arn,
}

/// What a snapshot is about: the pin that a plan and a session are bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The account, where it could be read.
    pub account: Option<AccountId>,
    /// The region.
    pub region: Region,
    /// The environment.
    pub environment: EnvironmentId,
    /// Its name.
    pub name: String,
}

/// Managed actions, planned and past.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Managed {
    /// What is planned or running.
    pub pending: Observed<Vec<ManagedAction>>,
    /// What was done.
    pub history: Observed<Vec<ManagedAction>>,
}

/// One call that was made to AWS, for the report's appendix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// `ec2:DescribeSubnets`.
    pub operation: String,
    /// When the answer came.
    pub at: Timestamp,
    /// AWS's request id.
    pub request: Option<String>,
    /// `ok`, or AWS's error code.
    pub outcome: String,
}

/// Everything seen at one time about one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The version of this format; 1.
    pub format: u32,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// The region it was taken in.
    pub region: Region,
    /// Who asked.
    pub caller: Observed<Caller>,
    /// The environment; absent where AWS knows none of that name.
    pub environment: Observed<Environment>,
    /// The other living environments of the region, for links and shared resources.
    pub neighbours: Observed<Vec<Environment>>,
    /// Names of the application's saved configurations.
    #[serde(default = "Observed::default")]
    pub saved_configurations: Observed<Vec<String>>,
    /// Its events, newest first.
    pub events: Observed<Vec<EnvironmentEvent>>,
    /// Its configuration.
    pub settings: Observed<Settings>,
    /// What it made.
    pub resources: Observed<EnvironmentResources>,
    /// Its health.
    pub health: Observed<EnvironmentHealth>,
    /// Its instances' health.
    pub instances_health: Observed<Vec<InstanceHealth>>,
    /// Managed actions.
    pub managed: Managed,
    /// Its platform and others.
    pub platforms: Platforms,
    /// The application's versions.
    pub versions: Observed<Vec<ApplicationVersion>>,
    /// What AWS's own validation says of the options: severity, message, namespace, option.
    pub validation: Observed<Vec<(String, String, String, String)>>,
    /// Stacks by name: the environment's, its immutable one, nested ones, and their neighbours.
    pub stacks: BTreeMap<StackName, StackFacts>,
    /// Which stack owns a resource, by the resource's id.
    pub owners: BTreeMap<String, Observed<StackName>>,
    /// Its VPC.
    pub network: Network,
    /// Its instances.
    pub compute: Compute,
    /// Its Auto Scaling groups.
    pub scaling: Scaling,
    /// Its load balancers.
    pub balancing: Balancing,
    /// Its databases.
    pub databases: Databases,
    /// Its roles.
    pub identity: Identity,
    /// Mail.
    pub mail: Mail,
    /// Queues, buckets, quotas.
    pub surroundings: Surroundings,
    /// Who changed what.
    pub trail: Observed<Vec<TrailEvent>>,
    /// The calls that were made to take it, in order.
    pub calls: Vec<CallRecord>,
}

impl Snapshot {
    /// A snapshot in which nothing has been looked at yet.
    pub fn empty(region: Region, taken_at: Timestamp) -> Self {
        Self {
            format: 1,
            taken_at,
            region,
            caller: Observed::NotCollected,
            environment: Observed::NotCollected,
            neighbours: Observed::NotCollected,
            saved_configurations: Observed::NotCollected,
            events: Observed::NotCollected,
            settings: Observed::NotCollected,
            resources: Observed::NotCollected,
            health: Observed::NotCollected,
            instances_health: Observed::NotCollected,
            managed: Managed::default(),
            platforms: Platforms::default(),
            versions: Observed::NotCollected,
            validation: Observed::NotCollected,
            stacks: BTreeMap::new(),
            owners: BTreeMap::new(),
            network: Network::default(),
            compute: Compute::default(),
            scaling: Scaling::default(),
            balancing: Balancing::default(),
            databases: Databases::default(),
            identity: Identity::default(),
            mail: Mail::default(),
            surroundings: Surroundings::default(),
            trail: Observed::NotCollected,
            calls: Vec::new(),
        }
    }

    /// A fingerprint of its whole content, by which a plan names the snapshot it was made from.
    pub fn id(&self) -> SnapshotId {
        let text = serde_json::to_string(self).unwrap_or_default();
        let digest = Sha256::digest(text.as_bytes());
        let head: [u8; 8] = std::array::from_fn(|index| digest[index]);
        SnapshotId(format!("{:016x}", u64::from_be_bytes(head)))
    }

    /// What it is about, once the environment is known.
    pub fn scope(&self) -> Option<Scope> {
        let environment = self.environment.value()?;
        Some(Scope {
            account: self.caller.value().map(|caller| caller.account.clone()),
            region: self.region.clone(),
            environment: environment.id.clone(),
            name: environment.name.clone(),
        })
    }

    /// The environment's own stack.
    pub fn stack(&self) -> Option<&StackFacts> {
        let environment = self.environment.value()?;
        self.stacks.get(&environment.stack_name())
    }
}
