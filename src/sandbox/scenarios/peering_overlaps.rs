//! The warehouse's network has the same addresses as the shop's: peering them failed.
//!
//! The new version needs the warehouse's database and gets no connection.

use serde_json::json;

use super::parts::{deploy, private, public, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "peering", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    let warehouse = public(story.by("k.ito"), "warehouse");
    story.at("5h");
    let ask = json!({ "VpcId": network.vpc, "PeerVpcId": warehouse.vpc });
    story.ec2("CreateVpcPeeringConnection", ask);
    story.at("3h").by("deploy-bot");
    deploy(story, "shop-42", "Shop 2.31; needs: 10.20.200.10:5432");
}
