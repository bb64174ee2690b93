//! One of the two private subnets has lost its route table: half of the instances fail.
//!
//! It falls back to the main table, which has only the local route. An instance that is launched
//! there never reports; one in the other subnet does.

use serde_json::json;

use super::parts::{instances, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("4h").by("p.novak");
    let association = &network.associations[1];
    story.ec2("DisassociateRouteTable", json!({ "AssociationId": association }));
    story.at("3h").by("a.berg");
    for instance in instances(story, "shop-prod") {
        story.ec2("TerminateInstances", json!({ "InstanceId": [instance] }));
    }
}
