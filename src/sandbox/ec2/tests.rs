use serde_json::{Value, json};

use super::furnish;
use crate::sandbox::{Account, Answer, Params, Service};

/// An account with an empty network `10.0.0.0/16`.
struct World {
    account: Account,
    vpc: String,
}

impl World {
    fn new() -> Self {
        let now = "2026-03-02T08:00:00Z".parse().expect("a time");
        let mut account = Account::new("123456789012", "eu-central-1", now);
        furnish(&mut account);
        let mut world = Self { account, vpc: String::new() };
        world.vpc = world.made("CreateVpc", json!({"CidrBlock": "10.0.0.0/16"}), "/vpc/vpcId");
        world
    }

    fn call(&mut self, operation: &str, params: Value) -> Answer {
        self.account.call_as("p.novak", Service::Ec2, operation, params)
    }

    fn good(&mut self, operation: &str, params: Value) -> Value {
        self.call(operation, params).unwrap_or_else(|fault| panic!("{operation}: {fault:?}"))
    }

    fn made(&mut self, operation: &str, params: Value, pointer: &str) -> String {
        let answer = self.good(operation, params);
        answer.pointer(pointer).and_then(Value::as_str).expect("an id").to_owned()
    }

    fn refused(&mut self, operation: &str, params: Value) -> String {
        self.call(operation, params).expect_err("a refusal").code
    }

    fn subnet(&mut self, cidr: &str) -> String {
        let params = json!({"VpcId": self.vpc, "CidrBlock": cidr});
        self.made("CreateSubnet", params, "/subnet/subnetId")
    }

    fn group(&mut self, name: &str) -> String {
        let params = json!({"VpcId": self.vpc, "GroupName": name, "GroupDescription": "x"});
        self.made("CreateSecurityGroup", params, "/groupId")
    }

    fn pass(&mut self, seconds: i64) {
        let until = self.account.now() + jiff::SignedDuration::from_secs(seconds);
        self.account.pass_until(until);
    }

    /// A public subnet with a NAT gateway, a private one with a route to it: the table's id and
    /// the gateway's.
    fn behind_nat(&mut self) -> (String, String) {
        let gateway =
            self.made("CreateInternetGateway", json!({}), "/internetGateway/internetGatewayId");
        let vpc = self.vpc.clone();
        self.good("AttachInternetGateway", json!({"InternetGatewayId": gateway, "VpcId": vpc}));
        let public = self.subnet("10.0.0.0/24");
        let private = self.subnet("10.0.1.0/24");
        let address = self.made("AllocateAddress", json!({}), "/allocationId");
        let params = json!({"SubnetId": public, "AllocationId": address});
        let nat = self.made("CreateNatGateway", params, "/natGateway/natGatewayId");
        let table =
            self.made("CreateRouteTable", json!({"VpcId": vpc}), "/routeTable/routeTableId");
        let route = json!({
            "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": nat,
        });
        self.good("CreateRoute", route);
        self.good("AssociateRouteTable", json!({"RouteTableId": table, "SubnetId": private}));
        (table, nat)
    }

    fn route_state(&mut self, table: &str) -> String {
        let answer = self.good("DescribeRouteTables", json!({"RouteTableId": [table]}));
        let state = answer.pointer("/routeTableSet/0/routeSet/1/state");
        state.and_then(Value::as_str).expect("a second route").to_owned()
    }
}

#[test]
fn a_region_starts_with_a_default_network_whose_subnets_are_public() {
    let mut world = World::new();
    let filter = json!({"Filter": [{"Name": "is-default", "Value": ["true"]}]});
    let vpcs = world.good("DescribeVpcs", filter);
    assert_eq!(vpcs["vpcSet"][0]["cidrBlock"], "172.31.0.0/16");
    let filter = json!({"Filter": [{"Name": "default-for-az", "Value": ["true"]}]});
    let subnets = world.good("DescribeSubnets", filter);
    assert_eq!(subnets["subnetSet"].as_array().map(Vec::len), Some(3));
    assert_eq!(subnets["subnetSet"][0]["mapPublicIpOnLaunch"], true);
}

