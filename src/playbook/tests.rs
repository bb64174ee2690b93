//! Playbooks chosen for worlds and bound to plans.

use crate::check::{Diagnosis, Verdict};
use crate::plan::{
    Action, Condition, EnvironmentAction, Goal, Plan, Ref, Risk, StackAction, Step, StepId, Undo,
    Wait,
};
use crate::world::examples::{self, ID, NAME, STACK};
use crate::world::{Snapshot, StackStatus};

use super::{BindError, Ground, Shelved, bind, choose, parse, shelf, show};

fn step(id: &str, because: &str, action: Action, after: &[&str]) -> Step {
    Step {
        id: StepId(id.to_owned()),
        title: format!("{} for {because}", action.kind()),
        action,
        risk: Risk::Safe,
        because: vec![because.to_owned()],
        effect: "Nobody notices.".to_owned(),
        data_loss: Vec::new(),
        after: after.iter().map(|id| StepId((*id).to_owned())).collect(),
        guard: vec![Condition::EnvironmentIn {
            environment: ID.into(),
            statuses: vec!["Ready".to_owned()],
        }],
        wait: Wait::none(),
        expect: Vec::new(),
        undo: Undo::NotNeeded,
    }
}

fn rebuild() -> Action {
    Action::Environment(EnvironmentAction::Rebuild { environment: ID.into(), name: NAME.into() })
}

fn delete_stack() -> Action {
    Action::Stack(StackAction::Delete { stack: STACK.into(), retain: Vec::new(), force: false })
}

/// A rebuild for the network that needs the stack gone, and an update for the platform.
fn plan(world: &Snapshot) -> Plan {
    let update = Action::Environment(EnvironmentAction::Update {
        environment: ID.into(),
        name: NAME.into(),
        platform: Some(examples::PLATFORM.into()),
        version_label: None,
        set: Vec::new(),
        remove: Vec::new(),
        again: false,
    });
    Plan {
        format: 1,
        scope: world.scope().unwrap(),
        based_on: world.id(),
        goal: Goal::Healthy,
        playbook: String::new(),
        steps: vec![
            step("a1", "PL-14", update, &[]),
            step("a2", "CFN-01", delete_stack(), &[]),
            step("a3", "NET-01", rebuild(), &["a2"]),
        ],
        alternatives: Vec::new(),
        refusals: Vec::new(),
        beyond: Vec::new(),
        tell: Vec::new(),
    }
}

fn own(steps: &str) -> Shelved {
    parse("own.yaml", &format!("format: 1\nname: own\ntitle: t\nstory: s\n{steps}")).unwrap()
}

/// A diagnosis without findings.
fn nothing_found() -> Diagnosis {
    Diagnosis {
        verdict: Verdict::Healthy,
        findings: Vec::new(),
        not_checked: Vec::new(),
        checks_run: 0,
    }
}

fn bound_to(steps: &str, plan: Plan, world: &Snapshot) -> Result<Plan, BindError> {
    let diagnosis = nothing_found();
    bind(&own(steps).playbook, plan, Ground { snapshot: world, diagnosis: &diagnosis })
}

fn bound(steps: &str) -> Plan {
    let world = examples::healthy();
    bound_to(steps, plan(&world), &world).unwrap()
}

fn order(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.id.0.as_str()).collect()
}

#[test]
fn rules_order_the_steps_as_far_as_dependencies_allow() {
    let plan = bound(
        "steps:\n- {id: n, mend: [\"NET-*\"]}\n- {id: p, mend: [\"PL-*\"]}\n- {id: c, mend: [\"CFN-*\"]}\n",
    );
    // The rebuild comes first by the rules, but it needs the stack gone; the platform is between.
    assert_eq!(order(&plan), ["a1", "a2", "a3"]);
    let plan =
        bound("steps:\n- {id: c, mend: [\"CFN-*\", \"NET-*\"]}\n- {id: p, mend: [\"PL-*\"]}\n");
    assert_eq!(order(&plan), ["a2", "a3", "a1"]);
}

#[test]
fn what_no_rule_mends_is_left_out_and_said_unless_it_is_needed() {
    let plan = bound("steps:\n- {id: n, mend: [\"NET-*\"]}\n");
    assert_eq!(order(&plan), ["a2", "a3"], "the rebuild needs the stack gone");
    assert_eq!(plan.refusals.len(), 1);
    assert_eq!(plan.refusals[0].why, "the playbook own does not deal with PL-14");
}

#[test]
fn what_serves_the_goal_alone_stays_and_comes_last() {
    let rule = own("steps:\n- {id: n, mend: [\"NET-*\"]}\n- {id: c, mend: [\"CFN-*\"]}\n");
    let world = examples::healthy();
    let mut plan = plan(&world);
    plan.steps[0].because.clear();
    let diagnosis = nothing_found();
    let ground = Ground { snapshot: &world, diagnosis: &diagnosis };
    let plan = bind(&rule.playbook, plan, ground).unwrap();
    assert_eq!(order(&plan), ["a2", "a3", "a1"]);
    assert!(plan.refusals.is_empty(), "{:?}", plan.refusals);
}

#[test]
fn what_a_playbook_never_does_takes_its_dependants_with_it() {
    let plan = bound("steps:\n- {id: all, mend: [\"*\"]}\nnever: [delete-stack]\n");
    assert_eq!(order(&plan), ["a1"]);
    assert_eq!(plan.refusals.len(), 2);
}

