//! The environment cannot be terminated: another stack imports what its stack exports.
//!
//! Somebody added the export to the environment's stack by hand.

use serde_json::json;

use crate::sandbox::Service::CloudFormation;
use super::parts::{amend_stack, private, shop, terminate};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "cloudformation", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("20h").by("k.ito");
    amend_stack(story, "shop-prod", |template| {
        template["Outputs"]["Group"] = json!({
            "Value": { "Fn::GetAtt": ["AWSEBSecurityGroup", "GroupId"] },
            "Export": { "Name": "shop-prod-group" },
        });
    });
    let template = json!({
        "Description": "Reporting: parameters for its jobs",
        "Resources": {
            "Jobs": {
                "Type": "AWS::SQS::Queue",
                "Properties": { "Tags": [
                    { "Key": "from-group", "Value": { "Fn::ImportValue": "shop-prod-group" } },
                ] },
            },
        },
    });
    let params = json!({ "StackName": "reporting", "TemplateBody": template.to_string() });
    story.call(CloudFormation, "CreateStack", params);
    story.settle_stack("reporting", "15m").at("3h").by("a.berg");
    terminate(story, "shop-prod");
}
