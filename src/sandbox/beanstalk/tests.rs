use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Environment;
use crate::sandbox::Service::ElasticBeanstalk;
use crate::sandbox::{Account, Fault, Params, scenarios};

fn shop() -> Account {
    let now: Timestamp = "2026-11-23T15:30:00Z".parse().expect("a time");
    scenarios::find("healthy-public").expect("a healthy world").build(now)
}

fn ask(account: &mut Account, operation: &str, params: Value) -> Result<Value, Fault> {
    account.call_as("a.berg", ElasticBeanstalk, operation, params)
}

fn eb(account: &mut Account, operation: &str, params: Value) -> Value {
    ask(account, operation, params).expect("a call that works")
}

fn named() -> Value {
    json!({ "EnvironmentName": "shop-prod" })
}

fn found(account: &Account) -> &Environment {
    account.here.beanstalk.environments.values().next().expect("one")
}

fn pass(account: &mut Account, minutes: i64) {
    let then = account.now() + SignedDuration::from_mins(minutes);
    account.pass_until(then);
}

fn settle(account: &mut Account) {
    for _ in 0..120 {
        if found(account).operation.is_none() {
            return;
        }
        pass(account, 1);
    }
    panic!("no end: {:?}", messages(account));
}

/// What was told, newest first.
fn messages(account: &mut Account) -> Vec<String> {
    let answer = eb(account, "DescribeEvents", named());
    let events = answer.list("Events").iter();
    events.filter_map(|event| event.text("Message")).map(str::to_owned).collect()
}

fn deploy(account: &mut Account, description: &str) -> Value {
    let version = json!({
        "ApplicationName": "shop", "VersionLabel": "shop-99", "Description": description,
    });
    eb(account, "CreateApplicationVersion", version);
    let params = json!({ "EnvironmentName": "shop-prod", "VersionLabel": "shop-99" });
    eb(account, "UpdateEnvironment", params)
}

#[test]
fn while_an_update_goes_on_everything_else_waits() {
    let mut account = shop();
    let too_early = ask(&mut account, "AbortEnvironmentUpdate", named()).expect_err("refused");
    assert_eq!(
        too_early.message,
        "Environment named shop-prod is in an invalid state for this operation. Must be pending \
         deployment."
    );
    let answer = deploy(&mut account, "Shop");
    assert_eq!((answer.text("Status"), answer.text("Health")), (Some("Updating"), Some("Grey")));
    assert!(answer.flag("AbortableOperationInProgress"));
    for operation in ["RebuildEnvironment", "RestartAppServer", "UpdateEnvironment"] {
        let refused = ask(&mut account, operation, named()).expect_err("refused");
        assert_eq!(
            (refused.code.as_str(), refused.message.as_str()),
            (
                "InvalidParameterValue",
                "Environment named shop-prod is in an invalid state for this operation. Must be \
                 Ready."
            )
        );
    }
    let refused = ask(&mut account, "TerminateEnvironment", named()).expect_err("refused");
    assert_eq!(
        refused.message,
        "Cannot terminate environment named shop-prod. It is currently pending deployment."
    );
    settle(&mut account);
    assert_eq!(found(&account).version.as_deref(), Some("shop-99"));
}

#[test]
fn every_event_of_an_operation_carries_its_request() {
    let mut account = shop();
    deploy(&mut account, "Shop");
    let request = found(&account).operation.as_ref().expect("under way").request.clone();
    settle(&mut account);
    let answer = eb(&mut account, "DescribeEvents", json!({ "RequestId": request }));
    let told: Vec<_> =
        answer.list("Events").iter().filter_map(|event| event.text("Message")).collect();
    assert_eq!(
        told,
        [
            "Environment update completed successfully.",
            "New application version was deployed to running EC2 instances.",
            "Instance deployment completed successfully.",
            "Deploying new version to instance(s).",
            "Environment update is starting.",
        ]
    );
}

