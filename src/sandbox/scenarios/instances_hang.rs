//! The version that was deployed this morning fills the disk: after some hours the instances hang.
//!
//! EC2 finds them running and well. They neither report nor answer.

use super::parts::{deploy, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("9h").by("deploy-bot");
    deploy(story, "shop-42", "Shop 2.31; hangs-after: 6h");
}
