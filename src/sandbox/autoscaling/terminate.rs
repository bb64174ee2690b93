//! Ending instances.

#![expect(clippy::filter_map_next, reason = "plainer as it is written")]

use serde_json::{Value, json};

use super::activity::{self, Beginning, at};
use super::group::Group;
use super::{activity as activities, invalid, itself, launch, scale};
use crate::sandbox::{Account, Answer, Call, Params, Service};

/// Seconds between two looks at an instance that is ending.
const LOOK: i64 = 15;

/// Ends `count` instances because the group is too large.
pub(super) fn shrink(account: &mut Account, name: &str, count: usize) {
    let Some(group) = account.here.autoscaling.group(name) else { return };
    let chosen = choose(group, count);
    let (size, now) = (group.size(), at(account.now()));
    let mut cause = format!(
        "{}At {now} an instance was taken out of service in response to a difference between \
         desired and actual capacity, shrinking the capacity from {size} to {}.",
        group.why,
        size - chosen.len()
    );
    for id in &chosen {
        cause.push_str(&format!("  At {now} instance {id} was selected for termination."));
    }
    for id in chosen {
        end(account, name, &id, &cause);
    }
}

/// The instances that go first: from the fullest zone, the oldest.
fn choose(group: &Group, count: usize) -> Vec<String> {
    let mut left: Vec<_> = group
        .members
        .iter()
        .filter(|member| !matches!(member.lifecycle, "Terminating" | "Standby"))
        .filter(|member| !member.protected || group.deleting)
        .collect();
    left.sort_by_key(|member| member.launched);
    let mut chosen = Vec::new();
    while chosen.len() < count && !left.is_empty() {
        let in_zone = |zone: &str| left.iter().filter(|member| member.zone == zone).count();
        let fullest = left.iter().map(|member| in_zone(&member.zone)).max().unwrap_or(0);
        let next = left.iter().position(|member| in_zone(&member.zone) == fullest).unwrap_or(0);
        chosen.push(left.remove(next).id.clone());
    }
    chosen
}

/// Begins to end one instance.
pub(super) fn end(account: &mut Account, name: &str, id: &str, cause: &str) -> Option<String> {
    let group = account.here.autoscaling.group(name)?;
    let member = group.members.iter().find(|member| member.id == id)?;
    if member.lifecycle == "Terminating" {
        return Some(member.activity.clone());
    }
    let beginning = Beginning {
        description: format!("Terminating EC2 instance: {id}"),
        cause: cause.to_owned(),
        subnet: member.subnet.clone(),
        zone: member.zone.clone(),
    };
    let registered = member.lifecycle == "InService";
    let group = group.clone();
    let activity = activity::begin(account, name, beginning);
    let found = account.here.autoscaling.group_mut(name)?;
    if let Some(member) = found.members.iter_mut().find(|member| member.id == id) {
        member.lifecycle = "Terminating";
        member.activity.clone_from(&activity);
    }
    let wait = if registered { deregister(account, &group, id) } else { 0 };
    let (name, id) = (name.to_owned(), id.to_owned());
    account.later(wait, move |account| stop(account, &name, &id));
    Some(activity)
}

/// Takes an instance from target groups and load balancers; the answer is how long it drains.
pub(super) fn deregister(account: &mut Account, group: &Group, id: &str) -> i64 {
    let caller = itself(account);
    let mut longest = 0;
    for arn in &group.target_groups {
        let params = json!({"TargetGroupArn": arn, "Targets": [{"Id": id}]});
        let result = account.call(&caller, Service::LoadBalancing, "DeregisterTargets", params);
        if result.is_ok() {
            longest = longest.max(drain(account, arn));
        }
    }
    for balancer in &group.balancers {
        let params = json!({"LoadBalancerName": balancer, "Instances": [{"InstanceId": id}]});
        let operation = "DeregisterInstancesFromLoadBalancer";
        let _ = account.call(&caller, Service::ClassicLoadBalancing, operation, params);
    }
    longest
}

/// The deregistration delay of a target group that serves.
fn drain(account: &mut Account, arn: &str) -> i64 {
    let caller = itself(account);
    let params = json!({"TargetGroupArn": arn});
    let operation = "DescribeTargetGroupAttributes";
    let answer = account.call(&caller, Service::LoadBalancing, operation, params);
    let answer = answer.unwrap_or_default();
    let attributes = answer.list("Attributes").iter();
    let delay =
        attributes.filter(|it| it.text("Key") == Some("deregistration_delay.timeout_seconds"));
    delay.filter_map(|it| it.text("Value")?.parse().ok()).next().unwrap_or(0)
}

/// Has EC2 end the instance.
fn stop(account: &mut Account, name: &str, id: &str) {
    let caller = itself(account);
    let params = json!({"InstanceId": [id]});
    // An instance that is gone already needs no ending.
    let _ = account.call(&caller, Service::Ec2, "TerminateInstances", params);
    let (name, id) = (name.to_owned(), id.to_owned());
    account.later(LOOK, move |account| watch(account, &name, &id));
}

/// Looks whether an instance has ended; then it leaves the group.
fn watch(account: &mut Account, name: &str, id: &str) {
    let state = launch::state(account, id);
    if !matches!(state, "terminated" | "") {
        let (name, id) = (name.to_owned(), id.to_owned());
        account.later(LOOK, move |account| watch(account, &name, &id));
        return;
    }
    let Some(group) = account.here.autoscaling.group_mut(name) else { return };
    let member = group.members.iter().find(|member| member.id == id);
    let activity = member.map(|member| member.activity.clone());
    group.members.retain(|member| member.id != id);
    let over = group.deleting && group.members.is_empty();
    if let Some(activity) = activity {
        activities::end(account, &activity, None);
    }
    if over {
        super::requests::remove(account, name);
    } else {
        scale::soon(account, name);
    }
}

/// TerminateInstanceInAutoScalingGroup.
pub(super) fn asked_for(account: &mut Account, call: &Call) -> Answer {
    let id = call.params.need("InstanceId")?;
    let decrement = call.params.flag("ShouldDecrementDesiredCapacity");
    let now = at(account.now());
    let groups = &mut account.here.autoscaling.groups;
    let group = groups.iter_mut().find(|group| group.members.iter().any(|it| it.id == id));
    let Some(group) = group else {
        return Err(invalid(format!(
            "Instance Id not found - No managed instance found for instance ID: {id}"
        )));
    };
    let mut cause =
        format!("At {now} instance {id} was taken out of service in response to a user request");
    if decrement {
        if group.desired <= group.min {
            return Err(invalid(format!(
                "Currently, desiredSize equals minSize ({}). Terminating instance without \
                 replacement will violate group's min size constraint. Either set \
                 shouldDecrementDesiredCapacity flag to false or lower group's min size.",
                group.min
            )));
        }
        let size = group.desired;
        group.desired -= 1;
        cause.push_str(&format!(", shrinking the capacity from {size} to {}", size - 1));
    } else {
        group.why = format!(
            "At {now} an instance was launched in response to an unhealthy instance needing to be \
             replaced.  "
        );
    }
    cause.push('.');
    let name = group.name.clone();
    let activity = end(account, &name, id, &cause);
    scale::soon(account, &name);
    let row: Option<Value> = account
        .here
        .autoscaling
        .activities
        .iter()
        .find(|it| Some(&it.id) == activity.as_ref())
        .map(activities::row);
    Ok(json!({"Activity": row}))
}
