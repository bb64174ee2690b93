//! What the executor needs of AWS; `aws` provides it, tests stand in for it.

use jiff::Timestamp;

use crate::journal::{Accepted, Happening, Refused};
use crate::plan::{Action, Condition};
use crate::world::{RequestId, Scope, Snapshot};

/// An AWS account as the executor sees it.
///
/// Throttling is the implementation's business: what it reports as [`CallError::Throttled`] was
/// repeated as long as it is sensible.
pub trait Cloud {
    /// Makes one change, once: a call that changes something is never repeated after an answer
    /// that leaves in doubt whether it was carried out.
    ///
    /// The action is resolved: it names nothing that has yet to be made. The token goes where the
    /// API takes one, `ClientRequestToken` or `ClientToken`, and into a tag of whatever is made, so
    /// that [`Cloud::trace`] can find it.
    ///
    /// # Errors
    /// A [`CallError`]; only [`CallError::InDoubt`] leaves open whether something was changed.
    async fn apply(&self, action: &Action, token: &str) -> Result<Accepted, CallError>;

    /// Reads afresh whatever is needed to tell whether these conditions hold; what cannot be read
    /// is `Unreadable` in the snapshot.
    ///
    /// # Errors
    /// A [`CallError`] if AWS cannot be used at all.
    async fn observe(&self, conditions: &[Condition]) -> Result<Snapshot, CallError>;

    /// What Elastic Beanstalk and CloudFormation have said of an environment and its stacks since
    /// a time, oldest first.
    ///
    /// # Errors
    /// A [`CallError`] if neither could be read.
    async fn happenings(
        &self,
        scope: &Scope,
        since: Timestamp,
    ) -> Result<Vec<Happening>, CallError>;

    /// Looks for what a call in doubt leaves behind beside its effect: a stack event with its
    /// token, a resource with its tag, an event of Elastic Beanstalk that says it began.
    ///
    /// # Errors
    /// A [`CallError`] if AWS cannot be used at all.
    async fn trace(
        &self,
        action: &Action,
        token: &str,
        since: Timestamp,
    ) -> Result<Trace, CallError>;

    /// Finds out, changing nothing, whether the caller may do this: EC2's `DryRun`, or IAM's
    /// simulation.
    async fn preflight(&self, action: &Action) -> Preflight;
}

/// What a call in doubt left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trace {
    /// It was carried out.
    Seen {
        /// What shows it, in words.
        evidence: String,
        /// The identifier of what it made, if it made something.
        made: Option<String>,
    },
    /// It would have left something behind, and nothing is there.
    NotSeen,
    /// This sort of call leaves nothing behind, or what it leaves cannot be read.
    CannotTell,
}

/// Whether something may be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preflight {
    /// It may.
    Allowed,
    /// It may not, for want of these permissions, `ec2:CreateRoute`.
    Missing(Vec<String>),
    /// That cannot be found out beforehand.
    CannotTell,
}

/// What came back instead of an answer, told apart by what it says about the world.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// No answer, or none that could be understood: whether it was carried out is open.
    #[error("no certain answer: {message}")]
    InDoubt {
        /// What happened on the way.
        message: String,
        /// AWS's identifier of the request, if there was one.
        request: Option<RequestId>,
    },
    /// A permission is missing; nothing was changed.
    #[error("AWS refused `{permission}`: {message}")]
    Denied {
        /// The permission, `ec2:CreateRoute`.
        permission: String,
        /// AWS's error code.
        code: String,
        /// AWS's sentence.
        message: String,
        /// AWS's identifier of the request.
        request: Option<RequestId>,
    },
    /// Something else is going on that has to end first (`OperationInProgressFailure`); nothing
    /// was changed, and the same call can work in a while.
    #[error("AWS is busy with it: {0}")]
    Busy(Refused),
    /// AWS understood and said no; nothing was changed.
    #[error("AWS refused: {0}")]
    Refused(Refused),
    /// AWS asked to slow down for as long as we were ready to wait; nothing was changed.
    #[error("throttled: {message}")]
    Throttled {
        /// AWS's sentence.
        message: String,
    },
    /// No credentials, or no connection at all; nothing was changed.
    #[error("AWS cannot be used: {message}")]
    Unusable {
        /// Why.
        message: String,
    },
}
