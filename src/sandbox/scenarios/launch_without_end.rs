//! An environment is being created and its instances are silent: it can neither be used nor ended.

use super::parts::{begin_shop, isolated};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "4h" };

pub(super) fn build(story: &mut Story) {
    let network = isolated(story.by("admin"), "shop");
    story.at("8m");
    begin_shop(story, &network);
}
