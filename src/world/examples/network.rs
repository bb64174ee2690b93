//! The VPC of the healthy world.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{
    ACL, BALANCER_GROUP, GATEWAY, INSTANCE_GROUP, INSTANCES, MAIN_TABLE, NAT, PEER_CIDR, PEERING,
    PRIVATE, PRIVATE_TABLE, PUBLIC, PUBLIC_TABLE, STACK, VPC, ago, known,
};
use crate::world::network::{
    AclEntry, Address, Association, Destination, DhcpOptions, GroupRule, Interface,
    InternetGateway, NatGateway, NetworkAcl, Peer, Peering, PeeringSide, Route, RouteTable,
    SecurityGroup, Subnet, Tags, Target, Vpc, Zone,
};
use crate::world::{AccountId, SubnetId};

/// A block of addresses from its text.
pub fn cidr(text: &str) -> IpNet {
    text.parse().expect("examples write blocks well")
}

/// A route to a block, or to a prefix list, through the target of this id.
pub fn route(destination: &str, target: &str) -> Route {
    let destination = if destination.starts_with("pl-") {
        Destination::PrefixList(destination.into())
    } else {
        Destination::Cidr(cidr(destination))
    };
    let origin = if target == "local" { "CreateRouteTable" } else { "CreateRoute" };
    Route {
        destination,
        target: Target::from_id(target),
        blackhole: false,
        origin: Some(origin.to_owned()),
    }
}

/// A security group's rule for a block or a group; `ports` absent means all protocols.
pub fn rule(peer: &str, ports: Option<(u16, u16)>) -> GroupRule {
    let peer =
        if peer.starts_with("sg-") { Peer::Group(peer.into()) } else { Peer::Cidr(cidr(peer)) };
    let protocol = if ports.is_some() { "tcp" } else { "-1" };
    GroupRule { id: None, protocol: protocol.to_owned(), ports, peer, description: None }
}

pub(super) fn fill(world: &mut crate::world::Snapshot) {
    let network = &mut world.network;
    network.vpcs = known("ec2:DescribeVpcs", vec![vpc()]);
    network.dns_support = known("ec2:DescribeVpcAttribute", true);
    network.dns_hostnames = known("ec2:DescribeVpcAttribute", true);
    let dns = DhcpOptions { id: "dopt-01".into(), name_servers: vec!["AmazonProvidedDNS".into()] };
    network.dhcp_options = known("ec2:DescribeDhcpOptions", vec![dns]);
    network.subnets = known("ec2:DescribeSubnets", subnets());
    network.route_tables = known("ec2:DescribeRouteTables", tables());
    let gateway =
        InternetGateway { id: GATEWAY.into(), vpc: Some(VPC.into()), tags: name("shop-igw") };
    network.internet_gateways = known("ec2:DescribeInternetGateways", vec![gateway]);
    network.nat_gateways = known("ec2:DescribeNatGateways", vec![nat()]);
    network.acls = known("ec2:DescribeNetworkAcls", vec![acl()]);
    network.groups = known("ec2:DescribeSecurityGroups", groups());
    network.endpoints = known("ec2:DescribeVpcEndpoints", Vec::new());
    network.peerings = known("ec2:DescribeVpcPeeringConnections", vec![peering()]);
    network.interfaces = known("ec2:DescribeNetworkInterfaces", interfaces());
    network.addresses = known("ec2:DescribeAddresses", vec![address()]);
    network.prefix_lists = known("ec2:DescribePrefixLists", Vec::new());
    let zones = ["us-west-2a", "us-west-2b", "us-west-2c"]
        .map(|name| Zone { name: name.into(), state: Some("available".into()) });
    network.zones = known("ec2:DescribeAvailabilityZones", zones.to_vec());
}

fn name(value: &str) -> Tags {
    vec![("Name".to_owned(), value.to_owned())]
}

