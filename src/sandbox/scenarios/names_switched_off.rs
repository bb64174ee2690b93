//! DNS support of the VPC was switched off: no name resolves any more.

use serde_json::json;

use super::parts::{private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("p.novak");
    let params = json!({ "VpcId": network.vpc, "EnableDnsSupport": { "Value": false } });
    story.ec2("ModifyVpcAttribute", params);
}
