//! The shop sends mail as a domain whose verification failed: SES rejects every message.

use serde_json::json;

use crate::sandbox::Service::Ses;
use crate::sandbox::mail::verify;
use super::parts::{mailing_shop, private};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "mail", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    mailing_shop(story, &network);
    story.account.here.mail.grant();
    story.at("5h").by("k.ito");
    story.call(Ses, "DeleteEmailIdentity", json!({ "EmailIdentity": "shop.example.com" }));
    // Made anew, it wants new DNS records, which nobody has put there within three days.
    story.call(Ses, "CreateEmailIdentity", json!({ "EmailIdentity": "shop.example.com" }));
    story.at("2h");
    verify(&mut story.account, "shop.example.com", "FAILED");
}
