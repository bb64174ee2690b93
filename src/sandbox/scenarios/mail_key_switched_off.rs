//! The mail server refuses the shop's login: the access key behind its password was switched off.
//!
//! Somebody changed the keys of the user that sends mail. An SMTP password is made from a key's
//! secret, and nobody made a new one: the shop still logs in with the old key. SES is in order,
//! and so is the environment's health.

use serde_json::json;

use super::parts::{mailing_shop_with, option, private};
use super::story::id;
use super::{About, Story};
use crate::sandbox::Service::Iam;

pub(super) const ABOUT: About =
    About { group: "mail", region: "us-west-2", environment: "shop-prod", begins: "26h" };

pub(super) fn build(story: &mut Story) {
    let network = private(story.by("admin"), "shop");
    let user = json!({ "UserName": "ses-smtp-user.shop" });
    story.call(Iam, "CreateUser", user.clone());
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*" }],
    });
    let params = json!({
        "UserName": "ses-smtp-user.shop",
        "PolicyName": "AmazonSesSendingAccess",
        "PolicyDocument": policy.to_string(),
    });
    story.call(Iam, "PutUserPolicy", params);
    let made = story.call(Iam, "CreateAccessKey", user.clone());
    let key = id(&made, "/AccessKey/AccessKeyId");
    let property = "aws:elasticbeanstalk:application:environment";
    let login = vec![
        option(property, "SMTP_USERNAME", &key),
        option(property, "SMTP_PASSWORD", "BPl41nlyN0tArealPassword"),
    ];
    mailing_shop_with(story, &network, login);
    story.account.here.mail.grant();
    story.at("4h").by("security-audit");
    story.call(Iam, "CreateAccessKey", user);
    let off =
        json!({ "UserName": "ses-smtp-user.shop", "AccessKeyId": key, "Status": "Inactive" });
    story.call(Iam, "UpdateAccessKey", off);
}
