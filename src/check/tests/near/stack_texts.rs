//! What CloudFormation's texts prove, and texts that are nearly the same.

use super::*;
use crate::world::{Observed, Property, Unreadable, UnreadableKind};

/// A failed update of a stack whose first failure has this reason.
fn first_failed(reason: &str) -> Snapshot {
    let mut world = failed_with("Failed to deploy configuration.");
    stack_event(&mut world, 30, STACK, "UPDATE_IN_PROGRESS", None);
    stack_event(&mut world, 25, "FileSystem", "CREATE_FAILED", Some(reason));
    stack_event(&mut world, 20, STACK, "UPDATE_ROLLBACK_COMPLETE", None);
    stack_itself(&mut world).status = "UPDATE_ROLLBACK_COMPLETE".into();
    world
}

/// Properties of so many bytes in a failed update.
fn with_properties(bytes: usize) -> Snapshot {
    let mut world = failed_with("Failed to deploy configuration.");
    let properties = &mut world.settings.value_mut().unwrap().properties;
    properties.clear();
    for (name, bytes) in [("CONFIG", 96), ("CERTIFICATES", bytes - 97)] {
        properties.push(Property { name: name.into(), bytes, clues: Vec::new() });
    }
    world
}

pub(super) const NEAR: &[Near] = &[
    other("CFN-18", "the group was deleted long ago", &["APP-08"], |broken| {
        failing(
            broken,
            "Creating security group named: awseb-x failed Reason: The security group 'awseb-x' does not exist in default VPC 'vpc-c41d30a2'",
            "The security group 'sg-0old' does not exist. Launching EC2 instance failed.",
        )
    }),
    near(
        "CFN-19",
        "all properties and their commas have the 4,096 bytes that are allowed",
        |broken| with_properties(if broken { 4_097 } else { 4_096 }),
    ),
    near(
        "CFN-20",
        "the name that is not there is one of the application's own template",
        |broken| {
            failing(
                broken,
                "Service:AmazonCloudFormation, Message:Template error: instance of Fn::GetAtt references undefined resource AWSEBSecurityGroup.",
                "Service:AmazonCloudFormation, Message:Template error: instance of Fn::GetAtt references undefined resource UploadsBucket.",
            )
        },
    ),
    near("CFN-21", "a subnet's id is malformed, no group's", |broken| {
        failing(
            broken,
            "Creating security group named: sg-0fee failed Reason: Invalid id: \"awseb-e-x-stack-AWSEBSecurityGroup-G\" (expecting \"sg-...\") (Service: AmazonEC2; Status Code: 400; Error Code: InvalidGroupId.Malformed; Request ID: 1)",
            "Creating instance named: i-0fee failed Reason: Invalid id: \"private-a\" (expecting \"subnet-...\") (Service: AmazonEC2; Status Code: 400; Error Code: InvalidSubnetID.Malformed; Request ID: 1)",
        )
    }),
    other("CFN-22", "a zone lacks it, not the region", &["CAP-04"], |broken| {
        first_failed(if broken {
            "AWS::EFS::FileSystem is not supported in this region"
        } else {
            "Your requested instance type (t3.small) is not supported in your requested Availability Zone (us-west-2a)."
        })
    }),
    near("CFN-24", "scheduled actions that no update was refused for are no obstacle", |broken| {
        let mut world = healthy();
        let actions = vec![(SCALING_GROUP.to_owned(), "IS-a-Stop".to_owned())];
        world.scaling.scheduled = known("autoscaling:DescribeScheduledActions", actions);
        event(&mut world, 12, "INFO", "Environment update is starting.");
        let refused = format!(
            "Updating Auto Scaling group named: {SCALING_GROUP} failed Reason: Autoscaling rolling updates cannot be performed because scheduled action(s) [IS-a-Stop] are currently associated with this autoscaling group; either delete these actions or suspend the ScheduledActions process and then retry the update."
        );
        if broken {
            event(&mut world, 10, "ERROR", &refused);
        } else {
            event(&mut world, 10, "INFO", "Environment update completed successfully.");
        }
        world
    }),
    near(
        "CFN-25",
        "the bucket for the logs may not be written, whatever the option says",
        |broken| {
            failing(
                broken,
                "Creating load balancer named: arn:aws:elasticloadbalancing failed Reason: The value of 'access_logs.s3.prefix' cannot start or end with '/'",
                "Creating load balancer named: arn:aws:elasticloadbalancing failed Reason: Access Denied for bucket: shop-logs. Please check S3bucket permission",
            )
        },
    ),
    near("CFN-26", "the database itself could not be made, its group was", |broken| {
        failing(
            broken,
            "Creating RDS database security group named: x failed Reason: Either the resource does not exist, or you do not have the required permissions.",
            "Creating RDS database named: awseb-e-x failed Reason: Invalid storage size for engine name postgres and storage type gp2: 4",
        )
    }),
    near("CFN-27", "it was refused four days ago, and all has been well since", |broken| {
        let mut world = healthy();
        world.events.value_mut().unwrap().clear();
        event(&mut world, 6_000, "INFO", "Environment update completed successfully.");
        let minutes = if broken { 10 } else { 4 * 24 * 60 };
        let text = "Environment Elastic Beanstalk environment tags cannot be updated.";
        event(&mut world, minutes, "ERROR", text);
        world
    }),
    near("CFN-29", "the question was refused for want of a permission", |broken| {
        let mut world = healthy();
        let Observed::Known { source, .. } = world.network.acls.clone() else { panic!() };
        let kind = if broken { UnreadableKind::Throttled } else { UnreadableKind::Denied };
        let why = Unreadable { kind, code: "Refused".into(), message: String::new() };
        world.network.acls = Observed::Unreadable { why, source };
        world
    }),
];
