//! A shop whose private subnets reach the internet by a NAT instance of the old kind.

use super::parts::{isolated, nat_instance, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "healthy", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = isolated(story.by("admin"), "shop");
    nat_instance(story, &network);
    shop(story, &network, Vec::new());
}
