//! The environment cannot be terminated: a stack nested in its own cannot be deleted.
//!
//! Its group is carried by an interface that somebody made by hand.

use serde_json::json;

use crate::sandbox::Service::S3;
use super::parts::{amend_stack, private, shop, stack_of, terminate};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "cloudformation", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("20h").by("k.ito");
    let nested = json!({
        "Description": "Access for the import job",
        "Resources": {
            "Access": {
                "Type": "AWS::EC2::SecurityGroup",
                "Properties": { "GroupDescription": "Import job", "VpcId": network.vpc },
            },
        },
    });
    let bucket = "shop-templates";
    story.call(S3, "CreateBucket", json!({ "Bucket": bucket }));
    let put = json!({ "Bucket": bucket, "Key": "access.json", "Body": nested.to_string() });
    story.call(S3, "PutObject", put);
    amend_stack(story, "shop-prod", |template| {
        template["Resources"]["ImportAccess"] = json!({
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {
                "TemplateURL": "https://shop-templates.s3.us-west-2.amazonaws.com/access.json",
            },
        });
    });
    let stack = stack_of(story, "shop-prod");
    let inner = story.stack_resource(&stack, "ImportAccess");
    let group = story.stack_resource(&inner, "Access");
    let interface = json!({
        "SubnetId": network.private[0],
        "SecurityGroupId": [group],
        "Description": "import job of the warehouse",
    });
    story.ec2("CreateNetworkInterface", interface);
    story.at("3h").by("a.berg");
    terminate(story, "shop-prod");
}
