//! One file for each command.

pub mod completions;
pub mod man;
pub mod playbook;
pub mod sandbox;
pub mod sessions;
pub mod verify;

use clap::{Args, Subcommand};

use super::exit::Exit;
use super::failure::Failure;
use super::printer::Printer;
use super::settings::Settings;
use crate::journal::{JournalError, Sessions};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the sessions kept on this machine
    Sessions(sessions::Arguments),
    /// Check the journal of a session; names the first bad record
    Verify(verify::Arguments),
    /// List, show and check playbooks
    Playbook(playbook::Arguments),
    /// The AWS simulator to practise on
    Sandbox(sandbox::Arguments),
    /// Print the completions of a shell
    Completions(completions::Arguments),
    /// Print the manual page
    Man(man::Arguments),
}

impl Command {
    /// Does it.
    pub fn run(self, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
        match self {
            Self::Sessions(arguments) => sessions::run(&arguments, settings, printer),
            Self::Verify(arguments) => verify::run(&arguments, settings, printer),
            Self::Playbook(arguments) => playbook::run(&arguments, settings, printer),
            Self::Sandbox(arguments) => sandbox::run(arguments, printer),
            Self::Completions(arguments) => completions::run(&arguments, printer),
            Self::Man(arguments) => man::run(&arguments, printer),
        }
    }
}

/// Which session a command is about.
#[derive(Clone, Debug, Args)]
pub struct SessionName {
    /// The session, or an unambiguous beginning or end of its name [default: the latest]
    #[arg(value_name = "SESSION")]
    session: Option<String>,
}

impl SessionName {
    /// The session that was named, else the latest.
    pub fn or_latest(&self, sessions: &Sessions) -> Result<String, JournalError> {
        self.session.clone().map_or_else(|| sessions.latest(), Ok)
    }

    /// The session that was named, else the latest that is unfinished.
    pub fn or_unfinished(&self, sessions: &Sessions) -> Result<String, JournalError> {
        self.session.clone().map_or_else(|| sessions.latest_unfinished(), Ok)
    }
}
