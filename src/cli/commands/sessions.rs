//! `sessions`: lists what is kept on this machine.

use clap::Args;

use crate::cli::documents::{SessionLine, SessionList};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::journal::{History, JournalError, Kept, Listed, Sessions, StepState};
use crate::report::page::{CYAN, DIM, GREEN, Page, RED, YELLOW, styled};
use crate::report::{plain, words};

/// Nothing can be chosen.
#[derive(Debug, Args)]
pub struct Arguments {}

/// Lists them, the newest first.
pub fn run(_: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let listed = Sessions::of(settings.state()?).list()?;
    if settings.json() {
        let sessions = listed.iter().map(document).collect();
        printer.json(&SessionList { schema: "ebrescue.sessions/1", sessions })?;
    } else if listed.is_empty() {
        printer.talk("no sessions on this machine");
    } else {
        let mut page = Page::new(settings.screen.width);
        for one in &listed {
            line(&mut page, one);
        }
        printer.data(&page.text())?;
    }
    Ok(Exit::Done)
}

fn document(listed: &Listed) -> SessionLine {
    let Kept { id, folder, history, .. } = match &listed.kept {
        Ok(kept) => kept,
        Err(error) => {
            let error = Some(plain(&error.to_string()));
            return SessionLine { session: listed.id.clone(), error, ..SessionLine::default() };
        }
    };
    let scope = &history.header.scope;
    SessionLine {
        session: id.clone(),
        command: Some(history.header.invocation.command.clone()),
        environment: Some(plain(&scope.name)),
        environment_id: Some(scope.environment.to_string()),
        account: scope.account.as_ref().map(ToString::to_string),
        region: Some(scope.region.to_string()),
        opened: Some(history.opened.to_string()),
        last: Some(history.last.to_string()),
        outcome: history.end.as_ref().map(|end| end.outcome.as_str().to_owned()),
        unfinished: Some(history.is_unfinished()),
        actions: Some(history.all_steps().len()),
        done: Some(done(history)),
        folder: Some(folder.display().to_string()),
        error: None,
    }
}

fn line(page: &mut Page, listed: &Listed) {
    let kept = match &listed.kept {
        Ok(kept) => kept,
        Err(error) => return broken(page, &listed.id, error),
    };
    let Kept { id, history, .. } = kept;
    let state = match &history.end {
        Some(end) if history.is_unfinished() => styled(YELLOW, end.outcome.as_str()),
        Some(end) => styled(GREEN, end.outcome.as_str()),
        None => styled(YELLOW, "unfinished"),
    };
    let opened = words::moment(history.opened);
    let actions = history.all_steps().len();
    page.raw(&format!(
        "{}  {}  {} of {} done  {state}",
        styled(CYAN, id),
        styled(DIM, &opened),
        done(history),
        words::count(actions, "action"),
    ));
}

fn broken(page: &mut Page, id: &str, error: &JournalError) {
    page.raw(&format!("{}  {}", styled(CYAN, id), styled(RED, &plain(&error.to_string()))));
}

/// How many actions had their effect.
fn done(history: &History) -> usize {
    let good = |state: StepState| matches!(state, StepState::Verified | StepState::AlreadyThere);
    history.all_steps().iter().filter(|(key, _)| good(history.state(key))).count()
}
