//! A VPC and what is in it.

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AccountId, AllocationId, AssociationId, EndpointId, GroupId, GroupRuleId, InstanceId,
    InterfaceId, InternetGatewayId, NatGatewayId, NetworkAclId, Observed, PeeringId, PrefixListId,
    RouteTableId, SubnetId, VpcId,
};

/// Key and value of a resource's tags, in AWS's order.
pub type Tags = Vec<(String, String)>;

/// The value of one tag.
pub fn tag<'a>(tags: &'a Tags, key: &str) -> Option<&'a str> {
    tags.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

/// Everything read of the VPCs that matter to an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// The VPCs themselves.
    pub vpcs: Observed<Vec<Vpc>>,
    /// `enableDnsSupport` of the environment's VPC.
    pub dns_support: Observed<bool>,
    /// `enableDnsHostnames` of the environment's VPC.
    pub dns_hostnames: Observed<bool>,
    /// Its DHCP options.
    pub dhcp_options: Observed<Vec<DhcpOptions>>,
    /// Subnets of the VPC.
    pub subnets: Observed<Vec<Subnet>>,
    /// Route tables of the VPC.
    pub route_tables: Observed<Vec<RouteTable>>,
    /// Internet gateways attached to the VPC, and loose ones of the account.
    pub internet_gateways: Observed<Vec<InternetGateway>>,
    /// NAT gateways of the VPC, failed and deleted ones too for about an hour.
    pub nat_gateways: Observed<Vec<NatGateway>>,
    /// Network ACLs of the VPC.
    pub acls: Observed<Vec<NetworkAcl>>,
    /// Security groups of the VPC.
    pub groups: Observed<Vec<SecurityGroup>>,
    /// VPC endpoints of the VPC.
    pub endpoints: Observed<Vec<Endpoint>>,
    /// Peering connections of the VPC, deleted ones too for a while.
    pub peerings: Observed<Vec<Peering>>,
    /// Network interfaces of the VPC.
    pub interfaces: Observed<Vec<Interface>>,
    /// Elastic IP addresses of the account and region.
    pub addresses: Observed<Vec<Address>>,
    /// Prefix lists that routes and rules name.
    pub prefix_lists: Observed<Vec<PrefixList>>,
    /// Availability Zones of the region.
    pub zones: Observed<Vec<Zone>>,
    /// How many internet-facing addresses and the like the account may have.
    pub endpoint_services: Observed<Vec<String>>,
}

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    /// Its id.
    pub id: VpcId,
    /// Its IPv4 and IPv6 blocks that are associated.
    pub cidrs: Vec<IpNet>,
    /// Whether it is the region's default VPC.
    pub is_default: bool,
    /// Its DHCP options' id.
    pub dhcp_options: Option<String>,
    /// Its tags.
    pub tags: Tags,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// Its id.
    pub id: SubnetId,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its Availability Zone, `us-west-2a`.
    pub zone: String,
    /// Its IPv4 block, and its IPv6 block if it has one.
    pub cidrs: Vec<IpNet>,
    /// IPv4 addresses that are free.
    pub free_addresses: u32,
    /// Whether instances get a public address unless they say otherwise.
    pub public_on_launch: bool,
    /// Whether it is the default subnet of its zone.
    pub default_for_zone: bool,
    /// Its tags.
    pub tags: Tags,
}

/// A route table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTable {
    /// Its id.
    pub id: RouteTableId,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its routes, the local one too.
    pub routes: Vec<Route>,
    /// What it is associated with.
    pub associations: Vec<Association>,
    /// Its tags.
    pub tags: Tags,
}

impl RouteTable {
    /// Whether subnets without a table of their own use it.
    pub fn is_main(&self) -> bool {
        self.associations.iter().any(|association| association.main)
    }
}

/// The link of a route table to a subnet, a gateway or, as main table, to the VPC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// Its id.
    pub id: AssociationId,
    /// The subnet, if it is one's.
    pub subnet: Option<SubnetId>,
    /// The gateway, if it is one's.
    pub gateway: Option<String>,
    /// Whether this makes the table the main one.
    pub main: bool,
}

/// A route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Where the packets are to go.
    pub destination: Destination,
    /// What they are handed to; absent where AWS named no target.
    pub target: Target,
    /// Whether AWS calls it a blackhole: its target is gone or cannot take packets.
    pub blackhole: bool,
    /// `CreateRoute`, `CreateRouteTable` (the local one) or `EnableVgwRoutePropagation`.
    pub origin: Option<String>,
}

