//! The environment runs well, on a platform branch that was retired.

use super::parts::{New, application, environment, platform, private, roles, version};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "platform", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    roles(story);
    story.by("deploy-bot");
    application(story, "shop");
    version(story, "shop", "shop-41", "Shop 2.30");
    let platform = platform(story, "Node.js 20", "6.4.3");
    // The account has run it since before it was retired; others could not choose it any more.
    story.account.here.beanstalk.platforms_used.insert(platform.clone());
    let new = New {
        application: "shop",
        name: "shop-prod",
        platform: &platform,
        version: "shop-41",
        options: Vec::new(),
    };
    environment(story, &network, new);
}
