//! Network interfaces: who holds a subnet or a security group.

use aws_sdk_ec2::types as sdk;

use super::{ALL, filter};
use crate::aws::convert::{filled, id, ip, required, tags};
use crate::aws::{Aws, Reading};
use crate::world::network::Interface;
use crate::world::{GroupId, InterfaceId, VpcId};

impl Aws {
    /// All network interfaces of a VPC.
    pub async fn interfaces(&self, vpc: &VpcId) -> Reading<Vec<Interface>> {
        let found = self.interfaces_by(filter("vpc-id", [vpc.as_str()])).await?;
        Ok(found.map(|found| {
            found.into_iter().filter(|interface| interface.vpc.as_ref() == Some(vpc)).collect()
        }))
    }

    /// Network interfaces that carry one of these security groups.
    pub async fn interfaces_of_groups(&self, groups: &[GroupId]) -> Reading<Vec<Interface>> {
        let ids = groups.iter().map(GroupId::as_str);
        let found = self.interfaces_by(filter("group-id", ids)).await?;
        let carries = |interface: &Interface| interface.groups.iter().any(|g| groups.contains(g));
        Ok(found.map(|found| found.into_iter().filter(carries).collect()))
    }

    /// Network interfaces by id; ids that are gone are left out.
    pub async fn interfaces_of_ids(&self, ids: &[InterfaceId]) -> Reading<Vec<Interface>> {
        let names = ids.iter().map(InterfaceId::as_str);
        let found = self.interfaces_by(filter("network-interface-id", names)).await?;
        Ok(found.map(|found| found.into_iter().filter(|own| ids.contains(&own.id)).collect()))
    }

    async fn interfaces_by(&self, filter: sdk::Filter) -> Reading<Vec<Interface>> {
        let interfaces = self
            .pages(
                "ec2:DescribeNetworkInterfaces",
                ALL,
                |token| {
                    let request = self.ec2().describe_network_interfaces();
                    request.filters(filter.clone()).set_next_token(token).send()
                },
                |page| (page.network_interfaces, page.next_token),
            )
            .await?;
        Ok(interfaces.map(|interfaces| interfaces.into_iter().map(interface).collect()))
    }
}

fn interface(interface: sdk::NetworkInterface) -> Interface {
    let attachment = interface.attachment;
    let mut private_ips: Vec<_> = ip(interface.private_ip_address.as_deref()).into_iter().collect();
    for address in interface.private_ip_addresses.unwrap_or_default() {
        let address = ip(address.private_ip_address.as_deref());
        private_ips.extend(address.filter(|address| !private_ips.contains(address)));
    }
    let public = interface.association.and_then(|association| association.public_ip);
    Interface {
        id: required(interface.network_interface_id),
        vpc: id(interface.vpc_id),
        subnet: id(interface.subnet_id),
        status: interface.status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        kind: interface.interface_type.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        description: interface.description.unwrap_or_default(),
        requester_managed: interface.requester_managed.unwrap_or(false),
        requester: filled(interface.requester_id),
        groups: interface
            .groups
            .unwrap_or_default()
            .into_iter()
            .filter_map(|group| id(group.group_id))
            .collect(),
        private_ips,
        public_ip: ip(public.as_deref()),
        instance: id(attachment.as_ref().and_then(|a| a.instance_id.clone())),
        attachment: filled(attachment.and_then(|attachment| attachment.attachment_id)),
        tags: tags!(interface.tag_set),
    }
}
