//! Faults of capacity and quotas.

use super::{Code, faults};
use crate::world::{AllocationId, SubnetId};

faults! {
    /// Faults of capacity and quotas, codes `CAP-…`.
    CapacityFault {
        /// The account may not run more virtual processors.
        "CAP-01" VcpuQuota {
            /// How many it may run, where it is known.
            quota: Option<u64>,
            /// How many run.
            running: Option<u32>,
        }
        /// A zone has no capacity of the type.
        "CAP-02" NoCapacity {
            /// The type, where the message says so.
            instance_type: Option<String>,
            /// The zone, where the message says so.
            zone: Option<String>,
            /// Subnets of other zones that would do.
            candidates: Vec<SubnetId>,
        }
        /// The account may not have more Elastic IP addresses.
        "CAP-03" AddressQuota {
            /// How many it may have, where it is known.
            quota: Option<u64>,
            /// Addresses that nothing uses.
            unused: Vec<AllocationId>,
        }
        /// A zone does not offer the type.
        "CAP-04" TypeNotInZone {
            /// The type.
            instance_type: String,
            /// The zone.
            zone: String,
            /// The environment's subnets in it.
            subnets: Vec<SubnetId>,
            /// The environment's other subnets.
            keep: Vec<SubnetId>,
        }
        /// There is no Spot capacity at the price.
        "CAP-05" NoSpot {
            /// The highest price that is set.
            price: Option<String>,
        }
        /// An update that doubles the instances would pass the quota.
        "CAP-06" DoubledPastQuota {
            /// The deployment or update policy.
            policy: String,
            /// How many virtual processors it needs at once.
            needed: u32,
            /// How many the account may run.
            quota: u64,
        }
        /// Elastic Beanstalk's own quotas are used up.
        "CAP-07" BeanstalkQuota {
            /// What there is too much of.
            what: String,
        }
    }
}
