//! The environment cannot be terminated: its database is protected from being deleted.

use serde_json::json;

use crate::sandbox::Service::Rds;
use super::parts::{coupled_shop, private, terminate};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "database", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    let database = coupled_shop(story, &network, "Snapshot");
    story.at("20h").by("security-audit");
    let params = json!({ "DBInstanceIdentifier": database, "DeletionProtection": true });
    story.call(Rds, "ModifyDBInstance", params);
    story.at("3h").by("a.berg");
    terminate(story, "shop-prod");
}