#[test]
fn pages_of_events_stay_together_while_new_ones_come() {
    let mut account = shop();
    let all = messages(&mut account);
    let first = eb(&mut account, "DescribeEvents", json!({ "MaxRecords": 2 }));
    deploy(&mut account, "Shop");
    let token = first.text("NextToken").expect("more").to_owned();
    let params = json!({ "MaxRecords": 2, "NextToken": token });
    let second = eb(&mut account, "DescribeEvents", params);
    assert_eq!(second.list("Events")[0].text("Message"), all.get(2).map(String::as_str));
}

#[test]
fn an_aborted_rolling_deployment_leaves_the_version_before() {
    let mut account = shop();
    let policy = json!([
        { "Namespace": "aws:elasticbeanstalk:command", "OptionName": "DeploymentPolicy", "Value": "Rolling" },
        { "Namespace": "aws:elasticbeanstalk:command", "OptionName": "BatchSizeType", "Value": "Fixed" },
        { "Namespace": "aws:elasticbeanstalk:command", "OptionName": "BatchSize", "Value": "1" },
    ]);
    let params = json!({ "EnvironmentName": "shop-prod", "OptionSettings": policy });
    eb(&mut account, "UpdateEnvironment", params);
    settle(&mut account);
    deploy(&mut account, "Shop; deploys-in: 3m");
    pass(&mut account, 1);
    eb(&mut account, "AbortEnvironmentUpdate", named());
    assert_eq!(found(&account).status.word(), "Aborting");
    settle(&mut account);
    assert_eq!(found(&account).version.as_deref(), Some("shop-41"));
    assert!(messages(&mut account).iter().any(|it| it == "Failed to deploy application."));
}

#[test]
fn what_is_not_there_is_refused_in_awss_words() {
    let mut account = shop();
    let cases = [
        (
            json!({ "EnvironmentName": "shop-prod", "SolutionStackName": "64bit X" }),
            "No Solution Stack named '64bit X' found.",
        ),
        (
            json!({ "EnvironmentName": "shop-prod", "VersionLabel": "none" }),
            "No Application Version named 'none' found.",
        ),
        (
            json!({ "EnvironmentName": "nobody" }),
            "No Environment found for EnvironmentName = 'nobody'.",
        ),
    ];
    for (params, sentence) in cases {
        let refused = ask(&mut account, "UpdateEnvironment", params).expect_err("refused");
        assert_eq!(refused.message, sentence);
        assert_eq!(refused.status, 400);
    }
}

#[test]
fn settings_are_told_with_their_defaults() {
    let mut account = shop();
    let params = json!({ "ApplicationName": "shop", "EnvironmentName": "shop-prod" });
    let answer = eb(&mut account, "DescribeConfigurationSettings", params);
    let settings = answer.list("ConfigurationSettings")[0].list("OptionSettings");
    let value = |namespace: &str, name: &str| {
        let fits = |it: &&Value| {
            it.text("Namespace") == Some(namespace) && it.text("OptionName") == Some(name)
        };
        settings.iter().find(fits).and_then(|it| it.text("Value")).map(str::to_owned)
    };
    let system = value("aws:elasticbeanstalk:healthreporting:system", "SystemType");
    assert_eq!(system.as_deref(), Some("enhanced"));
    assert_eq!(value("aws:elasticbeanstalk:command", "Timeout").as_deref(), Some("600"));
    assert_eq!(value("aws:autoscaling:asg", "MinSize").as_deref(), Some("2"));
}

#[test]
fn a_terminated_environment_is_listed_for_an_hour_and_found_for_longer() {
    let mut account = shop();
    eb(&mut account, "TerminateEnvironment", named());
    settle(&mut account);
    let listed = |account: &mut Account, params: Value| {
        eb(account, "DescribeEnvironments", params).list("Environments").len()
    };
    assert_eq!(listed(&mut account, json!({})), 1);
    pass(&mut account, 70);
    assert_eq!(listed(&mut account, json!({})), 0);
    assert_eq!(listed(&mut account, json!({ "IncludeDeleted": true })), 1);
    assert_eq!(messages(&mut account)[0], "terminateEnvironment completed successfully.");
}

