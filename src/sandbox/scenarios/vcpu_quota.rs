//! The account may not run more processors: a larger instance type cannot be launched.

use crate::sandbox::quotas;

use super::parts::{change, option, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "capacity", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.account.here.quotas.applied.insert(quotas::VCPUS.code.to_owned(), 4);
    story.at("3h").by("a.berg");
    let launch = "aws:autoscaling:launchconfiguration";
    change(story, "shop-prod", &vec![option(launch, "InstanceType", "t3.xlarge")]);
}
