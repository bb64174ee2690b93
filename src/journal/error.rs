//! What can go wrong with a journal.

use std::io;
use std::path::{Path, PathBuf};

use super::event::StepKey;
use super::state::IllegalTransition;

/// A journal, or a session's folder, that could not be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A file could not be read or written.
    #[error("{doing} {} failed", path.display())]
    File {
        /// What was being done: `writing`.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// There is no room left, so nothing more may be done that could not be recorded.
    #[error("no room left on the disk that holds {}", path.display())]
    DiskFull {
        /// The file that could not be written.
        path: PathBuf,
    },
    /// A record does not fit: the journal was altered, or is not one.
    #[error("line {line} of {} is bad: {fault}", path.display())]
    Broken {
        /// The journal.
        path: PathBuf,
        /// The first bad line, from 1.
        line: u64,
        /// What is wrong with it.
        fault: Fault,
    },
    /// Another run works on the same environment.
    #[error("another run is at work on this environment{}", holder_text(holder.as_deref()))]
    Locked {
        /// The session that holds it, where it can be told.
        holder: Option<String>,
    },
    /// There is no such session.
    #[error("no session `{id}`")]
    NoSuchSession {
        /// What was asked for.
        id: String,
    },
    /// There is no session at all.
    #[error("no session on this machine")]
    NoSession,
    /// An event was to be recorded that cannot happen; a bug.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// An event of a step that no plan of the session has; a bug.
    #[error("step {0} is in no plan of this session")]
    UnknownStep(StepKey),
    /// An earlier write failed, so nothing more is recorded.
    #[error("the journal could not be written before")]
    Closed,
}

fn holder_text(holder: Option<&str>) -> String {
    holder.map_or_else(String::new, |id| format!(" (session {id})"))
}

/// What is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is no record at all.
    #[error("it is not a record ({0})")]
    Unreadable(String),
    /// Its content was changed after it was written.
    #[error("its content does not fit its hash")]
    Altered,
    /// The record before it is not the one it was written after.
    #[error("it does not follow the record before it")]
    Unchained,
    /// The first record does not open a session, or another one does.
    #[error("a journal begins with one opening record")]
    NotAnOpening,
    /// There is not even a first record: the program died before anything was done.
    #[error("it holds no record")]
    Empty,
    /// It was written by a newer version of the program.
    #[error("its format is {0}, newer than this program's")]
    Newer(u32),
    /// It tells of something that cannot happen.
    #[error("{0}")]
    Illegal(IllegalTransition),
    /// It tells of a step that is in no plan.
    #[error("step {0} is in no plan of this session")]
    UnknownStep(StepKey),
    /// A file it vouches for is not what it was.
    #[error("the file {0} that it vouches for was altered or is gone")]
    Kept(String),
}

impl JournalError {
    /// An error of a file, with a full disk told apart.
    pub(super) fn of_file(doing: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        let full = [
            io::ErrorKind::StorageFull,
            io::ErrorKind::QuotaExceeded,
            io::ErrorKind::FileTooLarge,
            io::ErrorKind::WriteZero,
        ];
        if full.contains(&source.kind()) {
            Self::DiskFull { path }
        } else {
            Self::File { doing, path, source }
        }
    }
}
