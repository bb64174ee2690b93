//! A rolling update waits for signals that cannot come, and so does its rollback.
//!
//! The NAT gateway is gone when a larger instance type is rolled out. The new instances never signal,
//! CloudFormation rolls back, the instances of the rollback do not signal either, and the stack ends as
//! `UPDATE_ROLLBACK_FAILED`.

use serde_json::json;

use super::parts::{change, option, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "cloudformation", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    let rolling = "aws:autoscaling:updatepolicy:rollingupdate";
    let more = vec![
        option(rolling, "RollingUpdateEnabled", "true"),
        option(rolling, "RollingUpdateType", "Health"),
        option(rolling, "MaxBatchSize", "1"),
        option(rolling, "MinInstancesInService", "1"),
    ];
    shop(story, &network, more);
    story.at("6h").by("p.novak");
    story.ec2("DeleteNatGateway", json!({ "NatGatewayId": network.nat }));
    story.at("5h").by("deploy-bot");
    let launch = "aws:autoscaling:launchconfiguration";
    change(story, "shop-prod", &vec![option(launch, "InstanceType", "t3.medium")]);
}
