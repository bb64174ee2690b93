//! Taking back: after any part of a repair the world is as it was, as far as the plan said.

use ebrescue::journal::{Event, Outcome, StepEvent, StepKey};
use ebrescue::plan::Undo;

use super::one_of;
use super::stage::{Death, Stage};
use super::world::{difference, fingerprint};

/// Scenarios whose whole way can be taken back but for waits.
const REVERSIBLE: &[&str] = &["gateway-detached", "nat-deleted", "acl-blocks-https"];

#[tokio::test]
async fn undo_after_every_prefix_puts_the_network_back() {
    let (mut count, mut kept, mut left_out) = (0, 0, 0);
    for scenario in REVERSIBLE {
        let stage = Stage::of(scenario).await;
        let before = fingerprint(&stage);
        let whole = stage.repair_until(Death::After(usize::MAX)).await.unwrap();
        let history = whole.history.unwrap();
        let records = stage.records();
        let (prefixes, rest) = one_of(3, 2..records - 1);
        left_out += rest;
        for record in prefixes {
            let stage = Stage::of(scenario).await;
            assert!(stage.repair_until(Death::After(record)).await.is_err(), "{scenario} {record}");
            let ending = stage.undo().await.unwrap();
            let ended = [Outcome::Recovered, Outcome::NotNeeded].contains(&ending.outcome);
            if !ended && began_what_has_no_way_back(&stage) {
                // What stands on the earlier step by now keeps it: AWS refuses, and that is said.
                assert_eq!(ending.outcome, Outcome::NotRecovered, "{scenario} {record}");
                kept += 1;
                continue;
            }
            assert!(ended, "{scenario} {record}: {}\n{}", ending.summary, stage.journal());
            // Only the network: instances that were replaced, and what health says, go their own way.
            let mut now = fingerprint(&stage);
            now.insert("environments".to_owned(), before["environments"].clone());
            assert_eq!(difference(&before, &now), [""; 0], "{scenario} after record {record}");
            count += 1;
        }
        let impossible =
            |step: &&ebrescue::plan::Step| matches!(step.undo, Undo::Impossible { .. });
        let steps: Vec<_> = history.all_steps().into_iter().map(|(_, step)| step).collect();
        println!(
            "{scenario}: {} steps, {} without a way back",
            steps.len(),
            steps.iter().copied().filter(|step| impossible(step)).count()
        );
    }
    println!(
        "{count} prefixes taken back; {kept} kept by a step that has no way back; {left_out} left out"
    );
}

/// Whether a step was begun of which the plan said that it cannot be taken back.
fn began_what_has_no_way_back(stage: &Stage) -> bool {
    let kept = stage.sessions().read(&stage.sessions().latest().unwrap()).unwrap();
    let begun = |key: &StepKey| {
        kept.records.iter().any(|record| match &record.event {
            Event::Step { step, event } => {
                step == key && matches!(**event, StepEvent::Started { .. })
            }
            Event::Session(_) => false,
        })
    };
    let steps = kept.history.all_steps();
    steps.iter().any(|(key, step)| matches!(step.undo, Undo::Impossible { .. }) && begun(key))
}
