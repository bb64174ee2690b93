//! Telling as events of the environment what its stack does.

use super::event::{Severity, tell};
use super::operation;
use crate::sandbox::Account;
use crate::sandbox::cloudformation::Event;

/// The names Elastic Beanstalk has for resources, by type. Those that are missing are not told
/// of; no event of theirs was ever quoted.
const NOUNS: &[(&str, &str)] = &[
    ("AWS::EC2::SecurityGroup", "security group"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "target group"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "load balancer"),
    ("AWS::ElasticLoadBalancingV2::Listener", "Load Balancer listener"),
    ("AWS::ElasticLoadBalancing::LoadBalancer", "load balancer"),
    ("AWS::AutoScaling::LaunchConfiguration", "Auto Scaling launch configuration"),
    ("AWS::AutoScaling::AutoScalingGroup", "Auto Scaling group"),
    ("AWS::AutoScaling::ScalingPolicy", "Auto Scaling group policy"),
    ("AWS::CloudWatch::Alarm", "CloudWatch alarm"),
    ("AWS::EC2::EIP", "EIP"),
    ("AWS::RDS::DBInstance", "RDS database"),
    ("AWS::RDS::DBSecurityGroup", "RDS database security group"),
    ("AWS::SQS::Queue", "SQS queue"),
    ("AWS::S3::Bucket", "S3 bucket"),
];

/// Tells what a stack did since the last time.
pub(super) fn stack(account: &mut Account, environment: &str, name: &str) {
    for event in fresh(account, environment, name) {
        one(account, environment, &event);
    }
}

/// Tells what the temporary stack of an immutable update did.
pub(super) fn temporary(account: &mut Account, environment: &str, name: &str) {
    for event in fresh(account, environment, name) {
        let group = event.kind == "AWS::AutoScaling::AutoScalingGroup";
        if group && event.status == "CREATE_COMPLETE" {
            let text = format!("Created temporary auto scaling group {}.", event.physical);
            tell(account, environment, Severity::Info, text);
        } else if event.status.ends_with("_FAILED") {
            one(account, environment, &event);
        }
    }
}

/// Takes everything a stack did so far as told.
pub(super) fn skip(account: &mut Account, environment: &str, name: &str) {
    let _ = fresh(account, environment, name);
}

/// What a stack did since the last time. A deleted stack is found by its id.
fn fresh(account: &mut Account, environment: &str, name: &str) -> Vec<Event> {
    let stacks = &account.here.cloudformation.stacks;
    let Some(stack) = stacks.iter().rev().find(|stack| stack.name == name) else {
        return Vec::new();
    };
    let Some(found) = account.here.beanstalk.environments.get_mut(environment) else {
        return Vec::new();
    };
    let told = found.narrated.entry(stack.id.clone()).or_default();
    let fresh = stack.events.get(*told..).unwrap_or_default().to_vec();
    *told = stack.events.len();
    fresh
}

fn one(account: &mut Account, environment: &str, event: &Event) {
    match event.kind.as_str() {
        "AWS::CloudFormation::Stack" => whole(account, environment, event),
        "AWS::CloudFormation::WaitCondition" => wait(account, environment, event),
        _ => resource(account, environment, event),
    }
}

/// The stack itself gives up.
fn whole(account: &mut Account, environment: &str, event: &Event) {
    let name = &event.logical;
    let reason = event.reason.as_deref().unwrap_or("null");
    // Two blanks before `Reason`, as most quotations have.
    let text = format!(
        "Stack named '{name}' aborted operation. Current state: '{}'  Reason: {reason}",
        event.status
    );
    match event.status.as_str() {
        "CREATE_FAILED" | "ROLLBACK_IN_PROGRESS" => {
            tell(account, environment, Severity::Error, text);
        }
        "UPDATE_ROLLBACK_IN_PROGRESS" | "UPDATE_ROLLBACK_FAILED" | "UPDATE_FAILED" => {
            let text = format!("Service:AmazonCloudFormation, Message:{text}");
            tell(account, environment, Severity::Error, text);
        }
        _ => {}
    }
}

/// The wait for instances.
fn wait(account: &mut Account, environment: &str, event: &Event) {
    let cancelled = event.reason.as_deref() == Some("Resource creation cancelled");
    match event.status.as_str() {
        "CREATE_IN_PROGRESS" if event.reason.is_none() => {
            let text = "Waiting for EC2 instances to launch. This may take a few minutes.";
            tell(account, environment, Severity::Info, text);
        }
        "CREATE_FAILED" if !cancelled => {
            tell(account, environment, Severity::Error, operation::SILENT);
        }
        _ => {}
    }
}

fn resource(account: &mut Account, environment: &str, event: &Event) {
    let group = event.kind == "AWS::AutoScaling::AutoScalingGroup";
    if group && event.status == "DELETE_IN_PROGRESS" {
        let text = "Waiting for EC2 instances to terminate. This may take a few minutes.";
        return tell(account, environment, Severity::Info, text);
    }
    if let Some(reason) = event.reason.as_deref()
        && group
        && event.status == "UPDATE_IN_PROGRESS"
    {
        let text = format!("Auto Scaling group update progress: {reason}");
        return tell(account, environment, Severity::Info, text);
    }
    let Some((_, noun)) = NOUNS.iter().find(|(kind, _)| *kind == event.kind) else { return };
    let reason = event.reason.as_deref().unwrap_or("null");
    if let Some(verb) = match event.status.as_str() {
        "CREATE_FAILED" => Some("Creating"),
        "UPDATE_FAILED" => Some("Updating"),
        "DELETE_FAILED" => Some("Deleting"),
        _ => None,
    } {
        let named = if event.physical.is_empty() {
            String::new()
        } else if *noun == "EIP" {
            format!(": {}", event.physical)
        } else {
            format!(" named: {}", event.physical)
        };
        let text = format!("{verb} {noun}{named} failed Reason: {reason}");
        return tell(account, environment, Severity::Error, text);
    }
    let verb = match event.status.as_str() {
        "CREATE_COMPLETE" => "Created",
        "DELETE_COMPLETE" if !event.physical.is_empty() => "Deleted",
        _ => return,
    };
    let separator = if *noun == "EIP" { ":" } else { " named:" };
    let text = format!("{verb} {noun}{separator} {}", event.physical);
    tell(account, environment, Severity::Info, text);
}
