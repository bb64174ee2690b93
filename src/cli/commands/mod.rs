//! One file for each command.

pub mod completions;
pub mod man;

use clap::Subcommand;

use super::exit::Exit;
use super::failure::Failure;
use super::printer::Printer;
use super::settings::Settings;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the completions of a shell
    Completions(completions::Arguments),
    /// Print the manual page
    Man(man::Arguments),
}

impl Command {
    /// Does it.
    pub fn run(self, _settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
        match self {
            Self::Completions(arguments) => completions::run(&arguments, printer),
            Self::Man(arguments) => man::run(&arguments, printer),
        }
    }
}
