//! The exit codes that scripts rely on.

use std::process::ExitCode;

/// How a run ended, as the shell sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Healthy, or recovered and verified; without a verdict: done.
    Done = 0,
    /// A bug in ebrescue.
    Bug = 1,
    /// Wrong use.
    Usage = 2,
    /// A verdict other than healthy.
    Unwell = 3,
    /// Something needed approval and did not get it.
    NotApproved = 4,
    /// All that was approved was done and the environment is still not well.
    NotRecovered = 5,
    /// A person or AWS Support must act.
    BeyondRepair = 6,
    /// AWS could not be used.
    AwsUnusable = 7,
    /// There is no such thing, or it cannot be read or was altered.
    NotFound = 8,
    /// What was planned no longer fits.
    WorldMoved = 9,
    /// Stopped by a person or a signal; `resume` goes on.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
