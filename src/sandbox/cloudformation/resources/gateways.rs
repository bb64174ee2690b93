//! Internet gateways, their attachments, and NAT gateways.

use serde_json::json;

use super::{PATIENCE, PLAIN, Provider, Replace, at, first, only, with};
use crate::sandbox::Service::Ec2;
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        kind: "AWS::EC2::InternetGateway",
        voice: Voice::Handler("Ec2"),
        replace: Replace::Never,
        create: |bench| {
            let tags = bench.tag_specification("internet-gateway");
            let params = json!({"TagSpecification": tags});
            let answer = bench.call(Ec2, "CreateInternetGateway", params)?;
            Ok(at(&answer, "internetGateway/internetGatewayId"))
        },
        settle: |bench| Ok(Pace::Ready(json!({"InternetGatewayId": bench.physical}))),
        remove: |bench| {
            let id = bench.physical.clone();
            bench.call(Ec2, "DeleteInternetGateway", json!({"InternetGatewayId": id}))?;
            Ok(Pace::Ready(()))
        },
        pace: 12,
        patience: PATIENCE,
        ..PLAIN
    },
    Provider {
        kind: "AWS::EC2::VPCGatewayAttachment",
        voice: Voice::Handler("Ec2"),
        required: &["VpcId"],
        replace: Replace::On(&["VpcId", "InternetGatewayId"]),
        create: |bench| {
            let params = only(&bench.properties, &["InternetGatewayId", "VpcId"]);
            bench.call(Ec2, "AttachInternetGateway", params)?;
            Ok(format!("IGW|{}", bench.text("VpcId").unwrap_or_default()))
        },
        settle: |_| Ok(Pace::Ready(json!({"AttachmentType": "IGW"}))),
        remove: |bench| {
            let params = only(&bench.properties, &["InternetGatewayId", "VpcId"]);
            match bench.call(Ec2, "DetachInternetGateway", params) {
                Err(fault) if fault.code != "Gateway.NotAttached" => Err(fault.into()),
                Ok(_) | Err(_) => Ok(Pace::Ready(())),
            }
        },
        pace: 12,
        patience: PATIENCE,
        ..PLAIN
    },
    Provider {
        kind: "AWS::EC2::NatGateway",
        voice: Voice::Handler("Ec2"),
        required: &["SubnetId"],
        replace: Replace::On(&["SubnetId", "AllocationId", "ConnectivityType"]),
        create: |bench| {
            let params = with(
                only(&bench.properties, &["SubnetId", "AllocationId", "ConnectivityType"]),
                json!({"TagSpecification": bench.tag_specification("natgateway")}),
            );
            let answer = bench.call(Ec2, "CreateNatGateway", params)?;
            Ok(at(&answer, "natGateway/natGatewayId"))
        },
        settle: settle_nat,
        remove: remove_nat,
        pace: 30,
        ..PLAIN
    },
];

fn settle_nat(bench: &mut Bench<'_>) -> Result<Pace<serde_json::Value>, Failure> {
    let id = bench.physical.clone();
    let answer = bench.call(Ec2, "DescribeNatGateways", json!({"NatGatewayId": [id]}))?;
    let gateway = first(&answer, "natGatewaySet").cloned().unwrap_or_default();
    match at(&gateway, "state").as_str() {
        "pending" => Ok(Pace::Again(10)),
        "failed" => Err(Failure::own(format!(
            "NatGateway {id} is in state failed and hence failed to stabilize. Detailed failure \
             message: {}",
            at(&gateway, "failureMessage")
        ))),
        _ => Ok(Pace::Ready(json!({"NatGatewayId": id}))),
    }
}

fn remove_nat(bench: &mut Bench<'_>) -> Result<Pace<()>, Failure> {
    let id = bench.physical.clone();
    let answer = bench.call(Ec2, "DescribeNatGateways", json!({"NatGatewayId": [id]}))?;
    let gateway = first(&answer, "natGatewaySet").cloned().unwrap_or_default();
    match at(&gateway, "state").as_str() {
        "deleted" | "" => Ok(Pace::Ready(())),
        "deleting" => Ok(Pace::Again(10)),
        _ => {
            bench.call(Ec2, "DeleteNatGateway", json!({"NatGatewayId": id}))?;
            Ok(Pace::Again(10))
        }
    }
}
