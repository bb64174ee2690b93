//! A shop that keeps its orders in a hosted database, reached over a peering connection.

use super::parts::{application, hosted_database, open, private, roles, version};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "healthy", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    hosted_database(story, &network);
    roles(story);
    story.by("deploy-bot");
    application(story, "shop");
    version(story, "shop", "shop-41", "Shop 2.30; needs: 192.168.248.10:27017");
    open(story, &network, "shop-41", Vec::new());
}
