//! Elastic IP addresses and prefix lists.

use aws_sdk_ec2::types as sdk;

use super::{ALL, filter};
use crate::aws::convert::{cidr, filled, id, ip, required, tags};
use crate::aws::{Aws, Reading};
use crate::world::PrefixListId;
use crate::world::network::{Address, PrefixList};

impl Aws {
    /// All Elastic IP addresses of the account and region.
    pub async fn addresses(&self) -> Reading<Vec<Address>> {
        let answer =
            self.read("ec2:DescribeAddresses", || self.ec2().describe_addresses().send()).await?;
        Ok(answer.map(|page| page.addresses.unwrap_or_default().into_iter().map(address).collect()))
    }

    /// AWS's own prefix lists by id, with their blocks.
    pub async fn prefix_lists(&self, lists: &[PrefixListId]) -> Reading<Vec<PrefixList>> {
        let found = self
            .pages(
                "ec2:DescribePrefixLists",
                ALL,
                |token| {
                    let ids = lists.iter().map(PrefixListId::as_str);
                    let request = self.ec2().describe_prefix_lists();
                    request.filters(filter("prefix-list-id", ids)).set_next_token(token).send()
                },
                |page| (page.prefix_lists, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().map(prefix_list);
            read.filter(|list| lists.contains(&list.id)).collect()
        }))
    }
}

fn address(address: sdk::Address) -> Address {
    Address {
        allocation: id(address.allocation_id),
        ip: ip(address.public_ip.as_deref()),
        association: filled(address.association_id),
        instance: id(address.instance_id),
        interface: id(address.network_interface_id),
        tags: tags!(address.tags),
    }
}

fn prefix_list(list: sdk::PrefixList) -> PrefixList {
    let blocks = list.cidrs.unwrap_or_default();
    PrefixList {
        id: required(list.prefix_list_id),
        name: list.prefix_list_name.unwrap_or_default(),
        cidrs: blocks.iter().filter_map(|block| cidr(Some(block))).collect(),
    }
}
