//! Where a run is recorded: a session on disk, or nowhere for a rehearsal.

use jiff::Timestamp;

use crate::cli::failure::Failure;
use crate::cli::look::Look;
use crate::journal::{
    Event, History, Journal, JournalError, MemoryJournal, Moment, Record, Session,
};

/// The record of a run.
#[derive(Debug)]
pub enum Book {
    /// A session that can be resumed, taken back and reported.
    Kept(Box<Session>),
    /// A dry run, of which nothing is left.
    Rehearsal(Box<MemoryJournal>),
}

/// Where a run is recorded, with what was seen before and after.
pub trait Ledger: Journal {
    /// The session's name, if it is kept.
    fn id(&self) -> Option<&str>;

    /// Keeps what was seen.
    ///
    /// # Errors
    /// A [`Failure`] if it cannot be written.
    fn keep_look(&mut self, at: Timestamp, moment: Moment, look: &Look) -> Result<(), Failure>;
}

impl Ledger for Session {
    fn id(&self) -> Option<&str> {
        Some(Session::id(self))
    }

    fn keep_look(&mut self, at: Timestamp, moment: Moment, look: &Look) -> Result<(), Failure> {
        let verdict = look.diagnosis.verdict.as_str();
        let codes = look.diagnosis.findings.iter().map(|one| one.code().to_string()).collect();
        self.keep_snapshot(at, moment, &look.snapshot, verdict, codes)?;
        Ok(())
    }
}

impl Ledger for Book {
    fn id(&self) -> Option<&str> {
        match self {
            Self::Kept(session) => Some(session.id()),
            Self::Rehearsal(_) => None,
        }
    }

    fn keep_look(&mut self, at: Timestamp, moment: Moment, look: &Look) -> Result<(), Failure> {
        match self {
            Self::Kept(session) => session.keep_look(at, moment, look),
            Self::Rehearsal(_) => Ok(()),
        }
    }
}

impl Journal for Book {
    fn append(&mut self, at: Timestamp, event: Event) -> Result<Record, JournalError> {
        match self {
            Self::Kept(session) => session.append(at, event),
            Self::Rehearsal(journal) => journal.append(at, event),
        }
    }

    fn history(&self) -> &History {
        match self {
            Self::Kept(session) => session.history(),
            Self::Rehearsal(journal) => journal.history(),
        }
    }
}
