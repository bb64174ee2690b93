//! Somebody deleted the service role: Elastic Beanstalk cannot look at the environment any more.

use serde_json::json;

use crate::sandbox::Service::Iam;
use super::parts::{private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, Vec::new());
    story.at("3h").by("p.novak");
    let role = "aws-elasticbeanstalk-service-role";
    for policy in [
        "service-role/AWSElasticBeanstalkEnhancedHealth",
        "AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy",
    ] {
        let arn = format!("arn:aws:iam::aws:policy/{policy}");
        story.call(Iam, "DetachRolePolicy", json!({ "RoleName": role, "PolicyArn": arn }));
    }
    story.call(Iam, "DeleteRole", json!({ "RoleName": role }));
}
