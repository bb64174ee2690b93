//! Launch templates and instances.

use serde_json::{Map, Value, json};

use super::{PLAIN, Provider, Replace, at, only, with};
use crate::sandbox::Service::Ec2;
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        kind: "AWS::EC2::LaunchTemplate",
        voice: Voice::Handler("Ec2"),
        required: &["LaunchTemplateData"],
        replace: Replace::On(&["LaunchTemplateName"]),
        create: |bench| {
            let name = bench.text("LaunchTemplateName").unwrap_or_else(|| bench.new_name(128));
            let params = json!({
                "LaunchTemplateName": name,
                "LaunchTemplateData": wire(bench.property("LaunchTemplateData")),
                "TagSpecification": bench.tag_specification("launch-template"),
            });
            let answer = bench.call(Ec2, "CreateLaunchTemplate", params)?;
            Ok(at(&answer, "launchTemplate/launchTemplateId"))
        },
        settle: |bench| {
            let id = bench.physical.clone();
            let params = json!({"LaunchTemplateId": [id]});
            let answer = bench.call(Ec2, "DescribeLaunchTemplates", params)?;
            Ok(Pace::Ready(json!({
                "LaunchTemplateId": id,
                "LatestVersionNumber": at(&answer, "launchTemplates/0/latestVersionNumber"),
                "DefaultVersionNumber": at(&answer, "launchTemplates/0/defaultVersionNumber"),
            })))
        },
        update: |bench| {
            let params = json!({
                "LaunchTemplateId": bench.physical,
                "LaunchTemplateData": wire(bench.property("LaunchTemplateData")),
            });
            bench.call(Ec2, "CreateLaunchTemplateVersion", params)?;
            Ok(())
        },
        remove: |bench| {
            let params = json!({"LaunchTemplateId": bench.physical});
            bench.call(Ec2, "DeleteLaunchTemplate", params)?;
            Ok(Pace::Ready(()))
        },
        ..PLAIN
    },
    Provider {
        kind: "AWS::EC2::Instance",
        voice: Voice::Handler("Ec2"),
        replace: Replace::On(&[
            "ImageId",
            "InstanceType",
            "SubnetId",
            "KeyName",
            "AvailabilityZone",
            "UserData",
        ]),
        create: run,
        settle: settle_instance,
        update: |bench| {
            let groups = bench.texts("SecurityGroupIds");
            if !groups.is_empty() {
                let params = json!({"InstanceId": bench.physical, "GroupId": groups});
                bench.call(Ec2, "ModifyInstanceAttribute", params)?;
            }
            Ok(())
        },
        remove: terminate,
        pace: 15,
        ..PLAIN
    },
];

/// Lists whose names on the wire differ from those in templates.
const RENAMED: [(&str, &str); 8] = [
    ("BlockDeviceMappings", "BlockDeviceMapping"),
    ("Groups", "SecurityGroupId"),
    ("Ipv6Addresses", "Ipv6Address"),
    ("NetworkInterfaces", "NetworkInterface"),
    ("SecurityGroupIds", "SecurityGroupId"),
    ("SecurityGroups", "SecurityGroup"),
    ("TagSpecifications", "TagSpecification"),
    ("Tags", "Tag"),
];

/// Launch data with the names that EC2's protocol has for them.
pub(super) fn wire(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let renamed = members.iter().map(|(name, value)| {
                let known = RENAMED.iter().find(|(template, _)| template == name);
                (known.map_or(name.as_str(), |(_, wire)| wire).to_owned(), wire(value))
            });
            Value::Object(renamed.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(wire).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn run(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let properties = only(
        &bench.properties,
        &[
            "BlockDeviceMappings",
            "EbsOptimized",
            "ImageId",
            "InstanceType",
            "KeyName",
            "LaunchTemplate",
            "NetworkInterfaces",
            "PrivateIpAddress",
            "SecurityGroupIds",
            "SecurityGroups",
            "SubnetId",
            "UserData",
        ],
    );
    let mut params = with(
        wire(&properties),
        json!({
            "MinCount": 1,
            "MaxCount": 1,
            "TagSpecification": bench.tag_specification("instance"),
        }),
    );
    if let Some(profile) = bench.text("IamInstanceProfile") {
        params["IamInstanceProfile"] = json!({"Name": profile});
    }
    if let Some(zone) = bench.text("AvailabilityZone") {
        params["Placement"] = json!({"AvailabilityZone": zone});
    }
    if bench.text("SourceDestCheck").as_deref() == Some("false") {
        params["SourceDestCheck"] = json!({"Value": "false"});
    }
    let check = params.as_object_mut().and_then(|members| members.remove("SourceDestCheck"));
    let answer = bench.call(Ec2, "RunInstances", params)?;
    let id = at(&answer, "instancesSet/0/instanceId");
    if let Some(check) = check {
        let params = json!({"InstanceId": id, "SourceDestCheck": check});
        bench.call(Ec2, "ModifyInstanceAttribute", params)?;
    }
    Ok(id)
}

/// The instance as EC2 describes it now.
fn described(bench: &mut Bench<'_>) -> Result<Value, Failure> {
    let params = json!({"InstanceId": [bench.physical]});
    let answer = bench.call(Ec2, "DescribeInstances", params)?;
    Ok(answer.pointer("/reservationSet/0/instancesSet/0").cloned().unwrap_or_default())
}

fn settle_instance(bench: &mut Bench<'_>) -> Result<Pace<Value>, Failure> {
    let instance = described(bench)?;
    match at(&instance, "instanceState/name").as_str() {
        "pending" => return Ok(Pace::Again(5)),
        "running" => {}
        state => {
            return Err(Failure::own(format!(
                "Instance {} failed to stabilize. Current state: {state}. Reason: {}",
                bench.physical,
                at(&instance, "stateReason/message")
            )));
        }
    }
    if let Pace::Again(after) = super::waiting::creation_policy(bench)? {
        return Ok(Pace::Again(after));
    }
    Ok(Pace::Ready(json!({
        "InstanceId": bench.physical,
        "AvailabilityZone": at(&instance, "placement/availabilityZone"),
        "PrivateDnsName": at(&instance, "privateDnsName"),
        "PrivateIp": at(&instance, "privateIpAddress"),
        "PublicDnsName": at(&instance, "dnsName"),
        "PublicIp": at(&instance, "ipAddress"),
        "VpcId": at(&instance, "vpcId"),
    })))
}

fn terminate(bench: &mut Bench<'_>) -> Result<Pace<()>, Failure> {
    let instance = described(bench)?;
    match at(&instance, "instanceState/name").as_str() {
        "terminated" | "" => Ok(Pace::Ready(())),
        "shutting-down" => Ok(Pace::Again(10)),
        _ => {
            let params = json!({"InstanceId": [bench.physical]});
            bench.call(Ec2, "TerminateInstances", params)?;
            Ok(Pace::Again(15))
        }
    }
}
