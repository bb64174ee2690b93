//! The CloudFormation template of an environment, written from its options.
//!
//! Logical ids are those seen in events and stacks (`AWSEBSecurityGroup`, `AWSEBV2LoadBalancer`,
//! `AWSEBInstanceLaunchWaitCondition` and so on).

#![expect(clippy::needless_pass_by_value, reason = "plainer as it is written")]

pub(super) mod balancer;

use serde_json::{Map, Value, json};

use super::environment::Environment;
use super::platform;
use crate::sandbox::Account;
use balancer::Kind;

/// Seconds that the launch waits for instances to report.
// NET-01, NET-08: launches failed 17 min 51 s after they began, about three of which go into the
// load balancer and the group.
const LAUNCH_TIMEOUT: i64 = 900;

const LAUNCH: &str = "aws:autoscaling:launchconfiguration";
const GROUP: &str = "aws:autoscaling:asg";
const VPC: &str = "aws:ec2:vpc";
const PROCESS: &str = "aws:elasticbeanstalk:environment:process:default";
const ROLLING: &str = "aws:autoscaling:updatepolicy:rollingupdate";
const DATABASE: &str = "aws:rds:dbinstance";

type Resources = Map<String, Value>;

/// The template of an environment's stack.
pub(super) fn template(account: &Account, found: &Environment) -> Value {
    let mut resources = Resources::new();
    let kind = Kind::of(found);
    own_security_group(&mut resources, found, kind);
    if found.worker {
        queues(&mut resources, found);
    } else if found.single() {
        resources.insert("AWSEBEIP".to_owned(), resource("EIP", json!({ "Domain": "vpc" })));
    }
    if let Some(kind) = kind {
        balancer::make(&mut resources, account, found, kind);
    }
    launch_template(&mut resources, account, found, &own_group());
    scaling_group(&mut resources, found, kind);
    wait(&mut resources, found.awaited);
    if !found.single() {
        triggers(&mut resources, found);
    }
    if found.flag(DATABASE, "HasCoupledDatabase") {
        database(&mut resources, found);
    }
    document(resources)
}

/// The template of the temporary stack of an immutable update.
pub(super) fn temporary(account: &Account, found: &Environment, count: i64) -> Value {
    let mut resources = Resources::new();
    let group = super::neighbour::physical(account, &found.id, "AWSEBSecurityGroup");
    launch_template(&mut resources, account, found, &json!(group));
    let mut properties = group_properties(found, count, count);
    for (logical, property) in [
        ("AWSEBV2LoadBalancerTargetGroup", "TargetGroupARNs"),
        ("AWSEBLoadBalancer", "LoadBalancerNames"),
    ] {
        if let Some(physical) = super::neighbour::physical(account, &found.id, logical) {
            properties[property] = json!([physical]);
        }
    }
    let group = json!({ "Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": properties });
    resources.insert("AWSEBAutoScalingGroup".to_owned(), group);
    wait(&mut resources, count);
    document(resources)
}

fn document(resources: Resources) -> Value {
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "AWS Elastic Beanstalk environment",
        "Resources": resources,
    })
}

/// A resource of EC2's family, or of another by its full name.
fn resource(kind: &str, properties: Value) -> Value {
    let kind = if kind.contains("::") { kind.to_owned() } else { format!("EC2::{kind}") };
    json!({ "Type": format!("AWS::{kind}"), "Properties": properties })
}

/// A text that is left out if it is empty.
fn given(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}

/// The members that are not `null`: a template has no nulls.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name, without_nulls(value)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn own_group() -> Value {
    json!({ "Fn::GetAtt": ["AWSEBSecurityGroup", "GroupId"] })
}

/// The group of the instances.
fn own_security_group(resources: &mut Resources, found: &Environment, kind: Option<Kind>) {
    let port = balancer::instance_port(kind, found);
    let mut ingress = Vec::new();
    if !found.worker {
        let mut rule = json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port });
        let (member, who) = balancer::visitors(kind);
        rule[member] = who;
        ingress.push(rule);
    }
    let own = json!({
        "GroupDescription": "VPC Security Group",
        "VpcId": given(&found.option(VPC, "VPCId")),
        "SecurityGroupIngress": ingress,
    });
    let own = resource("SecurityGroup", without_nulls(own));
    resources.insert("AWSEBSecurityGroup".to_owned(), own);
}

