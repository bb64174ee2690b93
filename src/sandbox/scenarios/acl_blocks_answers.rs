//! Requests get out and their answers do not get in: the network ACL denies the ephemeral ports.

use serde_json::json;

use super::parts::{private, shop, subnet_acl};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("security-audit");
    let acl = subnet_acl(story, &network.vpc);
    story.ec2(
        "CreateNetworkAclEntry",
        json!({
            "NetworkAclId": acl,
            "RuleNumber": 60,
            "Protocol": "6",
            "RuleAction": "deny",
            "Egress": false,
            "CidrBlock": "0.0.0.0/0",
            "PortRange": { "From": 1024, "To": 65535 },
        }),
    );
}
