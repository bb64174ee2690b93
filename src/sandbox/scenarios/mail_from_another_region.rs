//! The shop's mail is rejected as not verified: it goes by another region's mail server.
//!
//! Sender, production access and credentials are of us-west-2, where the shop is. Somebody put
//! the endpoint of us-east-1 into its properties, where the account has nothing.

use super::parts::{change, mailing_shop, option, private};
use super::{About, Story};

pub(super) const ABOUT: About =
    About { group: "mail", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    mailing_shop(story, &network);
    story.account.here.mail.grant();
    story.at("3h").by("k.ito");
    let property = "aws:elasticbeanstalk:application:environment";
    let host = "email-smtp.us-east-1.amazonaws.com";
    change(story, "shop-prod", &vec![option(property, "SMTP_HOST", host)]);
}
