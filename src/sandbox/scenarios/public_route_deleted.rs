//! The public subnets have lost their route to the internet gateway, and everything behind them too.
//!
//! The load balancer cannot be reached, the NAT gateway leads nowhere, no instance reports. The
//! internet gateway is still attached.

use serde_json::json;

use super::parts::{private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("p.novak");
    story.ec2(
        "DeleteRoute",
        json!({ "RouteTableId": network.public_table, "DestinationCidrBlock": "0.0.0.0/0" }),
    );
}
