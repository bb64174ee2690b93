//! Standard output is data, standard error is talk.

use std::io::{ErrorKind, Write as _};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use super::Settings;
use super::exit::Exit;
use super::failure::Failure;
use crate::report::plain;

/// Names and hints.
const CYAN: Style = AnsiColor::Cyan.on_default();
/// Errors.
const RED: Style = AnsiColor::Red.on_default().bold();
/// Warnings.
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();

/// Writes what a command has to say.
#[derive(Clone, Copy, Debug)]
pub struct Printer {
    output: ColorChoice,
    error: ColorChoice,
    quiet: bool,
    verbose: bool,
}

impl Printer {
    /// A printer as the settings want it.
    pub fn new(settings: &Settings) -> Self {
        let choice = |colors| if colors { ColorChoice::Always } else { ColorChoice::Never };
        Self {
            output: choice(settings.screen.colored_output),
            error: choice(settings.screen.colored_error),
            quiet: settings.quiet,
            verbose: settings.verbose > 0,
        }
    }

    /// Whether talk on standard error may be coloured.
    pub fn color_of_talk(self) -> ColorChoice {
        self.error
    }

    /// Writes a result to standard output, ended by a newline. Colours in it are taken out where
    /// they do not fit. A reader that has gone away is no error: it has had enough.
    pub fn data(self, text: &str) -> Result<(), Failure> {
        let mut output = AutoStream::new(std::io::stdout().lock(), self.output);
        let newline = if text.ends_with('\n') { "" } else { "\n" };
        match write!(output, "{text}{newline}").and_then(|()| output.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Failure::new(Exit::NotFound, "cannot write to standard output").because(&error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Writes a document as JSON.
    pub fn json(self, document: &impl serde::Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(document)
            .map_err(|error| Failure::new(Exit::Bug, "cannot write JSON").because(&error))?;
        self.data(&text)
    }

    /// Says something that is not the result; not with `--quiet`.
    pub fn talk(self, text: &str) {
        if !self.quiet {
            self.say(text);
        }
    }

    /// Warns.
    pub fn warn(self, text: &str) {
        self.talk(&format!("{YELLOW}warning:{YELLOW:#} {text}"));
    }

    /// Says that and why a command failed, and what to do next.
    pub fn failure(self, failure: &Failure) {
        let details = failure.details.iter().map(|line| format!("  {}", plain(line)));
        let causes = failure.causes.iter().filter(|_| self.verbose);
        let causes = causes.map(|cause| format!("  caused by: {}", plain(cause)));
        let hints = failure.hints.iter();
        let hints = hints.map(|hint| format!("  {CYAN}hint:{CYAN:#} {}", plain(hint)));
        let first = format!("{RED}error:{RED:#} {}", plain(&failure.message));
        let lines: Vec<String> =
            std::iter::once(first).chain(details).chain(causes).chain(hints).collect();
        self.say(&lines.join("\n"));
    }

    /// Nothing can be done about a standard error that cannot be written to.
    fn say(self, text: &str) {
        let mut error = AutoStream::new(std::io::stderr().lock(), self.error);
        let _ = writeln!(error, "{text}");
    }
}
