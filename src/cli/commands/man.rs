//! `man`: the manual page, subcommands included.

use clap::{Args, CommandFactory as _};

use crate::cli::args;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printer::Printer;

/// Nothing can be chosen.
#[derive(Debug, Args)]
pub struct Arguments {}

/// Prints the page, then one section for each command, in roff.
pub fn run(_: &Arguments, printer: Printer) -> Result<Exit, Failure> {
    let mut command = args::Arguments::command();
    command.build();
    let mut page = Vec::new();
    render(&command, &mut page)?;
    for subcommand in command.get_subcommands().filter(|one| !one.is_hide_set()) {
        render(subcommand, &mut page)?;
    }
    printer.data(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Done)
}

fn render(command: &clap::Command, page: &mut Vec<u8>) -> Result<(), Failure> {
    clap_mangen::Man::new(command.clone())
        .render(page)
        .map_err(|error| Failure::new(Exit::Bug, "cannot write the manual").because(&error))
}
