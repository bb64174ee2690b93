//! Elastic Load Balancing of both generations.

mod attributes;
mod balancer;
mod classic;
mod listener;
mod rows;
mod target;
mod target_group;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;

pub use balancer::Balancer;
pub use classic::Classic;
pub(super) use classic::states as classic_states;
pub use listener::{Listener, Rule};
pub use target::{Answering, Target};
pub(super) use target::{state_of, states};
pub use target_group::TargetGroup;

use super::{Account, Answer, Call, Fault};

/// The load balancers of a region.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Balancing {
    /// Application and network load balancers, by ARN.
    pub balancers: BTreeMap<String, Balancer>,
    /// Target groups, by ARN.
    pub target_groups: BTreeMap<String, TargetGroup>,
    /// Listeners, by ARN.
    pub listeners: BTreeMap<String, Listener>,
    /// Classic load balancers, by name.
    pub classics: BTreeMap<String, Classic>,
    /// What instances answer to health checks. One that is not named answers 200.
    pub answers: BTreeMap<String, Answering>,
}

/// Says what an instance's application answers from now on.
pub fn answers(account: &mut Account, instance: &str, answering: Answering) {
    account.here.balancing.answers.insert(instance.to_owned(), answering);
}

/// Answers a call to this service.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    match call.operation.as_str() {
        "CreateLoadBalancer" => balancer::create(account, call),
        "DeleteLoadBalancer" => balancer::delete(account, call),
        "DescribeLoadBalancers" => balancer::describe(account, call),
        "SetSecurityGroups" => balancer::set_groups(account, call),
        "SetSubnets" => balancer::set_subnets(account, call),
        "DescribeLoadBalancerAttributes" => attributes::of_balancer(account, call),
        "ModifyLoadBalancerAttributes" => attributes::change_balancer(account, call),
        "CreateTargetGroup" => target_group::create(account, call),
        "ModifyTargetGroup" => target_group::modify(account, call),
        "DeleteTargetGroup" => target_group::delete(account, call),
        "DescribeTargetGroups" => target_group::describe(account, call),
        "DescribeTargetGroupAttributes" => attributes::of_target_group(account, call),
        "ModifyTargetGroupAttributes" => attributes::change_target_group(account, call),
        "RegisterTargets" => target::register(account, call),
        "DeregisterTargets" => target::deregister(account, call),
        "DescribeTargetHealth" => target::health(account, call),
        "CreateListener" => listener::create(account, call),
        "ModifyListener" => listener::modify(account, call),
        "DeleteListener" => listener::delete(account, call),
        "DescribeListeners" => listener::describe(account, call),
        "CreateRule" => listener::create_rule(account, call),
        "ModifyRule" => listener::modify_rule(account, call),
        "SetRulePriorities" => listener::set_priorities(account, call),
        "DeleteRule" => listener::delete_rule(account, call),
        "DescribeRules" => listener::describe_rules(account, call),
        "DescribeTags" => rows::tags(account, call),
        "AddTags" => rows::add_tags(account, call),
        "RemoveTags" => rows::remove_tags(account, call),
        "DescribeAccountLimits" => Ok(serde_json::json!({"Limits": [
            {"Name": "application-load-balancers", "Max": "50"},
            {"Name": "target-groups", "Max": "3000"},
        ]})),
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

/// Answers a call to the service of classic load balancers.
pub(super) fn handle_classic(account: &mut Account, call: &Call) -> Answer {
    match call.operation.as_str() {
        "CreateLoadBalancer" => classic::create(account, call),
        "DeleteLoadBalancer" => classic::delete(account, call),
        "DescribeLoadBalancers" => classic::describe(account, call),
        "DescribeLoadBalancerAttributes" => classic::attributes(account, call),
        "ModifyLoadBalancerAttributes" => classic::change_attributes(account, call),
        "DescribeTags" => classic::tags(account, call),
        "ConfigureHealthCheck" => classic::check(account, call),
        "RegisterInstancesWithLoadBalancer" => classic::register(account, call),
        "DeregisterInstancesFromLoadBalancer" => classic::deregister(account, call),
        "DescribeInstanceHealth" => classic::health(account, call),
        "ApplySecurityGroupsToLoadBalancer" => classic::set_groups(account, call),
        "CreateLoadBalancerListeners" => classic::add_listeners(account, call),
        "DeleteLoadBalancerListeners" => classic::remove_listeners(account, call),
        "AttachLoadBalancerToSubnets" => classic::attach(account, call),
        "DetachLoadBalancerFromSubnets" => classic::detach(account, call),
        "AddTags" => classic::add_tags(account, call),
        "RemoveTags" => classic::remove_tags(account, call),
        "DescribeAccountLimits" => Ok(serde_json::json!({"Limits": [
            {"Name": "classic-load-balancers", "Max": "20"},
            {"Name": "classic-listeners", "Max": "100"},
            {"Name": "classic-registered-instances", "Max": "1000"},
        ]})),
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

/// A `ValidationError`.
fn invalid(message: impl Into<String>) -> Fault {
    Fault::new("ValidationError", message)
}
