//! The NAT gateway was moved into a private subnet: it is `available`, and nothing leaves.
//!
//! Its own subnet's default route leads to itself.

use serde_json::json;

use super::story::id;
use super::parts::{end_instance, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let mut network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("5h").by("p.novak");
    story.ec2("DeleteNatGateway", json!({ "NatGatewayId": network.nat }));
    story.wait("5m");
    let nat = story.ec2(
        "CreateNatGateway",
        json!({ "SubnetId": network.private[0], "AllocationId": network.allocation }),
    );
    network.nat = id(&nat, "/natGateway/natGatewayId");
    story.wait("3m");
    story.ec2(
        "ReplaceRoute",
        json!({
            "RouteTableId": network.private_table,
            "DestinationCidrBlock": "0.0.0.0/0",
            "NatGatewayId": network.nat,
        }),
    );
    story.at("3h").by("a.berg");
    end_instance(story, "shop-prod");
}
