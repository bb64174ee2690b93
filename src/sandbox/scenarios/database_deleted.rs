//! Somebody deleted the environment's own database in RDS: every update fails since.

use serde_json::json;

use crate::sandbox::Service::Rds;
use super::parts::{coupled_shop, private, change, option};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "database", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    let database = coupled_shop(story, &network, "Snapshot");
    story.at("5h").by("p.novak");
    let params = json!({
        "DBInstanceIdentifier": database,
        "FinalDBSnapshotIdentifier": "shop-orders-last",
    });
    story.call(Rds, "DeleteDBInstance", params);
    story.at("3h").by("a.berg");
    let larger = option("aws:rds:dbinstance", "DBAllocatedStorage", "20");
    change(story, "shop-prod", &vec![larger]);
}
