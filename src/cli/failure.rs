//! Why a command ended early: a sentence, AWS's own words, the next step and the exit code.
//!
//! Errors of the other modules carry no advice; it is added here, once.

use super::exit::Exit;
use crate::journal::JournalError;
use crate::playbook::PlaybookError;

/// A failed command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The code the shell sees.
    pub exit: Exit,
    /// What failed, in one line.
    pub message: String,
    /// AWS's own sentence, what it means for the work so far.
    pub details: Vec<String>,
    /// What lies below, shown with `-v`.
    pub causes: Vec<String>,
    /// What to do next.
    pub hints: Vec<String>,
}

impl Failure {
    /// A failure with nothing but a sentence.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            details: Vec::new(),
            causes: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// Wrong use of the command line.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Adds a line below the sentence.
    #[must_use]
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    /// Adds the error that lies below as a line, and those below it for `-v`.
    #[must_use]
    pub fn because(mut self, error: &dyn std::error::Error) -> Self {
        self.details.push(error.to_string());
        self.causes.extend(causes(error));
        self
    }

    /// Adds a next step.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// The sentences of the errors below an error.
fn causes(error: &dyn std::error::Error) -> Vec<String> {
    std::iter::successors(error.source(), |below| below.source()).map(ToString::to_string).collect()
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        let failure = |exit| {
            let mut failure = Self::new(exit, error.to_string());
            failure.details.extend(causes(&error));
            failure
        };
        match &error {
            JournalError::File { .. } => {
                failure(Exit::NotFound).hinted("another folder can be named by --state-dir")
            }
            JournalError::DiskFull { .. } => failure(Exit::NotFound)
                .detail("Nothing more is done that could not be recorded.")
                .hinted("make room, then `ebrescue resume`"),
            JournalError::Broken { .. } => failure(Exit::NotFound)
                .hinted("`ebrescue report` shows what can still be read; do not trust it blindly"),
            JournalError::Locked { .. } => {
                failure(Exit::WorldMoved).hinted("wait until it ends; `ebrescue sessions` shows it")
            }
            JournalError::NoSuchSession { .. } => {
                failure(Exit::NotFound).hinted("`ebrescue sessions` lists them")
            }
            JournalError::NoSession => {
                failure(Exit::NotFound).hinted("`ebrescue repair` begins one")
            }
            JournalError::Illegal(_) | JournalError::UnknownStep(_) | JournalError::Closed => {
                failure(Exit::Bug)
            }
        }
    }
}

impl From<PlaybookError> for Failure {
    fn from(error: PlaybookError) -> Self {
        let failure = Self::new(Exit::NotFound, error.to_string());
        match &error {
            PlaybookError::Malformed { .. } => {
                failure.hinted("`ebrescue playbook lint FILE` names all complaints")
            }
            PlaybookError::Duplicate { .. } => failure.hinted("give one of them another name"),
            PlaybookError::Unreadable { .. } | PlaybookError::Unknown { .. } => failure,
        }
    }
}

/// `, did you mean …?` names that are near a mistyped one, the nearest first.
pub fn suggestions<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    // Jaro-Winkler finds the slips people make in names with common prefixes; below 0.8 the
    // proposals have more to do with the alphabet than with what was meant.
    const NEAR: f64 = 0.8;
    let mut near: Vec<(f64, &str)> = names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&typed.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .collect();
    near.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    near.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_is_recognised_and_another_one_is_not() {
        let names = ["shop-prod", "shop-test", "blog"];
        assert_eq!(suggestions("shop-pord", names)[0], "shop-prod");
        assert!(suggestions("warehouse", names).is_empty());
    }
}
