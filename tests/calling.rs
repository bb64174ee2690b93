//! How calls end, over the wire: what is asked again, what never is, and how it is told.

use ebrescue::aws::{Aws, ErrorKind, SessionSettings};
use ebrescue::clock::{ScaledClock, SharedClock};
use ebrescue::execute::{CallError, Cloud, Preflight, Trace};
use ebrescue::plan::{Action, Condition, NetworkAction, Ref, StepId, Truth};
use ebrescue::sandbox::{Account, Options, Sandbox};
use ebrescue::world::VpcId;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::stage;

const REGION: &str = "eu-central-1";

/// An account with nothing but a default VPC, and a way to it.
struct Stage {
    sandbox: Sandbox,
    aws: Aws,
}

impl Stage {
    async fn new() -> Self {
        let now: Timestamp = "2026-11-23T15:30:00Z".parse().unwrap();
        let account = Account::new("210987654321", REGION, now);
        let sandbox = Sandbox::start(Options::new(account)).unwrap();
        let settings = SessionSettings {
            region: Some(REGION.to_owned()),
            endpoint_url: Some(sandbox.endpoint.clone()),
            sandbox_credentials: true,
            ..SessionSettings::default()
        };
        // So fast that no pause before another try is felt.
        let clock = SharedClock::new(ScaledClock::starting_at(now, 1000.0));
        let aws = Aws::connect(&settings, clock).await.unwrap();
        Self { sandbox, aws }
    }

    async fn vpc(&self) -> VpcId {
        self.aws.default_vpcs().await.unwrap().value[0].id.clone()
    }

    async fn create_table(&self) -> Action {
        let name = Some("private".to_owned());
        Action::Network(NetworkAction::CreateRouteTable { vpc: self.vpc().await, name })
    }

    fn fault(&self, operation: &str, times: u32, kind: &str) {
        let fault = json!([{"operation": operation, "times": times, "kind": kind}]);
        stage::control(&self.sandbox.endpoint, "POST", "faults", &fault);
    }

    /// How often an operation reached the sandbox.
    fn count(&self, operation: &str) -> usize {
        let calls = stage::control(&self.sandbox.endpoint, "GET", "calls", &Value::Null);
        let calls = calls.as_array().or_else(|| calls["calls"].as_array()).unwrap();
        calls.iter().filter(|call| call["operation"] == operation).count()
    }
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_in_doubt_and_made_once() {
    let stage = Stage::new().await;
    let action = stage.create_table().await;
    stage.fault("ec2:CreateRouteTable", 1, "drop-after");
    let error = stage.aws.apply(&action, "t-1").await.unwrap_err();
    assert!(matches!(error, CallError::InDoubt { .. }), "{error}");
    assert_eq!(stage.count("CreateRouteTable"), 1);
    // Its tag tells that it was carried out, and what it made.
    let since = Timestamp::UNIX_EPOCH;
    let trace = stage.aws.trace(&action, "t-1", since).await.unwrap();
    let Trace::Seen { made: Some(made), .. } = trace else { panic!("{trace:?}") };
    assert!(made.starts_with("rtb-"), "{made}");
    let other = stage.aws.trace(&action, "t-2", since).await.unwrap();
    assert_eq!(other, Trace::NotSeen);
}

#[tokio::test]
async fn a_change_that_was_lost_on_the_way_is_in_doubt_too() {
    let stage = Stage::new().await;
    let action = stage.create_table().await;
    stage.fault("ec2:CreateRouteTable", 1, "drop-before");
    let error = stage.aws.apply(&action, "t-1").await.unwrap_err();
    assert!(matches!(error, CallError::InDoubt { .. }), "{error}");
    let trace = stage.aws.trace(&action, "t-1", Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(trace, Trace::NotSeen);
}

#[tokio::test]
async fn a_throttled_change_is_made_as_soon_as_it_may_be() {
    let stage = Stage::new().await;
    let action = stage.create_table().await;
    stage.fault("ec2:CreateRouteTable", 3, "throttle");
    let accepted = stage.aws.apply(&action, "t-1").await.unwrap();
    assert!(accepted.made.is_some_and(|id| id.starts_with("rtb-")));
    assert_eq!(stage.count("CreateRouteTable"), 4);
}

#[tokio::test]
async fn a_read_survives_lost_answers_and_server_errors() {
    let stage = Stage::new().await;
    let vpc = stage.vpc().await;
    stage.fault("ec2:DescribeSubnets", 2, "server-error");
    stage.fault("ec2:DescribeRouteTables", 1, "drop-before");
    assert!(!stage.aws.subnets(Some(&vpc)).await.unwrap().value.is_empty());
    assert!(!stage.aws.route_tables(Some(&vpc)).await.unwrap().value.is_empty());
    stage.fault("ec2:DescribeSubnets", 9, "server-error");
    let failed = stage.aws.subnets(Some(&vpc)).await.unwrap_err();
    assert_eq!(failed.error.kind, ErrorKind::NoAnswer);
}

#[tokio::test]
async fn a_missing_permission_is_named_and_not_tried_again() {
    let stage = Stage::new().await;
    let action = stage.create_table().await;
    stage.fault("ec2:CreateRouteTable", 1, "access-denied");
    let error = stage.aws.apply(&action, "t-1").await.unwrap_err();
    let CallError::Denied { permission, .. } = error else { panic!("{error}") };
    assert_eq!(permission, "ec2:CreateRouteTable");
    assert_eq!(stage.count("CreateRouteTable"), 1);
}

#[tokio::test]
async fn a_preflight_asks_and_changes_nothing() {
    let stage = Stage::new().await;
    let action = stage.create_table().await;
    assert_eq!(stage.aws.preflight(&action).await, Preflight::Allowed);
    stage.fault("ec2:CreateRouteTable", 1, "access-denied");
    let missing = Preflight::Missing(vec!["ec2:CreateRouteTable".to_owned()]);
    assert_eq!(stage.aws.preflight(&action).await, missing);
    let vpc = stage.vpc().await;
    let tables = stage.aws.route_tables(Some(&vpc)).await.unwrap().value;
    assert_eq!(tables.len(), 1, "the main one alone");
}

#[tokio::test]
async fn an_effect_is_seen_by_a_fresh_look() {
    let stage = Stage::new().await;
    let vpc = stage.vpc().await;
    let made = stage.aws.apply(&stage.create_table().await, "t-1").await.unwrap().made.unwrap();
    let subnet = stage.aws.subnets(Some(&vpc)).await.unwrap().value[0].id.clone();
    let table = Ref::Is(made.as_str().into());
    let link = NetworkAction::AssociateRouteTable { table: table.clone(), subnet: subnet.clone() };
    let linked = stage.aws.apply(&Action::Network(link), "t-2").await.unwrap();
    assert!(linked.made.is_some_and(|id| id.starts_with("rtbassoc-")));
    let used = Condition::SubnetUses { subnet: subnet.clone(), table: Some(table) };
    let other = Condition::SubnetUses { subnet, table: None };
    let look = stage.aws.observe(&[used.clone(), other.clone()]).await.unwrap();
    let nothing = ebrescue::plan::Made::nothing();
    assert_eq!(used.holds(&look, &nothing), Truth::Yes);
    assert_eq!(other.holds(&look, &nothing), Truth::No);
    let unknown = StepId("a1".into());
    assert!(nothing.id(&unknown).is_none());
}