#[test]
fn a_route_to_a_nat_gateway_is_a_blackhole_once_that_is_deleted() {
    let mut world = World::new();
    let (table, nat) = world.behind_nat();
    world.pass(120);
    assert_eq!(world.route_state(&table), "active");
    world.good("DeleteNatGateway", json!({"NatGatewayId": nat}));
    assert_eq!(world.route_state(&table), "blackhole");
}

#[test]
fn a_nat_gateway_becomes_available_and_is_forgotten_an_hour_after_its_end() {
    let mut world = World::new();
    let (_, nat) = world.behind_nat();
    let state = |world: &mut World| {
        let answer = world.good("DescribeNatGateways", json!({"NatGatewayId": [nat]}));
        answer["natGatewaySet"][0]["state"].as_str().map(str::to_owned)
    };
    assert_eq!(state(&mut world).as_deref(), Some("pending"));
    world.pass(120);
    assert_eq!(state(&mut world).as_deref(), Some("available"));
    world.good("DeleteNatGateway", json!({"NatGatewayId": nat}));
    world.pass(60);
    assert_eq!(state(&mut world).as_deref(), Some("deleted"));
    world.pass(3601);
    let code = world.refused("DescribeNatGateways", json!({"NatGatewayId": [nat]}));
    assert_eq!(code, "NatGatewayNotFound");
}

#[test]
fn a_nat_gateway_without_internet_gateway_fails_and_says_why() {
    let mut world = World::new();
    let subnet = world.subnet("10.0.0.0/24");
    let address = world.made("AllocateAddress", json!({}), "/allocationId");
    let params = json!({"SubnetId": subnet, "AllocationId": address});
    let nat = world.made("CreateNatGateway", params, "/natGateway/natGatewayId");
    world.pass(30);
    let answer = world.good("DescribeNatGateways", json!({"NatGatewayId": [nat]}));
    assert_eq!(answer["natGatewaySet"][0]["state"], "failed");
    assert_eq!(answer["natGatewaySet"][0]["failureCode"], "Gateway.NotAttached");
}

#[test]
fn a_route_table_with_associations_is_kept() {
    let mut world = World::new();
    let (table, _) = world.behind_nat();
    let code = world.refused("DeleteRouteTable", json!({"RouteTableId": table}));
    assert_eq!(code, "DependencyViolation");
    let answer = world.good("DescribeRouteTables", json!({"RouteTableId": [table]}));
    let association = answer.pointer("/routeTableSet/0/associationSet/0/routeTableAssociationId");
    world.good("DisassociateRouteTable", json!({"AssociationId": association}));
    world.good("DeleteRouteTable", json!({"RouteTableId": table}));
    let code = world.refused("DescribeRouteTables", json!({"RouteTableId": [table]}));
    assert_eq!(code, "InvalidRouteTableID.NotFound");
}

#[test]
fn a_second_route_for_the_same_addresses_is_refused_in_awss_words() {
    let mut world = World::new();
    let (table, nat) = world.behind_nat();
    let route = json!({
        "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": nat,
    });
    let fault = world.call("CreateRoute", route).expect_err("a refusal");
    assert_eq!(fault.code, "RouteAlreadyExists");
    assert_eq!(fault.message, "The route identified by 0.0.0.0/0 already exists.");
}

#[test]
fn an_address_of_a_nat_gateway_is_refused_as_if_a_permission_were_missing() {
    let mut world = World::new();
    world.behind_nat();
    let addresses = world.good("DescribeAddresses", json!({}));
    let id = addresses["addressesSet"][0]["allocationId"].clone();
    let fault = world.call("ReleaseAddress", json!({"AllocationId": id})).expect_err("held");
    assert_eq!(fault.code, "AuthFailure");
}

