//! Somebody deleted the Auto Scaling group, instances and all.

use serde_json::json;

use crate::sandbox::Service::AutoScaling;
use super::parts::{private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("p.novak");
    let group = story.resource("shop-prod", "AWSEBAutoScalingGroup");
    let params = json!({ "AutoScalingGroupName": group, "ForceDelete": true });
    story.call(AutoScaling, "DeleteAutoScalingGroup", params);
}
