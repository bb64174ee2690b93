//! The group does not launch: the process was suspended during a repair and never resumed.

use serde_json::json;

use crate::sandbox::Service::AutoScaling;
use super::parts::{end_instance, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("5h").by("a.berg");
    let group = story.resource("shop-prod", "AWSEBAutoScalingGroup");
    let params = json!({ "AutoScalingGroupName": group, "ScalingProcesses": ["Launch"] });
    story.call(AutoScaling, "SuspendProcesses", params);
    story.at("3h");
    end_instance(story, "shop-prod");
}
