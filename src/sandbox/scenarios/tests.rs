use super::*;
use crate::sandbox::beanstalk::Environment;

/// The time at which the stories of these tests end.
fn now() -> Timestamp {
    "2026-11-23T15:30:00Z".parse().expect("a time")
}

fn build(name: &str) -> Account {
    find(name).expect("a scenario of that name").build(now())
}

fn environment(account: &Account) -> &Environment {
    account.here.beanstalk.environments.values().next().expect("an environment")
}

/// What an environment went through, for whoever looks at a failing test.
fn told(account: &Account) -> String {
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

#[test]
fn broken_worlds_are_not() {
    for scenario in all().iter().filter(|it| it.about.group != "healthy") {
        let started = std::time::SystemTime::now();
        let account = scenario.build(now());
        eprintln!("{:30} {:?} {}", scenario.name(), started.elapsed(), ending(&account));
    }
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
