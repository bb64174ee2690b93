//! The instances lost their way out, and a rebuild would delete the orders with the database.
//!
//! The database is the environment's own and has the default deletion policy, `Delete`.

use serde_json::json;

use super::parts::{coupled_shop, private, end_instance};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "database", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    coupled_shop(story, &network, "Delete");
    story.at("5h").by("p.novak");
    let route = json!({
        "RouteTableId": network.private_table, "DestinationCidrBlock": "0.0.0.0/0",
    });
    story.ec2("DeleteRoute", route);
    story.at("4h").by("a.berg");
    end_instance(story, "shop-prod");
}
