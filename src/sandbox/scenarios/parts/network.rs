//! Networks of the shapes that environments live in.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::{Value, json};

use crate::sandbox::ec2::peering;
use crate::sandbox::scenarios::Story;
use crate::sandbox::scenarios::story::id;

/// A network with two zones.
#[derive(Clone, Debug, Default)]
pub(in crate::sandbox::scenarios) struct Network {
    /// The VPC.
    pub(in crate::sandbox::scenarios) vpc: String,
    /// The internet gateway.
    pub(in crate::sandbox::scenarios) gateway: String,
    /// Subnets with a route to the internet gateway.
    pub(in crate::sandbox::scenarios) public: Vec<String>,
    /// Their route table.
    pub(in crate::sandbox::scenarios) public_table: String,
    /// Subnets without.
    pub(in crate::sandbox::scenarios) private: Vec<String>,
    /// Their route table.
    pub(in crate::sandbox::scenarios) private_table: String,
    /// The associations of the private subnets with it.
    pub(in crate::sandbox::scenarios) associations: Vec<String>,
    /// The NAT gateway.
    pub(in crate::sandbox::scenarios) nat: String,
    /// The NAT gateway's address.
    pub(in crate::sandbox::scenarios) allocation: String,
}

/// `[{ResourceType, Tag: [{Name}]}]`.
fn tagged(kind: &str, name: &str) -> Value {
    json!([{ "ResourceType": kind, "Tag": [{ "Key": "Name", "Value": name }] }])
}

/// A network with two public subnets in two zones: a VPC, an internet gateway, one route table.
pub(in crate::sandbox::scenarios) fn public(story: &mut Story, name: &str) -> Network {
    let vpc = story.ec2(
        "CreateVpc",
        json!({ "CidrBlock": "10.20.0.0/16", "TagSpecification": tagged("vpc", name) }),
    );
    let vpc = id(&vpc, "/vpc/vpcId");
    for attribute in ["EnableDnsSupport", "EnableDnsHostnames"] {
        let params = json!({ "VpcId": vpc, attribute: { "Value": true } });
        story.ec2("ModifyVpcAttribute", params);
    }
    let gateway = story.ec2(
        "CreateInternetGateway",
        json!({ "TagSpecification": tagged("internet-gateway", name) }),
    );
    let gateway = id(&gateway, "/internetGateway/internetGatewayId");
    story.ec2("AttachInternetGateway", json!({ "InternetGatewayId": gateway, "VpcId": vpc }));
    let table = table(story, &vpc, &format!("{name}-public"));
    route(story, &table, json!({ "GatewayId": gateway }));
    let public = subnets(story, &vpc, name, "public", 0);
    for subnet in &public {
        associate(story, &table, subnet);
        let params = json!({ "SubnetId": subnet, "MapPublicIpOnLaunch": { "Value": true } });
        story.ec2("ModifySubnetAttribute", params);
    }
    Network { vpc, gateway, public, public_table: table, ..Network::default() }
}

/// A public network with two private subnets beside, that reach the internet by a NAT gateway.
pub(in crate::sandbox::scenarios) fn private(story: &mut Story, name: &str) -> Network {
    let mut network = public(story, name);
    let address = story.ec2("AllocateAddress", json!({ "Domain": "vpc" }));
    network.allocation = id(&address, "/allocationId");
    let nat = story.ec2(
        "CreateNatGateway",
        json!({
            "SubnetId": network.public[0],
            "AllocationId": network.allocation,
            "TagSpecification": tagged("natgateway", name),
        }),
    );
    network.nat = id(&nat, "/natGateway/natGatewayId");
    story.wait("3m");
    network.private = subnets(story, &network.vpc, name, "private", 100);
    network.private_table = table(story, &network.vpc, &format!("{name}-private"));
    let to = json!({ "NatGatewayId": network.nat });
    route(story, &network.private_table, to);
    for subnet in network.private.clone() {
        let association = associate(story, &network.private_table, &subnet);
        network.associations.push(association);
    }
    network
}

