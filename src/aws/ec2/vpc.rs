//! VPCs, their DNS attributes, subnets and zones.

use aws_sdk_ec2::types::{self as sdk, VpcAttributeName};

use super::{ALL, filter, of_vpc};
use crate::aws::convert::{cidr, count, id, required, tags};
use crate::aws::{Answer, Aws, Reading};
use crate::world::network::{DhcpOptions, Subnet, Vpc, Zone};
use crate::world::{Region, VpcId};

impl Aws {
    /// The VPC of that id, or all of the region.
    pub async fn vpcs(&self, vpc: Option<&VpcId>) -> Reading<Vec<Vpc>> {
        let found = self.vpcs_by(of_vpc(vpc)).await?;
        let wanted = |found: &Vpc| vpc.is_none_or(|vpc| found.id == *vpc);
        Ok(found.map(|vpcs| vpcs.into_iter().filter(wanted).collect()))
    }

    /// The region's default VPC, if it has one.
    pub async fn default_vpcs(&self) -> Reading<Vec<Vpc>> {
        let found = self.vpcs_by(Some(vec![filter("is-default", ["true"])])).await?;
        Ok(found.map(|vpcs| vpcs.into_iter().filter(|found| found.is_default).collect()))
    }

    async fn vpcs_by(&self, filters: Option<Vec<sdk::Filter>>) -> Reading<Vec<Vpc>> {
        let vpcs = self
            .pages(
                "ec2:DescribeVpcs",
                ALL,
                |token| {
                    let request = self.ec2().describe_vpcs().set_filters(filters.clone());
                    request.set_next_token(token).send()
                },
                |page| (page.vpcs, page.next_token),
            )
            .await?;
        Ok(vpcs.map(|vpcs| vpcs.into_iter().map(vpc).collect()))
    }

    /// Whether the VPC resolves names with Amazon's DNS (`enableDnsSupport`).
    pub async fn dns_support(&self, vpc: &VpcId) -> Reading<bool> {
        let attribute = VpcAttributeName::EnableDnsSupport;
        let answer = self.vpc_attribute(vpc, attribute).await?;
        let value = answer.value.enable_dns_support.and_then(|attribute| attribute.value);
        Ok(Answer { value: value.unwrap_or(false), source: answer.source })
    }

    /// Whether the VPC gives instances public host names (`enableDnsHostnames`).
    pub async fn dns_hostnames(&self, vpc: &VpcId) -> Reading<bool> {
        let attribute = VpcAttributeName::EnableDnsHostnames;
        let answer = self.vpc_attribute(vpc, attribute).await?;
        let value = answer.value.enable_dns_hostnames.and_then(|attribute| attribute.value);
        Ok(Answer { value: value.unwrap_or(false), source: answer.source })
    }

    async fn vpc_attribute(
        &self,
        vpc: &VpcId,
        attribute: VpcAttributeName,
    ) -> Reading<aws_sdk_ec2::operation::describe_vpc_attribute::DescribeVpcAttributeOutput> {
        self.read("ec2:DescribeVpcAttribute", || {
            let request = self.ec2().describe_vpc_attribute().vpc_id(vpc.as_str());
            request.attribute(attribute.clone()).send()
        })
        .await
    }