#[test]
fn a_managed_update_moves_the_platform_with_new_instances_first() {
    let mut account = shop();
    let managed = "aws:elasticbeanstalk:managedactions";
    let options = json!([
        { "Namespace": managed, "OptionName": "ManagedActionsEnabled", "Value": "true" },
        { "Namespace": managed, "OptionName": "PreferredStartTime", "Value": "Sun:10:00" },
        {
            "Namespace": "aws:elasticbeanstalk:managedactions:platformupdate",
            "OptionName": "UpdateLevel",
            "Value": "minor",
        },
    ]);
    let params = json!({ "EnvironmentName": "shop-prod", "OptionSettings": options });
    eb(&mut account, "UpdateEnvironment", params);
    settle(&mut account);
    let actions = eb(&mut account, "DescribeEnvironmentManagedActions", named());
    let action = actions.list("ManagedActions")[0].clone();
    assert_eq!(action.text("Status"), Some("Scheduled"));
    let mut params = named();
    params["ActionId"] = action["ActionId"].clone();
    eb(&mut account, "ApplyEnvironmentManagedAction", params);
    settle(&mut account);
    assert!(found(&account).platform.ends_with("/6.5.1"), "{:?}", messages(&mut account));
    let history = eb(&mut account, "DescribeEnvironmentManagedActionHistory", named());
    let item = &history.list("ManagedActionHistoryItems")[0];
    assert_eq!(item.text("Status"), Some("Completed"), "{:?}", messages(&mut account));
}

#[test]
fn addresses_are_swapped() {
    let mut account = shop();
    let first = found(&account).id.clone();
    let options: Vec<Value> = found(&account)
        .settings
        .iter()
        .flat_map(|(namespace, options)| {
            options.iter().map(move |(name, value)| {
                json!({ "Namespace": namespace, "OptionName": name, "Value": value })
            })
        })
        .collect();
    let params = json!({
        "ApplicationName": "shop",
        "EnvironmentName": "shop-next",
        "CNAMEPrefix": "shop-next",
        "PlatformArn": found(&account).platform,
        "VersionLabel": "shop-41",
        "OptionSettings": options,
    });
    let second = eb(&mut account, "CreateEnvironment", params);
    let second = second.text("EnvironmentId").expect("an id").to_owned();
    let params = json!({
        "SourceEnvironmentId": first.clone(), "DestinationEnvironmentId": second.clone(),
    });
    let refused = ask(&mut account, "SwapEnvironmentCNAMEs", params.clone()).expect_err("early");
    assert!(refused.message.ends_with("Must be Ready."), "{}", refused.message);
    pass(&mut account, 20);
    eb(&mut account, "SwapEnvironmentCNAMEs", params);
    let address = |id: &str| account.here.beanstalk.environments[id].address.clone();
    assert!(
        address(&first).starts_with("shop-next.") && address(&second).starts_with("shop-prod.")
    );
}

/// The healthy world with a name.
fn world(name: &str) -> Account {
    let now: Timestamp = "2026-11-23T15:30:00Z".parse().expect("a time");
    scenarios::find(name).expect("a healthy world").build(now)
}

