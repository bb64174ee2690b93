//! One thing wrong at a time, told with its line.

use super::*;

fn complaints(text: &str) -> Vec<(u64, String)> {
    let shelved = crate::playbook::parse("test.yaml", text).unwrap();
    let known = Known {
        codes: vec!["NET-01", "NET-02", "CFN-01"],
        scenarios: vec!["lost-route-table"],
        actions: vec!["create-route", "terminate-environment"],
    };
    let found = lint(&shelved.playbook, &known);
    found.into_iter().map(|complaint| (complaint.line, complaint.message)).collect()
}

const HEAD: &str = "format: 1\nname: own\ntitle: t\nstory: s\n";

#[test]
fn a_sound_playbook_has_no_complaint() {
    let steps = "steps:\n  - id: a\n    mend: [\"NET-*\"]\n  - id: b\n    mend: [CFN-01]\n";
    assert_eq!(complaints(&format!("{HEAD}{steps}")), []);
}

#[test]
fn a_mistyped_code_status_and_scenario_are_told_with_their_lines() {
    let text = format!(
        "{HEAD}scenarios: [lost-route]\nmatch:\n  statuses: [Redy]\nsteps:\n  - id: a\n    mend: [NET-99]\n"
    );
    let lines: Vec<u64> = complaints(&text).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, [5, 7, 10]);
}

#[test]
fn a_step_behind_a_star_is_unreachable() {
    let steps = "steps:\n  - id: a\n    mend: [\"*\"]\n  - id: b\n    mend: [CFN-01]\n";
    let found = complaints(&format!("{HEAD}{steps}"));
    assert_eq!(found.len(), 1);
    assert!(found[0].1.contains("earlier steps take it"));
}

#[test]
fn a_destructive_action_needs_guard_question_check_and_way_back() {
    let steps = "steps:\n  - id: end\n    action:\n      environment:\n        terminate: {environment: $environment, name: $name}\n    risk: destructive\n";
    let found: Vec<String> =
        complaints(&format!("{HEAD}{steps}")).into_iter().map(|(_, message)| message).collect();
    assert!(found.iter().any(|message| message.contains("no way back")), "{found:?}");
    assert!(found.iter().any(|message| message.contains("no guard")), "{found:?}");
    assert!(found.iter().any(|message| message.contains("asks nothing")), "{found:?}");
    assert!(found.iter().any(|message| message.contains("checked afterwards")), "{found:?}");
}

#[test]
fn an_endless_wait_is_refused() {
    let steps = "steps:\n  - id: a\n    mend: [NET-01]\n    wait: {what: w, until: [], usual-seconds: 60, at-most-seconds: 0}\n";
    let found = complaints(&format!("{HEAD}{steps}"));
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn a_condition_that_is_none_is_told() {
    let steps = "steps:\n  - id: a\n    mend: [NET-01]\n    guard:\n      - stack-iz: {}\n";
    let found = complaints(&format!("{HEAD}{steps}"));
    assert_eq!(found[0].0, 9, "{found:?}");
}

const END: &str = "steps:\n  - id: end\n    action:\n      environment:\n        terminate: {environment: $environment, name: $name}\n";

#[test]
fn a_risk_below_the_actions_own_is_told() {
    let found = complaints(&format!("{HEAD}{END}    risk: safe\n"));
    assert!(found.iter().any(|(_, message)| message.contains("cannot say less")), "{found:?}");
    assert!(found.iter().any(|(_, message)| message.contains("no guard")), "{found:?}");
}

#[test]
fn a_way_back_that_cannot_be_is_told() {
    let found = complaints(&format!("{HEAD}{END}    risk: destructive\n    undo: not-needed\n"));
    assert!(found.iter().any(|(_, message)| message.contains("for good")), "{found:?}");
}

#[test]
fn an_action_that_is_never_taken_is_unreachable() {
    let found = complaints(&format!("{HEAD}never: [terminate-environment]\n{END}"));
    assert!(found.iter().any(|(_, message)| message.contains("never reached")), "{found:?}");
}

#[test]
fn what_it_fits_for_has_to_be_mended() {
    let text =
        format!("{HEAD}match:\n  causes: [CFN-01]\nsteps:\n  - id: a\n    mend: [\"NET-*\"]\n");
    assert_eq!(complaints(&text), [(6, "it fits for `CFN-01`, and no step mends that".to_owned())]);
}

#[test]
fn words_that_have_no_effect_are_told() {
    let text = format!("{HEAD}steps:\n  - id: a\n    mend: [NET-01]\n    undo: not-needed\n");
    assert_eq!(complaints(&text), [(6, "`undo` has no effect on a step that mends".to_owned())]);
}

#[test]
fn a_match_that_can_never_hold_is_told() {
    let text = format!(
        "{HEAD}match:\n  verdicts: [healthy]\n  causes: [NET-01]\nsteps:\n  - id: a\n    mend: [NET-01]\n"
    );
    assert_eq!(complaints(&text)[0].0, 6);
}

#[test]
fn a_step_is_not_named_as_the_planners_are() {
    let found = complaints(&format!("{HEAD}steps:\n  - id: a1\n    mend: [NET-01]\n"));
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn what_is_to_be_looked_at_has_to_exist() {
    let found = complaints(&format!("{HEAD}look: [trial]\nmust-see: [network]\n"));
    assert_eq!(found, [(5, "`trial` is not something to look at".to_owned())]);
}
