//! Healthy worlds of other forms: whoever checks must stay silent in all of them.

use super::{
    GATEWAY, INSTANCE_GROUP, MAIN_TABLE, PRIVATE, PRIVATE_TABLE, PUBLIC_TABLE, REGION, STACK, VPC,
    cidr, environment, group, healthy, instance, known, option, route, rule, stack, subnet, table,
};
use crate::world::network::{Endpoint, PrefixList, Subnet};
use crate::world::{Observed, Snapshot};

/// Name and world of each healthy form.
pub fn shapes() -> Vec<(&'static str, Snapshot)> {
    vec![
        ("private-with-nat", healthy()),
        ("public", public()),
        ("endpoints-only", endpoints_only()),
        ("transit-gateway", transit_gateway()),
        ("nat-instance", nat_instance()),
        ("main-table", main_table()),
        ("worker", worker()),
        ("single-instance", single_instance()),
        ("default-vpc", default_vpc()),
        ("ipv6", ipv6()),
        ("little-known", little_known()),
    ]
}

/// Instances in the public subnets, with public addresses.
pub fn public() -> Snapshot {
    let mut world = healthy();
    option(&mut world, "aws:ec2:vpc", "Subnets", Some("subnet-0a01,subnet-0b01"));
    option(&mut world, "aws:ec2:vpc", "AssociatePublicIpAddress", Some("true"));
    let public = super::PUBLIC;
    for (index, id) in super::INSTANCES.iter().enumerate() {
        let own = instance(&mut world, id);
        own.subnet = Some(public[index % 2].into());
        own.public_ip = format!("203.0.113.{}", 10 + index).parse().ok();
    }
    for group in world.scaling.groups.value_mut().into_iter().flatten() {
        group.subnets = public.iter().map(|id| (*id).to_owned()).collect();
    }
    world.network.nat_gateways = known("ec2:DescribeNatGateways", Vec::new());
    table(&mut world, PRIVATE_TABLE).routes.retain(|route| !route.target.id().starts_with("nat-"));
    world.network.peerings = known("ec2:DescribeVpcPeeringConnections", Vec::new());
    table(&mut world, PRIVATE_TABLE).routes.truncate(1);
    world
}

/// An interface endpoint in both private subnets, or a gateway endpoint on their table.
pub fn endpoint(name: &str, gateway: bool) -> Endpoint {
    let subnets = PRIVATE.iter().map(|id| (*id).into()).collect();
    Endpoint {
        id: format!("vpce-{name}").into(),
        vpc: VPC.into(),
        kind: if gateway { "Gateway" } else { "Interface" }.to_owned(),
        service: format!("com.amazonaws.{REGION}.{name}"),
        state: "available".into(),
        subnets: if gateway { Vec::new() } else { subnets },
        route_tables: if gateway { vec![PRIVATE_TABLE.into()] } else { Vec::new() },
        groups: if gateway { Vec::new() } else { vec!["sg-0e9d".into()] },
        private_dns: !gateway,
        policy: None,
        interfaces: Vec::new(),
        tags: Vec::new(),
    }
}

/// No way to the internet, but an endpoint for each service that is needed.
pub fn endpoints_only() -> Snapshot {
    let mut world = healthy();
    let private = table(&mut world, PRIVATE_TABLE);
    private.routes.retain(|route| !route.target.id().starts_with("nat-"));
    private.routes.push(route("pl-68a54001", "vpce-s3"));
    world.network.nat_gateways = known("ec2:DescribeNatGateways", Vec::new());
    let names = ["elasticbeanstalk", "elasticbeanstalk-health", "cloudformation", "sqs", "logs"];
    let mut endpoints: Vec<Endpoint> = names.iter().map(|name| endpoint(name, false)).collect();
    endpoints.push(endpoint("s3", true));
    world.network.endpoints = known("ec2:DescribeVpcEndpoints", endpoints);
    let list = PrefixList {
        id: "pl-68a54001".into(),
        name: format!("com.amazonaws.{REGION}.s3"),
        cidrs: vec![cidr("52.218.128.0/17"), cidr("3.5.76.0/22")],
    };
    world.network.prefix_lists = known("ec2:DescribePrefixLists", vec![list]);
    let mut admits = group(&mut world, "sg-0def").clone();
    admits.id = "sg-0e9d".into();
    admits.name = "endpoints".into();
    admits.ingress = vec![rule("10.20.0.0/16", Some((443, 443)))];
    if let Some(groups) = world.network.groups.value_mut() {
        groups.push(admits);
    }
    world
}

