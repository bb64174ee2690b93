//! Everything that can go wrong with a call: the same end, or an honest stop.

use std::collections::BTreeSet;

use ebrescue::journal::Outcome;

use super::one_of;
use super::stage::{Stage, all};
use super::world::{difference, fingerprint};

/// The scenarios that the matrix is run over.
const SCENARIOS: &[&str] = &["lost-route-table", "rollback-failed"];

/// How a call can fail, and whether the run may stop for it.
const KINDS: &[(&str, &[Outcome])] = &[
    ("throttle", &[Outcome::Recovered]),
    ("server-error", &[Outcome::Recovered, Outcome::NotRecovered]),
    ("drop-before", &[Outcome::Recovered]),
    ("drop-after", &[Outcome::Recovered, Outcome::NotRecovered]),
    ("access-denied", &[Outcome::AwsUnusable]),
];

#[tokio::test]
async fn every_call_may_fail_in_every_way() {
    let (mut count, mut stopped, mut left_out) = (0, 0, 0);
    for scenario in SCENARIOS {
        let stage = Stage::of(scenario).await;
        stage.repair(all).await.unwrap();
        let world = fingerprint(&stage);
        let counted = stage.counted();
        let operations: BTreeSet<String> = counted.keys().cloned().collect();
        let cases = operations.iter().flat_map(|one| KINDS.iter().map(move |kind| (one, kind)));
        let (cases, rest) = one_of(2, cases);
        left_out += rest;
        for (operation, (kind, allowed)) in cases {
            let stage = Stage::of(scenario).await;
            stage.fault(operation, 1, kind);
            let mut ending = stage.repair(all).await.unwrap();
            let at = format!("{scenario} {operation} {kind}: {}", ending.summary);
            assert!(allowed.contains(&ending.outcome), "{at}");
            if ending.outcome == Outcome::AwsUnusable {
                assert!(ending.summary.contains(operation), "{at}");
            }
            if ending.outcome != Outcome::Recovered {
                stopped += 1;
                ending = stage.resume().await.unwrap();
                assert_eq!(ending.outcome, Outcome::Recovered, "{at}; then {}", ending.summary);
            }
            assert_eq!(stage.counted(), counted, "{at}");
            assert_eq!(difference(&world, &fingerprint(&stage)), [""; 0], "{at}");
            count += 1;
        }
    }
    println!(
        "{count} faults, {stopped} of them stopped the run and were resumed; {left_out} left out"
    );
}

/// Storms: a share of all calls meets a fault, by the dice of a seed.
const STORMS: &[(&str, f64)] = &[
    ("throttle", 0.3),
    ("server-error", 0.1),
    ("drop-before", 0.15),
    ("drop-after", 0.1),
    ("stale", 0.3),
];

/// How often a run that stopped honestly is gone on with.
const RESUMES: usize = 5;

#[tokio::test]
async fn storms_delay_a_repair_and_change_nothing_about_its_end() {
    let scenario = "foreign-rule-blocks-termination";
    let stage = Stage::of(scenario).await;
    stage.repair(all).await.unwrap();
    let (world, counted) = (fingerprint(&stage), stage.counted());
    let mut stopped = 0;
    for (number, (kind, rate)) in STORMS.iter().enumerate() {
        let stage = Stage::of(scenario).await;
        stage.storm(kind, *rate, number);
        let mut ending = stage.repair(all).await;
        for _ in 0..RESUMES {
            if ending.as_ref().is_ok_and(|ending| ending.outcome == Outcome::Recovered) {
                break;
            }
            stopped += 1;
            ending = stage.resume().await;
        }
        let ending = ending.unwrap_or_else(|failure| panic!("{kind}: {failure:?}"));
        let at = format!("{scenario}, storm of {kind}: {}", ending.summary);
        assert_eq!(ending.outcome, Outcome::Recovered, "{at}");
        assert_eq!(stage.counted(), counted, "{at}");
        assert_eq!(difference(&world, &fingerprint(&stage)), [""; 0], "{at}");
    }
    println!("{} storms, {stopped} times stopped and resumed", STORMS.len());
}