fn subnets(story: &mut Story, vpc: &str, name: &str, kind: &str, first: u8) -> Vec<String> {
    let region = story.account.region.clone();
    ["a", "b"]
        .iter()
        .zip(first..)
        .map(|(zone, third)| {
            let subnet = story.ec2(
                "CreateSubnet",
                json!({
                    "VpcId": vpc,
                    "CidrBlock": format!("10.20.{third}.0/24"),
                    "AvailabilityZone": format!("{region}{zone}"),
                    "TagSpecification": tagged("subnet", &format!("{name}-{kind}-{zone}")),
                }),
            );
            id(&subnet, "/subnet/subnetId")
        })
        .collect()
}

fn table(story: &mut Story, vpc: &str, name: &str) -> String {
    let params = json!({ "VpcId": vpc, "TagSpecification": tagged("route-table", name) });
    let table = story.ec2("CreateRouteTable", params);
    id(&table, "/routeTable/routeTableId")
}

/// Adds a route to the internet by a target.
fn route(story: &mut Story, table: &str, mut target: Value) {
    target["RouteTableId"] = json!(table);
    if target.get("DestinationCidrBlock").is_none() {
        target["DestinationCidrBlock"] = json!("0.0.0.0/0");
    }
    story.ec2("CreateRoute", target);
}

fn associate(story: &mut Story, table: &str, subnet: &str) -> String {
    let params = json!({ "RouteTableId": table, "SubnetId": subnet });
    let association = story.ec2("AssociateRouteTable", params);
    id(&association, "/associationId")
}

/// The network of a database that somebody else hosts, peered and routed to from the private
/// subnets, or from the public ones if there are no others: the peering's id.
pub(in crate::sandbox::scenarios) fn hosted_database(
    story: &mut Story,
    network: &Network,
) -> String {
    let block = Ipv4Net::new_assert(Ipv4Addr::new(192, 168, 248, 0), 21);
    let peering = story.ec2(
        "CreateVpcPeeringConnection",
        json!({
            "VpcId": network.vpc,
            "PeerVpcId": "vpc-0c4e5a9f1b2d37e86",
            "PeerOwnerId": "458812345678",
            "TagSpecification": tagged("vpc-peering-connection", "orders-db"),
        }),
    );
    let peering = id(&peering, "/vpcPeeringConnection/vpcPeeringConnectionId");
    story.wait("10s");
    peering::answer_request(&mut story.account, &peering, true, &[block]);
    story.wait("30s");
    let table = if network.private_table.is_empty() {
        &network.public_table
    } else {
        &network.private_table
    };
    let to = json!({
        "DestinationCidrBlock": block.to_string(),
        "VpcPeeringConnectionId": peering,
    });
    route(story, table, to);
    peering
}

/// Interface endpoints for a list of services and a gateway endpoint for S3, for subnets without
/// any way to the internet.
pub(in crate::sandbox::scenarios) fn endpoints(
    story: &mut Story,
    network: &Network,
    services: &[&str],
) -> Vec<String> {
    let region = story.account.region.clone();
    let group = story.ec2(
        "CreateSecurityGroup",
        json!({
            "GroupName": "endpoints",
            "GroupDescription": "HTTPS from the network to AWS's endpoints",
            "VpcId": network.vpc,
        }),
    );
    let group = id(&group, "/groupId");
    let permission = json!([{
        "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
        "IpRanges": [{ "CidrIp": "10.20.0.0/16" }],
    }]);
    let params = json!({ "GroupId": group, "IpPermissions": permission });
    story.ec2("AuthorizeSecurityGroupIngress", params);
    let one = |story: &mut Story, service: &&str| {
        let endpoint = story.ec2(
            "CreateVpcEndpoint",
            json!({
                "VpcId": network.vpc,
                "ServiceName": format!("com.amazonaws.{region}.{service}"),
                "VpcEndpointType": "Interface",
                "SubnetId": network.private,
                "SecurityGroupId": [group],
                "PrivateDnsEnabled": true,
            }),
        );
        id(&endpoint, "/vpcEndpoint/vpcEndpointId")
    };
    let mut all: Vec<String> = services.iter().map(|service| one(story, service)).collect();
    let gateway = story.ec2(
        "CreateVpcEndpoint",
        json!({
            "VpcId": network.vpc,
            "ServiceName": format!("com.amazonaws.{region}.s3"),
            "VpcEndpointType": "Gateway",
            "RouteTableId": [network.private_table],
        }),
    );
    all.push(id(&gateway, "/vpcEndpoint/vpcEndpointId"));
    story.wait("3m");
    all
}

