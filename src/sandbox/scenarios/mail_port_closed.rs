//! The instances' group lets only web traffic out: mail cannot be handed over on port 587.
//!
//! SES is in order, and so is the environment's health.

use serde_json::json;

use super::parts::{close_egress, mailing_shop, private};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "mail", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    mailing_shop(story, &network);
    story.account.here.mail.grant();
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
