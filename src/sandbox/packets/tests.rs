#![expect(clippy::cloned_ref_to_slice_refs, reason = "plainer as it is written")]
use serde_json::{Value, json};

use super::{Blocked, Destination, Direction, Sender, can_reach};
use crate::sandbox::{Account, Service, ec2};

/// A network with a public and a private subnet, a NAT gateway, and a sender in the private one.
struct World {
    account: Account,
    vpc: String,
    public: String,
    private: String,
    nat: String,
    table: String,
    group: String,
    gateway: String,
    sender: String,
}

impl World {
    fn new() -> Self {
        let now = "2026-03-02T08:00:00Z".parse().expect("a time");
        let mut account = Account::new("123456789012", "eu-central-1", now);
        ec2::furnish(&mut account);
        let empty = String::new;
        let mut world = Self {
            account,
            vpc: empty(),
            public: empty(),
            private: empty(),
            nat: empty(),
            table: empty(),
            group: empty(),
            gateway: empty(),
            sender: empty(),
        };
        world.build();
        world
    }

    fn build(&mut self) {
        self.vpc = self.made("CreateVpc", json!({"CidrBlock": "10.0.0.0/16"}), "/vpc/vpcId");
        let vpc = self.vpc.clone();
        self.call(
            "ModifyVpcAttribute",
            json!({"VpcId": vpc, "EnableDnsHostnames": {"Value": true}}),
        );
        self.public = self.subnet("10.0.0.0/24");
        self.private = self.subnet("10.0.1.0/24");
        let path = "/internetGateway/internetGatewayId";
        self.gateway = self.made("CreateInternetGateway", json!({}), path);
        let gateway = self.gateway.clone();
        self.call("AttachInternetGateway", json!({"InternetGatewayId": gateway, "VpcId": vpc}));
        let address = self.made("AllocateAddress", json!({}), "/allocationId");
        let params = json!({"SubnetId": self.public, "AllocationId": address});
        self.nat = self.made("CreateNatGateway", params, "/natGateway/natGatewayId");
        let public = self.table_for(&[self.public.clone()]);
        self.route(&public, "0.0.0.0/0", "GatewayId", &gateway);
        self.table = self.table_for(&[self.private.clone()]);
        let (table, nat) = (self.table.clone(), self.nat.clone());
        self.route(&table, "0.0.0.0/0", "NatGatewayId", &nat);
        let params = json!({"VpcId": vpc, "GroupName": "web", "GroupDescription": "web"});
        self.group = self.made("CreateSecurityGroup", params, "/groupId");
        self.sender = self.interface(&self.private.clone());
        self.pass(120);
    }

    fn call(&mut self, operation: &str, params: Value) -> Value {
        let answer = self.account.call_as("x", Service::Ec2, operation, params);
        answer.unwrap_or_else(|fault| panic!("{operation}: {fault:?}"))
    }

    fn made(&mut self, operation: &str, params: Value, pointer: &str) -> String {
        let answer = self.call(operation, params);
        answer.pointer(pointer).and_then(Value::as_str).expect("an id").to_owned()
    }

    fn subnet(&mut self, cidr: &str) -> String {
        let params = json!({"VpcId": self.vpc, "CidrBlock": cidr});
        self.made("CreateSubnet", params, "/subnet/subnetId")
    }

    fn table_for(&mut self, subnets: &[String]) -> String {
        let vpc = self.vpc.clone();
        let id = self.made("CreateRouteTable", json!({"VpcId": vpc}), "/routeTable/routeTableId");
        for subnet in subnets {
            self.call("AssociateRouteTable", json!({"RouteTableId": id, "SubnetId": subnet}));
        }
        id
    }

    fn route(&mut self, table: &str, to: &str, kind: &str, target: &str) {
        let params = json!({"RouteTableId": table, "DestinationCidrBlock": to, kind: target});
        self.call("CreateRoute", params);
    }

