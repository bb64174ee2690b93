//! `completions SHELL`: what a shell needs to complete the command line.

use clap::{Args, CommandFactory as _};

use crate::cli::args;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printer::Printer;

/// Which shell.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Prints the script.
pub fn run(arguments: &Arguments, printer: Printer) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    let mut command = args::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "ebrescue", &mut script);
    printer.data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
