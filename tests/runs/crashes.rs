//! A process that dies at any record of its journal: `resume` reaches the same end, and nothing
//! that had an effect is done twice.

use ebrescue::journal::Outcome;

use super::one_of;
use super::stage::{Death, Stage, all};
use super::table::REPAIRABLE;
use super::world::{difference, fingerprint};

/// How a repair ends that nothing disturbs.
struct Undisturbed {
    records: usize,
    counted: std::collections::BTreeMap<String, usize>,
    world: super::world::Fingerprint,
}

async fn undisturbed(scenario: &str) -> Undisturbed {
    let stage = Stage::of(scenario).await;
    let ending = stage.repair(all).await.unwrap();
    assert_eq!(ending.outcome, Outcome::Recovered, "{scenario}: {}", ending.summary);
    Undisturbed { records: stage.records(), counted: stage.counted(), world: fingerprint(&stage) }
}

/// Lets a process die and another one go on.
async fn survives(scenario: &str, death: Death, expected: &Undisturbed) {
    let stage = Stage::of(scenario).await;
    let died = stage.repair_until(death).await;
    assert!(died.is_err(), "{scenario} {death:?}: it lived");
    let ending = stage.resume().await.unwrap_or_else(|failure| {
        panic!("{scenario} {death:?}: {failure:?}");
    });
    let at = format!("{scenario} {death:?}: {}", ending.summary);
    assert_eq!(ending.outcome, Outcome::Recovered, "{at}");
    assert_eq!(stage.counted(), expected.counted, "{at}");
    assert_eq!(difference(&expected.world, &fingerprint(&stage)), [""; 0], "{at}");
}

/// Points of a scenario's repair: after each record, and before each. Eleven is odd, so that both
/// sorts are taken.
async fn points(scenario: &str) {
    let expected = undisturbed(scenario).await;
    // The first record opens the session: before it there is none. The last one finishes it.
    let records = 1..expected.records - 1;
    let deaths = records.flat_map(|record| [Death::After(record), Death::Before(record)]);
    let (deaths, left_out) = one_of(11, deaths);
    for death in &deaths {
        survives(scenario, *death, &expected).await;
    }
    println!(
        "{scenario}: {} crash points resumed to the same end; {left_out} left out",
        deaths.len()
    );
}

#[tokio::test]
async fn a_lost_route_table_survives_crashes() {
    points("lost-route-table").await;
}

#[tokio::test]
async fn a_foreign_rule_survives_crashes() {
    points("foreign-rule-blocks-termination").await;
}

#[tokio::test]
async fn a_detached_gateway_survives_crashes() {
    points("gateway-detached").await;
}

/// Points that are taken of every other scenario, spread by a fixed seed.
const SAMPLE: usize = 1;

#[tokio::test]
async fn every_other_scenario_survives_crashes_at_some_points() {
    let (mut taken, mut left_out) = (0, 0);
    let (scenarios, _) = one_of(2, REPAIRABLE);
    for (number, scenario) in scenarios.into_iter().enumerate() {
        let expected = undisturbed(scenario).await;
        let points = expected.records - 2;
        for turn in 0..SAMPLE {
            // The golden ratio spreads points evenly, whatever their number.
            let spread = (number * SAMPLE + turn + 1) * 618 % 1000;
            let record = 1 + spread * points / 1000;
            let death =
                if (number + turn) % 2 == 0 { Death::Before(record) } else { Death::After(record) };
            survives(scenario, death, &expected).await;
            taken += 1;
        }
        left_out += 2 * points - SAMPLE;
    }
    println!("{taken} crash points; {left_out} of the same scenarios left out");
}
