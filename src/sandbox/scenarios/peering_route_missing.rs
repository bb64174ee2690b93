//! The route to the hosted database's network is gone: the shop answers with errors.
//!
//! The peering connection is active. Everything reports, and every page needs the database.

use serde_json::json;

use super::parts::{peered_shop, private};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "peering", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    peered_shop(story, &network);
    story.at("3h").by("p.novak");
    story.ec2(
        "DeleteRoute",
        json!({ "RouteTableId": network.private_table, "DestinationCidrBlock": "192.168.248.0/21" }),
    );
}