    fn interface(&mut self, subnet: &str) -> String {
        let params = json!({"SubnetId": subnet, "SecurityGroupId": [self.group]});
        self.made("CreateNetworkInterface", params, "/networkInterface/networkInterfaceId")
    }

    fn pass(&mut self, seconds: i64) {
        let until = self.account.now() + jiff::SignedDuration::from_secs(seconds);
        self.account.pass_until(until);
    }

    fn reach(&self, to: &Destination) -> Result<(), Blocked> {
        let sender = Sender::interface(&self.account, &self.sender).expect("the sender is there");
        can_reach(&self.account, &sender, to)
    }

    fn beanstalk(&self) -> Result<(), Blocked> {
        self.reach(&Destination::service("elasticbeanstalk"))
    }

    /// The ACL over a subnet, replaced by one of its own that lets everything through.
    fn own_acl(&mut self, subnet: &str) -> String {
        let vpc = self.vpc.clone();
        let acl = self.made("CreateNetworkAcl", json!({"VpcId": vpc}), "/networkAcl/networkAclId");
        for egress in [true, false] {
            self.acl_entry(&acl, 100, egress, "allow", None);
        }
        let filter = json!({"Filter": [{"Name": "association.subnet-id", "Value": [subnet]}]});
        let old = self.call("DescribeNetworkAcls", filter);
        let all = old["networkAclSet"][0]["associationSet"].as_array().cloned().unwrap_or_default();
        let mine = all.iter().find(|one| one["subnetId"] == subnet).expect("an association");
        let params = json!({"AssociationId": mine["networkAclAssociationId"], "NetworkAclId": acl});
        self.call("ReplaceNetworkAclAssociation", params);
        acl
    }

    fn acl_entry(
        &mut self,
        acl: &str,
        number: u16,
        egress: bool,
        action: &str,
        ports: Option<(u16, u16)>,
    ) {
        let mut params = json!({
            "NetworkAclId": acl, "RuleNumber": number, "Egress": egress, "RuleAction": action,
            "CidrBlock": "0.0.0.0/0", "Protocol": if ports.is_some() { "6" } else { "-1" },
        });
        if let Some((from, to)) = ports {
            params["PortRange"] = json!({"From": from, "To": to});
        }
        self.call("CreateNetworkAclEntry", params);
    }
}

#[test]
fn a_healthy_private_subnet_reaches_aws_through_nat() {
    assert_eq!(World::new().beanstalk(), Ok(()));
}

#[test]
fn without_a_route_nothing_is_reached() {
    let mut world = World::new();
    let params = json!({"RouteTableId": world.table, "DestinationCidrBlock": "0.0.0.0/0"});
    world.call("DeleteRoute", params);
    assert!(matches!(world.beanstalk(), Err(Blocked::NoRoute { .. })));
}

#[test]
fn a_subnet_without_its_table_goes_by_the_main_one() {
    let mut world = World::new();
    let tables = world.call("DescribeRouteTables", json!({"RouteTableId": [world.table]}));
    let id = tables["routeTableSet"][0]["associationSet"][0]["routeTableAssociationId"].clone();
    world.call("DisassociateRouteTable", json!({"AssociationId": id}));
    assert!(matches!(world.beanstalk(), Err(Blocked::NoRoute { .. })));
}

#[test]
fn a_deleted_nat_gateway_is_a_blackhole() {
    let mut world = World::new();
    world.call("DeleteNatGateway", json!({"NatGatewayId": world.nat}));
    assert!(matches!(world.beanstalk(), Err(Blocked::Blackhole { .. })));
}

