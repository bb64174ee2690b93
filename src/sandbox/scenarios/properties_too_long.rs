//! The environment's properties are longer than CloudFormation takes: no change of options works.

use super::parts::{change, option, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "cloudformation", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("deploy-bot");
    let namespace = "aws:elasticbeanstalk:application:environment";
    let certificate = "x".repeat(4100);
    change(story, "shop-prod", &vec![option(namespace, "PARTNER_CERTIFICATES", &certificate)]);
}
