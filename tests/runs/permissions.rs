//! The policy that `ebrescue policy` prints is enough, and no permission of its acts is too many.

use std::collections::BTreeSet;

use ebrescue::journal::Outcome;
use ebrescue::plan::policy::{Work, policy};
use serde_json::{Value, json};

use super::stage::{Stage, all};
use crate::stage::control;

const SCENARIOS: &[&str] = &["lost-route-table", "gateway-detached", "acl-blocks-https"];

impl Stage {
    fn only_allow(&self, policy: &Value) {
        control(&self.sandbox.endpoint, "POST", "policy", policy);
    }
}

/// A policy without one action.
fn without(policy: &Value, action: &str) -> Value {
    let mut less = policy.clone();
    for statement in less["Statement"].as_array_mut().unwrap() {
        let actions = statement["Action"].as_array_mut().unwrap();
        actions.retain(|one| one != action);
    }
    less["Statement"]
        .as_array_mut()
        .unwrap()
        .retain(|statement| !statement["Action"].as_array().unwrap().is_empty());
    // What is done on the caller's behalf is allowed by name patterns, some of which fit too.
    less["Statement"].as_array_mut().unwrap().push(json!({
        "Sid": "Without", "Effect": "Deny", "Action": [action], "Resource": ["*"],
    }));
    less
}

#[tokio::test]
async fn a_policy_is_enough_and_each_of_its_acts_is_needed() {
    let mut count = 0;
    for scenario in SCENARIOS {
        let stage = Stage::of(scenario).await;
        let (look, plan) = stage.planned().await;
        let allowed = policy(&plan, &Work::of(&plan.scope, &look.snapshot));
        stage.only_allow(&allowed);
        let ending = stage.repair(all).await.unwrap();
        assert_eq!(ending.outcome, Outcome::Recovered, "{scenario}: {}", ending.summary);
        let acts: BTreeSet<&str> =
            plan.steps.iter().flat_map(|step| step.action.permissions()).collect();
        for act in acts.into_iter().filter(|act| !act.ends_with(":CreateTags")) {
            let stage = Stage::of(scenario).await;
            stage.only_allow(&without(&allowed, act));
            let ending = stage.repair(all).await.unwrap();
            assert_eq!(ending.exit() as u8, 7, "{scenario} without {act}: {}", ending.summary);
            assert!(ending.summary.contains(act), "{scenario} without {act}: {}", ending.summary);
            count += 1;
        }
    }
    println!("{count} policies that lack one action, each refused by its name");
}
