//! Network interfaces and VPC endpoints.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "only some kinds or shapes of value matter here, and the rest is one case"
)]

use serde_json::{Value, json};

use super::{PATIENCE, PLAIN, Provider, Replace, at, first, only, with};
use crate::sandbox::Service::Ec2;
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        kind: "AWS::EC2::NetworkInterface",
        voice: Voice::Handler("Ec2"),
        required: &["SubnetId"],
        replace: Replace::On(&["SubnetId", "PrivateIpAddress"]),
        create: |bench| {
            let groups = bench.texts("GroupSet");
            let params = with(
                only(&bench.properties, &["SubnetId", "Description", "PrivateIpAddress"]),
                json!({
                    "SecurityGroupId": (!groups.is_empty()).then_some(groups),
                    "TagSpecification": bench.tag_specification("network-interface"),
                }),
            );
            let answer = bench.call(Ec2, "CreateNetworkInterface", params)?;
            Ok(at(&answer, "networkInterface/networkInterfaceId"))
        },
        settle: |bench| {
            let id = bench.physical.clone();
            let params = json!({"NetworkInterfaceId": [id]});
            let answer = bench.call(Ec2, "DescribeNetworkInterfaces", params)?;
            let found = first(&answer, "networkInterfaceSet").cloned().unwrap_or_default();
            Ok(Pace::Ready(json!({
                "Id": id,
                "PrimaryPrivateIpAddress": at(&found, "privateIpAddress"),
            })))
        },
        update: |bench| {
            let groups = bench.texts("GroupSet");
            let params = json!({"NetworkInterfaceId": bench.physical, "SecurityGroupId": groups});
            bench.call(Ec2, "ModifyNetworkInterfaceAttribute", params)?;
            Ok(())
        },
        remove: |bench| {
            let id = bench.physical.clone();
            bench.call(Ec2, "DeleteNetworkInterface", json!({"NetworkInterfaceId": id}))?;
            Ok(Pace::Ready(()))
        },
        patience: PATIENCE,
        ..PLAIN
    },
    Provider {
        kind: "AWS::EC2::VPCEndpoint",
        voice: Voice::Handler("Ec2"),
        required: &["ServiceName", "VpcId"],
        replace: Replace::On(&["ServiceName", "VpcId", "VpcEndpointType"]),
        create: create_endpoint,
        settle: settle_endpoint,
        update: update_endpoint,
        remove: remove_endpoint,
        pace: 10,
        ..PLAIN
    },
];

fn create_endpoint(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let list = |names: Vec<String>| (!names.is_empty()).then_some(names);
    let params = with(
        only(&bench.properties, &["ServiceName", "VpcId", "VpcEndpointType", "PrivateDnsEnabled"]),
        json!({
            "RouteTableId": list(bench.texts("RouteTableIds")),
            "SubnetId": list(bench.texts("SubnetIds")),
            "SecurityGroupId": list(bench.texts("SecurityGroupIds")),
            "PolicyDocument": policy(bench),
            "TagSpecification": bench.tag_specification("vpc-endpoint"),
        }),
    );
    let answer = bench.call(Ec2, "CreateVpcEndpoint", params)?;
    Ok(at(&answer, "vpcEndpoint/vpcEndpointId"))
}

/// The policy as a text; the template has it as an object or a text.
fn policy(bench: &Bench<'_>) -> Option<String> {
    match bench.property("PolicyDocument") {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        document => Some(document.to_string()),
    }
}

fn described(bench: &mut Bench<'_>) -> Result<Value, Failure> {
    let params = json!({"VpcEndpointId": [bench.physical]});
    let answer = bench.call(Ec2, "DescribeVpcEndpoints", params)?;
    Ok(first(&answer, "vpcEndpointSet").cloned().unwrap_or_default())
}

fn settle_endpoint(bench: &mut Bench<'_>) -> Result<Pace<Value>, Failure> {
    let endpoint = described(bench)?;
    match at(&endpoint, "state").to_lowercase().as_str() {
        "pending" => Ok(Pace::Again(10)),
        "failed" => {
            Err(Failure::own(format!("VPC Endpoint {} failed to stabilize", bench.physical)))
        }
        _ => Ok(Pace::Ready(json!({
            "Id": bench.physical,
            "CreationTimestamp": at(&endpoint, "creationTimestamp"),
            "DnsEntries": [],
            "NetworkInterfaceIds": endpoint.get("networkInterfaceIdSet").cloned().unwrap_or(json!([])),
        }))),
    }
}

/// Changes an endpoint: lists are changed by what is added and what is taken away.
fn update_endpoint(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let mut params = json!({"VpcEndpointId": bench.physical});
    if let Some(text) = policy(bench) {
        params["PolicyDocument"] = text.into();
    }
    if let Some(private) = bench.text("PrivateDnsEnabled") {
        params["PrivateDnsEnabled"] = private.into();
    }
    let lists = [
        ("RouteTableIds", "RouteTableId"),
        ("SubnetIds", "SubnetId"),
        ("SecurityGroupIds", "SecurityGroupId"),
    ];
    for (property, wire) in lists {
        let new = bench.texts(property);
        let old: Vec<String> = bench
            .old
            .get(property)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(crate::sandbox::cloudformation::template::plain_text)
            .collect();
        let added: Vec<_> = new.iter().filter(|id| !old.contains(id)).collect();
        let removed: Vec<_> = old.iter().filter(|id| !new.contains(id)).collect();
        if !added.is_empty() {
            params[format!("Add{wire}")] = json!(added);
        }
        if !removed.is_empty() {
            params[format!("Remove{wire}")] = json!(removed);
        }
    }
    bench.call(Ec2, "ModifyVpcEndpoint", params)?;
    Ok(())
}

fn remove_endpoint(bench: &mut Bench<'_>) -> Result<Pace<()>, Failure> {
    let endpoint = described(bench)?;
    match at(&endpoint, "state").to_lowercase().as_str() {
        "deleted" | "" => Ok(Pace::Ready(())),
        "deleting" => Ok(Pace::Again(10)),
        _ => {
            let params = json!({"VpcEndpointId": [bench.physical]});
            bench.call(Ec2, "DeleteVpcEndpoints", params)?;
            Ok(Pace::Again(5))
        }
    }
}
