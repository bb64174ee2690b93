//! The instance profile has lost its role: instances have no credentials any more.

use serde_json::json;

use crate::sandbox::Service::Iam;
use super::parts::{private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "permissions", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("security-audit");
    let name = "aws-elasticbeanstalk-ec2-role";
    let member = json!({ "InstanceProfileName": name, "RoleName": name });
    story.call(Iam, "RemoveRoleFromInstanceProfile", member);
}
