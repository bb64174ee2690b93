//! `report [SESSION]`: the post-mortem of a session.

mod late;
mod notes;

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
use crate::journal::{JournalError, Moment, Sessions};
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

    /// Edit the facts added by hand in your editor (VISUAL or EDITOR) before the report is written
    #[arg(long, conflicts_with = "bundle")]
    edit: bool,

    /// Read CloudTrail once more, which tells of a change only some minutes after it; what it tells
    /// now is kept for later reports
    #[arg(long, conflicts_with = "bundle")]
    look_again: bool,

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
        altered: None,
        plan: Some(&plan),
        after: None,
        program: env!("CARGO_PKG_VERSION"),
        notes: &arguments.note,
        mask_account: arguments.mask_account,
    }))
}

/// The report on a session; on an altered one as far as it can be relied on, and it says so.
fn of_session(
    arguments: &Arguments,
    settings: &Settings,
    printer: Printer,
) -> Result<Postmortem, Failure> {
    let sessions = Sessions::of(settings.state()?);
    let id = arguments.session.or_latest(&sessions)?;
    let (kept, fault) = sessions.salvage(&id)?;
    let altered = fault.as_ref().map(JournalError::to_string);
    if let Some(fault) = &altered {
        printer.warn(&format!("the journal does not verify: {fault}"));
    }
    let look = |moment: Moment| match &altered {
        None => kept.snapshot(moment),
        Some(_) => Ok(kept.snapshot_as_it_is(moment)),
    };
    if arguments.look_again {
        late::look_again(&kept.folder, &kept.history.header.scope, settings)?;
    }
    let mut before = look(Moment::Before)?.ok_or_else(|| {
        let message = format!("session {id} has no first look that could be read");
        Failure::new(Exit::NotFound, message).hinted("`ebrescue verify` says what is left of it")
    })?;
    late::fill_in(&kept.folder, &mut before)?;
    let before = Look::of(before);
    let after = look(Moment::After)?.map(Look::of);
    let mut notes = notes::with(&kept.folder, &arguments.note)?;
    if arguments.edit {
        notes = notes::edited(&kept.folder, &notes, settings)?;
    }
    Ok(Postmortem::new(&Case {
        session: Some(SessionCase { id: &kept.id, records: &kept.records, history: &kept.history }),
        before: &before.snapshot,
        found: &before.diagnosis,
        altered,
        plan: kept.history.plans.first(),
        after: after.as_ref().map(|look| (&*look.snapshot, &look.diagnosis)),
        program: env!("CARGO_PKG_VERSION"),
        notes: &notes,
        mask_account: arguments.mask_account,
    }))
}
