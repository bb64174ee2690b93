//! The environment cannot be terminated: somebody protected its stack.
//!
//! CloudFormation refuses at once, and the stack stays as it is.

use serde_json::json;

use crate::sandbox::Service::CloudFormation;
use super::parts::{private, shop, stack_of, terminate};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "cloudformation", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.by("security-audit");
    let stack = stack_of(story, "shop-prod");
    let params = json!({ "StackName": stack, "EnableTerminationProtection": true });
    story.call(CloudFormation, "UpdateTerminationProtection", params);
    story.at("3h").by("a.berg");
    terminate(story, "shop-prod");
}