fn vpc() -> Vpc {
    Vpc {
        id: VPC.into(),
        cidrs: vec![cidr("10.20.0.0/16")],
        is_default: false,
        dhcp_options: Some("dopt-01".into()),
        tags: name("shop"),
    }
}

fn subnets() -> Vec<Subnet> {
    let subnet = |id: &str, zone: &str, block: &str, public| Subnet {
        id: id.into(),
        vpc: VPC.into(),
        zone: zone.to_owned(),
        cidrs: vec![cidr(block)],
        free_addresses: 240,
        public_on_launch: public,
        default_for_zone: false,
        tags: Tags::new(),
    };
    vec![
        subnet(PUBLIC[0], "us-west-2a", "10.20.0.0/24", true),
        subnet(PUBLIC[1], "us-west-2b", "10.20.1.0/24", true),
        subnet(PRIVATE[0], "us-west-2a", "10.20.10.0/24", false),
        subnet(PRIVATE[1], "us-west-2b", "10.20.11.0/24", false),
    ]
}

fn table(id: &str, routes: &[(&str, &str)], subnets: &[&str], title: &str) -> RouteTable {
    let mut all = vec![route("10.20.0.0/16", "local")];
    all.extend(routes.iter().map(|(destination, target)| route(destination, target)));
    let of_subnet = |subnet: &&str| Association {
        id: format!("rtbassoc-{}", subnet.trim_start_matches("subnet-")).into(),
        subnet: Some(SubnetId::from(*subnet)),
        gateway: None,
        main: false,
    };
    RouteTable {
        id: id.into(),
        vpc: VPC.into(),
        routes: all,
        associations: subnets.iter().map(of_subnet).collect(),
        tags: name(title),
    }
}

fn tables() -> Vec<RouteTable> {
    let mut main = table(MAIN_TABLE, &[], &[], "main");
    let link = Association { id: "rtbassoc-main".into(), subnet: None, gateway: None, main: true };
    main.associations.push(link);
    let private = [("0.0.0.0/0", NAT), (PEER_CIDR, PEERING)];
    vec![
        main,
        table(PUBLIC_TABLE, &[("0.0.0.0/0", GATEWAY)], &PUBLIC, "shop-public"),
        table(PRIVATE_TABLE, &private, &PRIVATE, "shop-private"),
    ]
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("examples write addresses well")
}

fn nat() -> NatGateway {
    NatGateway {
        id: NAT.into(),
        vpc: VPC.into(),
        subnet: PUBLIC[0].into(),
        state: "available".into(),
        public: true,
        public_ips: vec![ip("198.51.100.10")],
        allocations: vec!["eipalloc-0e55".into()],
        failure: None,
        created: Some(ago(500_000)),
        deleted: None,
        tags: name("shop-nat"),
    }
}

fn acl() -> NetworkAcl {
    let entry = |number, egress, allow| AclEntry {
        number,
        egress,
        allow,
        protocol: -1,
        cidr: cidr("0.0.0.0/0"),
        ports: None,
    };
    let guarded = PUBLIC.iter().chain(&PRIVATE).map(|subnet| {
        let link = format!("aclassoc-{}", subnet.trim_start_matches("subnet-"));
        (SubnetId::from(*subnet), link)
    });
    NetworkAcl {
        id: ACL.into(),
        vpc: VPC.into(),
        is_default: true,
        subnets: guarded.collect(),
        entries: vec![
            entry(100, true, true),
            entry(32767, true, false),
            entry(100, false, true),
            entry(32767, false, false),
        ],
    }
}

