//! Somebody paused the account's sending after a wave of bounces, and nobody switched it on again.

use serde_json::json;

use crate::sandbox::Service::Ses;
use super::parts::{mailing_shop, private};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "mail", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    mailing_shop(story, &network);
    story.account.here.mail.grant();
    story.at("6h").by("security-audit");
    story.call(Ses, "PutAccountSendingAttributes", json!({ "SendingEnabled": false }));
}
