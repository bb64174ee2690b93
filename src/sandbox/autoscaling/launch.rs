//! Launching instances.

use serde_json::{Value, json};

use super::activity::{self, Beginning, at};
use super::group::{Group, Launch, Member};
use super::{itself, scale};
use crate::sandbox::{Account, Fault, Service};

/// Seconds between two looks at an instance that is starting.
const LOOK: i64 = 10;

/// Launches `count` instances, each in the zone that has fewest.
pub(super) fn launch(account: &mut Account, name: &str, count: usize) {
    let Some(group) = account.here.autoscaling.group(name) else { return };
    let (before, why) = (group.size(), group.why.clone());
    let now = at(account.now());
    let cause = format!(
        "{why}At {now} an instance was started in response to a difference between desired and \
         actual capacity, increasing the capacity from {before} to {}.",
        before + count
    );
    for _ in 0..count {
        if !launch_one(account, name, &cause) {
            break;
        }
    }
}

/// Launches one instance; whether that worked.
fn launch_one(account: &mut Account, name: &str, cause: &str) -> bool {
    let Some(group) = account.here.autoscaling.group(name).cloned() else { return false };
    let (subnet, zone) = place(account, &group);
    let params = match params(account, &group, &subnet, &zone) {
        Ok(params) => params,
        Err(fault) => return refused(account, &group, cause, (subnet, zone), &fault),
    };
    let caller = itself(account);
    match account.call(&caller, Service::Ec2, "RunInstances", params) {
        Ok(answer) => {
            started(account, &group, cause, &answer["instancesSet"][0]);
            true
        }
        Err(fault) => refused(account, &group, cause, (subnet, zone), &fault),
    }
}

/// The subnet and zone with the fewest instances of the group.
fn place(account: &mut Account, group: &Group) -> (String, String) {
    let tried = group.failures as usize;
    if group.subnets.is_empty() {
        let mut zones: Vec<_> = group.zones.clone();
        zones.sort_by_key(|zone| group.members.iter().filter(|it| it.zone == *zone).count());
        // After a failure the next zone is tried.
        let zone = zones.get(tried % zones.len().max(1)).cloned().unwrap_or_default();
        return (String::new(), zone);
    }
    let mut subnets = group.subnets.clone();
    subnets.sort_by_key(|subnet| group.members.iter().filter(|it| it.subnet == *subnet).count());
    let subnet = subnets.get(tried % subnets.len()).cloned().unwrap_or_default();
    let caller = itself(account);
    let params = json!({"SubnetId": [subnet]});
    let answer = account.call(&caller, Service::Ec2, "DescribeSubnets", params);
    let zone = answer.ok().and_then(|answer| {
        let zone = answer.pointer("/subnetSet/0/availabilityZone").and_then(Value::as_str);
        zone.map(str::to_owned)
    });
    (subnet, zone.unwrap_or_default())
}

/// The parameters of RunInstances.
fn params(account: &mut Account, group: &Group, subnet: &str, zone: &str) -> Result<Value, Fault> {
    let mut tags = vec![json!({"Key": "aws:autoscaling:groupName", "Value": group.name})];
    tags.extend(
        group
            .tags
            .iter()
            .filter(|(_, (_, propagates))| *propagates)
            .map(|(key, (value, _))| json!({"Key": key, "Value": value})),
    );
    let mut params = json!({
        "MinCount": 1,
        "MaxCount": 1,
        "TagSpecification": [{"ResourceType": "instance", "Tag": tags}],
    });
    if subnet.is_empty() {
        params["Placement"] = json!({"AvailabilityZone": zone});
    } else {
        params["SubnetId"] = json!(subnet);
    }
    match &group.launch {
        Launch::Template { id, version, .. } => {
            params["LaunchTemplate"] = json!({"LaunchTemplateId": id, "Version": version});
            if let Some(kind) = override_of(group) {
                params["InstanceType"] = json!(kind);
            }
        }
        Launch::Configuration(name) => {
            let scaling = &account.here.autoscaling;
            let found = scaling.configurations.iter().find(|it| it.name == *name);
            let found = found.ok_or_else(|| {
                super::invalid(format!(
                    "Launch configuration name not found - Launch configuration {name} not found"
                ))
            })?;
            found.apply(&mut params);
        }
    }
    Ok(params)
}

/// The first instance type that a mixed policy names.
fn override_of(group: &Group) -> Option<String> {
    let overrides = group.mixed.as_ref()?.pointer("/LaunchTemplate/Overrides/0/InstanceType")?;
    overrides.as_str().map(str::to_owned)
}

/// EC2 took the order: the instance is on its way.
fn started(account: &mut Account, group: &Group, cause: &str, instance: &Value) {
    let text =
        |path: &str| instance.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let id = text("/instanceId");
    let (subnet, zone) = (text("/subnetId"), text("/placement/availabilityZone"));
    let beginning = Beginning {
        description: format!("Launching a new EC2 instance: {id}"),
        cause: cause.to_owned(),
        subnet: subnet.clone(),
        zone: zone.clone(),
    };
    let activity = activity::begin(account, &group.name, beginning);
    let from = current(account, &group.launch);
    let now = account.now();
    let name = group.name.clone();
    if let Some(found) = account.here.autoscaling.group_mut(&name) {
        found.failures = 0;
        found.members.push(Member {
            id: id.clone(),
            kind: text("/instanceType"),
            zone,
            subnet,
            lifecycle: "Pending",
            healthy: true,
            launched: now,
            from,
            protected: found.protects_new,
            activity,
        });
    }
    account.later(LOOK, move |account| watch(account, &name, &id));
}

