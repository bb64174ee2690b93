//! One step: is it needed, may it be done, does its guard hold, do it once, wait, verify.

use jiff::{SignedDuration, Timestamp};

use super::cloud::{CallError, Cloud};
use super::executor::{Executor, Halt, sibling};
use super::look::{Seen, superfluous_if};
use super::report::RunEnd;
use super::run::{Turn, question};
use crate::clock::Clock;
use crate::journal::{
    Accepted, Approval, Journal, Refused, StepEvent, StepKey, StepState, WaitEnd,
};
use crate::operator::{Answer, News, Operator, Purpose};
use crate::plan::{Action, Plan, Step};
use crate::world::{RequestId, Snapshot};

/// How often a call that brought no certain answer goes out at most, when each one before is known
/// to have changed nothing.
// Once for the connection that broke, once more for one that was about to.
const ATTEMPTS: u32 = 3;

/// How often a guard that does not hold is read before the world counts as moved: a read may show
/// what was a moment ago.
const GUARD_READS: u32 = 3;

/// How long AWS may say that it is busy before that counts as a refusal.
// Elastic Beanstalk keeps an environment busy for a few minutes after a failed operation.
const BUSY_PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// What a call that went out came to.
enum Called {
    /// It was carried out.
    Made,
    /// It was refused, and its effect is not there.
    Refused,
    /// Its effect is there, although AWS refused this call.
    AlreadyThere,
    /// It brought no answer, and a look shows that it changed nothing.
    NotMade,
    /// AWS is busy with something that has to end first.
    Busy,
}

/// A call whose guard holds.
struct Ready {
    action: Action,
    since: Timestamp,
    foreseen: bool,
}

