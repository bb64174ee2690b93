//! The endpoint of Elastic Beanstalk has lost its private DNS: names lead to the internet again.

use serde_json::json;

use super::parts::{SERVICES, end_instance, endpoints, isolated, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "network", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = isolated(story.by("admin"), "shop");
    let all = endpoints(story, &network, SERVICES);
    shop(story, &network, Vec::new());
    story.at("3h").by("p.novak");
    for endpoint in &all[..2] {
        let params = json!({ "VpcEndpointId": endpoint, "PrivateDnsEnabled": false });
        story.ec2("ModifyVpcEndpoint", params);
    }
    story.at("2h").by("a.berg");
    end_instance(story, "shop-prod");
}
