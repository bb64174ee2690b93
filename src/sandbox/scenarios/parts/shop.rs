//! The shop: the application that most scenarios are about.

use super::{Network, New, Options, application, environment, option, platform, roles, version};
use crate::sandbox::scenarios::Story;

/// Makes roles, the application `shop` with the version `shop-41`, and the environment
/// `shop-prod` on Node.js 22, platform version 6.4.3, in a network.
pub(in crate::sandbox::scenarios) fn shop(story: &mut Story, network: &Network, more: Options) {
    roles(story);
    story.by("deploy-bot");
    application(story, "shop");
    version(story, "shop", "shop-41", "Shop 2.30");
    open(story, network, "shop-41", more);
}

/// Makes the environment `shop-prod` alone, of a version that is there.
pub(in crate::sandbox::scenarios) fn open(
    story: &mut Story,
    network: &Network,
    label: &str,
    more: Options,
) {
    let platform = platform(story, "Node.js 22", "6.4.3");
    let mut options = vec![
        option("aws:elasticbeanstalk:application:environment", "NODE_ENV", "production"),
        option("aws:elasticbeanstalk:healthreporting:system", "SystemType", "enhanced"),
    ];
    options.extend(more);
    let new = New {
        application: "shop",
        name: "shop-prod",
        platform: &platform,
        version: label,
        options,
    };
    environment(story, network, new);
}
