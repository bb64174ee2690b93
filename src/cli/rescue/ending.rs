//! How a run ended: the sentence, the document, the exit code.

use jiff::SignedDuration;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::look::Look;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::execute::RunEnd;
use crate::journal::{History, Outcome, StepState};
use crate::plan::{Notice, Plan, Risk, Undo};
use crate::report::page::{BOLD, CYAN, Page, styled};
use crate::report::words::{capital, count, lasting, list, sentence};
use crate::report::{RunDocument, plain, redacted};

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The session, if one was begun.
    pub session: Option<String>,
    /// The word of the contract.
    pub outcome: Outcome,
    /// In a sentence.
    pub summary: String,
    /// What was recorded.
    pub history: Option<History>,
    /// How the executor ended.
    pub end: Option<RunEnd>,
    /// The first look and the plan that was made from it.
    pub before: Option<(Look, Plan)>,
    /// The last look and what is still to do.
    pub after: Option<(Look, Plan)>,
}

impl Ending {
    /// The end of a run in which nothing was begun.
    pub fn without_session(outcome: Outcome, summary: &str, look: Look, plan: Plan) -> Self {
        Self {
            session: None,
            outcome,
            summary: summary.to_owned(),
            history: None,
            end: None,
            before: Some((look, plan)),
            after: None,
        }
    }

    /// The exit code.
    ///
    /// A rehearsal in which nothing stands in the way ends with 0: all it had to do is done. Its
    /// outcome is `not-recovered` all the same, because nothing was: no word of the contract may
    /// tell a script that the environment is well when nobody has touched it. What would stop the
    /// real run (an approval, a moved world, a missing permission) stops the rehearsal with the
    /// same code, so that `--dry-run` answers whether the flags suffice.
    pub fn exit(&self) -> Exit {
        if self.end == Some(RunEnd::Rehearsed) { Exit::Done } else { exit_of(self.outcome) }
    }

    fn document(&self) -> RunDocument {
        let document = |pair: &Option<(Look, Plan)>| {
            pair.as_ref().map(|(look, plan)| look.document(Some(plan)))
        };
        let before = document(&self.before);
        match (&self.session, &self.history) {
            (Some(session), Some(history)) => RunDocument::new(
                session,
                history,
                self.outcome,
                &self.summary,
                before,
                document(&self.after),
            ),
            (None, Some(history)) => RunDocument {
                session: None,
                ..RunDocument::new(
                    "",
                    history,
                    self.outcome,
                    &self.summary,
                    before,
                    document(&self.after),
                )
            },
            (_, None) => RunDocument::without_session(self.outcome, &self.summary, before),
        }
    }
}

/// The exit code of an outcome.
pub(super) fn exit_of(outcome: Outcome) -> Exit {
    match outcome {
        Outcome::NotNeeded | Outcome::Recovered => Exit::Done,
        Outcome::NotApproved => Exit::NotApproved,
        Outcome::NotRecovered => Exit::NotRecovered,
        Outcome::BeyondRepair => Exit::BeyondRepair,
        Outcome::AwsUnusable => Exit::AwsUnusable,
        Outcome::Interrupted => Exit::Interrupted,
        Outcome::WorldMoved => Exit::WorldMoved,
    }
}

/// The outcome that a failure before any session stands for, if it has one.
pub(super) fn outcome_of(exit: Exit) -> Option<Outcome> {
    match exit {
        Exit::AwsUnusable => Some(Outcome::AwsUnusable),
        Exit::WorldMoved => Some(Outcome::WorldMoved),
        Exit::Interrupted => Some(Outcome::Interrupted),
        Exit::NotApproved => Some(Outcome::NotApproved),
        Exit::BeyondRepair => Some(Outcome::BeyondRepair),
        Exit::NotRecovered => Some(Outcome::NotRecovered),
        Exit::Done | Exit::Bug | Exit::Usage | Exit::Unwell | Exit::NotFound => None,
    }
}

