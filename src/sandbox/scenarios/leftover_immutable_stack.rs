//! An immutable deployment failed, and its temporary instances are still there.
//!
//! Somebody had protected the temporary stack while it was tried, to look at its instances.

use serde_json::json;

use crate::sandbox::Service::CloudFormation;
use super::parts::{option, private, shop, stack_of, version};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    let policy = option("aws:elasticbeanstalk:command", "DeploymentPolicy", "Immutable");
    shop(story, &network, vec![policy]);
    story.at("4h").by("deploy-bot");
    version(story, "shop", "shop-42", "Shop 2.31; answers: / 500");
    let params = json!({ "EnvironmentName": "shop-prod", "VersionLabel": "shop-42" });
    story.eb("UpdateEnvironment", params);
    story.wait("10m").by("a.berg");
    let stack = stack_of(story, "shop-prod").replace("-stack", "-immutable-stack");
    let params = json!({ "StackName": stack, "EnableTerminationProtection": true });
    story.call(CloudFormation, "UpdateTerminationProtection", params);
    story.settle("shop-prod", "90m");
}
