//! In public subnets, instances without public addresses: the internet gateway does not take them.
//!
//! The new environment was made with `AssociatePublicIpAddress` off, and the subnets do not give
//! addresses by themselves.

use serde_json::json;

use super::parts::{option, public, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "4h" };

pub(super) fn build(story: &mut Story) {
    let network = public(story.by("admin"), "shop");
    for subnet in &network.public {
        let params = json!({ "SubnetId": subnet, "MapPublicIpOnLaunch": { "Value": false } });
        story.ec2("ModifySubnetAttribute", params);
    }
    story.at("2h");
    shop(story, &network, vec![option("aws:ec2:vpc", "AssociatePublicIpAddress", "false")]);
}
