//! The shop's mail reaches nobody: the account was never let out of SES's sandbox.
//!
//! Its own domain is verified, so the shop may send; customers' addresses are not.

use super::parts::{mailing_shop, private};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "mail", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    mailing_shop(story, &network);
}
