//! Auto Scaling groups, launch configurations, policies and scheduled actions.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "only some kinds or shapes of value matter here, and the rest is one case"
)]

use serde_json::{Value, json};

use super::{PLAIN, Provider, Replace, at, first, only, rolling, waiting, with};
use crate::sandbox::Service::AutoScaling;
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};
use crate::sandbox::cloudformation::template::plain_text;

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        kind: "AWS::AutoScaling::AutoScalingGroup",
        voice: Voice::Bare,
        required: &["MaxSize", "MinSize"],
        replace: Replace::On(&["AutoScalingGroupName"]),
        create,
        settle,
        update,
        remove,
        pace: 15,
        ..PLAIN
    },
    Provider {
        kind: "AWS::AutoScaling::LaunchConfiguration",
        voice: Voice::Bare,
        required: &["ImageId", "InstanceType"],
        create: |bench| {
            let name = bench.text("LaunchConfigurationName");
            let name = name.unwrap_or_else(|| bench.new_name(255));
            let params = with(bench.properties.clone(), json!({"LaunchConfigurationName": name}));
            bench.call(AutoScaling, "CreateLaunchConfiguration", params)?;
            Ok(name)
        },
        remove: |bench| {
            let params = json!({"LaunchConfigurationName": bench.physical});
            bench.call(AutoScaling, "DeleteLaunchConfiguration", params)?;
            Ok(Pace::Ready(()))
        },
        ..PLAIN
    },
    Provider {
        kind: "AWS::AutoScaling::ScalingPolicy",
        voice: Voice::Handler("AutoScaling"),
        required: &["AutoScalingGroupName"],
        replace: Replace::On(&["AutoScalingGroupName"]),
        create: put_policy,
        settle: |bench| Ok(Pace::Ready(json!({"Arn": bench.physical, "PolicyName": name(bench)}))),
        update: |bench| put_policy(bench).map(|_| ()),
        remove: |bench| {
            let params = json!({
                "AutoScalingGroupName": bench.property("AutoScalingGroupName"),
                "PolicyName": bench.physical,
            });
            bench.call(AutoScaling, "DeletePolicy", params)?;
            Ok(Pace::Ready(()))
        },
        ..PLAIN
    },
    Provider {
        kind: "AWS::AutoScaling::ScheduledAction",
        voice: Voice::Handler("AutoScaling"),
        required: &["AutoScalingGroupName"],
        replace: Replace::On(&["AutoScalingGroupName"]),
        create: |bench| {
            let action = bench.new_name(255);
            bench.physical.clone_from(&action);
            put_schedule(bench)?;
            Ok(action)
        },
        update: put_schedule,
        remove: |bench| {
            let params = json!({
                "AutoScalingGroupName": bench.property("AutoScalingGroupName"),
                "ScheduledActionName": bench.physical,
            });
            bench.call(AutoScaling, "DeleteScheduledAction", params)?;
            Ok(Pace::Ready(()))
        },
        ..PLAIN
    },
];

/// How long a group may try to launch its instances after a launch failed, seconds.
// No source for the exact time. Groups retry with growing pauses; people see the failure of the
// stack within a few minutes of the first failed activity.
const LAUNCH_PATIENCE: i64 = 180;

/// Parameters of a group, as creating and updating it take them.
fn params(bench: &Bench<'_>, group: &str) -> Value {
    let names = [
        "AvailabilityZones",
        "Cooldown",
        "DesiredCapacity",
        "HealthCheckGracePeriod",
        "HealthCheckType",
        "LaunchConfigurationName",
        "LaunchTemplate",
        "MaxSize",
        "MinSize",
        "MixedInstancesPolicy",
        "NewInstancesProtectedFromScaleIn",
        "TerminationPolicies",
    ];
    let mut params = with(only(&bench.properties, &names), json!({"AutoScalingGroupName": group}));
    if let Some(default) = params.as_object_mut().and_then(|members| members.remove("Cooldown")) {
        params["DefaultCooldown"] = default;
    }
    let subnets = bench.texts("VPCZoneIdentifier");
    if !subnets.is_empty() {
        params["VPCZoneIdentifier"] = json!(subnets.join(","));
    }
    params
}

