use serde_json::{Value, json};

use crate::sandbox::{Account, Service};

fn account() -> Account {
    let now = "2026-03-02T08:00:00Z".parse().expect("a time");
    Account::new("123456789012", "eu-central-1", now)
}

fn pass(account: &mut Account, seconds: i64) {
    let until = account.now() + jiff::SignedDuration::from_secs(seconds);
    account.pass_until(until);
}

fn events(account: &mut Account, key: &str, value: &str) -> Vec<Value> {
    let params = json!({"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]});
    let answer = account.call_as("auditor", Service::CloudTrail, "LookupEvents", params);
    answer.expect("an answer")["Events"].as_array().cloned().unwrap_or_default()
}

fn record(event: &Value) -> Value {
    serde_json::from_str(event["CloudTrailEvent"].as_str().expect("a record")).expect("JSON")
}

fn table(account: &mut Account) -> String {
    let params = json!({"CidrBlock": "10.0.0.0/16"});
    let vpc = account.call_as("p.novak", Service::Ec2, "CreateVpc", params).expect("a network");
    let params = json!({"VpcId": vpc["vpc"]["vpcId"]});
    let table = account.call_as("p.novak", Service::Ec2, "CreateRouteTable", params);
    table.expect("a table")["routeTable"]["routeTableId"].as_str().expect("an id").to_owned()
}

#[test]
fn who_deleted_what_is_known_some_minutes_later() {
    let mut account = account();
    let table = table(&mut account);
    let params = json!({"RouteTableId": table});
    account.call_as("p.novak", Service::Ec2, "DeleteRouteTable", params).expect("deleted");
    assert_eq!(events(&mut account, "EventName", "DeleteRouteTable"), Vec::<Value>::new());
    pass(&mut account, 301);
    let found = events(&mut account, "EventName", "DeleteRouteTable");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["Username"], "p.novak");
    let record = record(&found[0]);
    assert_eq!(record["requestParameters"], json!({"routeTableId": table}));
    assert_eq!(record["userIdentity"]["arn"], "arn:aws:iam::123456789012:user/p.novak");
    assert_eq!(record["responseElements"]["_return"], true);
}

#[test]
fn a_new_resources_id_stands_only_in_the_answer() {
    let mut account = account();
    let table = table(&mut account);
    pass(&mut account, 301);
    let found = events(&mut account, "ResourceName", &table);
    let record = record(&found[0]);
    assert_eq!(record["eventName"], "CreateRouteTable");
    assert!(!record["requestParameters"].to_string().contains(&table));
    assert_eq!(record["responseElements"]["routeTable"]["routeTableId"], table.as_str());
}

#[test]
fn a_refused_call_is_recorded_with_its_error() {
    let mut account = account();
    let params = json!({"RouteTableId": "rtb-0123456789abcdef0"});
    let refused = account.call_as("p.novak", Service::Ec2, "DeleteRouteTable", params);
    assert!(refused.is_err());
    pass(&mut account, 301);
    let record = record(&events(&mut account, "EventName", "DeleteRouteTable")[0]);
    assert_eq!(record["errorCode"], "Client.InvalidRouteTableID.NotFound");
    assert_eq!(record["responseElements"], Value::Null);
}

#[test]
fn nat_gateways_are_recorded_in_the_younger_grammar() {
    let mut account = account();
    let params = json!({"SubnetId": "subnet-0123456789abcdef0", "AllocationId": "eipalloc-0"});
    let refused = account.call_as("x", Service::Ec2, "CreateNatGateway", params.clone());
    assert!(refused.is_err());
    pass(&mut account, 301);
    let record = record(&events(&mut account, "EventName", "CreateNatGateway")[0]);
    assert_eq!(record["requestParameters"], json!({"CreateNatGatewayRequest": params}));
}

#[test]
fn rules_are_recorded_with_their_lists_as_items() {
    let mut account = account();
    let params = json!({"GroupId": "sg-0123456789abcdef0", "IpPermissions": [{
        "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432,
        "Groups": [{"GroupId": "sg-0fedcba9876543210"}],
    }]});
    let refused = account.call_as("x", Service::Ec2, "RevokeSecurityGroupIngress", params);
    assert!(refused.is_err());
    pass(&mut account, 301);
    let record = record(&events(&mut account, "EventName", "RevokeSecurityGroupIngress")[0]);
    let permission = &record["requestParameters"]["ipPermissions"]["items"][0];
    assert_eq!(permission["groups"]["items"][0]["groupId"], "sg-0fedcba9876543210");
    assert_eq!(permission["fromPort"], 5432);
    assert_eq!(permission["ipRanges"], json!({}));
}

#[test]
fn ninety_days_later_nothing_is_known_any_more() {
    let mut account = account();
    let table = table(&mut account);
    pass(&mut account, 91 * 86_400);
    assert_eq!(events(&mut account, "ResourceName", &table), Vec::<Value>::new());
}

#[test]
fn pages_go_from_the_newest_to_the_oldest() {
    let mut account = account();
    for _ in 0..60 {
        let params = json!({"RouteTableId": "rtb-0123456789abcdef0"});
        let refused = account.call_as("x", Service::Ec2, "DeleteRouteTable", params);
        assert!(refused.is_err());
        pass(&mut account, 1);
    }
    pass(&mut account, 301);
    let mut params = json!({});
    let first = account.call_as("x", Service::CloudTrail, "LookupEvents", params.clone());
    let first = first.expect("a page");
    assert_eq!(first["Events"].as_array().map(Vec::len), Some(50));
    params["NextToken"] = first["NextToken"].clone();
    let second = account.call_as("x", Service::CloudTrail, "LookupEvents", params).expect("a page");
    assert_eq!(second["Events"].as_array().map(Vec::len), Some(10));
    let time = |page: &Value, at: usize| page["Events"][at]["EventTime"].to_string();
    assert!(time(&first, 0) > time(&first, 49) && time(&first, 49) > time(&second, 0));
}
