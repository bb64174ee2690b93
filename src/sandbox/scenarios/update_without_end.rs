//! A deployment is under way and the instances do not answer: every other call must wait.

use serde_json::json;

use super::parts::{option, private, shop, version};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, vec![option("aws:elasticbeanstalk:command", "Timeout", "3600")]);
    story.at("70m").by("p.novak");
    story.ec2("DeleteNatGateway", json!({ "NatGatewayId": network.nat }));
    story.at("20m").by("deploy-bot");
    version(story, "shop", "shop-42", "Shop 2.31");
    let params = json!({ "EnvironmentName": "shop-prod", "VersionLabel": "shop-42" });
    story.eb("UpdateEnvironment", params);
}
