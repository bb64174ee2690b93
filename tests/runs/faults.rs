//! Everything that can go wrong with a call: the same end, or an honest stop.

use std::collections::BTreeMap;

use ebrescue::cli::failure::Failure;
use ebrescue::cli::rescue::Ending;
use ebrescue::journal::Outcome;

use super::stage::{Stage, all};
use super::world::{Fingerprint, difference, fingerprint};
use super::{repairable, stride, too_often};

/// How one call can fail, and how the run may end for it.
const KINDS: &[(&str, &[Outcome])] = &[
    ("throttle", &[Outcome::Recovered]),
    ("server-error", &[Outcome::Recovered, Outcome::NotRecovered]),
    ("drop-before", &[Outcome::Recovered]),
    ("drop-after", &[Outcome::Recovered, Outcome::NotRecovered]),
    ("access-denied", &[Outcome::AwsUnusable]),
];

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

/// How a repair ends that nothing disturbs.
struct Undisturbed {
    scenario: &'static str,
    counted: BTreeMap<String, usize>,
    world: Fingerprint,
}

impl Undisturbed {
    async fn of(scenario: &'static str) -> Self {
        let stage = Stage::of(scenario).await;
        stage.repair(all).await.unwrap();
        Self { scenario, counted: stage.counted(), world: fingerprint(&stage) }
    }

    /// The same end, and nothing done twice; however often it has to be gone on with.
    async fn reached(
        &self,
        stage: &Stage,
        mut ending: Result<Ending, Failure>,
        what: &str,
    ) -> usize {
        let mut resumed = 0;
        while resumed < RESUMES
            && !ending.as_ref().is_ok_and(|ending| ending.outcome == Outcome::Recovered)
        {
            resumed += 1;
            ending = stage.resume().await;
        }
        let at = format!("{}, {what}", self.scenario);
        let ending = ending.unwrap_or_else(|failure| panic!("{at}: {failure:?}"));
        let at = format!("{at}: {}", ending.summary);
        assert_eq!(ending.outcome, Outcome::Recovered, "{at}");
        assert_eq!(too_often(&stage.counted(), &self.counted), [""; 0], "{at}");
        assert_eq!(difference(&self.world, &fingerprint(stage)), [""; 0], "{at}");
        resumed
    }

    /// One call fails once in one way.
    async fn fault(&self, operation: &str, kind: &str, allowed: &[Outcome]) -> usize {
        let stage = Stage::of(self.scenario).await;
        stage.fault(operation, 1, kind);
        let ending = stage.repair(all).await;
        let what = format!("{operation} {kind}");
        if let Ok(ending) = &ending {
            let at = format!("{}, {what}: {}", self.scenario, ending.summary);
            assert!(allowed.contains(&ending.outcome), "{at}");
            if ending.outcome == Outcome::AwsUnusable {
                assert!(ending.summary.contains(operation), "{at}");
            }
        }
        self.reached(&stage, ending, &what).await
    }

    async fn storm(&self, kind: &str, rate: f64, seed: usize) -> usize {
        let stage = Stage::of(self.scenario).await;
        stage.storm(kind, rate, seed);
        let ending = stage.repair(all).await;
        self.reached(&stage, ending, &format!("storm of {kind}")).await
    }
}

/// Every so-manieth fault of every so-manieth scenario.
async fn fifth(part: usize) {
    let (of_scenarios, of_faults) = (stride(3), stride(9));
    let (mut faults, mut resumed) = (0, 0);
    let scenarios = repairable().into_iter().enumerate().step_by(of_scenarios);
    for (number, scenario) in scenarios.skip(part).step_by(5) {
        let expected = Undisturbed::of(scenario).await;
        let operations = expected.counted.keys();
        let cases = operations.flat_map(|one| KINDS.iter().map(move |kind| (one, kind)));
        // Another one first in each, so that all kinds are met.
        for (operation, (kind, allowed)) in cases.skip(number % of_faults).step_by(of_faults) {
            resumed += expected.fault(operation, kind, allowed).await;
            faults += 1;
        }
    }
    println!(
        "{faults} faults, {resumed} times stopped and resumed; one of {} was taken",
        of_scenarios * of_faults
    );
}

macro_rules! fifths {
    ($($name:ident: $part:literal,)*) => {$(
        #[tokio::test]
        async fn $name() {
            fifth($part).await;
        }
    )*};
}

fifths! {
    every_call_may_fail_in_every_way_0: 0,
    every_call_may_fail_in_every_way_1: 1,
    every_call_may_fail_in_every_way_2: 2,
    every_call_may_fail_in_every_way_3: 3,
    every_call_may_fail_in_every_way_4: 4,
}

#[tokio::test]
async fn storms_delay_a_repair_and_change_nothing_about_its_end() {
    let stride = stride(14);
    let (mut storms, mut resumed) = (0, 0);
    for (number, scenario) in repairable().into_iter().enumerate().skip(1).step_by(stride) {
        let expected = Undisturbed::of(scenario).await;
        for (turn, (kind, rate)) in STORMS.iter().enumerate() {
            resumed += expected.storm(kind, *rate, number * STORMS.len() + turn).await;
            storms += 1;
        }
    }
    println!("{storms} storms, {resumed} times stopped and resumed");
}
