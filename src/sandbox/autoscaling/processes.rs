//! Suspending and resuming what a group does by itself.

use serde_json::{Value, json};

use super::activity::at;
use super::{absent, invalid, scale};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// The processes there are.
const PROCESSES: [&str; 10] = [
    "AZRebalance",
    "AddToLoadBalancer",
    "AlarmNotification",
    "HealthCheck",
    "InstanceRefresh",
    "Launch",
    // Not in the guide, but among what is suspended when all is (recorded).
    "RemoveFromLoadBalancerLowPriority",
    "ReplaceUnhealthy",
    "ScheduledActions",
    "Terminate",
];

pub(super) fn types() -> Value {
    let rows: Vec<Value> = PROCESSES.iter().map(|name| json!({"ProcessName": name})).collect();
    json!({"Processes": rows})
}

/// The processes that a call names; all if it names none.
fn named(call: &Call) -> Result<Vec<String>, Fault> {
    let names = call.params.texts("ScalingProcesses");
    if names.is_empty() {
        return Ok(PROCESSES.iter().map(|name| (*name).to_owned()).collect());
    }
    if let Some(wrong) = names.iter().find(|name| !PROCESSES.contains(&name.as_str())) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{wrong}' at \
            'scalingProcesses' failed to satisfy constraint: Member must satisfy enum value set"
        )));
    }
    Ok(names)
}

pub(super) fn suspend(account: &mut Account, call: &Call) -> Answer {
    let (name, processes) = (call.params.need("AutoScalingGroupName")?, named(call)?);
    let reason = format!("User suspended at {}", at(account.now()));
    let group = account.here.autoscaling.group_mut(name).ok_or_else(|| absent(name))?;
    for process in processes {
        group.suspended.entry(process).or_insert_with(|| reason.clone());
    }
    Ok(json!({}))
}

pub(super) fn resume(account: &mut Account, call: &Call) -> Answer {
    let (name, processes) = (call.params.need("AutoScalingGroupName")?, named(call)?);
    let group = account.here.autoscaling.group_mut(name).ok_or_else(|| absent(name))?;
    group.suspended.retain(|process, _| !processes.contains(process));
    scale::soon(account, name);
    Ok(json!({}))
}