#[test]
fn a_gateway_is_not_detached_while_public_addresses_are_mapped() {
    let mut world = World::new();
    world.behind_nat();
    let vpc = world.vpc.clone();
    let filter = json!({"Filter": [{"Name": "attachment.vpc-id", "Value": [vpc]}]});
    let gateways = world.good("DescribeInternetGateways", filter);
    let id = gateways["internetGatewaySet"][0]["internetGatewayId"].clone();
    let params = json!({"InternetGatewayId": id, "VpcId": vpc});
    assert_eq!(world.refused("DetachInternetGateway", params), "DependencyViolation");
}

#[test]
fn a_group_named_by_another_groups_rule_is_kept() {
    let mut world = World::new();
    let (ours, theirs) = (world.group("ours"), world.group("theirs"));
    let rule = json!({"GroupId": theirs, "IpPermissions": [{
        "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "Groups": [{"GroupId": ours}],
    }]});
    world.good("AuthorizeSecurityGroupIngress", rule.clone());
    let fault = world.call("DeleteSecurityGroup", json!({"GroupId": ours})).expect_err("held");
    assert_eq!(fault.code, "DependencyViolation");
    assert_eq!(fault.message, format!("resource {ours} has a dependent object"));
    let filter = json!({"Filter": [{"Name": "ip-permission.group-id", "Value": [ours]}]});
    let found = world.good("DescribeSecurityGroups", filter);
    assert_eq!(found["securityGroupInfo"][0]["groupId"], theirs.as_str());
    world.good("RevokeSecurityGroupIngress", rule);
    world.good("DeleteSecurityGroup", json!({"GroupId": ours}));
}

#[test]
fn a_group_carried_by_an_interface_is_kept() {
    let mut world = World::new();
    let (subnet, group) = (world.subnet("10.0.0.0/24"), world.group("web"));
    let params = json!({"SubnetId": subnet, "SecurityGroupId": [group]});
    let path = "/networkInterface/networkInterfaceId";
    let interface = world.made("CreateNetworkInterface", params, path);
    assert_eq!(
        world.refused("DeleteSecurityGroup", json!({"GroupId": group})),
        "DependencyViolation"
    );
    assert_eq!(world.refused("DeleteSubnet", json!({"SubnetId": subnet})), "DependencyViolation");
    world.good("DeleteNetworkInterface", json!({"NetworkInterfaceId": interface}));
    world.good("DeleteSecurityGroup", json!({"GroupId": group}));
    world.good("DeleteSubnet", json!({"SubnetId": subnet}));
}

#[test]
fn the_same_rule_twice_is_refused_in_awss_words() {
    let mut world = World::new();
    let group = world.group("web");
    let rule = json!({"GroupId": group, "IpPermissions": [{
        "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
    }]});
    world.good("AuthorizeSecurityGroupIngress", rule.clone());
    let fault = world.call("AuthorizeSecurityGroupIngress", rule).expect_err("a refusal");
    assert_eq!(fault.code, "InvalidPermission.Duplicate");
    assert_eq!(
        fault.message,
        "the specified rule \"peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW\" already exists"
    );
}

fn launch(world: &mut World, subnet: &str) -> String {
    let filter = json!({"Filter": [{"Name": "architecture", "Value": ["x86_64"]}]});
    let images = world.good("DescribeImages", filter);
    let image = images["imagesSet"][0]["imageId"].clone();
    let params = json!({
        "ImageId": image, "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1,
        "SubnetId": subnet,
    });
    world.made("RunInstances", params, "/instancesSet/0/instanceId")
}

