//! A shop on one instance with an Elastic IP address, without load balancer.

use super::parts::{option, public, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "healthy", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = public(story.by("admin"), "shop");
    let single = option("aws:elasticbeanstalk:environment", "EnvironmentType", "SingleInstance");
    shop(story, &network, vec![single]);
}
