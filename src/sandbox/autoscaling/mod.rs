//! Auto Scaling: groups that launch and end instances through EC2, and say why.

mod activity;
mod configuration;
mod group;
mod health;
mod launch;
mod members;
mod policies;
mod processes;
mod requests;
mod rows;
mod scale;
mod terminate;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use activity::Activity;
pub use configuration::Configuration;
pub use group::{Group, Launch, Member};
pub use policies::{Notification, ScalingPolicy, Schedule};

use super::{Account, Answer, Call, Caller, Fault};

/// The groups of a region.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AutoScaling {
    /// Groups, in the order of creation.
    pub groups: Vec<Group>,
    /// Launch configurations.
    pub configurations: Vec<Configuration>,
    /// What groups did and tried, oldest first; those of deleted groups stay.
    pub activities: Vec<Activity>,
    /// Scaling policies.
    pub policies: Vec<ScalingPolicy>,
    /// Scheduled actions.
    pub schedules: Vec<Schedule>,
    /// Who is told of what groups do.
    pub notifications: Vec<Notification>,
    /// Whether the account is too new for launch configurations.
    ///
    /// Accounts made since October 2024 cannot create them:
    /// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-configurations.html>
    pub without_configurations: bool,
}

impl AutoScaling {
    /// A group by its name.
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// The same, to be changed.
    pub(super) fn group_mut(&mut self, name: &str) -> Option<&mut Group> {
        self.groups.iter_mut().find(|group| group.name == name)
    }
}

/// Answers a call to this service.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    match call.operation.as_str() {
        "CreateAutoScalingGroup" => requests::create(account, call),
        "UpdateAutoScalingGroup" => requests::update(account, call),
        "DeleteAutoScalingGroup" => requests::delete(account, call),
        "SetDesiredCapacity" => requests::set_desired(account, call),
        "DescribeAutoScalingGroups" => rows::describe_groups(account, call),
        "DescribeAutoScalingInstances" => rows::describe_instances(account, call),
        "DescribeScalingActivities" => rows::describe_activities(account, call),
        "TerminateInstanceInAutoScalingGroup" => terminate::asked_for(account, call),
        "SetInstanceHealth" => health::set(account, call),
        "SetInstanceProtection" => members::protect(account, call),
        "EnterStandby" => members::enter_standby(account, call),
        "ExitStandby" => members::exit_standby(account, call),
        "AttachInstances" => members::attach(account, call),
        "DetachInstances" => members::detach(account, call),
        "SuspendProcesses" => processes::suspend(account, call),
        "ResumeProcesses" => processes::resume(account, call),
        "DescribeScalingProcessTypes" => Ok(processes::types()),
        "AttachLoadBalancerTargetGroups" => requests::attach_targets(account, call),
        "DetachLoadBalancerTargetGroups" => requests::detach_targets(account, call),
        "DescribeLoadBalancerTargetGroups" => rows::describe_target_groups(account, call),
        "AttachLoadBalancers" => requests::attach_balancers(account, call),
        "DetachLoadBalancers" => requests::detach_balancers(account, call),
        "CreateOrUpdateTags" => requests::tag(account, call),
        "DeleteTags" => requests::untag(account, call),
        "DescribeTags" => rows::describe_tags(account, call),
        "CreateLaunchConfiguration" => configuration::create(account, call),
        "DescribeLaunchConfigurations" => configuration::describe(account, call),
        "DeleteLaunchConfiguration" => configuration::delete(account, call),
        "PutScalingPolicy" => policies::put(account, call),
        "DescribePolicies" => policies::describe(account, call),
        "DeletePolicy" => policies::delete(account, call),
        "PutScheduledUpdateGroupAction" => policies::put_schedule(account, call),
        "DescribeScheduledActions" => policies::describe_schedules(account, call),
        "DeleteScheduledAction" => policies::delete_schedule(account, call),
        "PutNotificationConfiguration" => policies::put_notification(account, call),
        "DescribeNotificationConfigurations" => policies::describe_notifications(account, call),
        "DeleteNotificationConfiguration" => policies::delete_notification(account, call),
        "ExecutePolicy" => policies::execute(account, call),
        "DescribeLifecycleHooks" => Ok(serde_json::json!({"LifecycleHooks": []})),
        "DescribeInstanceRefreshes" => Ok(serde_json::json!({"InstanceRefreshes": []})),
        "DescribeWarmPool" => Ok(serde_json::json!({"Instances": []})),
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

/// In whose name Auto Scaling calls other services.
fn itself(account: &Account) -> Caller {
    let role = "AWSServiceRoleForAutoScaling";
    Caller {
        arn: format!("arn:aws:sts::{}:assumed-role/{role}/AutoScaling", account.id),
        name: "AutoScaling".to_owned(),
        access_key: "ASIAIOSFODNN7EXAMPLE".to_owned(),
        invoked_by: Some("autoscaling.amazonaws.com".to_owned()),
    }
}

/// A `ValidationError`.
fn invalid(message: impl Into<String>) -> Fault {
    Fault::new("ValidationError", message)
}

/// The refusal for a group that is not there.
fn absent(name: &str) -> Fault {
    invalid(format!("AutoScalingGroup name not found - AutoScalingGroup {name} not found"))
}
