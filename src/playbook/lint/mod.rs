//! What a reviewer would want of a playbook, proven before anybody is in an outage.

mod own;
mod statuses;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::plan::{Action, Condition};

use super::bind::shaped;
use super::facts::Facts;
use super::fit::covers;
use super::{BindError, Placed, Playbook, StepRule, UndoRule, WaitRule};
use own::Review;
use statuses::{ENVIRONMENT_STATUSES, STACK_STATUSES};

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
        desk.step(playbook, &rule.value);
    }
    desk.mended(playbook);
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
        if playbook.title.trim().is_empty() || playbook.story.trim().is_empty() {
            let hint = "say in `title` what it mends, and in `story` what happened to whom";
            self.complain(&playbook.name, "nobody can tell what it is for", hint);
        }
        for scenario in &playbook.scenarios {
            self.one_of(scenario, &self.known.scenarios, "a scenario");
        }
        let words: Vec<&str> = super::EVIDENCE.iter().map(|(word, _)| *word).collect();
        for word in playbook.look.iter().chain(&playbook.must_see) {
            self.one_of(word, &words, "something to look at");
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
        if let [only] = fits.verdicts.as_slice()
            && only.value == "healthy"
            && !fits.causes.is_empty()
        {
            let message = "it never fits: what is healthy has no cause of anything";
            self.complain(only, message, "take `verdicts` or `causes` out of `match`");
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

    fn step(&mut self, playbook: &Playbook, rule: &StepRule) {
        let id = &rule.id.value;
        if id.strip_prefix('a').is_some_and(|rest| rest.parse::<u32>().is_ok()) {
            let message = format!("`{id}` is how the planner numbers its own steps");
            self.complain(&rule.id, message, "give it a word for its name");
        }
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
            (Some(action), true) => self.own_action(playbook, rule, action),
            (None, false) => self.idle_words(rule),
        }
    }

    /// Words that only count for an action of one's own.
    fn idle_words(&mut self, rule: &StepRule) {
        let words = [
            ("title", rule.title.is_some()),
            ("effect", rule.effect.is_some()),
            ("wait", rule.wait.is_some()),
            ("undo", rule.undo.is_some()),
        ];
        for (word, _) in words.iter().filter(|(_, there)| *there) {
            let message = format!("`{word}` has no effect on a step that mends");
            let hint = "the planner's actions bring their own; `ask`, `risk`, `guard` and `expect` add to them";
            self.complain(&rule.id, message, hint);
        }
    }

    /// What a playbook fits for, it has to do something about.
    fn mended(&mut self, playbook: &Playbook) {
        let has_own = playbook.steps.iter().any(|rule| rule.value.action.is_some());
        let mend = || playbook.steps.iter().flat_map(|rule| &rule.value.mend);
        for cause in playbook.fits.causes.iter().filter(|_| !has_own) {
            let codes: Vec<&str> = self
                .known
                .codes
                .iter()
                .copied()
                .filter(|code| covers(&cause.value, code))
                .collect();
            let is_mended = |code: &&str| mend().any(|mend| covers(&mend.value, code));
            if !codes.is_empty() && !codes.iter().any(is_mended) {
                let message = format!("it fits for `{}`, and no step mends that", cause.value);
                self.complain(cause, message, "add a step with `mend`, or take it out of `match`");
            }
        }
    }

    /// What a reviewer asks of an action that the planner did not propose.
    fn own_action(&mut self, playbook: &Playbook, rule: &StepRule, written: &Placed<Value>) {
        let action: Action = match shaped(&written.value, &Facts::example(), written.line) {
            Ok(action) => action,
            Err(error) => return self.misshapen(written, &error, "`ebrescue playbook schema`"),
        };
        let never = playbook.never.iter().find(|kind| kind.value == action.kind());
        if let Some(never) = never {
            let message = format!("this step is never reached: `never` names `{}`", never.value);
            self.complain(written, message, "remove the step, or the word from `never`");
        }
        let review = Review { rule, action: &action };
        for (message, hint) in review.complaints() {
            self.complain(written, message, hint);
        }
        if let Some(UndoRule::By(back)) = &rule.undo
            && let Err(error) = shaped::<Action>(back, &Facts::example(), written.line)
        {
            self.misshapen(written, &error, "the action of `undo: by`");
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