#[test]
fn a_classic_load_balancer_is_named_by_name_and_stands_with_its_instances() {
    let mut account = world("healthy-classic-balancer");
    let answer = eb(&mut account, "DescribeEnvironmentResources", named());
    let resources = &answer["EnvironmentResources"];
    let name = resources["LoadBalancers"][0].text("Name").expect("one").to_owned();
    let classic = account.here.balancing.classics.get(&name).expect("a classic one").clone();
    assert_eq!(classic.check["Target"], "HTTP:80/");
    assert_eq!(classic.instances.len(), 2);
    assert!(account.here.balancing.balancers.is_empty());
    let answer = eb(&mut account, "DescribeEnvironments", json!({}));
    assert_eq!(answer["Environments"][0]["EndpointURL"], json!(classic.dns));
    let group = account.here.autoscaling.groups.first().expect("a group");
    assert_eq!((&group.balancers, group.target_groups.len()), (&vec![name], 0));
}

#[test]
fn what_a_classic_load_balancer_asks_for_is_what_its_environment_is_healthy_by() {
    let mut account = world("healthy-classic-balancer");
    deploy(&mut account, "Shop 2.31; answers: / 200");
    settle(&mut account);
    let url = json!([{
        "Namespace": "aws:elasticbeanstalk:application",
        "OptionName": "Application Healthcheck URL",
        "Value": "/nowhere",
    }]);
    let params = json!({ "EnvironmentName": "shop-prod", "OptionSettings": url });
    eb(&mut account, "UpdateEnvironment", params);
    settle(&mut account);
    pass(&mut account, 10);
    let classic = account.here.balancing.classics.values().next().expect("one");
    assert_eq!(classic.check["Target"], "HTTP:80/nowhere");
    let causes = found(&account).causes.join(" ");
    assert!(causes.contains("ELB"), "{:?} {causes}", found(&account).health);
}

#[test]
fn the_end_of_an_environment_takes_its_classic_load_balancer_along() {
    let mut account = world("healthy-classic-balancer");
    eb(&mut account, "TerminateEnvironment", named());
    settle(&mut account);
    assert_eq!(found(&account).status.word(), "Terminated", "{:?}", messages(&mut account));
    assert!(account.here.balancing.classics.is_empty());
}

#[test]
fn a_network_load_balancer_has_no_group_and_its_instances_admit_everybody() {
    let account = world("healthy-network-balancer");
    let balancer = account.here.balancing.balancers.values().next().expect("one");
    assert_eq!((balancer.kind.as_str(), balancer.groups.len()), ("network", 0));
    let group = account.here.balancing.target_groups.values().next().expect("one");
    assert_eq!(
        (group.protocol.as_str(), &group.check["HealthCheckProtocol"]),
        ("TCP", &json!("TCP"))
    );
}

#[test]
fn the_old_and_the_new_health_check_of_a_classic_load_balancer_exclude_each_other() {
    let mut account = world("healthy-classic-balancer");
    let target = json!([{
        "Namespace": "aws:elb:healthcheck", "OptionName": "Target", "Value": "TCP:80",
    }]);
    let params = json!({ "EnvironmentName": "shop-prod", "OptionSettings": target });
    let fault = ask(&mut account, "UpdateEnvironment", params).expect_err("refused");
    assert!(fault.message.ends_with("and Application Healthcheck URL option"), "{}", fault.message);
}

#[test]
fn without_a_network_an_environment_stands_in_the_default_one() {
    let mut account = shop();
    let platform = found(&account).platform.clone();
    let settings = json!([{
        "Namespace": "aws:autoscaling:launchconfiguration",
        "OptionName": "IamInstanceProfile",
        "Value": "aws-elasticbeanstalk-ec2-role",
    }]);
    let params = json!({
        "ApplicationName": "shop", "EnvironmentName": "shop-quick", "PlatformArn": platform,
        "VersionLabel": "shop-41", "OptionSettings": settings,
    });
    eb(&mut account, "CreateEnvironment", params);
    pass(&mut account, 30);
    let all = account.here.beanstalk.environments.values();
    let quick = all.clone().find(|found| found.name == "shop-quick").expect("it");
    let stands = (quick.status.word(), quick.health.word());
    assert_eq!(stands, ("Ready", "Ok"), "{:?}", messages(&mut account));
}
