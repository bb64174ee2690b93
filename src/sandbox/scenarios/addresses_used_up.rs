//! All Elastic IP addresses of the account are taken: a single instance environment cannot be made.

use serde_json::json;

use super::parts::{option, public, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "capacity", region: "us-west-2", environment: "shop-prod", begins: "4h" };

pub(super) fn build(story: &mut Story) {
    let network = public(story.by("admin"), "shop");
    for _ in 0..5 {
        story.ec2("AllocateAddress", json!({ "Domain": "vpc" }));
    }
    story.at("2h");
    let single = option("aws:elasticbeanstalk:environment", "EnvironmentType", "SingleInstance");
    shop(story, &network, vec![single]);
}
