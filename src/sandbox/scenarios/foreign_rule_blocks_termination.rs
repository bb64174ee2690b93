//! The environment cannot be terminated: another group's rule names its security group.

use serde_json::json;

use super::story::id;
use super::parts::{private, shop, terminate};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "cloudformation", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.by("k.ito");
    let params = json!({
        "GroupName": "warehouse", "GroupDescription": "Warehouse", "VpcId": network.vpc,
    });
    let group = story.ec2("CreateSecurityGroup", params);
    let permission = json!([{
        "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432,
        "Groups": [{ "GroupId": story.resource("shop-prod", "AWSEBSecurityGroup") }],
    }]);
    let params = json!({ "GroupId": id(&group, "/groupId"), "IpPermissions": permission });
    story.ec2("AuthorizeSecurityGroupIngress", params);
    story.at("3h").by("a.berg");
    terminate(story, "shop-prod");
}
