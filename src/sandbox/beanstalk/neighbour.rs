//! What Elastic Beanstalk has to do with other services.
//!
//! Whatever changes something goes through the same calls that a client has, so that CloudTrail
//! tells of it and what stands against it stands against this too. What is only looked at, every
//! few seconds of a story of days, is read where it is.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::environment::Environment;
use super::name;
use crate::sandbox::autoscaling::{Group, Member};
use crate::sandbox::cloudformation::{self, ResourceStatus, Stack};
use crate::sandbox::iam::Profile;
use crate::sandbox::{Account, Caller, Params, Service, balancing};

/// In whose name Elastic Beanstalk looks at things.
fn own(account: &Account) -> Caller {
    Caller::user(&account.id, "elasticbeanstalk").through("elasticbeanstalk.amazonaws.com")
}

fn ask(account: &mut Account, service: Service, operation: &str, params: Value) -> Option<Value> {
    let caller = own(account);
    account.call(&caller, service, operation, params).ok()
}

/// The physical name of a resource of the environment's stack.
pub(super) fn physical(account: &Account, environment: &str, logical: &str) -> Option<String> {
    let stack = account.here.cloudformation.find(&name::stack(environment))?;
    standing(stack, logical)
}

/// The physical name of a resource that a stack has made and not deleted.
fn standing(stack: &Stack, logical: &str) -> Option<String> {
    let resource = stack.resources.get(logical)?;
    let gone = resource.physical.is_empty() || resource.status == ResourceStatus::DeleteComplete;
    (!gone).then(|| resource.physical.clone())
}

/// The names of the environment's groups: its own, and the one of an immutable update.
pub(super) fn groups(account: &Account, environment: &str) -> Vec<String> {
    let stacks = [name::stack(environment), name::immutable_stack(environment)];
    let group = |stack: &String| {
        standing(account.here.cloudformation.find(stack)?, "AWSEBAutoScalingGroup")
    };
    stacks.iter().filter_map(group).collect()
}

/// One Auto Scaling group.
pub(super) fn group<'a>(account: &'a Account, name: &str) -> Option<&'a Group> {
    account.here.autoscaling.group(name)
}

/// The instances in a group that are not on their way out.
fn members(account: &Account, group_name: &str) -> Vec<String> {
    let Some(group) = group(account, group_name) else { return Vec::new() };
    let staying = |member: &&Member| {
        !member.lifecycle.starts_with("Terminat") && !member.lifecycle.starts_with("Detach")
    };
    group.members.iter().filter(staying).map(|member| member.id.clone()).collect()
}

/// The environment's instances.
pub(super) fn instances(account: &Account, environment: &str) -> Vec<String> {
    let groups = groups(account, environment);
    groups.iter().flat_map(|group| members(account, group)).collect()
}

/// The instances of an immutable update's temporary group.
pub(super) fn temporary_instances(account: &Account, environment: &str) -> Vec<String> {
    let prefix = name::immutable_stack(environment);
    let groups = groups(account, environment);
    let groups = groups.iter().filter(|group| group.starts_with(&prefix));
    groups.flat_map(|group| members(account, group)).collect()
}

/// How many instances the environment's own group wants.
pub(super) fn desired(account: &Account, environment: &str) -> usize {
    let name = physical(account, environment, "AWSEBAutoScalingGroup");
    name.and_then(|name| group(account, &name)).map_or(0, |group| group.desired)
}

/// Ends the instances of the environment's own group, one and all; the group makes new ones.
pub(super) fn replace_instances(account: &mut Account, environment: &str) {
    let Some(name) = physical(account, environment, "AWSEBAutoScalingGroup") else { return };
    for instance in members(account, &name) {
        let params = json!({ "InstanceId": instance, "ShouldDecrementDesiredCapacity": false });
        ask(account, Service::AutoScaling, "TerminateInstanceInAutoScalingGroup", params);
        if let Some(found) = account.here.beanstalk.environments.get_mut(environment) {
            found.agents.remove(&instance);
        }
    }
}

/// One instance as EC2 describes it.
pub(super) fn instance(account: &mut Account, id: &str) -> Option<Value> {
    let answer = ask(account, Service::Ec2, "DescribeInstances", json!({ "InstanceId": [id] }))?;
    answer.list("reservationSet").first()?.list("instancesSet").first().cloned()
}

/// When an instance was launched, if it runs or is about to.
pub(super) fn running_since(account: &Account, id: &str) -> Option<Timestamp> {
    let found = account.here.ec2.instances.get(id)?;
    matches!(found.state, "pending" | "running").then_some(found.launched)
}

/// The image an instance was made from.
pub(super) fn image(account: &Account, id: &str) -> Option<String> {
    account.here.ec2.instances.get(id).map(|found| found.image.clone())
}

/// Whether an instance profile is there.
pub(super) fn profile_exists(account: &Account, profile: &str) -> bool {
    profile_of(account, profile).is_some()
}

fn profile_of<'a>(account: &'a Account, profile: &str) -> Option<&'a Profile> {
    account.everywhere.iam.profiles.get(short(profile))
}

/// The last part of a name that may be an ARN or stand on a path.
fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Whether an instance profile is there and has a role that is.
pub(super) fn profile_works(account: &Account, profile: &str) -> bool {
    let role = profile_of(account, profile).and_then(|found| found.roles.first());
    role.is_some_and(|role| role_exists(account, role))
}

