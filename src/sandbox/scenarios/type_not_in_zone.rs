//! The new instance type is not offered in one of the environment's zones.

use super::parts::{change, option, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "capacity", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    for zone in ["a", "b"] {
        story.account.here.ec2.not_offered.insert(format!("t3a.medium us-west-2{zone}"));
    }
    story.at("3h").by("a.berg");
    let launch = "aws:autoscaling:launchconfiguration";
    change(story, "shop-prod", &vec![option(launch, "InstanceType", "t3a.medium")]);
}
