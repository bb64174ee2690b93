//! Waits that know why: bounded, told about, ended at once when more waiting would not help.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::cloud::{CallError, Cloud};
use super::executor::{Executor, Halt, first_holding, longer};
use super::look::Seen;
use super::report::{RunError, seconds_between};
use crate::clock::Clock;
use crate::journal::{Happening, Journal, StepEvent, StepKey, WaitEnd};
use crate::operator::{News, Operator, Progress};
use crate::plan::{Condition, Expected, Made, Step, Wait};
use crate::world::Snapshot;

/// How many looks in a row must call a wait hopeless: a read may show what was before the call.
const HOPELESS_LOOKS: u32 = 2;

/// How many reads in a row may fail before a wait counts as blind.
// With pauses that grow to half a minute this is about five minutes without AWS.
const FAILED_READS: u32 = 12;

/// The shortest time in which what AWS has acknowledged must become visible.
const SETTLING: SignedDuration = SignedDuration::from_mins(1);

/// The longest that a check goes on looking after the wait before it has ended well.
// Enhanced health is taken once a minute or less often; a few rounds of it.
const VERIFYING: SignedDuration = SignedDuration::from_mins(5);

/// A wait that is under way.
struct Vigil<'a> {
    key: &'a StepKey,
    wait: &'a Wait,
    began: Timestamp,
    until: Timestamp,
    since: Timestamp,
    heard: BTreeSet<Happening>,
    hopeless: u32,
    failed: u32,
}

impl<C: Cloud, K: Clock, O: Operator, J: Journal> Executor<'_, C, K, O, J> {
    /// Waits for a step's effect; a wait that was left is joined again.
    pub(super) async fn wait(&mut self, key: &StepKey, step: &Step) -> Result<WaitEnd, RunError> {
        let wait = &step.wait;
        if wait.until.is_empty() {
            return Ok(WaitEnd::Reached);
        }
        let made = self.made(key.round);
        self.wait_for(key, wait, &made).await
    }

    /// Waits, tells, and records how the wait ended.
    pub(super) async fn wait_for(
        &mut self,
        key: &StepKey,
        wait: &Wait,
        made: &Made,
    ) -> Result<WaitEnd, RunError> {
        let mut vigil = self.vigil(key, wait);
        let end = self.keep(&mut vigil, made).await?;
        self.listen(key, vigil.since, &mut vigil.heard).await?;
        self.tell(&News::Waited { what: &wait.what, end: &end });
        let seconds = seconds_between(vigil.began, self.clock.now());
        let event = StepEvent::Waited { what: wait.what.clone(), seconds, end: end.clone() };
        self.note(key, event)?;
        Ok(end)
    }

    fn vigil<'v>(&self, key: &'v StepKey, wait: &'v Wait) -> Vigil<'v> {
        let past = self.past(key);
        let now = self.clock.now();
        let began = past.undo.started.or(past.started).unwrap_or(now);
        let longest =
            SignedDuration::try_from(wait.expected.at_most()).unwrap_or(SignedDuration::MAX);
        let until = began.checked_add(longest).unwrap_or(Timestamp::MAX);
        // A wait that is joined again after its time has as long as it had at first.
        let until =
            if until > now { until } else { now.checked_add(longest).unwrap_or(Timestamp::MAX) };
        let since = past.undo.since.or(past.since).unwrap_or(began);
        let heard = BTreeSet::new();
        Vigil { key, wait, began, until, since, heard, hopeless: 0, failed: 0 }
    }

    async fn keep(&mut self, vigil: &mut Vigil<'_>, made: &Made) -> Result<WaitEnd, RunError> {
        let mut pause = self.options.poll;
        let wanted = [vigil.wait.until.as_slice(), &vigil.wait.hopeless].concat();
        loop {
            if let Some(end) = self.pass(vigil, pause).await {
                return Ok(end);
            }
            let looked = self.cloud.observe(&wanted).await;
            self.listen(vigil.key, vigil.since, &mut vigil.heard).await?;
            if let Some(end) = vigil.judge(looked, made) {
                return Ok(end);
            }
            if self.clock.now() >= vigil.until {
                return Ok(WaitEnd::TimedOut);
            }
            pause = longer(pause, self.options.poll);
        }
    }

    /// Lets a pause pass in a few slices, so that the line that is shown moves.
    async fn pass(&mut self, vigil: &Vigil<'_>, pause: Duration) -> Option<WaitEnd> {
        const SLICES: u32 = 5;
        for _ in 0..SLICES {
            let now = self.clock.now();
            if self.interrupt.is_raised() {
                return Some(WaitEnd::Left);
            }
            if self.is_out_of_time() {
                return Some(WaitEnd::OutOfTime);
            }
            let Expected { usual_seconds, at_most_seconds } = vigil.wait.expected;
            let elapsed_seconds = seconds_between(vigil.began, now);
            let what = &vigil.wait.what;
            let progress = Progress { what, elapsed_seconds, usual_seconds, at_most_seconds };
            self.operator.tell(&News::Waiting(progress));
            tokio::select! {
                () = self.clock.sleep(pause / SLICES) => {}
                () = self.interrupt.raised() => {}
            }
        }
        None
    }

    /// Looks until what a step should have brought is there, as long as that may take.
    pub(super) async fn verify(&self, key: &StepKey, step: &Step) -> Result<Seen, Halt> {
        self.see(&step.expect, &self.made(key.round), step.wait.expected).await
    }

    /// Looks until some conditions hold, as long as that may take.
    pub(super) async fn see(
        &self,
        conditions: &[Condition],
        made: &Made,
        expected: Expected,
    ) -> Result<Seen, Halt> {
        let longest = SignedDuration::try_from(expected.at_most()).unwrap_or(VERIFYING);
        let longest = longest.clamp(SETTLING, VERIFYING);
        let until = self.clock.now().checked_add(longest).unwrap_or(Timestamp::MAX);
        let mut pause = self.options.poll.min(Duration::from_secs(1));
        loop {
            let seen = self.look(conditions, made).await?;
            if seen.all() || self.clock.now() >= until {
                return Ok(seen);
            }
            self.rest(pause).await?;
            pause = longer(pause, self.options.poll);
        }
    }
}

impl Vigil<'_> {
    /// What a look means for the wait; nothing if it goes on.
    fn judge(&mut self, looked: Result<Snapshot, CallError>, made: &Made) -> Option<WaitEnd> {
        let snapshot = match looked {
            Ok(snapshot) => snapshot,
            Err(error) => {
                self.failed += 1;
                let blind =
                    self.failed == FAILED_READS || matches!(error, CallError::Denied { .. });
                return blind.then(|| WaitEnd::Blind { why: error.to_string() });
            }
        };
        self.failed = 0;
        if Seen::of(&self.wait.until, made, &snapshot).all() {
            return Some(WaitEnd::Reached);
        }
        let why = first_holding(&self.wait.hopeless, made, &snapshot);
        self.hopeless = if why.is_some() { self.hopeless + 1 } else { 0 };
        let certain = self.hopeless >= HOPELESS_LOOKS;
        why.filter(|_| certain).map(|why| WaitEnd::Hopeless { why })
    }
}
