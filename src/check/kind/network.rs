//! Faults of the network.

use serde::Serialize;

use super::{Code, faults};
use crate::reach::FilterBlock;
use crate::world::network::{Destination, Route, Target};
use crate::world::{
    EndpointId, GroupId, InternetGatewayId, NatGatewayId, RouteTableId, SubnetId, VpcId,
};

/// A route table that is gone, as far as it can be known again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LostTable {
    /// Its identifier, where the trail tells it.
    pub id: Option<RouteTableId>,
    /// The routes it had, without the local one.
    pub routes: Vec<Route>,
    /// The subnets it was associated with.
    pub subnets: Vec<SubnetId>,
    /// Its name tag, where the trail tells it.
    pub name: Option<String>,
    /// Where this is known from, in words.
    pub known_from: Vec<String>,
}

faults! {
    /// Faults of the network, codes `NET-…`.
    NetworkFault {
        /// Instance subnets have no way out to AWS.
        "NET-01" NoEgress {
            /// Their VPC.
            vpc: VpcId,
            /// The subnets without a way out.
            subnets: Vec<SubnetId>,
            /// The table each of them uses now.
            tables: Vec<RouteTableId>,
            /// The table that was lost, if it is known from the trail or from sibling subnets.
            lost: Option<LostTable>,
        }
        /// The main table has no route to the internet gateway that is attached.
        "NET-02" MainTableWithoutGateway {
            /// The VPC.
            vpc: VpcId,
            /// Its main table.
            table: RouteTableId,
            /// The gateway that is attached.
            gateway: InternetGatewayId,
            /// The instance subnets that use the main table.
            subnets: Vec<SubnetId>,
        }
        /// A route's target is gone: a NAT gateway that was deleted.
        "NET-03" RouteBlackhole {
            /// The tables with the route.
            tables: Vec<RouteTableId>,
            /// The route's destination.
            destination: Destination,
            /// The target that is gone.
            target: Target,
            /// The instance subnets that use the tables.
            subnets: Vec<SubnetId>,
            /// A living NAT gateway of the VPC that could take its place.
            living: Option<NatGatewayId>,
            /// A public subnet in which a new one can stand.
            public_subnet: Option<SubnetId>,
        }
        /// Some instance subnets have a way out, these have none.
        "NET-04" SubnetWithoutEgress {
            /// The subnets without a way out.
            subnets: Vec<SubnetId>,
            /// The table each of them uses now.
            tables: Vec<RouteTableId>,
            /// A sibling subnet's table that leads out.
            sibling: Option<RouteTableId>,
            /// The subnets that have a way out.
            well: Vec<SubnetId>,
            /// The table that was lost, if it is known.
            lost: Option<LostTable>,
        }
        /// The NAT gateway stands in a subnet without a way to an internet gateway.
        "NET-05" NatInPrivateSubnet {
            /// The gateway.
            nat: NatGatewayId,
            /// The subnet it stands in.
            subnet: SubnetId,
            /// The table of that subnet.
            table: RouteTableId,
            /// The VPC's internet gateway.
            gateway: Option<InternetGatewayId>,
            /// A public subnet in which a new one can stand.
            public_subnet: Option<SubnetId>,
            /// The tables whose default route leads to it.
            tables: Vec<RouteTableId>,
        }
        /// The NAT gateway failed when it was made.
        "NET-06" NatFailed {
            /// The gateway.
            nat: NatGatewayId,
            /// The subnet it was to stand in.
            subnet: SubnetId,
            /// AWS's failure code.
            failure_code: String,
            /// AWS's sentence.
            failure: String,
            /// A public subnet in which a new one can stand.
            public_subnet: Option<SubnetId>,
            /// The tables whose default route leads to it, or has to.
            tables: Vec<RouteTableId>,
        }
        /// No internet gateway is attached to the VPC.
        "NET-07" GatewayMissing {
            /// The VPC.
            vpc: VpcId,
            /// A loose gateway that routes still name, or that the trail says was detached.
            gateway: Option<InternetGatewayId>,
            /// The tables with a route to a gateway that is not there.
            tables: Vec<RouteTableId>,
        }
        /// Instances in a public subnet have no public address.
        "NET-08" NoPublicAddress {
            /// The subnets.
            subnets: Vec<SubnetId>,
            /// The gateway their default route leads to.
            gateway: InternetGatewayId,
        }
        /// A network ACL or a security group stops what instances need.
        "NET-09" FilterBlocks {
            /// What stops it.
            blocks: Vec<FilterBlock>,
        }
        /// A network ACL or a security group stops an outside time server.
        "NET-10" TimeBlocked {
            /// What stops it.
            blocks: Vec<FilterBlock>,
        }
        /// There is no way to the internet, and endpoints are missing.
        "NET-11" EndpointsMissing {
            /// The VPC.
            vpc: VpcId,
            /// The services without an endpoint, `elasticbeanstalk-health`.
            services: Vec<String>,
            /// The instance subnets.
            subnets: Vec<SubnetId>,
            /// The tables a gateway endpoint for S3 must be on.
            tables: Vec<RouteTableId>,
            /// Groups that other endpoints have, which admit the instances.
            groups: Vec<GroupId>,
        }
        /// An interface endpoint does not answer for the service's own name.
        "NET-12" EndpointWithoutDns {
            /// The endpoint.
            endpoint: EndpointId,
            /// Its service.
            service: String,
        }
        /// An endpoint's policy denies what instances need.
        "NET-13" EndpointPolicyDenies {
            /// The endpoint.
            endpoint: EndpointId,
            /// Its service.
            service: String,
            /// Its policy.
            policy: String,
        }
        /// An endpoint's groups do not admit the instances.
        "NET-14" EndpointGroupBlocks {
            /// The endpoint.
            endpoint: EndpointId,
            /// Its service.
            service: String,
            /// The endpoint's groups.
            groups: Vec<GroupId>,
            /// The instances' groups.
            from: Vec<GroupId>,
        }
        /// The endpoint for health was asked for under a name that does not exist.
        "NET-15" EndpointNameWrong {
            /// The name that was used.
            used: String,
            /// The name that exists.
            right: String,
        }
        /// The VPC does not resolve names.
        "NET-16" DnsDisabled {
            /// The VPC.
            vpc: VpcId,
            /// Whether `enableDnsSupport` is on.
            support: bool,
            /// Whether `enableDnsHostnames` is on.
            hostnames: bool,
        }
        /// The load balancer was given subnets of one zone only.
        "NET-17" BalancerOneZone {
            /// The subnets it was given.
            subnets: Vec<SubnetId>,
            /// A set of subnets in different zones that would do.
            candidates: Vec<SubnetId>,
        }
        /// The load balancer was given two subnets of one zone.
        "NET-18" BalancerSubnetsShareZone {
            /// The subnets it was given.
            subnets: Vec<SubnetId>,
            /// One of them for each zone.
            one_each: Vec<SubnetId>,
        }
        /// The region has no default VPC, and none is named.
        "NET-19" NoDefaultVpc {}
        /// A zone has no default subnet.
        "NET-20" DefaultSubnetMissing {
            /// The zone.
            zone: String,
        }
        /// The VPC is named without subnets, or subnets without the VPC.
        "NET-21" VpcOptionsIncomplete {
            /// The options of `aws:ec2:vpc` that are missing.
            missing: Vec<String>,
        }
        /// The load balancer's subnet has too few free addresses.
        "NET-22" BalancerSubnetFull {
            /// The subnet.
            subnet: SubnetId,
            /// Its free addresses.
            free: u32,
        }
        /// The instances' subnets have no free addresses.
        "NET-23" InstanceSubnetsFull {
            /// The subnets.
            subnets: Vec<SubnetId>,
            /// Other subnets of the VPC with a way out and free addresses.
            candidates: Vec<SubnetId>,
        }
        /// The only way out is a web proxy.
        "NET-24" ProxyOnly {
            /// The instance subnets.
            subnets: Vec<SubnetId>,
        }
        /// Packages or images cannot be fetched from where instances are.
        "NET-25" PackagesUnreachable {
            /// The instance subnets.
            subnets: Vec<SubnetId>,
        }
    }
}
