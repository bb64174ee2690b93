//! The service role no longer trusts Elastic Beanstalk.

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
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "ec2.amazonaws.com" },
            "Action": "sts:AssumeRole",
        }],
    });
    story.call(
        Iam,
        "UpdateAssumeRolePolicy",
        json!({
            "RoleName": "aws-elasticbeanstalk-service-role",
            "PolicyDocument": policy.to_string(),
        }),
    );
}