#[test]
fn a_risk_is_raised_and_never_lowered() {
    let raised = bound("steps:\n- {id: all, mend: [\"*\"], risk: destructive}\n");
    assert!(raised.steps.iter().all(|step| step.risk == Risk::Destructive));
    let world = examples::healthy();
    let mut dangerous = plan(&world);
    dangerous.steps[2].risk = Risk::Destructive;
    let rule = "steps:\n- {id: all, mend: [\"*\"], risk: safe}\n";
    let kept = bound_to(rule, dangerous, &world).unwrap();
    assert_eq!(kept.step(&StepId("a3".into())).unwrap().risk, Risk::Destructive);
}

#[test]
fn guards_are_added_and_the_planners_own_stay() {
    let plan = bound(
        "steps:\n- id: all\n  mend: [\"*\"]\n  guard:\n  - stack-in: {stack: $stack, statuses: [DELETE_FAILED]}\n",
    );
    for step in &plan.steps {
        assert_eq!(step.guard.len(), 2);
        assert!(matches!(step.guard[0], Condition::EnvironmentIn { .. }));
        let Condition::StackIn { stack, .. } = &step.guard[1] else { panic!("{:?}", step.guard) };
        assert_eq!(stack.as_str(), STACK);
    }
}

#[test]
fn after_a_rule_that_says_stop_later_ones_depend_on_it() {
    let plan = bound(
        "steps:\n- {id: c, mend: [\"CFN-*\"], otherwise: stop}\n- {id: rest, mend: [\"*\"]}\n",
    );
    let platform = plan.step(&StepId("a1".into())).unwrap();
    assert_eq!(platform.after, [StepId("a2".into())]);
}

#[test]
fn an_action_of_ones_own_is_bound_to_the_environment() {
    let plan = bound(
        "steps:\n- id: end\n  action:\n    environment:\n      terminate: {environment: $environment, name: $name}\n  risk: destructive\n  ask: Sure.\n  undo: {impossible: it is gone}\n",
    );
    let end = plan.step(&StepId("end".into())).unwrap();
    assert_eq!(end.action.target(), NAME);
    assert!(end.effect.starts_with("Sure. "), "{}", end.effect);
    assert!(matches!(&end.undo, Undo::Impossible { why } if why == "it is gone"));
}

#[test]
fn a_fact_that_is_not_known_is_an_error_with_its_line() {
    let world = Snapshot::empty("us-west-2".into(), examples::ago(0));
    let steps = "steps:\n- id: all\n  mend: [\"*\"]\n  guard:\n  - stack-in: {stack: $stack, statuses: [DELETE_FAILED]}\n";
    let healthy = examples::healthy();
    let error = bound_to(steps, plan(&healthy), &world).unwrap_err();
    assert_eq!(error.to_string(), "line 9: $stack of this environment is not known");
}

fn chosen(world: &Snapshot, verdict: Verdict) -> String {
    let diagnosis =
        Diagnosis { verdict, findings: Vec::new(), not_checked: Vec::new(), checks_run: 0 };
    let shelf = shelf(None).unwrap();
    choose(&shelf, world, &diagnosis, Goal::Healthy).unwrap().playbook.name.value.clone()
}

#[test]
fn a_healthy_environment_is_surveyed_and_nothing_is_done() {
    let world = examples::healthy();
    assert_eq!(chosen(&world, Verdict::Healthy), "survey");
    let survey = shelf(None).unwrap().into_iter().find(|one| one.playbook.name.value == "survey");
    let diagnosis = nothing_found();
    let ground = Ground { snapshot: &world, diagnosis: &diagnosis };
    let bound = bind(&survey.unwrap().playbook, plan(&world), ground).unwrap();
    assert!(bound.steps.is_empty());
}

#[test]
fn what_nothing_fits_is_dealt_with_as_found() {
    assert_eq!(chosen(&examples::healthy(), Verdict::Degraded), "as-found");
}

#[test]
fn an_update_that_hangs_is_known_by_its_status() {
    let mut world = examples::healthy();
    examples::environment(&mut world).status = "Updating".into();
    assert_eq!(chosen(&world, Verdict::Stuck), "update-deadlock");
}

#[test]
fn a_playbook_for_a_name_wins_over_every_other() {
    let mut world = examples::healthy();
    examples::stack_itself(&mut world).status = StackStatus("DELETE_FAILED".into());
    let mut shelf = shelf(None).unwrap();
    shelf.push(own("match: {names: [\"shop-*\"]}\n"));
    let diagnosis = Diagnosis {
        verdict: Verdict::Stuck,
        findings: Vec::new(),
        not_checked: Vec::new(),
        checks_run: 0,
    };
    assert_eq!(
        choose(&shelf, &world, &diagnosis, Goal::Healthy).unwrap().playbook.name.value,
        "own"
    );
}

#[test]
fn every_playbook_can_be_shown() {
    for shelved in shelf(None).unwrap() {
        let text = show(&shelved.playbook);
        assert!(text.starts_with(&shelved.playbook.name.value), "{text}");
        for rule in &shelved.playbook.steps {
            assert!(text.contains(&rule.value.id.value), "{text}");
        }
    }
}

#[test]
fn a_reference_to_what_a_step_makes_survives_binding() {
    let world = examples::healthy();
    let mut plan = plan(&world);
    let made = Ref::MadeBy(StepId("a1".into()));
    plan.steps[0].undo =
        Undo::By(Box::new(Action::Network(crate::plan::NetworkAction::DeleteRouteTable {
            table: made.clone(),
        })));
    let bound = bound_to("steps:\n- {id: all, mend: [\"*\"]}\n", plan, &world).unwrap();
    let Undo::By(action) = &bound.step(&StepId("a1".into())).unwrap().undo else { panic!() };
    assert_eq!(action.target(), made.to_string());
}
