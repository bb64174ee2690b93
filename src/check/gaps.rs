//! What could not be looked at, in plain words.

use super::NotChecked;
use crate::world::{Gap, Observed, Snapshot, Source, Unreadable};

/// What an operation would have told.
const WORDS: [(&str, &str); 46] = [
    ("ec2:DescribeVpcs", "VPCs"),
    ("ec2:DescribeVpcAttribute", "the VPC's DNS attributes"),
    ("ec2:DescribeDhcpOptions", "DHCP options"),
    ("ec2:DescribeSubnets", "subnets"),
    ("ec2:DescribeRouteTables", "route tables"),
    ("ec2:DescribeInternetGateways", "internet gateways"),
    ("ec2:DescribeNatGateways", "NAT gateways"),
    ("ec2:DescribeNetworkAcls", "network ACLs"),
    ("ec2:DescribeSecurityGroups", "security groups"),
    ("ec2:DescribeVpcEndpoints", "VPC endpoints"),
    ("ec2:DescribeVpcPeeringConnections", "peering connections"),
    ("ec2:DescribeNetworkInterfaces", "network interfaces"),
    ("ec2:DescribeAddresses", "Elastic IP addresses"),
    ("ec2:DescribePrefixLists", "prefix lists"),
    ("ec2:DescribeManagedPrefixLists", "prefix lists"),
    ("ec2:DescribeAvailabilityZones", "Availability Zones"),
    ("ec2:DescribeInstances", "instances"),
    ("ec2:DescribeInstanceStatus", "EC2's status checks"),
    ("ec2:DescribeImages", "machine images"),
    ("ec2:DescribeLaunchTemplateVersions", "launch templates"),
    ("ec2:DescribeInstanceTypeOfferings", "instance types by zone"),
    ("ec2:DescribeInstanceTypes", "instance types"),
    ("ec2:DescribeKeyPairs", "key pairs"),
    ("autoscaling:DescribeAutoScalingGroups", "Auto Scaling groups"),
    ("autoscaling:DescribeScalingActivities", "scaling activities"),
    ("autoscaling:DescribeNotificationConfigurations", "Auto Scaling notifications"),
    ("autoscaling:DescribeScheduledActions", "scheduled actions"),
    ("cloudformation:DescribeStacks", "the stack"),
    ("cloudformation:DescribeStackResources", "the stack's resources"),
    ("cloudformation:DescribeStackEvents", "the stack's events"),
    ("cloudformation:ListImports", "who imports the stack's exports"),
    ("cloudformation:GetStackPolicy", "the stack's policy"),
    ("cloudtrail:LookupEvents", "who changed what (CloudTrail)"),
    ("elasticbeanstalk:DescribeEvents", "the environment's events"),
    ("elasticbeanstalk:DescribeConfigurationSettings", "the environment's configuration"),
    ("elasticbeanstalk:DescribeEnvironmentHealth", "the environment's health"),
    ("elasticbeanstalk:DescribeInstancesHealth", "the instances' health"),
    ("elasticbeanstalk:DescribeEnvironmentResources", "the environment's resources"),
    ("elasticbeanstalk:DescribePlatformVersion", "the platform version"),
    ("elasticloadbalancing:DescribeLoadBalancers", "load balancers"),
    ("elasticloadbalancing:DescribeTargetHealth", "target health"),
    ("rds:DescribeDBInstances", "databases"),
    ("iam:GetRole", "roles"),
    ("iam:GetInstanceProfile", "the instance profile"),
    ("servicequotas:GetServiceQuota", "quotas"),
    ("sesv2:GetAccount", "mail"),
];

/// The operation in plain words; its own name without the verb where there are none.
fn words(operation: &str) -> String {
    if let Some((_, words)) = WORDS.iter().find(|(own, _)| *own == operation) {
        return (*words).to_owned();
    }
    let name = operation.split_once(':').map_or(operation, |(_, name)| name);
    let verbs = ["Describe", "List", "Get", "Lookup", "Head", "Validate"];
    let bare = verbs.iter().find_map(|verb| name.strip_prefix(verb)).unwrap_or(name);
    let mut spaced = String::new();
    let mut previous = ' ';
    for c in bare.chars() {
        if c.is_uppercase() && previous.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(c);
        previous = c;
    }
    spaced.to_lowercase()
}

/// The gap of a check as a line, unless nobody had asked or there was nothing to see.
pub(super) fn line(gap: &Gap) -> Option<NotChecked> {
    let silent = gap.needs.is_empty() || gap.reason == "absent" || gap.reason == "not collected";
    (!silent).then(|| NotChecked {
        what: words(&gap.needs),
        needs: gap.needs.clone(),
        reason: gap.reason.clone(),
    })
}

/// Adds each of these observations that AWS refused.
macro_rules! look {
    ($all:ident: $($field:expr),* $(,)?) => {$( push($all, &$field); )*};
}

