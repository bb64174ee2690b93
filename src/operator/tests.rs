//! What flags approve, and how a question reads.

use super::words;
use super::*;
use crate::journal::{Approval, Decline, StepKey};
use crate::plan::{
    Action, Condition, EnvironmentAction, Expected, NetworkAction, Ref, Risk, Step, StepId, Undo,
    Wait,
};
use crate::world::{Scope, examples};

fn scope() -> Scope {
    Scope {
        account: Some(examples::ACCOUNT.into()),
        region: examples::REGION.into(),
        environment: examples::ID.into(),
        name: examples::NAME.into(),
    }
}

fn rule(revoke: bool) -> Action {
    let (group, egress) = (Ref::Is("sg-0db9".into()), false);
    let rule = examples::rule(examples::INSTANCE_GROUP, Some((5432, 5432)));
    Action::Network(if revoke {
        NetworkAction::RevokeRule { group, egress, rule, peer_group: None }
    } else {
        NetworkAction::AuthorizeRule { group, egress, rule, peer_group: None }
    })
}

fn rebuild() -> Action {
    Action::Environment(EnvironmentAction::Rebuild {
        environment: examples::ID.into(),
        name: examples::NAME.into(),
    })
}

fn step(action: Action, risk: Risk) -> Step {
    Step {
        id: StepId("a3".into()),
        title: "Take sg-05e1 out of the rule of sg-0db9 \"reporting-db\"".into(),
        action,
        risk,
        because: vec!["CFN-01".into()],
        effect: "reporting's database will not admit shop-prod until action 6 (about 9 min)".into(),
        data_loss: Vec::new(),
        after: Vec::new(),
        guard: vec![Condition::EnvironmentIn {
            environment: examples::ID.into(),
            statuses: vec!["Ready".into()],
        }],
        wait: Wait {
            what: "the environment to be Ready".into(),
            until: Vec::new(),
            hopeless: Vec::new(),
            expected: Expected { usual_seconds: 480, at_most_seconds: 1500 },
        },
        expect: Vec::new(),
        undo: Undo::By(Box::new(rule(false))),
    }
}

fn with<T>(step: &Step, purpose: Purpose, ask: impl FnOnce(&Question<'_>) -> T) -> T {
    let scope = scope();
    ask(&Question {
        scope: &scope,
        step,
        key: StepKey::new(1, step),
        action: &step.action,
        purpose,
        risk: step.risk,
        number: 3,
        of: 6,
        dependants: Vec::new(),
        dry_run: false,
    })
}

fn answer(policy: &Policy, step: &Step) -> Answer {
    with(step, Purpose::Do, |question| policy.answer(question))
}

fn up_to(risk: Risk) -> Policy {
    Policy { approve: Some(risk), ..Policy::default() }
}

#[test]
fn a_risk_approves_itself_and_all_below_it() {
    let all = [Risk::Safe, Risk::Disruptive, Risk::Destructive];
    for approved in all {
        for risk in all {
            let yes = matches!(answer(&up_to(approved), &step(rule(true), risk)), Answer::Yes(_));
            assert_eq!(yes, risk <= approved, "{approved:?} {risk:?}");
        }
    }
}

#[test]
fn without_a_flag_nothing_is_approved() {
    let no = answer(&Policy::default(), &step(rule(true), Risk::Safe));
    assert_eq!(no, Answer::No(Decline::NotApproved { risk: Risk::Safe }));
}

#[test]
fn one_action_can_be_approved_whatever_its_risk() {
    let policy = Policy { actions: ["a3".to_owned()].into(), ..Policy::default() };
    let yes = answer(&policy, &step(rule(true), Risk::Destructive));
    let flag = "--approve-action a3".to_owned();
    assert_eq!(yes, Answer::Yes(Approval::Flag { flag }));
}

#[test]
fn lost_data_needs_to_be_named_besides_any_approval() {
    let mut step = step(rebuild(), Risk::Destructive);
    step.data_loss = vec!["shop-db".into(), "shop-files".into()];
    let mut policy = up_to(Risk::Destructive);
    policy.actions.insert("a3".into());
    policy.accept_data_loss.insert("shop-db".into());
    let names = vec!["shop-files".to_owned()];
    assert_eq!(answer(&policy, &step), Answer::No(Decline::DataLoss { names }));
    policy.accept_data_loss.insert("shop-files".into());
    assert!(matches!(answer(&policy, &step), Answer::Yes(_)));
}

#[test]
fn what_is_lost_already_does_not_keep_a_step_from_being_taken_back() {
    let mut step = step(rule(true), Risk::Disruptive);
    step.data_loss = vec!["shop-db".into()];
    let policy = up_to(Risk::Disruptive);
    let yes = with(&step, Purpose::TakeBack, |question| policy.answer(question));
    assert!(matches!(yes, Answer::Yes(_)));
}

#[test]
fn the_name_is_typed_for_what_cannot_be_taken_back_and_for_production() {
    let wants = |step: &Step, purpose| with(step, purpose, words::wants_the_name);
    assert!(wants(&step(rule(true), Risk::Destructive), Purpose::Do));
    assert!(wants(&step(rebuild(), Risk::Disruptive), Purpose::Do), "shop-prod is rebuilt");
    assert!(!wants(&step(rule(true), Risk::Disruptive), Purpose::Do));
    assert!(!wants(&step(rule(true), Risk::Destructive), Purpose::TakeBack));
}

#[test]
fn a_question_says_what_why_how_long_and_whether_there_is_a_way_back() {
    let step = step(rule(true), Risk::Disruptive);
    let lines = with(&step, Purpose::Do, |question| words::question(question, 100));
    let text = anstream::adapter::strip_str(&lines.join("\n")).to_string();
    insta::assert_snapshot!(text);
    let lines = with(&step, Purpose::Do, |question| words::details(question, 100));
    insta::assert_snapshot!("details", lines.join("\n"));
}

#[test]
fn a_question_fits_a_narrow_terminal() {
    let step = step(rule(true), Risk::Disruptive);
    let lines = with(&step, Purpose::Do, |question| words::question(question, 40));
    for line in anstream::adapter::strip_str(&lines.join("\n")).to_string().lines() {
        let copied = line.contains("aws ec2");
        assert!(line.chars().count() <= 40 || copied, "{line}");
    }
}