#[test]
fn a_nat_gateway_in_a_subnet_without_gateway_leads_nowhere() {
    let mut world = World::new();
    let filter = json!({"Filter": [{"Name": "association.subnet-id", "Value": [world.public]}]});
    let tables = world.call("DescribeRouteTables", filter);
    let table = tables["routeTableSet"][0]["routeTableId"].clone();
    world.call("DeleteRoute", json!({"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}));
    let subnet = world.public.clone();
    assert!(matches!(world.beanstalk(), Err(Blocked::NoRoute { subnet: at, .. }) if at == subnet));
}

#[test]
fn a_public_subnet_needs_a_public_address() {
    let mut world = World::new();
    world.sender = world.interface(&world.public.clone());
    assert!(matches!(world.beanstalk(), Err(Blocked::NoPublicAddress(_))));
    let address = world.made("AllocateAddress", json!({}), "/allocationId");
    let params = json!({"AllocationId": address, "NetworkInterfaceId": world.sender});
    world.call("AssociateAddress", params);
    assert_eq!(world.beanstalk(), Ok(()));
}

#[test]
fn a_group_without_egress_lets_nothing_out() {
    let mut world = World::new();
    let everything = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    let params = json!({"GroupId": world.group, "IpPermissions": everything});
    world.call("RevokeSecurityGroupEgress", params);
    let blocked = world.beanstalk();
    assert!(matches!(
        blocked,
        Err(Blocked::SecurityGroup { port: 443, direction: Direction::Out, .. })
    ));
    let https = json!([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    let params = json!({"GroupId": world.group, "IpPermissions": https});
    world.call("AuthorizeSecurityGroupEgress", params);
    assert_eq!(world.beanstalk(), Ok(()));
}

#[test]
fn an_acl_must_let_the_answer_back_in() {
    let mut world = World::new();
    let subnet = world.private.clone();
    let acl = world.own_acl(&subnet);
    assert_eq!(world.beanstalk(), Ok(()));
    world.acl_entry(&acl, 50, false, "deny", Some((40000, 50000)));
    let blocked = world.beanstalk();
    assert!(
        matches!(blocked, Err(Blocked::NetworkAcl { direction: Direction::In, .. })),
        "{blocked:?}"
    );
}

#[test]
fn the_acl_of_the_nat_gateways_subnet_counts_too() {
    let mut world = World::new();
    let subnet = world.public.clone();
    let acl = world.own_acl(&subnet);
    world.acl_entry(&acl, 50, true, "deny", Some((443, 443)));
    let blocked = world.beanstalk();
    assert!(matches!(blocked, Err(Blocked::NetworkAcl { subnet: at, .. }) if at == subnet));
}

#[test]
fn without_a_resolver_no_name_is_reached() {
    let mut world = World::new();
    let params = json!({"VpcId": world.vpc, "EnableDnsSupport": {"Value": false}});
    world.call("ModifyVpcAttribute", params);
    assert!(matches!(world.beanstalk(), Err(Blocked::Names { .. })));
    let address = Destination::address("52.119.1.1".parse().expect("an address"), 443);
    assert_eq!(world.reach(&address), Ok(()));
}

#[test]
fn resolvers_of_ones_own_must_be_reachable() {
    let mut world = World::new();
    let options =
        json!({"DhcpConfiguration": [{"Key": "domain-name-servers", "Value": ["10.9.0.2"]}]});
    let set = world.made("CreateDhcpOptions", options, "/dhcpOptions/dhcpOptionsId");
    world.call("AssociateDhcpOptions", json!({"DhcpOptionsId": set, "VpcId": world.vpc}));
    assert!(matches!(world.beanstalk(), Err(Blocked::Names { .. })));
}

/// An interface endpoint in the private subnet.
fn endpoint(world: &mut World, group: &str) -> String {
    let params = json!({
        "VpcId": world.vpc, "VpcEndpointType": "Interface", "SubnetId": [world.private],
        "ServiceName": "com.amazonaws.eu-central-1.elasticbeanstalk", "SecurityGroupId": [group],
    });
    let id = world.made("CreateVpcEndpoint", params, "/vpcEndpoint/vpcEndpointId");
    world.pass(120);
    id
}

#[test]
fn private_dns_leads_to_the_endpoint_whose_group_decides() {
    let mut world = World::new();
    let group = world.group.clone();
    endpoint(&mut world, &group);
    let blocked = world.beanstalk();
    assert!(
        matches!(blocked, Err(Blocked::SecurityGroup { direction: Direction::In, .. })),
        "{blocked:?}"
    );
    let from_members = json!([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "Groups": [{"GroupId": group}]}]);
    let params = json!({"GroupId": group, "IpPermissions": from_members});
    world.call("AuthorizeSecurityGroupIngress", params);
    assert_eq!(world.beanstalk(), Ok(()));
    // It does without NAT.
    world.call("DeleteNatGateway", json!({"NatGatewayId": world.nat}));
    assert_eq!(world.beanstalk(), Ok(()));
}

#[test]
fn an_endpoint_policy_decides_what_passes() {
    let mut world = World::new();
    let policy = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*",
        "Resource": "arn:aws:s3:::our-files/*"}]});
    let params = json!({
        "VpcId": world.vpc, "ServiceName": "com.amazonaws.eu-central-1.s3",
        "RouteTableId": [world.table], "PolicyDocument": policy.to_string(),
    });
    world.call("CreateVpcEndpoint", params);
    let files = Destination::service("s3");
    assert!(matches!(world.reach(&files), Err(Blocked::EndpointPolicy(_))));
    let ours = files.asking("s3:GetObject", "arn:aws:s3:::our-files/x");
    assert_eq!(world.reach(&ours), Ok(()));
}

