//! Scaling policies, scheduled actions and notifications of groups.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{absent, activity, invalid, rows, scale};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A scaling policy.
#[derive(Clone, Debug, Serialize)]
pub struct ScalingPolicy {
    /// The group it belongs to.
    pub group: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// What it was put with, with the names of the API.
    pub settings: Value,
}

/// A scheduled action.
#[derive(Clone, Debug, Serialize)]
pub struct Schedule {
    /// The group it belongs to.
    pub group: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// When it acts, if only once.
    pub at: Option<Timestamp>,
    /// What it was put with, with the names of the API.
    pub settings: Value,
}

/// A topic that is told of what a group does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notification {
    /// The group.
    pub group: String,
    /// The topic.
    pub topic: String,
    /// What it is told of.
    pub kind: String,
}

/// The name of the group in a call, which must be there.
fn group(account: &Account, call: &Call) -> Result<String, Fault> {
    let name = call.params.need("AutoScalingGroupName")?;
    account.here.autoscaling.group(name).ok_or_else(|| absent(name))?;
    Ok(name.to_owned())
}

pub(super) fn put(account: &mut Account, call: &Call) -> Answer {
    let (group, name) = (group(account, call)?, call.params.need("PolicyName")?.to_owned());
    let uuid = account.uuid();
    let scaling = &account.here.autoscaling;
    let same = |it: &&ScalingPolicy| it.group == group && it.name == name;
    let known = scaling.policies.iter().find(same).map(|it| it.arn.clone());
    let arn = known.unwrap_or_else(|| {
        let path = format!("scalingPolicy:{uuid}:autoScalingGroupName/{group}:policyName/{name}");
        account.arn("autoscaling", &path)
    });
    let policies = &mut account.here.autoscaling.policies;
    policies.retain(|it| it.group != group || it.name != name);
    policies.push(ScalingPolicy { group, name, arn: arn.clone(), settings: call.params.clone() });
    Ok(json!({"PolicyARN": arn, "Alarms": []}))
}

pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    let wanted = call.params.text("AutoScalingGroupName");
    let names = call.params.texts("PolicyNames");
    let policies = account.here.autoscaling.policies.iter();
    let rows = policies
        .filter(|it| wanted.is_none_or(|group| it.group == group))
        .filter(|it| names.is_empty() || names.contains(&it.name) || names.contains(&it.arn))
        .map(|it| {
            json!({
                "AutoScalingGroupName": it.group,
                "PolicyName": it.name,
                "PolicyARN": it.arn,
                "PolicyType": it.settings.text("PolicyType").unwrap_or("SimpleScaling"),
                "AdjustmentType": it.settings.text("AdjustmentType"),
                "ScalingAdjustment": it.settings.number("ScalingAdjustment"),
                "Cooldown": it.settings.number("Cooldown"),
                "StepAdjustments": it.settings.list("StepAdjustments"),
                "TargetTrackingConfiguration": it.settings.get("TargetTrackingConfiguration"),
                "Alarms": [],
                "Enabled": true,
            })
        })
        .collect();
    rows::page("ScalingPolicies", rows, call, 50)
}

pub(super) fn delete(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("PolicyName")?;
    let policies = &mut account.here.autoscaling.policies;
    let before = policies.len();
    let stem = name.rsplit('/').next().unwrap_or(name);
    policies.retain(|it| it.arn != name && it.name != stem);
    if policies.len() == before {
        return Err(invalid(format!("Policy {name} not found")));
    }
    Ok(json!({}))
}

/// ExecutePolicy: what its alarm would do, for the simple policies.
pub(super) fn execute(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("PolicyName")?;
    let wanted = call.params.text("AutoScalingGroupName");
    let policies = account.here.autoscaling.policies.iter();
    let policy = policies
        .filter(|it| wanted.is_none_or(|group| it.group == group))
        .find(|it| it.name == name || it.arn == name)
        .cloned()
        .ok_or_else(|| invalid(format!("Policy {name} not found")))?;
    let kind = policy.settings.text("PolicyType").unwrap_or("SimpleScaling");
    if kind != "SimpleScaling" {
        return Err(invalid(format!("Policy type {kind} cannot be executed.")));
    }
    let now = activity::at(account.now());
    let by = policy.settings.number("ScalingAdjustment").unwrap_or(0);
    let group = account.here.autoscaling.group_mut(&policy.group);
    let group = group.ok_or_else(|| absent(&policy.group))?;
    let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let (was, least, most) = (whole(group.desired), whole(group.min), whole(group.max));
    let wish = match policy.settings.text("AdjustmentType") {
        Some("ExactCapacity") => by,
        // Rounded away from nothing, as the guide has it for less than one instance.
        Some("PercentChangeInCapacity") if by != 0 => {
            let change = was * by / 100;
            was + if change == 0 { by.signum() } else { change }
        }
        _ => was + by,
    };
    let desired = usize::try_from(wish.clamp(least, most)).unwrap_or(0);
    group.desired = desired;
    group.why = format!(
        "At {now} a user request executed policy {} changing the desired capacity from {was} to \
         {desired}.  ",
        policy.name
    );
    scale::soon(account, &policy.group);
    Ok(json!({}))
}

