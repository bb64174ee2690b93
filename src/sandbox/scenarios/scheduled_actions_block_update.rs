//! Scheduled actions that somebody added to the group stop every update that replaces instances.

use serde_json::json;

use crate::sandbox::Service::AutoScaling;
use super::parts::{change, option, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "cloudformation", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.by("finance-bot");
    let group = story.resource("shop-prod", "AWSEBAutoScalingGroup");
    for (name, hour, size) in [("IS-office-Start", 7, 2), ("IS-office-Stop", 19, 0)] {
        story.call(
            AutoScaling,
            "PutScheduledUpdateGroupAction",
            json!({
                "AutoScalingGroupName": group,
                "ScheduledActionName": name,
                "Recurrence": format!("0 {hour} 1 1 *"),
                "MinSize": size,
                "MaxSize": 4,
                "DesiredCapacity": size,
            }),
        );
    }
    story.at("3h").by("deploy-bot");
    let launch = "aws:autoscaling:launchconfiguration";
    change(story, "shop-prod", &vec![option(launch, "InstanceType", "t3.medium")]);
}
