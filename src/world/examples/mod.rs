//! Small complete worlds for tests: build a healthy one, break one thing, look what is found.
//!
//! [`healthy`] is a load-balanced environment in two zones with private instances behind one NAT
//! gateway and a peered database network; everything in it was read. [`shapes`] are healthy
//! worlds of other forms. [`lost_route_table`] is the incident this program was born from.

mod environment;
mod incident;
mod network;
mod services;
mod shapes;

use jiff::{SignedDuration, Timestamp};

use super::network::{NatGateway, NetworkAcl, Peering, RouteTable, SecurityGroup, Subnet};
use super::{
    Environment, EnvironmentEvent, Instance, Observed, OptionSetting, Settings, Snapshot, Source,
    Stack, StackEvent, StackFacts, TrailEvent, Unreadable, UnreadableKind,
};

pub use incident::{lost_route_table, termination_failed};
pub use network::{cidr, route, rule};
pub use shapes::*;

/// The environment's name.
pub const NAME: &str = "shop-prod";
/// The environment's id.
pub const ID: &str = "e-mw4kzq2ptx";
/// The account.
pub const ACCOUNT: &str = "210987654321";
/// The region.
pub const REGION: &str = "us-west-2";
/// The environment's stack.
pub const STACK: &str = "awseb-e-mw4kzq2ptx-stack";
/// The VPC.
pub const VPC: &str = "vpc-0a10";
/// The instances' subnets: first and second zone.
pub const PRIVATE: [&str; 2] = ["subnet-0a11", "subnet-0b22"];
/// The load balancer's subnets: first and second zone.
pub const PUBLIC: [&str; 2] = ["subnet-0a01", "subnet-0b01"];
/// The private subnets' route table.
pub const PRIVATE_TABLE: &str = "rtb-07f1";
/// The public subnets' route table.
pub const PUBLIC_TABLE: &str = "rtb-0c01";
/// The VPC's main route table, which has only the local route.
pub const MAIN_TABLE: &str = "rtb-0a00";
/// The NAT gateway.
pub const NAT: &str = "nat-0e55";
/// The internet gateway.
pub const GATEWAY: &str = "igw-0f66";
/// The peering connection to the hosted database's network.
pub const PEERING: &str = "pcx-0aa1";
/// The hosted database's block.
pub const PEER_CIDR: &str = "192.168.248.0/21";
/// The instances' security group.
pub const INSTANCE_GROUP: &str = "sg-05e1";
/// The load balancer's security group.
pub const BALANCER_GROUP: &str = "sg-05e2";
/// The network ACL of all subnets.
pub const ACL: &str = "acl-0d01";
/// The instances.
pub const INSTANCES: [&str; 4] = ["i-0a2b", "i-0c3d", "i-0a4c", "i-0c5e"];
/// The Auto Scaling group.
pub const SCALING_GROUP: &str = "awseb-e-mw4kzq2ptx-stack-AWSEBAutoScalingGroup-1QX";
/// The load balancer.
pub const BALANCER: &str = "arn:aws:elasticloadbalancing:us-west-2:210987654321:loadbalancer/app/awseb-AWSEB-1LB/0123456789abcdef";
/// The target group.
pub const TARGET_GROUP: &str = "arn:aws:elasticloadbalancing:us-west-2:210987654321:targetgroup/awseb-AWSEB-1TG/0123456789abcdef";
/// The platform version it runs on.
pub const PLATFORM: &str = "arn:aws:elasticbeanstalk:us-west-2::platform/Node.js 20 running on 64bit Amazon Linux 2023/6.4.3";
/// A newer version of the same branch.
pub const NEWER_PLATFORM: &str = "arn:aws:elasticbeanstalk:us-west-2::platform/Node.js 20 running on 64bit Amazon Linux 2023/6.5.1";

/// A moment so many minutes before the snapshot was taken (2026-03-12, 13:00 UTC).
pub fn ago(minutes: i64) -> Timestamp {
    // 2026-03-12T13:00:00Z; any fixed moment would do.
    let taken = Timestamp::from_second(1_773_320_400).unwrap_or(Timestamp::UNIX_EPOCH);
    taken - SignedDuration::from_mins(minutes)
}

/// Where an answer came from.
pub fn source(operation: &str) -> Source {
    Source { operation: operation.to_owned(), at: ago(0), request: None }
}

/// Something that was read.
pub fn known<T>(operation: &str, value: T) -> Observed<T> {
    Observed::Known { value, source: source(operation) }
}

/// Something that AWS says is not there.
pub fn absent<T>(operation: &str) -> Observed<T> {
    Observed::Absent { source: source(operation) }
}

/// Something that AWS refused to show.
pub fn denied<T>(operation: &str) -> Observed<T> {
    let why = Unreadable {
        kind: UnreadableKind::Denied,
        code: "AccessDenied".to_owned(),
        message: format!("User is not authorized to perform: {operation}"),
    };
    Observed::Unreadable { why, source: source(operation) }
}

/// A healthy world of which everything was read.
pub fn healthy() -> Snapshot {
    let mut world = Snapshot::empty(REGION.into(), ago(0));
    environment::fill(&mut world);
    network::fill(&mut world);
    services::fill(&mut world);
    world
}

