//! Taking back: after any part of a repair the world is as it was, as far as the plan said.

use ebrescue::journal::{Event, Outcome, StepEvent, StepKey};
use ebrescue::plan::Undo;

use super::frozen::Every;
use super::stage::Stage;
use super::world::{difference, fingerprint};
use super::{repairable, stride};

/// What came of undoing at many moments.
#[derive(Default)]
struct Count {
    back: usize,
    kept: usize,
}

/// What a world has to be like again after a step was begun that has no way back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// The network is as it was all the same: such steps replace instances and nothing else.
    Network,
    /// Such a step may have made the network anew.
    Open,
}

/// Takes a repair back at every so-manieth moment of it.
async fn back(scenario: &str, every: Every, rest: Rest, count: &mut Count) {
    let stage = Stage::of(scenario).await;
    let before = fingerprint(&stage);
    let (_, frozen) = stage.repair_freezing(every).await;
    for frozen in frozen {
        let at = format!("{scenario} {:?}", frozen.death);
        let stage = frozen.thaw().await;
        let ending = stage.undo().await.unwrap();
        let ended = [Outcome::Recovered, Outcome::NotNeeded].contains(&ending.outcome);
        if began_what_has_no_way_back(&stage) && !(ended && rest == Rest::Network) {
            // What stands on an earlier step by now keeps it: AWS refuses, and that is said.
            assert!(ended || ending.outcome == Outcome::NotRecovered, "{at}: {}", ending.summary);
            count.kept += 1;
            continue;
        }
        assert!(ended, "{at}: {}\n{}", ending.summary, stage.journal());
        // Instances that were replaced, what health says, and a stack that was under way go their own
        // way.
        let mut now = fingerprint(&stage);
        now.insert("environments".to_owned(), before["environments"].clone());
        if before["stacks"].iter().any(|stack| stack.contains("IN_PROGRESS")) {
            now.insert("stacks".to_owned(), before["stacks"].clone());
        }
        assert_eq!(difference(&before, &now), [""; 0], "{at}");
        count.back += 1;
    }
}

#[tokio::test]
async fn undo_puts_the_network_back() {
    let (stride, mut count) = (stride(5), Count::default());
    for scenario in ["gateway-detached", "nat-deleted", "acl-blocks-https"] {
        Box::pin(back(scenario, Every { stride, first: 3 }, Rest::Network, &mut count)).await;
    }
    let Count { back, kept } = count;
    println!("{back} prefixes taken back; {kept} with a step that has no way back");
}

#[tokio::test]
async fn undo_puts_back_what_any_repair_changed() {
    let (of_scenarios, stride, mut count) = (stride(4), stride(31), Count::default());
    for (number, scenario) in repairable().into_iter().enumerate().step_by(of_scenarios) {
        Box::pin(back(scenario, Every { stride, first: number * 11 }, Rest::Open, &mut count))
            .await;
    }
    let Count { back, kept } = count;
    println!("{back} prefixes taken back; {kept} with a step that has no way back");
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
