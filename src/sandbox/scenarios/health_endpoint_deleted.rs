//! In a network without internet, the endpoint of the health service was deleted.
//!
//! Deployments still work; nobody's health is known.

use serde_json::json;

use super::parts::{SERVICES, endpoints, isolated, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = isolated(story.by("admin"), "shop");
    let all = endpoints(story, &network, SERVICES);
    shop(story, &network, Vec::new());
    story.at("3h").by("p.novak");
    // The second of the services.
    story.ec2("DeleteVpcEndpoints", json!({ "VpcEndpointId": [all[1]] }));
}
