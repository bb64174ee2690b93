//! A process that dies at any record of its journal: `resume` reaches the same end, and nothing
//! that had an effect is done twice.

use std::collections::BTreeMap;

use ebrescue::journal::Outcome;

use super::frozen::{Death, Every, Frozen};
use super::stage::Stage;
use super::world::{Fingerprint, difference, fingerprint};
use super::{repairable, stride, too_often};

/// How a repair ends that nothing disturbs.
struct Undisturbed {
    counted: BTreeMap<String, usize>,
    world: Fingerprint,
}

/// Another process goes on where one died.
async fn survives(scenario: &str, frozen: Frozen, expected: &Undisturbed) {
    let (death, mut counted) = (frozen.death, frozen.done.clone());
    let stage = frozen.thaw().await;
    let ending = stage.resume().await.unwrap_or_else(|failure| {
        panic!("{scenario} {death:?}: {failure:?}");
    });
    let at = format!("{scenario} {death:?}: {}", ending.summary);
    assert_eq!(ending.outcome, Outcome::Recovered, "{at}\n{}", stage.journal());
    for (operation, times) in stage.counted() {
        *counted.entry(operation).or_default() += times;
    }
    assert_eq!(too_often(&counted, &expected.counted), [""; 0], "{at}");
    assert_eq!(difference(&expected.world, &fingerprint(&stage)), [""; 0], "{at}");
}

/// Every so-manieth moment of a scenario's repair: before and after each record of its journal.
/// Returns how many were taken.
async fn moments(scenario: &str, every: Every) -> usize {
    let stage = Stage::of(scenario).await;
    let (ending, frozen) = stage.repair_freezing(every).await;
    assert_eq!(ending.outcome, Outcome::Recovered, "{scenario}: {}", ending.summary);
    let expected = Undisturbed { counted: stage.counted(), world: fingerprint(&stage) };
    // With its last record on disk the session is finished, and nobody goes on with it.
    let finished = stage.records() - 1;
    let unfinished = frozen.into_iter().filter(|one| one.death != Death::After(finished));
    let mut taken = 0;
    for frozen in unfinished {
        Box::pin(survives(scenario, frozen, &expected)).await;
        taken += 1;
    }
    taken
}

/// A test for each tenth of the repairable scenarios, so that they run beside each other.
async fn tenth(part: usize) {
    let (stride, mut taken) = (stride(29), 0);
    let scenarios = repairable().into_iter().enumerate().skip(part).step_by(10);
    for (number, scenario) in scenarios {
        // Another moment first in each, so that all sorts of moments are met.
        taken += Box::pin(moments(scenario, Every { stride, first: number * 7 })).await;
    }
    println!("{taken} crash points resumed to the same end; one of {stride} was taken");
}

macro_rules! tenths {
    ($($name:ident: $part:literal,)*) => {$(
        #[tokio::test]
        async fn $name() {
            tenth($part).await;
        }
    )*};
}

tenths! {
    scenarios_survive_crashes_0: 0,
    scenarios_survive_crashes_1: 1,
    scenarios_survive_crashes_2: 2,
    scenarios_survive_crashes_3: 3,
    scenarios_survive_crashes_4: 4,
    scenarios_survive_crashes_5: 5,
    scenarios_survive_crashes_6: 6,
    scenarios_survive_crashes_7: 7,
    scenarios_survive_crashes_8: 8,
    scenarios_survive_crashes_9: 9,
}

#[tokio::test]
async fn a_lost_route_table_survives_a_crash_at_many_moments() {
    let stride = stride(5);
    let taken = Box::pin(moments("lost-route-table", Every { stride, first: 0 })).await;
    println!("{taken} crash points resumed to the same end; one of {stride} was taken");
}
