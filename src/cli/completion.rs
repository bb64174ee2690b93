//! What a shell may offer while a command line is being typed: environments, scenarios, sessions,
//! playbooks and codes, besides the commands and flags that clap knows.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory as _, Parser as _};
use clap_complete::{CompleteEnv, CompletionCandidate};

use super::args::Arguments;
use super::connection;
use super::exit::Exit;
use super::settings::{Settings, Surroundings};
use crate::journal::Sessions;
use crate::playbook;
use crate::sandbox::scenarios::{self, Scenario};

/// The variable by which the shell's script asks for what fits.
pub const VARIABLE: &str = "COMPLETE";

/// How long AWS is asked for names: whoever has typed a tab waits no longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers a shell that asks what fits, if one does.
pub fn answer(arguments: &[OsString]) -> Option<ExitCode> {
    let complete = CompleteEnv::with_factory(Arguments::command).var(VARIABLE);
    match complete.try_complete(arguments.iter().cloned(), None) {
        Ok(false) => None,
        Ok(true) => Some(Exit::Done.into()),
        Err(error) => {
            // A shell shows nothing of it; whoever calls by hand sees why.
            let _ = error.print();
            Some(Exit::Usage.into())
        }
    }
}

/// The settings as the surroundings have them: what was typed so far is not known here.
fn settings() -> Option<Settings> {
    let typed = Arguments::try_parse_from(["ebrescue", "man"]).ok()?;
    let settings = Settings::new(typed.global, &Surroundings::read());
    Some(Settings { timeout: Some(PATIENCE), quiet: true, ..settings })
}

fn candidates(names: impl IntoIterator<Item = String>) -> Vec<CompletionCandidate> {
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort();
    names.dedup();
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// Environments: of the project folder, of earlier sessions, and what AWS lists at once.
pub fn environments() -> Vec<CompletionCandidate> {
    let Some(settings) = settings() else { return Vec::new() };
    let mut names: Vec<String> = settings.environment.iter().cloned().collect();
    let listed = settings.state().ok().and_then(|folder| Sessions::of(folder).list().ok());
    let kept = listed.into_iter().flatten().filter_map(|one| one.kept.ok());
    names.extend(kept.map(|kept| crate::report::plain(&kept.history.header.scope.name)));
    let asked = connection::run(&settings, async |connection| {
        connection.bounded(connection.aws.environments()).await
    });
    if let Ok(Ok(found)) = asked {
        names.extend(found.value.iter().map(|one| crate::report::plain(&one.name)));
    }
    candidates(names)
}

/// Scenarios of the sandbox.
pub fn scenarios() -> Vec<CompletionCandidate> {
    candidates(scenarios::all().iter().map(Scenario::name))
}

/// Playbooks built in.
pub fn playbooks() -> Vec<CompletionCandidate> {
    let shelf = playbook::shelf(None).unwrap_or_default();
    candidates(shelf.into_iter().map(|one| one.playbook.name.value))
}

/// Codes of findings.
pub fn codes() -> Vec<CompletionCandidate> {
    candidates(crate::check::all().iter().map(|check| check.code.0.to_owned()))
}

/// Sessions kept on this machine.
pub fn sessions() -> Vec<CompletionCandidate> {
    let Some(settings) = settings() else { return Vec::new() };
    let listed = settings.state().ok().and_then(|folder| Sessions::of(folder).list().ok());
    candidates(listed.into_iter().flatten().map(|one| one.id))
}
