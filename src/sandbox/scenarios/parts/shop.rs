//! The shop: the application that most scenarios are about.

use serde_json::{Value, json};

use super::environment::{begin, begin_of_tier};
use super::{
    Network, New, Options, application, environment, hosted_database, option, platform, roles,
    version,
};
use crate::sandbox::scenarios::Story;
use crate::sandbox::{Service, mail};

/// Makes roles, the application `shop` with the version `shop-41`, and the environment
/// `shop-prod` on Node.js 22, platform version 6.4.3, in a network.
pub(in crate::sandbox::scenarios) fn shop(story: &mut Story, network: &Network, more: Options) {
    roles(story);
    story.by("deploy-bot");
    application(story, "shop");
    version(story, "shop", "shop-41", "Shop 2.30");
    open(story, network, "shop-41", more);
}

/// Makes the environment `shop-prod` alone, of a version that is there.
pub(in crate::sandbox::scenarios) fn open(
    story: &mut Story,
    network: &Network,
    label: &str,
    more: Options,
) {
    let platform = platform(story, "Node.js 22", "6.4.3");
    let mut options = vec![
        option("aws:elasticbeanstalk:application:environment", "NODE_ENV", "production"),
        option("aws:elasticbeanstalk:healthreporting:system", "SystemType", "enhanced"),
    ];
    options.extend(more);
    let new = New {
        application: "shop",
        name: "shop-prod",
        platform: &platform,
        version: label,
        options,
    };
    environment(story, network, new);
}

/// The same as [`shop`], without waiting for the end of the launch.
pub(in crate::sandbox::scenarios) fn begin_shop(story: &mut Story, network: &Network) {
    roles(story);
    story.by("deploy-bot");
    application(story, "shop");
    version(story, "shop", "shop-41", "Shop 2.30");
    let platform = platform(story, "Node.js 22", "6.4.3");
    let new = New {
        application: "shop",
        name: "shop-prod",
        platform: &platform,
        version: "shop-41",
        options: Vec::new(),
    };
    begin(story, network, new);
}

/// The shop with its orders in a hosted database, reached over a peering connection: its id.
pub(in crate::sandbox::scenarios) fn peered_shop(story: &mut Story, network: &Network) -> String {
    let peering = hosted_database(story, network);
    roles(story);
    story.by("deploy-bot");
    application(story, "shop");
    version(story, "shop", "shop-41", "Shop 2.30; needs: 192.168.248.10:27017");
    open(story, network, "shop-41", Vec::new());
    peering
}

/// The worker `shop-worker`, that takes its work from a queue.
pub(in crate::sandbox::scenarios) fn worker(story: &mut Story, network: &Network) {
    roles(story);
    story.by("deploy-bot");
    application(story, "shop");
    version(story, "shop", "worker-7", "Shop worker 1.7");
    let platform = platform(story, "Node.js 22", "6.4.3");
    let new = New {
        application: "shop",
        name: "shop-worker",
        platform: &platform,
        version: "worker-7",
        options: vec![option("aws:autoscaling:asg", "MinSize", "1")],
    };
    begin_of_tier(story, network, new, "Worker");
    story.settle("shop-worker", "45m");
}

/// The stack of an environment.
pub(in crate::sandbox::scenarios) fn stack_of(story: &Story, environment: &str) -> String {
    let mut all = story.account.here.beanstalk.environments.values();
    let found = all.find(|found| found.name == environment);
    found.map(|found| format!("awseb-{}-stack", found.id)).unwrap_or_default()
}

/// The shop with mail: it sends by SES's SMTP endpoint, as a domain that is verified.
pub(in crate::sandbox::scenarios) fn mailing_shop(story: &mut Story, network: &Network) {
    mailing_shop_with(story, network, Vec::new());
}

/// The same, with more options.
pub(in crate::sandbox::scenarios) fn mailing_shop_with(
    story: &mut Story,
    network: &Network,
    more: Options,
) {
    let domain = "shop.example.com";
    story.call(Service::Ses, "CreateEmailIdentity", json!({ "EmailIdentity": domain }));
    story.wait("10m");
    mail::verify(&mut story.account, domain, "SUCCESS");
    let property = "aws:elasticbeanstalk:application:environment";
    let host = format!("email-smtp.{}.amazonaws.com", story.account.region);
    let mut all = vec![
        option(property, "SMTP_HOST", &host),
        option(property, "SMTP_PORT", "587"),
        option(property, "MAIL_FROM", &format!("orders@{domain}")),
    ];
    all.extend(more);
    shop(story, network, all);
}

/// The shop with a database of its own, kept in this way when the environment ends: the
/// database's identifier.
pub(in crate::sandbox::scenarios) fn coupled_shop(
    story: &mut Story,
    network: &Network,
    when_deleted: &str,
) -> String {
    let database = "aws:rds:dbinstance";
    let more = vec![
        option("aws:ec2:vpc", "DBSubnets", &network.private.join(",")),
        option(database, "HasCoupledDatabase", "true"),
        option(database, "DBEngine", "postgres"),
        option(database, "DBAllocatedStorage", "10"),
        option(database, "DBUser", "shop"),
        option(database, "DBPassword", "correct-horse-battery"),
        option(database, "DBDeletionPolicy", when_deleted),
    ];
    shop(story, network, more);
    story.resource("shop-prod", "AWSEBRDSDatabase")
}

/// Somebody changes an environment's stack by hand, behind Elastic Beanstalk's back.
pub(in crate::sandbox::scenarios) fn amend_stack(
    story: &mut Story,
    environment: &str,
    amend: impl FnOnce(&mut Value),
) {
    let stack = stack_of(story, environment);
    let named = json!({ "StackName": stack });
    let answer = story.call(Service::CloudFormation, "GetTemplate", named);
    let body = answer.get("TemplateBody").and_then(Value::as_str).unwrap_or_default();
    let mut template: Value = serde_json::from_str(body).unwrap_or_default();
    amend(&mut template);
    let params = json!({
        "StackName": stack,
        "TemplateBody": template.to_string(),
        "Capabilities": ["CAPABILITY_IAM"],
    });
    story.call(Service::CloudFormation, "UpdateStack", params);
    story.settle_stack(&stack, "30m");
}
