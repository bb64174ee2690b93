//! The world and the disk as a process leaves them that is killed at a moment of its journal.
//!
//! One run is frozen at many moments; whoever thaws one goes on from there with another process.
//! So a moment costs what comes after it, and nothing that the dying process would still have done
//! can slip in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ebrescue::aws::EnvironmentRef;
use ebrescue::cli::failure::Failure;
use ebrescue::cli::look::Look;
use ebrescue::cli::rescue::Ledger;
use ebrescue::journal::{Event, History, Journal, JournalError, Moment, Record, Session};
use ebrescue::sandbox::{Account, Sandbox};
use jiff::Timestamp;
use tempfile::TempDir;

use super::stage::Stage;

/// When a process dies, by the records of its journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Death {
    /// With this record on disk and nothing done after it: before the call it announces.
    After(usize),
    /// With this record lost, and what it was to record done: after the call.
    Before(usize),
}

/// Which moments are frozen: every so-manieth, and which of those first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Every {
    pub(super) stride: usize,
    pub(super) first: usize,
}

/// A moment at which a process died.
pub(super) struct Frozen {
    pub(super) death: Death,
    /// How often each operation had changed something until then.
    pub(super) done: BTreeMap<String, usize>,
    account: Account,
    environment: EnvironmentRef,
    state: TempDir,
}

impl Frozen {
    /// Goes on from here: the world, the disk, and nobody at work.
    pub(super) async fn thaw(self) -> Stage {
        Stage::serving(self.account, self.environment, self.state).await
    }
}

/// A journal that freezes the world around its records.
pub(super) struct Freezing<'a> {
    session: Session,
    stage: &'a Stage,
    every: Every,
    appended: usize,
    moments: usize,
    frozen: Arc<Mutex<Vec<Frozen>>>,
}

impl<'a> Freezing<'a> {
    pub(super) fn new(
        session: Session,
        stage: &'a Stage,
        every: Every,
        frozen: Arc<Mutex<Vec<Frozen>>>,
    ) -> Self {
        Self { session, stage, every, appended: 0, moments: 0, frozen }
    }

    fn around<T>(&mut self, write: impl FnOnce(&mut Session) -> T) -> T {
        self.appended += 1;
        self.freeze(Death::Before(self.appended));
        let written = write(&mut self.session);
        self.freeze(Death::After(self.appended));
        written
    }

    fn freeze(&mut self, death: Death) {
        let moment = self.moments;
        self.moments += 1;
        if moment % self.every.stride != self.every.first % self.every.stride {
            return;
        }
        let state = tempfile::tempdir().unwrap();
        copy(self.stage.state_folder(), state.path());
        let sandbox: &Sandbox = &self.stage.sandbox;
        self.frozen.lock().unwrap().push(Frozen {
            death,
            done: self.stage.counted(),
            account: sandbox.with(|account| account.clone()),
            environment: self.stage.environment.clone(),
            state,
        });
    }
}

impl Journal for Freezing<'_> {
    fn append(&mut self, at: Timestamp, event: Event) -> Result<Record, JournalError> {
        self.around(|session| session.append(at, event))
    }

    fn history(&self) -> &History {
        self.session.history()
    }
}

impl Ledger for Freezing<'_> {
    fn id(&self) -> Option<&str> {
        Some(Session::id(&self.session))
    }

    fn keep_look(&mut self, at: Timestamp, moment: Moment, look: &Look) -> Result<(), Failure> {
        self.around(|session| session.keep_look(at, moment, look))
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (entry, to): (_, PathBuf) = (entry.unwrap(), to.to_owned());
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