fn create(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let group = bench.text("AutoScalingGroupName");
    let group = group.unwrap_or_else(|| bench.new_name(255));
    let propagated = bench.property("Tags").as_array().cloned().unwrap_or_default();
    let at_launch = |key: &str| {
        // CloudFormation's own tags and the stack's are handed on to the instances.
        let own = propagated.iter().find(|tag| tag.get("Key").and_then(Value::as_str) == Some(key));
        own.is_none_or(|tag| plain_text(&tag["PropagateAtLaunch"]) != "false")
    };
    let tags: Vec<Value> = bench
        .all_tags()
        .into_iter()
        .map(|(key, value)| {
            json!({
                "ResourceId": group,
                "ResourceType": "auto-scaling-group",
                "PropagateAtLaunch": at_launch(&key),
                "Key": key,
                "Value": value,
            })
        })
        .collect();
    let lists = only(&bench.properties, &["LoadBalancerNames", "TargetGroupARNs"]);
    let params = with(with(params(bench, &group), lists), json!({"Tags": tags}));
    bench.call(AutoScaling, "CreateAutoScalingGroup", params)?;
    bench.physical.clone_from(&group);
    notify(bench)?;
    Ok(group)
}

/// Has the group tell topics of what it does.
fn notify(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let configurations = match bench.property("NotificationConfigurations") {
        Value::Array(items) => items.clone(),
        _ => bench.properties.get("NotificationConfiguration").cloned().into_iter().collect(),
    };
    for configuration in configurations {
        let topic = configuration.get("TopicARN").cloned().unwrap_or_default();
        let topic = if topic.is_array() { topic[0].clone() } else { topic };
        let params = json!({
            "AutoScalingGroupName": bench.physical,
            "TopicARN": topic,
            "NotificationTypes": configuration.get("NotificationTypes"),
        });
        bench.call(AutoScaling, "PutNotificationConfiguration", params)?;
    }
    Ok(())
}

/// The group as Auto Scaling describes it, if it is there.
pub(super) fn described(bench: &mut Bench<'_>) -> Result<Option<Value>, Failure> {
    let params = json!({"AutoScalingGroupNames": [bench.physical]});
    let answer = bench.call(AutoScaling, "DescribeAutoScalingGroups", params)?;
    Ok(first(&answer, "AutoScalingGroups").cloned())
}

/// A number of a group.
pub(super) fn size(group: &Value, name: &str) -> usize {
    at(group, name).parse().unwrap_or(0)
}

/// The instances of a group that are in service.
pub(super) fn in_service(group: &Value) -> Vec<Value> {
    let instances = group.get("Instances").and_then(Value::as_array).into_iter().flatten();
    instances.filter(|instance| at(instance, "LifecycleState") == "InService").cloned().collect()
}

fn settle(bench: &mut Bench<'_>) -> Result<Pace<Value>, Failure> {
    let Some(group) = described(bench)? else {
        return Err(Failure::own(format!(
            "AutoScalingGroup name not found - AutoScalingGroup {} not found",
            bench.physical
        )));
    };
    let updated = !bench.notes.is_null() || bench.changing;
    let pace = if updated {
        rolling::proceed(bench, &group)?
    } else {
        match waiting::creation_policy(bench)? {
            Pace::Ready(()) => stable(bench, &group)?,
            Pace::Again(after) => Pace::Again(after),
        }
    };
    Ok(match pace {
        Pace::Ready(()) => {
            Pace::Ready(json!({"AutoScalingGroupARN": at(&group, "AutoScalingGroupARN")}))
        }
        Pace::Again(after) => Pace::Again(after),
    })
}

