//! A tool scaled the group to nothing for the weekend and never scaled it back.

use serde_json::json;

use crate::sandbox::Service::AutoScaling;
use super::parts::{private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("5h").by("finance-bot");
    let group = story.resource("shop-prod", "AWSEBAutoScalingGroup");
    story.call(
        AutoScaling,
        "UpdateAutoScalingGroup",
        json!({
            "AutoScalingGroupName": group, "MinSize": 0, "MaxSize": 0, "DesiredCapacity": 0,
        }),
    );
}
