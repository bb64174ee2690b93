//! Why a command ended early: a sentence, AWS's own words, the next step and the exit code.
//!
//! Errors of the other modules carry no advice; it is added here, once.

use super::connection::meant;
use super::exit::Exit;
use crate::aws::{AwsError, ErrorKind};
use crate::collect::CollectError;
use crate::execute::RunError;
use crate::journal::JournalError;
use crate::operator::OperatorError;
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

impl From<AwsError> for Failure {
    fn from(error: AwsError) -> Self {
        let failure = Self::new(Exit::AwsUnusable, error.to_string());
        match error.kind {
            ErrorKind::NoRegion => failure.hinted(NAME_A_REGION),
            ErrorKind::Credentials => failure.hinted(LOG_IN),
            ErrorKind::Denied => failure.hinted(ASK_FOR_PERMISSIONS),
            ErrorKind::Unreachable => failure.hinted(CHECK_THE_NETWORK),
            ErrorKind::Throttled => failure.hinted(TRY_LATER),
            ErrorKind::NotFound
            | ErrorKind::Unavailable
            | ErrorKind::Refused
            | ErrorKind::NoAnswer => failure,
        }
    }
}

const NAME_A_REGION: &str = "name one by --region, AWS_REGION or in the profile";
const LOG_IN: &str = "log in with `aws sso login`, or name a profile by --profile";
const ASK_FOR_PERMISSIONS: &str =
    "`ebrescue policy --read-only` prints the permissions that looking needs";
const CHECK_THE_NETWORK: &str =
    "check the network, the proxy and, if one is set, --endpoint-url or AWS_ENDPOINT_URL";
const TRY_LATER: &str = "something else uses up the account's rate limits; try again in a while";

impl From<CollectError> for Failure {
    fn from(error: CollectError) -> Self {
        let exit = match &error {
            CollectError::NoSuchEnvironment { .. } => Exit::NotFound,
            CollectError::Credentials(_)
            | CollectError::Unreachable(_)
            | CollectError::Throttled(_)
            | CollectError::Denied(_)
            | CollectError::NoAnswer(_) => Exit::AwsUnusable,
        };
        let failure = Self::new(exit, error.to_string());
        match &error {
            CollectError::NoSuchEnvironment { wanted, others, .. } => {
                meant(failure, wanted, others)
            }
            CollectError::Credentials(_) => failure.hinted(LOG_IN),
            CollectError::Unreachable(_) => failure.hinted(CHECK_THE_NETWORK),
            CollectError::Throttled(_) => failure.hinted(TRY_LATER),
            CollectError::Denied(_) => failure.hinted(ASK_FOR_PERMISSIONS),
            CollectError::NoAnswer(_) => {
                failure.hinted("is Elastic Beanstalk offered in this region, at this endpoint?")
            }
        }
    }
}

impl From<OperatorError> for Failure {
    fn from(error: OperatorError) -> Self {
        match &error {
            OperatorError::NobodyThere => Self::new(Exit::NotApproved, error.to_string())
                .hinted("approve beforehand by --approve safe|disruptive|destructive"),
            OperatorError::Terminal(_) => {
                Self::new(Exit::Interrupted, "the terminal is gone").because(&error)
            }
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Journal(error) => error.into(),
            RunError::Operator(error) => error.into(),
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
