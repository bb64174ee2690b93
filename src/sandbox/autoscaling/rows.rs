//! Groups, instances and activities as the API shows them.

use serde_json::{Value, json};

use super::activity;
use super::group::{Group, Launch, Member};
use super::invalid;
use crate::sandbox::{Account, Answer, Call, Params};

/// One page of rows, with the token of the next.
pub(super) fn page(member: &str, rows: Vec<Value>, call: &Call, usual: usize) -> Answer {
    let longest = call.params.number("MaxRecords").and_then(|it| usize::try_from(it).ok());
    let longest = longest.unwrap_or(usual).clamp(1, 100);
    let start = match call.params.text("NextToken") {
        None => 0,
        Some(token) => token
            .strip_prefix("page-")
            .and_then(|text| text.parse::<usize>().ok())
            .ok_or_else(|| invalid("The token is not valid"))?,
    };
    let next = (rows.len() > start + longest).then(|| format!("page-{}", start + longest));
    let rows: Vec<Value> = rows.into_iter().skip(start).take(longest).collect();
    Ok(json!({member: rows, "NextToken": next}))
}

fn template(launch: &Launch) -> Option<Value> {
    match launch {
        Launch::Configuration(_) => None,
        Launch::Template { id, name, version } => Some(json!({
            "LaunchTemplateId": id,
            "LaunchTemplateName": name,
            "Version": version,
        })),
    }
}

fn configuration(launch: &Launch) -> Option<&str> {
    match launch {
        Launch::Configuration(name) => Some(name),
        Launch::Template { .. } => None,
    }
}

fn member(member: &Member) -> Value {
    json!({
        "InstanceId": member.id,
        "InstanceType": member.kind,
        "AvailabilityZone": member.zone,
        "LifecycleState": member.lifecycle,
        "HealthStatus": if member.healthy { "Healthy" } else { "Unhealthy" },
        "LaunchConfigurationName": configuration(&member.from),
        "LaunchTemplate": template(&member.from),
        "ProtectedFromScaleIn": member.protected,
    })
}

fn tags(group: &Group) -> Vec<Value> {
    group
        .tags
        .iter()
        .map(|(key, (value, propagates))| {
            json!({
                "ResourceId": group.name,
                "ResourceType": "auto-scaling-group",
                "Key": key,
                "Value": value,
                "PropagateAtLaunch": propagates,
            })
        })
        .collect()
}

fn group(account: &Account, group: &Group) -> Value {
    let role = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    let suspended: Vec<Value> = group
        .suspended
        .iter()
        .map(|(process, reason)| json!({"ProcessName": process, "SuspensionReason": reason}))
        .collect();
    let sources = group.target_groups.iter().map(|arn| (arn, "elbv2"));
    let sources = sources.chain(group.balancers.iter().map(|name| (name, "elb")));
    let sources: Vec<Value> =
        sources.map(|(id, kind)| json!({"Identifier": id, "Type": kind})).collect();
    json!({
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "LaunchConfigurationName": configuration(&group.launch),
        "LaunchTemplate": template(&group.launch).filter(|_| group.mixed.is_none()),
        "MixedInstancesPolicy": group.mixed,
        "MinSize": group.min,
        "MaxSize": group.max,
        "DesiredCapacity": group.desired,
        "DefaultCooldown": group.cooldown,
        "AvailabilityZones": group.zones,
        "LoadBalancerNames": group.balancers,
        "TargetGroupARNs": group.target_groups,
        "HealthCheckType": group.health_check,
        "HealthCheckGracePeriod": group.grace,
        "Instances": group.members.iter().map(member).collect::<Vec<_>>(),
        "CreatedTime": group.created.to_string(),
        "SuspendedProcesses": suspended,
        "VPCZoneIdentifier": group.subnets.join(","),
        "EnabledMetrics": [],
        "Status": group.deleting.then_some("Delete in progress"),
        "Tags": tags(group),
        "TerminationPolicies": group.termination_policies,
        "NewInstancesProtectedFromScaleIn": group.protects_new,
        "ServiceLinkedRoleARN": format!("arn:aws:iam::{}:role/{role}", account.id),
        "TrafficSources": sources,
    })
}

