//! Where a step stands: one function says which event leads where, and nothing else may.

use serde::Serialize;

use super::event::{StepEvent, UndoEvent};

/// Where a step stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Nothing has happened to it.
    #[default]
    Planned,
    /// The person was asked and has not answered.
    Asked,
    /// It may be done.
    Approved,
    /// It is not to be done.
    Declined,
    /// A step it depends on was not done.
    Skipped,
    /// Its effect was there without it.
    AlreadyThere,
    /// The world had moved.
    Moved,
    /// Its call went out, and nobody knows yet what came of it.
    InDoubt,
    /// Its call is known not to have been carried out.
    NotMade,
    /// AWS refused its call.
    Refused,
    /// AWS accepted its call.
    Applied,
    /// What was expected of it holds.
    Verified,
    /// What was expected of it does not hold.
    Unverified,
    /// The call that takes it back went out, and nobody knows yet what came of it.
    UndoInDoubt,
    /// AWS accepted the call that takes it back.
    UndoApplied,
    /// It was taken back.
    Undone,
    /// It was not taken back.
    UndoFailed,
}

/// How one action did, in the contract's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActionStatus {
    /// It did what it should, or was not needed.
    Done,
    /// It was not approved.
    Declined,
    /// Its turn never came, or it depends on one that was not done.
    Skipped,
    /// It was refused, no longer fitted, or did not do what it should.
    Failed,
    /// It was taken back.
    Undone,
    /// Nobody knows, or nobody has seen its effect yet.
    Unknown,
}

impl ActionStatus {
    /// How a step did that stands somewhere. What could not be taken back stands as it was done.
    pub fn of(state: StepState) -> Self {
        match state {
            StepState::AlreadyThere | StepState::Verified | StepState::UndoFailed => Self::Done,
            StepState::Declined => Self::Declined,
            // Its turn never came: an earlier step ended the run, or it was left for another.
            StepState::Planned | StepState::Asked | StepState::Approved | StepState::Skipped => {
                Self::Skipped
            }
            StepState::Moved | StepState::NotMade | StepState::Refused | StepState::Unverified => {
                Self::Failed
            }
            StepState::Applied
            | StepState::InDoubt
            | StepState::UndoInDoubt
            | StepState::UndoApplied => Self::Unknown,
            StepState::Undone => Self::Undone,
        }
    }

    /// The contract's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Declined => "declined",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::Undone => "undone",
            Self::Unknown => "unknown",
        }
    }
}

/// An event that cannot happen where a step stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a step that is {state:?} cannot be {event}")]
pub struct IllegalTransition {
    /// Where the step stands.
    pub state: StepState,
    /// The event's name.
    pub event: &'static str,
}

impl StepState {
    /// Where a step stands after an event; the live run and the replay use this same function.
    ///
    /// # Errors
    /// An [`IllegalTransition`] if the event cannot happen there.
    pub fn after(self, event: &StepEvent) -> Result<Self, IllegalTransition> {
        let next = match event {
            StepEvent::Asked => self.if_open(Self::Asked),
            StepEvent::Approved { .. } => self.if_open(Self::Approved),
            StepEvent::Declined { .. } => self.if_open(Self::Declined),
            StepEvent::Skipped { .. } => self.if_open(Self::Skipped),
            StepEvent::AlreadyThere { .. } => self.if_open(Self::AlreadyThere),
            StepEvent::GuardFailed { .. } => self.if_may_start(Self::Moved),
            StepEvent::Started { .. } => self.if_may_start(Self::InDoubt),
            StepEvent::Applied(_) => self.among(&[Self::InDoubt], Self::Applied),
            StepEvent::Refused(_) => self.among(&[Self::InDoubt], Self::Refused),
            StepEvent::InDoubt { .. } => self.among(&[Self::InDoubt], Self::InDoubt),
            StepEvent::Settled { happened: true, .. } => {
                self.among(&[Self::InDoubt], Self::Applied)
            }
            StepEvent::Settled { happened: false, .. } => {
                self.among(&[Self::InDoubt], Self::NotMade)
            }
            StepEvent::Happened(_) => Some(self),
            StepEvent::Waited { .. } => {
                let waiting = [Self::InDoubt, Self::Applied, Self::Unverified, Self::UndoApplied];
                self.among(&waiting, self)
            }
            StepEvent::Verified { .. } => self.if_made(Self::Verified),
            StepEvent::Unverified { .. } => self.if_made(Self::Unverified),
            StepEvent::Undo(event) => self.after_undo(event),
        };
        next.ok_or(IllegalTransition { state: self, event: event.name() })
    }

