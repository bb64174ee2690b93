//! A shop that runs well behind a classic load balancer, as environments of the first years do.
//!
//! The load balancer asks the instances for the page `/`, registered by the Auto Scaling group
//! and not in a target group. Nothing is to be repaired.

use super::parts::{option, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "healthy", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    let more = vec![
        option("aws:elasticbeanstalk:environment", "LoadBalancerType", "classic"),
        option("aws:elasticbeanstalk:application", "Application Healthcheck URL", "/"),
    ];
    shop(story, &network, more);
}
