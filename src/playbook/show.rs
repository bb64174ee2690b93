//! A playbook as a person reads it.

use std::fmt::Write;

use super::{Otherwise, Placed, Playbook, StepRule, UndoRule};

/// The playbook in plain text, as `ebrescue playbook show` prints it.
pub fn show(playbook: &Playbook) -> String {
    let mut text = format!("{}\n{}\n\n", playbook.name.value, playbook.title);
    for line in playbook.story.trim_end().lines() {
        let _ = writeln!(text, "  {line}");
    }
    fits(playbook, &mut text);
    if !playbook.steps.is_empty() {
        text.push_str("\nSteps\n");
    }
    for (number, rule) in playbook.steps.iter().enumerate() {
        step(number + 1, &rule.value, &mut text);
    }
    if playbook.steps.is_empty() {
        text.push_str("\nIt changes nothing.\n");
    }
    if !playbook.never.is_empty() {
        let _ = writeln!(text, "\nNever: {}", list(&playbook.never));
    }
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
            let _ = writeln!(text, "  {what} one of {}", list(words));
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
}

fn step(number: usize, rule: &StepRule, text: &mut String) {
    let what = match (&rule.title, &rule.action) {
        (Some(title), _) => title.clone(),
        (None, Some(_)) => "one action of its own".to_owned(),
        (None, None) => format!("mend {}", list(&rule.mend)),
    };
    let _ = writeln!(text, "  {number}  {:<12} {what}", rule.id.value);
    if let Some(ask) = &rule.ask {
        let _ = writeln!(text, "                  {}", ask.trim());
    }
    if let Some(risk) = &rule.risk {
        let _ = writeln!(text, "                  treated as {}", risk.value);
    }
    match &rule.undo {
        Some(UndoRule::Impossible(why)) => {
            let _ = writeln!(text, "                  no way back: {why}");
        }
        Some(UndoRule::By(_)) => text.push_str("                  can be taken back\n"),
        Some(UndoRule::NotNeeded) | None => {}
    }
    if rule.otherwise == Otherwise::Stop {
        text.push_str("                  if it fails or is declined, nothing after it is done\n");
    }
}
