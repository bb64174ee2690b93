//! A shop that runs well: two instances in private subnets behind a load balancer.
//!
//! Two zones, two public and two private subnets, one NAT gateway, enhanced health, a platform
//! version that works. Nothing is to be repaired.

use super::parts::{private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "healthy", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
}
