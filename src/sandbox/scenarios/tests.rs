use super::*;

/// The time at which the stories of these tests end.
fn now() -> Timestamp {
    "2026-11-23T15:30:00Z".parse().expect("a time")
}

/// Prints what an environment went through; for people who look at a failing test.
fn told(account: &Account) -> Vec<String> {
    let events = account.here.beanstalk.events.iter();
    events.map(|it| format!("{} {:5} {}", it.at, it.severity.word(), it.message)).collect()
}

#[test]
fn healthy_is() {
    let account = find("healthy").expect("there").build(now());
    let found = account.here.beanstalk.environments.values().next().expect("one");
    let told = told(&account).join("\n");
    assert_eq!((found.status.word(), found.health.word()), ("Ready", "Ok"), "{told}");
    assert!(found.causes.is_empty());
    assert_eq!(found.agents.len(), 2);
}

#[test]
fn the_lost_route_table_ends_in_a_blocked_termination() {
    let account = find("lost-route-table").expect("there").build(now());
    let found = account.here.beanstalk.environments.values().next().expect("one");
    let told = told(&account).join("\n");
    assert_eq!((found.status.word(), found.health.word()), ("Ready", "NoData"), "{told}");
    let stack = account.here.cloudformation.find(&format!("awseb-{}-stack", found.id));
    assert_eq!(stack.map(|it| it.status.word()), Some("DELETE_FAILED"), "{told}");
    if std::env::args().any(|it| it == "--nocapture") {
        eprintln!("{told}");
    }
}
