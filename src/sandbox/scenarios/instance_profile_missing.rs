//! A new environment names an instance profile that does not exist, and is gone within a minute.

use super::parts::{option, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "4h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    story.at("40m");
    let launch = "aws:autoscaling:launchconfiguration";
    shop(story, &network, vec![option(launch, "IamInstanceProfile", "shop-ec2-role")]);
}
