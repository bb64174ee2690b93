//! The health of a classic load balancer's instances, which follows from what stands between.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Classic, absent, given};
use crate::sandbox::balancing::Answering;
use crate::sandbox::balancing::target::{all_reach, answer};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// State, whose fault it is, and the sentence: those of the API's reference.
type Health = (&'static str, &'static str, &'static str);

const GOOD: Health = ("InService", "N/A", "N/A");
const JOINING: Health = ("OutOfService", "ELB", "Instance registration is still in progress.");
const NOT_YET: Health = (
    "OutOfService",
    "Instance",
    "Instance has not passed the configured HealthyThreshold number of health checks \
     consecutively.",
);
const FAILED: Health = (
    "OutOfService",
    "Instance",
    "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
);
const ELSEWHERE: Health = (
    "OutOfService",
    "ELB",
    "Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route \
     traffic to.",
);
const LEFT: Health =
    ("OutOfService", "ELB", "Instance is not currently registered with the LoadBalancer.");

/// DescribeInstanceHealth.
pub(in crate::sandbox::balancing) fn describe(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("LoadBalancerName")?;
    let classic = account.here.balancing.classics.get(name).ok_or_else(|| absent(name))?;
    let asked = given(call);
    let there = &account.here.ec2.instances;
    if let Some(unknown) = asked.iter().find(|id| !there.contains_key(*id)) {
        let text = format!("Could not find EC2 instance {unknown}.");
        return Err(Fault::new("InvalidInstance", text));
    }
    let all = if asked.is_empty() { classic.instances.keys().cloned().collect() } else { asked };
    let rows: Vec<Value> = all
        .iter()
        // "The state of terminated instances is not returned."
        .filter(|id| there.get(*id).is_some_and(|it| it.state != "terminated"))
        .map(|id| {
            let (state, code, text) = of(account, classic, id);
            json!({"InstanceId": id, "State": state, "ReasonCode": code, "Description": text})
        })
        .collect();
    Ok(json!({"InstanceStates": rows}))
}

/// The instances of a load balancer and the state of each in the words of target groups; nothing
/// if there is no such load balancer.
pub(in crate::sandbox) fn states(account: &Account, name: &str) -> Option<Vec<(String, String)>> {
    let classic = account.here.balancing.classics.get(name)?;
    let state = |id: &String| {
        let word = match of(account, classic, id) {
            GOOD => "healthy",
            JOINING | NOT_YET => "initial",
            _ => "unhealthy",
        };
        (id.clone(), word.to_owned())
    };
    Some(classic.instances.keys().map(state).collect())
}

/// The health of one instance, with thresholds counted from its registration as those of targets.
fn of(account: &Account, classic: &Classic, id: &str) -> Health {
    let Some(since) = classic.instances.get(id) else { return LEFT };
    let Some(instance) = account.here.ec2.instances.get(id) else { return FAILED };
    match instance.state {
        "running" => {}
        "pending" => return ("OutOfService", "Instance", "Instance is in pending state."),
        "terminated" | "shutting-down" => {
            return ("OutOfService", "Instance", "Instance is in terminated state.");
        }
        _ => return ("OutOfService", "Instance", "Instance is in stopped state."),
    }
    let ec2 = &account.here.ec2;
    let primary = instance.interfaces.first().and_then(|id| ec2.interfaces.get(id));
    let subnet = primary.and_then(|primary| ec2.subnets.get(&primary.subnet));
    if !subnet.is_some_and(|subnet| classic.zones.contains(&subnet.zone)) {
        return ELSEWHERE;
    }
    judged(classic, *since, account.now(), passes(account, classic, id))
}

/// What a load balancer says of an instance that passes its checks, or does not.
fn judged(classic: &Classic, since: Timestamp, now: Timestamp, passes: bool) -> Health {
    let age = now.duration_since(since).as_secs();
    let number = |name: &str| classic.check.number(name).unwrap_or(1);
    let interval = number("Interval");
    if age < interval {
        return JOINING;
    }
    let wanted = if passes { "HealthyThreshold" } else { "UnhealthyThreshold" };
    if age < interval * number(wanted) {
        return NOT_YET;
    }
    if passes { GOOD } else { FAILED }
}

/// Whether the health check of a load balancer succeeds on an instance.
fn passes(account: &Account, classic: &Classic, id: &str) -> bool {
    let Some((protocol, port, path)) = target(classic) else { return false };
    if !all_reach(account, &classic.interfaces, id, port) {
        return false;
    }
    let found = answer(account, id, port, path);
    match protocol {
        // A connection is enough, and the system makes it for an application that hangs.
        "TCP" | "SSL" => found != Answering::Refuses,
        _ => found == Answering::Code(200),
    }
}

/// The parts of a check's target: `HTTP:80/index.html`, `TCP:80`.
fn target(classic: &Classic) -> Option<(&str, u16, &str)> {
    let (protocol, rest) = classic.check.text("Target")?.split_once(':')?;
    let (port, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    Some((protocol, port.parse().ok()?, path))
}
