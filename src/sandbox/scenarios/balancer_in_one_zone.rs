//! A new environment whose load balancer has subnets in one zone only cannot be made.

use super::parts::{option, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "4h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    story.at("2h");
    shop(story, &network, vec![option("aws:ec2:vpc", "ELBSubnets", &network.public[0])]);
}