/// The launch template of the instances.
fn launch_template(resources: &mut Resources, account: &Account, found: &Environment, own: &Value) {
    let custom = found.option(LAUNCH, "ImageId");
    let image =
        if custom.is_empty() { platform::image(&account.region, &found.platform) } else { custom };
    let mut members = vec![own.clone()];
    members.extend(found.list(LAUNCH, "SecurityGroups").into_iter().map(Value::from));
    let types = found.list("aws:ec2:instances", "InstanceTypes");
    let kind = found.settings.get(LAUNCH).and_then(|it| it.get("InstanceType")).cloned();
    let kind = kind.or_else(|| types.first().cloned()).unwrap_or_else(|| "t3.micro".to_owned());
    let public = found.option(VPC, "AssociatePublicIpAddress");
    let (groups, interfaces) = if public.is_empty() {
        (json!(members), Value::Null)
    } else {
        let interface = json!([{
            "DeviceIndex": 0,
            "AssociatePublicIpAddress": public == "true",
            "Groups": members,
        }]);
        (Value::Null, interface)
    };
    let profile = found.option(LAUNCH, "IamInstanceProfile");
    let profile = if profile.starts_with("arn:") {
        json!({ "Arn": profile })
    } else {
        json!({ "Name": profile })
    };
    let size = found.option(LAUNCH, "RootVolumeSize");
    let volume = (!size.is_empty()).then(|| {
        let kind = found.option(LAUNCH, "RootVolumeType");
        let ebs = json!({ "VolumeSize": size, "VolumeType": given(&kind) });
        json!([{ "DeviceName": "/dev/xvda", "Ebs": ebs }])
    });
    let v1 = found.option(LAUNCH, "DisableIMDSv1") == "true";
    let data = json!({
        "ImageId": image,
        "InstanceType": kind,
        "KeyName": given(&found.option(LAUNCH, "EC2KeyName")),
        "IamInstanceProfile": profile,
        "SecurityGroupIds": groups,
        "NetworkInterfaces": interfaces,
        "BlockDeviceMappings": volume,
        "MetadataOptions": { "HttpTokens": if v1 { "required" } else { "optional" } },
    });
    let properties = json!({ "LaunchTemplateData": without_nulls(data) });
    resources.insert("AWSEBEC2LaunchTemplate".to_owned(), resource("LaunchTemplate", properties));
}

fn group_properties(found: &Environment, min: i64, max: i64) -> Value {
    let subnets = found.list(VPC, "Subnets");
    let zones = subnets.is_empty().then(|| json!({ "Fn::GetAZs": "" }));
    without_nulls(json!({
        "LaunchTemplate": {
            "LaunchTemplateId": { "Ref": "AWSEBEC2LaunchTemplate" },
            "Version": { "Fn::GetAtt": ["AWSEBEC2LaunchTemplate", "LatestVersionNumber"] },
        },
        "MinSize": min.to_string(),
        "MaxSize": max.to_string(),
        "Cooldown": found.option(GROUP, "Cooldown"),
        "VPCZoneIdentifier": (!subnets.is_empty()).then_some(subnets),
        "AvailabilityZones": zones,
        "Tags": [{ "Key": "Name", "Value": found.name, "PropagateAtLaunch": true }],
    }))
}

/// The Auto Scaling group, with the way its instances are replaced.
fn scaling_group(resources: &mut Resources, found: &Environment, kind: Option<Kind>) {
    let (min, max) = if found.single() {
        (1, 1)
    } else {
        (found.number(GROUP, "MinSize"), found.number(GROUP, "MaxSize"))
    };
    let mut properties = group_properties(found, min, max);
    balancer::serve(&mut properties, kind);
    let mut group = json!({
        "Type": "AWS::AutoScaling::AutoScalingGroup",
        "Properties": properties,
        "UpdatePolicy": { "AutoScalingRollingUpdate": rolling(found, max) },
    });
    if let Some(kind) = kind {
        let listener = "AWSEBV2LoadBalancerListener";
        let first = if resources.contains_key(listener) { listener } else { kind.logical() };
        group["DependsOn"] = json!([first]);
    }
    resources.insert("AWSEBAutoScalingGroup".to_owned(), group);
}

/// How instances are replaced when their template changes: in batches that must signal, or, with
/// rolling updates off, all at once and without waiting.
fn rolling(found: &Environment, max: i64) -> Value {
    if !found.flag(ROLLING, "RollingUpdateEnabled") {
        return json!({
            "MinInstancesInService": "0",
            "MaxBatchSize": max.max(1).to_string(),
            "PauseTime": "PT0S",
            "WaitOnResourceSignals": false,
        });
    }
    let batch = found.option(ROLLING, "MaxBatchSize");
    let least = found.option(ROLLING, "MinInstancesInService");
    json!({
        "MinInstancesInService": if least.is_empty() { (max.min(2) - 1).to_string() } else { least },
        "MaxBatchSize": if batch.is_empty() { "1".to_owned() } else { batch },
        "PauseTime": found.option(ROLLING, "Timeout"),
        "WaitOnResourceSignals": true,
        "MinSuccessfulInstancesPercent": "100",
    })
}

/// The wait for the instances of the launch.
fn wait(resources: &mut Resources, count: i64) {
    let handle = "AWSEBInstanceLaunchWaitHandle";
    resources
        .insert(handle.to_owned(), json!({ "Type": "AWS::CloudFormation::WaitConditionHandle" }));
    if count < 1 {
        return;
    }
    let condition = json!({
        "Type": "AWS::CloudFormation::WaitCondition",
        "DependsOn": ["AWSEBAutoScalingGroup"],
        "Properties": {
            "Handle": { "Ref": handle },
            "Timeout": LAUNCH_TIMEOUT.to_string(),
            "Count": count.to_string(),
        },
    });
    resources.insert("AWSEBInstanceLaunchWaitCondition".to_owned(), condition);
}

