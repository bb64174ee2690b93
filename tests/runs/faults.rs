//! Everything that can go wrong with a call: the same end, or an honest stop.

use std::collections::BTreeSet;

use ebrescue::journal::Outcome;

use super::stage::{Stage, all};
use super::world::{difference, fingerprint};

/// The scenarios that the matrix is run over.
const SCENARIOS: &[&str] =
    &["lost-route-table", "gateway-detached", "foreign-rule-blocks-termination"];

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
    let (mut count, mut stopped) = (0, 0);
    for scenario in SCENARIOS {
        let stage = Stage::of(scenario).await;
        stage.repair(all).await.unwrap();
        let world = fingerprint(&stage);
        let counted = stage.counted();
        let operations: BTreeSet<String> = counted.keys().cloned().collect();
        for operation in &operations {
            for (kind, allowed) in KINDS {
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
    }
    println!("{count} faults, {stopped} of them stopped the run and were resumed");
}
