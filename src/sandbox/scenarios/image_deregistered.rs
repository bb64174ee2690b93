//! The custom image that the environment is made from was deregistered: no new instance starts.

use serde_json::json;

use super::story::id;
use super::parts::{change, end_instance, instances, option, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "platform", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    let source = instances(story, "shop-prod").remove(0);
    let params = json!({ "InstanceId": source, "Name": "shop-hardened-7" });
    let image = story.ec2("CreateImage", params);
    let image = id(&image, "/imageId");
    story.wait("10m");
    let launch = "aws:autoscaling:launchconfiguration";
    change(story, "shop-prod", &vec![option(launch, "ImageId", &image)]);
    story.at("4h").by("finance-bot");
    story.ec2("DeregisterImage", json!({ "ImageId": image }));
    story.at("3h").by("a.berg");
    end_instance(story, "shop-prod");
}
