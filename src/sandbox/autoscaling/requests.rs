//! Creating, changing and deleting groups.

#![expect(clippy::too_many_lines, reason = "a table, or one request read field by field")]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::activity::at;
use super::group::{Group, Launch};
use super::{absent, invalid, itself, launch, scale, terminate};
use crate::sandbox::{Account, Answer, Call, Fault, Params, Service};

/// A size that a call names.
fn size(params: &Value, name: &str) -> Option<usize> {
    params.number(name).and_then(|number| usize::try_from(number).ok())
}

/// What instances are to be launched from, if a call says so.
fn launched_from(account: &mut Account, params: &Value) -> Result<Option<Launch>, Fault> {
    if let Some(name) = params.text("LaunchConfigurationName") {
        let known = account.here.autoscaling.configurations.iter().any(|it| it.name == name);
        if !known {
            return Err(invalid(format!(
                "Launch configuration name not found - Launch configuration {name} not found"
            )));
        }
        return Ok(Some(Launch::Configuration(name.to_owned())));
    }
    let mixed = params.pointer("/MixedInstancesPolicy/LaunchTemplate/LaunchTemplateSpecification");
    let Some(template) = params.get("LaunchTemplate").or(mixed) else { return Ok(None) };
    let (id, name) = (template.text("LaunchTemplateId"), template.text("LaunchTemplateName"));
    let lookup = match (id, name) {
        (Some(id), _) => json!({"LaunchTemplateId": [id]}),
        (None, Some(name)) => json!({"LaunchTemplateName": [name]}),
        (None, None) => {
            return Err(invalid(
                "Valid requests must contain either launchTemplateId or LaunchTemplateName",
            ));
        }
    };
    let caller = itself(account);
    let found = account.call(&caller, Service::Ec2, "DescribeLaunchTemplates", lookup);
    let found = found.map_err(|fault| {
        let text = fault.message;
        invalid(format!("You must use a valid fully-formed launch template. {text}"))
    })?;
    let text = |member: &str| {
        let value = found.pointer(&format!("/launchTemplates/0/{member}"));
        value.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    Ok(Some(Launch::Template {
        id: text("launchTemplateId"),
        name: text("launchTemplateName"),
        version: template.text("Version").unwrap_or("$Default").to_owned(),
    }))
}

/// Subnets that a call names, each of which must be there.
fn subnets(account: &mut Account, params: &Value) -> Result<Option<Vec<String>>, Fault> {
    let Some(list) = params.text("VPCZoneIdentifier") else { return Ok(None) };
    let ids: Vec<String> = list.split(',').map(|id| id.trim().to_owned()).collect();
    let caller = itself(account);
    let lookup = json!({"SubnetId": ids});
    account
        .call(&caller, Service::Ec2, "DescribeSubnets", lookup)
        .map_err(|fault| invalid(fault.message))?;
    Ok(Some(ids))
}

/// The zones of subnets.
fn zones_of(account: &mut Account, subnets: &[String]) -> Vec<String> {
    let caller = itself(account);
    let lookup = json!({"SubnetId": subnets});
    let answer = account.call(&caller, Service::Ec2, "DescribeSubnets", lookup);
    let answer = answer.unwrap_or_default();
    let rows = answer.list("subnetSet").iter();
    let mut zones: Vec<String> =
        rows.filter_map(|row| row.text("availabilityZone")).map(str::to_owned).collect();
    zones.sort();
    zones.dedup();
    zones
}

/// Refuses target groups that are not there.
fn check_targets(account: &mut Account, arns: &[String]) -> Result<(), Fault> {
    let caller = itself(account);
    for arn in arns {
        let lookup = json!({"TargetGroupArns": [arn]});
        let found = account.call(&caller, Service::LoadBalancing, "DescribeTargetGroups", lookup);
        if found.is_err() {
            return Err(invalid(
                "Provided Target Groups may not be valid. Please ensure they exist and try again.",
            ));
        }
    }
    Ok(())
}

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let name = params.need("AutoScalingGroupName")?.to_owned();
    if account.here.autoscaling.group(&name).is_some() {
        let text = format!(
            "AutoScalingGroup by this name already exists - A group with the name {name} already \
             exists"
        );
        return Err(Fault::new("AlreadyExists", text));
    }
    let from = launched_from(account, params)?.ok_or_else(|| {
        invalid(
            "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, \
             InstanceId or MixedInstancesPolicy parameter.",
        )
    })?;
    let need = |name: &str| {
        size(params, name).ok_or_else(|| invalid(format!("{name} must be a whole number")))
    };
    let (min, max) = (need("MinSize")?, need("MaxSize")?);
    let desired = size(params, "DesiredCapacity").unwrap_or(min);
    check_sizes(min, max, desired)?;
    let subnets = subnets(account, params)?.unwrap_or_default();
    let zones = match params.texts("AvailabilityZones") {
        zones if zones.is_empty() => zones_of(account, &subnets),
        zones => zones,
    };
    if zones.is_empty() {
        return Err(invalid("At least one Availability Zone or VPC Subnet is required."));
    }
    let target_groups = params.texts("TargetGroupARNs");
    check_targets(account, &target_groups)?;
    let now = account.now();
    let uuid = account.uuid();
    let arn =
        account.arn("autoscaling", &format!("autoScalingGroup:{uuid}:autoScalingGroupName/{name}"));
    let policies = params.texts("TerminationPolicies");
    let group = Group {
        name: name.clone(),
        arn,
        launch: from,
        mixed: params.get("MixedInstancesPolicy").cloned(),
        min,
        max,
        desired,
        cooldown: params.number("DefaultCooldown").unwrap_or(300),
        zones,
        subnets,
        target_groups,
        balancers: params.texts("LoadBalancerNames"),
        health_check: params.text("HealthCheckType").unwrap_or("EC2").to_owned(),
        grace: params.number("HealthCheckGracePeriod").unwrap_or(0),
        members: Vec::new(),
        created: now,
        suspended: BTreeMap::new(),
        tags: tags(params),
        termination_policies: if policies.is_empty() {
            vec!["Default".to_owned()]
        } else {
            policies
        },
        protects_new: params.flag("NewInstancesProtectedFromScaleIn"),
        deleting: false,
        failures: 0,
        planned: None,
        watched: false,
        why: format!(
            "At {} a user request created an AutoScalingGroup changing the desired capacity from \
             0 to {desired}.  ",
            at(now)
        ),
    };
    account.here.autoscaling.groups.push(group);
    scale::soon(account, &name);
    Ok(json!({}))
}