#[test]
fn an_instance_that_is_going_has_lost_its_place_and_is_shown_for_an_hour() {
    let mut world = World::new();
    let subnet = world.subnet("10.0.0.0/24");
    let id = launch(&mut world, &subnet);
    world.pass(30);
    let described = |world: &mut World| {
        let answer = world.good("DescribeInstances", json!({"InstanceId": [id]}));
        answer["reservationSet"][0]["instancesSet"][0].clone()
    };
    assert_eq!(described(&mut world)["subnetId"], subnet.as_str());
    world.good("TerminateInstances", json!({"InstanceId": [id]}));
    let going = described(&mut world);
    assert_eq!(going["instanceState"]["name"], "shutting-down");
    assert!(going["subnetId"].is_null() && going["groupSet"] == json!([]));
    world.pass(60);
    assert_eq!(described(&mut world)["instanceState"]["name"], "terminated");
    world.good("DeleteSubnet", json!({"SubnetId": subnet}));
    world.pass(3601);
    let code = world.refused("DescribeInstances", json!({"InstanceId": [id]}));
    assert_eq!(code, "InvalidInstanceID.NotFound");
}

#[test]
fn a_type_that_a_zone_has_none_left_of_is_not_launched() {
    let mut world = World::new();
    let subnet = world.subnet("10.0.0.0/24");
    world.account.here.ec2.exhausted.insert("t3.small eu-central-1a".to_owned());
    let images = world.good("DescribeImages", json!({"Owner": ["amazon"]}));
    let image = images["imagesSet"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|image| image["architecture"] == "x86_64");
    let image = image.expect("an image")["imageId"].clone();
    let params = json!({"ImageId": image, "InstanceType": "t3.small", "SubnetId": subnet});
    assert_eq!(world.refused("RunInstances", params), "InsufficientInstanceCapacity");
}

#[test]
fn a_protected_instance_is_not_terminated() {
    let mut world = World::new();
    let subnet = world.subnet("10.0.0.0/24");
    let id = launch(&mut world, &subnet);
    let params = json!({"InstanceId": id, "DisableApiTermination": {"Value": "true"}});
    world.good("ModifyInstanceAttribute", params);
    let code = world.refused("TerminateInstances", json!({"InstanceId": [id]}));
    assert_eq!(code, "OperationNotPermitted");
}

#[test]
fn a_gateway_endpoint_puts_its_route_into_its_tables_and_takes_it_out() {
    let mut world = World::new();
    let vpc = world.vpc.clone();
    let table = world.made("CreateRouteTable", json!({"VpcId": vpc}), "/routeTable/routeTableId");
    let params = json!({
        "VpcId": vpc, "ServiceName": "com.amazonaws.eu-central-1.s3", "RouteTableId": [table],
    });
    let endpoint = world.made("CreateVpcEndpoint", params, "/vpcEndpoint/vpcEndpointId");
    let routes = |world: &mut World| {
        let answer = world.good("DescribeRouteTables", json!({"RouteTableId": [table]}));
        answer["routeTableSet"][0]["routeSet"].clone()
    };
    assert_eq!(routes(&mut world)[1]["gatewayId"], endpoint.as_str());
    assert!(routes(&mut world)[1].get("destinationCidrBlock").is_none());
    world.good("DeleteVpcEndpoints", json!({"VpcEndpointId": [endpoint]}));
    assert_eq!(routes(&mut world).as_array().map(Vec::len), Some(1));
}

#[test]
fn private_dns_needs_both_dns_attributes() {
    let mut world = World::new();
    let (subnet, vpc) = (world.subnet("10.0.0.0/24"), world.vpc.clone());
    let params = json!({
        "VpcId": vpc, "VpcEndpointType": "Interface", "SubnetId": [subnet],
        "ServiceName": "com.amazonaws.eu-central-1.elasticbeanstalk", "PrivateDnsEnabled": true,
    });
    assert_eq!(world.refused("CreateVpcEndpoint", params.clone()), "InvalidParameter");
    world.good("ModifyVpcAttribute", json!({"VpcId": vpc, "EnableDnsHostnames": {"Value": true}}));
    world.good("CreateVpcEndpoint", params);
}

