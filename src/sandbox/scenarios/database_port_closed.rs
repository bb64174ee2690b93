//! The instances' group lets only web traffic out: the hosted database's port is not among it.

use serde_json::json;

use super::parts::{close_egress, peered_shop, private};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "peering", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    peered_shop(story, &network);
    story.at("3h").by("security-audit");
    close_egress(story, "shop-prod");
    let group = story.resource("shop-prod", "AWSEBSecurityGroup");
    let web = |port: u16| {
        json!({
            "IpProtocol": "tcp", "FromPort": port, "ToPort": port,
            "IpRanges": [{ "CidrIp": "0.0.0.0/0" }],
        })
    };
    let params = json!({ "GroupId": group, "IpPermissions": [web(80), web(443)] });
    story.ec2("AuthorizeSecurityGroupEgress", params);
}
