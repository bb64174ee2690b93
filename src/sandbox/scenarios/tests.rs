use super::*;
use crate::sandbox::beanstalk::Environment;

/// The time at which the stories of these tests end.
fn now() -> Timestamp {
    "2026-11-23T15:30:00Z".parse().expect("a time")
}

pub(super) fn build(name: &str) -> Account {
    find(name).expect("a scenario of that name").build(now())
}

pub(super) fn environment(account: &Account) -> &Environment {
    account.here.beanstalk.environments.values().next().expect("an environment")
}

/// What an environment went through, for whoever looks at a failing test.
pub(super) fn told(account: &Account) -> String {
    let events = account.here.beanstalk.events.iter();
    let lines = events.map(|it| format!("{} {:5} {}", it.at, it.severity.word(), it.message));
    lines.collect::<Vec<_>>().join("\n")
}

/// One line about how a story ended: environment, health, stack, causes.
fn ending(account: &Account) -> String {
    let found = environment(account);
    let stack = account.here.cloudformation.find(&format!("awseb-{}-stack", found.id));
    let stack = stack.map_or("no stack", |stack| stack.status.word());
    let (status, health) = (found.status.word(), found.health.word());
    format!("{status} {health} {stack} {:?}", found.causes)
}

#[test]
fn healthy_worlds_are_well() {
    for scenario in all().iter().filter(|it| it.about.group == "healthy") {
        let account = scenario.build(now());
        let found = environment(&account);
        let well = (found.status.word(), found.health.word()) == ("Ready", "Ok");
        assert!(well, "{}: {}\n{}", scenario.name(), ending(&account), told(&account));
        assert_eq!(found.name, scenario.about.environment);
    }
}

