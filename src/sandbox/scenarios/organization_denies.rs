//! A lost NAT route that nobody in the account may put back: the organization denies it.
//!
//! What the caller's own policies allow makes no difference.

use serde_json::json;

use super::parts::{private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "permissions", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("p.novak");
    let route = json!({
        "RouteTableId": network.private_table, "DestinationCidrBlock": "0.0.0.0/0",
    });
    story.ec2("DeleteRoute", route);
    story.account.access.organization = Some(json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Effect": "Allow", "Action": "*", "Resource": "*" },
            { "Effect": "Deny", "Action": ["ec2:CreateRoute", "ec2:ReplaceRoute"], "Resource": "*" },
        ],
    }));
}
