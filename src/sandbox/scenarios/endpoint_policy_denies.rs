//! The S3 endpoint got a policy that lets only the company's own buckets through.
//!
//! New instances cannot fetch the platform's files; those that are there report on.

use serde_json::json;

use super::parts::{SERVICES, end_instance, endpoints, isolated, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = isolated(story.by("admin"), "shop");
    let all = endpoints(story, &network, SERVICES);
    shop(story, &network, Vec::new());
    story.at("3h").by("security-audit");
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::acme-*", "arn:aws:s3:::acme-*/*"],
        }],
    });
    let params = json!({ "VpcEndpointId": all.last(), "PolicyDocument": policy.to_string() });
    story.ec2("ModifyVpcEndpoint", params);
    story.at("2h").by("a.berg");
    end_instance(story, "shop-prod");
}
