//! A shop whose private subnets have no route table of their own: the main one leads to the NAT.

use serde_json::json;

use super::parts::{main_table, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "healthy", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    for association in &network.associations {
        story.ec2("DisassociateRouteTable", json!({ "AssociationId": association }));
    }
    let main = main_table(story, &network.vpc);
    story.ec2(
        "CreateRoute",
        json!({
            "RouteTableId": main,
            "DestinationCidrBlock": "0.0.0.0/0",
            "NatGatewayId": network.nat,
        }),
    );
    story.ec2("DeleteRouteTable", json!({ "RouteTableId": network.private_table }));
    shop(story, &network, Vec::new());
}
