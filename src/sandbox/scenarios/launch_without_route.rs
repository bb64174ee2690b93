//! A new environment in subnets whose route table leads nowhere never gets off the ground.
//!
//! The subnets have no route table of their own, and the main one has only the local route. The
//! launch fails after a quarter of an hour, and the stack stays as `CREATE_FAILED`.

use serde_json::json;

use super::parts::{isolated, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "4h" };

pub(super) fn build(story: &mut Story) {
    let network = isolated(story.by("admin"), "shop");
    let table = json!({ "Filter": [{ "Name": "vpc-id", "Value": [network.vpc] }] });
    story.ec2("DescribeRouteTables", table);
    for association in &network.associations {
        story.ec2("DisassociateRouteTable", json!({ "AssociationId": association }));
    }
    story.ec2("DeleteRouteTable", json!({ "RouteTableId": network.private_table }));
    story.at("2h");
    shop(story, &network, Vec::new());
}
