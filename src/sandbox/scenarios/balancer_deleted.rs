//! Somebody deleted the load balancer: the instances are well and nobody reaches them.

use serde_json::json;

use crate::sandbox::Service::LoadBalancing;
use super::parts::{private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("p.novak");
    let balancer = story.resource("shop-prod", "AWSEBV2LoadBalancer");
    story.call(LoadBalancing, "DeleteLoadBalancer", json!({ "LoadBalancerArn": balancer }));
}