/// A peered network with one interface at `10.1.0.4`, and a route to it from the private subnet.
fn peer(world: &mut World) -> (String, String) {
    let home = world.vpc.clone();
    let vpc = world.made("CreateVpc", json!({"CidrBlock": "10.1.0.0/16"}), "/vpc/vpcId");
    let params = json!({"VpcId": home, "PeerVpcId": vpc});
    let path = "/vpcPeeringConnection/vpcPeeringConnectionId";
    let id = world.made("CreateVpcPeeringConnection", params, path);
    world.call("AcceptVpcPeeringConnection", json!({"VpcPeeringConnectionId": id}));
    world.pass(10);
    let table = world.table.clone();
    world.route(&table, "10.1.0.0/16", "VpcPeeringConnectionId", &id);
    let params = json!({"VpcId": vpc, "CidrBlock": "10.1.0.0/24"});
    let subnet = world.made("CreateSubnet", params, "/subnet/subnetId");
    let params = json!({"VpcId": vpc, "GroupName": "db", "GroupDescription": "db"});
    let group = world.made("CreateSecurityGroup", params, "/groupId");
    let rule = json!([{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "Groups": [{"GroupId": world.group}]}]);
    let params = json!({"GroupId": group, "IpPermissions": rule});
    world.call("AuthorizeSecurityGroupIngress", params);
    let params = json!({"SubnetId": subnet, "SecurityGroupId": [group]});
    world.call("CreateNetworkInterface", params);
    (vpc, id)
}

#[test]
fn a_peer_is_reached_only_if_it_knows_the_way_back() {
    let mut world = World::new();
    let (vpc, id) = peer(&mut world);
    let database = Destination::address("10.1.0.4".parse().expect("an address"), 5432);
    assert!(matches!(world.reach(&database), Err(Blocked::NoWayBack { .. })));
    let filter = json!({"Filter": [{"Name": "vpc-id", "Value": [vpc]}]});
    let tables = world.call("DescribeRouteTables", filter);
    let main = tables["routeTableSet"][0]["routeTableId"].as_str().expect("a table").to_owned();
    world.route(&main, "10.0.0.0/16", "VpcPeeringConnectionId", &id);
    assert_eq!(world.reach(&database), Ok(()));
    world.call("DeleteVpcPeeringConnection", json!({"VpcPeeringConnectionId": id}));
    assert!(matches!(world.reach(&database), Err(Blocked::Blackhole { .. })));
}

