//! The sandbox's own time and what is going to happen in it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Account;

/// Something that happens by itself at a certain time: a NAT gateway becomes available, a stack
/// takes its next step, an instance reports for the first time.
///
/// A job gets the account with the time set to the job's own, and its region in `here`. It must
/// look whether it still fits (the resource may be gone meanwhile) and do nothing if not.
pub struct Job(Box<dyn Happens>);

impl Job {
    /// A job that does this.
    pub fn new(happens: impl FnOnce(&mut Account) + Clone + Send + 'static) -> Self {
        Self(Box::new(happens))
    }

    /// Does it.
    pub fn run(self, account: &mut Account) {
        self.0.run(account);
    }
}

impl Clone for Job {
    fn clone(&self) -> Self {
        Self(self.0.again())
    }
}

/// What a job does. An account can be copied in the middle of its story, so what is going to
/// happen in it can be copied too.
trait Happens: Send {
    fn run(self: Box<Self>, account: &mut Account);
    fn again(&self) -> Box<dyn Happens>;
}

impl<F: FnOnce(&mut Account) + Clone + Send + 'static> Happens for F {
    fn run(self: Box<Self>, account: &mut Account) {
        self(account);
    }

    fn again(&self) -> Box<dyn Happens> {
        Box::new(self.clone())
    }
}

/// Jobs by the time they are due; those of one time in the order they were planned.
#[derive(Clone, Default)]
pub struct Timetable {
    jobs: BTreeMap<(Timestamp, u64), (String, Job)>,
    planned: u64,
}

impl Timetable {
    /// Plans a job for a region.
    pub fn at(&mut self, when: Timestamp, region: &str, job: Job) {
        self.planned += 1;
        self.jobs.insert((when, self.planned), (region.to_owned(), job));
    }

    /// Takes the next job that is due by `now`, with its time and region.
    pub fn due(&mut self, now: Timestamp) -> Option<(Timestamp, String, Job)> {
        let (&(when, _), _) = self.jobs.first_key_value()?;
        if when > now {
            return None;
        }
        self.jobs.pop_first().map(|((when, _), (region, job))| (when, region, job))
    }
}

impl std::fmt::Debug for Timetable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.jobs.keys().map(|(when, _)| when)).finish()
    }
}
