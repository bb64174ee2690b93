//! The executor against stand-ins: every outcome, every crash, every fault.

mod crashes;
mod outcomes;
mod stand_in;
mod taking_back;
mod waiting;

use std::path::{Path, PathBuf};

use stand_in::{Mortal, Person, StandIn, plan, scope};

use super::{Executor, Interrupt, Options, RunEnd, RunError, RunReport};
use crate::journal::{FORMAT, Header, History, Invocation, Journal, JournalFile, Reading};
use crate::plan::{Goal, Plan};

/// One session in a folder of its own.
struct Bench {
    _folder: tempfile::TempDir,
    path: PathBuf,
    cloud: StandIn,
    options: Options,
    interrupt: Interrupt,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let cloud = StandIn::new();
        let (options, interrupt) = (Options::default(), Interrupt::new());
        Self { _folder: folder, path, cloud, options, interrupt }
    }

    /// Opens the session and carries the plan out; may die after so many records.
    async fn run(
        &self,
        plan: &Plan,
        person: &mut Person,
        records: Option<u32>,
    ) -> Result<RunReport, RunError> {
        let now = self.cloud.world().now;
        let journal = JournalFile::create(&self.path, now, header()).unwrap();
        let mut journal = Mortal { journal, left: records, cloud: self.cloud.clone() };
        self.executor(person, &mut journal).run(plan).await
    }

    async fn resume(&self, person: &mut Person) -> Result<RunReport, RunError> {
        let mut journal = self.reopen();
        self.executor(person, &mut journal).resume(Invocation::default()).await
    }

    async fn undo(&self, person: &mut Person, records: Option<u32>) -> Result<RunReport, RunError> {
        let mut journal = self.reopen();
        journal.left = records;
        self.executor(person, &mut journal).undo(Invocation::default()).await
    }

    fn executor<'a>(
        &'a self,
        operator: &'a mut Person,
        journal: &'a mut Mortal,
    ) -> Executor<'a, StandIn, StandIn, Person, Mortal> {
        let Self { cloud, options, interrupt, .. } = self;
        Executor { cloud, clock: cloud, operator, journal, options, interrupt }
    }

    fn reopen(&self) -> Mortal {
        let mut world = self.cloud.world();
        world.dead = false;
        let journal = JournalFile::open(&self.path, world.now).unwrap();
        drop(world);
        Mortal { journal, left: None, cloud: self.cloud.clone() }
    }

    fn history(&self) -> History {
        Reading::of(&self.path).unwrap().history
    }
}

fn header() -> Header {
    Header {
        format: FORMAT,
        program: "0.1.0".into(),
        scope: scope(),
        goal: Goal::Healthy,
        invocation: Invocation::default(),
    }
}

/// Each action's status, `a1 done`.
fn statuses(report: &RunReport) -> Vec<String> {
    report.actions.iter().map(|(key, status)| format!("{key} {}", status.as_str())).collect()
}

/// How many records a journal has.
fn records(path: &Path) -> u32 {
    u32::try_from(Reading::of(path).unwrap().records.len()).unwrap()
}
