//! A new rule of the private subnets' network ACL denies HTTPS to the outside.

use serde_json::json;

use super::parts::{end_instance, private, shop, subnet_acl};
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
            "RuleNumber": 50,
            "Protocol": "6",
            "RuleAction": "deny",
            "Egress": true,
            "CidrBlock": "0.0.0.0/0",
            "PortRange": { "From": 443, "To": 443 },
        }),
    );
    story.at("2h").by("a.berg");
    end_instance(story, "shop-prod");
}
