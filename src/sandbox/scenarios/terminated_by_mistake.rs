//! Somebody terminated the environment yesterday; it can be rebuilt, and nobody knows.

use super::parts::{private, shop, terminate};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("20h").by("p.novak");
    terminate(story, "shop-prod");
}
