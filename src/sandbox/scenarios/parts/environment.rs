//! Applications and environments.

use serde_json::{Value, json};

use super::Network;
use crate::sandbox::beanstalk::platform::{arn, branches};
use crate::sandbox::scenarios::Story;

/// Option settings as triples: namespace, name, value.
pub(in crate::sandbox::scenarios) type Options = Vec<(&'static str, &'static str, String)>;

/// One option setting.
pub(in crate::sandbox::scenarios) fn option(
    namespace: &'static str,
    name: &'static str,
    value: &str,
) -> (&'static str, &'static str, String) {
    (namespace, name, value.to_owned())
}

/// The ARN of a platform version: `platform(story, "Node.js 22", "6.4.3")`.
#[track_caller]
pub(in crate::sandbox::scenarios) fn platform(
    story: &Story,
    runtime: &str,
    version: &str,
) -> String {
    let branch = branches().iter().find(|it| it.runtime == runtime);
    let Some(branch) = branch else { panic!("no platform {runtime}") };
    arn(&story.account.region, branch, version)
}

/// Makes an application.
pub(in crate::sandbox::scenarios) fn application(story: &mut Story, name: &str) {
    story.eb("CreateApplication", json!({ "ApplicationName": name }));
}

/// Makes a version of an application; notes in the description say what it does.
pub(in crate::sandbox::scenarios) fn version(
    story: &mut Story,
    application: &str,
    label: &str,
    description: &str,
) {
    let params = json!({
        "ApplicationName": application,
        "VersionLabel": label,
        "Description": description,
        "Process": true,
    });
    story.eb("CreateApplicationVersion", params);
}

/// The options of a load-balanced environment in a network, instances in its private subnets if
/// it has some.
pub(in crate::sandbox::scenarios) fn options(network: &Network) -> Options {
    let instances = if network.private.is_empty() { &network.public } else { &network.private };
    let launch = "aws:autoscaling:launchconfiguration";
    let beanstalk = "aws:elasticbeanstalk:environment";
    vec![
        option("aws:ec2:vpc", "VPCId", &network.vpc),
        option("aws:ec2:vpc", "Subnets", &instances.join(",")),
        option("aws:ec2:vpc", "ELBSubnets", &network.public.join(",")),
        option(
            "aws:ec2:vpc",
            "AssociatePublicIpAddress",
            if network.private.is_empty() { "true" } else { "false" },
        ),
        option(launch, "IamInstanceProfile", "aws-elasticbeanstalk-ec2-role"),
        option(launch, "InstanceType", "t3.small"),
        option(launch, "DisableIMDSv1", "true"),
        option(beanstalk, "ServiceRole", "aws-elasticbeanstalk-service-role"),
        option(beanstalk, "LoadBalancerType", "application"),
        option("aws:autoscaling:asg", "MinSize", "2"),
        option("aws:autoscaling:asg", "MaxSize", "4"),
    ]
}

/// What a new environment is made of.
#[derive(Clone, Debug)]
pub(in crate::sandbox::scenarios) struct New<'a> {
    /// Its application.
    pub(in crate::sandbox::scenarios) application: &'a str,
    /// Its name.
    pub(in crate::sandbox::scenarios) name: &'a str,
    /// Its platform's ARN.
    pub(in crate::sandbox::scenarios) platform: &'a str,
    /// The version's label.
    pub(in crate::sandbox::scenarios) version: &'a str,
    /// Options beside those of its network.
    pub(in crate::sandbox::scenarios) options: Options,
}

/// Makes an environment in a network, and waits until that has ended well or badly.
pub(in crate::sandbox::scenarios) fn environment(
    story: &mut Story,
    network: &Network,
    new: New<'_>,
) {
    let name = new.name;
    begin(story, network, new);
    story.settle(name, "45m");
}

/// Begins to make an environment in a network.
pub(in crate::sandbox::scenarios) fn begin(story: &mut Story, network: &Network, new: New<'_>) {
    begin_of_tier(story, network, new, "WebServer");
}

/// The same for a tier.
pub(in crate::sandbox::scenarios) fn begin_of_tier(
    story: &mut Story,
    network: &Network,
    new: New<'_>,
    tier: &str,
) {
    let mut all = options(network);
    for option in new.options {
        all.retain(|(namespace, name, _)| (*namespace, *name) != (option.0, option.1));
        all.push(option);
    }
    let worker = tier == "Worker";
    story.eb(
        "CreateEnvironment",
        json!({
            "ApplicationName": new.application,
            "EnvironmentName": new.name,
            "CNAMEPrefix": (!worker).then_some(new.name),
            "Tier": { "Name": tier, "Type": if worker { "SQS/HTTP" } else { "Standard" } },
            "PlatformArn": new.platform,
            "VersionLabel": new.version,
            "OptionSettings": settings(&all),
        }),
    );
}

/// Option settings as a call has them.
pub(in crate::sandbox::scenarios) fn settings(options: &Options) -> Value {
    options
        .iter()
        .map(|(namespace, name, value)| {
            json!({ "Namespace": namespace, "OptionName": name, "Value": value })
        })
        .collect()
}

/// The ids of an environment's instances.
pub(in crate::sandbox::scenarios) fn instances(story: &Story, environment: &str) -> Vec<String> {
    let mut all = story.account.here.beanstalk.environments.values();
    let found = all.find(|found| found.name == environment);
    found.map(|found| found.agents.keys().cloned().collect()).unwrap_or_default()
}

/// Somebody ends one instance of an environment; its group launches another one.
pub(in crate::sandbox::scenarios) fn end_instance(story: &mut Story, environment: &str) {
    let instance = instances(story, environment).into_iter().next();
    story.ec2("TerminateInstances", json!({ "InstanceId": [instance] }));
}

/// Changes options of an environment, and waits until that has ended.
pub(in crate::sandbox::scenarios) fn change(
    story: &mut Story,
    environment: &str,
    options: &Options,
) {
    let params = json!({ "EnvironmentName": environment, "OptionSettings": settings(options) });
    story.eb("UpdateEnvironment", params);
    story.settle(environment, "2h");
}

/// Deploys a new version, and waits until that has ended.
pub(in crate::sandbox::scenarios) fn deploy(story: &mut Story, label: &str, description: &str) {
    version(story, "shop", label, description);
    let params = json!({ "EnvironmentName": "shop-prod", "VersionLabel": label });
    story.eb("UpdateEnvironment", params);
    story.settle("shop-prod", "90m");
}

/// Somebody asks for an environment's end, and waits until that has ended.
pub(in crate::sandbox::scenarios) fn terminate(story: &mut Story, environment: &str) {
    story.eb("TerminateEnvironment", json!({ "EnvironmentName": environment }));
    story.settle(environment, "90m");
}
