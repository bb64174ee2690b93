//! A shop in public subnets: its instances have public addresses and no NAT gateway.

use super::parts::{public, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "healthy", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = public(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
}