/// Whether a role is there.
pub(super) fn role_exists(account: &Account, role: &str) -> bool {
    account.everywhere.iam.role(role).is_some()
}

/// Whether Elastic Beanstalk can take a role on: it is there and trusts it.
pub(super) fn role_trusts(account: &Account, role: &str) -> bool {
    let found = account.everywhere.iam.role(short(role));
    found.is_some_and(|role| role.trust.contains("elasticbeanstalk"))
}

/// Passes an instance's signal on to what waits for it in the stack.
pub(super) fn signal(account: &mut Account, environment: &str, instance: &str, good: bool) {
    for stack in [name::stack(environment), name::immutable_stack(environment)] {
        for logical in ["AWSEBInstanceLaunchWaitCondition", "AWSEBAutoScalingGroup"] {
            // Whatever does not wait for it does not miss it.
            let _ = cloudformation::signal(account, &stack, logical, instance, good);
        }
    }
}

/// Makes the region's bucket, unless it is there.
pub(super) fn bucket(account: &mut Account, caller: &Caller) {
    if account.here.beanstalk.has_bucket {
        return;
    }
    account.here.beanstalk.has_bucket = true;
    let params = json!({ "Bucket": name::bucket(account) });
    let _ = account.call(caller, Service::S3, "CreateBucket", params);
}

/// Where AWS keeps the sample application of the region, which is deployed where no bundle is
/// given; it is there from then on.
pub(super) fn sample_bundle(account: &mut Account) -> (String, String) {
    let bucket = format!("elasticbeanstalk-samples-{}", account.region);
    let key = "generic-sample.zip".to_owned();
    if object_trouble(account, &bucket, &key).is_some() {
        let caller = own(account);
        // A bucket that is there already refuses to be made again, which is as well.
        let made = json!({ "Bucket": bucket });
        let _ = account.call(&caller, Service::S3, "CreateBucket", made);
        let put = json!({ "Bucket": bucket, "Key": key, "Body": "sample" });
        let _ = account.call(&caller, Service::S3, "PutObject", put);
    }
    (bucket, key)
}

/// Why a bundle cannot be fetched, if it cannot.
pub(super) fn object_trouble(
    account: &mut Account,
    bucket: &str,
    key: &str,
) -> Option<&'static str> {
    let caller = own(account);
    let params = json!({ "Bucket": bucket, "Key": key });
    match account.call(&caller, Service::S3, "HeadObject", params) {
        Ok(_) => None,
        Err(fault) => match fault.status {
            404 => Some("Not Found"),
            403 => Some("Forbidden"),
            301 => Some("Moved Permanently"),
            _ => None,
        },
    }
}

/// The load balancer's resource in an environment's stack: its logical id, by generation.
const BALANCERS: [&str; 2] = ["AWSEBV2LoadBalancer", "AWSEBLoadBalancer"];

/// The DNS name of the environment's load balancer, or the address of its single instance.
pub(super) fn endpoint(account: &Account, found: &Environment) -> Option<String> {
    let stack = account.here.cloudformation.find(&name::stack(&found.id))?;
    let standing_one = BALANCERS.iter().find(|logical| standing(stack, logical).is_some());
    if let Some(logical) = standing_one {
        let balancer = stack.resources.get(*logical)?;
        return balancer.attributes.text("DNSName").map(str::to_owned);
    }
    standing(stack, "AWSEBEIP")
}

/// The environment's load balancer as its stack has it: an ARN, or a classic one's name.
pub(super) fn balancer(account: &Account, environment: &str) -> Option<String> {
    BALANCERS.iter().find_map(|logical| physical(account, environment, logical))
}

/// What the environment's load balancer says of its instances: instance and state.
pub(super) fn targets(account: &Account, environment: &str) -> Option<Vec<(String, String)>> {
    if let Some(name) = physical(account, environment, "AWSEBLoadBalancer") {
        return balancing::classic_states(account, &name);
    }
    let arn = physical(account, environment, "AWSEBV2LoadBalancerTargetGroup")?;
    balancing::states(account, &arn)
}

/// Whether the environment's load balancer is there, if its stack says that it has one.
pub(super) fn balancer_there(account: &Account, environment: &str) -> bool {
    let Some(name) = balancer(account, environment) else { return true };
    let known = &account.here.balancing;
    known.balancers.contains_key(&name) || known.classics.contains_key(&name)
}

/// Gives the single instance of an environment its address.
pub(super) fn associate_address(account: &mut Account, environment: &str, instance: &str) {
    let Some(stack) = account.here.cloudformation.find(&name::stack(environment)) else { return };
    let Some(address) = stack.resources.get("AWSEBEIP") else { return };
    let Some(allocation) = address.attributes.text("AllocationId").map(str::to_owned) else {
        return;
    };
    let params = json!({ "AllocationId": allocation, "InstanceId": instance });
    ask(account, Service::Ec2, "AssociateAddress", params);
}

/// The subnets of the region's default network, one of each zone.
pub(super) fn default_subnets(account: &Account) -> Vec<String> {
    let all = account.here.ec2.subnets.values().filter(|subnet| subnet.default_for_zone);
    all.map(|subnet| subnet.id.clone()).collect()
}

/// Whether a subnet is there.
pub(super) fn subnet_exists(account: &Account, subnet: &str) -> bool {
    account.here.ec2.subnets.contains_key(subnet)
}