/// What a route or rule matches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// A block of addresses.
    Cidr(IpNet),
    /// A prefix list.
    PrefixList(PrefixListId),
}

impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cidr(net) => net.fmt(f),
            Self::PrefixList(list) => list.fmt(f),
        }
    }
}

/// What a route hands packets to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The VPC itself.
    Local,
    /// An internet gateway.
    InternetGateway(InternetGatewayId),
    /// A NAT gateway.
    NatGateway(NatGatewayId),
    /// An instance that does NAT, or a firewall.
    Instance(InstanceId),
    /// A network interface.
    Interface(InterfaceId),
    /// A peering connection.
    Peering(PeeringId),
    /// A transit gateway.
    TransitGateway(String),
    /// A gateway or gateway-load-balancer endpoint.
    Endpoint(EndpointId),
    /// An egress-only internet gateway, for IPv6.
    EgressOnly(String),
    /// A virtual private gateway, local gateway, carrier gateway or core network.
    Other(String),
}

impl Target {
    /// The target's identifier, `local` for the VPC itself.
    pub fn id(&self) -> &str {
        match self {
            Self::Local => "local",
            Self::InternetGateway(id) => id.as_str(),
            Self::NatGateway(id) => id.as_str(),
            Self::Instance(id) => id.as_str(),
            Self::Interface(id) => id.as_str(),
            Self::Peering(id) => id.as_str(),
            Self::Endpoint(id) => id.as_str(),
            Self::TransitGateway(id) | Self::EgressOnly(id) | Self::Other(id) => id,
        }
    }

    /// A target from its identifier, by the prefix AWS gives it.
    pub fn from_id(id: &str) -> Self {
        match id.split_once('-').map_or(id, |(prefix, _)| prefix) {
            "local" => Self::Local,
            "igw" => Self::InternetGateway(id.into()),
            "nat" => Self::NatGateway(id.into()),
            "i" => Self::Instance(id.into()),
            "eni" => Self::Interface(id.into()),
            "pcx" => Self::Peering(id.into()),
            "tgw" => Self::TransitGateway(id.into()),
            "vpce" => Self::Endpoint(id.into()),
            "eigw" => Self::EgressOnly(id.into()),
            _ => Self::Other(id.into()),
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.id())
    }
}

/// An internet gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InternetGateway {
    /// Its id.
    pub id: InternetGatewayId,
    /// The VPC it is attached to, if any.
    pub vpc: Option<VpcId>,
    /// Its tags.
    pub tags: Tags,
}

/// A NAT gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NatGateway {
    /// Its id.
    pub id: NatGatewayId,
    /// Its VPC.
    pub vpc: VpcId,
    /// The subnet it stands in, which must be a public one.
    pub subnet: SubnetId,
    /// pending, failed, available, deleting or deleted.
    pub state: String,
    /// Whether it has public addresses (`public`) or is for private networks only (`private`).
    pub public: bool,
    /// Its public addresses.
    pub public_ips: Vec<IpAddr>,
    /// The allocations of its public addresses.
    pub allocations: Vec<AllocationId>,
    /// Why it failed: code and sentence.
    pub failure: Option<(String, String)>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
    /// Its tags.
    pub tags: Tags,
}

/// A network ACL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkAcl {
    /// Its id.
    pub id: NetworkAclId,
    /// Its VPC.
    pub vpc: VpcId,
    /// Whether it is the VPC's default.
    pub is_default: bool,
    /// The subnets it guards, with the association's id.
    pub subnets: Vec<(SubnetId, String)>,
    /// Its entries.
    pub entries: Vec<AclEntry>,
}

/// One entry of a network ACL; the lowest number that matches decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AclEntry {
    /// Its number; 32767 is the final denial.
    pub number: i32,
    /// Whether it is for packets that leave the subnet.
    pub egress: bool,
    /// Whether it lets them pass.
    pub allow: bool,
    /// The protocol's number; -1 is all.
    pub protocol: i32,
    /// The addresses of the other side.
    pub cidr: IpNet,
    /// First and last port, absent for all.
    pub ports: Option<(u16, u16)>,
}

/// A security group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Its VPC.
    pub vpc: Option<VpcId>,
    /// The account that owns it.
    pub owner: Option<AccountId>,
    /// Rules for packets that come in.
    pub ingress: Vec<GroupRule>,
    /// Rules for packets that go out.
    pub egress: Vec<GroupRule>,
    /// Its tags.
    pub tags: Tags,
}

