//! The key pair that the launch template names was deleted: no new instance starts.

use serde_json::json;

use super::parts::{end_instance, option, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "application", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    story.ec2("CreateKeyPair", json!({ "KeyName": "shop-ops" }));
    let launch = "aws:autoscaling:launchconfiguration";
    shop(story, &network, vec![option(launch, "EC2KeyName", "shop-ops")]);
    story.at("4h").by("security-audit");
    story.ec2("DeleteKeyPair", json!({ "KeyName": "shop-ops" }));
    story.at("3h").by("a.berg");
    end_instance(story, "shop-prod");
}
