//! What Elastic Beanstalk and CloudFormation do on behalf of whoever asks.
//!
//! Source: AWS managed policy AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy (version 7),
//! which is what Elastic Beanstalk needs to change an environment, narrowed to this environment's
//! names; for terminating and rebuilding, the deletions of AdministratorAccess-AWSElasticBeanstalk.
//! The names of what a stack makes begin with the stack's or, shortened, with `awseb-`.

use serde_json::{Value, json};

use crate::plan::{Action, EnvironmentAction, StackAction};

use super::resources::Place;
use super::statement;

/// What the actions of a plan cause.
#[derive(Clone, Copy, Default)]
pub(super) struct Causes {
    /// Elastic Beanstalk changes the environment's resources.
    environment: bool,
    /// CloudFormation changes a stack's resources, with the caller's permissions.
    stack: bool,
}

impl Causes {
    /// Notes what an action causes.
    pub(super) fn note(&mut self, action: &Action) {
        match action {
            Action::Environment(
                EnvironmentAction::Terminate { .. }
                | EnvironmentAction::Rebuild { .. }
                | EnvironmentAction::Update { .. }
                | EnvironmentAction::Abort { .. }
                | EnvironmentAction::Create(_),
            ) => self.environment = true,
            Action::Stack(
                StackAction::Delete { .. }
                | StackAction::ContinueRollback { .. }
                | StackAction::Rollback { .. }
                | StackAction::CancelUpdate { .. },
            ) => self.stack = true,
            // A restart is a message to the instances; saving reads only.
            Action::Environment(
                EnvironmentAction::Restart { .. }
                | EnvironmentAction::SaveConfiguration { .. }
                | EnvironmentAction::DeleteConfiguration { .. }
                | EnvironmentAction::SetOperationsRole { .. },
            )
            | Action::Stack(StackAction::Protect { .. } | StackAction::Signal { .. })
            | Action::Network(_)
            | Action::Gateway(_)
            | Action::Endpoint(_)
            | Action::Vpc(_)
            | Action::Scaling(_)
            | Action::Balancing(_)
            | Action::Database(_)
            | Action::Identity(_)
            | Action::Mail(_)
            | Action::Wait(_) => {}
        }
    }

    /// The statements that this takes.
    pub(super) fn statements(self, place: &Place) -> Vec<Value> {
        if !self.environment && !self.stack {
            return Vec::new();
        }
        let mut all = vec![computing(place), groups(place), balancing(place), data(place)];
        if self.environment {
            all.push(stacks(place));
            all.push(files(place));
            all.push(passing());
        }
        all
    }
}

fn stacks(place: &Place) -> Value {
    let stack = place.arn("cloudformation", &format!("stack/awseb-{}-*", place.id));
    statement("ElasticBeanstalkStacks", ["cloudformation:*"].into_iter(), &[stack])
}

fn computing(place: &Place) -> Value {
    let allowed = ["autoscaling:*", "cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"];
    let id = &place.id;
    let resources = [
        place.arn("autoscaling", &format!("autoScalingGroup:*:autoScalingGroupName/awseb-{id}-*")),
        place.arn(
            "autoscaling",
            &format!("launchConfiguration:*:launchConfigurationName/awseb-{id}-*"),
        ),
        place.arn("cloudwatch", &format!("alarm:awseb-{id}-*")),
    ];
    statement("ElasticBeanstalkScaling", allowed.into_iter(), &resources)
}

/// What has no name to be limited by before it is made.
fn groups(_: &Place) -> Value {
    let allowed = [
        "ec2:AllocateAddress",
        "ec2:AssociateAddress",
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateLaunchTemplate",
        "ec2:CreateLaunchTemplateVersion",
        "ec2:CreateSecurityGroup",
        "ec2:CreateTags",
        "ec2:DeleteLaunchTemplate",
        "ec2:DeleteLaunchTemplateVersions",
        "ec2:DeleteSecurityGroup",
        "ec2:DisassociateAddress",
        "ec2:ReleaseAddress",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
        "ec2:RunInstances",
        "ec2:TerminateInstances",
    ];
    statement("ElasticBeanstalkInstances", allowed.into_iter(), &[super::star()])
}

fn balancing(place: &Place) -> Value {
    let of = |rest: &str| place.arn("elasticloadbalancing", rest);
    // Names of load balancers are shortened from the stack's, so that only `awseb` is sure.
    let resources = [
        of("loadbalancer/awseb*"),
        of("loadbalancer/app/awseb*"),
        of("loadbalancer/net/awseb*"),
        of("targetgroup/awseb*"),
        of("listener/app/awseb*"),
        of("listener/net/awseb*"),
        of("listener-rule/app/awseb*"),
    ];
    statement("ElasticBeanstalkBalancing", ["elasticloadbalancing:*"].into_iter(), &resources)
}

fn data(place: &Place) -> Value {
    let allowed = ["sns:*", "sqs:*", "logs:*", "rds:*"];
    let id = &place.id;
    let resources = [
        place.arn("sns", "ElasticBeanstalkNotifications-*"),
        place.arn("sqs", &format!("awseb-{id}-*")),
        place.arn("logs", &format!("log-group:/aws/elasticbeanstalk/{}/*", place.environment)),
        place.arn("rds", &format!("*:awseb-{id}-*")),
        // A coupled database is named after the stack in a shortened way.
        place.arn("rds", "db:aa*"),
        place.arn("rds", "snapshot:*"),
    ];
    statement("ElasticBeanstalkQueuesAndData", allowed.into_iter(), &resources)
}

fn files(place: &Place) -> Value {
    let partition = place.partition;
    let region = &place.region;
    let resources = [
        format!("arn:{partition}:s3:::elasticbeanstalk-{region}-{}", place.account),
        format!("arn:{partition}:s3:::elasticbeanstalk-{region}-{}/*", place.account),
        format!("arn:{partition}:s3:::elasticbeanstalk-platform-assets-{region}/*"),
        format!("arn:{partition}:s3:::elasticbeanstalk-env-resources-{region}/*"),
    ];
    let allowed = [
        "s3:GetBucketLocation",
        "s3:GetBucketPolicy",
        "s3:GetObject",
        "s3:GetObjectAcl",
        "s3:GetObjectVersion",
        "s3:ListBucket",
        "s3:PutObject",
        "s3:PutObjectAcl",
        "s3:DeleteObject",
    ];
    statement("ElasticBeanstalkFiles", allowed.into_iter(), &resources)
}

/// Roles are handed on to the services that work with them.
fn passing() -> Value {
    json!({
        "Sid": "ElasticBeanstalkPassesRoles",
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": ["*"],
        "Condition": {"StringLikeIfExists": {"iam:PassedToService": [
            "elasticbeanstalk.amazonaws.com",
            "ec2.amazonaws.com",
            "autoscaling.amazonaws.com",
            "elasticloadbalancing.amazonaws.com",
            "ecs.amazonaws.com",
            "cloudformation.amazonaws.com",
        ]}},
    })
}