/// How the broken worlds end: environment, health, stack. Some are green, because what is broken
/// shows only when it is needed.
const ENDINGS: &[(&str, &str)] = &[
    ("lost-route-table", "Ready NoData DELETE_FAILED"),
    ("nat-deleted", "Ready Severe CREATE_COMPLETE"),
    ("launch-without-route", "Ready Severe CREATE_FAILED"),
    ("one-subnet-without-nat", "Ready Degraded CREATE_COMPLETE"),
    ("nat-in-private-subnet", "Ready Severe CREATE_COMPLETE"),
    ("public-route-deleted", "Ready Severe CREATE_COMPLETE"),
    ("gateway-detached", "Ready NoData CREATE_FAILED"),
    ("instances-without-public-address", "Ready Severe CREATE_FAILED"),
    ("acl-blocks-https", "Ready Severe CREATE_COMPLETE"),
    ("acl-blocks-answers", "Ready Severe CREATE_COMPLETE"),
    ("group-without-egress", "Ready Severe CREATE_COMPLETE"),
    ("health-endpoint-deleted", "Ready Severe CREATE_COMPLETE"),
    ("endpoint-without-private-names", "Ready Severe CREATE_COMPLETE"),
    ("endpoint-policy-denies", "Ready Degraded CREATE_COMPLETE"),
    ("endpoint-group-closed", "Ready Severe CREATE_COMPLETE"),
    ("names-switched-off", "Ready Severe CREATE_COMPLETE"),
    ("balancer-in-one-zone", "Ready NoData CREATE_FAILED"),
    ("foreign-rule-blocks-termination", "Ready NoData DELETE_FAILED"),
    ("interface-holds-group", "Ready NoData DELETE_FAILED"),
    ("balancer-protected", "Ready NoData DELETE_FAILED"),
    ("stack-protected", "Ready Ok CREATE_COMPLETE"),
    ("stack-deleted", "Ready NoData no stack"),
    ("scheduled-actions-block-update", "Ready Ok UPDATE_ROLLBACK_COMPLETE"),
    ("rollback-failed", "Ready Severe UPDATE_ROLLBACK_FAILED"),
    ("properties-too-long", "Ready Ok CREATE_COMPLETE"),
    ("update-without-end", "Updating Severe CREATE_COMPLETE"),
    ("launch-without-end", "Launching NoData CREATE_IN_PROGRESS"),
    ("service-role-deleted", "Ready Suspended CREATE_COMPLETE"),
    ("instance-profile-missing", "Terminated Pending no stack"),
    ("instances-hang", "Ready Severe CREATE_COMPLETE"),
    ("command-timeout", "Ready Ok CREATE_COMPLETE"),
    ("half-deployed", "Ready Degraded CREATE_COMPLETE"),
    ("balancer-deleted", "Ready Severe CREATE_COMPLETE"),
    ("scaling-group-deleted", "Ready Suspended CREATE_COMPLETE"),
    ("scaled-to-zero", "Ready NoData CREATE_COMPLETE"),
    ("launching-suspended", "Ready Degraded CREATE_COMPLETE"),
    ("terminated-by-mistake", "Terminated Ok no stack"),
    ("leftover-immutable-stack", "Ready Degraded CREATE_COMPLETE"),
    ("newest-platform-breaks-the-shop", "Ready Severe UPDATE_COMPLETE"),
    ("image-deregistered", "Ready Degraded UPDATE_COMPLETE"),
    ("vcpu-quota", "Ready Degraded UPDATE_ROLLBACK_FAILED"),
    ("no-capacity-in-zone", "Ready Degraded CREATE_COMPLETE"),
    ("type-not-in-zone", "Ready Ok UPDATE_ROLLBACK_COMPLETE"),
    ("addresses-used-up", "Ready NoData CREATE_FAILED"),
    ("profile-without-role", "Ready Severe CREATE_COMPLETE"),
    ("role-does-not-trust", "Ready Suspended CREATE_COMPLETE"),
    ("repairer-may-not-route", "Ready Severe CREATE_COMPLETE"),
    ("health-check-path-wrong", "Ready Severe UPDATE_COMPLETE"),
    ("deployment-fails", "Ready Severe CREATE_COMPLETE"),
    ("application-fails", "Ready Severe CREATE_COMPLETE"),
    ("key-pair-deleted", "Ready Degraded CREATE_COMPLETE"),
    ("peering-route-missing", "Ready Severe CREATE_COMPLETE"),
    ("peering-deleted", "Ready Severe CREATE_COMPLETE"),
    ("database-port-closed", "Ready Severe CREATE_COMPLETE"),
    ("peering-overlaps", "Ready Severe CREATE_COMPLETE"),
    ("platform-branch-retired", "Ready Ok CREATE_COMPLETE"),
    ("managed-update-reverted", "Ready Ok CREATE_COMPLETE"),
    ("organization-denies", "Ready Severe CREATE_COMPLETE"),
    ("export-in-use", "Ready Ok UPDATE_COMPLETE"),
    ("nested-stack-stuck", "Ready NoData DELETE_FAILED"),
    ("neither-abort-nor-terminate", "Updating NoData CREATE_IN_PROGRESS"),
    ("database-deleted", "Ready Ok UPDATE_ROLLBACK_FAILED"),
    ("database-protected", "Ready NoData DELETE_FAILED"),
    ("database-at-stake", "Ready Severe CREATE_COMPLETE"),
    ("mail-account-in-sandbox", "Ready Ok CREATE_COMPLETE"),
    ("mail-sender-not-verified", "Ready Ok CREATE_COMPLETE"),
    ("mail-sending-paused", "Ready Ok CREATE_COMPLETE"),
    ("mail-port-closed", "Ready Ok CREATE_COMPLETE"),
    ("mail-key-switched-off", "Ready Ok CREATE_COMPLETE"),
    ("mail-from-another-region", "Ready Ok CREATE_COMPLETE"),
];