/// A template with the number its version stands for now.
fn current(account: &mut Account, launch: &Launch) -> Launch {
    let Launch::Template { id, name, version } = launch else { return launch.clone() };
    let member = match version.as_str() {
        "$Latest" => "latestVersionNumber",
        "$Default" | "" => "defaultVersionNumber",
        _ => return launch.clone(),
    };
    let caller = itself(account);
    let params = json!({"LaunchTemplateId": [id]});
    let answer = account.call(&caller, Service::Ec2, "DescribeLaunchTemplates", params);
    let number = answer.ok().and_then(|answer| {
        let number = answer.pointer(&format!("/launchTemplates/0/{member}"))?;
        Some(number.as_str().map_or_else(|| number.to_string(), str::to_owned))
    });
    let version = number.unwrap_or_else(|| version.clone());
    Launch::Template { id: id.clone(), name: name.clone(), version }
}

/// EC2 refused: the activity says why, and the group tries again later.
fn refused(
    account: &mut Account,
    group: &Group,
    cause: &str,
    (subnet, zone): (String, String),
    fault: &Fault,
) -> bool {
    let beginning = Beginning {
        description: "Launching a new EC2 instance".to_owned(),
        cause: cause.to_owned(),
        subnet,
        zone,
    };
    let activity = activity::begin(account, &group.name, beginning);
    let message = status_message(account, group, fault);
    activity::end(account, &activity, Some(message));
    let mut failures = 0;
    if let Some(found) = account.here.autoscaling.group_mut(&group.name) {
        found.failures += 1;
        failures = found.failures;
    }
    scale::plan(account, &group.name, scale::pause(failures));
    false
}

/// What an activity says of EC2's refusal.
///
/// Wordings of <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html>;
/// elsewhere EC2's own sentence with Auto Scaling's after it.
fn status_message(account: &Account, group: &Group, fault: &Fault) -> String {
    let sentence = match fault.code.as_str() {
        "InvalidAMIID.NotFound" | "InvalidAMIID.Unavailable" | "InvalidAMIID.Malformed" => {
            let image = quoted(&fault.message, "ami-");
            format!("The AMI ID {image} does not exist.")
        }
        "InstanceLimitExceeded" => {
            let running = account.here.autoscaling.group(&group.name).map_or(0, Group::size);
            format!("{running} instance(s) are already running.")
        }
        _ if fault.code.starts_with("InvalidLaunchTemplate") => {
            format!("You must use a valid fully-formed launch template. {}", fault.message)
        }
        _ => fault.message.clone(),
    };
    let point = if sentence.ends_with('.') { "" } else { "." };
    format!("{sentence}{point} Launching EC2 instance failed.")
}

/// The id that begins with a prefix in a sentence.
fn quoted(text: &str, prefix: &str) -> String {
    let start = text.find(prefix).map_or("", |start| &text[start..]);
    start.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

/// Looks whether a new instance runs; then it is in service.
fn watch(account: &mut Account, name: &str, id: &str) {
    let Some(group) = account.here.autoscaling.group(name) else { return };
    let Some(member) = group.members.iter().find(|member| member.id == *id) else { return };
    if member.lifecycle != "Pending" {
        return;
    }
    let activity = member.activity.clone();
    match state(account, id) {
        "pending" => {
            let (name, id) = (name.to_owned(), id.to_owned());
            account.later(LOOK, move |account| watch(account, &name, &id));
        }
        "running" => in_service(account, name, id, &activity),
        other => {
            let reason = format!(
                "Instance became unhealthy while waiting for instance to be in InService state. \
                 Instance state: {other}."
            );
            activity::end(account, &activity, Some(reason));
            let failures = match account.here.autoscaling.group_mut(name) {
                Some(found) => {
                    found.members.retain(|member| member.id != id);
                    found.failures += 1;
                    found.failures
                }
                None => 0,
            };
            scale::plan(account, name, scale::pause(failures));
        }
    }
}

/// The state of an instance as EC2 has it; nothing for one it does not know.
// Read and not asked for: every group looks at every instance each minute, for days of a story.
pub(super) fn state(account: &Account, id: &str) -> &'static str {
    account.here.ec2.instances.get(id).map_or("", |instance| instance.state)
}

/// The instance is in service, and is registered with what the group serves.
fn in_service(account: &mut Account, name: &str, id: &str, activity: &str) {
    activity::end(account, activity, None);
    let Some(group) = account.here.autoscaling.group_mut(name) else { return };
    if let Some(member) = group.members.iter_mut().find(|member| member.id == id) {
        member.lifecycle = "InService";
    }
    let group = group.clone();
    register(account, &group, &[id.to_owned()]);
    super::health::keep_looking(account, name);
}

/// Registers instances with a group's target groups and load balancers.
pub(super) fn register(account: &mut Account, group: &Group, ids: &[String]) {
    if group.suspends("AddToLoadBalancer") || ids.is_empty() {
        return;
    }
    let caller = itself(account);
    let targets: Vec<Value> = ids.iter().map(|id| json!({"Id": id})).collect();
    for arn in &group.target_groups {
        let params = json!({"TargetGroupArn": arn, "Targets": targets});
        // A target group that is gone shows in the group's health, not as a failed launch.
        let _ = account.call(&caller, Service::LoadBalancing, "RegisterTargets", params);
    }
    let instances: Vec<Value> = ids.iter().map(|id| json!({"InstanceId": id})).collect();
    for balancer in &group.balancers {
        let params = json!({"LoadBalancerName": balancer, "Instances": instances});
        let operation = "RegisterInstancesWithLoadBalancer";
        let _ = account.call(&caller, Service::ClassicLoadBalancing, operation, params);
    }
}
