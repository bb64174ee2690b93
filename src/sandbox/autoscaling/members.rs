//! Taking instances out of a group for a time or for good, and taking others in.

use serde_json::{Value, json};

use super::activity::{self, Beginning, at};
use super::group::{Group, Member};
use super::{absent, invalid, launch, scale, terminate};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// Seconds that an instance takes to come back from standby.
const COMES_BACK: i64 = 10;

/// The group of a call with the members that it names.
fn named(account: &Account, call: &Call) -> Result<(Group, Vec<Member>), Fault> {
    let name = call.params.need("AutoScalingGroupName")?;
    let group = account.here.autoscaling.group(name).ok_or_else(|| absent(name))?.clone();
    let mut chosen = Vec::new();
    for id in call.params.texts("InstanceIds") {
        let member = group.members.iter().find(|member| member.id == id);
        let member = member.ok_or_else(|| {
            invalid(format!("The instance {id} is not part of Auto Scaling group {name}."))
        })?;
        chosen.push(member.clone());
    }
    Ok((group, chosen))
}

/// The refusal of a state that an operation does not take.
fn wrong_state(member: &Member, wanted: &str) -> Fault {
    invalid(format!(
        "The instance {} is not in {wanted}. It is in {}.",
        member.id, member.lifecycle
    ))
}

/// The refusal to shrink a group below, or grow it beyond, what it may be.
fn sizes(group: &Group, what: &str, count: usize) -> Fault {
    invalid(format!(
        "AutoScalingGroup {} has min-size={}, max-size={}, and desired-size={}. To {what} {count} \
         instance, please update the AutoScalingGroup sizes appropriately.",
        group.name, group.min, group.max, group.desired
    ))
}

/// Writes an activity that is over at once.
fn told(account: &mut Account, group: &str, member: &Member, what: &str, why: String) -> Value {
    let beginning = Beginning {
        description: format!("{what}: {}", member.id),
        cause: why,
        subnet: member.subnet.clone(),
        zone: member.zone.clone(),
    };
    let id = activity::begin(account, group, beginning);
    activity::end(account, &id, None);
    let all = account.here.autoscaling.activities.iter();
    all.rev().find(|it| it.id == id).map(activity::row).unwrap_or_default()
}

/// `, shrinking the capacity from 4 to 3.`, where it does.
fn change(from: usize, to: usize) -> String {
    match to.cmp(&from) {
        std::cmp::Ordering::Less => format!(", shrinking the capacity from {from} to {to}."),
        std::cmp::Ordering::Greater => format!(", increasing the capacity from {from} to {to}."),
        std::cmp::Ordering::Equal => ".".to_owned(),
    }
}

fn resize(account: &mut Account, name: &str, desired: usize) {
    if let Some(group) = account.here.autoscaling.group_mut(name) {
        group.desired = desired;
    }
}

fn turn(account: &mut Account, name: &str, id: &str, lifecycle: &'static str) {
    let group = account.here.autoscaling.group_mut(name);
    let member = group.and_then(|group| group.members.iter_mut().find(|it| it.id == id));
    if let Some(member) = member {
        member.lifecycle = lifecycle;
    }
}

/// EnterStandby: out of service, and still the group's.
pub(super) fn enter_standby(account: &mut Account, call: &Call) -> Answer {
    let (group, chosen) = named(account, call)?;
    let fewer = call.params.flag("ShouldDecrementDesiredCapacity");
    if let Some(other) = chosen.iter().find(|member| member.lifecycle != "InService") {
        return Err(wrong_state(other, "InService"));
    }
    if fewer && group.desired < group.min + chosen.len() {
        return Err(sizes(&group, "place into standby", chosen.len()));
    }
    let mut rows = Vec::new();
    let (mut desired, now) = (group.desired, at(account.now()));
    for member in chosen {
        let before = desired;
        desired -= usize::from(fewer);
        resize(account, &group.name, desired);
        terminate::deregister(account, &group, &member.id);
        turn(account, &group.name, &member.id, "Standby");
        let why = format!(
            "At {now} instance {} was moved to standby in response to a user request{}",
            member.id,
            change(before, desired)
        );
        rows.push(told(account, &group.name, &member, "Moving EC2 instance to Standby", why));
    }
    scale::soon(account, &group.name);
    Ok(json!({"Activities": rows}))
}

/// ExitStandby: back in service, after a moment.
pub(super) fn exit_standby(account: &mut Account, call: &Call) -> Answer {
    let (group, chosen) = named(account, call)?;
    if let Some(other) = chosen.iter().find(|member| member.lifecycle != "Standby") {
        return Err(wrong_state(other, "Standby"));
    }
    if group.desired + chosen.len() > group.max {
        return Err(sizes(&group, "move out of standby", chosen.len()));
    }
    let mut rows = Vec::new();
    let (mut desired, now) = (group.desired, at(account.now()));
    for member in chosen {
        let before = desired;
        desired += 1;
        resize(account, &group.name, desired);
        turn(account, &group.name, &member.id, "Pending");
        let why = format!(
            "At {now} instance {} was moved out of standby in response to a user request{}",
            member.id,
            change(before, desired)
        );
        rows.push(told(account, &group.name, &member, "Moving EC2 instance out of Standby", why));
        let (name, id) = (group.name.clone(), member.id.clone());
        account.later(COMES_BACK, move |account| back(account, &name, &id));
    }
    Ok(json!({"Activities": rows}))
}

