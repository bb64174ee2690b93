//! The new version was deployed well and answers every request with an error.

use super::parts::{deploy, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "application", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("deploy-bot");
    deploy(story, "shop-42", "Shop 2.31; answers: / 500");
}
