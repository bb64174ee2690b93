//! After an update to the newest platform version, the shop does not start any more.
//!
//! Everything reports and everything answers 502. It ran on 6.4.3.

use serde_json::json;

use super::parts::{application, open, platform, private, roles, version};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "platform", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    roles(story);
    story.by("deploy-bot");
    application(story, "shop");
    version(story, "shop", "shop-41", "Shop 2.30; runs-on: 6.4.*");
    open(story, &network, "shop-41", Vec::new());
    story.at("3h");
    let newest = platform(story, "Node.js 22", "6.5.1");
    let params = json!({ "EnvironmentName": "shop-prod", "PlatformArn": newest });
    story.eb("UpdateEnvironment", params);
    story.settle("shop-prod", "90m");
}
