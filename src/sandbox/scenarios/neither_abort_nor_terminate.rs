//! A rebuild waits for instances that never report: it can be neither aborted nor terminated.
//!
//! Somebody tried both.

use serde_json::json;

use crate::sandbox::Service::ElasticBeanstalk;
use super::parts::{private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("70m").by("p.novak");
    story.ec2("DeleteNatGateway", json!({ "NatGatewayId": network.nat }));
    story.at("14m").by("a.berg");
    let named = json!({ "EnvironmentName": "shop-prod" });
    story.eb("RebuildEnvironment", named.clone());
    story.at("3m");
    for operation in ["AbortEnvironmentUpdate", "TerminateEnvironment"] {
        // Refused, and that is the story.
        let _ = story.attempt(ElasticBeanstalk, operation, named.clone());
    }
}
