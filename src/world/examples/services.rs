//! Instances, scaling, load balancer, roles and the trail of the healthy world.

use serde_json::json;

use super::environment::zone_of;
use super::network::private_ip;
use super::{
    ACCOUNT, BALANCER, BALANCER_GROUP, INSTANCE_GROUP, INSTANCES, NAT, PEER_CIDR, PEERING, PRIVATE,
    PRIVATE_TABLE, PUBLIC, REGION, SCALING_GROUP, TARGET_GROUP, VPC, absent, ago, known, trail,
};
use crate::world::network::Tags;
use crate::world::{
    Bundle, GroupMember, Image, Instance, InstanceProfile, InstanceStatus, InstanceType,
    LaunchTemplate, Listener, LoadBalancer, RoleFacts, ScalingGroup, Snapshot, TargetGroup,
    TargetHealth,
};

pub(super) fn fill(world: &mut Snapshot) {
    compute(world);
    scaling(world);
    balancing(world);
    identity(world);
    let databases = &mut world.databases;
    databases.instances = known("rds:DescribeDBInstances", Vec::new());
    databases.snapshots = known("rds:DescribeDBSnapshots", Vec::new());
    let around = &mut world.surroundings;
    around.queues = known("sqs:GetQueueAttributes", Vec::new());
    around.buckets = known("s3:ListObjectVersions", Vec::new());
    let bundle = Bundle {
        bucket: format!("elasticbeanstalk-{REGION}-{ACCOUNT}"),
        key: "shop/v42.zip".into(),
        bytes: Some(12_000_000),
        region: Some(REGION.into()),
        policy: None,
    };
    around.bundle = known("s3:HeadObject", bundle);
    let quotas = vec![("L-1216C47A".to_owned(), 64), ("L-0263D0A3".to_owned(), 5)];
    around.quotas = known("servicequotas:GetServiceQuota", quotas);
    around.beanstalk_quotas = known("elasticbeanstalk:DescribeAccountAttributes", Vec::new());
    history(world);
}

fn compute(world: &mut Snapshot) {
    let instance = |(index, id): (usize, &&str)| Instance {
        id: (**id).into(),
        state: "running".into(),
        state_reason: None,
        instance_type: "t3.small".into(),
        image: "ami-0a1b".into(),
        subnet: Some(zone_of(index).1.into()),
        vpc: Some(VPC.into()),
        zone: Some(zone_of(index).0.into()),
        private_ip: Some(private_ip(index)),
        public_ip: None,
        ipv6: Vec::new(),
        groups: vec![INSTANCE_GROUP.into()],
        interfaces: vec![format!("eni-{}", id.trim_start_matches("i-")).into()],
        profile: Some(
            format!("arn:aws:iam::{ACCOUNT}:instance-profile/aws-elasticbeanstalk-ec2-role").into(),
        ),
        source_dest_check: Some(true),
        launched: Some(ago(3_000)),
        tags: vec![("elasticbeanstalk:environment-name".into(), super::NAME.into())],
    };
    let status = |id: &&str| InstanceStatus {
        instance: (*id).into(),
        system: Some("ok".into()),
        machine: Some("ok".into()),
    };
    let image = Image {
        id: "ami-0a1b".into(),
        architecture: Some("x86_64".into()),
        state: Some("available".into()),
        name: Some("aws-elasticbeanstalk-amzn-2023".into()),
        owner: Some("amazon".into()),
        created: Some("2026-02-01T00:00:00.000Z".into()),
    };
    let template = LaunchTemplate {
        id: "lt-0a1b".into(),
        version: 3,
        image: Some("ami-0a1b".into()),
        instance_type: Some("t3.small".into()),
        key_name: None,
        groups: vec![INSTANCE_GROUP.into()],
        profile: Some("aws-elasticbeanstalk-ec2-role".into()),
    };
    let kind =
        InstanceType { name: "t3.small".into(), architectures: vec!["x86_64".into()], vcpus: 2 };
    let compute = &mut world.compute;
    let instances = INSTANCES.iter().enumerate().map(instance).collect();
    compute.instances = known("ec2:DescribeInstances", instances);
    let statuses = INSTANCES.iter().map(status).collect();
    compute.statuses = known("ec2:DescribeInstanceStatus", statuses);
    compute.images = known("ec2:DescribeImages", vec![image]);
    compute.launch_templates = known("ec2:DescribeLaunchTemplateVersions", vec![template]);
    let offered = ["us-west-2a", "us-west-2b", "us-west-2c"]
        .map(|zone| ("t3.small".to_owned(), zone.to_owned()));
    compute.offerings = known("ec2:DescribeInstanceTypeOfferings", offered.to_vec());
    compute.types = known("ec2:DescribeInstanceTypes", vec![kind]);
    compute.key_pairs = known("ec2:DescribeKeyPairs", Vec::new());
    compute.running_vcpus = known("ec2:DescribeInstances", 8);
}

