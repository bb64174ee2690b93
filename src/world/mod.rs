//! WHAT IS: plain data about an environment and everything around it.
//!
//! No input or output, no AWS SDK, no opinion. [`Snapshot`] is the whole of what was seen at one
//! time; whatever could not be seen is in it too, as [`Observed::Unreadable`].

mod compute;
mod environment;
#[doc(hidden)]
pub mod examples;
mod ids;
pub mod network;
mod observed;
mod platform;
mod scaling;
mod services;
mod snapshot;
mod stack;

pub use compute::{Compute, Image, Instance, InstanceStatus, InstanceType, LaunchTemplate};
pub use environment::{
    ApplicationVersion, Clue, Environment, EnvironmentEvent, EnvironmentHealth, EnvironmentLink,
    EnvironmentResources, EnvironmentStatus, InstanceHealth, ManagedAction, OptionSetting, Percent,
    Property, Settings, stack_name,
};
pub use ids::*;
pub use network::Network;
pub use observed::{Gap, Observed, Source, Unreadable, UnreadableKind};
pub use platform::{PlatformBranch, PlatformVersion, Platforms};
pub use scaling::{Activity, GroupMember, LaunchConfiguration, Scaling, ScalingGroup};
pub use services::{
    Balancing, Bundle, Database, Databases, Identity, InstanceProfile, Listener, LoadBalancer,
    Mail, MailAccount, MailIdentity, RoleFacts, Simulated, Surroundings, TargetGroup, TargetHealth,
    TrailEvent,
};
pub use snapshot::{CallRecord, Caller, Managed, Scope, Snapshot, SnapshotId};
pub use stack::{Stack, StackEvent, StackFacts, StackResource, StackStatus};
