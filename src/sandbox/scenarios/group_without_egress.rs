//! Somebody took the outbound rule from the instances' security group.

use super::parts::{close_egress, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("security-audit");
    close_egress(story, "shop-prod");
}
