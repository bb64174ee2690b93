//! The peering connection to the hosted database was deleted; its route is a blackhole.

use serde_json::json;

use super::parts::{peered_shop, private};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "peering", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    let peering = peered_shop(story, &network);
    story.at("3h").by("p.novak");
    let params = json!({ "VpcPeeringConnectionId": peering });
    story.ec2("DeleteVpcPeeringConnection", params);
}
