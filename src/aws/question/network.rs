//! Questions to EC2 about the VPC.

use super::fill::{Fill, add, set};
use crate::aws::{Aws, Reading};
use crate::world::network::{Interface, InternetGateway, Peering, SecurityGroup, Subnet, Vpc};
use crate::world::{GroupId, InterfaceId, PrefixListId, VpcId};

/// A question to EC2 about the VPC.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NetworkQuestion {
    /// The VPC itself.
    Vpc(VpcId),
    /// The region's default VPC.
    DefaultVpc,
    /// `enableDnsSupport`.
    DnsSupport(VpcId),
    /// `enableDnsHostnames`.
    DnsHostnames(VpcId),
    /// DHCP options by id.
    Dhcp(String),
    /// Its subnets.
    Subnets(VpcId),
    /// Subnets by id, when only they tell the VPC.
    SubnetsOfIds(Vec<String>),
    /// Its route tables or, without a VPC, the region's.
    RouteTables(Option<VpcId>),
    /// Its network ACLs or, without a VPC, the region's.
    Acls(Option<VpcId>),
    /// Internet gateways attached to it and loose ones or, without a VPC, the region's.
    InternetGateways(Option<VpcId>),
    /// Its NAT gateways or, without a VPC, the region's.
    NatGateways(Option<VpcId>),
    /// Its endpoints or, without a VPC, the region's.
    Endpoints(Option<VpcId>),
    /// Its peering connections or, without a VPC, the account's.
    Peerings(Option<VpcId>),
    /// Its security groups or, without a VPC, the region's.
    Groups(Option<VpcId>),
    /// Security groups by id.
    GroupsOfIds(Vec<GroupId>),
    /// Security groups anywhere that name these.
    GroupsNaming(Vec<GroupId>),
    /// Its network interfaces.
    Interfaces(VpcId),
    /// Network interfaces anywhere that carry these groups.
    InterfacesOfGroups(Vec<GroupId>),
    /// Network interfaces by id.
    InterfacesOfIds(Vec<InterfaceId>),
    /// The default subnets of the zones.
    DefaultSubnets,
    /// Elastic IP addresses.
    Addresses,
    /// Prefix lists.
    PrefixLists(Vec<PrefixListId>),
    /// Availability Zones.
    Zones,
    /// Endpoint services that the region offers.
    EndpointServices,
}

impl NetworkQuestion {
    pub(super) async fn answer(&self, aws: &Aws) -> Fill {
        match self {
            Self::Vpc(vpc) => vpcs(aws.vpcs(Some(vpc)).await),
            Self::DefaultVpc => vpcs(aws.default_vpcs().await),
            Self::DnsSupport(vpc) => {
                set(aws.dns_support(vpc).await, |s| &mut s.network.dns_support)
            }
            Self::DnsHostnames(vpc) => {
                set(aws.dns_hostnames(vpc).await, |s| &mut s.network.dns_hostnames)
            }
            Self::Dhcp(id) => {
                set(aws.dhcp_options(Some(id)).await, |s| &mut s.network.dhcp_options)
            }
            Self::Subnets(vpc) => subnets(aws.subnets(Some(vpc)).await),
            Self::SubnetsOfIds(ids) => subnets(aws.subnets_of_ids(ids).await),
            Self::RouteTables(vpc) => {
                set(aws.route_tables(vpc.as_ref()).await, |s| &mut s.network.route_tables)
            }
            Self::Acls(vpc) => set(aws.network_acls(vpc.as_ref()).await, |s| &mut s.network.acls),
            Self::InternetGateways(vpc) => {
                set(gateways_at(aws, vpc.as_ref()).await, |s| &mut s.network.internet_gateways)
            }
            Self::NatGateways(vpc) => {
                set(aws.nat_gateways(vpc.as_ref()).await, |s| &mut s.network.nat_gateways)
            }
            Self::Endpoints(vpc) => {
                set(aws.endpoints(vpc.as_ref()).await, |s| &mut s.network.endpoints)
            }
            Self::Peerings(vpc) => {
                set(peerings_of(aws, vpc.as_ref()).await, |s| &mut s.network.peerings)
            }
            Self::Groups(vpc) => groups(aws.groups(vpc.as_ref()).await),
            Self::GroupsOfIds(ids) => groups(aws.groups_of_ids(ids).await),
            Self::GroupsNaming(ids) => groups(aws.groups_naming(ids).await),
            Self::Interfaces(vpc) => interfaces(aws.interfaces(vpc).await),
            Self::InterfacesOfGroups(ids) => interfaces(aws.interfaces_of_groups(ids).await),
            Self::InterfacesOfIds(ids) => interfaces(aws.interfaces_of_ids(ids).await),
            Self::DefaultSubnets => subnets(aws.default_subnets().await),
            Self::Addresses => set(aws.addresses().await, |s| &mut s.network.addresses),
            Self::PrefixLists(ids) => {
                set(aws.prefix_lists(ids).await, |s| &mut s.network.prefix_lists)
            }
            Self::Zones => set(aws.zones().await, |s| &mut s.network.zones),
            Self::EndpointServices => {
                set(aws.endpoint_services().await, |s| &mut s.network.endpoint_services)
            }
        }
    }
}

fn vpcs(read: Reading<Vec<Vpc>>) -> Fill {
    add(read, |s| &mut s.network.vpcs, |a, b| a.id == b.id)
}

fn subnets(read: Reading<Vec<Subnet>>) -> Fill {
    add(read, |s| &mut s.network.subnets, |a, b| a.id == b.id)
}

fn groups(read: Reading<Vec<SecurityGroup>>) -> Fill {
    add(read, |s| &mut s.network.groups, |a, b| a.id == b.id)
}

fn interfaces(read: Reading<Vec<Interface>>) -> Fill {
    add(read, |s| &mut s.network.interfaces, |a, b| a.id == b.id)
}

/// Internet gateways that are attached to the VPC or to none.
async fn gateways_at(aws: &Aws, vpc: Option<&VpcId>) -> Reading<Vec<InternetGateway>> {
    let found = aws.internet_gateways().await?;
    let near =
        |found: &InternetGateway| vpc.is_none() || found.vpc.is_none() || found.vpc.as_ref() == vpc;
    Ok(found.map(|found| found.into_iter().filter(near).collect()))
}

/// Peering connections with the VPC on either side.
async fn peerings_of(aws: &Aws, vpc: Option<&VpcId>) -> Reading<Vec<Peering>> {
    let found = aws.peerings().await?;
    let touches = |found: &Peering| {
        vpc.is_none() || found.requester.vpc.as_ref() == vpc || found.accepter.vpc.as_ref() == vpc
    };
    Ok(found.map(|found| found.into_iter().filter(touches).collect()))
}
