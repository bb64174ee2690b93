//! What a run works with, and the small moves that every part of it makes.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::cloud::{CallError, Cloud};
use super::interrupt::Interrupt;
use super::look::Seen;
use super::report::{RunEnd, RunError, RunReport};
use crate::clock::Clock;
use crate::journal::{
    Event, Happening, History, Journal, SessionEvent, StepEvent, StepHistory, StepKey, StepState,
};
use crate::operator::{News, Operator};
use crate::plan::{Condition, Made, Step, StepId, Truth};
use crate::world::{Scope, Snapshot};

/// How a run is to go.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether nothing may be changed.
    pub dry_run: bool,
    /// How often a wait looks again, at first.
    pub poll: Duration,
    /// When the command has to be over.
    pub deadline: Option<Timestamp>,
}

impl Default for Options {
    fn default() -> Self {
        // Elastic Beanstalk's own console looks about as often; its limits are low and unpublished.
        Self { dry_run: false, poll: Duration::from_secs(5), deadline: None }
    }
}

/// Carries out the plans of one session.
///
/// Whoever owns it decides what comes before and after: it looks, plans, and finishes the session.
#[derive(Debug)]
pub struct Executor<'a, C, K, O, J> {
    /// AWS.
    pub cloud: &'a C,
    /// The time.
    pub clock: &'a K,
    /// Who decides.
    pub operator: &'a mut O,
    /// What was done.
    pub journal: &'a mut J,
    /// How it is to go.
    pub options: &'a Options,
    /// The person's wish to leave.
    pub interrupt: &'a Interrupt,
}

/// Why carrying out a step stopped the whole run.
pub(super) enum Halt {
    /// The run ends like this.
    End(RunEnd),
    /// The run cannot be carried on with at all.
    Error(RunError),
}

impl<E: Into<RunError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl Halt {
    /// The halt for a read that failed: AWS cannot be used.
    pub(super) fn blind(error: &CallError) -> Self {
        Self::End(match error {
            CallError::Denied { permission, message, .. } => RunEnd::Denied {
                permissions: vec![permission.clone()],
                message: Some(message.clone()),
            },
            CallError::InDoubt { .. }
            | CallError::Busy(_)
            | CallError::Refused(_)
            | CallError::Throttled { .. }
            | CallError::Unusable { .. } => RunEnd::Unusable { why: error.to_string() },
        })
    }
}

/// How often a read that failed is tried again before AWS counts as unusable.
// The layer below has repeated each call already; this bridges a gap of a minute or two, as when
// a laptop changes networks.
const READS: u32 = 6;