#[test]
fn a_peering_connection_is_asked_for_accepted_and_works() {
    let mut world = World::new();
    let peer = world.made("CreateVpc", json!({"CidrBlock": "10.1.0.0/16"}), "/vpc/vpcId");
    let params = json!({"VpcId": world.vpc, "PeerVpcId": peer});
    let path = "/vpcPeeringConnection/vpcPeeringConnectionId";
    let id = world.made("CreateVpcPeeringConnection", params, path);
    let status = |world: &mut World| {
        let params = json!({"VpcPeeringConnectionId": [id]});
        let answer = world.good("DescribeVpcPeeringConnections", params);
        answer.pointer("/vpcPeeringConnectionSet/0/status/code").cloned().unwrap_or_default()
    };
    assert_eq!(status(&mut world), "initiating-request");
    world.pass(5);
    assert_eq!(status(&mut world), "pending-acceptance");
    world.good("AcceptVpcPeeringConnection", json!({"VpcPeeringConnectionId": id}));
    assert_eq!(status(&mut world), "provisioning");
    world.pass(10);
    assert_eq!(status(&mut world), "active");
}

#[test]
fn dry_run_changes_nothing() {
    let mut world = World::new();
    let params = json!({"VpcId": world.vpc, "CidrBlock": "10.0.0.0/24", "DryRun": true});
    let fault = world.call("CreateSubnet", params).expect_err("a dry run");
    assert_eq!((fault.code.as_str(), fault.status), ("DryRunOperation", 412));
    let filter = json!({"Filter": [{"Name": "vpc-id", "Value": [world.vpc]}]});
    assert_eq!(world.good("DescribeSubnets", filter)["subnetSet"], json!([]));
}

#[test]
fn the_sixth_network_is_one_too_many_until_the_quota_is_raised() {
    let mut world = World::new();
    for number in 1..4 {
        world.good("CreateVpc", json!({"CidrBlock": format!("10.{number}.0.0/16")}));
    }
    let sixth = json!({"CidrBlock": "10.9.0.0/16"});
    assert_eq!(world.refused("CreateVpc", sixth.clone()), "VpcLimitExceeded");
    let request = json!({"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE", "DesiredValue": 10.0});
    let service = Service::ServiceQuotas;
    let asked = world.account.call_as("x", service, "RequestServiceQuotaIncrease", request);
    assert!(asked.is_ok());
    world.pass(3600);
    world.good("CreateVpc", sixth);
}

#[test]
fn pages_follow_one_another_and_filters_take_wildcards() {
    let mut world = World::new();
    for number in 0..7 {
        let subnet = world.subnet(&format!("10.0.{number}.0/24"));
        let tags = json!({"ResourceId": [subnet], "Tag": [{"Key": "Name", "Value": format!("web-{number}")}]});
        world.good("CreateTags", tags);
    }
    let filter = json!([{"Name": "tag:Name", "Value": ["web-*"]}]);
    let mut seen = 0;
    let mut token = Value::Null;
    loop {
        let params = json!({"Filter": filter, "MaxResults": 5, "NextToken": token});
        let page = world.good("DescribeSubnets", params);
        seen += page["subnetSet"].as_array().map_or(0, Vec::len);
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen, 7);
    let filter = json!({"Filter": [{"Name": "tag:Name", "Value": ["web-?x"]}]});
    assert_eq!(world.good("DescribeSubnets", filter)["subnetSet"], json!([]));
    let unknown = json!({"Filter": [{"Name": "colour", "Value": ["red"]}]});
    assert_eq!(world.refused("DescribeSubnets", unknown), "InvalidParameterValue");
}