/// One permission of a security group for one peer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupRule {
    /// The rule's id, where it was read by `DescribeSecurityGroupRules`.
    pub id: Option<GroupRuleId>,
    /// `tcp`, `udp`, `icmp`, a number, or `-1` for all.
    pub protocol: String,
    /// First and last port, absent for all.
    pub ports: Option<(u16, u16)>,
    /// Who is meant.
    pub peer: Peer,
    /// Its description.
    pub description: Option<String>,
}

/// Whom a security group's rule is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Peer {
    /// A block of addresses.
    Cidr(IpNet),
    /// Whoever carries a security group.
    Group(GroupId),
    /// A prefix list.
    PrefixList(PrefixListId),
}

/// A VPC endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Its VPC.
    pub vpc: VpcId,
    /// `Interface`, `Gateway` or `GatewayLoadBalancer`.
    pub kind: String,
    /// `com.amazonaws.us-west-2.elasticbeanstalk`.
    pub service: String,
    /// available, pending, failed and so on, in lower case.
    pub state: String,
    /// An interface endpoint's subnets.
    pub subnets: Vec<SubnetId>,
    /// A gateway endpoint's route tables.
    pub route_tables: Vec<RouteTableId>,
    /// An interface endpoint's security groups.
    pub groups: Vec<GroupId>,
    /// Whether the service's own name leads to it.
    pub private_dns: bool,
    /// Its policy document.
    pub policy: Option<String>,
    /// Its network interfaces.
    pub interfaces: Vec<InterfaceId>,
    /// Its tags.
    pub tags: Tags,
}

/// A peering connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peering {
    /// Its id.
    pub id: PeeringId,
    /// active, pending-acceptance, deleted, expired and so on.
    pub status: String,
    /// AWS's sentence on the status.
    pub message: Option<String>,
    /// The side that asked for it.
    pub requester: PeeringSide,
    /// The side that accepts it.
    pub accepter: PeeringSide,
    /// Its tags.
    pub tags: Tags,
}

/// One side of a peering connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeeringSide {
    /// The VPC.
    pub vpc: Option<VpcId>,
    /// The account that owns it.
    pub owner: Option<AccountId>,
    /// The region it is in.
    pub region: Option<String>,
    /// Its address blocks.
    pub cidrs: Vec<IpNet>,
    /// Whether it resolves the other side's public names to private addresses.
    pub resolves_remote_dns: Option<bool>,
}

impl Peering {
    /// The side that is not this VPC.
    pub fn far_side(&self, here: &VpcId) -> &PeeringSide {
        if self.requester.vpc.as_ref() == Some(here) { &self.accepter } else { &self.requester }
    }
}

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// Its id.
    pub id: InterfaceId,
    /// Its VPC.
    pub vpc: Option<VpcId>,
    /// Its subnet.
    pub subnet: Option<SubnetId>,
    /// available or in-use.
    pub status: String,
    /// interface, lambda, nat_gateway, load_balancer, vpc_endpoint and so on.
    pub kind: String,
    /// Its description, which often tells its owner: `ELB app/…`, `AWS Lambda VPC ENI-…`.
    pub description: String,
    /// Whether a service made it and only that service can delete it.
    pub requester_managed: bool,
    /// The service or account that made it, `amazon-elb`.
    pub requester: Option<String>,
    /// Its security groups.
    pub groups: Vec<GroupId>,
    /// Its private addresses, the main one first.
    pub private_ips: Vec<IpAddr>,
    /// Its public address.
    pub public_ip: Option<IpAddr>,
    /// The instance it is attached to.
    pub instance: Option<InstanceId>,
    /// The attachment's id, by which it can be detached.
    pub attachment: Option<String>,
    /// Its tags.
    pub tags: Tags,
}

/// An Elastic IP address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Its allocation.
    pub allocation: Option<AllocationId>,
    /// The address.
    pub ip: Option<IpAddr>,
    /// Its association, if it is in use.
    pub association: Option<String>,
    /// The instance it is with.
    pub instance: Option<InstanceId>,
    /// The interface it is with.
    pub interface: Option<InterfaceId>,
    /// Its tags.
    pub tags: Tags,
}

/// A prefix list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrefixList {
    /// Its id.
    pub id: PrefixListId,
    /// `com.amazonaws.us-west-2.s3`.
    pub name: String,
    /// Its blocks.
    pub cidrs: Vec<IpNet>,
}

/// DHCP options.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DhcpOptions {
    /// Their id.
    pub id: String,
    /// `AmazonProvidedDNS` or addresses.
    pub name_servers: Vec<String>,
}

/// An Availability Zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Its name.
    pub name: String,
    /// available, impaired and so on.
    pub state: Option<String>,
}
