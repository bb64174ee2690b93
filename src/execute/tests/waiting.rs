//! How often a wait looks, and what it costs.

use jiff::{SignedDuration, Timestamp};

use super::stand_in::{Person, plan};
use super::{Bench, RunEnd};

/// Carries the plan out with a rebuild that takes so long: when the rebuild began, and when the
/// world was looked at since.
async fn looks_during(rebuilding: SignedDuration) -> (Timestamp, Vec<Timestamp>) {
    let bench = Bench::new();
    bench.cloud.world().rebuilding = rebuilding;
    let mut plan = plan();
    plan.steps[3].wait.expected.at_most_seconds = 3600;
    let report = bench.run(&plan, &mut Person::willing(), None).await.unwrap();
    assert_eq!(report.end, RunEnd::AllDone);
    let world = bench.cloud.world();
    let began = world.said.iter().find(|said| said.message == "rebuildEnvironment is starting.");
    let began = began.unwrap().at;
    (began, world.looks.iter().copied().filter(|at| *at > began).collect())
}

#[tokio::test]
async fn a_long_wait_looks_less_and_less_often_and_notices_within_one_look() {
    let takes = SignedDuration::from_mins(10);
    let (began, looks) = looks_during(takes).await;
    let before: Vec<Timestamp> = looks.iter().copied().filter(|at| *at < began + takes).collect();
    assert!((15..=30).contains(&before.len()), "{} looks in ten minutes", before.len());
    let pauses: Vec<i64> =
        before.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_secs()).collect();
    assert!(pauses.is_sorted(), "{pauses:?}");
    assert!(pauses[0] <= 10 && pauses.iter().all(|pause| *pause <= 30), "{pauses:?}");
    let noticed = looks.iter().find(|at| **at >= began + takes).unwrap();
    let late = noticed.duration_since(began + takes);
    assert!(late <= SignedDuration::from_secs(30), "noticed after {late:?}");
}

/// The time that this thread has spent computing, from Linux.
#[cfg(target_os = "linux")]
fn computing() -> std::time::Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    std::time::Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn ten_minutes_of_waiting_cost_less_than_a_tenth_of_a_second_of_cpu() {
    let cost = async |minutes| {
        let before = computing();
        looks_during(SignedDuration::from_mins(minutes)).await;
        computing().saturating_sub(before)
    };
    // Both runs do the same but for the wait.
    let (short, long) = (cost(0).await, cost(10).await);
    let wait = long.saturating_sub(short);
    assert!(wait < std::time::Duration::from_millis(100), "{wait:?}");
}