/// Whether a group fits filters by tag, as DescribeAutoScalingGroups takes them.
fn fits(group: &Group, filters: &[Value]) -> bool {
    filters.iter().all(|filter| {
        let values = filter.texts("Values");
        let any = |text: &str| values.iter().any(|value| value == text);
        match filter.text("Name").unwrap_or_default() {
            "tag-key" => group.tags.keys().any(|key| any(key)),
            "tag-value" => group.tags.values().any(|(value, _)| any(value)),
            name => name
                .strip_prefix("tag:")
                .and_then(|key| group.tags.get(key))
                .is_some_and(|(value, _)| any(value)),
        }
    })
}

pub(super) fn describe_groups(account: &mut Account, call: &Call) -> Answer {
    let names = call.params.texts("AutoScalingGroupNames");
    let filters = call.params.list("Filters");
    let groups = account.here.autoscaling.groups.iter();
    let rows = groups
        .filter(|it| names.is_empty() || names.contains(&it.name))
        .filter(|it| fits(it, filters))
        .map(|it| group(account, it))
        .collect();
    page("AutoScalingGroups", rows, call, 50)
}

pub(super) fn describe_instances(account: &mut Account, call: &Call) -> Answer {
    let ids = call.params.texts("InstanceIds");
    let groups = account.here.autoscaling.groups.iter();
    let members = groups.flat_map(|group| group.members.iter().map(move |it| (group, it)));
    let rows = members
        .filter(|(_, it)| ids.is_empty() || ids.contains(&it.id))
        .map(|(group, it)| {
            let mut row = member(it);
            row["AutoScalingGroupName"] = json!(group.name);
            // This operation alone writes it in capitals.
            row["HealthStatus"] = json!(if it.healthy { "HEALTHY" } else { "UNHEALTHY" });
            row
        })
        .collect();
    page("AutoScalingInstances", rows, call, 50)
}

/// For how long activities are remembered.
///
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeScalingActivities.html>
const REMEMBERED: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 42);

pub(super) fn describe_activities(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let (group, ids) = (params.text("AutoScalingGroupName"), params.texts("ActivityIds"));
    let deleted = params.flag("IncludeDeletedGroups");
    if let Some(name) = group
        && account.here.autoscaling.group(name).is_none()
        && !deleted
    {
        return Err(super::absent(name));
    }
    let now = account.now();
    let rows = account
        .here
        .autoscaling
        .activities
        .iter()
        .rev()
        .filter(|it| group.is_none_or(|name| it.group == name))
        .filter(|it| ids.is_empty() || ids.contains(&it.id))
        .filter(|it| deleted || !it.orphaned)
        .filter(|it| now.duration_since(it.began) < REMEMBERED)
        .map(activity::row)
        .collect();
    page("Activities", rows, call, 100)
}

pub(super) fn describe_target_groups(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("AutoScalingGroupName")?;
    let group = account.here.autoscaling.group(name).ok_or_else(|| super::absent(name))?;
    let rows = group.target_groups.iter();
    let rows =
        rows.map(|arn| json!({"LoadBalancerTargetGroupARN": arn, "State": "InService"})).collect();
    page("LoadBalancerTargetGroups", rows, call, 100)
}

pub(super) fn describe_tags(account: &mut Account, call: &Call) -> Answer {
    let filters = call.params.list("Filters");
    let fits = |row: &Value| {
        filters.iter().all(|filter| {
            let member = match filter.text("Name").unwrap_or_default() {
                "auto-scaling-group" => "ResourceId",
                "key" => "Key",
                _ => "Value",
            };
            filter.texts("Values").iter().any(|value| row.text(member) == Some(value))
        })
    };
    let groups = account.here.autoscaling.groups.iter();
    let rows = groups.flat_map(tags).filter(fits).collect();
    page("Tags", rows, call, 50)
}
