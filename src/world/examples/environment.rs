//! The environment, its stack and its history in the healthy world.

use super::{
    ACCOUNT, BALANCER, BALANCER_GROUP, ID, INSTANCE_GROUP, INSTANCES, NAME, NEWER_PLATFORM,
    PLATFORM, PRIVATE, PUBLIC, REGION, SCALING_GROUP, STACK, TARGET_GROUP, VPC, ago, event, known,
    option,
};
use crate::world::{
    ApplicationVersion, Caller, Environment, EnvironmentHealth, EnvironmentResources,
    EnvironmentStatus, InstanceHealth, Percent, PlatformBranch, PlatformVersion, Settings,
    Snapshot, Stack, StackFacts, StackResource,
};

/// The options of the healthy environment.
const OPTIONS: [(&str, &str, &str); 24] = [
    ("aws:ec2:vpc", "VPCId", VPC),
    ("aws:ec2:vpc", "Subnets", "subnet-0a11,subnet-0b22"),
    ("aws:ec2:vpc", "ELBSubnets", "subnet-0a01,subnet-0b01"),
    ("aws:ec2:vpc", "AssociatePublicIpAddress", "false"),
    ("aws:ec2:vpc", "ELBScheme", "public"),
    ("aws:autoscaling:asg", "MinSize", "2"),
    ("aws:autoscaling:asg", "MaxSize", "6"),
    ("aws:autoscaling:launchconfiguration", "InstanceType", "t3.small"),
    ("aws:autoscaling:launchconfiguration", "ImageId", "ami-0a1b"),
    ("aws:autoscaling:launchconfiguration", "IamInstanceProfile", "aws-elasticbeanstalk-ec2-role"),
    ("aws:autoscaling:launchconfiguration", "SecurityGroups", INSTANCE_GROUP),
    ("aws:ec2:instances", "EnableSpot", "false"),
    ("aws:ec2:instances", "InstanceTypes", "t3.small"),
    ("aws:elasticbeanstalk:environment", "EnvironmentType", "LoadBalanced"),
    ("aws:elasticbeanstalk:environment", "LoadBalancerType", "application"),
    ("aws:elasticbeanstalk:environment", "ServiceRole", "aws-elasticbeanstalk-service-role"),
    ("aws:elasticbeanstalk:environment:process:default", "HealthCheckPath", "/"),
    ("aws:elasticbeanstalk:environment:process:default", "Port", "80"),
    ("aws:elasticbeanstalk:healthreporting:system", "SystemType", "enhanced"),
    ("aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled", "true"),
    ("aws:elasticbeanstalk:managedactions:platformupdate", "UpdateLevel", "minor"),
    ("aws:elasticbeanstalk:command", "Timeout", "600"),
    ("aws:elasticbeanstalk:command", "DeploymentPolicy", "Rolling"),
    ("aws:rds:dbinstance", "HasCoupledDatabase", "false"),
];

/// The resources of the environment's stack: name, identifier, type.
const RESOURCES: [(&str, &str, &str); 6] = [
    ("AWSEBSecurityGroup", INSTANCE_GROUP, "AWS::EC2::SecurityGroup"),
    ("AWSEBLoadBalancerSecurityGroup", BALANCER_GROUP, "AWS::EC2::SecurityGroup"),
    ("AWSEBV2LoadBalancer", BALANCER, "AWS::ElasticLoadBalancingV2::LoadBalancer"),
    ("AWSEBV2LoadBalancerTargetGroup", TARGET_GROUP, "AWS::ElasticLoadBalancingV2::TargetGroup"),
    ("AWSEBAutoScalingGroup", SCALING_GROUP, "AWS::AutoScaling::AutoScalingGroup"),
    ("AWSEBEC2LaunchTemplate", "lt-0a1b", "AWS::EC2::LaunchTemplate"),
];