impl<C: Cloud, K: Clock, O: Operator, J: Journal> Executor<'_, C, K, O, J> {
    /// Takes a step as far as it goes from where it stands.
    pub(super) async fn turn(
        &mut self,
        key: &StepKey,
        step: &Step,
        number: usize,
        plan: &Plan,
    ) -> Result<Turn, Halt> {
        self.may_go_on(None)?;
        let of = plan.steps.len();
        let told = step.told(&self.made(key.round));
        let step = &told;
        self.tell(&News::Turn { step, number, of, purpose: Purpose::Do });
        if self.state(key) == StepState::InDoubt {
            self.settle(key, step).await?;
        }
        if matches!(self.state(key), StepState::Applied | StepState::Unverified) {
            return self.see_through(key, step).await;
        }
        if let Some(turn) = self.not_reached(key, step, plan)? {
            return Ok(turn);
        }
        let (snapshot, there) = self.look_before(key, step).await?;
        if there {
            return Ok(Turn::Done);
        }
        match self.approved(key, step, number, plan, &snapshot).await? {
            None => Ok(Turn::NotDone),
            Some(_) if self.options.dry_run => Ok(self.rehearse(step, key, &snapshot)),
            Some(_) => self.carry_out(key, step).await,
        }
    }

    /// Skips a step if one that it depends on was not done.
    fn not_reached(
        &mut self,
        key: &StepKey,
        step: &Step,
        plan: &Plan,
    ) -> Result<Option<Turn>, Halt> {
        let good = |id| {
            let state = self.state(&sibling(key, id));
            state.is_good() || (self.options.dry_run && state == StepState::Approved)
        };
        let Some(because) = step.after.iter().find(|id| !good(*id)).cloned() else {
            return Ok(None);
        };
        if let Some(because) = plan.step(&because) {
            self.tell(&News::Skipped { because });
        }
        self.note(key, StepEvent::Skipped { because })?;
        Ok(Some(Turn::NotDone))
    }

    /// Looks at all that a step is about; notes if its effect is there without it.
    async fn look_before(&mut self, key: &StepKey, step: &Step) -> Result<(Snapshot, bool), Halt> {
        let effect = step.action.done_when(&step.id);
        let superfluous_if = superfluous_if(step);
        let all = [step.guard.as_slice(), &effect, &superfluous_if].concat();
        let snapshot = self.observe(&all).await?;
        let seen = Seen::of(&superfluous_if, &self.made(key.round), &snapshot);
        // In a rehearsal the steps before have changed nothing yet, so that what is seen here is
        // the world before them.
        let rehearsed = |id| self.state(&sibling(key, id)) == StepState::Approved;
        let untold = self.options.dry_run && step.after.iter().any(rehearsed);
        let there = !superfluous_if.is_empty() && seen.all() && !untold;
        if there {
            self.tell(&News::AlreadyThere);
            self.note(key, StepEvent::AlreadyThere { seen: seen.holding })?;
        }
        Ok((snapshot, there))
    }

    /// Asks whether a step may be done.
    async fn approved(
        &mut self,
        key: &StepKey,
        step: &Step,
        number: usize,
        plan: &Plan,
        snapshot: &Snapshot,
    ) -> Result<Option<Approval>, Halt> {
        if step.action.is_wait() {
            self.note(key, StepEvent::Approved { how: Approval::NotNeeded })?;
            return Ok(Some(Approval::NotNeeded));
        }
        let scope = self.scope();
        let mut question = question(&scope, step, key.clone(), number, plan, self.options.dry_run);
        let resolved = step.action.resolve(&self.made(key.round), snapshot);
        question.action = resolved.as_ref().unwrap_or(&step.action);
        self.note(key, StepEvent::Asked)?;
        match self.operator.ask(&question).await? {
            Answer::Yes(how) => {
                self.tell(&News::Approved { how: &how });
                self.note(key, StepEvent::Approved { how: how.clone() })?;
                Ok(Some(how))
            }
            Answer::No(why) => {
                self.tell(&News::Declined { why: &why });
                self.note(key, StepEvent::Declined { why })?;
                Ok(None)
            }
            Answer::Stop => Err(Halt::End(RunEnd::Interrupted { waiting_for: None })),
        }
    }

    /// Says what would be done.
    fn rehearse(&mut self, step: &Step, key: &StepKey, snapshot: &Snapshot) -> Turn {
        let resolved = step.action.resolve(&self.made(key.round), snapshot);
        let command = resolved.as_ref().unwrap_or(&step.action).command();
        self.tell(&News::WouldDo { command });
        Turn::Rehearsed
    }

    /// Does an approved step: guard, call, wait, verify.
    async fn carry_out(&mut self, key: &StepKey, step: &Step) -> Result<Turn, Halt> {
        let patience = self.clock.now().checked_add(BUSY_PATIENCE).unwrap_or(Timestamp::MAX);
        let mut unanswered = 0;
        loop {
            let ready = self.guarded(key, step).await?;
            self.may_go_on(None)?;
            let may_be_busy = self.clock.now() < patience;
            match self.call(key, step, ready, may_be_busy).await? {
                Called::Made => return self.see_through(key, step).await,
                Called::AlreadyThere => return Ok(Turn::Done),
                Called::Refused => return Ok(Turn::NotDone),
                Called::Busy => self.rest(self.options.poll).await?,
                Called::NotMade => {
                    unanswered += 1;
                    if unanswered == ATTEMPTS {
                        let why = format!("{} got no answer {ATTEMPTS} times", step.action.kind());
                        return Err(Halt::End(RunEnd::Unusable { why }));
                    }
                }
            }
        }
    }

    /// Reads a step's guard just before its call; if it does not hold, the world has moved.
    async fn guarded(&mut self, key: &StepKey, step: &Step) -> Result<Ready, Halt> {
        let effect = step.action.done_when(&step.id);
        let wanted = [step.guard.as_slice(), &effect].concat();
        let mut reads = 0;
        let (seen, resolved, foreseen) = loop {
            reads += 1;
            let snapshot = self.observe(&wanted).await?;
            let made = self.made(key.round);
            let seen = Seen::of(&step.guard, &made, &snapshot);
            let resolved = step.action.resolve(&made, &snapshot);
            if (seen.all() && resolved.is_some()) || reads == GUARD_READS {
                break (seen, resolved, Seen::of(&effect, &made, &snapshot).all());
            }
            self.rest(self.options.poll).await?;
        };
        match resolved {
            Some(action) if seen.all() => {
                Ok(Ready { action, since: self.last_said().await, foreseen })
            }
            _ if !seen.fails() && !seen.unknown.is_empty() => {
                let why = format!("cannot tell whether {}", seen.unknown.join(", or whether "));
                Err(Halt::End(RunEnd::Unusable { why }))
            }
            _ => Err(self.moved(key, step, &seen)?),
        }
    }

    fn moved(&mut self, key: &StepKey, step: &Step, seen: &Seen) -> Result<Halt, Halt> {
        let what = if seen.failing.is_empty() {
            vec![format!("what `{}` names is not there", step.title)]
        } else {
            seen.failing.iter().map(|text| format!("it is not so any more that {text}")).collect()
        };
        self.tell(&News::Moved { what: &what });
        self.note(key, StepEvent::GuardFailed { what: what.clone() })?;
        Ok(Halt::End(RunEnd::Moved { step: key.clone(), what }))
    }

    /// Makes the call, once; the intent is on disk before it goes out.
    async fn call(
        &mut self,
        key: &StepKey,
        step: &Step,
        ready: Ready,
        may_be_busy: bool,
    ) -> Result<Called, Halt> {
        let Ready { action, since, foreseen } = ready;
        let token = self.token(key, self.past(key).attempts + 1, "do");
        let (sent, boxed) = (token.clone(), Box::new(action.clone()));
        self.note(key, StepEvent::Started { token: sent, action: boxed, since, foreseen })?;
        if action.is_wait() {
            self.note(key, StepEvent::Applied(Accepted::default()))?;
            return Ok(Called::Made);
        }
        match self.cloud.apply(&action, &token).await {
            Ok(accepted) => {
                let request = accepted.request.as_ref().map(RequestId::as_str);
                let made = accepted.made.as_deref();
                self.operator.tell(&News::Applied { request, made });
                self.note(key, StepEvent::Applied(accepted.clone()))?;
                Ok(Called::Made)
            }
            Err(CallError::Busy(refused)) if may_be_busy => {
                let evidence = format!("AWS is busy: {refused}");
                self.tell(&News::Note(&evidence));
                self.nothing_happened(key, &evidence)?;
                Ok(Called::Busy)
            }
            Err(error) => self.not_accepted(key, step, error).await,
        }
    }

    /// What becomes of a call that brought no acceptance.
    async fn not_accepted(
        &mut self,
        key: &StepKey,
        step: &Step,
        error: CallError,
    ) -> Result<Called, Halt> {
        match error {
            CallError::InDoubt { message, .. } => {
                self.tell(&News::InDoubt { why: &message });
                self.note(key, StepEvent::InDoubt { why: message })?;
                self.settle(key, step).await?;
                let made = self.state(key) == StepState::Applied;
                Ok(if made { Called::Made } else { Called::NotMade })
            }
            CallError::Denied { permission, code, message, request } => {
                let permissions = vec![permission.clone()];
                let said = message.clone();
                let refused = Refused { code, message, request, permission: Some(permission) };
                self.tell(&News::Refused(&refused));
                self.note(key, StepEvent::Refused(refused))?;
                Err(Halt::End(RunEnd::Denied { permissions, message: Some(said) }))
            }
            CallError::Busy(refused) | CallError::Refused(refused) => {
                self.note(key, StepEvent::Refused(refused.clone()))?;
                self.refused(key, step, &refused).await
            }
            CallError::Throttled { .. } | CallError::Unusable { .. } => {
                self.nothing_happened(key, &error.to_string())?;
                Err(Halt::blind(&error))
            }
        }
    }

    fn nothing_happened(&mut self, key: &StepKey, evidence: &str) -> Result<(), Halt> {
        let evidence = evidence.to_owned();
        self.note(key, StepEvent::Settled { happened: false, evidence, made: None })?;
        Ok(())
    }

    /// A refusal may mean that somebody did the same already.
    async fn refused(
        &mut self,
        key: &StepKey,
        step: &Step,
        refused: &Refused,
    ) -> Result<Called, Halt> {
        let seen = self.look(&step.expect, &self.made(key.round)).await?;
        if !step.expect.is_empty() && seen.all() {
            self.tell(&News::AlreadyThere);
            self.note(key, StepEvent::AlreadyThere { seen: seen.holding })?;
            return Ok(Called::AlreadyThere);
        }
        self.tell(&News::Refused(refused));
        Ok(Called::Refused)
    }

    /// Waits for an accepted call's effect and checks it.
    pub(super) async fn see_through(&mut self, key: &StepKey, step: &Step) -> Result<Turn, Halt> {
        let end = self.wait(key, step).await?;
        let why = match end {
            WaitEnd::Reached => {
                let seen = self.verify(key, step).await?;
                if seen.all() {
                    self.tell(&News::Verified { seen: &seen.holding });
                    self.note(key, StepEvent::Verified { seen: seen.holding })?;
                    return Ok(Turn::Done);
                }
                seen.missing()
            }
            WaitEnd::Hopeless { why } => why,
            WaitEnd::TimedOut => format!("{} took longer than it may", step.wait.what),
            WaitEnd::OutOfTime => {
                let waiting_for = Some(step.wait.what.clone());
                return Err(Halt::End(RunEnd::OutOfTime { waiting_for }));
            }
            WaitEnd::Left => {
                let waiting_for = Some(step.wait.what.clone());
                return Err(Halt::End(RunEnd::Interrupted { waiting_for }));
            }
            WaitEnd::Blind { why } => return Err(Halt::End(RunEnd::Unusable { why })),
        };
        self.tell(&News::Unverified { why: &why });
        self.note(key, StepEvent::Unverified { why })?;
        Ok(Turn::NotDone)
    }
}