/// The services that instances without internet need endpoints for.
///
/// <https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/vpc.html>
pub(in crate::sandbox::scenarios) const SERVICES: &[&str] =
    &["elasticbeanstalk", "elasticbeanstalk-health", "cloudformation", "sqs", "logs"];

/// A public network with two private subnets beside, whose table has only the local route.
pub(in crate::sandbox::scenarios) fn isolated(story: &mut Story, name: &str) -> Network {
    let mut network = public(story, name);
    network.private = subnets(story, &network.vpc, name, "private", 100);
    network.private_table = table(story, &network.vpc, &format!("{name}-private"));
    for subnet in network.private.clone() {
        let association = associate(story, &network.private_table, &subnet);
        network.associations.push(association);
    }
    network
}

/// A NAT instance in a public subnet, and the private subnets' route to it.
pub(in crate::sandbox::scenarios) fn nat_instance(story: &mut Story, network: &Network) {
    let group = story.ec2(
        "CreateSecurityGroup",
        json!({ "GroupName": "nat", "GroupDescription": "NAT instance", "VpcId": network.vpc }),
    );
    let group = id(&group, "/groupId");
    let permission = json!([{
        "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "10.20.0.0/16" }],
    }]);
    let params = json!({ "GroupId": group, "IpPermissions": permission });
    story.ec2("AuthorizeSecurityGroupIngress", params);
    let filter = json!({ "Filter": [{ "Name": "architecture", "Value": ["x86_64"] }] });
    let images = story.ec2("DescribeImages", filter);
    let instance = story.ec2(
        "RunInstances",
        json!({
            "ImageId": id(&images, "/imagesSet/0/imageId"),
            "InstanceType": "t3.micro",
            "MinCount": 1,
            "MaxCount": 1,
            "SubnetId": network.public[0],
            "SecurityGroupId": [group],
            "TagSpecification": tagged("instance", "nat"),
        }),
    );
    let instance = id(&instance, "/instancesSet/0/instanceId");
    story.wait("1m");
    let params = json!({ "InstanceId": instance, "SourceDestCheck": { "Value": false } });
    story.ec2("ModifyInstanceAttribute", params);
    route(story, &network.private_table, json!({ "InstanceId": instance }));
}

