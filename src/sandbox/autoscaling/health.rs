//! Health checks: instances that do not run, or do not answer their load balancer, are replaced.

use serde_json::json;

use super::activity::at;
use super::{launch, scale, terminate};
use crate::sandbox::{Account, Answer, Call, Params, balancing};

/// Seconds between two looks at the instances of a group.
const EVERY: i64 = 60;

/// Looks at a group's instances from now on, as long as it has some.
pub(super) fn keep_looking(account: &mut Account, name: &str) {
    let Some(group) = account.here.autoscaling.group_mut(name) else { return };
    if !group.watched {
        group.watched = true;
        plan(account, name);
    }
}

fn plan(account: &mut Account, name: &str) {
    let name = name.to_owned();
    account.later(EVERY, move |account| look(account, &name));
}

/// Looks at each instance in service.
fn look(account: &mut Account, name: &str) {
    let Some(group) = account.here.autoscaling.group(name).cloned() else { return };
    let serving: Vec<_> =
        group.members.iter().filter(|member| member.lifecycle == "InService").cloned().collect();
    if serving.is_empty() {
        if let Some(group) = account.here.autoscaling.group_mut(name) {
            group.watched = false;
        }
        return;
    }
    plan(account, name);
    if group.suspends("HealthCheck") {
        return;
    }
    let now = account.now();
    for member in serving {
        let settled = now.duration_since(member.launched).as_secs() >= group.grace;
        let reason = if !member.healthy {
            Some("a user health-check".to_owned())
        } else if launch::state(account, &member.id) != "running" {
            Some("an EC2 health check indicating it has been terminated or stopped".to_owned())
        } else if settled
            && group.health_check.contains("ELB")
            && failing(account, &group, &member.id)
        {
            Some("an ELB system health check failure".to_owned())
        } else {
            None
        };
        if let Some(reason) = reason {
            replace(account, name, &member.id, &reason);
        }
    }
}

/// Whether one of the group's target groups or load balancers finds an instance unhealthy.
fn failing(account: &Account, group: &super::Group, id: &str) -> bool {
    let ill = |arn: &String| {
        balancing::state_of(account, arn, id).is_some_and(|state| state == "unhealthy")
    };
    let out = |name: &String| {
        let states = balancing::classic_states(account, name).unwrap_or_default();
        states.iter().any(|(it, state)| it == id && state == "unhealthy")
    };
    group.target_groups.iter().any(ill) || group.balancers.iter().any(out)
}

/// Ends an unhealthy instance; the group launches another one.
fn replace(account: &mut Account, name: &str, id: &str, reason: &str) {
    let now = at(account.now());
    let Some(group) = account.here.autoscaling.group_mut(name) else { return };
    if let Some(member) = group.members.iter_mut().find(|member| member.id == id) {
        member.healthy = false;
    }
    if group.suspends("ReplaceUnhealthy") {
        return;
    }
    group.why = format!(
        "At {now} an instance was launched in response to an unhealthy instance needing to be \
         replaced.  "
    );
    let cause = format!("At {now} an instance was taken out of service in response to {reason}.");
    terminate::end(account, name, id, &cause);
    scale::soon(account, name);
}

/// SetInstanceHealth.
pub(super) fn set(account: &mut Account, call: &Call) -> Answer {
    let (id, health) = (call.params.need("InstanceId")?, call.params.need("HealthStatus")?);
    let groups = account.here.autoscaling.groups.iter_mut();
    let mut members = groups.flat_map(|group| &mut group.members);
    let member = members.find(|member| member.id == id).ok_or_else(|| {
        super::invalid(format!(
            "Instance Id not found - No managed instance found for instance ID: {id}"
        ))
    })?;
    member.healthy = health == "Healthy";
    Ok(json!({}))
}
