//! Route tables, routes and associations.

use serde_json::{Value, json};

use super::{PATIENCE, PLAIN, Provider, Replace, at, only, with};
use crate::sandbox::Service::Ec2;
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        kind: "AWS::EC2::RouteTable",
        voice: Voice::Handler("Ec2"),
        required: &["VpcId"],
        replace: Replace::On(&["VpcId"]),
        create: |bench| {
            let params = with(
                only(&bench.properties, &["VpcId"]),
                json!({"TagSpecification": bench.tag_specification("route-table")}),
            );
            let answer = bench.call(Ec2, "CreateRouteTable", params)?;
            Ok(at(&answer, "routeTable/routeTableId"))
        },
        settle: |bench| {
            let id = bench.physical.clone();
            bench.call(Ec2, "DescribeRouteTables", json!({"RouteTableId": [id]}))?;
            Ok(Pace::Ready(json!({"RouteTableId": id})))
        },
        remove: |bench| {
            let id = bench.physical.clone();
            bench.call(Ec2, "DeleteRouteTable", json!({"RouteTableId": id}))?;
            Ok(Pace::Ready(()))
        },
        pace: 8,
        patience: PATIENCE,
        ..PLAIN
    },
    Provider {
        kind: "AWS::EC2::Route",
        voice: Voice::Old("AmazonEC2"),
        required: &["RouteTableId"],
        replace: Replace::On(&["RouteTableId", "DestinationCidrBlock"]),
        create: |bench| {
            let params = route(&bench.properties);
            bench.call(Ec2, "CreateRoute", params)?;
            let table = bench.text("RouteTableId").unwrap_or_default();
            Ok(format!("{table}|{}", destination(&bench.properties)))
        },
        settle: |bench| {
            let block = destination(&bench.properties);
            Ok(Pace::Ready(json!({"CidrBlock": block})))
        },
        update: |bench| {
            let params = route(&bench.properties);
            bench.call(Ec2, "ReplaceRoute", params)?;
            Ok(())
        },
        remove: |bench| {
            let params = only(
                &bench.properties,
                &["RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock"],
            );
            bench.call(Ec2, "DeleteRoute", params)?;
            Ok(Pace::Ready(()))
        },
        // Routes are the slow ones among the quick: a quarter of a minute on AWS.
        pace: 15,
        ..PLAIN
    },
    Provider {
        kind: "AWS::EC2::SubnetRouteTableAssociation",
        voice: Voice::Handler("Ec2"),
        required: &["RouteTableId", "SubnetId"],
        replace: Replace::On(&["SubnetId"]),
        create: associate,
        settle: |bench| Ok(Pace::Ready(json!({"Id": bench.physical}))),
        update: |bench| {
            let params = json!({
                "AssociationId": bench.physical,
                "RouteTableId": bench.property("RouteTableId"),
            });
            bench.call(Ec2, "ReplaceRouteTableAssociation", params)?;
            Ok(())
        },
        remove: |bench| {
            let id = bench.physical.clone();
            bench.call(Ec2, "DisassociateRouteTable", json!({"AssociationId": id}))?;
            Ok(Pace::Ready(()))
        },
        ..PLAIN
    },
];

fn associate(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let params = only(&bench.properties, &["RouteTableId", "SubnetId"]);
    let answer = bench.call(Ec2, "AssociateRouteTable", params)?;
    Ok(at(&answer, "associationId"))
}

/// The parameters of CreateRoute and ReplaceRoute, which the type names alike.
fn route(properties: &Value) -> Value {
    only(
        properties,
        &[
            "RouteTableId",
            "DestinationCidrBlock",
            "DestinationIpv6CidrBlock",
            "DestinationPrefixListId",
            "GatewayId",
            "NatGatewayId",
            "InstanceId",
            "NetworkInterfaceId",
            "TransitGatewayId",
            "VpcPeeringConnectionId",
            "VpcEndpointId",
            "EgressOnlyInternetGatewayId",
        ],
    )
}

fn destination(properties: &Value) -> String {
    let names = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"];
    names.iter().map(|name| at(properties, name)).find(|text| !text.is_empty()).unwrap_or_default()
}