/// The way out is a transit gateway, behind which nothing can be seen.
pub fn transit_gateway() -> Snapshot {
    let mut world = healthy();
    let private = table(&mut world, PRIVATE_TABLE);
    private.routes.retain(|route| !route.target.id().starts_with("nat-"));
    private.routes.push(route("0.0.0.0/0", "tgw-0d11"));
    world.network.nat_gateways = known("ec2:DescribeNatGateways", Vec::new());
    world
}

/// The way out is an instance that does NAT.
pub fn nat_instance() -> Snapshot {
    let mut world = healthy();
    let private = table(&mut world, PRIVATE_TABLE);
    private.routes.retain(|route| !route.target.id().starts_with("nat-"));
    private.routes.push(route("0.0.0.0/0", "eni-0ff1"));
    world.network.nat_gateways = known("ec2:DescribeNatGateways", Vec::new());
    let mut own = world.network.interfaces.items().first().cloned();
    if let (Some(own), Some(all)) = (own.as_mut(), world.network.interfaces.value_mut()) {
        own.id = "eni-0ff1".into();
        own.subnet = Some(super::PUBLIC[0].into());
        own.instance = Some("i-0ff1".into());
        own.groups = vec!["sg-0def".into()];
        own.public_ip = "198.51.100.77".parse().ok();
        all.push(own.clone());
    }
    world
}

/// All subnets use the VPC's main table, which leads to the internet.
pub fn main_table() -> Snapshot {
    let mut world = public();
    if let Some(tables) = world.network.route_tables.value_mut() {
        tables.retain(|table| table.id.as_str() == MAIN_TABLE);
    }
    table(&mut world, MAIN_TABLE).routes.push(route("0.0.0.0/0", GATEWAY));
    world
}

/// A worker: no load balancer, a queue instead.
pub fn worker() -> Snapshot {
    let mut world = healthy();
    environment(&mut world).tier = Some("Worker".into());
    without_balancer(&mut world);
    let queue = format!("https://sqs.{REGION}.amazonaws.com/{}/awseb-queue", super::ACCOUNT);
    if let Some(resources) = world.resources.value_mut() {
        resources.queues = vec![("WorkerQueue".into(), queue.clone())];
    }
    world.surroundings.queues = known("sqs:GetQueueAttributes", vec![(queue, 3, 0)]);
    world
}

fn without_balancer(world: &mut Snapshot) {
    let balancing = &mut world.balancing;
    balancing.load_balancers = known("elasticloadbalancing:DescribeLoadBalancers", Vec::new());
    balancing.target_groups = known("elasticloadbalancing:DescribeTargetGroups", Vec::new());
    balancing.targets = known("elasticloadbalancing:DescribeTargetHealth", Vec::new());
    balancing.listeners = known("elasticloadbalancing:DescribeListeners", Vec::new());
    if let Some(resources) = world.resources.value_mut() {
        resources.load_balancers.clear();
    }
    for group in world.scaling.groups.value_mut().into_iter().flatten() {
        group.target_groups.clear();
    }
    if let Some(resources) = stack(world).resources.value_mut() {
        resources.retain(|resource| !resource.logical.as_str().contains("LoadBalancer"));
    }
    option(world, "aws:ec2:vpc", "ELBSubnets", None);
    group(world, INSTANCE_GROUP).ingress = vec![rule("0.0.0.0/0", Some((80, 80)))];
}

