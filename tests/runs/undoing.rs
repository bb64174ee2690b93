//! Taking back: after any part of a repair the world is as it was, as far as the plan said.

use ebrescue::journal::Outcome;
use ebrescue::plan::Undo;

use super::stage::{Death, Stage};
use super::world::{difference, fingerprint};

/// Scenarios whose whole way can be taken back but for waits.
const REVERSIBLE: &[&str] = &["gateway-detached", "nat-deleted", "acl-blocks-https"];

#[tokio::test]
async fn undo_after_every_prefix_puts_the_network_back() {
    let mut count = 0;
    for scenario in REVERSIBLE {
        let stage = Stage::of(scenario).await;
        let before = fingerprint(&stage);
        let whole = stage.repair_until(Death::After(usize::MAX)).await.unwrap();
        let history = whole.history.unwrap();
        let records = stage.records();
        for record in 2..records - 1 {
            let stage = Stage::of(scenario).await;
            assert!(stage.repair_until(Death::After(record)).await.is_err(), "{scenario} {record}");
            let ending = stage.undo().await.unwrap();
            let ended = [Outcome::Recovered, Outcome::NotNeeded].contains(&ending.outcome);
            assert!(ended, "{scenario} {record}: {}", ending.summary);
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
    println!("{count} prefixes taken back");
}
