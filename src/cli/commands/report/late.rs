//! What CloudTrail told only later: it delivers events some minutes after the calls, so that who did it may not have
//! been known when it was looked for. What a second look finds is kept beside the journal, for every later report.

use std::path::Path;

use crate::aws::EnvironmentRef;
use crate::cli::commands::capture::write_whole;
use crate::cli::connection;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::look::Look;
use crate::cli::settings::Settings;
use crate::collect::Wanted;
use crate::world::{Observed, Scope, Snapshot, TrailEvent};

/// The file: what the last look at CloudTrail told.
const FILE: &str = "trail.json";

/// CloudTrail's events, as they are told now.
type Trail = Observed<Vec<TrailEvent>>;

/// Reads once more who changed what about the environment, and keeps it.
pub(super) fn look_again(folder: &Path, scope: &Scope, settings: &Settings) -> Result<(), Failure> {
    let settings = settings.at(scope, "the session")?;
    let look = connection::run(&settings, async |connection| {
        let environment = EnvironmentRef::Id(scope.environment.clone());
        let wanted = Wanted { everything: true, ..Wanted::default() };
        Look::wanting(&connection, &environment, &wanted).await
    })?;
    look.of_account(scope, "the session")?;
    let text = serde_json::to_vec(&look.snapshot.trail)
        .map_err(|error| Failure::new(Exit::Bug, "events that are no JSON").because(&error))?;
    write_whole(&folder.join(FILE), &text)
}

/// Adds to a look what CloudTrail told later about the time before it.
///
/// What happened after the look is left to the session's own journal and last look.
pub(super) fn fill_in(folder: &Path, snapshot: &mut Snapshot) -> Result<(), Failure> {
    let path = folder.join(FILE);
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(&path, &error)),
    };
    let mut late: Trail =
        serde_json::from_slice(&text).map_err(|error| unreadable(&path, &error))?;
    let until = snapshot.taken_at;
    let Some(events) = late.value_mut() else { return Ok(()) };
    events.retain(|event| event.at <= until);
    match snapshot.trail.value_mut() {
        Some(known) => {
            let new = events.iter().filter(|event| !known.iter().any(|one| one.id == event.id));
            let new: Vec<TrailEvent> = new.cloned().collect();
            known.extend(new);
            known.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
        }
        None => snapshot.trail = late,
    }
    Ok(())
}

fn unreadable(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::new(Exit::NotFound, format!("cannot read {}", path.display()))
        .because(error)
        .hinted("take it away, and `--look-again` reads CloudTrail once more")
}
