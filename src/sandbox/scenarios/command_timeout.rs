//! The deployment takes longer than the command timeout allows.

use super::parts::{deploy, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("deploy-bot");
    deploy(story, "shop-42", "Shop 2.31, builds its catalogue when deployed; deploys-in: 25m");
}
