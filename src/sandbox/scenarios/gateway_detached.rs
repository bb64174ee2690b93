//! The internet gateway of a public network was detached: nothing gets in or out.
//!
//! It could be detached because no instance had a public address just then: the group had been scaled
//! to nothing for the night. In the morning the instances come up and reach nobody.

use serde_json::json;

use super::parts::{public, shop, terminate};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = public(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("9h").by("a.berg");
    terminate(story, "shop-prod");
    story.by("p.novak");
    let attachment = json!({ "InternetGatewayId": network.gateway, "VpcId": network.vpc });
    story.ec2("DetachInternetGateway", attachment);
    story.at("3h").by("a.berg");
    story.eb("RebuildEnvironment", json!({ "EnvironmentName": "shop-prod" }));
    story.settle("shop-prod", "90m");
}