/// Waits until a group has the instances it is to have.
pub(super) fn stable(bench: &mut Bench<'_>, group: &Value) -> Result<Pace<()>, Failure> {
    let (wanted, minimum) = (size(group, "DesiredCapacity"), size(group, "MinSize"));
    let running = in_service(group).len();
    let suspended = group["SuspendedProcesses"].as_array().into_iter().flatten();
    let suspended = suspended.into_iter().any(|process| at(process, "ProcessName") == "Launch");
    if running >= wanted || suspended {
        return Ok(Pace::Ready(()));
    }
    let params = json!({"AutoScalingGroupName": bench.physical});
    let answer = bench.call(AutoScaling, "DescribeScalingActivities", params)?;
    let activities = answer["Activities"].as_array().cloned().unwrap_or_default();
    let failed = activities.iter().find(|activity| at(activity, "StatusCode") == "Failed");
    match failed.filter(|_| bench.elapsed >= LAUNCH_PATIENCE) {
        None => Ok(Pace::Again(15)),
        Some(activity) => Err(Failure::own(format!(
            "Group did not stabilize. {{current/minSize/desired group size}} = \
             {{{running}/{minimum}/{wanted}}}. The activity '{}' failed with status message: '{}'",
            at(activity, "ActivityId"),
            at(activity, "StatusMessage")
        ))),
    }
}

fn update(bench: &mut Bench<'_>) -> Result<(), Failure> {
    rolling::prepare(bench)?;
    let group = bench.physical.clone();
    let params = params(bench, &group);
    bench.call(AutoScaling, "UpdateAutoScalingGroup", params)?;
    let lists = [
        ("TargetGroupARNs", "AttachLoadBalancerTargetGroups", "DetachLoadBalancerTargetGroups"),
        ("LoadBalancerNames", "AttachLoadBalancers", "DetachLoadBalancers"),
    ];
    for (name, attach, detach) in lists {
        let new = bench.texts(name);
        let old = bench.old.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let old: Vec<String> = old.iter().map(plain_text).collect();
        for (operation, from, against) in [(attach, &new, &old), (detach, &old, &new)] {
            let changed: Vec<_> = from.iter().filter(|it| !against.contains(it)).collect();
            if !changed.is_empty() {
                let params = json!({"AutoScalingGroupName": group, name: changed});
                bench.call(AutoScaling, operation, params)?;
            }
        }
    }
    notify(bench)
}

/// Empties the group, waits for its instances to end, deletes it.
fn remove(bench: &mut Bench<'_>) -> Result<Pace<()>, Failure> {
    let Some(group) = described(bench)? else { return Ok(Pace::Ready(())) };
    let name = bench.physical.clone();
    if !at(&group, "Status").is_empty() {
        return Ok(Pace::Again(10));
    }
    let instances = group["Instances"].as_array().map_or(0, Vec::len);
    if size(&group, "MaxSize") > 0 || size(&group, "DesiredCapacity") > 0 {
        let params = json!({
            "AutoScalingGroupName": name,
            "MinSize": 0,
            "MaxSize": 0,
            "DesiredCapacity": 0,
        });
        bench.call(AutoScaling, "UpdateAutoScalingGroup", params)?;
        return Ok(Pace::Again(15));
    }
    if instances > 0 && bench.elapsed < EMPTYING {
        return Ok(Pace::Again(15));
    }
    bench.call(AutoScaling, "DeleteAutoScalingGroup", json!({"AutoScalingGroupName": name}))?;
    Ok(Pace::Again(5))
}

/// How long a group's instances may take to end, seconds.
const EMPTYING: i64 = 3600;

/// A policy's name is the last part of its ARN.
fn name(bench: &Bench<'_>) -> String {
    bench.physical.rsplit('/').next().unwrap_or_default().to_owned()
}

/// The physical id of a policy is its ARN.
fn put_policy(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let known = name(bench);
    let policy = if known.is_empty() { bench.new_name(255) } else { known };
    let params = with(bench.properties.clone(), json!({"PolicyName": policy}));
    let answer = bench.call(AutoScaling, "PutScalingPolicy", params)?;
    Ok(at(&answer, "PolicyARN"))
}

fn put_schedule(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let own = json!({"ScheduledActionName": bench.physical});
    let params = with(bench.properties.clone(), own);
    bench.call(AutoScaling, "PutScheduledUpdateGroupAction", params)?;
    Ok(())
}