impl<C: Cloud, K: Clock, O: Operator, J: Journal> Executor<'_, C, K, O, J> {
    /// How the run ended, with how every action did.
    pub(super) fn report(&self, end: RunEnd) -> RunReport {
        RunReport::new(end, self.journal.history())
    }

    pub(super) fn history(&self) -> &History {
        self.journal.history()
    }

    pub(super) fn scope(&self) -> Scope {
        self.history().header.scope.clone()
    }

    pub(super) fn state(&self, key: &StepKey) -> StepState {
        self.history().state(key)
    }

    pub(super) fn past(&self, key: &StepKey) -> StepHistory {
        self.history().step(key).cloned().unwrap_or_default()
    }

    /// Records what happened to the session.
    pub(super) fn note_session(&mut self, event: SessionEvent) -> Result<(), RunError> {
        let event = Event::Session(Box::new(event));
        self.journal.append(self.clock.now(), event)?;
        Ok(())
    }

    /// Records what happened to a step.
    pub(super) fn note(&mut self, key: &StepKey, event: StepEvent) -> Result<(), RunError> {
        let event = Event::Step { step: key.clone(), event: Box::new(event) };
        self.journal.append(self.clock.now(), event)?;
        Ok(())
    }

    pub(super) fn tell(&mut self, news: &News<'_>) {
        self.operator.tell(news);
    }

    /// What the steps of a round have made, and since when to listen for what each does.
    pub(super) fn made(&self, round: u32) -> Made {
        self.history().made(round)
    }

    /// The same for a step's way back: what AWS says is the way back's doing only if it comes after
    /// that was called.
    pub(super) fn made_back(&self, key: &StepKey) -> Made {
        let mut made = self.made(key.round);
        made.listen(&key.step, self.past(key).undo.since.unwrap_or(self.clock.now()));
        made
    }

    /// Reads what some conditions need; a gap of a minute or two is bridged.
    pub(super) async fn observe(&self, conditions: &[Condition]) -> Result<Snapshot, Halt> {
        let mut pause = self.options.poll;
        for _ in 1..READS {
            match self.cloud.observe(conditions).await {
                Ok(snapshot) => return Ok(snapshot),
                Err(error @ CallError::Denied { .. }) => return Err(Halt::blind(&error)),
                Err(_) => self.rest(pause).await?,
            }
            pause = longer(pause, self.options.poll);
        }
        self.cloud.observe(conditions).await.map_err(|error| Halt::blind(&error))
    }

    /// Looks at some conditions.
    pub(super) async fn look(&self, conditions: &[Condition], made: &Made) -> Result<Seen, Halt> {
        let snapshot = self.observe(conditions).await?;
        Ok(Seen::of(conditions, made, &snapshot))
    }

    /// Lets time pass; ends the run if the person wants to leave or its time is over.
    pub(super) async fn rest(&self, duration: Duration) -> Result<(), Halt> {
        tokio::select! {
            () = self.clock.sleep(duration) => {}
            () = self.interrupt.raised() => {}
        }
        self.may_go_on(None)
    }

    /// Ends the run if the person wants to leave or its time is over.
    pub(super) fn may_go_on(&self, waiting_for: Option<&str>) -> Result<(), Halt> {
        let waiting_for = waiting_for.map(str::to_owned);
        if self.interrupt.is_raised() {
            return Err(Halt::End(RunEnd::Interrupted { waiting_for }));
        }
        if self.is_out_of_time() {
            return Err(Halt::End(RunEnd::OutOfTime { waiting_for }));
        }
        Ok(())
    }

    pub(super) fn is_out_of_time(&self) -> bool {
        self.options.deadline.is_some_and(|deadline| self.clock.now() >= deadline)
    }

    /// When AWS last said something of the environment, by its own clock; what it says later is
    /// new.
    pub(super) async fn last_said(&self) -> Timestamp {
        // Far more than a reasonable difference between two clocks, and few enough events.
        const BACK: SignedDuration = SignedDuration::from_hours(1);
        // Without an answer there is only our own clock, and some distrust of it.
        const DISTRUST: SignedDuration = SignedDuration::from_mins(1);
        let before = |span| self.clock.now().checked_sub(span).unwrap_or(Timestamp::MIN);
        match self.cloud.happenings(&self.scope(), before(BACK)).await {
            Ok(said) => said.iter().map(|said| said.at).max().unwrap_or_else(|| before(BACK)),
            Err(_) => before(DISTRUST),
        }
    }

    /// What AWS has said since a time and was not told yet; tells and records what is notable.
    pub(super) async fn listen(
        &mut self,
        key: &StepKey,
        since: Timestamp,
        heard: &mut BTreeSet<Happening>,
    ) -> Result<(), RunError> {
        let said = self.cloud.happenings(&self.scope(), since).await.unwrap_or_default();
        for happening in said {
            if happening.at > since && is_notable(&happening) && heard.insert(happening.clone()) {
                self.tell(&News::Happened(&happening));
                self.note(key, StepEvent::Happened(happening))?;
            }
        }
        Ok(())
    }

    /// The token of a step's next call: the same for the same attempt, whatever happens.
    pub(super) fn token(&self, key: &StepKey, attempt: u32, way: &str) -> String {
        let header = &self.history().header;
        let opened = self.history().opened.as_nanosecond();
        let text =
            format!("{}/{}/{opened}/{key}/{way}", header.scope.region, header.scope.environment);
        let digest = Sha256::digest(text.as_bytes());
        let head: [u8; 8] = std::array::from_fn(|index| digest[index]);
        // Short enough for EC2 (64 characters) and of the letters that CloudFormation allows.
        format!("ebrescue-{:016x}-{key}-{way}{attempt}", u64::from_be_bytes(head))
    }
}

/// Whether something AWS says is worth a line in the journal: all of Elastic Beanstalk's, and of
/// CloudFormation's what failed and what becomes of the stack itself.
fn is_notable(happening: &Happening) -> bool {
    match happening.source {
        crate::journal::HappeningSource::ElasticBeanstalk => true,
        crate::journal::HappeningSource::CloudFormation => {
            happening.is_bad() || happening.subject.starts_with("awseb-")
        }
    }
}

/// The next pause of a wait: half as long again, to at most half a minute, unless the first was
/// longer.
pub(super) fn longer(pause: Duration, first: Duration) -> Duration {
    const LONGEST: Duration = Duration::from_secs(30);
    (pause * 3 / 2).min(LONGEST.max(first))
}

/// Whether any of some conditions certainly holds, and which.
pub(super) fn first_holding(
    conditions: &[Condition],
    made: &Made,
    snapshot: &Snapshot,
) -> Option<String> {
    let holds = |condition: &&Condition| condition.holds(snapshot, made) == Truth::Yes;
    conditions.iter().find(holds).map(ToString::to_string)
}

/// A step of a round by its id.
pub(super) fn sibling(key: &StepKey, step: &StepId) -> StepKey {
    StepKey { round: key.round, step: step.clone() }
}

/// Steps that depend on one, directly or by others.
pub(super) fn dependants<'a>(steps: &'a [Step], of: &StepId) -> Vec<&'a Step> {
    let mut lost = BTreeSet::from([of.clone()]);
    let mut found = Vec::new();
    for step in steps {
        if step.after.iter().any(|before| lost.contains(before)) {
            lost.insert(step.id.clone());
            found.push(step);
        }
    }
    found
}