#[test]
fn a_network_goes_only_when_nothing_is_in_it_any_more() {
    let mut world = World::new();
    let (vpc, subnet) = (world.vpc.clone(), world.subnet("10.0.0.0/24"));
    assert_eq!(world.refused("DeleteVpc", json!({"VpcId": vpc})), "DependencyViolation");
    world.good("DeleteSubnet", json!({"SubnetId": subnet}));
    world.good("DeleteVpc", json!({"VpcId": vpc}));
    let groups = world
        .good("DescribeSecurityGroups", json!({"Filter": [{"Name": "vpc-id", "Value": [vpc]}]}));
    assert_eq!(groups.list("securityGroupInfo").len(), 0);
}

#[test]
fn an_interface_takes_more_addresses_of_its_subnet_and_gives_them_back() {
    let mut world = World::new();
    let subnet = world.subnet("10.0.0.0/28");
    let params = json!({"SubnetId": subnet});
    let path = "/networkInterface/networkInterfaceId";
    let interface = world.made("CreateNetworkInterface", params, path);
    let more = json!({"NetworkInterfaceId": interface, "SecondaryPrivateIpAddressCount": 2});
    let answer = world.good("AssignPrivateIpAddresses", more);
    let first = answer["assignedPrivateIpAddressesSet"][0]["privateIpAddress"].clone();
    assert_eq!(world.account.here.ec2.interfaces[&interface].more_addresses.len(), 2);
    let taken = json!({"NetworkInterfaceId": interface, "PrivateIpAddress": [first]});
    assert!(world.call("AssignPrivateIpAddresses", taken.clone()).is_err(), "it is in use");
    world.good("UnassignPrivateIpAddresses", taken.clone());
    assert_eq!(world.refused("UnassignPrivateIpAddresses", taken), "InvalidParameterValue");
    let most = json!({"NetworkInterfaceId": interface, "SecondaryPrivateIpAddressCount": 20});
    assert!(world.call("AssignPrivateIpAddresses", most).is_err(), "the subnet is full");
}

#[test]
fn a_profile_is_put_on_an_instance_changed_and_taken_off() {
    let mut world = World::new();
    for name in ["web", "worker"] {
        let params = json!({"InstanceProfileName": name});
        world.account.call_as("p.novak", Service::Iam, "CreateInstanceProfile", params).unwrap();
    }
    let subnet = world.subnet("10.0.0.0/24");
    let images = world.good("DescribeImages", json!({"Owner": ["amazon"]}));
    let images = images["imagesSet"].as_array().expect("a list").clone();
    let image = images.iter().find(|it| it["architecture"] == "x86_64").expect("an image");
    let params = json!({
        "ImageId": image["imageId"], "InstanceType": "t3.small", "SubnetId": subnet,
        "MinCount": 1, "MaxCount": 1,
    });
    let id = world.made("RunInstances", params, "/instancesSet/0/instanceId");
    let put = |name: &str| json!({"InstanceId": id, "IamInstanceProfile": {"Name": name}});
    assert_eq!(world.refused("AssociateIamInstanceProfile", put("none")), "InvalidParameterValue");
    let path = "/iamInstanceProfileAssociation/associationId";
    let association = world.made("AssociateIamInstanceProfile", put("web"), path);
    assert_eq!(world.refused("AssociateIamInstanceProfile", put("worker")), "IncorrectState");
    let other = json!({"AssociationId": association, "IamInstanceProfile": {"Name": "worker"}});
    world.good("ReplaceIamInstanceProfileAssociation", other);
    let told = world.good("DescribeIamInstanceProfileAssociations", json!({}));
    let arn = &told["iamInstanceProfileAssociationSet"][0]["iamInstanceProfile"]["arn"];
    assert!(arn.as_str().is_some_and(|arn| arn.ends_with("instance-profile/worker")), "{arn}");
    let gone = json!({"AssociationId": association});
    world.good("DisassociateIamInstanceProfile", gone.clone());
    assert_eq!(world.refused("DisassociateIamInstanceProfile", gone), "NoSuchAssociation");
}