/// Tells how a run ended, as a document or in words, and gives its exit code.
///
/// In JSON a failure that stands for an outcome is a document too, so that a script that reads
/// standard output always finds one.
pub fn told(
    result: Result<Ending, Failure>,
    settings: &Settings,
    printer: Printer,
) -> Result<Exit, Failure> {
    let ending = match result {
        Ok(ending) => ending,
        Err(failure) => {
            if let (true, Some(outcome)) = (settings.json(), outcome_of(failure.exit)) {
                printer.json(&RunDocument::without_session(outcome, &failure.message, None))?;
            }
            return Err(failure);
        }
    };
    if settings.json() {
        printer.json(&ending.document())?;
        printer.talk(&format!("ebrescue: {}", plain(&ending.summary)));
    } else {
        printer.data(&text(&ending, settings))?;
    }
    Ok(ending.exit())
}

fn text(ending: &Ending, settings: &Settings) -> String {
    let mut page = Page::new(settings.screen.width);
    page.block("  ", &styled(BOLD, &redacted(&ending.summary)));
    for line in details(ending) {
        page.block("  ", &line);
    }
    for notice in notices(ending) {
        let line = format!("Tell {}: {}", redacted(&notice.who), redacted(&notice.what));
        page.block("  ", &line);
    }
    if let Some(session) = &ending.session {
        let report = format!("ebrescue report {session} --format html -o report.html");
        page.block("  ", &format!("Post-mortem: {}", styled(CYAN, &report)));
        let goes_on = ending.history.as_ref().is_some_and(History::is_unfinished);
        if goes_on && settings.sandbox.is_none() {
            let resume = format!("ebrescue resume {session}");
            page.block("  ", &format!("To go on: {}", styled(CYAN, &resume)));
        }
    }
    page.text()
}

/// Whom to tell what, by the playbook that was followed; only where something was done.
fn notices(ending: &Ending) -> &[Notice] {
    let acted = ending.history.as_ref().is_some_and(|history| {
        history
            .all_steps()
            .iter()
            .any(|(key, _)| history.step(key).is_some_and(|past| past.attempts > 0))
    });
    match &ending.before {
        Some((_, plan)) if acted => &plan.tell,
        Some(_) | None => &[],
    }
}

/// What else must be known of an end.
fn details(ending: &Ending) -> Vec<String> {
    let mut lines = Vec::new();
    match &ending.end {
        Some(RunEnd::Failed { why }) => {
            lines.extend(why.iter().map(|(step, why)| redacted(&format!("{step}: {why}"))));
        }
        Some(RunEnd::Moved { what, .. }) => {
            lines.extend(what.iter().map(|one| redacted(&format!("no longer holds: {one}"))));
        }
        Some(RunEnd::Denied { message: Some(message), .. }) => lines.push(redacted(message)),
        Some(
            RunEnd::NothingToDo
            | RunEnd::AllDone
            | RunEnd::Rehearsed
            | RunEnd::NotApproved { .. }
            | RunEnd::InDoubt { .. }
            | RunEnd::OutOfTime { .. }
            | RunEnd::Denied { message: None, .. }
            | RunEnd::Unusable { .. }
            | RunEnd::Interrupted { .. },
        )
        | None => {}
    }
    let last = ending.after.as_ref().or(ending.before.as_ref());
    if ending.outcome == Outcome::BeyondRepair {
        let beyond = last.into_iter().flat_map(|(_, plan)| &plan.beyond);
        lines.extend(beyond.map(|one| redacted(&format!("{}: {}", one.what, one.why))));
    }
    lines
}