    /// The DHCP options of that id, or all of the region.
    pub async fn dhcp_options(&self, options: Option<&str>) -> Reading<Vec<DhcpOptions>> {
        let found = self
            .pages(
                "ec2:DescribeDhcpOptions",
                ALL,
                |token| {
                    let request = self.ec2().describe_dhcp_options();
                    let only = options.map(|id| vec![filter("dhcp-options-id", [id])]);
                    let request = request.set_filters(only);
                    request.set_next_token(token).send()
                },
                |page| (page.dhcp_options, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().map(dhcp);
            read.filter(|found| options.is_none_or(|id| found.id == id)).collect()
        }))
    }

    /// All subnets of a VPC, or of the region.
    pub async fn subnets(&self, vpc: Option<&VpcId>) -> Reading<Vec<Subnet>> {
        let found = self.subnets_by(of_vpc(vpc)).await?;
        let there = |found: &Subnet| vpc.is_none_or(|vpc| found.vpc == *vpc);
        Ok(found.map(|subnets| subnets.into_iter().filter(there).collect()))
    }

    /// Subnets by id, to learn their VPC; ids that are gone are left out.
    pub async fn subnets_of_ids(&self, ids: &[String]) -> Reading<Vec<Subnet>> {
        let found = self.subnets_by(Some(vec![filter("subnet-id", ids)])).await?;
        let wanted = |subnet: &Subnet| ids.iter().any(|id| id == subnet.id.as_str());
        Ok(found.map(|subnets| subnets.into_iter().filter(wanted).collect()))
    }

    /// The default subnets of the region's zones.
    pub async fn default_subnets(&self) -> Reading<Vec<Subnet>> {
        let found = self.subnets_by(Some(vec![filter("default-for-az", ["true"])])).await?;
        Ok(found.map(|found| found.into_iter().filter(|own| own.default_for_zone).collect()))
    }

    async fn subnets_by(&self, filters: Option<Vec<sdk::Filter>>) -> Reading<Vec<Subnet>> {
        let subnets = self
            .pages(
                "ec2:DescribeSubnets",
                ALL,
                |token| {
                    let request = self.ec2().describe_subnets().set_filters(filters.clone());
                    request.set_next_token(token).send()
                },
                |page| (page.subnets, page.next_token),
            )
            .await?;
        Ok(subnets.map(|subnets| subnets.into_iter().map(subnet).collect()))
    }

    /// The regions that are switched on for the account.
    // `AllRegions` is left out, so that AWS tells those alone that can be used.
    pub async fn regions(&self) -> Reading<Vec<Region>> {
        let answer =
            self.read("ec2:DescribeRegions", || self.ec2().describe_regions().send()).await?;
        Ok(answer.map(|page| {
            let found = page.regions.unwrap_or_default().into_iter();
            let mut names: Vec<Region> = found.filter_map(|found| id(found.region_name)).collect();
            names.sort();
            names
        }))
    }

    /// The region's Availability Zones.
    pub async fn zones(&self) -> Reading<Vec<Zone>> {
        let answer = self
            .read("ec2:DescribeAvailabilityZones", || {
                self.ec2().describe_availability_zones().send()
            })
            .await?;
        Ok(answer.map(|page| {
            let zones = page.availability_zones.unwrap_or_default().into_iter();
            zones
                .map(|zone| Zone {
                    name: zone.zone_name.unwrap_or_default(),
                    state: zone.state.map(|state| state.as_str().to_owned()),
                })
                .collect()
        }))
    }
}

fn vpc(vpc: sdk::Vpc) -> Vpc {
    let associated = vpc.cidr_block_association_set.unwrap_or_default();
    let more = vpc.ipv6_cidr_block_association_set.unwrap_or_default();
    let v4 = associated.iter().filter(|block| {
        let state = block.cidr_block_state.as_ref().and_then(|state| state.state.as_ref());
        state.is_none_or(|state| state.as_str() == "associated")
    });
    let v6 = more.iter().filter(|block| {
        let state = block.ipv6_cidr_block_state.as_ref().and_then(|state| state.state.as_ref());
        state.is_none_or(|state| state.as_str() == "associated")
    });
    let mut cidrs: Vec<_> = cidr(vpc.cidr_block.as_deref()).into_iter().collect();
    cidrs.extend(v4.filter_map(|block| cidr(block.cidr_block.as_deref())));
    cidrs.extend(v6.filter_map(|block| cidr(block.ipv6_cidr_block.as_deref())));
    cidrs.dedup();
    Vpc {
        id: required(vpc.vpc_id),
        cidrs,
        is_default: vpc.is_default.unwrap_or(false),
        dhcp_options: id(vpc.dhcp_options_id),
        tags: tags!(vpc.tags),
    }
}

fn subnet(subnet: sdk::Subnet) -> Subnet {
    let v6 = subnet.ipv6_cidr_block_association_set.unwrap_or_default();
    let mut cidrs: Vec<_> = cidr(subnet.cidr_block.as_deref()).into_iter().collect();
    cidrs.extend(v6.iter().filter_map(|block| cidr(block.ipv6_cidr_block.as_deref())));
    Subnet {
        id: required(subnet.subnet_id),
        vpc: required(subnet.vpc_id),
        zone: subnet.availability_zone.unwrap_or_default(),
        cidrs,
        free_addresses: count(subnet.available_ip_address_count),
        public_on_launch: subnet.map_public_ip_on_launch.unwrap_or(false),
        default_for_zone: subnet.default_for_az.unwrap_or(false),
        tags: tags!(subnet.tags),
    }
}

fn dhcp(options: sdk::DhcpOptions) -> DhcpOptions {
    let servers = options.dhcp_configurations.unwrap_or_default().into_iter();
    let servers = servers.filter(|entry| entry.key.as_deref() == Some("domain-name-servers"));
    DhcpOptions {
        id: required(options.dhcp_options_id),
        name_servers: servers
            .flat_map(|entry| entry.values.unwrap_or_default())
            .filter_map(|value| value.value)
            .collect(),
    }
}
