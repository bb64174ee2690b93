//! A shop that runs well behind a network load balancer, which has no security group of its own.
//!
//! The instances' group admits everybody on port 80, and the health check is a connection alone.
//! Nothing is to be repaired.

use super::parts::{option, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "healthy", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    let kind = option("aws:elasticbeanstalk:environment", "LoadBalancerType", "network");
    shop(story, &network, vec![kind]);
}
