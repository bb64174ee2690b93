//! How a run ended, and how each of its actions did.

use jiff::Timestamp;

use crate::journal::{ActionStatus, History, JournalError, Outcome, StepKey};
use crate::operator::OperatorError;
use crate::plan::Risk;

/// What stopped a run from being carried on with; what AWS says is in [`RunEnd`].
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Nothing is done that cannot be recorded.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A question could not be put.
    #[error(transparent)]
    Operator(#[from] OperatorError),
}

/// How carrying out a plan, or taking one back, ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// There was nothing to do.
    NothingToDo,
    /// Every step did what it should.
    AllDone,
    /// It was a dry run and every step would be done.
    Rehearsed,
    /// Some steps were not approved; what does not depend on them was done.
    NotApproved {
        /// The risks that need approval, the least first.
        risks: Vec<Risk>,
        /// What would be lost and nobody said may be.
        data_loss: Vec<String>,
    },
    /// Some steps did not do what they should.
    Failed {
        /// What went wrong, by step.
        why: Vec<(StepKey, String)>,
    },
    /// Nobody knows whether a call was carried out.
    InDoubt {
        /// Which step's.
        step: StepKey,
        /// Why it could not be settled.
        why: String,
    },
    /// The time for the command ran out; what was started goes on.
    OutOfTime {
        /// What was being waited for.
        waiting_for: Option<String>,
    },
    /// What must hold before a step does not.
    Moved {
        /// Which step.
        step: StepKey,
        /// What does not hold.
        what: Vec<String>,
    },
    /// AWS refused for want of permissions, or a preflight shows that it would.
    Denied {
        /// The permissions, `ec2:CreateRoute`.
        permissions: Vec<String>,
        /// AWS's sentence, if a call was made.
        message: Option<String>,
    },
    /// AWS could not be used.
    Unusable {
        /// Why.
        why: String,
    },
    /// The person stopped it, by an answer or by a signal.
    Interrupted {
        /// What goes on meanwhile.
        waiting_for: Option<String>,
    },
}

impl RunEnd {
    /// The outcome of the whole, given whether a look afterwards found the goal reached.
    pub fn outcome(&self, goal_reached: bool) -> Outcome {
        match self {
            Self::NothingToDo => Outcome::NotNeeded,
            Self::AllDone if goal_reached => Outcome::Recovered,
            Self::AllDone
            | Self::Rehearsed
            | Self::Failed { .. }
            | Self::InDoubt { .. }
            | Self::OutOfTime { .. } => Outcome::NotRecovered,
            Self::NotApproved { .. } => Outcome::NotApproved,
            Self::Moved { .. } => Outcome::WorldMoved,
            Self::Denied { .. } | Self::Unusable { .. } => Outcome::AwsUnusable,
            Self::Interrupted { .. } => Outcome::Interrupted,
        }
    }

    /// Whether the next plan may be carried out in the same session.
    pub fn may_go_on(&self) -> bool {
        match self {
            Self::NothingToDo | Self::AllDone | Self::Failed { .. } => true,
            Self::Rehearsed
            | Self::NotApproved { .. }
            | Self::InDoubt { .. }
            | Self::OutOfTime { .. }
            | Self::Moved { .. }
            | Self::Denied { .. }
            | Self::Unusable { .. }
            | Self::Interrupted { .. } => false,
        }
    }
}

/// How a run ended and how each action of the session did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunReport {
    /// How it ended.
    pub end: RunEnd,
    /// Every action of every plan of the session, in order.
    pub actions: Vec<(StepKey, ActionStatus)>,
}

impl RunReport {
    /// How a run ended, with what its session's records say of every action.
    pub(super) fn new(end: RunEnd, history: &History) -> Self {
        let status = |key| {
            let state = history.state(&key);
            (key, ActionStatus::of(state))
        };
        let actions = history.all_steps().into_iter().map(|(key, _)| status(key)).collect();
        Self { end, actions }
    }
}

/// The whole seconds from one time to another; none if the second is earlier.
pub(super) fn seconds_between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_secs()).unwrap_or(0)
}
