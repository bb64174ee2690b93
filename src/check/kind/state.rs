//! Faults of Elastic Beanstalk's own state.

use super::{Code, faults};
use crate::world::{InstanceId, StackName};

faults! {
    /// Faults of Elastic Beanstalk's own state, codes `EB-…`.
    StateFault {
        /// An operation runs, and until it ends no other is accepted.
        "EB-01" Busy {
            /// The environment's status.
            status: String,
            /// Whether the operation can be aborted.
            abortable: bool,
            /// For how many minutes nothing was heard of it.
            silent_minutes: i64,
        }
        /// Neither aborting nor terminating is accepted.
        "EB-02" Deadlock {
            /// The stack that the operation waits for.
            stack: StackName,
            /// Its status.
            stack_status: String,
        }
        /// A termination was asked for while the environment is being created.
        "EB-03" TerminateDuringLaunch {}
        /// An abort came too late, or has no effect.
        "EB-04" AbortTooLate {
            /// The environment's status.
            status: String,
        }
        /// An abort was accepted, but an instance never answered.
        "EB-05" AbortHangs {
            /// The silent instances.
            instances: Vec<InstanceId>,
        }
        /// A termination was asked for and failed.
        "EB-06" TerminationFailed {
            /// The stack that is left.
            stack: StackName,
        }
        /// An instance is silent because its root volume is full.
        "EB-07" DiskFull {
            /// The instances.
            instances: Vec<InstanceId>,
        }
        /// Commands time out on instances that are there.
        "EB-08" CommandTimeouts {
            /// The instances.
            instances: Vec<InstanceId>,
            /// The time-out in seconds.
            timeout: u32,
        }
        /// Instances run out of memory while they deploy.
        "EB-09" OutOfMemory {
            /// The instances.
            instances: Vec<InstanceId>,
            /// Their type.
            instance_type: Option<String>,
        }
        /// Elastic Beanstalk has stopped looking at the environment's health.
        "EB-10" Suspended {
            /// Whether the service role is what is missing.
            role: bool,
            /// Whether the Auto Scaling group is what is missing.
            scaling_group: bool,
        }
        /// The service role is missing or cannot be assumed.
        "EB-11" ServiceRole {
            /// The role's name, where one is set.
            role: Option<String>,
            /// Whether it is there.
            exists: bool,
            /// Whether its trust policy lets Elastic Beanstalk in.
            trusted: bool,
        }
        /// The instance profile is missing or has no role.
        "EB-12" InstanceProfile {
            /// The profile's name, where one is set.
            profile: Option<String>,
            /// Whether it is there.
            exists: bool,
            /// The role it has or must have.
            role: Option<String>,
        }
        /// Instances run different versions.
        "EB-13" MixedVersions {
            /// The version that is expected.
            expected: Option<String>,
            /// The instances with another one.
            wrong: Vec<InstanceId>,
        }
        /// A deployment was called a success although an instance failed.
        "EB-14" SilentlyOld {
            /// The version that is expected.
            expected: Option<String>,
            /// The instances with another one.
            wrong: Vec<InstanceId>,
        }
        /// An immutable update left its second stack behind.
        "EB-15" ImmutableLeft {
            /// The second stack.
            stack: StackName,
            /// Its Auto Scaling group.
            scaling_group: Option<String>,
        }
        /// An immutable update was asked for together with changes of resources.
        "EB-16" ImmutableWithChanges {}
        /// A rolling update failed, and so did its rollback.
        "EB-17" UpdateAndRollbackFailed {}
        /// The Auto Scaling group may have one instance only, so none can be replaced.
        "EB-18" OneInstanceOnly {
            /// The group.
            scaling_group: String,
        }
        /// A terminated environment cannot be rebuilt.
        "EB-19" RebuildRefused {
            /// Why: `too-old`, `name-taken`, `version-deleted`.
            why: Vec<String>,
        }
        /// A rebuild would delete the coupled database.
        "EB-20" RebuildLosesData {
            /// The database.
            database: Option<String>,
            /// The deletion policy that is set.
            policy: Option<String>,
        }
        /// The load balancer was deleted outside Elastic Beanstalk.
        "EB-21" BalancerGone {
            /// What the stack says it is.
            balancer: String,
            /// Whether it is a target group that is gone.
            target_group: bool,
        }
        /// The Auto Scaling group was deleted outside Elastic Beanstalk.
        "EB-22" ScalingGroupGone {
            /// What the stack says it is.
            scaling_group: String,
        }
        /// The Auto Scaling group does not tell Elastic Beanstalk any more.
        "EB-23" NotificationsGone {
            /// The group.
            scaling_group: String,
        }
        /// There are fewer instances than there must be.
        "EB-24" BelowMinimum {
            /// The group, where it is known.
            scaling_group: Option<String>,
            /// How many there are.
            active: u32,
            /// How many there must be.
            minimum: u32,
        }
        /// Scaling is suspended, or instances are replaced in a loop.
        "EB-25" ScalingSuspended {
            /// The group.
            scaling_group: String,
            /// The processes that are suspended.
            processes: Vec<String>,
            /// Whether instances are replaced in a loop.
            looping: bool,
            /// The seconds before the first health check counts.
            grace_seconds: Option<u32>,
        }
        /// The coupled database was deleted outside Elastic Beanstalk.
        "EB-26" DatabaseGone {
            /// The database.
            database: String,
            /// Manual snapshots of it.
            snapshots: Vec<String>,
        }
        /// The coupled database differs from what Elastic Beanstalk believes.
        "EB-27" DatabaseChanged {
            /// The database.
            database: String,
            /// Option, what it says, what is.
            differs: Vec<(String, String, String)>,
        }
        /// The deletion policy and decoupling were saved in one step.
        "EB-28" DecoupledAtOnce {}
        /// The environment is terminated and is still listed.
        "EB-29" TerminatedLingers {}
        /// The environment vanished while it was created.
        "EB-30" VanishedDuringLaunch {}
        /// It was created, but with errors or command time-outs.
        "EB-31" LaunchedWithErrors {
            /// Whether commands timed out.
            timeouts: bool,
        }
        /// The DNS name or the environment's name is taken.
        "EB-32" NameTaken {
            /// The name.
            name: String,
        }
        /// Deleting an application or a version is refused while something runs.
        "EB-33" DeleteRefused {}
        /// The environment was scaled to nothing.
        "EB-34" ScaledToZero {
            /// The group.
            scaling_group: String,
        }
        /// An environment it is linked to is not there.
        "EB-35" LinkBroken {
            /// The link's name.
            link: String,
            /// The environment it leads to.
            environment: String,
        }
        /// EC2's own status checks fail.
        "EB-36" InstanceImpaired {
            /// The instances.
            instances: Vec<InstanceId>,
        }
    }
}
