//! Stacks in an account of their own: build, break one thing, look at the exact events.

#![expect(clippy::needless_pass_by_value, reason = "plainer as it is written")]

mod change_sets;
mod create;
mod delete;
mod describe;
mod exports;
mod update;
mod waiting;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::StackStatus;
use crate::sandbox::{Account, Answer, Service};

/// An account in which time has just begun.
fn account() -> Account {
    let now: Timestamp = "2026-03-01T10:00:00Z".parse().expect("a time");
    Account::new("123456789012", "eu-central-1", now)
}

fn cfn(account: &mut Account, operation: &str, params: Value) -> Answer {
    account.call_as("ops", Service::CloudFormation, operation, params)
}

fn ec2(account: &mut Account, operation: &str, params: Value) -> Value {
    account.call_as("ops", Service::Ec2, operation, params).expect("a call that works")
}

fn pass(account: &mut Account, seconds: i64) {
    let until = account.now() + SignedDuration::from_secs(seconds);
    account.pass_until(until);
}

/// A network of one's own.
fn vpc(account: &mut Account) -> String {
    let answer = ec2(account, "CreateVpc", json!({"CidrBlock": "10.1.0.0/16"}));
    answer["vpc"]["vpcId"].as_str().expect("an id").to_owned()
}

/// Creates a stack; the answer is its id.
fn create(account: &mut Account, name: &str, template: &Value) -> String {
    let params = json!({"StackName": name, "TemplateBody": template.to_string()});
    let answer = cfn(account, "CreateStack", params).expect("a stack that begins");
    answer["StackId"].as_str().expect("an id").to_owned()
}

/// Creates a stack and lets it come to an end.
fn created(account: &mut Account, name: &str, template: &Value) -> String {
    let id = create(account, name, template);
    pass(account, 600);
    assert_eq!(status(account, &id), StackStatus::CreateComplete, "{:#?}", told(account, &id));
    id
}

fn status(account: &Account, stack: &str) -> StackStatus {
    account.here.cloudformation.find(stack).expect("a stack").status
}

/// The events of a stack, oldest first: `LOGICAL STATUS — REASON`, `(stack)` for itself.
fn told(account: &Account, stack: &str) -> Vec<String> {
    let stack = account.here.cloudformation.find(stack).expect("a stack");
    stack
        .events
        .iter()
        .map(|event| {
            let who = if event.physical == stack.id { "(stack)" } else { &event.logical };
            match &event.reason {
                Some(reason) => format!("{who} {} — {}", event.status, masked(reason)),
                None => format!("{who} {}", event.status),
            }
        })
        .collect()
}

/// Events from the one on that begins with a text.
fn told_from(account: &Account, stack: &str, start: &str) -> Vec<String> {
    let all = told(account, stack);
    let from = all.iter().rposition(|event| event.starts_with(start)).expect("such an event");
    all[from..].to_vec()
}

/// A text with uuids and ids of resources masked.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    for word in text.split_inclusive([' ', '\'', '"', ')', ';', ',']) {
        let end = word.trim_end_matches([' ', '\'', '"', ')', ';', ',']);
        let rest = &word[end.len()..];
        let uuid = end.len() == 36 && end.matches('-').count() == 4;
        let id = ["sg-", "vpc-", "subnet-", "lt-", "rtb-"].iter().any(|kind| {
            end.strip_prefix(kind).is_some_and(|digits| {
                digits.len() == 17 && digits.chars().all(|digit| digit.is_ascii_hexdigit())
            })
        });
        if uuid {
            masked.push_str("<uuid>");
        } else if id {
            masked.push_str("<id>");
        } else {
            masked.push_str(end);
        }
        masked.push_str(rest);
    }
    masked
}

/// A template with these resources.
fn template(resources: Value) -> Value {
    json!({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
}

/// A security group in a network.
fn group(vpc: &str) -> Value {
    json!({
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"GroupDescription": "shop", "VpcId": vpc},
    })
}

/// The physical id of a resource.
fn physical(account: &Account, stack: &str, logical: &str) -> String {
    let stack = account.here.cloudformation.find(stack).expect("a stack");
    stack.resources[logical].physical.clone()
}
