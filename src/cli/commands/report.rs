//! `report [SESSION]`: the post-mortem of a session.

use std::path::PathBuf;

use clap::Args;

use super::SessionName;
use super::capture::{read as read_bundle, write_whole};
use crate::cli::args::Format;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::look::Look;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::journal::{Kept, Moment, Sessions};
use crate::report::postmortem::{SessionCase, html, json, markdown};
use crate::report::{Case, Postmortem};

/// Which session, and how it is written.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    session: SessionName,

    /// The file to write instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Report on a saved bundle instead of a session
    #[arg(long, value_name = "BUNDLE", conflicts_with = "session")]
    bundle: Option<PathBuf>,

    /// A fact to add by hand; it is kept in the session's later reports (repeatable)
    #[arg(long, value_name = "TEXT")]
    note: Vec<String>,

    /// Mask account numbers
    #[arg(long)]
    mask_account: bool,
}

/// Writes the report.
pub fn run(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let report = match &arguments.bundle {
        Some(bundle) => of_look(&read_bundle(bundle)?, arguments, settings)?,
        None => of_session(arguments, settings, printer)?,
    };
    let text = match settings.format {
        // The last is refused before: no report is an Automation document.
        None | Some(Format::Md | Format::Text | Format::Ssm) => markdown(&report),
        Some(Format::Html) => html(&report),
        Some(Format::Json) => json(&report),
    };
    match &arguments.output {
        Some(file) => {
            write_whole(file, text.as_bytes())?;
            printer.talk(&format!("{} written", file.display()));
        }
        None => printer.data(&text)?,
    }
    Ok(Exit::Done)
}

/// The report on a look alone.
fn of_look(look: &Look, arguments: &Arguments, settings: &Settings) -> Result<Postmortem, Failure> {
    let plan = look.plan(&crate::cli::args::Direction::default(), settings)?;
    Ok(Postmortem::new(&Case {
        session: None,
        before: &look.snapshot,
        found: &look.diagnosis,
        plan: Some(&plan),
        after: None,
        program: env!("CARGO_PKG_VERSION"),
        notes: &arguments.note,
        mask_account: arguments.mask_account,
    }))
}

fn of_session(
    arguments: &Arguments,
    settings: &Settings,
    printer: Printer,
) -> Result<Postmortem, Failure> {
    let sessions = Sessions::of(settings.state()?);
    let id = arguments.session.or_latest(&sessions)?;
    let (kept, mut broken) = readable(&sessions, &id)?;
    if let Err(fault) = kept.verify_files() {
        broken.get_or_insert_with(|| fault.to_string());
    }
    if let Some(fault) = &broken {
        printer.warn(&format!("the journal does not verify: {fault}"));
    }
    let before = kept.snapshot(Moment::Before)?.map(Look::of).ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("session {id} was ended before it had looked"))
    })?;
    let after = kept.snapshot(Moment::After)?.map(Look::of);
    let notes = notes::kept(&kept.folder, &arguments.note)?;
    Ok(Postmortem::new(&Case {
        session: Some(SessionCase {
            id: &kept.id,
            records: &kept.records,
            history: &kept.history,
            broken,
        }),
        before: &before.snapshot,
        found: &before.diagnosis,
        plan: kept.history.plans.first(),
        after: after.as_ref().map(|look| (&*look.snapshot, &look.diagnosis)),
        program: env!("CARGO_PKG_VERSION"),
        notes: &notes,
        mask_account: arguments.mask_account,
    }))
}

/// A session as far as it can be read, and what is wrong with it.
fn readable(sessions: &Sessions, id: &str) -> Result<(Kept, Option<String>), Failure> {
    Ok((sessions.read(id)?, None))
}

/// Notes that a person adds to a session.
mod notes {
    use std::path::Path;

    use crate::cli::commands::capture::write_whole;
    use crate::cli::exit::Exit;
    use crate::cli::failure::Failure;

    /// The file beside the journal; one note a line, in JSON, so that a note may have lines.
    const FILE: &str = "notes.json";

    /// The notes kept so far, with new ones added and kept too.
    pub(super) fn kept(folder: &Path, new: &[String]) -> Result<Vec<String>, Failure> {
        let path = folder.join(FILE);
        let wrong = |error: &dyn std::error::Error| {
            Failure::new(Exit::NotFound, format!("cannot read {}", path.display())).because(error)
        };
        let mut notes: Vec<String> = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| wrong(&error))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(wrong(&error)),
        };
        if !new.is_empty() {
            notes.extend(new.iter().cloned());
            let text = serde_json::to_vec_pretty(&notes).map_err(|error| wrong(&error))?;
            write_whole(&path, &text)?;
        }
        Ok(notes)
    }
}
