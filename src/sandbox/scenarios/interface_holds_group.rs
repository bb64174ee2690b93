//! The environment cannot be terminated: a network interface outside the stack carries its group.

use serde_json::json;

use super::parts::{private, shop, terminate};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "cloudformation", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.by("k.ito");
    let group = story.resource("shop-prod", "AWSEBSecurityGroup");
    story.ec2(
        "CreateNetworkInterface",
        json!({
            "SubnetId": network.private[0],
            "SecurityGroupId": [group],
            "Description": "import job of the warehouse",
        }),
    );
    story.at("3h").by("a.berg");
    terminate(story, "shop-prod");
}
