//! A shop whose private subnets reach the internet by a transit gateway and another network's NAT.
//!
//! The network `egress` has the NAT gateway for all of the company. That is a healthy shape of its
//! own: the private route table has neither a NAT gateway nor an internet gateway.

use super::parts::{isolated, shop, transit_egress};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "healthy", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = isolated(story.by("admin"), "shop");
    transit_egress(story, &network);
    shop(story, &network, Vec::new());
}
