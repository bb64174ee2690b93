//! A lost NAT route, found by somebody who may look at everything and change no route.

use serde_json::json;

use super::parts::{private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "permissions", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("p.novak");
    story.ec2(
        "DeleteRoute",
        json!({ "RouteTableId": network.private_table, "DestinationCidrBlock": "0.0.0.0/0" }),
    );
    story.account.access.policy = Some(json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Effect": "Allow", "Action": "*", "Resource": "*" },
            { "Effect": "Deny", "Action": ["ec2:*Route", "ec2:*RouteTable"], "Resource": "*" },
        ],
    }));
}
