//! What to ask EC2 about instances.

use std::collections::BTreeSet;

use crate::aws::{ComputeQuestion as Ask, EnvironmentRef};
use crate::collect::view::View;
use crate::world::{ImageId, InstanceId};

/// Most instances whose status checks are asked for; the call takes 100 at once.
const CHECKED: usize = 100;

pub(super) fn questions(view: &View<'_>) -> Vec<Ask> {
    // The tags that Elastic Beanstalk gives to all it makes (`eb-tags-system` in the recorded
    // behaviours) find the instances, and with them the VPC, before anything else is known.
    let (key, value) = match view.given {
        EnvironmentRef::Name(name) => ("elasticbeanstalk:environment-name", name.clone()),
        EnvironmentRef::Id(id) => ("elasticbeanstalk:environment-id", id.to_string()),
    };
    let mut asks = vec![Ask::Tagged(key.to_owned(), value)];
    if view.snapshot.compute.instances.source().is_none() {
        return asks;
    }
    let known: BTreeSet<&InstanceId> =
        view.snapshot.compute.instances.items().iter().map(|instance| &instance.id).collect();
    let mut unknown = view.instances();
    unknown.extend(view.routing_instances());
    unknown.retain(|id| !known.contains(id));
    if !unknown.is_empty() {
        asks.push(Ask::OfIds(unknown.into_iter().collect()));
    }
    if view.trouble {
        explaining(view, &mut asks);
    }
    asks
}

fn explaining(view: &View<'_>, asks: &mut Vec<Ask>) {
    let own = view.instances();
    let known = view.snapshot.compute.instances.items().iter();
    let known = known.filter(|found| own.contains(&found.id) && found.state == "running");
    let running: Vec<InstanceId> = known.take(CHECKED).map(|found| found.id.clone()).collect();
    if !running.is_empty() {
        asks.push(Ask::Statuses(running));
    }
    let groups = view.snapshot.scaling.groups.items().iter();
    let templates: BTreeSet<_> = groups.filter_map(|group| group.launch_template.clone()).collect();
    asks.extend(templates.into_iter().map(|(id, version)| Ask::LaunchTemplate(id, version)));
    // All images at once: only when everything that names one was read.
    if view.settings().is_some() && view.snapshot.scaling.groups.source().is_some() {
        let images: Vec<ImageId> = images(view).into_iter().collect();
        if !images.is_empty() {
            asks.push(Ask::Images(images));
        }
        let types: Vec<String> = instance_types(view).into_iter().collect();
        if !types.is_empty() {
            asks.extend([Ask::Offerings(types.clone()), Ask::Types(types)]);
        }
        let key = view.option("aws:autoscaling:launchconfiguration", "EC2KeyName");
        if key.is_some() {
            asks.push(Ask::KeyPairs);
        }
    }
    if view.wanted.everything || vcpu_limit_met(view) {
        asks.push(Ask::RunningVcpus);
    }
}

fn images(view: &View<'_>) -> BTreeSet<ImageId> {
    let set = view.option("aws:autoscaling:launchconfiguration", "ImageId").map(ImageId::from);
    let compute = &view.snapshot.compute;
    let templates = compute.launch_templates.items().iter().filter_map(|t| t.image.clone());
    let configurations = view.snapshot.scaling.launch_configurations.items().iter();
    let configurations = configurations.filter_map(|c| c.image.clone()).map(ImageId);
    let all = set.into_iter().chain(templates).chain(configurations);
    all.filter(|image| image.as_str().starts_with("ami-")).collect()
}

fn instance_types(view: &View<'_>) -> BTreeSet<String> {
    let Some(settings) = view.settings() else { return BTreeSet::new() };
    let one = settings.get("aws:autoscaling:launchconfiguration", "InstanceType");
    let several = settings.list("aws:ec2:instances", "InstanceTypes");
    several.into_iter().chain(one.map(str::to_owned)).collect()
}

/// Whether a launch was refused because of the quota of virtual processors (`CAP-01`).
pub(super) fn vcpu_limit_met(view: &View<'_>) -> bool {
    let activities = view.snapshot.scaling.activities.items().iter();
    activities
        .filter_map(|activity| activity.message.as_deref())
        .any(|message| message.contains("vCPU") || message.contains("InstanceLimitExceeded"))
}