/// One instance with an Elastic IP in a public subnet.
pub fn single_instance() -> Snapshot {
    let mut world = public();
    without_balancer(&mut world);
    option(
        &mut world,
        "aws:elasticbeanstalk:environment",
        "EnvironmentType",
        Some("SingleInstance"),
    );
    option(&mut world, "aws:elasticbeanstalk:environment", "LoadBalancerType", None);
    option(&mut world, "aws:autoscaling:asg", "MinSize", Some("1"));
    option(&mut world, "aws:autoscaling:asg", "MaxSize", Some("1"));
    keep_first(&mut world.compute.instances);
    keep_first(&mut world.compute.statuses);
    keep_first(&mut world.instances_health);
    if let Some(health) = world.health.value_mut() {
        health.instances = vec![("Ok".into(), 1)];
    }
    if let Some(resources) = world.resources.value_mut() {
        resources.instances.truncate(1);
    }
    for group in world.scaling.groups.value_mut().into_iter().flatten() {
        (group.min, group.max, group.desired) = (1, 1, 1);
        group.instances.truncate(1);
    }
    world
}

fn keep_first<T>(observed: &mut Observed<Vec<T>>) {
    if let Some(items) = observed.value_mut() {
        items.truncate(1);
    }
}

/// The default VPC, which the settings do not name.
pub fn default_vpc() -> Snapshot {
    let mut world = main_table();
    for name in ["VPCId", "Subnets", "ELBSubnets", "AssociatePublicIpAddress", "ELBScheme"] {
        option(&mut world, "aws:ec2:vpc", name, None);
    }
    for vpc in world.network.vpcs.value_mut().into_iter().flatten() {
        vpc.is_default = true;
    }
    let mut subnets: Vec<Subnet> = super::PUBLIC.map(|id| subnet(&mut world, id).clone()).to_vec();
    let mut third = subnets[0].clone();
    third.id = "subnet-0c01".into();
    third.zone = "us-west-2c".into();
    third.cidrs = vec![cidr("10.20.2.0/24")];
    subnets.push(third);
    for subnet in &mut subnets {
        subnet.default_for_zone = true;
    }
    world.network.subnets = known("ec2:DescribeSubnets", subnets);
    for group in world.scaling.groups.value_mut().into_iter().flatten() {
        group.subnets.clear();
        group.zones.push("us-west-2c".into());
    }
    world
}

/// Two address families: IPv6 leaves by an egress-only gateway, IPv4 by NAT.
pub fn ipv6() -> Snapshot {
    let mut world = healthy();
    for vpc in world.network.vpcs.value_mut().into_iter().flatten() {
        vpc.cidrs.push(cidr("2600:1f14::/56"));
    }
    for (index, id) in PRIVATE.iter().enumerate() {
        subnet(&mut world, id).cidrs.push(cidr(&format!("2600:1f14:0:{index}::/64")));
    }
    let private = table(&mut world, PRIVATE_TABLE);
    private.routes.push(route("2600:1f14::/56", "local"));
    private.routes.push(route("::/0", "eigw-0e16"));
    table(&mut world, PUBLIC_TABLE).routes.push(route("::/0", GATEWAY));
    world
}

/// An AWS that answers few questions: Green and Ready is all that is known for sure.
pub fn little_known() -> Snapshot {
    let full = healthy();
    let mut world = Snapshot::empty(REGION.into(), super::ago(0));
    world.caller = full.caller;
    world.environment = full.environment;
    let own = environment(&mut world);
    own.health_status = None;
    own.platform_arn = None;
    own.abortable = None;
    own.tier = None;
    world.events = known("elasticbeanstalk:DescribeEvents", Vec::new());
    world.settings = super::denied("elasticbeanstalk:DescribeConfigurationSettings");
    world.stacks.insert(STACK.into(), crate::world::StackFacts::default());
    world
}