#[test]
fn peering_does_not_lead_on_to_the_internet() {
    let mut world = World::new();
    let (_, id) = peer(&mut world);
    let table = world.table.clone();
    world.call("DeleteRoute", json!({"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}));
    world.route(&table, "0.0.0.0/0", "VpcPeeringConnectionId", &id);
    assert!(matches!(world.beanstalk(), Err(Blocked::NotTransitive { .. })));
}

#[test]
fn a_nat_instance_passes_packets_on_only_without_its_source_check() {
    let mut world = World::new();
    let images = world
        .call("DescribeImages", json!({"Filter": [{"Name": "architecture", "Value": ["x86_64"]}]}));
    let params = json!({
        "ImageId": images["imagesSet"][0]["imageId"], "InstanceType": "t3.nano",
        "NetworkInterface": [{"DeviceIndex": 0, "SubnetId": world.public,
            "AssociatePublicIpAddress": true, "SecurityGroupId": [world.group]}],
    });
    let instance = world.made("RunInstances", params, "/instancesSet/0/instanceId");
    world.pass(60);
    let table = world.table.clone();
    world.call(
        "ReplaceRoute",
        json!({"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "InstanceId": instance}),
    );
    assert!(matches!(world.beanstalk(), Err(Blocked::NotForwarded(_))));
    let params = json!({"InstanceId": instance, "SourceDestCheck": {"Value": false}});
    world.call("ModifyInstanceAttribute", params);
    let from_inside = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]);
    let params = json!({"GroupId": world.group, "IpPermissions": from_inside});
    world.call("AuthorizeSecurityGroupIngress", params);
    assert_eq!(world.beanstalk(), Ok(()));
    world.call("TerminateInstances", json!({"InstanceId": [instance]}));
    assert!(matches!(world.beanstalk(), Err(Blocked::Blackhole { .. })));
}

#[test]
fn a_transit_gateway_leads_to_the_internet_through_another_network() {
    let mut world = World::new();
    let tgw = world.made("CreateTransitGateway", json!({}), "/transitGateway/transitGatewayId");
    let vpc = world.vpc.clone();
    let spoke = world.made("CreateVpc", json!({"CidrBlock": "10.2.0.0/16"}), "/vpc/vpcId");
    let params = json!({"VpcId": spoke, "CidrBlock": "10.2.0.0/24"});
    let subnet = world.made("CreateSubnet", params, "/subnet/subnetId");
    let path = "/transitGatewayVpcAttachment/transitGatewayAttachmentId";
    let params = json!({"TransitGatewayId": tgw, "VpcId": vpc, "SubnetIds": [world.private]});
    let hub = world.made("CreateTransitGatewayVpcAttachment", params, path);
    let params = json!({"TransitGatewayId": tgw, "VpcId": spoke, "SubnetIds": [subnet]});
    world.made("CreateTransitGatewayVpcAttachment", params, path);
    world.pass(120);
    let tables = world.call("DescribeTransitGatewayRouteTables", json!({}));
    let table = tables["transitGatewayRouteTables"][0]["transitGatewayRouteTableId"].clone();
    let params = json!({
        "TransitGatewayRouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0",
        "TransitGatewayAttachmentId": hub,
    });
    world.call("CreateTransitGatewayRoute", params);
    let filter = json!({"Filter": [{"Name": "vpc-id", "Value": [spoke]}]});
    let tables = world.call("DescribeRouteTables", filter);
    let main = tables["routeTableSet"][0]["routeTableId"].as_str().expect("a table").to_owned();
    world.route(&main, "0.0.0.0/0", "TransitGatewayId", &tgw);
    let params = json!({"SubnetId": subnet});
    let path = "/networkInterface/networkInterfaceId";
    world.sender = world.made("CreateNetworkInterface", params, path);
    // The NAT gateway's subnet does not know the spoke yet.
    assert!(matches!(world.beanstalk(), Err(Blocked::NoWayBack { .. })));
    let filter = json!({"Filter": [{"Name": "association.subnet-id", "Value": [world.public]}]});
    let tables = world.call("DescribeRouteTables", filter);
    let public = tables["routeTableSet"][0]["routeTableId"].as_str().expect("a table").to_owned();
    world.route(&public, "10.2.0.0/16", "TransitGatewayId", &tgw);
    assert_eq!(world.beanstalk(), Ok(()));
}
