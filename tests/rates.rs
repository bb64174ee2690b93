//! How fast AWS is asked, told by the sandbox's log of calls.

use std::collections::BTreeMap;

use ebrescue::aws::{Aws, SessionSettings};
use ebrescue::clock::{ScaledClock, SharedClock};
use ebrescue::sandbox::{Account, Options, Sandbox};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::stage::control;

const REGION: &str = "eu-central-1";

/// How many simulated seconds pass in a real one, here and in the sandbox.
const SPEED: f64 = 8.0;

async fn stage() -> (Sandbox, Aws) {
    let now: Timestamp = "2026-11-23T15:30:00Z".parse().unwrap();
    let account = Account::new("210987654321", REGION, now);
    let sandbox = Sandbox::start(Options { speed: SPEED, ..Options::new(account) }).unwrap();
    let settings = SessionSettings {
        region: Some(REGION.to_owned()),
        endpoint_url: Some(sandbox.endpoint.clone()),
        sandbox_credentials: true,
        ..SessionSettings::default()
    };
    let clock = SharedClock::new(ScaledClock::starting_at(now, SPEED));
    let aws = Aws::connect(&settings, clock).await.unwrap();
    (sandbox, aws)
}

/// When the calls to each service came in, in seconds since the first of all.
fn arrivals(sandbox: &Sandbox) -> BTreeMap<String, Vec<f64>> {
    let calls = control(&sandbox.endpoint, "GET", "calls", &Value::Null);
    let mut all: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut first: Option<Timestamp> = None;
    for call in calls.as_array().unwrap() {
        let at: Timestamp = call["time"].as_str().unwrap().parse().unwrap();
        let since = at.duration_since(*first.get_or_insert(at)).as_secs_f64();
        all.entry(call["service"].as_str().unwrap().to_owned()).or_default().push(since);
    }
    all
}

/// The most calls that came in within any stretch of so many seconds.
fn busiest(arrivals: &[f64], seconds: f64) -> usize {
    let within = |from: f64| arrivals.iter().filter(move |at| (from..from + seconds).contains(*at));
    arrivals.iter().map(|from| within(*from).count()).max().unwrap_or_default()
}

/// Many tasks, each with a handle of its own, ask Elastic Beanstalk and EC2 at once.
async fn ask(aws: &Aws, beanstalk: usize, ec2: usize) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..beanstalk {
        let aws = aws.recording_apart();
        tasks.spawn(async move { aws.environments().await.map(|_| ()) });
    }
    for _ in 0..ec2 {
        let aws = aws.recording_apart();
        tasks.spawn(async move { aws.zones().await.map(|_| ()) });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
}

// A timer that wakes late makes calls come together that were meant to be apart: two seconds of
// this clock, a quarter of a real one, are allowed for that.
const LATE: f64 = 2.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_tasks_share_one_rate_for_each_api_and_no_api_waits_for_another() {
    let (sandbox, aws) = stage().await;
    ask(&aws, 40, 40).await;
    let arrivals = arrivals(&sandbox);
    let (beanstalk, ec2) = (&arrivals["elasticbeanstalk"], &arrivals["ec2"]);
    assert_eq!((beanstalk.len(), ec2.len()), (40, 40));
    // Elastic Beanstalk: twelve at once, then two a second.
    for seconds in [5.0, 10.0] {
        let most = 12.0 + 2.0 * (seconds + LATE);
        let busiest = busiest(beanstalk, seconds);
        assert!(f64::from(u32::try_from(busiest).unwrap()) <= most, "{busiest} in {seconds} s");
    }
    let last = beanstalk.last().unwrap();
    assert!(*last >= 12.0, "the other 28 take 14 seconds, not {last}");
    assert!(*ec2.last().unwrap() < *last, "EC2 allows 50 at once and is not held up");
    // Half of EC2's 20 a second are left to others: its burst is 50 of 100.
    assert!(busiest(ec2, 1.0) <= 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_api_that_throttles_is_asked_more_slowly_and_every_answer_comes() {
    let (sandbox, aws) = stage().await;
    ask(&aws, 12, 0).await;
    let storm = json!([{"operation": "elasticbeanstalk:*", "times": 6, "kind": "throttle"}]);
    control(&sandbox.endpoint, "POST", "faults", &storm);
    let before = arrivals(&sandbox)["elasticbeanstalk"].len();
    ask(&aws, 20, 0).await;
    let all = &arrivals(&sandbox)["elasticbeanstalk"];
    let since = &all[before..];
    assert_eq!(since.len(), 26, "six were asked again");
    let took = since.last().unwrap() - since[0];
    assert!(took > 12.0, "26 calls at two a second and less took {took:.1} s");
}