fn check_sizes(min: usize, max: usize, desired: usize) -> Result<(), Fault> {
    if min > max {
        return Err(invalid("Max bound must be greater than or equal to min bound"));
    }
    if desired < min || desired > max {
        return Err(invalid(
            "Desired capacity:".to_owned()
                + &format!(
                    "{desired} must be between the specified min size:{min} and max size:{max}"
                ),
        ));
    }
    Ok(())
}

fn tags(params: &Value) -> BTreeMap<String, (String, bool)> {
    let tags = params.list("Tags").iter();
    tags.map(|tag| {
        let text = |name: &str| tag.text(name).unwrap_or_default().to_owned();
        (text("Key"), (text("Value"), tag.flag("PropagateAtLaunch")))
    })
    .collect()
}

pub(super) fn update(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let name = params.need("AutoScalingGroupName")?;
    let Some(group) = account.here.autoscaling.group(name) else {
        // Literally `null`, as recorded.
        return Err(invalid("AutoScalingGroup name not found - null"));
    };
    let (was, min) = (group.desired, size(params, "MinSize").unwrap_or(group.min));
    let max = size(params, "MaxSize").unwrap_or(group.max);
    if min > max {
        return Err(invalid("Max bound must be greater than or equal to min bound"));
    }
    let desired = match size(params, "DesiredCapacity") {
        Some(desired) => {
            check_sizes(min, max, desired)?;
            desired
        }
        None => was.clamp(min, max),
    };
    let from = launched_from(account, params)?;
    let subnets = subnets(account, params)?;
    let zones = match &subnets {
        Some(subnets) => Some(zones_of(account, subnets)),
        None => Some(params.texts("AvailabilityZones")).filter(|zones| !zones.is_empty()),
    };
    let now = at(account.now());
    let Some(group) = account.here.autoscaling.group_mut(name) else {
        return Err(absent(name));
    };
    (group.min, group.max, group.desired) = (min, max, desired);
    if let Some(from) = from {
        // What was wrong with the old one says nothing about the new one.
        group.failures = 0;
        group.launch = from;
        group.mixed = params.get("MixedInstancesPolicy").cloned();
    }
    group.subnets = subnets.unwrap_or_else(|| group.subnets.clone());
    group.zones = zones.unwrap_or_else(|| group.zones.clone());
    group.cooldown = params.number("DefaultCooldown").unwrap_or(group.cooldown);
    group.grace = params.number("HealthCheckGracePeriod").unwrap_or(group.grace);
    if let Some(kind) = params.text("HealthCheckType") {
        kind.clone_into(&mut group.health_check);
    }
    if params.get("NewInstancesProtectedFromScaleIn").is_some() {
        group.protects_new = params.flag("NewInstancesProtectedFromScaleIn");
    }
    if desired != was {
        group.why = format!(
            "At {now} a user request update of AutoScalingGroup constraints to min: {min}, max: \
             {max}, desired: {desired} changing the desired capacity from {was} to {desired}.  "
        );
    }
    scale::soon(account, name);
    Ok(json!({}))
}

