//! The endpoints' security group no longer admits HTTPS from the instances.

use serde_json::json;

use super::story::id;
use super::parts::{SERVICES, endpoints, isolated, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = isolated(story.by("admin"), "shop");
    endpoints(story, &network, SERVICES);
    shop(story, &network, Vec::new());
    story.at("3h").by("security-audit");
    let filter = json!({ "Filter": [{ "Name": "group-name", "Value": ["endpoints"] }] });
    let groups = story.ec2("DescribeSecurityGroups", filter);
    let group = id(&groups, "/securityGroupInfo/0/groupId");
    let permission = json!([{
        "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
        "IpRanges": [{ "CidrIp": "10.20.0.0/16" }],
    }]);
    let params = json!({ "GroupId": group, "IpPermissions": permission });
    story.ec2("RevokeSecurityGroupIngress", params);
}
