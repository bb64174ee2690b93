//! The diagnosis with each of its reads refused in turn: it goes on, and says what it cannot know.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use ebrescue::check::{self, Diagnosis};
use ebrescue::collect::CollectError;
use serde_json::{Value, json};

use crate::stage::Stage;

/// Puts a fault on an operation for good; `null` takes all away.
fn refuse(stage: &Stage, operation: Option<&str>) {
    stage.control("DELETE", "faults", &Value::Null);
    if let Some(operation) = operation {
        let fault = json!([{"operation": operation, "times": 1000, "kind": "access-denied"}]);
        stage.control("POST", "faults", &fault);
    }
}

fn causes(diagnosis: &Diagnosis) -> Vec<&'static str> {
    diagnosis.causes().map(|finding| finding.code().0).collect()
}

/// The permission's name as a policy has it; some clients call the service otherwise.
fn same(one: &str, other: &str) -> bool {
    let plain = |name: &str| {
        let (service, operation) = name.split_once(':').unwrap_or(("", name));
        let service = match service {
            "ses" | "sesv2" | "email" => "ses",
            "elasticloadbalancing" | "elasticloadbalancingv2" => "elasticloadbalancing",
            other => other,
        };
        format!("{service}:{operation}").to_lowercase()
    };
    plain(one) == plain(other)
}

/// Refuses each operation that the diagnosis of a scenario makes, one after the other.
async fn each_read_refused(scenario: &str) {
    let stage = Stage::scenario(scenario).await;
    let whole = check::diagnose(&stage.look().await.unwrap());
    let operations: BTreeSet<String> = stage.calls().into_iter().collect();
    assert!(operations.len() > 20, "{operations:?}");
    let mut wrong = String::new();
    for operation in &operations {
        refuse(&stage, Some(operation));
        let snapshot = match stage.look().await {
            Ok(snapshot) => snapshot,
            Err(CollectError::Denied(why)) if operation.ends_with(":DescribeEnvironments") => {
                assert!(!why.code.is_empty());
                continue;
            }
            Err(error) => {
                writeln!(wrong, "{operation}: {error}").unwrap();
                continue;
            }
        };
        let diagnosis = check::diagnose(&snapshot);
        let named = diagnosis.not_checked.iter().find(|line| same(&line.needs, operation));
        match named {
            Some(line) if line.reason.is_empty() || line.what.is_empty() => {
                writeln!(wrong, "{operation}: told without a reason: {line:?}").unwrap();
            }
            Some(_) => {}
            // S3 answers a refused HEAD without a body, as it does one of an object that is gone.
            None if operation == "s3:HeadObject" => {}
            None => writeln!(wrong, "{operation}: not told").unwrap(),
        }
        let (before, now) = (causes(&whole), causes(&diagnosis));
        if before.is_empty() && !now.is_empty() {
            writeln!(wrong, "{operation}: a false alarm: {now:?}").unwrap();
        }
        if !before.is_empty() && diagnosis.verdict.as_str() == "healthy" && named.is_none() {
            writeln!(wrong, "{operation}: called healthy without a word").unwrap();
        }
    }
    refuse(&stage, None);
    assert!(wrong.is_empty(), "{scenario}:\n{wrong}");
}

#[tokio::test]
async fn a_lost_route_table_with_one_permission_missing() {
    each_read_refused("lost-route-table").await;
}

#[tokio::test]
async fn a_deployment_that_failed_with_one_permission_missing() {
    each_read_refused("command-timeout").await;
}

#[tokio::test]
async fn a_healthy_environment_with_one_permission_missing_has_no_cause() {
    each_read_refused("healthy").await;
}

#[tokio::test]
async fn nothing_may_be_read_at_all() {
    let stage = Stage::scenario("healthy").await;
    refuse(&stage, Some("*"));
    let error = stage.look().await.unwrap_err();
    assert!(matches!(error, CollectError::Denied(_)), "{error}");
}

#[tokio::test]
async fn services_that_fail_are_named_and_the_rest_is_diagnosed() {
    let stage = Stage::scenario("nat-deleted").await;
    let faults: Vec<Value> = ["cloudtrail:*", "iam:*", "s3:*", "servicequotas:*"]
        .iter()
        .map(|name| json!({"operation": name, "times": 1000, "kind": "server-error"}))
        .collect();
    stage.control("POST", "faults", &Value::Array(faults));
    let diagnosis = check::diagnose(&stage.look().await.unwrap());
    assert_eq!(causes(&diagnosis), ["NET-03"]);
    let needs: Vec<&str> = diagnosis.not_checked.iter().map(|one| one.needs.as_str()).collect();
    assert!(needs.contains(&"cloudtrail:LookupEvents"), "{needs:?}");
}