    fn after_undo(self, event: &UndoEvent) -> Option<Self> {
        match event {
            UndoEvent::Asked | UndoEvent::Approved { .. } | UndoEvent::Declined { .. } => {
                self.if_undoable(self)
            }
            UndoEvent::Withheld { .. } => self.if_undoable(Self::UndoFailed),
            UndoEvent::Started { .. } => self.if_undoable(Self::UndoInDoubt),
            UndoEvent::Applied(_) | UndoEvent::Settled { happened: true, .. } => {
                self.among(&[Self::UndoInDoubt], Self::UndoApplied)
            }
            UndoEvent::Refused(_) | UndoEvent::Settled { happened: false, .. } => {
                self.among(&[Self::UndoInDoubt], Self::UndoFailed)
            }
            UndoEvent::InDoubt { .. } => self.among(&[Self::UndoInDoubt], Self::UndoInDoubt),
            UndoEvent::Done { .. } => self
                .if_undoable(Self::Undone)
                .or_else(|| self.among(&[Self::UndoInDoubt, Self::UndoApplied], Self::Undone)),
            UndoEvent::Failed { .. } => {
                self.among(&[Self::UndoInDoubt, Self::UndoApplied], Self::UndoFailed)
            }
        }
    }

    /// Whether its call has not gone out, or is known to have changed nothing: it may be asked
    /// about, also again in a resumed session.
    pub fn is_open(self) -> bool {
        match self {
            Self::Planned
            | Self::Asked
            | Self::Approved
            | Self::Declined
            | Self::Skipped
            | Self::Moved
            | Self::NotMade
            | Self::Refused => true,
            Self::AlreadyThere
            | Self::InDoubt
            | Self::Applied
            | Self::Verified
            | Self::Unverified
            | Self::UndoInDoubt
            | Self::UndoApplied
            | Self::Undone
            | Self::UndoFailed => false,
        }
    }

    /// Whether its effect can be counted on by the steps that depend on it.
    pub fn is_good(self) -> bool {
        matches!(self, Self::AlreadyThere | Self::Verified)
    }

    /// Whether nobody knows what came of its call.
    pub fn is_in_doubt(self) -> bool {
        matches!(self, Self::InDoubt | Self::UndoInDoubt)
    }

    /// Whether its call was carried out and has not been taken back.
    pub fn is_made(self) -> bool {
        matches!(self, Self::Applied | Self::Verified | Self::Unverified | Self::UndoFailed)
    }

    fn among(self, states: &[Self], next: Self) -> Option<Self> {
        states.contains(&self).then_some(next)
    }

    fn if_open(self, next: Self) -> Option<Self> {
        self.is_open().then_some(next)
    }

    fn if_may_start(self, next: Self) -> Option<Self> {
        self.among(&[Self::Approved, Self::NotMade], next)
    }

    /// A doubt may end with a look that finds everything as expected.
    fn if_made(self, next: Self) -> Option<Self> {
        self.among(&[Self::Applied, Self::Unverified, Self::Verified], next)
    }

    fn if_undoable(self, next: Self) -> Option<Self> {
        self.is_made().then_some(next)
    }
}

impl StepEvent {
    /// The event's name, for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Approved { .. } => "approved",
            Self::Declined { .. } => "declined",
            Self::Skipped { .. } => "skipped",
            Self::AlreadyThere { .. } => "already there",
            Self::GuardFailed { .. } => "stopped by its guard",
            Self::Started { .. } => "started",
            Self::Applied(_) => "applied",
            Self::Refused(_) => "refused",
            Self::InDoubt { .. } => "put in doubt",
            Self::Settled { .. } => "settled",
            Self::Happened(_) => "told of",
            Self::Waited { .. } => "waited for",
            Self::Verified { .. } => "verified",
            Self::Unverified { .. } => "found unverified",
            Self::Undo(event) => event.name(),
        }
    }
}

impl UndoEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::Asked => "asked to be taken back",
            Self::Approved { .. } => "approved to be taken back",
            Self::Declined { .. } => "declined to be taken back",
            Self::Withheld { .. } => "kept from being taken back",
            Self::Started { .. } => "started to be taken back",
            Self::Applied(_) => "taken back",
            Self::Refused(_) => "refused to be taken back",
            Self::InDoubt { .. } => "put in doubt on its way back",
            Self::Settled { .. } => "settled on its way back",
            Self::Done { .. } => "verified as taken back",
            Self::Failed { .. } => "found not taken back",
        }
    }
}
