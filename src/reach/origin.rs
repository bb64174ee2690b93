//! Where packets start: the places in which the environment's instances are, or would be.

use std::collections::{BTreeMap, BTreeSet};

use super::View;
use crate::world::{Gap, GroupId, Snapshot, SubnetId};

/// A place from which packets start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The instance, if there is one; else the subnet.
    pub label: String,
    /// Its subnet.
    pub subnet: SubnetId,
    /// Its security groups; none if they are not known.
    pub groups: Vec<GroupId>,
    /// Whether it has a public IPv4 address, where that is known.
    pub public_address: Option<bool>,
}

/// The subnets in which instances are or would be launched: by the settings, else by the Auto
/// Scaling group, else by the instances themselves, else the default VPC's default subnets.
///
/// # Errors
/// A [`Gap`] if nothing of this could be read.
pub fn instance_subnets(world: &Snapshot) -> Result<Vec<SubnetId>, Gap> {
    let settings = world.settings.present();
    if let Ok(Some(settings)) = &settings {
        let named = settings.list("aws:ec2:vpc", "Subnets");
        if !named.is_empty() {
            return Ok(named.into_iter().map(SubnetId).collect());
        }
    }
    let of_groups: BTreeSet<SubnetId> = world
        .scaling
        .groups
        .items()
        .iter()
        .flat_map(|group| group.subnets.iter().map(|id| SubnetId(id.clone())))
        .collect();
    if !of_groups.is_empty() {
        return Ok(of_groups.into_iter().collect());
    }
    let of_instances: BTreeSet<SubnetId> =
        world.compute.instances.items().iter().filter_map(|one| one.subnet.clone()).collect();
    if !of_instances.is_empty() {
        return Ok(of_instances.into_iter().collect());
    }
    settings?;
    let subnets = world.network.subnets.present()?.map_or(&[][..], Vec::as_slice);
    let default = subnets.iter().filter(|subnet| subnet.default_for_zone);
    Ok(default.map(|subnet| subnet.id.clone()).collect())
}

/// One place for each instance subnet: that of a running instance if there is one, else the
/// place that the settings would give a new one.
///
/// # Errors
/// A [`Gap`] if the subnets are not known.
pub fn origins(world: &Snapshot, view: &View<'_>) -> Result<Vec<Origin>, Gap> {
    let mut running = BTreeMap::new();
    for instance in world.compute.instances.items() {
        let alive = matches!(instance.state.as_str(), "running" | "pending");
        if let (true, Some(subnet)) = (alive, &instance.subnet) {
            running.entry(subnet.clone()).or_insert(instance);
        }
    }
    let groups = groups_of_new(world);
    let mut subnets = instance_subnets(world)?;
    // An instance can still be where the settings no longer point.
    subnets.extend(running.keys().filter(|id| !subnets.contains(id)).cloned().collect::<Vec<_>>());
    let of = |subnet: SubnetId| match running.get(&subnet) {
        Some(instance) => Origin {
            label: instance.id.to_string(),
            groups: instance.groups.clone(),
            public_address: Some(instance.public_ip.is_some()),
            subnet,
        },
        None => Origin {
            label: subnet.to_string(),
            groups: groups.clone(),
            public_address: public_of_new(world, view, &subnet),
            subnet,
        },
    };
    Ok(subnets.into_iter().map(of).collect())
}

/// The groups that a new instance would carry.
fn groups_of_new(world: &Snapshot) -> Vec<GroupId> {
    let template = world.compute.launch_templates.items().first();
    if let Some(template) = template.filter(|template| !template.groups.is_empty()) {
        return template.groups.clone();
    }
    let of_stack = world.stack().and_then(|facts| facts.physical("AWSEBSecurityGroup"));
    let mut groups: Vec<GroupId> =
        of_stack.filter(|id| id.starts_with("sg-")).map(GroupId::from).into_iter().collect();
    if let Some(settings) = world.settings.value() {
        let named = settings.list("aws:autoscaling:launchconfiguration", "SecurityGroups");
        groups.extend(named.into_iter().filter(|id| id.starts_with("sg-")).map(GroupId));
    }
    groups.sort();
    groups.dedup();
    groups
}

/// Whether a new instance would get a public address: the setting decides, else the subnet.
fn public_of_new(world: &Snapshot, view: &View<'_>, subnet: &SubnetId) -> Option<bool> {
    let setting = world.settings.value()?.get("aws:ec2:vpc", "AssociatePublicIpAddress");
    match setting {
        Some(text) => Some(text.eq_ignore_ascii_case("true")),
        None => view.subnet(subnet).map(|subnet| subnet.public_on_launch),
    }
}