/// An instance serves again.
fn back(account: &mut Account, name: &str, id: &str) {
    let Some(group) = account.here.autoscaling.group(name).cloned() else { return };
    let waits = group.members.iter().any(|it| it.id == id && it.lifecycle == "Pending");
    if waits {
        turn(account, name, id, "InService");
        launch::register(account, &group, &[id.to_owned()]);
        super::health::keep_looking(account, name);
    }
}

/// DetachInstances: the group's no more, and left running.
pub(super) fn detach(account: &mut Account, call: &Call) -> Answer {
    let (group, chosen) = named(account, call)?;
    let fewer = call.params.flag("ShouldDecrementDesiredCapacity");
    if let Some(other) = chosen.iter().find(|it| !matches!(it.lifecycle, "InService" | "Standby")) {
        return Err(wrong_state(other, "InService"));
    }
    if fewer && group.desired < group.min + chosen.len() {
        return Err(sizes(&group, "detach", chosen.len()));
    }
    let mut rows = Vec::new();
    let (mut desired, now) = (group.desired, at(account.now()));
    for member in chosen {
        let before = desired;
        // One in standby has been taken off the size already.
        desired -= usize::from(fewer && member.lifecycle == "InService");
        resize(account, &group.name, desired);
        terminate::deregister(account, &group, &member.id);
        if let Some(found) = account.here.autoscaling.group_mut(&group.name) {
            found.members.retain(|it| it.id != member.id);
        }
        let why = format!(
            "At {now} instance {} was detached in response to a user request{}",
            member.id,
            change(before, desired)
        );
        rows.push(told(account, &group.name, &member, "Detaching EC2 instance", why));
    }
    scale::soon(account, &group.name);
    Ok(json!({"Activities": rows}))
}

/// AttachInstances: instances that run, in a zone of the group, become the group's.
pub(super) fn attach(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("AutoScalingGroupName")?;
    let group = account.here.autoscaling.group(name).ok_or_else(|| absent(name))?.clone();
    let ids = call.params.texts("InstanceIds");
    let mut fresh = Vec::new();
    for id in &ids {
        fresh.push(newcomer(account, &group, id)?);
    }
    if group.desired + ids.len() > group.max {
        return Err(sizes(&group, "attach", ids.len()));
    }
    let now = at(account.now());
    for member in fresh {
        let found = account.here.autoscaling.group_mut(name);
        let Some(found) = found else { break };
        found.desired += 1;
        let size = found.desired;
        found.members.push(member.clone());
        let why = format!(
            "At {now} an instance was added in response to user request. Keeping the capacity at \
             the new {size}."
        );
        told(account, name, &member, "Attaching an existing EC2 instance", why);
    }
    launch::register(account, &group, &ids);
    super::health::keep_looking(account, name);
    Ok(json!({}))
}

/// An instance as a member of a group it is to join.
fn newcomer(account: &Account, group: &Group, id: &str) -> Result<Member, Fault> {
    let refused = |why: &str| invalid(format!("Invalid Instance ID: {id}. {why}"));
    let groups = &account.here.autoscaling.groups;
    if groups.iter().any(|it| it.members.iter().any(|member| member.id == id)) {
        return Err(refused("The instance is already part of an Auto Scaling group."));
    }
    let instance = account.here.ec2.instances.get(id);
    let instance = instance.ok_or_else(|| refused("The instance does not exist."))?;
    if instance.state != "running" {
        return Err(refused("The instance is not in correct state. It must be running."));
    }
    if !group.zones.contains(&instance.zone) {
        return Err(refused("The instance is not in a zone of the Auto Scaling group."));
    }
    let primary = instance.interfaces.first();
    let primary = primary.and_then(|id| account.here.ec2.interfaces.get(id));
    Ok(Member {
        id: id.to_owned(),
        kind: instance.kind.clone(),
        zone: instance.zone.clone(),
        subnet: primary.map(|it| it.subnet.clone()).unwrap_or_default(),
        lifecycle: "InService",
        healthy: true,
        launched: account.now(),
        from: group.launch.clone(),
        protected: group.protects_new,
        activity: String::new(),
    })
}

/// SetInstanceProtection.
pub(super) fn protect(account: &mut Account, call: &Call) -> Answer {
    let (group, chosen) = named(account, call)?;
    let on = call.params.flag("ProtectedFromScaleIn");
    if let Some(found) = account.here.autoscaling.group_mut(&group.name) {
        for member in &mut found.members {
            if chosen.iter().any(|it| it.id == member.id) {
                member.protected = on;
            }
        }
    }
    Ok(json!({}))
}