fn scaling(world: &mut Snapshot) {
    let member = |id: &&str| GroupMember {
        instance: (*id).into(),
        lifecycle: "InService".into(),
        health: "Healthy".into(),
        protected: false,
    };
    let group = ScalingGroup {
        name: SCALING_GROUP.into(),
        min: 2,
        max: 6,
        desired: 4,
        instances: INSTANCES.iter().map(member).collect(),
        subnets: PRIVATE.iter().map(|id| (*id).to_owned()).collect(),
        zones: vec!["us-west-2a".into(), "us-west-2b".into()],
        launch_template: Some(("lt-0a1b".into(), "3".into())),
        launch_configuration: None,
        target_groups: vec![TARGET_GROUP.into()],
        load_balancers: Vec::new(),
        health_check: Some("EC2".into()),
        grace_seconds: Some(0),
        suspended: Vec::new(),
        status: None,
        tags: Tags::new(),
    };
    let scaling = &mut world.scaling;
    scaling.groups = known("autoscaling:DescribeAutoScalingGroups", vec![group]);
    scaling.activities = known("autoscaling:DescribeScalingActivities", Vec::new());
    let topic = format!("arn:aws:sns:{REGION}:{ACCOUNT}:ElasticBeanstalkNotifications");
    scaling.notifications = known(
        "autoscaling:DescribeNotificationConfigurations",
        vec![(SCALING_GROUP.to_owned(), topic)],
    );
    scaling.scheduled = known("autoscaling:DescribeScheduledActions", Vec::new());
    scaling.launch_configurations = known("autoscaling:DescribeLaunchConfigurations", Vec::new());
}

fn balancing(world: &mut Snapshot) {
    let balancer = LoadBalancer {
        arn: BALANCER.into(),
        name: "awseb-AWSEB-1LB".into(),
        state: Some("active".into()),
        scheme: Some("internet-facing".into()),
        kind: Some("application".into()),
        vpc: Some(VPC.into()),
        groups: vec![BALANCER_GROUP.into()],
        subnets: PUBLIC.iter().map(|id| (*id).into()).collect(),
        protected: Some(false),
    };
    let group = TargetGroup {
        arn: TARGET_GROUP.into(),
        name: "awseb-AWSEB-1TG".into(),
        port: Some(80),
        protocol: Some("HTTP".into()),
        health_path: Some("/".into()),
        health_port: Some("traffic-port".into()),
        matcher: Some("200".into()),
        load_balancers: vec![BALANCER.into()],
    };
    let target = |id: &&str| TargetHealth {
        group: TARGET_GROUP.into(),
        target: (*id).to_owned(),
        state: Some("healthy".into()),
        reason: None,
        description: None,
    };
    let listener =
        Listener { load_balancer: BALANCER.into(), port: Some(80), protocol: Some("HTTP".into()) };
    let balancing = &mut world.balancing;
    balancing.load_balancers = known("elasticloadbalancing:DescribeLoadBalancers", vec![balancer]);
    balancing.target_groups = known("elasticloadbalancing:DescribeTargetGroups", vec![group]);
    let targets = INSTANCES.iter().map(target).collect();
    balancing.targets = known("elasticloadbalancing:DescribeTargetHealth", targets);
    balancing.listeners = known("elasticloadbalancing:DescribeListeners", vec![listener]);
}

fn identity(world: &mut Snapshot) {
    let role = |name: &str, service: &str, policies: &[&str]| RoleFacts {
        name: name.to_owned(),
        arn: format!("arn:aws:iam::{ACCOUNT}:role/{name}").into(),
        trust: Some(
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]})
            .to_string(),
        ),
        attached: Some(policies.iter().map(|policy| (*policy).into()).collect()),
    };
    let web = ["arn:aws:iam::aws:policy/AWSElasticBeanstalkWebTier"];
    let service = [
        "arn:aws:iam::aws:policy/service-role/AWSElasticBeanstalkEnhancedHealth",
        "arn:aws:iam::aws:policy/AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy",
    ];
    let identity = &mut world.identity;
    let name = "aws-elasticbeanstalk-ec2-role";
    let profile = InstanceProfile { name: name.into(), roles: vec![name.into()] };
    identity.profile = known("iam:GetInstanceProfile", profile);
    identity.instance_role = known("iam:GetRole", role(name, "ec2.amazonaws.com", &web));
    let service_name = "aws-elasticbeanstalk-service-role";
    identity.service_role =
        known("iam:GetRole", role(service_name, "elasticbeanstalk.amazonaws.com", &service));
    identity.operations_role = absent("elasticbeanstalk:DescribeEnvironments");
    identity.stack_role = absent("cloudformation:DescribeStacks");
    let balancing = "AWSServiceRoleForElasticLoadBalancing";
    identity.balancing_role =
        known("iam:GetRole", role(balancing, "elasticloadbalancing.amazonaws.com", &[]));
    identity.simulated = known("iam:SimulatePrincipalPolicy", Vec::new());
}

/// What CloudTrail still knows of how the private subnets' table was made, 40 days ago.
fn history(world: &mut Snapshot) {
    world.trail = known("cloudtrail:LookupEvents", Vec::new());
    let days = 40 * 24 * 60;
    trail(
        world,
        days,
        "CreateRouteTable",
        json!({"vpcId": VPC}),
        json!({"routeTable": {"routeTableId": PRIVATE_TABLE, "vpcId": VPC}}),
    );
    let made = json!({"_return": true});
    let nat = json!({"routeTableId": PRIVATE_TABLE, "destinationCidrBlock": "0.0.0.0/0",
        "natGatewayId": NAT});
    trail(world, days - 1, "CreateRoute", nat, made.clone());
    let peer = json!({"routeTableId": PRIVATE_TABLE, "destinationCidrBlock": PEER_CIDR,
        "vpcPeeringConnectionId": PEERING});
    trail(world, days - 2, "CreateRoute", peer, made);
    for subnet in PRIVATE {
        let link = format!("rtbassoc-{}", subnet.trim_start_matches("subnet-"));
        trail(
            world,
            days - 3,
            "AssociateRouteTable",
            json!({"routeTableId": PRIVATE_TABLE, "subnetId": subnet}),
            json!({"associationId": link}),
        );
    }
}
