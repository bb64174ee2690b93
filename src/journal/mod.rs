//! WHAT WAS DONE: an append-only, durable, hash-chained record of a session.
//!
//! A record is on disk before the call it announces goes out, and another follows the answer; an
//! intent without an outcome is *in doubt*. The same transition function serves the live run and
//! the replay.

mod event;
mod state;

pub use event::{
    Accepted, Approval, Decline, Event, Happening, HappeningSource, Header, Invocation, Look,
    Moment, Outcome, Refused, SessionEvent, StepEvent, StepKey, UndoEvent, WaitEnd,
};
pub use state::{IllegalTransition, StepState};