/// How a run ended, in a sentence; kept in the journal too.
pub(super) fn summary(outcome: Outcome, end: &RunEnd, history: &History) -> String {
    let steps = history.all_steps();
    let is_done = |state| matches!(state, StepState::Verified | StepState::AlreadyThere);
    let done = steps.iter().filter(|(key, _)| is_done(history.state(key))).count();
    let of = format!("{done} of {} done", count(steps.len(), "action"));
    let text = match (outcome, end) {
        (Outcome::Recovered, _) if history.undoing.is_some() => taken_back(history),
        (Outcome::Recovered, _) => return recovered(history),
        (Outcome::NotNeeded, _) => "nothing had to be done: all of it is there already".to_owned(),
        (_, RunEnd::NotApproved { risks, data_loss }) => {
            format!("{of}; {}", wanting(risks, data_loss))
        }
        (_, RunEnd::Rehearsed) => format!(
            "a dry run: {} would be done, nothing was changed",
            count(steps.len() - done, "action")
        ),
        (_, RunEnd::Failed { why }) => {
            let steps: Vec<String> = why.iter().map(|(step, _)| step.to_string()).collect();
            format!("{of}; {} did not do what it should", list(&steps))
        }
        (_, RunEnd::InDoubt { step, why }) => {
            format!("{of}; nobody knows whether {step} was carried out: {why}")
        }
        (_, RunEnd::OutOfTime { waiting_for }) => {
            format!("{of}; the command's time is over{}", still(waiting_for.as_deref()))
        }
        (_, RunEnd::Moved { step, .. }) => {
            format!("{of}; the world has moved, {step} no longer fits: plan again")
        }
        (_, RunEnd::Denied { permissions, .. }) => {
            format!("{of}; permissions are missing: {}", list(permissions))
        }
        (_, RunEnd::Unusable { why }) => format!("{of}; AWS cannot be used: {why}"),
        (_, RunEnd::Interrupted { waiting_for }) => {
            format!("{of}; interrupted{}", still(waiting_for.as_deref()))
        }
        (Outcome::BeyondRepair, RunEnd::AllDone | RunEnd::NothingToDo) => {
            format!("{of}; what is left only a person or AWS Support can do")
        }
        (_, RunEnd::AllDone | RunEnd::NothingToDo) => {
            format!("{of}; the environment is still not well")
        }
    };
    sentence(&capital(&text))
}

fn recovered(history: &History) -> String {
    let took = history.last.duration_since(history.opened);
    let steps = history.all_steps();
    let made = steps.iter().filter(|(key, _)| history.state(key) == StepState::Verified);
    let back = made.filter(|(_, step)| matches!(step.undo, Undo::By(_))).count();
    let took = lasting(SignedDuration::from_secs(took.as_secs()));
    let actions = count(steps.len(), "action");
    let undo = match back {
        0 => "none of them can be taken back".to_owned(),
        back => format!("{back} can be taken back with `ebrescue undo`"),
    };
    let pinned = history.header.invocation.command == "pin";
    let done = if pinned { "Pinned" } else { "Recovered" };
    format!("{done} in {took}. {actions}: {undo}.")
}

fn taken_back(history: &History) -> String {
    let steps = history.all_steps();
    let undone = steps.iter().filter(|(key, _)| history.state(key) == StepState::Undone).count();
    format!("{} taken back and checked", count(undone, "action"))
}

fn wanting(risks: &[Risk], data_loss: &[String]) -> String {
    let mut wants = Vec::new();
    if let Some(highest) = risks.last() {
        let words: Vec<&str> = risks.iter().map(|risk| risk.as_str()).collect();
        wants.push(format!(
            "{} actions need approval: --approve {}",
            list(&words),
            highest.as_str()
        ));
    }
    if !data_loss.is_empty() {
        let flags: Vec<String> =
            data_loss.iter().map(|name| format!("--accept-data-loss {}", plain(name))).collect();
        wants.push(format!("data would be lost: {}", flags.join(" ")));
    }
    wants.join("; ")
}

fn still(waiting_for: Option<&str>) -> String {
    waiting_for.map_or_else(String::new, |what| format!(" while waiting for {what}, which goes on"))
}
