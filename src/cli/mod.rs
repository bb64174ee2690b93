//! ARGUMENTS IN, EXIT CODE OUT: the command line.
//!
//! [`run`] reads the arguments, weighs the [`Settings`], hands over to one of the `commands` and
//! turns what comes back into text and an exit code.

pub mod args;
pub mod commands;
pub mod completion;
pub mod connection;
pub mod documents;
pub mod duration;
pub mod exit;
pub mod failure;
pub mod links;
pub mod look;
pub mod plan_file;
pub mod practice;
pub mod printer;
pub mod progress;
pub mod project;
pub mod rescue;
pub mod settings;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser as _, ValueEnum as _};

use args::{Arguments, Format};
use exit::Exit;
use failure::Failure;
use printer::Printer;
use settings::{Settings, Surroundings};

/// Runs the program.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(answered) = completion::answer(&arguments) {
        return answered;
    }
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return shown(&error),
    };
    let settings = Settings::new(arguments.global, &Surroundings::read());
    let printer = Printer::new(&settings);
    end_at_a_bug(printer);
    console::set_colors_enabled(settings.screen.colored_output);
    console::set_colors_enabled_stderr(settings.screen.colored_error);
    // What the operator says goes through anstream, which by itself takes `CI` for colours even
    // where TERM=dumb.
    printer.color_of_talk().write_global();
    log(&settings);
    if let Some(complaint) = &settings.complaint {
        printer.warn(complaint);
    }
    let command = arguments.command;
    let formats = command.formats();
    let result = match settings.format.filter(|format| !formats.contains(format)) {
        Some(format) => Err(no_such_format(format, formats)),
        None => command.run(&settings, printer),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            printer.failure(&failure);
            failure.exit.into()
        }
    }
}

/// Makes a panic, in whatever thread, end the program with its exit code and with what to do.
///
/// Nothing then depends on who waits for the thread. Ending at once loses nothing: every record of a
/// journal is on disk before what it announces is done.
#[expect(clippy::disallowed_methods, clippy::exit, reason = "nothing comes back from a panic")]
fn end_at_a_bug(printer: Printer) {
    let standard = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        standard(panic);
        // Prompts hide it. A terminal that is gone needs none.
        let _ = console::Term::stderr().show_cursor();
        printer.failure(&bug());
        std::process::exit(Exit::Bug as i32);
    }));
}

fn no_such_format(format: Format, formats: &[Format]) -> Failure {
    let name = |format: &Format| {
        format.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    };
    let names: Vec<String> = formats.iter().map(name).collect();
    Failure::usage(format!("this command has no `--format {}`", name(&format)))
        .hinted(format!("it can be {}", names.join(", ")))
}

/// Shows clap's answer: help and version on standard output, wrong use on standard error.
fn shown(answer: &clap::Error) -> ExitCode {
    // A reader of the help that has gone away has had enough.
    let _ = answer.print();
    if answer.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() }
}

/// What is said after a panic, whose own message the standard hook has printed.
fn bug() -> Failure {
    Failure::new(Exit::Bug, "this is a bug in ebrescue, not in your environment")
        .detail("What was done so far is in the journal of the session.")
        .hinted("`ebrescue sessions` lists it; please report the message above")
}

/// Sends the log to standard error, as much of it as was asked for.
fn log(settings: &Settings) {
    let filter = match settings.verbose {
        0 => "ebrescue=warn",
        1 => "ebrescue=debug",
        _ => "ebrescue=trace,info,aws_smithy_runtime=debug",
    };
    let filter = if settings.quiet { "off" } else { filter };
    // A second call in one process (tests) keeps the first log.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        // Colours in the log would need a feature of their own; asked for without it they panic.
        .with_ansi(false)
        .without_time()
        .with_target(settings.verbose > 1)
        .try_init();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Set in the process of the test below that is to panic.
    const PANICS: &str = "EBRESCUE_TEST_PANICS";

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test is two processes")]
    fn a_panic_in_any_thread_is_a_bug_of_ours_and_ends_with_1() {
        if std::env::var_os(PANICS).is_some() {
            let arguments = Arguments::try_parse_from(["ebrescue", "sessions"]).unwrap();
            let settings = Settings::new(arguments.global, &Surroundings::default());
            end_at_a_bug(Printer::new(&settings));
            let _ = std::thread::spawn(|| panic!("on purpose")).join();
            return;
        }
        let name = "cli::tests::a_panic_in_any_thread_is_a_bug_of_ours_and_ends_with_1";
        let ended = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(PANICS, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{said}");
        for words in ["on purpose", "this is a bug in ebrescue", "please report"] {
            assert!(said.contains(words), "{said}");
        }
    }
}
