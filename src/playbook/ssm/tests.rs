//! Documents held against AWS's own schema, and against what it does not say.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Export, Made, ssm};
use crate::plan::action_samples;
use crate::plan::{Action, Condition, EnvironmentAction, Plan, Step, StepId, Undo, own_step};
use crate::world::examples::{self, ID, NAME};

/// A step as it is made for an action by itself.
fn step(number: usize, action: Action) -> Step {
    let mut world = examples::healthy();
    // What a stack holds has to be known before it, or its environment, is deleted.
    let known = world.stacks.values().find(|facts| facts.resources.value().is_some()).cloned();
    for name in [action.target().as_str(), "awseb-e-0a-stack", "awseb-e-mw4kzq2ptx-stack"] {
        if let Some(facts) = &known {
            world.stacks.insert(name.into(), facts.clone());
        }
    }
    let diagnosis = crate::check::Diagnosis {
        verdict: crate::check::Verdict::Healthy,
        findings: Vec::new(),
        not_checked: Vec::new(),
        checks_run: 0,
    };
    own_step(StepId(format!("a{number}")), action, &[], &diagnosis, &world).unwrap()
}

fn plan(steps: Vec<Step>) -> Plan {
    let world = examples::healthy();
    Plan {
        format: 1,
        scope: world.scope().unwrap(),
        based_on: world.id(),
        goal: crate::plan::Goal::Healthy,
        playbook: "own".to_owned(),
        steps,
        alternatives: Vec::new(),
        refusals: Vec::new(),
        beyond: Vec::new(),
        tell: Vec::new(),
    }
}

fn exported(steps: Vec<Step>) -> Export {
    let made = Made { program: "0.0.0", from: "a test", defaults: false };
    let export = ssm(&plan(steps), made);
    holds(&export.document);
    export
}

/// What AWS's schema says, and what the documentation says beside it.
fn holds(document: &Value) {
    let schema = include_str!("../../../tests/ssm/automation.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let complaints: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(complaints.is_empty(), "{complaints:#?}\n{document:#}");
    let mut known: BTreeSet<String> =
        document["parameters"].as_object().unwrap().keys().cloned().collect();
    known.extend(["global:REGION", "global:ACCOUNT_ID", "global:DATE"].map(str::to_owned));
    let mut names = BTreeSet::new();
    for step in document["mainSteps"].as_array().unwrap() {
        let name = step["name"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{name} stands twice");
        for used in references(&step["inputs"]) {
            assert!(known.contains(&used), "{name} uses {used}, which is not there yet: {known:?}");
        }
        for output in step["outputs"].as_array().into_iter().flatten() {
            known.insert(format!("{name}.{}", output["Name"].as_str().unwrap()));
        }
        let message = step["inputs"]["Message"].as_str().unwrap_or_default();
        assert!(message.chars().count() <= 4096, "{message}");
    }
}

/// Everything that stands in double braces.
fn references(tree: &Value) -> Vec<String> {
    let text = tree.to_string();
    let parts = text.split("{{ ").skip(1);
    parts.map(|part| part.split(" }}").next().unwrap().to_owned()).collect()
}

fn steps_of<'a>(document: &'a Value, action: &str) -> Vec<&'a Value> {
    let steps = document["mainSteps"].as_array().unwrap();
    steps.iter().filter(|step| step["action"] == action).collect()
}

#[test]
fn every_sort_of_action_makes_a_document_that_aws_takes() {
    for action in action_samples() {
        let is_wait = action.is_wait();
        // What names the product of another step needs that step.
        let made = action.makers().len();
        if made > 0 {
            continue;
        }
        let kind = action.kind();
        let document = exported(vec![step(1, action)]).document;
        let calls = steps_of(&document, "aws:executeAwsApi");
        let own = calls.iter().filter(|call| call["name"] == "a1").count();
        assert_eq!(own, usize::from(!is_wait), "{kind}");
    }
}

#[test]
fn a_risky_step_is_approved_and_a_safe_one_is_not() {
    for action in action_samples().into_iter().filter(|action| action.makers().is_empty()) {
        let step = step(1, action);
        let risky = step.risk > crate::plan::Risk::Safe;
        let document = exported(vec![step]).document;
        assert_eq!(!steps_of(&document, "aws:approve").is_empty(), risky, "{document:#}");
        assert_eq!(document["parameters"].get("Approvers").is_some(), risky);
    }
}

fn terminate() -> Action {
    Action::Environment(EnvironmentAction::Terminate { environment: ID.into(), name: NAME.into() })
}

#[test]
fn the_order_is_approve_then_guard_then_act_then_wait() {
    let document = exported(vec![step(1, terminate())]).document;
    let names: Vec<&str> = document["mainSteps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["environment", "stack", "a1_approve", "a1_guard_1", "a1", "a1_check_1", "a1_check_2"]
    );
    let last = document["mainSteps"].as_array().unwrap().last().unwrap();
    assert_eq!(last["isEnd"], true);
    assert_eq!(last["inputs"]["StackName"], "{{ stack.Id }}", "a deleted stack has no name");
}

#[test]
fn no_name_of_this_account_is_left_in_a_call() {
    let document = exported(vec![step(1, terminate())]).document;
    for step in document["mainSteps"].as_array().unwrap() {
        assert!(!step["inputs"].to_string().contains(ID), "{step:#}");
    }
    assert_eq!(document["parameters"]["EnvironmentId"]["default"], Value::Null);
}

#[test]
fn what_cannot_be_said_is_said_in_the_description() {
    let mut own = step(1, terminate());
    own.guard.push(Condition::GroupUnused { group: "sg-0a".into() });
    let Export { document, not_expressed } = exported(vec![own]);
    assert!(not_expressed.iter().any(|one| one.contains("sg-0a")), "{not_expressed:?}");
    for one in not_expressed {
        assert!(document["description"].as_str().unwrap().contains(&one), "{one}");
    }
}

#[test]
fn lost_data_has_to_be_accepted_before_it_starts() {
    let mut own = step(1, terminate());
    own.data_loss = vec!["shop-db".to_owned()];
    own.undo = Undo::Impossible { why: "it is gone".to_owned() };
    let document = exported(vec![own]).document;
    let parameter = &document["parameters"]["AcceptDataLoss"];
    assert_eq!(parameter["allowedValues"], serde_json::json!(["yes"]));
    assert_eq!(parameter.get("default"), None);
    let approval = steps_of(&document, "aws:approve")[0]["inputs"]["Message"].as_str().unwrap();
    assert!(approval.contains("LOST FOR GOOD: shop-db"), "{approval}");
    assert!(approval.contains("No way back: it is gone."), "{approval}");
}

#[test]
fn a_plan_without_steps_only_finds_the_environment() {
    let document = exported(Vec::new()).document;
    assert_eq!(document["mainSteps"].as_array().unwrap().len(), 1);
    assert!(document["description"].as_str().unwrap().contains("It changes nothing."));
}
