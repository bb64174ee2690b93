//! The managed update is taken back at each try: the shop does not start on the newest platform.
//!
//! The environment runs well, on a platform version that is behind.

use super::parts::{application, open, option, private, roles, version};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "platform", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    roles(story);
    story.by("deploy-bot");
    application(story, "shop");
    version(story, "shop", "shop-41", "Shop 2.30; runs-on: 6.4.*");
    let managed = "aws:elasticbeanstalk:managedactions";
    let more = vec![
        option(managed, "ManagedActionsEnabled", "true"),
        option(managed, "PreferredStartTime", &window(story)),
        option("aws:elasticbeanstalk:managedactions:platformupdate", "UpdateLevel", "minor"),
    ];
    open(story, &network, "shop-41", more);
}

/// The weekly window that opens twenty hours from now.
fn window(story: &Story) -> String {
    let then = story.account.now() + jiff::SignedDuration::from_hours(20);
    then.strftime("%a:%H:%M").to_string()
}