/// Scaling policies and the alarms that set them off.
fn triggers(resources: &mut Resources, found: &Environment) {
    let option = |name: &str| found.option("aws:autoscaling:trigger", name);
    for (policy, alarm, step, threshold, comparison) in [
        (
            "AWSEBAutoScalingScaleUpPolicy",
            "AWSEBCloudwatchAlarmHigh",
            "UpperBreachScaleIncrement",
            "UpperThreshold",
            "GreaterThanThreshold",
        ),
        (
            "AWSEBAutoScalingScaleDownPolicy",
            "AWSEBCloudwatchAlarmLow",
            "LowerBreachScaleIncrement",
            "LowerThreshold",
            "LessThanThreshold",
        ),
    ] {
        let scaling = json!({
            "AutoScalingGroupName": { "Ref": "AWSEBAutoScalingGroup" },
            "AdjustmentType": "ChangeInCapacity",
            "ScalingAdjustment": option(step),
            "Cooldown": found.option(GROUP, "Cooldown"),
        });
        resources.insert(policy.to_owned(), resource("AutoScaling::ScalingPolicy", scaling));
        let minutes: i64 = option("Period").parse().unwrap_or(5);
        let alarm_properties = json!({
            "AlarmDescription": "ElasticBeanstalk Default Scale alarm",
            "Namespace": "AWS/EC2",
            "MetricName": option("MeasureName"),
            "Statistic": option("Statistic"),
            "Unit": option("Unit"),
            "Period": (minutes * 60).to_string(),
            "EvaluationPeriods": option("EvaluationPeriods"),
            "Threshold": option(threshold),
            "ComparisonOperator": comparison,
            "AlarmActions": [{ "Ref": policy }],
            "Dimensions": [{
                "Name": "AutoScalingGroupName",
                "Value": { "Ref": "AWSEBAutoScalingGroup" },
            }],
        });
        resources.insert(alarm.to_owned(), resource("CloudWatch::Alarm", alarm_properties));
    }
}

/// The queues of a worker, unless it is given one.
fn queues(resources: &mut Resources, found: &Environment) {
    let option = |name: &str| found.option("aws:elasticbeanstalk:sqsd", name);
    if !option("WorkerQueueURL").is_empty() {
        return;
    }
    let dead = json!({ "MessageRetentionPeriod": option("RetentionPeriod") });
    resources.insert("AWSEBWorkerDeadLetterQueue".to_owned(), resource("SQS::Queue", dead));
    let queue = json!({
        "VisibilityTimeout": option("VisibilityTimeout"),
        "MessageRetentionPeriod": option("RetentionPeriod"),
        "RedrivePolicy": {
            "deadLetterTargetArn": { "Fn::GetAtt": ["AWSEBWorkerDeadLetterQueue", "Arn"] },
            "maxReceiveCount": option("MaxRetries"),
        },
    });
    resources.insert("AWSEBWorkerQueue".to_owned(), resource("SQS::Queue", queue));
}

/// The coupled database, its group and its subnets.
fn database(resources: &mut Resources, found: &Environment) {
    let option = |name: &str| found.option(DATABASE, name);
    let port = if option("DBEngine").starts_with("postgres") { 5432 } else { 3306 };
    let group = json!({
        "GroupDescription": "Enable database access to Beanstalk application",
        "VpcId": given(&found.option(VPC, "VPCId")),
        "SecurityGroupIngress": [{
            "IpProtocol": "tcp", "FromPort": port, "ToPort": port,
            "SourceSecurityGroupId": own_group(),
        }],
    });
    let group = resource("SecurityGroup", without_nulls(group));
    resources.insert("AWSEBRDSDBSecurityGroup".to_owned(), group);
    let subnets = found.list(VPC, "DBSubnets");
    let in_subnets = (!subnets.is_empty()).then(|| json!({ "Ref": "AWSEBRDSDBSubnetGroup" }));
    if !subnets.is_empty() {
        let group = json!({
            "DBSubnetGroupDescription": "RDS DB Subnet Group",
            "SubnetIds": subnets,
        });
        resources.insert("AWSEBRDSDBSubnetGroup".to_owned(), resource("RDS::DBSubnetGroup", group));
    }
    let properties = json!({
        "Engine": option("DBEngine"),
        "EngineVersion": given(&option("DBEngineVersion")),
        "DBInstanceClass": option("DBInstanceClass"),
        "AllocatedStorage": option("DBAllocatedStorage"),
        "DBName": "ebdb",
        "MasterUsername": option("DBUser"),
        "MasterUserPassword": option("DBPassword"),
        "MultiAZ": option("MultiAZDatabase"),
        "DBSnapshotIdentifier": given(&option("DBSnapshotIdentifier")),
        "DBSubnetGroupName": in_subnets,
        "VPCSecurityGroups": [{ "Fn::GetAtt": ["AWSEBRDSDBSecurityGroup", "GroupId"] }],
    });
    let mut database = resource("RDS::DBInstance", without_nulls(properties));
    database["DeletionPolicy"] = json!(option("DBDeletionPolicy"));
    resources.insert("AWSEBRDSDatabase".to_owned(), database);
}
