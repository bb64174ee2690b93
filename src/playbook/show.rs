//! A playbook as a person reads it.

use std::fmt::Write;

use serde_json::Value;

use super::bind::shaped;
use super::facts::Facts;
use super::{EVIDENCE, GoalWord, Otherwise, Placed, Playbook, StepRule, UndoRule, WaitRule};
use crate::plan::{Action, Condition};

/// The column in which what is said about a step begins.
const INDENT: &str = "                       ";

/// The playbook in plain text, as `ebrescue playbook show` prints it.
pub fn show(playbook: &Playbook) -> String {
    let mut text = format!("{}\n{}\n\n", playbook.name.value, playbook.title);
    for line in playbook.story.trim_end().lines() {
        let _ = writeln!(text, "  {line}");
    }
    fits(playbook, &mut text);
    looks(playbook, &mut text);
    if playbook.steps.is_empty() {
        text.push_str("\nIt changes nothing.\n");
    } else {
        text.push_str("\nSteps\n");
    }
    for (number, rule) in playbook.steps.iter().enumerate() {
        step(number + 1, &rule.value, &mut text);
    }
    if !playbook.never.is_empty() {
        let _ = writeln!(text, "\nNever: {}", list(&playbook.never));
    }
    all_that(&playbook.verify, "In the end", "", &mut text);
    if !playbook.tell.is_empty() {
        text.push_str("\nAt the end, tell\n");
    }
    for tell in &playbook.tell {
        let _ = writeln!(text, "  {}: {}", tell.who, tell.what);
    }
    if !playbook.scenarios.is_empty() {
        let name = &playbook.name.value;
        let _ = writeln!(text, "\nRehearse it");
        for scenario in &playbook.scenarios {
            let _ =
                writeln!(text, "  ebrescue repair --sandbox {} --playbook {name}", scenario.value);
        }
    }
    text
}

fn list(words: &[Placed<String>]) -> String {
    words.iter().map(|word| word.value.as_str()).collect::<Vec<_>>().join(", ")
}

fn fits(playbook: &Playbook, text: &mut String) {
    let fits = &playbook.fits;
    let rows = [
        ("the verdict is", &fits.verdicts),
        ("the environment's status is", &fits.statuses),
        ("its stack's status is", &fits.stack_statuses),
        ("a cause is", &fits.causes),
        ("its name is", &fits.names),
    ];
    text.push_str("\nIt fits when\n");
    let mut any = false;
    for (what, words) in rows {
        if !words.is_empty() {
            let of = if words.len() == 1 { "" } else { "one of " };
            let _ = writeln!(text, "  {what} {of}{}", list(words));
            any = true;
        }
    }
    if !fits.all_of.is_empty() {
        let _ = writeln!(text, "  all of {} are found", list(&fits.all_of));
        any = true;
    }
    for (key, value) in &fits.tags {
        let _ = writeln!(text, "  its stack has the tag {key} = {value}");
        any = true;
    }
    if !any {
        text.push_str("  nothing else does\n");
    }
    match playbook.goal {
        Some(GoalWord::Healthy) => text.push_str("It leads to a working environment.\n"),
        Some(GoalWord::Terminated) => text.push_str("It leads to the environment's clean end.\n"),
        None => {}
    }
}

fn looks(playbook: &Playbook, text: &mut String) {
    let meaning = |word: &Placed<String>| {
        let found = EVIDENCE.iter().find(|(known, _)| *known == word.value);
        found.map_or_else(|| word.value.clone(), |(_, meaning)| (*meaning).to_owned())
    };
    if !playbook.look.is_empty() {
        let _ = writeln!(text, "\nIt looks at everything, above all at");
    }
    for word in &playbook.look {
        let _ = writeln!(text, "  {}", meaning(word));
    }
    if !playbook.must_see.is_empty() {
        let _ = writeln!(text, "\nNothing is done unless these could be read");
    }
    for word in &playbook.must_see {
        let _ = writeln!(text, "  {}", meaning(word));
    }
    all_that(&playbook.before, "Before anything is done", "", text);
}

/// Conditions in words, below a heading.
fn all_that(written: &[Placed<Value>], heading: &str, indent: &str, text: &mut String) {
    if written.is_empty() {
        return;
    }
    let blank = if indent.is_empty() { "\n" } else { "" };
    let _ = writeln!(text, "{blank}{indent}{heading}");
    for one in written {
        let _ = writeln!(text, "{indent}  {}", said(one));
    }
}

/// A condition in words; as it is written where it is none.
fn said(written: &Placed<Value>) -> String {
    shaped::<Condition>(&written.value, &Facts::in_words(), written.line)
        .map_or_else(|_| written.value.to_string(), |condition| condition.to_string())
}

/// An action in words; as it is written where it is none.
fn done(written: &Value, line: u64) -> String {
    shaped::<Action>(written, &Facts::in_words(), line)
        .map_or_else(|_| written.to_string(), |action| action.to_string())
}

/// What a code or a group of codes is about.
fn about(code: &str) -> String {
    let group = code.split('-').next().unwrap_or_default();
    if group != "*" && !code.ends_with('*') {
        return code.to_owned();
    }
    let words = match group {
        "*" => "whatever else was found",
        "NET" => "the way to AWS",
        "CFN" => "the stack",
        "EB" => "the environment's own state",
        "PL" => "the platform",
        "CAP" => "capacity and quotas",
        "PERM" => "roles and permissions",
        "APP" => "the application",
        "SES" => "mail",
        "ATL" => "the hosted database",
        _ => return code.to_owned(),
    };
    format!("{words} ({code})")
}

fn step(number: usize, rule: &StepRule, text: &mut String) {
    let what = match (&rule.title, &rule.action) {
        (Some(title), _) => title.clone(),
        (None, Some(action)) => done(&action.value, action.line),
        (None, None) => {
            let codes: Vec<String> = rule.mend.iter().map(|code| about(&code.value)).collect();
            format!("mend {}", codes.join(", "))
        }
    };
    let _ = writeln!(text, "  {number}  {:<17} {what}", rule.id.value);
    if let (Some(_), Some(action)) = (&rule.title, &rule.action) {
        let _ = writeln!(text, "{INDENT}which is: {}", done(&action.value, action.line));
    }
    for words in [&rule.ask, &rule.effect].into_iter().flatten() {
        let _ = writeln!(text, "{INDENT}{}", words.trim());
    }
    if let Some(risk) = &rule.risk {
        let _ = writeln!(text, "{INDENT}treated as {}", risk.value);
    }
    all_that(&rule.guard, "only if", INDENT, text);
    if let Some(WaitRule { what, usual_seconds, at_most_seconds, .. }) = &rule.wait {
        let (usual, most) = (usual_seconds.value, at_most_seconds.value);
        let _ = writeln!(text, "{INDENT}waits for {what}: usually {usual} s, at most {most} s");
    }
    all_that(&rule.expect, "afterwards", INDENT, text);
    match &rule.undo {
        Some(UndoRule::Impossible(why)) => {
            let _ = writeln!(text, "{INDENT}no way back: {why}");
        }
        Some(UndoRule::By(action)) => {
            let _ = writeln!(text, "{INDENT}way back: {}", done(action, rule.id.line));
        }
        Some(UndoRule::NotNeeded) => {
            let _ = writeln!(text, "{INDENT}nothing has to be taken back");
        }
        None => {}
    }
    if rule.otherwise == Otherwise::Stop {
        let _ = writeln!(text, "{INDENT}if it fails or is declined, nothing after it is done");
    }
}