pub(super) fn set_desired(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("AutoScalingGroupName")?;
    let desired = size(&call.params, "DesiredCapacity").unwrap_or_default();
    let now = at(account.now());
    let group = account.here.autoscaling.group_mut(name).ok_or_else(|| absent(name))?;
    if desired > group.max {
        return Err(invalid(format!(
            "New SetDesiredCapacity value {desired} is above max value {} for the \
             AutoScalingGroup.",
            group.max
        )));
    }
    if desired < group.min {
        return Err(invalid(format!(
            "New SetDesiredCapacity value {desired} is below min value {} for the \
             AutoScalingGroup.",
            group.min
        )));
    }
    let was = std::mem::replace(&mut group.desired, desired);
    group.why = format!(
        "At {now} a user request explicitly set group desired capacity changing the desired \
         capacity from {was} to {desired}.  "
    );
    scale::soon(account, name);
    Ok(json!({}))
}

pub(super) fn delete(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("AutoScalingGroupName")?;
    let group = account.here.autoscaling.group(name).ok_or_else(|| absent(name))?;
    if group.members.is_empty() {
        if account.here.autoscaling.busy(name) && !call.params.flag("ForceDelete") {
            return Err(Fault::new(
                "ScalingActivityInProgress",
                "You cannot delete an AutoScalingGroup while there are scaling activities in \
                 progress for that group.",
            ));
        }
        remove(account, name);
        return Ok(json!({}));
    }
    if !call.params.flag("ForceDelete") {
        return Err(Fault::new(
            "ResourceInUse",
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot \
             instance request(s) still in the group.",
        ));
    }
    let now = at(account.now());
    let was = group.desired;
    let ids: Vec<String> = group.members.iter().map(|member| member.id.clone()).collect();
    if let Some(group) = account.here.autoscaling.group_mut(name) {
        group.deleting = true;
        (group.min, group.max, group.desired) = (0, 0, 0);
    }
    let cause = format!(
        "At {now} a user request force deleted AutoScalingGroup changing the desired capacity \
         from {was} to 0.  At {now} an instance was taken out of service in response to a \
         difference between desired and actual capacity, shrinking the capacity from {was} to 0."
    );
    for id in ids {
        terminate::end(account, name, &id, &cause);
    }
    Ok(json!({}))
}

