//! Somebody deleted the coupled database in RDS: every update of the environment fails.

use serde_json::json;

use crate::sandbox::Service::Rds;
use super::parts::{change, database, option, private, shop};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "beanstalk", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, database(&network));
    story.at("6h").by("p.novak");
    let database = story.resource("shop-prod", "AWSEBRDSDatabase");
    let params = json!({
        "DBInstanceIdentifier": database,
        "FinalDBSnapshotIdentifier": "shop-before-the-move",
    });
    story.call(Rds, "DeleteDBInstance", params);
    story.at("3h").by("deploy-bot");
    let option = option("aws:rds:dbinstance", "DBAllocatedStorage", "10");
    change(story, "shop-prod", &vec![option]);
}
