//! A rolling deployment stopped after its first batch: two versions run side by side.

use super::parts::{deploy, option, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    let command = "aws:elasticbeanstalk:command";
    let more = vec![
        option(command, "DeploymentPolicy", "Rolling"),
        option(command, "BatchSizeType", "Fixed"),
        option(command, "BatchSize", "1"),
    ];
    shop(story, &network, more);
    story.at("3h").by("deploy-bot");
    deploy(story, "shop-42", "Shop 2.31; answers: / 500");
}