/// A group is gone, with what belongs to it. Its activities stay.
pub(super) fn remove(account: &mut Account, name: &str) {
    let scaling = &mut account.here.autoscaling;
    scaling.groups.retain(|group| group.name != name);
    scaling.policies.retain(|policy| policy.group != name);
    scaling.schedules.retain(|schedule| schedule.group != name);
    scaling.notifications.retain(|notification| notification.group != name);
    for activity in &mut scaling.activities {
        activity.orphaned |= activity.group == name;
    }
}

/// The group that a call names, to be changed.
fn named<'a>(account: &'a mut Account, call: &Call) -> Result<&'a mut Group, Fault> {
    let name = call.params.need("AutoScalingGroupName")?;
    account.here.autoscaling.group_mut(name).ok_or_else(|| absent(name))
}

pub(super) fn attach_targets(account: &mut Account, call: &Call) -> Answer {
    let arns = call.params.texts("TargetGroupARNs");
    check_targets(account, &arns)?;
    let group = named(account, call)?;
    let fresh: Vec<_> = arns.into_iter().filter(|arn| !group.target_groups.contains(arn)).collect();
    group.target_groups.extend(fresh.iter().cloned());
    let only = Group { target_groups: fresh, balancers: Vec::new(), ..group.clone() };
    let serving = only.members.iter().filter(|member| member.lifecycle == "InService");
    let ids: Vec<String> = serving.map(|member| member.id.clone()).collect();
    launch::register(account, &only, &ids);
    Ok(json!({}))
}

pub(super) fn detach_targets(account: &mut Account, call: &Call) -> Answer {
    let arns = call.params.texts("TargetGroupARNs");
    let group = named(account, call)?;
    group.target_groups.retain(|arn| !arns.contains(arn));
    let only = Group { target_groups: arns, balancers: Vec::new(), ..group.clone() };
    for member in &only.members {
        terminate::deregister(account, &only, &member.id);
    }
    Ok(json!({}))
}

pub(super) fn attach_balancers(account: &mut Account, call: &Call) -> Answer {
    let names = call.params.texts("LoadBalancerNames");
    let group = named(account, call)?;
    let fresh: Vec<_> = names.into_iter().filter(|name| !group.balancers.contains(name)).collect();
    group.balancers.extend(fresh.iter().cloned());
    let only = Group { balancers: fresh, target_groups: Vec::new(), ..group.clone() };
    let ids: Vec<String> = only.members.iter().map(|member| member.id.clone()).collect();
    launch::register(account, &only, &ids);
    Ok(json!({}))
}

pub(super) fn detach_balancers(account: &mut Account, call: &Call) -> Answer {
    let names = call.params.texts("LoadBalancerNames");
    let group = named(account, call)?;
    group.balancers.retain(|name| !names.contains(name));
    let only = Group { balancers: names, target_groups: Vec::new(), ..group.clone() };
    for member in &only.members {
        terminate::deregister(account, &only, &member.id);
    }
    Ok(json!({}))
}

pub(super) fn tag(account: &mut Account, call: &Call) -> Answer {
    for tag in call.params.list("Tags") {
        let name = tag.text("ResourceId").unwrap_or_default();
        let group = account.here.autoscaling.group_mut(name).ok_or_else(|| absent(name))?;
        let text = |member: &str| tag.text(member).unwrap_or_default().to_owned();
        group.tags.insert(text("Key"), (text("Value"), tag.flag("PropagateAtLaunch")));
    }
    Ok(json!({}))
}

pub(super) fn untag(account: &mut Account, call: &Call) -> Answer {
    for tag in call.params.list("Tags") {
        let name = tag.text("ResourceId").unwrap_or_default();
        if let Some(group) = account.here.autoscaling.group_mut(name) {
            group.tags.remove(tag.text("Key").unwrap_or_default());
        }
    }
    Ok(json!({}))
}
