//! `undo [SESSION]`: takes back the reversible actions of a session, newest first.

use clap::Args;

use super::SessionName;
use super::resume::{ReadNamed as _, Way, again};
use crate::cli::args::Approval;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printer::Printer;
use crate::cli::rescue::told;
use crate::cli::settings::Settings;
use crate::journal::Sessions;

/// Which session, and what is approved.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    session: SessionName,
    #[command(flatten)]
    approval: Approval,
}

/// Takes back.
pub fn run(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let result = Sessions::of(settings.state()?)
        .read_named(&arguments.session, Way::Back)
        .and_then(|kept| again(kept, Way::Back, &arguments.approval, settings));
    told(result, settings, printer)
}
