//! Somebody deleted the environment's stack by hand: Elastic Beanstalk manages what is not there.

use serde_json::json;

use crate::sandbox::Service::CloudFormation;
use super::parts::{private, shop, stack_of};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "cloudformation", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("p.novak");
    let stack = stack_of(story, "shop-prod");
    story.call(CloudFormation, "DeleteStack", json!({ "StackName": stack }));
}