#[test]
fn broken_worlds_end_as_the_rules_have_it() {
    let mut surprises = Vec::new();
    for scenario in all().iter().filter(|it| it.about.group != "healthy") {
        let name = scenario.name();
        let account = scenario.build(now());
        let ending = ending(&account);
        let wanted = ENDINGS.iter().find(|(known, _)| *known == name).map(|(_, ending)| *ending);
        if !wanted.is_some_and(|wanted| ending.starts_with(wanted)) {
            surprises.push(format!("{name}: {ending} and not {wanted:?}\n{}", told(&account)));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n\n"));
}

#[test]
fn every_scenario_has_a_story_that_begins_with_a_sentence() {
    for scenario in all() {
        let summary = scenario.summary();
        assert!(summary.ends_with('.') || summary.ends_with(','), "{}: {summary}", scenario.name());
    }
}

#[test]
fn the_lost_route_table_ends_in_a_blocked_termination() {
    let account = build("lost-route-table");
    let ending = ending(&account);
    assert_eq!(ending, "Ready NoData DELETE_FAILED []", "{}", told(&account));
}

/// The reason in the last event about a resource's failed deletion.
fn last_failure(account: &Account) -> String {
    let id = &environment(account).id;
    let stack = account.here.cloudformation.find(&format!("awseb-{id}-stack")).expect("a stack");
    let mut failed = stack.events.iter().rev().filter(|event| event.status == "DELETE_FAILED");
    let failed = failed
        .find(|event| event.kind != "AWS::CloudFormation::Stack" || event.logical != stack.name);
    failed.and_then(|event| event.reason.clone()).unwrap_or_default()
}

#[test]
fn a_protected_database_blocks_the_end_of_its_environment() {
    let why = last_failure(&build("database-protected"));
    assert!(why.contains("Cannot delete protected DB Instance"), "{why}");
}

#[test]
fn a_nested_stack_blocks_it_too() {
    let account = build("nested-stack-stuck");
    let why = last_failure(&account);
    assert!(
        why.contains("failed to delete") || why.contains("was not successfully deleted"),
        "{why}"
    );
    let nested = account.here.cloudformation.stacks.iter().find(|stack| stack.parent.is_some());
    assert_eq!(nested.map(|stack| stack.status.word()), Some("DELETE_FAILED"));
}

#[test]
fn an_export_in_use_leaves_the_stack_as_it_was_and_says_by_whom() {
    let account = build("export-in-use");
    let id = &environment(&account).id;
    let stack = account.here.cloudformation.find(&format!("awseb-{id}-stack")).expect("a stack");
    let why = stack.reason.clone().unwrap_or_default();
    assert!(why.contains("shop-prod-group") && why.contains("in use by reporting"), "{why}");
}

#[test]
fn neither_abort_nor_terminate_is_accepted_while_a_rebuild_waits() {
    let mut account = build("neither-abort-nor-terminate");
    for (operation, sentence) in [
        ("AbortEnvironmentUpdate", "Must be pending deployment."),
        ("TerminateEnvironment", "It is currently pending deployment."),
    ] {
        let params = serde_json::json!({ "EnvironmentName": "shop-prod" });
        let service = crate::sandbox::Service::ElasticBeanstalk;
        let refused = account.call_as("x", service, operation, params).expect_err("refused");
        assert!(refused.message.ends_with(sentence), "{}", refused.message);
    }
}

#[test]
fn mail_worlds_differ_only_in_what_is_broken() {
    let world = |name: &str| {
        let account = build(name);
        let mail = &account.here.mail;
        let verified = mail.identities["shop.example.com"].status == "SUCCESS";
        (mail.production, mail.sending, verified)
    };
    assert_eq!(world("mail-account-in-sandbox"), (false, true, true));
    assert_eq!(world("mail-sender-not-verified"), (true, true, false));
    assert_eq!(world("mail-sending-paused"), (true, false, true));
    assert_eq!(world("mail-port-closed"), (true, true, true));
    assert_eq!(world("mail-key-switched-off"), (true, true, true));
    assert_eq!(world("mail-from-another-region"), (true, true, true));
}

#[test]
fn networks_with_the_same_addresses_are_not_peered() {
    let account = build("peering-overlaps");
    let peering = account.here.ec2.peerings.values().next().expect("the request");
    assert_eq!(peering.status, "failed");
}

#[test]
fn every_group_of_incidents_has_scenarios() {
    let count = |group: &str| all().iter().filter(|it| it.about.group == group).count();
    let groups = [
        "network",
        "cloudformation",
        "beanstalk",
        "platform",
        "capacity",
        "permissions",
        "application",
        "mail",
        "peering",
        "database",
    ];
    for group in groups {
        assert!(count(group) > 0, "no scenario of group {group}");
    }
    let known: usize = groups.iter().map(|group| count(group)).sum();
    assert_eq!(known + count("healthy"), all().len(), "a group that nobody knows");
    assert!(count("healthy") >= 8 && known >= 40);
}
