//! Faults of hosted databases over peering.

use ipnet::IpNet;

use super::{Code, faults};
use crate::reach::FilterBlock;
use crate::world::network::Destination;
use crate::world::{PeeringId, RouteTableId, SubnetId, VpcId};

faults! {
    /// Faults of hosted databases over peering, codes `ATL-…`.
    PeeringFault {
        /// The connection is active, but an instance subnet has no route to it.
        "ATL-01" RouteMissing {
            /// The connection.
            peering: PeeringId,
            /// The other side's block.
            destination: Destination,
            /// Tables of instance subnets without the route.
            tables: Vec<RouteTableId>,
            /// Subnets that use them.
            subnets: Vec<SubnetId>,
        }
        /// The other side's block overlaps this VPC's.
        "ATL-02" Overlap {
            /// The connection.
            peering: PeeringId,
            /// The other side's block.
            theirs: IpNet,
            /// This VPC's block.
            ours: IpNet,
        }
        /// The database's access list may lack the addresses that instances come from.
        "ATL-03" AccessList {
            /// The addresses they come from now.
            addresses: Vec<String>,
        }
        /// Security groups or ACLs stop the database's ports.
        "ATL-04" EgressBlocked {
            /// The connection, if one is used.
            peering: Option<PeeringId>,
            /// The other side's block.
            destination: Option<Destination>,
            /// What stops it.
            blocks: Vec<FilterBlock>,
        }
        /// A live migration cannot use peering.
        "ATL-05" LiveMigration {}
        /// The cluster's tier has no peering.
        "ATL-06" Tier {}
        /// The database's names lead to public addresses.
        "ATL-07" PublicNames {
            /// The connection.
            peering: PeeringId,
            /// The VPC.
            vpc: VpcId,
            /// Whether `enableDnsSupport` is on.
            support: bool,
            /// Whether `enableDnsHostnames` is on.
            hostnames: bool,
        }
        /// The connection is not active.
        "ATL-08" NotActive {
            /// The connection.
            peering: PeeringId,
            /// Its status.
            status: String,
            /// The other side's blocks.
            destinations: Vec<Destination>,
            /// Tables with a route to it.
            tables: Vec<RouteTableId>,
            /// Whether this account has to accept it.
            ours_to_accept: bool,
        }
    }
}
