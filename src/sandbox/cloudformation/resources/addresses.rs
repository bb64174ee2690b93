//! Elastic IP addresses.

#![expect(clippy::redundant_field_names, reason = "plainer as it is written")]

use serde_json::{Value, json};

use super::{PATIENCE, PLAIN, Provider, Replace, at, first};
use crate::sandbox::Service::Ec2;
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        kind: "AWS::EC2::EIP",
        voice: Voice::Handler("Ec2"),
        replace: Replace::On(&["Domain", "NetworkBorderGroup"]),
        create: allocate,
        settle: settle,
        update: associate,
        remove: release,
        pace: 10,
        patience: PATIENCE,
        ..PLAIN
    },
    Provider {
        kind: "AWS::EC2::EIPAssociation",
        voice: Voice::Handler("Ec2"),
        create: |bench| {
            let params = json!({
                "AllocationId": bench.property("AllocationId"),
                "InstanceId": bench.property("InstanceId"),
                "NetworkInterfaceId": bench.property("NetworkInterfaceId"),
            });
            let answer = bench.call(Ec2, "AssociateAddress", params)?;
            Ok(at(&answer, "associationId"))
        },
        remove: |bench| {
            let id = bench.physical.clone();
            bench.call(Ec2, "DisassociateAddress", json!({"AssociationId": id}))?;
            Ok(Pace::Ready(()))
        },
        ..PLAIN
    },
];

/// The physical id of an address is the address itself.
fn allocate(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let tags = bench.tag_specification("elastic-ip");
    let params = json!({"Domain": "vpc", "TagSpecification": tags});
    let answer = bench.call(Ec2, "AllocateAddress", params)?;
    bench.physical = at(&answer, "publicIp");
    associate(bench)?;
    Ok(bench.physical.clone())
}

fn associate(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let Some(instance) = bench.text("InstanceId") else { return Ok(()) };
    let address = described(bench)?;
    let params = json!({"AllocationId": at(&address, "allocationId"), "InstanceId": instance});
    bench.call(Ec2, "AssociateAddress", params)?;
    Ok(())
}

fn described(bench: &mut Bench<'_>) -> Result<Value, Failure> {
    let ip = bench.physical.clone();
    let answer = bench.call(Ec2, "DescribeAddresses", json!({"PublicIp": [ip]}))?;
    Ok(first(&answer, "addressesSet").cloned().unwrap_or_default())
}

fn settle(bench: &mut Bench<'_>) -> Result<Pace<Value>, Failure> {
    let address = described(bench)?;
    Ok(Pace::Ready(json!({
        "AllocationId": at(&address, "allocationId"),
        "PublicIp": bench.physical,
    })))
}

/// Releases the address, after taking it from what it is mapped to if the stack mapped it.
fn release(bench: &mut Bench<'_>) -> Result<Pace<()>, Failure> {
    let address = described(bench)?;
    let association = at(&address, "associationId");
    if bench.text("InstanceId").is_some() && !association.is_empty() {
        bench.call(Ec2, "DisassociateAddress", json!({"AssociationId": association}))?;
    }
    let params = json!({"AllocationId": at(&address, "allocationId")});
    bench.call(Ec2, "ReleaseAddress", params)?;
    Ok(Pace::Ready(()))
}