/// Everything in a snapshot that AWS did not show.
pub(super) fn unreadable(world: &Snapshot) -> Vec<(&Source, &Unreadable)> {
    let mut all = Vec::new();
    of_environment(world, &mut all);
    of_network(world, &mut all);
    of_instances(world, &mut all);
    of_services(world, &mut all);
    let found = &mut all;
    for facts in world.stacks.values() {
        look!(found: facts.stack, facts.resources, facts.events, facts.importers, facts.policy);
    }
    for owner in world.owners.values() {
        push(found, owner);
    }
    all
}

fn of_environment<'a>(world: &'a Snapshot, all: &mut Vec<(&'a Source, &'a Unreadable)>) {
    let (managed, platforms) = (&world.managed, &world.platforms);
    look!(
        all: world.caller, world.environment, world.neighbours, world.events, world.settings,
        world.resources, world.health, world.instances_health, managed.pending, managed.history,
        platforms.current, platforms.versions, platforms.branches, platforms.solution_stacks,
        world.versions, world.validation, world.trail,
    );
}

fn of_network<'a>(world: &'a Snapshot, all: &mut Vec<(&'a Source, &'a Unreadable)>) {
    let network = &world.network;
    look!(
        all: network.vpcs, network.dns_support, network.dns_hostnames, network.dhcp_options,
        network.subnets, network.route_tables, network.internet_gateways, network.nat_gateways,
        network.acls, network.groups, network.endpoints, network.peerings, network.interfaces,
        network.addresses, network.prefix_lists, network.zones, network.endpoint_services,
    );
}

fn of_instances<'a>(world: &'a Snapshot, all: &mut Vec<(&'a Source, &'a Unreadable)>) {
    let (compute, scaling, balancing) = (&world.compute, &world.scaling, &world.balancing);
    look!(
        all: compute.instances, compute.statuses, compute.images, compute.launch_templates,
        compute.offerings, compute.types, compute.key_pairs, compute.running_vcpus,
        scaling.groups, scaling.activities, scaling.notifications, scaling.scheduled,
        scaling.launch_configurations, balancing.load_balancers, balancing.target_groups,
        balancing.targets, balancing.listeners,
    );
}

fn of_services<'a>(world: &'a Snapshot, all: &mut Vec<(&'a Source, &'a Unreadable)>) {
    let (identity, mail, around) = (&world.identity, &world.mail, &world.surroundings);
    look!(
        all: world.databases.instances, world.databases.snapshots, identity.profile,
        identity.instance_role, identity.service_role, identity.operations_role,
        identity.stack_role, identity.balancing_role, identity.simulated, identity.access_keys,
        mail.account, mail.identities, mail.suppressed, mail.elsewhere, mail.configuration_sets,
        around.queues, around.buckets, around.bundle, around.quotas, around.beanstalk_quotas,
    );
}

fn push<'a, T>(all: &mut Vec<(&'a Source, &'a Unreadable)>, observed: &'a Observed<T>) {
    if let Observed::Unreadable { why, source } = observed {
        all.push((source, why));
    }
}

/// All lines: what checks lacked and what else AWS did not show, each operation once.
pub(super) fn lines(world: &Snapshot, gaps: &[Gap]) -> Vec<NotChecked> {
    let seen = unreadable(world).into_iter().map(|(source, why)| NotChecked {
        what: words(&source.operation),
        needs: source.operation.clone(),
        reason: why.code.clone(),
    });
    let mut all: Vec<NotChecked> = gaps.iter().filter_map(line).chain(seen).collect();
    all.extend(refused(world));
    all.extend(classic(world));
    // Stable, so that what a check said of an operation stands before the bare refusal.
    all.sort_by(|one, other| one.needs.cmp(&other.needs));
    all.dedup_by(|one, other| one.needs == other.needs);
    all
}

/// Classic load balancers, whose API is another one than that of the younger ones, and is not asked
/// here: nothing is known of them, and so nothing is claimed.
fn classic(world: &Snapshot) -> Option<NotChecked> {
    let made = world.resources.value().map_or(&[][..], |made| made.load_balancers.as_slice());
    let names: Vec<String> = made
        .iter()
        .filter(|name| !name.starts_with("arn:"))
        .map(|name| format!("`{name}`"))
        .collect();
    (!names.is_empty()).then(|| NotChecked {
        what: format!("the classic load balancer {} and its instances", names.join(", ")),
        needs: "elasticloadbalancing:DescribeInstanceHealth".to_owned(),
        reason: "classic load balancers are not read".to_owned(),
    })
}

/// Calls that AWS refused for want of permission, also where what they tell is only one part of an
/// observation, or stood in for by another call.
fn refused(world: &Snapshot) -> impl Iterator<Item = NotChecked> {
    // S3 answers `HEAD` without a body, so that its status stands for the code.
    let codes = ["AccessDenied", "UnauthorizedOperation", "NotAuthorized", "Forbidden", "403"];
    let is_refusal = move |outcome: &str| codes.iter().any(|code| outcome.contains(code));
    world.calls.iter().filter(move |call| is_refusal(&call.outcome)).map(|call| NotChecked {
        what: words(&call.operation),
        needs: call.operation.clone(),
        reason: call.outcome.clone(),
    })
}
