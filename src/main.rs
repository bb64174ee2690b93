//! The `ebrescue` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ebrescue::cli::run(std::env::args_os())
}
