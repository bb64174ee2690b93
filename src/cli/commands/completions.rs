//! `completions SHELL`: what a shell needs to complete the command line.

use clap::{Args, ValueEnum};
use clap_complete::env::Shells;

use crate::cli::completion::VARIABLE;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printer::Printer;

/// Which shell.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ebrescue completions bash > ~/.local/share/bash-completion/completions/ebrescue
  ebrescue completions zsh > \"${fpath[1]}/_ebrescue\"
  ebrescue completions fish > ~/.config/fish/completions/ebrescue.fish")]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// The shells there are completions for.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    /// Bash.
    Bash,
    /// Elvish.
    Elvish,
    /// Fish.
    Fish,
    /// PowerShell.
    Powershell,
    /// Zsh.
    Zsh,
}

impl Shell {
    /// The name by which the library knows it.
    fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Elvish => "elvish",
            Self::Fish => "fish",
            Self::Powershell => "powershell",
            Self::Zsh => "zsh",
        }
    }
}

/// Prints the script. It asks the program itself for what fits, names of environments included.
pub fn run(arguments: &Arguments, printer: Printer) -> Result<Exit, Failure> {
    let bug = || Failure::new(Exit::Bug, "cannot write the completions");
    let shells = Shells::builtins();
    let shell = shells.completer(arguments.shell.name()).ok_or_else(bug)?;
    let mut script = Vec::new();
    shell
        .write_registration(VARIABLE, "ebrescue", "ebrescue", "ebrescue", &mut script)
        .map_err(|error| bug().because(&error))?;
    printer.data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
