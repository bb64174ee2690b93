//! Somebody deletes the NAT gateway; its route stays behind as a blackhole.
//!
//! The instances that are there serve on without reporting. One is replaced by its group, and the new
//! one never reports.

use serde_json::json;

use super::parts::{end_instance, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("p.novak");
    story.ec2("DeleteNatGateway", json!({ "NatGatewayId": network.nat }));
    story.at("2h").by("a.berg");
    end_instance(story, "shop-prod");
}
