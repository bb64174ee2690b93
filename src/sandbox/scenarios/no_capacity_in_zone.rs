//! AWS has no more instances of the type in one zone, and the group wants one there.

use super::parts::{end_instance, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "capacity", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("a.berg");
    for zone in ["a", "b"] {
        story.account.here.ec2.exhausted.insert(format!("t3.small us-west-2{zone}"));
    }
    end_instance(story, "shop-prod");
}
