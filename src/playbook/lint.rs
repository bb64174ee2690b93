//! What a reviewer would want of a playbook, proven before anybody is in an outage.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::plan::{Action, Condition, Risk};

use super::bind::{risk_of, shaped};
use super::facts::Facts;
use super::fit::covers;
use super::{BindError, Placed, Playbook, StepRule, UndoRule, WaitRule};

/// The longest wait a playbook may ask for, in seconds: a day. A stack that has not moved for so
/// long does not move for waiting (the slowest resource known, a coupled database, takes hours).
const LONGEST_WAIT: u64 = 24 * 60 * 60;

/// Something wrong with a playbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The line, counted from 1.
    pub line: u64,
    /// The column, counted from 1.
    pub column: u64,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// What there is to name in a playbook, from the rest of the program.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// All codes of findings.
    pub codes: Vec<&'a str>,
    /// All scenarios of the sandbox.
    pub scenarios: Vec<&'a str>,
    /// All kinds of actions.
    pub actions: Vec<&'a str>,
}

/// All complaints about a playbook, in the order of its lines.
pub fn lint(playbook: &Playbook, known: &Known<'_>) -> Vec<Complaint> {
    let mut desk = Desk { complaints: Vec::new(), known };
    desk.header(playbook);
    desk.fits(playbook);
    desk.conditions(&playbook.before);
    desk.conditions(&playbook.verify);
    for kind in &playbook.never {
        desk.one_of(kind, &known.actions, "an action");
    }
    let mut names = BTreeSet::new();
    for (index, rule) in playbook.steps.iter().enumerate() {
        if !names.insert(&rule.value.id.value) {
            desk.complain(&rule.value.id, "two steps have this id", "give each its own");
        }
        desk.reachable(&playbook.steps[..index], &rule.value);
        desk.step(&rule.value);
    }
    desk.complaints.sort_by_key(|complaint| (complaint.line, complaint.column));
    desk.complaints
}

/// Where complaints are gathered.
struct Desk<'a> {
    complaints: Vec<Complaint>,
    known: &'a Known<'a>,
}

