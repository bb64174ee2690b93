//! The environment cannot be terminated: its load balancer is protected from deletion.

use serde_json::json;

use crate::sandbox::Service::LoadBalancing;
use super::parts::{private, shop, terminate};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "cloudformation", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.by("security-audit");
    let balancer = story.resource("shop-prod", "AWSEBV2LoadBalancer");
    let attribute = json!([{ "Key": "deletion_protection.enabled", "Value": "true" }]);
    story.call(
        LoadBalancing,
        "ModifyLoadBalancerAttributes",
        json!({ "LoadBalancerArn": balancer, "Attributes": attribute }),
    );
    story.at("3h").by("a.berg");
    terminate(story, "shop-prod");
}