fn groups() -> Vec<SecurityGroup> {
    let group = |id: &str, title: String, ingress: Vec<GroupRule>, stack: Option<&str>| {
        let tags =
            stack.map(|stack| vec![("aws:cloudformation:stack-name".to_owned(), stack.to_owned())]);
        SecurityGroup {
            id: id.into(),
            name: title.clone(),
            description: title,
            vpc: Some(VPC.into()),
            owner: Some(AccountId::from(super::ACCOUNT)),
            ingress,
            egress: vec![rule("0.0.0.0/0", None)],
            tags: tags.unwrap_or_default(),
        }
    };
    let instance_title = format!("{STACK}-AWSEBSecurityGroup-1SG");
    let balancer_title = format!("{STACK}-AWSEBLoadBalancerSecurityGroup-1LG");
    let database = vec![rule("10.20.99.0/24", Some((5432, 5432)))];
    vec![
        group(
            INSTANCE_GROUP,
            instance_title,
            vec![rule(BALANCER_GROUP, Some((80, 80)))],
            Some(STACK),
        ),
        group(BALANCER_GROUP, balancer_title, vec![rule("0.0.0.0/0", Some((80, 80)))], Some(STACK)),
        group("sg-0db9", "reporting-db".into(), database, Some("reporting")),
        group("sg-0def", "default".into(), vec![rule("sg-0def", None)], None),
    ]
}

fn peering() -> Peering {
    Peering {
        id: PEERING.into(),
        status: "active".into(),
        message: Some("Active".into()),
        requester: PeeringSide {
            vpc: Some("vpc-0hosted".into()),
            owner: Some("999988887777".into()),
            region: Some(super::REGION.into()),
            cidrs: vec![cidr(PEER_CIDR)],
            resolves_remote_dns: Some(true),
        },
        accepter: PeeringSide {
            vpc: Some(VPC.into()),
            owner: Some(super::ACCOUNT.into()),
            region: Some(super::REGION.into()),
            cidrs: vec![cidr("10.20.0.0/16")],
            resolves_remote_dns: Some(true),
        },
        tags: name("hosted-db"),
    }
}

/// The private address of the instance at this place.
pub(super) fn private_ip(index: usize) -> IpAddr {
    ip(&format!("10.20.{}.{}", 10 + index % 2, 10 + index))
}

fn interfaces() -> Vec<Interface> {
    let interface =
        |id: String, subnet: &str, kind: &str, description: &str, group: &str| Interface {
            id: id.into(),
            vpc: Some(VPC.into()),
            subnet: Some(subnet.into()),
            status: "in-use".into(),
            kind: kind.to_owned(),
            description: description.to_owned(),
            requester_managed: kind != "interface",
            requester: (kind != "interface").then(|| format!("amazon-{kind}")),
            groups: if group.is_empty() { Vec::new() } else { vec![group.into()] },
            private_ips: Vec::new(),
            public_ip: None,
            instance: None,
            attachment: None,
            tags: Tags::new(),
        };
    let of_instances = INSTANCES.iter().enumerate().map(|(index, instance)| {
        let id = format!("eni-{}", instance.trim_start_matches("i-"));
        let mut own = interface(id, PRIVATE[index % 2], "interface", "", INSTANCE_GROUP);
        own.private_ips = vec![private_ip(index)];
        own.instance = Some((*instance).into());
        own.attachment = Some(format!("eni-attach-{index}"));
        own
    });
    let balancer = "ELB app/awseb-AWSEB-1LB/0123456789abcdef";
    let mut nat = interface(
        "eni-0e55".into(),
        PUBLIC[0],
        "nat_gateway",
        "Interface for NAT Gateway nat-0e55",
        "",
    );
    nat.public_ip = Some(ip("198.51.100.10"));
    let mut all: Vec<Interface> = of_instances.collect();
    for (index, subnet) in PUBLIC.iter().enumerate() {
        let id = format!("eni-01b{index}");
        all.push(interface(id, subnet, "load_balancer", balancer, BALANCER_GROUP));
    }
    all.push(nat);
    all
}

fn address() -> Address {
    Address {
        allocation: Some("eipalloc-0e55".into()),
        ip: Some(ip("198.51.100.10")),
        association: Some("eipassoc-0e55".into()),
        instance: None,
        interface: Some("eni-0e55".into()),
        tags: Tags::new(),
    }
}