pub(super) fn fill(world: &mut Snapshot) {
    let caller = Caller {
        account: ACCOUNT.into(),
        arn: format!("arn:aws:iam::{ACCOUNT}:user/oncall").into(),
    };
    world.caller = known("sts:GetCallerIdentity", caller);
    world.environment = known("elasticbeanstalk:DescribeEnvironments", environment());
    world.neighbours = known("elasticbeanstalk:DescribeEnvironments", Vec::new());
    world.settings = known("elasticbeanstalk:DescribeConfigurationSettings", Settings::default());
    for (namespace, name, value) in OPTIONS {
        option(world, namespace, name, Some(value));
    }
    world.resources = known("elasticbeanstalk:DescribeEnvironmentResources", resources());
    world.health = known("elasticbeanstalk:DescribeEnvironmentHealth", health());
    world.instances_health = known("elasticbeanstalk:DescribeInstancesHealth", instances());
    world.managed.pending = known("elasticbeanstalk:DescribeEnvironmentManagedActions", Vec::new());
    world.managed.history =
        known("elasticbeanstalk:DescribeEnvironmentManagedActionHistory", Vec::new());
    world.versions = known("elasticbeanstalk:DescribeApplicationVersions", vec![version()]);
    world.validation = known("elasticbeanstalk:ValidateConfigurationSettings", Vec::new());
    platforms(world);
    history(world);
    world.stacks.insert(STACK.into(), stack());
}

fn environment() -> Environment {
    Environment {
        name: NAME.into(),
        id: ID.into(),
        arn: Some(
            format!("arn:aws:elasticbeanstalk:{REGION}:{ACCOUNT}:environment/shop/{NAME}").into(),
        ),
        application: "shop".into(),
        status: EnvironmentStatus::Ready,
        health: Some("Green".into()),
        health_status: Some("Ok".into()),
        platform_arn: Some(PLATFORM.into()),
        solution_stack: Some("64bit Amazon Linux 2023 v6.4.3 running Node.js 20".into()),
        version_label: Some("v42".into()),
        cname: Some(format!("{NAME}.{REGION}.elasticbeanstalk.com")),
        endpoint_url: Some(format!("awseb-awseb-1lb-0123456789.{REGION}.elb.amazonaws.com")),
        tier: Some("WebServer".into()),
        abortable: Some(false),
        created: Some(ago(400_000)),
        updated: Some(ago(3_000)),
        operations_role: None,
        links: Vec::new(),
    }
}

fn resources() -> EnvironmentResources {
    EnvironmentResources {
        scaling_groups: vec![SCALING_GROUP.into()],
        instances: INSTANCES.iter().map(|id| (*id).into()).collect(),
        launch_configurations: Vec::new(),
        launch_templates: vec!["lt-0a1b".into()],
        load_balancers: vec![BALANCER.into()],
        queues: Vec::new(),
    }
}

fn health() -> EnvironmentHealth {
    EnvironmentHealth {
        status: Some("Ok".into()),
        color: Some("Green".into()),
        causes: Vec::new(),
        instances: vec![("Ok".into(), 4)],
        responses: Some([5210, 12, 3, 0]),
        refreshed: Some(ago(0)),
    }
}

fn instances() -> Vec<InstanceHealth> {
    let of = |(index, id): (usize, &&str)| InstanceHealth {
        instance: (**id).into(),
        status: Some("Ok".into()),
        causes: Vec::new(),
        version_label: Some("v42".into()),
        deployment: Some((42, "Deployed".into())),
        launched: Some(ago(3_000)),
        root_volume_used: Some(Percent(3_100)),
        cpu_idle: Some(Percent(9_200)),
        instance_type: Some("t3.small".into()),
        zone: Some(["us-west-2a", "us-west-2b"][index % 2].into()),
    };
    INSTANCES.iter().enumerate().map(of).collect()
}

fn version() -> ApplicationVersion {
    ApplicationVersion {
        label: "v42".into(),
        status: Some("Processed".into()),
        bundle: Some((format!("elasticbeanstalk-{REGION}-{ACCOUNT}"), "shop/v42.zip".into())),
        created: Some(ago(3_010)),
    }
}