impl Desk<'_> {
    fn complain<T>(&mut self, at: &Placed<T>, message: impl Into<String>, hint: impl Into<String>) {
        let (message, hint) = (message.into(), hint.into());
        self.complaints.push(Complaint { line: at.line, column: at.column, message, hint });
    }

    fn header(&mut self, playbook: &Playbook) {
        if playbook.format.value != 1 {
            self.complain(&playbook.format, "unknown format", "this program reads `format: 1`");
        }
        let name = &playbook.name.value;
        let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || !name.chars().all(fine) {
            self.complain(&playbook.name, "not a name", "use lower case, digits and hyphens");
        }
        for scenario in &playbook.scenarios {
            self.one_of(scenario, &self.known.scenarios, "a scenario");
        }
    }

    fn fits(&mut self, playbook: &Playbook) {
        let fits = &playbook.fits;
        for code in fits.causes.iter().chain(&fits.all_of) {
            self.code(code);
        }
        for verdict in &fits.verdicts {
            self.one_of(verdict, &["healthy", "degraded", "stuck", "terminated"], "a verdict");
        }
        for status in &fits.statuses {
            self.one_of(status, ENVIRONMENT_STATUSES, "a status of an environment");
        }
        for status in &fits.stack_statuses {
            self.one_of(status, STACK_STATUSES, "a status of a stack");
        }
    }

    /// The word must be on a list; the nearest on it is the hint.
    fn one_of(&mut self, word: &Placed<String>, list: &[&str], what: &str) {
        if list.contains(&word.value.as_str()) {
            return;
        }
        let nearest = list.iter().min_by_key(|known| strsim::levenshtein(known, &word.value));
        let hint = nearest.map_or_else(String::new, |nearest| format!("did you mean `{nearest}`?"));
        self.complain(word, format!("`{}` is not {what}", word.value), hint);
    }

    fn code(&mut self, code: &Placed<String>) {
        if !self.known.codes.iter().any(|known| covers(&code.value, known)) {
            let message = format!("no finding has the code `{}`", code.value);
            self.complain(code, message, "`ebrescue explain` lists all codes");
        }
    }

    /// A rule is unreachable if earlier ones take every cause it would mend.
    fn reachable(&mut self, earlier: &[Placed<StepRule>], rule: &StepRule) {
        let taken = |code: &str| {
            earlier.iter().flat_map(|rule| &rule.value.mend).any(|mend| covers(&mend.value, code))
        };
        for mend in &rule.mend {
            let mut mended = self.known.codes.iter().filter(|code| covers(&mend.value, code));
            if mended.clone().next().is_some() && mended.all(|code| taken(code)) {
                let message =
                    format!("nothing is left for `{}`: earlier steps take it", mend.value);
                self.complain(mend, message, "remove it, or move this step up");
            }
        }
    }

    fn step(&mut self, rule: &StepRule) {
        for code in &rule.mend {
            self.code(code);
        }
        if let Some(risk) = &rule.risk {
            self.one_of(risk, &["safe", "disruptive", "destructive"], "a risk");
        }
        self.conditions(&rule.guard);
        self.conditions(&rule.expect);
        if let Some(wait) = &rule.wait {
            self.wait(wait);
        }
        match (&rule.action, rule.mend.is_empty()) {
            (None, true) => {
                let hint = "give it `mend` with codes, or an `action` of its own";
                self.complain(&rule.id, "this step does nothing", hint);
            }
            (Some(action), false) => {
                let hint = "make two steps of it";
                self.complain(action, "a step mends causes or has an action, not both", hint);
            }
            (Some(action), true) => self.own_action(rule, action),
            (None, false) => {}
        }
    }

    /// What a reviewer asks of an action that the planner did not propose.
    fn own_action(&mut self, rule: &StepRule, written: &Placed<Value>) {
        let action: Action = match shaped(&written.value, &Facts::example(), written.line) {
            Ok(action) => action,
            Err(error) => return self.misshapen(written, &error, "`ebrescue playbook schema`"),
        };
        let risk = rule.risk.as_ref().and_then(|word| risk_of(&word.value));
        if risk.is_none() {
            self.complain(written, "no risk is given", "say `risk: safe|disruptive|destructive`");
        }
        if rule.undo.is_none() {
            let hint = "say `undo:` with `by`, `not-needed`, or `impossible` and why";
            self.complain(written, "no way back is given", hint);
        }
        if let Some(UndoRule::By(back)) = &rule.undo
            && let Err(error) = shaped::<Action>(back, &Facts::example(), written.line)
        {
            self.misshapen(written, &error, "the action of `undo: by`");
        }
        if rule.expect.is_empty() {
            self.complain(written, "nothing is checked afterwards", "say what to `expect`");
        }
        if risk.unwrap_or(Risk::Destructive) == Risk::Destructive {
            if rule.guard.is_empty() {
                let message = format!("`{}` is destructive and has no guard", action.kind());
                self.complain(written, message, "say what must hold just before, in `guard`");
            }
            if rule.ask.is_none() {
                let message = format!("`{}` is destructive and asks nothing", action.kind());
                self.complain(written, message, "say in `ask` what a person must know to say yes");
            }
        }
    }

    fn wait(&mut self, wait: &WaitRule) {
        let (usual, most) = (&wait.usual_seconds, &wait.at_most_seconds);
        if wait.until.is_empty() {
            self.complain(most, "the wait has no end", "say `until` which conditions hold");
        }
        if most.value < usual.value || most.value == 0 || most.value > LONGEST_WAIT {
            let message = format!("a wait of at most {} s is no bound", most.value);
            let hint = format!("at least the usual time and at most {LONGEST_WAIT} s");
            self.complain(most, message, hint);
        }
        self.conditions(&wait.until);
        self.conditions(&wait.hopeless);
    }

    fn conditions(&mut self, written: &[Placed<Value>]) {
        for one in written {
            if let Err(error) = shaped::<Condition>(&one.value, &Facts::example(), one.line) {
                self.misshapen(one, &error, "a condition, see `ebrescue playbook schema`");
            }
        }
    }

    fn misshapen(&mut self, at: &Placed<Value>, error: &BindError, what: &str) {
        let message = match error {
            BindError::Fact { source, .. } => source.to_string(),
            BindError::Shape { message, .. } => message.clone(),
        };
        let names: Vec<&str> = super::NAMES.iter().map(|(name, _)| *name).collect();
        self.complain(at, message, format!("{what}; texts may name {}", names.join(", ")));
    }
}

/// Source: `EnvironmentStatus` of the Elastic Beanstalk API model.
const ENVIRONMENT_STATUSES: &[&str] = &[
    "Aborting",
    "Launching",
    "Updating",
    "LinkingFrom",
    "LinkingTo",
    "Ready",
    "Terminating",
    "Terminated",
];

/// Source: `StackStatus` of the CloudFormation API model.
const STACK_STATUSES: &[&str] = &[
    "CREATE_IN_PROGRESS",
    "CREATE_FAILED",
    "CREATE_COMPLETE",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_FAILED",
    "ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS",
    "DELETE_FAILED",
    "DELETE_COMPLETE",
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE",
    "REVIEW_IN_PROGRESS",
    "IMPORT_IN_PROGRESS",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_IN_PROGRESS",
    "IMPORT_ROLLBACK_FAILED",
    "IMPORT_ROLLBACK_COMPLETE",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(text: &str) -> Vec<(u64, String)> {
        let shelved = super::super::parse("test.yaml", text).unwrap();
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
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn a_condition_that_is_none_is_told() {
        let steps = "steps:\n  - id: a\n    mend: [NET-01]\n    guard:\n      - stack-iz: {}\n";
        let found = complaints(&format!("{HEAD}{steps}"));
        assert_eq!(found[0].0, 9, "{found:?}");
    }
}