pub(super) fn put_schedule(account: &mut Account, call: &Call) -> Answer {
    let group = group(account, call)?;
    let name = call.params.need("ScheduledActionName")?.to_owned();
    let at: Option<Timestamp> = call.params.text("StartTime").and_then(|at| at.parse().ok());
    let uuid = account.uuid();
    let path = format!("scheduledUpdateGroupAction:{uuid}:autoScalingGroupName/{group}:{name}");
    let arn = account.arn("autoscaling", &path);
    let schedules = &mut account.here.autoscaling.schedules;
    schedules.retain(|it| it.group != group || it.name != name);
    schedules.push(Schedule { group, name, arn: arn.clone(), at, settings: call.params.clone() });
    if let Some(at) = at {
        let wait = at.duration_since(account.now()).as_secs().max(0);
        account.later(wait, move |account| act(account, &arn));
    }
    Ok(json!({}))
}

/// Does what a scheduled action says, once. Recurring ones are kept and not carried out: their
/// cron expressions are not read here.
fn act(account: &mut Account, arn: &str) {
    let schedules = &mut account.here.autoscaling.schedules;
    let Some(position) = schedules.iter().position(|it| it.arn == arn) else { return };
    let Schedule { group, settings, .. } = schedules.remove(position);
    let now = activity::at(account.now());
    let Some(found) = account.here.autoscaling.group_mut(&group) else { return };
    if found.suspends("ScheduledActions") {
        return;
    }
    let size = |name: &str, old: usize| {
        settings.number(name).and_then(|it| usize::try_from(it).ok()).unwrap_or(old)
    };
    let was = found.desired;
    found.min = size("MinSize", found.min);
    found.max = size("MaxSize", found.max);
    found.desired = size("DesiredCapacity", was).clamp(found.min, found.max);
    found.why = format!(
        "At {now} a scheduled action update of AutoScalingGroup constraints to min: {}, max: {}, \
         desired: {} changing the desired capacity from {was} to {}.  ",
        found.min, found.max, found.desired, found.desired
    );
    scale::soon(account, &group);
}

pub(super) fn describe_schedules(account: &mut Account, call: &Call) -> Answer {
    let wanted = call.params.text("AutoScalingGroupName");
    let names = call.params.texts("ScheduledActionNames");
    let schedules = account.here.autoscaling.schedules.iter();
    let rows = schedules
        .filter(|it| wanted.is_none_or(|group| it.group == group))
        .filter(|it| names.is_empty() || names.contains(&it.name))
        .map(|it| {
            json!({
                "AutoScalingGroupName": it.group,
                "ScheduledActionName": it.name,
                "ScheduledActionARN": it.arn,
                "StartTime": it.at.map(|at| at.to_string()),
                "Recurrence": it.settings.text("Recurrence"),
                "MinSize": it.settings.number("MinSize"),
                "MaxSize": it.settings.number("MaxSize"),
                "DesiredCapacity": it.settings.number("DesiredCapacity"),
            })
        })
        .collect();
    rows::page("ScheduledUpdateGroupActions", rows, call, 50)
}

pub(super) fn delete_schedule(account: &mut Account, call: &Call) -> Answer {
    let (group, name) = (group(account, call)?, call.params.need("ScheduledActionName")?);
    let schedules = &mut account.here.autoscaling.schedules;
    let before = schedules.len();
    schedules.retain(|it| it.group != group || it.name != name);
    if schedules.len() == before {
        let text = "Scheduled action name not found";
        return Err(invalid(text));
    }
    Ok(json!({}))
}

pub(super) fn put_notification(account: &mut Account, call: &Call) -> Answer {
    let (group, topic) = (group(account, call)?, call.params.need("TopicARN")?.to_owned());
    let kinds = call.params.texts("NotificationTypes");
    let notifications = &mut account.here.autoscaling.notifications;
    notifications.retain(|it| it.group != group || it.topic != topic);
    notifications.extend(kinds.into_iter().map(|kind| Notification {
        group: group.clone(),
        topic: topic.clone(),
        kind,
    }));
    Ok(json!({}))
}

pub(super) fn describe_notifications(account: &mut Account, call: &Call) -> Answer {
    let wanted = call.params.texts("AutoScalingGroupNames");
    let notifications = account.here.autoscaling.notifications.iter();
    let rows = notifications
        .filter(|it| wanted.is_empty() || wanted.contains(&it.group))
        .map(|it| {
            json!({
                "AutoScalingGroupName": it.group,
                "TopicARN": it.topic,
                "NotificationType": it.kind,
            })
        })
        .collect();
    rows::page("NotificationConfigurations", rows, call, 50)
}

pub(super) fn delete_notification(account: &mut Account, call: &Call) -> Answer {
    let (group, topic) = (group(account, call)?, call.params.need("TopicARN")?);
    let notifications = &mut account.here.autoscaling.notifications;
    notifications.retain(|it| it.group != group || it.topic != topic);
    Ok(json!({}))
}
