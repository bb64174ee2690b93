//! Many environments at once, over the wire: `collect::region` and `ebrescue scan`.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use ebrescue::sandbox::scenarios::estate::Estate;
use ebrescue::sandbox::{Account, Options, Sandbox, scenarios};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::stage::control;

fn now() -> Timestamp {
    // The program goes by the wall clock, and the sandbox serves what happens now.
    Timestamp::now()
}

/// Five environments: two in each of two VPCs of one region, one in another region.
fn two_regions() -> Account {
    let vpcs = BTreeMap::from([("eu-west-1", 1), ("us-west-2", 2)]);
    let mut account = Estate { vpcs, environments: 2, instances: 1 }.build(now());
    account.visit("eu-west-1", |account| {
        let call = json!({ "EnvironmentName": "team-0-1" });
        account
            .call_as(
                "admin",
                ebrescue::sandbox::Service::ElasticBeanstalk,
                "TerminateEnvironment",
                call,
            )
            .unwrap();
    });
    account.pass_until(now() + jiff::SignedDuration::from_hours(3));
    account
}

fn served(account: Account) -> Sandbox {
    Sandbox::start(Options::new(account)).unwrap()
}

fn scan(sandbox: &Sandbox, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ebrescue"))
        .args(["scan", "--endpoint-url", &sandbox.endpoint, "--format", "json"])
        .args(arguments)
        .env_clear()
        .envs([("AWS_ACCESS_KEY_ID", "AKIATEST"), ("AWS_SECRET_ACCESS_KEY", "test")])
        .env("HOME", std::env::temp_dir())
        .output()
        .unwrap()
}

fn document(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}\n{}", told(output)))
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Name and verdict of each environment, in the document's order.
fn verdicts(document: &Value) -> Vec<(&str, &str)> {
    let all = document["environments"].as_array().unwrap().iter();
    all.map(|one| (one["name"].as_str().unwrap(), one["verdict"].as_str().unwrap())).collect()
}

#[test]
fn every_environment_of_the_regions_has_one_line_the_worst_first() {
    let mut account = two_regions();
    break_the_second_vpc(&mut account);
    let sandbox = served(account);
    let output = scan(&sandbox, &["--regions", "us-west-2,eu-west-1"]);
    let document = document(&output);
    assert_eq!(document["schema"], "ebrescue.scan/1");
    assert_eq!(document["account"], "210987654321");
    assert_eq!(document["not_checked"], json!([]), "everything could be read");
    let found = verdicts(&document);
    let names: Vec<&str> = found.iter().map(|(name, _)| *name).collect();
    // The second VPC's first; then by region and name.
    assert_eq!(names, ["team-1-0", "team-1-1", "team-0-0", "team-0-0", "team-0-1"]);
    assert!(found[..2].iter().all(|(_, verdict)| *verdict != "healthy"), "{found:?}");
    assert!(found[2..].iter().all(|(_, verdict)| *verdict == "healthy"), "{found:?}");
    let worst = &document["environments"][0];
    assert_eq!(worst["findings"][0]["code"], "NET-01");
    assert_eq!(worst["findings"][0]["role"], "cause");
    assert_eq!(worst["region"], "us-west-2");
    assert_eq!(output.status.code(), Some(3));
    assert!(told(&output).starts_with("scanning us-west-2 and eu-west-1\n"), "{}", told(&output));
}

/// Somebody deletes the default routes of the second VPC's private subnets, and its instances
/// are not heard of any more.
fn break_the_second_vpc(account: &mut Account) {
    account.visit("us-west-2", delete_default_routes_of_the_second_vpc);
    account.pass_until(account.now() + jiff::SignedDuration::from_hours(1));
}

fn delete_default_routes_of_the_second_vpc(account: &mut Account) {
    use ebrescue::sandbox::Service::Ec2;
    let tables = account.call_as("p.novak", Ec2, "DescribeRouteTables", json!({})).unwrap();
    let mut left = 0;
    for table in tables["routeTableSet"].as_array().unwrap() {
        let tags = table["tagSet"].to_string();
        if tags.contains("team-1-private") {
            let route = json!({
                "RouteTableId": table["routeTableId"], "DestinationCidrBlock": "0.0.0.0/0",
            });
            account.call_as("p.novak", Ec2, "DeleteRoute", route).unwrap();
            left += 1;
        }
    }
    assert_eq!(left, 1);
}

#[test]
fn calls_do_not_grow_with_environments() {
    let calls = |environments| {
        let vpcs = BTreeMap::from([("us-west-2", 1)]);
        let estate = Estate { vpcs, environments, instances: 1 };
        let sandbox = served(estate.build(now()));
        let output = scan(&sandbox, &["--region", "us-west-2"]);
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        assert_eq!(verdicts(&document(&output)).len(), environments);
        control(&sandbox.endpoint, "GET", "calls", &Value::Null).as_array().unwrap().len()
    };
    let (few, many) = (calls(1), calls(6));
    assert_eq!(few, many);
    assert!(few <= 22, "{few} calls for one VPC");
}

