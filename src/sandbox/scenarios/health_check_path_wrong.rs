//! The load balancer asks for a page that the shop does not have, and takes every instance out.

use super::parts::{application, change, open, option, private, roles, version};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "application", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    roles(story);
    story.by("deploy-bot");
    application(story, "shop");
    version(story, "shop", "shop-41", "Shop 2.30; answers: / 200, /health 200");
    open(story, &network, "shop-41", Vec::new());
    story.at("3h").by("a.berg");
    let process = "aws:elasticbeanstalk:environment:process:default";
    change(story, "shop-prod", &vec![option(process, "HealthCheckPath", "/healthz")]);
}
