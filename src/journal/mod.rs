//! WHAT WAS DONE: an append-only, durable, hash-chained record of a session.
//!
//! A record is on disk before the call it announces goes out, and another follows the answer; an
//! intent without an outcome is *in doubt*. The same transition function serves the live run and
//! the replay. A last line that is only half written announced nothing and is cut off; a record
//! that was altered is refused and named.

mod error;
mod event;
mod file;
mod history;
mod lock;
mod record;
mod session;
mod state;

#[cfg(test)]
mod tests;

pub use error::{Fault, JournalError};
pub use event::{
    Accepted, Approval, Decline, Event, Happening, HappeningSource, Header, Invocation, Look,
    Moment, Outcome, Refused, SessionEvent, StepEvent, StepKey, UndoEvent, WaitEnd,
};
pub use file::{Journal, JournalFile, MemoryJournal, Reading};
pub use history::{End, FORMAT, History, StepHistory, UndoHistory};
pub use lock::EnvironmentLock;
pub use record::Record;
pub use session::{Kept, Listed, Session, Sessions};
pub use state::{ActionStatus, IllegalTransition, StepState};
