//! The environment cannot be terminated: its coupled database is protected from deletion.

use serde_json::json;

use crate::sandbox::Service::Rds;
use super::parts::{database, private, shop, terminate};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "cloudformation", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    shop(story, &network, database(&network));
    story.by("security-audit");
    let database = story.resource("shop-prod", "AWSEBRDSDatabase");
    story.call(
        Rds,
        "ModifyDBInstance",
        json!({
            "DBInstanceIdentifier": database,
            "DeletionProtection": true,
            "ApplyImmediately": true,
        }),
    );
    story.at("3h").by("a.berg");
    terminate(story, "shop-prod");
}
