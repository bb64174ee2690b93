//! Instances and EC2's own checks of them.

use aws_sdk_ec2::types as sdk;

use super::{ALL, filter};
use crate::aws::convert::{filled, id, ip, required, tags, time};
use crate::aws::{Aws, Reading};
use crate::world::{Instance, InstanceId, InstanceStatus, VpcId};

impl Aws {
    /// All instances of a VPC; terminated ones have lost theirs.
    pub async fn instances_of_vpc(&self, vpc: &VpcId) -> Reading<Vec<Instance>> {
        let found = self.instances_by(filter("vpc-id", [vpc.as_str()])).await?;
        Ok(found.map(|found| {
            found.into_iter().filter(|instance| instance.vpc.as_ref() == Some(vpc)).collect()
        }))
    }

    /// All instances of the region that carry a tag, whatever its value.
    pub async fn instances_with(&self, key: &str) -> Reading<Vec<Instance>> {
        let found = self.instances_by(filter("tag-key", [key])).await?;
        let carries =
            |instance: &Instance| crate::world::network::tag(&instance.tags, key).is_some();
        Ok(found.map(|found| found.into_iter().filter(carries).collect()))
    }

    /// Instances that carry a tag of that value, terminated ones included.
    pub async fn instances_tagged(&self, key: &str, value: &str) -> Reading<Vec<Instance>> {
        let found = self.instances_by(filter(&format!("tag:{key}"), [value])).await?;
        let carries = |instance: &Instance| {
            crate::world::network::tag(&instance.tags, key).is_some_and(|found| found == value)
        };
        Ok(found.map(|found| found.into_iter().filter(carries).collect()))
    }

    /// Instances by id; ids that AWS has forgotten are left out.
    pub async fn instances_of_ids(&self, ids: &[InstanceId]) -> Reading<Vec<Instance>> {
        let names = ids.iter().map(InstanceId::as_str);
        let found = self.instances_by(filter("instance-id", names)).await?;
        Ok(found
            .map(|found| found.into_iter().filter(|instance| ids.contains(&instance.id)).collect()))
    }

    /// All running instances' types in the region, for the quota of virtual processors.
    pub async fn running_types(&self) -> Reading<Vec<String>> {
        let states = ["pending", "running", "stopping", "shutting-down"];
        let found = self.instances_by(filter("instance-state-name", states)).await?;
        Ok(found.map(|found| found.into_iter().map(|instance| instance.instance_type).collect()))
    }

    async fn instances_by(&self, filter: sdk::Filter) -> Reading<Vec<Instance>> {
        let reservations = self
            .pages(
                "ec2:DescribeInstances",
                ALL,
                |token| {
                    let request = self.ec2().describe_instances();
                    request.filters(filter.clone()).set_next_token(token).send()
                },
                |page| (page.reservations, page.next_token),
            )
            .await?;
        Ok(reservations.map(|reservations| {
            let found = reservations.into_iter().flat_map(|r| r.instances.unwrap_or_default());
            found.map(instance).collect()
        }))
    }

    /// EC2's status checks of instances, all of which must be known to EC2: one that is not fails
    /// the whole call, and there is no filter for them.
    pub async fn instance_statuses(&self, ids: &[InstanceId]) -> Reading<Vec<InstanceStatus>> {
        let statuses = self
            .pages(
                "ec2:DescribeInstanceStatus",
                ALL,
                |token| {
                    let names = ids.iter().map(ToString::to_string).collect();
                    let request = self.ec2().describe_instance_status();
                    let request = request.set_instance_ids(Some(names));
                    request.include_all_instances(true).set_next_token(token).send()
                },
                |page| (page.instance_statuses, page.next_token),
            )
            .await?;
        Ok(statuses.map(|statuses| {
            let read = statuses.into_iter().map(status);
            read.filter(|status| ids.contains(&status.instance)).collect()
        }))
    }
}

fn instance(instance: sdk::Instance) -> Instance {
    let interfaces = instance.network_interfaces.unwrap_or_default();
    let v6 = interfaces.iter().flat_map(|i| i.ipv6_addresses.as_deref().unwrap_or_default());
    let ipv6 = v6.filter_map(|address| ip(address.ipv6_address.as_deref())).collect();
    let state_reason = instance
        .state_reason
        .and_then(|reason| Some((filled(reason.code)?, reason.message.unwrap_or_default())));
    Instance {
        id: required(instance.instance_id),
        state: instance
            .state
            .and_then(|state| state.name)
            .map(|name| name.as_str().to_owned())
            .unwrap_or_default(),
        state_reason,
        instance_type: instance
            .instance_type
            .map(|kind| kind.as_str().to_owned())
            .unwrap_or_default(),
        image: required(instance.image_id),
        subnet: id(instance.subnet_id),
        vpc: id(instance.vpc_id),
        zone: filled(instance.placement.and_then(|placement| placement.availability_zone)),
        private_ip: ip(instance.private_ip_address.as_deref()),
        public_ip: ip(instance.public_ip_address.as_deref()),
        ipv6,
        groups: instance
            .security_groups
            .unwrap_or_default()
            .into_iter()
            .filter_map(|group| id(group.group_id))
            .collect(),
        interfaces: interfaces.into_iter().filter_map(|i| id(i.network_interface_id)).collect(),
        profile: instance.iam_instance_profile.and_then(|profile| id(profile.arn)),
        source_dest_check: instance.source_dest_check,
        launched: time(instance.launch_time.as_ref()),
        tags: tags!(instance.tags),
    }
}

fn status(status: sdk::InstanceStatus) -> InstanceStatus {
    let word = |summary: Option<sdk::InstanceStatusSummary>| {
        summary.and_then(|summary| summary.status).map(|status| status.as_str().to_owned())
    };
    InstanceStatus {
        instance: required(status.instance_id),
        system: word(status.system_status),
        machine: word(status.instance_status),
    }
}