/// A second network with a NAT gateway, and a transit gateway by which the private subnets use it.
pub(in crate::sandbox::scenarios) fn transit_egress(story: &mut Story, network: &Network) {
    let hub = story.ec2(
        "CreateVpc",
        json!({ "CidrBlock": "10.99.0.0/16", "TagSpecification": tagged("vpc", "egress") }),
    );
    let hub = id(&hub, "/vpc/vpcId");
    let gateway = story.ec2("CreateInternetGateway", json!({}));
    let gateway = id(&gateway, "/internetGateway/internetGatewayId");
    story.ec2("AttachInternetGateway", json!({ "InternetGatewayId": gateway, "VpcId": hub }));
    let (door, outside) = (hub_subnets(story, &hub, 10), hub_subnets(story, &hub, 20));
    let public = table(story, &hub, "egress-public");
    route(story, &public, json!({ "GatewayId": gateway }));
    for subnet in &outside {
        associate(story, &public, subnet);
    }
    let address = story.ec2("AllocateAddress", json!({ "Domain": "vpc" }));
    let allocation = id(&address, "/allocationId");
    let params = json!({ "SubnetId": outside[0], "AllocationId": allocation });
    let nat = story.ec2("CreateNatGateway", params);
    let nat = id(&nat, "/natGateway/natGatewayId");
    story.wait("3m");
    let inside = table(story, &hub, "egress-inside");
    route(story, &inside, json!({ "NatGatewayId": nat }));
    for subnet in &door {
        associate(story, &inside, subnet);
    }
    let transit = story.ec2("CreateTransitGateway", json!({ "Description": "company" }));
    let transit = id(&transit, "/transitGateway/transitGatewayId");
    story.wait("5m");
    let mine = attach(story, &transit, &network.vpc, &network.private);
    let theirs = attach(story, &transit, &hub, &door);
    let _ = mine;
    let tables = story.ec2("DescribeTransitGatewayRouteTables", json!({}));
    let of_transit = id(&tables, "/transitGatewayRouteTables/0/transitGatewayRouteTableId");
    story.ec2(
        "CreateTransitGatewayRoute",
        json!({
            "TransitGatewayRouteTableId": of_transit,
            "DestinationCidrBlock": "0.0.0.0/0",
            "TransitGatewayAttachmentId": theirs,
        }),
    );
    route(story, &network.private_table, json!({ "TransitGatewayId": transit }));
    for table in [&public, &inside] {
        let back = json!({
            "DestinationCidrBlock": "10.20.0.0/16", "TransitGatewayId": transit,
        });
        route(story, table, back);
    }
}

fn hub_subnets(story: &mut Story, vpc: &str, first: u8) -> Vec<String> {
    let region = story.account.region.clone();
    ["a", "b"]
        .iter()
        .zip(first..)
        .map(|(zone, third)| {
            let params = json!({
                "VpcId": vpc,
                "CidrBlock": format!("10.99.{third}.0/24"),
                "AvailabilityZone": format!("{region}{zone}"),
            });
            id(&story.ec2("CreateSubnet", params), "/subnet/subnetId")
        })
        .collect()
}

fn attach(story: &mut Story, transit: &str, vpc: &str, subnets: &[String]) -> String {
    let attachment = story.ec2(
        "CreateTransitGatewayVpcAttachment",
        json!({ "TransitGatewayId": transit, "VpcId": vpc, "SubnetIds": subnets }),
    );
    story.wait("3m");
    id(&attachment, "/transitGatewayVpcAttachment/transitGatewayAttachmentId")
}

/// The main route table of a network.
pub(in crate::sandbox::scenarios) fn main_table(story: &mut Story, vpc: &str) -> String {
    let filter = json!({ "Filter": [
        { "Name": "vpc-id", "Value": [vpc] },
        { "Name": "association.main", "Value": ["true"] },
    ] });
    let tables = story.ec2("DescribeRouteTables", filter);
    id(&tables, "/routeTableSet/0/routeTableId")
}

/// A network ACL of the private subnets' own, which so far lets everything through.
pub(in crate::sandbox::scenarios) fn subnet_acl(story: &mut Story, vpc: &str) -> String {
    let filter = json!({ "Filter": [{ "Name": "vpc-id", "Value": [vpc] }] });
    let acls = story.ec2("DescribeNetworkAcls", filter);
    id(&acls, "/networkAclSet/0/networkAclId")
}

/// Somebody takes every outbound rule from an environment's group.
pub(in crate::sandbox::scenarios) fn close_egress(story: &mut Story, environment: &str) {
    let group = story.resource(environment, "AWSEBSecurityGroup");
    let everything = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
    let params = json!({ "GroupId": group, "IpPermissions": everything });
    story.ec2("RevokeSecurityGroupEgress", params);
}