/// Adds an event of the environment, the newest so far.
pub fn event(world: &mut Snapshot, minutes_ago: i64, severity: &str, message: &str) {
    let event = EnvironmentEvent {
        at: ago(minutes_ago),
        severity: severity.to_owned(),
        message: message.to_owned(),
        environment: Some(NAME.to_owned()),
        request: None,
        platform_arn: None,
        version_label: None,
    };
    if let Some(events) = world.events.value_mut() {
        events.push(event);
        events.sort_by_key(|event| std::cmp::Reverse(event.at));
    }
}

/// Adds an event of the environment's stack.
pub fn stack_event(
    world: &mut Snapshot,
    minutes_ago: i64,
    logical: &str,
    status: &str,
    reason: Option<&str>,
) {
    let events = stack(world).events.value_mut().expect("the example has read the stack's events");
    let kind = if logical == STACK { "AWS::CloudFormation::Stack" } else { "AWS::EC2::Thing" };
    events.push(StackEvent {
        at: ago(minutes_ago),
        logical: logical.into(),
        physical: None,
        kind: kind.to_owned(),
        status: status.to_owned(),
        reason: reason.map(str::to_owned),
        token: None,
    });
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
}

/// Adds an event of CloudTrail.
pub fn trail(
    world: &mut Snapshot,
    minutes_ago: i64,
    name: &str,
    request: serde_json::Value,
    response: serde_json::Value,
) {
    let user = "p.novak";
    let events = world.trail.value_mut().expect("the example has read the trail");
    events.push(TrailEvent {
        id: format!("event-{:03}", events.len() + 1),
        at: ago(minutes_ago),
        name: name.to_owned(),
        service: "ec2.amazonaws.com".to_owned(),
        user: user.to_owned(),
        principal: Some(format!("arn:aws:iam::{ACCOUNT}:user/{user}").into()),
        source_ip: None,
        error: None,
        request,
        response,
        resources: Vec::new(),
    });
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
}

/// Sets an option, or takes it away.
pub fn option(world: &mut Snapshot, namespace: &str, name: &str, value: Option<&str>) {
    let settings: &mut Settings =
        world.settings.value_mut().expect("the example has read its settings");
    settings.options.retain(|option| option.namespace != namespace || option.name != name);
    settings.options.push(OptionSetting {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        value: value.map(str::to_owned),
        resource: None,
    });
}

/// The environment, to be changed.
pub fn environment(world: &mut Snapshot) -> &mut Environment {
    world.environment.value_mut().expect("the example has an environment")
}

/// The environment's stack and what is known of it, to be changed.
pub fn stack(world: &mut Snapshot) -> &mut StackFacts {
    world.stacks.get_mut(&STACK.into()).expect("the example has a stack")
}

/// The environment's stack itself, to be changed.
pub fn stack_itself(world: &mut Snapshot) -> &mut Stack {
    stack(world).stack.value_mut().expect("the example has read its stack")
}

/// A route table, to be changed.
pub fn table<'a>(world: &'a mut Snapshot, id: &str) -> &'a mut RouteTable {
    pick(&mut world.network.route_tables, |table| table.id.as_str() == id)
}

/// A subnet, to be changed.
pub fn subnet<'a>(world: &'a mut Snapshot, id: &str) -> &'a mut Subnet {
    pick(&mut world.network.subnets, |subnet| subnet.id.as_str() == id)
}

/// A security group, to be changed.
pub fn group<'a>(world: &'a mut Snapshot, id: &str) -> &'a mut SecurityGroup {
    pick(&mut world.network.groups, |group| group.id.as_str() == id)
}

/// The NAT gateway, to be changed.
pub fn nat(world: &mut Snapshot) -> &mut NatGateway {
    pick(&mut world.network.nat_gateways, |_| true)
}

/// The peering connection, to be changed.
pub fn peering(world: &mut Snapshot) -> &mut Peering {
    pick(&mut world.network.peerings, |_| true)
}

/// The network ACL, to be changed.
pub fn acl(world: &mut Snapshot) -> &mut NetworkAcl {
    pick(&mut world.network.acls, |_| true)
}

/// An instance, to be changed.
pub fn instance<'a>(world: &'a mut Snapshot, id: &str) -> &'a mut Instance {
    pick(&mut world.compute.instances, |instance| instance.id.as_str() == id)
}

/// Sets the health that the environment and all its instances show.
pub fn health(world: &mut Snapshot, color: &str, status: &str, causes: &[&str]) {
    let causes: Vec<String> = causes.iter().map(|cause| (*cause).to_owned()).collect();
    let own = environment(world);
    own.health = Some(color.to_owned());
    own.health_status = Some(status.to_owned());
    if let Some(health) = world.health.value_mut() {
        health.color = Some(color.to_owned());
        health.status = Some(status.to_owned());
        health.causes = causes;
    }
}

/// Makes all instances silent: no data, as when nothing leaves their subnets.
pub fn silent(world: &mut Snapshot) {
    health(world, "Grey", "NoData", &["None of the instances are sending data."]);
    if let Some(health) = world.health.value_mut() {
        health.instances = vec![("NoData".to_owned(), 4)];
    }
    for instance in world.instances_health.value_mut().into_iter().flatten() {
        instance.status = Some("NoData".to_owned());
        instance.causes = vec!["No data. Last seen 37 minutes ago.".to_owned()];
    }
}

fn pick<T>(observed: &mut Observed<Vec<T>>, is_it: impl Fn(&T) -> bool) -> &mut T {
    let items = observed.value_mut().expect("the example has read these");
    items.iter_mut().find(|item| is_it(item)).expect("the example has such a thing")
}
