//! Faults of CloudFormation stacks.

use serde::Serialize;

use super::{Code, faults};
use crate::world::network::GroupRule;
use crate::world::{Arn, GroupId, InstanceId, InterfaceId, LogicalId, StackName, SubnetId};

/// A rule of another group that names a group of the environment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupReference {
    /// The group the rule is in.
    pub holder: GroupId,
    /// Its name.
    pub holder_name: String,
    /// The stack that owns it, if one does.
    pub owner: Option<StackName>,
    /// Whether the rule is for packets that go out.
    pub egress: bool,
    /// The rule.
    pub rule: GroupRule,
}

/// A network interface that keeps a group from being deleted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InterfaceHold {
    /// The interface.
    pub interface: InterfaceId,
    /// interface, lambda, vpc_endpoint and so on.
    pub kind: String,
    /// Its description, which tells whose it is.
    pub description: String,
    /// Whether only the service that made it can delete it.
    pub requester_managed: bool,
    /// The groups it would keep if the environment's were taken off.
    pub other_groups: Vec<GroupId>,
    /// The instance it is attached to.
    pub instance: Option<InstanceId>,
    /// The stack that owns it, if one does.
    pub owner: Option<StackName>,
}

faults! {
    /// Faults of CloudFormation stacks, codes `CFN-…`.
    StackFault {
        /// Other groups' rules name a group of the stack, so that it cannot be deleted.
        "CFN-01" GroupReferenced {
            /// The stack that cannot be deleted.
            stack: StackName,
            /// The group of the stack, by its name in the template.
            logical: String,
            /// The group of the stack.
            group: GroupId,
            /// The rules that name it.
            references: Vec<GroupReference>,
        }
        /// Instances that are just ending still carry the group.
        "CFN-02" InstancesStillEnding {
            /// The stack.
            stack: StackName,
            /// The group.
            group: GroupId,
            /// The instances.
            instances: Vec<InstanceId>,
        }
        /// A load balancer outside the stack carries a group of the stack.
        "CFN-03" ForeignLoadBalancer {
            /// The stack.
            stack: StackName,
            /// The group, by its name in the template.
            logical: String,
            /// The group.
            group: GroupId,
            /// The load balancer outside the stack.
            balancer: Arn,
        }
        /// An interface outside the stack carries a group of the stack.
        "CFN-04" GroupHeldByInterface {
            /// The stack.
            stack: StackName,
            /// The group, by its name in the template.
            logical: String,
            /// The group.
            group: GroupId,
            /// The interfaces.
            holders: Vec<InterfaceHold>,
        }
        /// The coupled database refuses to be deleted.
        "CFN-05" DatabaseProtected {
            /// The stack.
            stack: StackName,
            /// The database, by its name in the template.
            logical: String,
            /// The database's identifier.
            database: String,
        }
        /// The final snapshot's name is taken.
        "CFN-06" FinalSnapshotExists {
            /// The stack.
            stack: StackName,
            /// The database's identifier, where it is known.
            database: Option<String>,
            /// The snapshot that has the name.
            snapshot: String,
        }
        /// The load balancer refuses to be deleted.
        "CFN-07" BalancerProtected {
            /// The stack.
            stack: StackName,
            /// The load balancer.
            balancer: Arn,
        }
        /// A bucket of the stack is not empty.
        "CFN-08" BucketNotEmpty {
            /// The stack.
            stack: StackName,
            /// The bucket, by its name in the template.
            logical: String,
            /// The bucket.
            bucket: String,
            /// Whether it keeps versions.
            versioned: bool,
        }
        /// Other stacks import what this one exports.
        "CFN-09" ExportInUse {
            /// The stack that exports.
            stack: StackName,
            /// The export.
            export: String,
            /// The stacks that import it.
            importers: Vec<StackName>,
            /// Whether importers and exporters form a ring.
            cycle: bool,
        }
        /// Termination protection is on.
        "CFN-10" StackProtected {
            /// The stack that cannot be deleted.
            stack: StackName,
            /// The stack the protection is on: itself or its root.
            protected: StackName,
        }
        /// Nested stacks are stuck in their clean-up.
        "CFN-11" NestedStuck {
            /// The root stack, the only one that can be continued.
            root: StackName,
            /// The nested stack that failed to roll back.
            nested: StackName,
            /// What to skip, `NestedStack.LogicalId`.
            failed: Vec<String>,
        }
        /// A rollback failed, because a resource was changed or deleted outside CloudFormation.
        "CFN-12" RollbackFailed {
            /// The stack.
            stack: StackName,
            /// The resources that failed because of the rollback: name, identifier, type.
            failed: Vec<(LogicalId, String, String)>,
            /// AWS's reason of the first of them.
            reason: String,
        }
        /// A rollback failed for want of a permission.
        "CFN-13" RollbackDenied {
            /// The stack.
            stack: StackName,
            /// The role or user that lacks it.
            principal: String,
            /// The action, `rds:ModifyDBInstance`.
            action: String,
            /// The resources that failed because of the rollback.
            failed: Vec<LogicalId>,
        }
        /// An update failed with rollback switched off.
        "CFN-14" UpdateFailed {
            /// The stack.
            stack: StackName,
            /// AWS's reason of the first failure.
            reason: String,
        }
        /// Instances never sent the signals that an update waits for.
        "CFN-15" SignalsMissing {
            /// The stack.
            stack: StackName,
            /// The resource that waits, by its name in the template.
            logical: LogicalId,
            /// Instances that could be signalled for.
            instances: Vec<InstanceId>,
        }
        /// The environment's stack was deleted behind Elastic Beanstalk's back.
        "CFN-16" StackGone {
            /// The stack.
            stack: StackName,
        }
        /// Many resources failed because an earlier one did.
        "CFN-17" Cascade {
            /// The stack.
            stack: StackName,
            /// The resource that failed first.
            first: LogicalId,
            /// AWS's reason.
            reason: String,
        }
        /// A group could not be found right after it was made.
        "CFN-18" NotYetVisible {
            /// The stack.
            stack: StackName,
        }
        /// The environment's properties are longer than CloudFormation allows.
        "CFN-19" PropertiesTooLong {
            /// How many bytes they have.
            bytes: usize,
        }
        /// The template of an update with Spot instances is wrong.
        "CFN-20" SpotTemplate {}
        /// A resource of the application's configuration names a group instead of its id.
        "CFN-21" GroupNameForId {
            /// The resource, where it is known.
            logical: Option<LogicalId>,
        }
        /// The region does not offer a type of resource.
        "CFN-22" TypeNotOffered {
            /// The stack.
            stack: StackName,
            /// The resource that failed.
            logical: LogicalId,
            /// AWS's reason.
            reason: String,
        }
        /// The stack is busy or rolled back and refuses updates.
        "CFN-23" StackRefusesUpdates {
            /// The stack.
            stack: StackName,
            /// Its status.
            status: String,
        }
        /// Scheduled actions from outside block updates of the Auto Scaling group.
        "CFN-24" ScheduledActions {
            /// The group.
            group: String,
            /// The actions.
            actions: Vec<String>,
        }
        /// An option of the load balancer was refused when it was made.
        "CFN-25" BalancerOption {
            /// AWS's reason.
            reason: String,
        }
        /// The database's security group could not be made.
        "CFN-26" DatabaseGroup {
            /// The subnets the database was given.
            subnets: Vec<SubnetId>,
        }
        /// Infrastructure as code wants to replace the environment.
        "CFN-27" ReplacedByCode {
            /// AWS's reason.
            reason: String,
        }
        /// An update left a resource behind that it could not delete.
        "CFN-28" LeftBehind {
            /// The stack.
            stack: StackName,
            /// What is left: name, identifier, type.
            left: Vec<(LogicalId, String, String)>,
        }
        /// AWS asks to be asked less often.
        "CFN-29" Throttled {
            /// The calls it refused.
            operations: Vec<String>,
        }
    }
}