#[test]
fn an_account_without_environments_is_well() {
    let sandbox = served(Account::new("210987654321", "us-west-2", now()));
    let output = scan(&sandbox, &["--region", "us-west-2"]);
    let document = document(&output);
    assert_eq!(document["environments"], json!([]));
    assert_eq!(document["regions"][0]["environments"], 0);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_region_that_may_not_be_read_is_told_and_not_counted_as_well() {
    let sandbox = served(two_regions());
    let fault = json!([{"operation": "elasticbeanstalk:DescribeEnvironments", "times": 1,
                        "kind": "access-denied"}]);
    control(&sandbox.endpoint, "POST", "faults", &fault);
    let output = scan(&sandbox, &["--regions", "us-west-2,eu-west-1"]);
    let document = document(&output);
    // Whichever region asked first was refused.
    let regions = document["regions"].as_array().unwrap();
    let refused: Vec<&Value> = regions.iter().filter(|one| one["read"] == false).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0]["environments"], Value::Null);
    let gap = &document["not_checked"][0];
    assert_eq!(gap["region"], refused[0]["region"]);
    assert_eq!(gap["needs"], "elasticbeanstalk:DescribeEnvironments");
    let there = document["environments"].as_array().unwrap();
    assert!(there.iter().all(|one| one["region"] != refused[0]["region"]));
    assert_eq!(output.status.code(), Some(7), "all that was read is healthy: {}", told(&output));
}

#[test]
fn a_read_that_is_refused_is_no_all_clear() {
    let mut account = two_regions();
    break_the_second_vpc(&mut account);
    let sandbox = served(account);
    let fault = json!([{"operation": "ec2:DescribeRouteTables", "times": 9,
                        "kind": "access-denied"}]);
    control(&sandbox.endpoint, "POST", "faults", &fault);
    let output = scan(&sandbox, &["--region", "us-west-2"]);
    let document = document(&output);
    assert_eq!(document["not_checked"][0]["needs"], "ec2:DescribeRouteTables");
    assert_eq!(document["not_checked"][0]["region"], "us-west-2");
    let found = verdicts(&document);
    assert_ne!(found[0].1, "healthy");
    assert!(!document["environments"][0]["findings"].to_string().contains("NET-01"));
}

#[test]
fn throttling_costs_no_answer() {
    let sandbox = served(two_regions());
    let storm = json!([{"operation": "*", "kind": "throttle", "rate": 0.2, "seed": 7}]);
    control(&sandbox.endpoint, "POST", "faults", &storm);
    let output = scan(&sandbox, &["--regions", "us-west-2,eu-west-1"]);
    let document = document(&output);
    assert_eq!(document["not_checked"], json!([]), "{}", told(&output));
    assert_eq!(document["environments"].as_array().unwrap().len(), 5);
    let calls = control(&sandbox.endpoint, "GET", "calls", &Value::Null);
    let throttled = calls.as_array().unwrap().iter().filter(|call| call["fault"] == "throttle");
    assert!(throttled.count() > 3, "the storm was felt");
}

#[test]
fn an_endpoint_that_nobody_serves_is_told_and_not_counted_as_well() {
    let sandbox = served(Account::new("210987654321", "us-west-2", now()));
    let endpoint = sandbox.endpoint.clone();
    drop(sandbox);
    let output = Command::new(env!("CARGO_BIN_EXE_ebrescue"))
        .args(["scan", "--regions", "us-west-2", "--format", "json", "--endpoint-url", &endpoint])
        .env_clear()
        .envs([("AWS_ACCESS_KEY_ID", "AKIATEST"), ("AWS_SECRET_ACCESS_KEY", "test")])
        .output()
        .unwrap();
    let document = document(&output);
    assert_eq!(document["regions"][0]["read"], false);
    assert_eq!(document["not_checked"][0]["what"], "environments");
    assert_eq!(output.status.code(), Some(7), "{}", told(&output));
}

#[test]
fn no_healthy_scenario_is_called_broken_and_no_cause_is_made_up() {
    for scenario in scenarios::all() {
        let sandbox = served(scenario.build(now()));
        let region = scenario.about.region;
        let output = scan(&sandbox, &["--region", region, "--terminated"]);
        let document = document(&output);
        let found = document["environments"].as_array().unwrap();
        let own = found.iter().find(|one| one["name"] == scenario.about.environment);
        let name = scenario.name();
        let own = own.unwrap_or_else(|| panic!("{name}: {document}"));
        if scenario.about.group == "healthy" {
            assert_eq!(own["verdict"], "healthy", "{name}: {own}");
        }
        assert_eq!(document["not_checked"], json!([]), "{name}");
    }
}
