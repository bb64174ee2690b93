//! VPCs and subnets.

#![expect(clippy::needless_update, reason = "plainer as it is written")]

use serde_json::json;

use super::{PATIENCE, PLAIN, Provider, Replace, at, first, only, with};
use crate::sandbox::Service::Ec2;
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};
use crate::sandbox::cloudformation::template::plain_text;

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        kind: "AWS::EC2::VPC",
        voice: Voice::Handler("Ec2"),
        replace: Replace::On(&["CidrBlock"]),
        create: create_vpc,
        settle: settle_vpc,
        update: set_dns,
        remove: |bench| {
            let id = bench.physical.clone();
            bench.call(Ec2, "DeleteVpc", json!({"VpcId": id}))?;
            Ok(Pace::Ready(()))
        },
        pace: 10,
        patience: PATIENCE,
        ..PLAIN
    },
    Provider {
        kind: "AWS::EC2::Subnet",
        voice: Voice::Handler("Ec2"),
        required: &["VpcId"],
        replace: Replace::On(&["CidrBlock", "VpcId", "AvailabilityZone"]),
        create: create_subnet,
        settle: settle_subnet,
        update: map_public,
        remove: |bench| {
            let id = bench.physical.clone();
            bench.call(Ec2, "DeleteSubnet", json!({"SubnetId": id}))?;
            Ok(Pace::Ready(()))
        },
        pace: 3,
        patience: PATIENCE,
        ..PLAIN
    },
];

fn create_vpc(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let params = with(
        only(&bench.properties, &["CidrBlock", "InstanceTenancy"]),
        json!({"TagSpecification": bench.tag_specification("vpc")}),
    );
    let answer = bench.call(Ec2, "CreateVpc", params)?;
    bench.physical = at(&answer, "vpc/vpcId");
    set_dns(bench)?;
    Ok(bench.physical.clone())
}

/// Sets the DNS attributes, one call for each as the API wants it.
fn set_dns(bench: &mut Bench<'_>) -> Result<(), Failure> {
    for name in ["EnableDnsSupport", "EnableDnsHostnames"] {
        if let Some(value) = bench.text(name) {
            let params = json!({"VpcId": bench.physical, name: {"Value": value}});
            bench.call(Ec2, "ModifyVpcAttribute", params)?;
        }
    }
    Ok(())
}

fn settle_vpc(bench: &mut Bench<'_>) -> Result<Pace<serde_json::Value>, Failure> {
    let id = bench.physical.clone();
    let answer = bench.call(Ec2, "DescribeVpcs", json!({"VpcId": [id]}))?;
    let vpc = first(&answer, "vpcSet").cloned().unwrap_or_default();
    if at(&vpc, "state") == "pending" {
        return Ok(Pace::Again(2));
    }
    let filter = json!({"Filter": [{"Name": "vpc-id", "Value": [id]}, {"Name": "group-name", "Value": ["default"]}]});
    let groups = bench.call(Ec2, "DescribeSecurityGroups", filter)?;
    Ok(Pace::Ready(json!({
        "VpcId": id,
        "CidrBlock": at(&vpc, "cidrBlock"),
        "DefaultSecurityGroup": at(&groups, "securityGroupInfo/0/groupId"),
    })))
}

fn create_subnet(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let params = with(
        only(&bench.properties, &["CidrBlock", "VpcId", "AvailabilityZone", "AvailabilityZoneId"]),
        json!({"TagSpecification": bench.tag_specification("subnet")}),
    );
    let answer = bench.call(Ec2, "CreateSubnet", params)?;
    bench.physical = at(&answer, "subnet/subnetId");
    map_public(bench)?;
    Ok(bench.physical.clone())
}

fn map_public(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let wanted = bench.property("MapPublicIpOnLaunch");
    if wanted.is_null() && bench.old.get("MapPublicIpOnLaunch").is_none() {
        return Ok(());
    }
    let value = plain_text(wanted) == "true";
    let params = json!({"SubnetId": bench.physical, "MapPublicIpOnLaunch": {"Value": value}});
    bench.call(Ec2, "ModifySubnetAttribute", params)?;
    Ok(())
}

fn settle_subnet(bench: &mut Bench<'_>) -> Result<Pace<serde_json::Value>, Failure> {
    let id = bench.physical.clone();
    let answer = bench.call(Ec2, "DescribeSubnets", json!({"SubnetId": [id]}))?;
    let subnet = first(&answer, "subnetSet").cloned().unwrap_or_default();
    if at(&subnet, "state") == "pending" {
        return Ok(Pace::Again(2));
    }
    Ok(Pace::Ready(json!({
        "SubnetId": id,
        "AvailabilityZone": at(&subnet, "availabilityZone"),
        "CidrBlock": at(&subnet, "cidrBlock"),
        "VpcId": at(&subnet, "vpcId"),
    })))
}