fn platforms(world: &mut Snapshot) {
    let of = |arn: &str, number: &str, lifecycle: Option<&str>| PlatformVersion {
        arn: arn.into(),
        version: Some(number.to_owned()),
        branch: Some("Node.js 20 running on 64bit Amazon Linux 2023".into()),
        branch_state: Some("supported".into()),
        lifecycle: lifecycle.map(str::to_owned),
        status: Some("Ready".into()),
        solution_stack: Some(format!("64bit Amazon Linux 2023 v{number} running Node.js 20")),
        images: vec!["ami-0a1b".into()],
    };
    let current = of(PLATFORM, "6.4.3", None);
    world.platforms.current = known("elasticbeanstalk:DescribePlatformVersion", current.clone());
    let versions = vec![of(NEWER_PLATFORM, "6.5.1", Some("recommended")), current];
    world.platforms.versions = known("elasticbeanstalk:ListPlatformVersions", versions);
    let branch = PlatformBranch {
        name: "Node.js 20 running on 64bit Amazon Linux 2023".into(),
        state: Some("supported".into()),
        order: Some(3),
    };
    world.platforms.branches = known("elasticbeanstalk:ListPlatformBranches", vec![branch]);
    let stacks = ["v6.5.1", "v6.4.3"]
        .map(|version| format!("64bit Amazon Linux 2023 {version} running Node.js 20"));
    world.platforms.solution_stacks =
        known("elasticbeanstalk:ListAvailableSolutionStacks", stacks.to_vec());
}

/// A deployment two days ago that went well.
fn history(world: &mut Snapshot) {
    world.events = known("elasticbeanstalk:DescribeEvents", Vec::new());
    event(world, 3_005, "INFO", "Environment update is starting.");
    event(world, 3_004, "INFO", "Deploying new version to instance(s).");
    event(world, 3_001, "INFO", "New application version was deployed to running EC2 instances.");
    event(world, 3_000, "INFO", "Environment update completed successfully.");
    for event in world.events.value_mut().into_iter().flatten() {
        event.platform_arn = Some(PLATFORM.into());
        event.version_label = Some("v42".into());
    }
}

fn stack() -> StackFacts {
    let own = Stack {
        name: STACK.into(),
        arn: format!("arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/0a1b").into(),
        status: "UPDATE_COMPLETE".into(),
        reason: None,
        created: Some(ago(400_000)),
        updated: Some(ago(3_000)),
        deleted: None,
        protected: Some(false),
        role: None,
        parent: None,
        root: None,
        rollback_disabled: Some(false),
        exports: Vec::new(),
        tags: vec![("elasticbeanstalk:environment-id".into(), ID.into())],
        parameters: Vec::new(),
    };
    let resource = |(logical, physical, kind): (&str, &str, &str)| StackResource {
        logical: logical.into(),
        physical: Some(physical.to_owned()),
        kind: kind.to_owned(),
        status: "CREATE_COMPLETE".into(),
        reason: None,
        at: Some(ago(400_000)),
        drift: None,
    };
    StackFacts {
        stack: known("cloudformation:DescribeStacks", own),
        resources: known(
            "cloudformation:DescribeStackResources",
            RESOURCES.into_iter().map(resource).collect(),
        ),
        events: known("cloudformation:DescribeStackEvents", Vec::new()),
        importers: known("cloudformation:ListImports", Vec::new()),
        policy: crate::world::examples::absent("cloudformation:GetStackPolicy"),
    }
}

/// Zone, private and public subnet in which the example places things, for the other files.
pub(super) fn zone_of(index: usize) -> (&'static str, &'static str, &'static str) {
    [("us-west-2a", PRIVATE[0], PUBLIC[0]), ("us-west-2b", PRIVATE[1], PUBLIC[1])][index % 2]
}
