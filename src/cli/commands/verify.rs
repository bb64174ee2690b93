//! `verify [SESSION]`: checks the hash chain of a session's journal.

use clap::Args;

use super::SessionName;
use crate::cli::documents::Verification;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::journal::{JournalError, Sessions};
use crate::report::words::count;

/// Which session.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    session: SessionName,
}

/// Checks every record and every file that a record vouches for.
pub fn run(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let sessions = Sessions::of(settings.state()?);
    let id = arguments.session.or_latest(&sessions)?;
    let checked = sessions.read(&id).and_then(|kept| kept.verify_files().map(|()| kept));
    match checked {
        Ok(kept) => {
            let (records, torn) = (kept.records.len(), kept.torn);
            if settings.json() {
                printer.json(&Verification {
                    valid: true,
                    records: Some(records),
                    torn_bytes: Some(torn),
                    ..of(&kept.id)
                })?;
            } else {
                printer.data(&format!("{}: {} whole", kept.id, count(records, "record")))?;
                if torn > 0 {
                    printer.talk("the last line is half written: a run was killed while writing");
                }
            }
            Ok(Exit::Done)
        }
        Err(error) => {
            if let (true, JournalError::Broken { line, fault, .. }) = (settings.json(), &error) {
                printer.json(&Verification {
                    first_bad: Some(*line),
                    fault: Some(fault.to_string()),
                    ..of(&id)
                })?;
            }
            Err(error.into())
        }
    }
}

/// A verification of a session, of which nothing is known yet.
fn of(session: &str) -> Verification {
    let session = session.to_owned();
    Verification { schema: "ebrescue.verification/1", session, ..Verification::default() }
}
