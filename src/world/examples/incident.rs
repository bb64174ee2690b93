//! The incident this program was born from, as it looks when somebody asks for help.

use serde_json::json;

use super::{
    ID, INSTANCE_GROUP, MAIN_TABLE, NEWER_PLATFORM, PLATFORM, PRIVATE, PRIVATE_TABLE, STACK, ago,
    environment, event, group, healthy, known, rule, silent, stack, stack_event, stack_itself,
    trail,
};
use crate::world::{EnvironmentEvent, Snapshot};

/// The private subnets' route table was deleted; instances were replaced and are silent; restart,
/// update, rebuild and terminate were tried, and the stack cannot be deleted because another
/// team's rule names the environment's group.
pub fn lost_route_table() -> Snapshot {
    let mut world = healthy();
    let minutes_ago = 160;
    for subnet in PRIVATE {
        let link = format!("rtbassoc-{}", subnet.trim_start_matches("subnet-"));
        let request = json!({"associationId": link});
        trail(
            &mut world,
            minutes_ago + 1,
            "DisassociateRouteTable",
            request,
            json!({"_return": true}),
        );
    }
    let request = json!({"routeTableId": PRIVATE_TABLE});
    trail(&mut world, minutes_ago, "DeleteRouteTable", request, json!({"_return": true}));
    if let Some(tables) = world.network.route_tables.value_mut() {
        tables.retain(|table| table.id.as_str() != PRIVATE_TABLE);
        debug_assert!(tables.iter().any(|table| table.id.as_str() == MAIN_TABLE));
    }
    silent(&mut world);
    tried(&mut world);
    moved_platform(&mut world);
    termination_failed(&mut world);
    world
}

fn tried(world: &mut Snapshot) {
    event(
        world,
        139,
        "WARN",
        "Environment health has transitioned from Ok to Severe. None of the instances are sending data.",
    );
    event(world, 120, "INFO", "restartAppServer is starting.");
    event(
        world,
        106,
        "WARN",
        "The following instances have not responded in the allowed command timeout time (they might still finish eventually on their own): [i-0a2b, i-0c3d].",
    );
    event(world, 105, "INFO", "Environment update is starting.");
    event(world, 90, "ERROR", "Failed to deploy configuration.");
    event(world, 80, "INFO", "rebuildEnvironment is starting.");
    event(
        world,
        60,
        "ERROR",
        "The EC2 instances failed to communicate with AWS Elastic Beanstalk, either because of configuration problems with the VPC or a failed EC2 instance. Check your VPC configuration and try launching the environment again.",
    );
}

/// The update at 105 minutes ago was one to the newest platform version.
fn moved_platform(world: &mut Snapshot) {
    let own = environment(world);
    own.platform_arn = Some(NEWER_PLATFORM.into());
    own.solution_stack = Some("64bit Amazon Linux 2023 v6.5.1 running Node.js 20".into());
    let newest = world.platforms.versions.items().first().cloned();
    if let Some(newest) = newest {
        world.platforms.current = known("elasticbeanstalk:DescribePlatformVersion", newest);
    }
    let since = ago(105);
    let set = |event: &mut EnvironmentEvent| {
        let arn = if event.at >= since { NEWER_PLATFORM } else { PLATFORM };
        event.platform_arn = Some(arn.into());
    };
    for event in world.events.value_mut().into_iter().flatten() {
        set(event);
    }
    let request = json!({"environmentId": ID, "platformArn": NEWER_PLATFORM});
    trail(world, 105, "UpdateEnvironment", request, json!({}));
}

/// A termination was asked for half an hour ago; the stack could not be deleted because the rule
/// of another team's group names the instances' group.
pub fn termination_failed(world: &mut Snapshot) {
    let admits = rule(INSTANCE_GROUP, Some((5432, 5432)));
    group(world, "sg-0db9").ingress.push(admits);
    event(world, 30, "INFO", "terminateEnvironment is starting.");
    let reason = "resource sg-05e1 has a dependent object (Service: AmazonEC2; Status Code: 400; Error Code: DependencyViolation; Request ID: 404a8ca3-4ef8-4057-a255-b3be4c3762dc; Proxy: null)";
    let deleting =
        format!("Deleting security group named: {INSTANCE_GROUP} failed Reason: {reason}");
    event(world, 21, "ERROR", &deleting);
    let failed = "The following resource(s) failed to delete: [AWSEBSecurityGroup]. ";
    event(world, 20, "ERROR", &format!("Stack deletion failed: {failed}"));
    event(
        world,
        20,
        "INFO",
        "The environment termination step failed because at least one of the environment termination workflows failed.",
    );
    stack_event(world, 29, STACK, "DELETE_IN_PROGRESS", None);
    stack_event(world, 21, "AWSEBSecurityGroup", "DELETE_FAILED", Some(reason));
    stack_event(world, 20, STACK, "DELETE_FAILED", Some(failed));
    let own = stack_itself(world);
    own.status = "DELETE_FAILED".into();
    own.reason = Some(failed.to_owned());
    for resource in stack(world).resources.value_mut().into_iter().flatten() {
        let held = resource.logical.as_str() == "AWSEBSecurityGroup";
        resource.status = if held { "DELETE_FAILED" } else { "DELETE_COMPLETE" }.to_owned();
        resource.reason = held.then(|| reason.to_owned());
    }
    gone(world);
}

/// What a deletion that failed last has already taken away.
fn gone(world: &mut Snapshot) {
    super::health(world, "Grey", "NoData", &["None of the instances are sending data."]);
    if let Some(health) = world.health.value_mut() {
        health.instances.clear();
    }
    world.instances_health = known("elasticbeanstalk:DescribeInstancesHealth", Vec::new());
    if let Some(resources) = world.resources.value_mut() {
        *resources = crate::world::EnvironmentResources::default();
    }
    for instance in world.compute.instances.value_mut().into_iter().flatten() {
        instance.state = "terminated".into();
        instance.subnet = None;
        instance.vpc = None;
        instance.groups.clear();
        instance.interfaces.clear();
        instance.private_ip = None;
    }
    world.compute.statuses = known("ec2:DescribeInstanceStatus", Vec::new());
    world.scaling.groups = known("autoscaling:DescribeAutoScalingGroups", Vec::new());
    let balancing = &mut world.balancing;
    balancing.load_balancers = known("elasticloadbalancing:DescribeLoadBalancers", Vec::new());
    balancing.target_groups = known("elasticloadbalancing:DescribeTargetGroups", Vec::new());
    balancing.targets = known("elasticloadbalancing:DescribeTargetHealth", Vec::new());
    balancing.listeners = known("elasticloadbalancing:DescribeListeners", Vec::new());
    if let Some(all) = world.network.interfaces.value_mut() {
        all.retain(|one| one.kind == "nat_gateway");
    }
}
