//! Taking a session back, newest first: only what this session did, only while it is still as the
//! session left it, and never from under something that relies on it.

use super::cloud::{CallError, Cloud};
use super::executor::{Executor, Halt};
use super::look::Seen;
use super::report::{RunEnd, RunError, RunReport};
use super::run::risk_of_taking_back;
use crate::clock::Clock;
use crate::journal::{
    Invocation, Journal, Refused, SessionEvent, StepEvent, StepKey, StepState, UndoEvent, WaitEnd,
};
use crate::operator::{Answer, News, Operator, Purpose, Question};
use crate::plan::{Action, Expected, Step, Undo, Wait};
use crate::world::RequestId;

impl<C: Cloud, K: Clock, O: Operator, J: Journal> Executor<'_, C, K, O, J> {
    /// Takes back what the session did, as far as it can be.
    ///
    /// # Errors
    /// A [`RunError`] if the journal or the terminal fails; then nothing more was done.
    pub async fn undo(&mut self, invocation: Invocation) -> Result<RunReport, RunError> {
        self.note_session(SessionEvent::UndoBegun(invocation))?;
        let end = Box::pin(self.take_back_all()).await;
        self.ended(end)
    }

    pub(super) async fn take_back_all(&mut self) -> Result<RunEnd, Halt> {
        let steps: Vec<(StepKey, Step)> = self
            .history()
            .all_steps()
            .into_iter()
            .rev()
            .map(|(key, step)| (key, step.clone()))
            .collect();
        // A call in doubt first: what is not known to have been done cannot be taken back.
        for (key, step) in &steps {
            if self.state(key) == StepState::InDoubt {
                self.settle(key, step).await?;
            }
        }
        let reversible = |(key, step): &&(StepKey, Step)| {
            matches!(step.undo, Undo::By(_)) && is_to_be_taken_back(self.state(key))
        };
        let steps: Vec<&(StepKey, Step)> = steps.iter().filter(reversible).collect();
        let of = steps.len();
        for (number, (key, step)) in (1..).zip(&steps) {
            self.may_go_on(None)?;
            let step = &step.told(&self.made(key.round));
            self.tell(&News::Turn { step, number, of, purpose: Purpose::TakeBack });
            Box::pin(self.take_back(key, step, number, of)).await?;
        }
        Ok(self.sum_up_undo(&steps))
    }

    fn sum_up_undo(&self, steps: &[&(StepKey, Step)]) -> RunEnd {
        let (mut why, mut risks) = (Vec::new(), Vec::new());
        for (key, step) in steps {
            let past = self.past(key);
            if past.state == StepState::Undone {
                continue;
            }
            if past.undo.decline.is_some() {
                risks.push(risk_of_taking_back(step));
            } else if past.undo.error.is_some() || !self.options.dry_run {
                why.push((key.clone(), past.undo.error.unwrap_or_default()));
            }
        }
        risks.sort_unstable();
        risks.dedup();
        if steps.is_empty() {
            RunEnd::NothingToDo
        } else if !why.is_empty() {
            RunEnd::Failed { why }
        } else if !risks.is_empty() {
            RunEnd::NotApproved { risks, data_loss: Vec::new() }
        } else if self.options.dry_run {
            RunEnd::Rehearsed
        } else {
            RunEnd::AllDone
        }
    }

    async fn take_back(
        &mut self,
        key: &StepKey,
        step: &Step,
        number: usize,
        of: usize,
    ) -> Result<(), Halt> {
        if self.state(key) == StepState::UndoInDoubt {
            self.settle_undo(key, step).await?;
        }
        if self.state(key) == StepState::UndoApplied {
            let action = self.past(key).undo.action;
            return match action {
                Some(action) => self.see_back(key, step, &action).await,
                None => Ok(()),
            };
        }
        if self.state(key) == StepState::Applied && !self.options.dry_run {
            // What is still being made can often not be taken back yet; the interrupted wait for it
            // is bounded like any other, and whatever it comes to is judged below.
            self.see_through(key, step).await?;
        }
        let Some(action) = self.way_back(key, step).await? else { return Ok(()) };
        if !self.may_take_back(key, step, &action, number, of).await? {
            return Ok(());
        }
        // Again after the answer, which may have taken its time.
        let Some(action) = self.way_back(key, step).await? else { return Ok(()) };
        self.call_back(key, step, action).await
    }

    /// The resolved way back, if it is still to go and does no harm.
    async fn way_back(&mut self, key: &StepKey, step: &Step) -> Result<Option<Action>, Halt> {
        let Undo::By(back) = &step.undo else { return Ok(None) };
        let (ours, theirs) = (step.action.done_when(&step.id), back.done_when(&step.id));
        let both = [ours.as_slice(), &theirs].concat();
        let snapshot = self.observe(&both).await?;
        let made = self.made(key.round);
        let is_back = Seen::of(&theirs, &self.made_back(key), &snapshot);
        if !theirs.is_empty() && is_back.all() {
            self.tell(&News::AlreadyThere);
            self.note_undo(key, UndoEvent::Done { seen: is_back.holding })?;
            return Ok(None);
        }
        let still = Seen::of(&ours, &made, &snapshot);
        // In a rehearsal what comes before stands still, which proves nothing.
        let relied_on = self.relied_on(key, step).filter(|_| !self.options.dry_run);
        let why = if let Some(later) = relied_on {
            format!("{later} relies on it and has not been taken back")
        } else if still.fails() {
            format!("it is not as this session left it: {}", still.missing())
        } else if let Some(action) = back.resolve(&made, &snapshot) {
            return Ok(Some(action));
        } else {
            "what it would change is not there".to_owned()
        };
        self.tell(&News::Unverified { why: &why });
        self.note_undo(key, UndoEvent::Withheld { why })?;
        Ok(None)
    }

    /// A later step that depends on this one and still stands.
    fn relied_on(&self, key: &StepKey, step: &Step) -> Option<StepKey> {
        let stands = |(other, later): &(StepKey, &Step)| {
            other.round == key.round
                && later.after.contains(&step.id)
                && matches!(later.undo, Undo::By(_))
                && self.state(other).is_made()
        };
        self.history().all_steps().into_iter().find(stands).map(|(other, _)| other)
    }

    async fn may_take_back(
        &mut self,
        key: &StepKey,
        step: &Step,
        action: &Action,
        number: usize,
        of: usize,
    ) -> Result<bool, Halt> {
        let scope = self.scope();
        let plan = self.history().plans[key.round as usize - 1].clone();
        let relied = plan.steps.iter().filter(|other| step.after.contains(&other.id));
        let question = Question {
            scope: &scope,
            step,
            key: key.clone(),
            action,
            purpose: Purpose::TakeBack,
            risk: risk_of_taking_back(step),
            number,
            of,
            dependants: relied.collect(),
            dry_run: self.options.dry_run,
        };
        self.note_undo(key, UndoEvent::Asked)?;
        match self.operator.ask(&question).await? {
            Answer::Yes(_) if self.options.dry_run => {
                self.tell(&News::WouldDo { command: action.command() });
                Ok(false)
            }
            Answer::Yes(how) => {
                self.tell(&News::Approved { how: &how });
                self.note_undo(key, UndoEvent::Approved { how })?;
                Ok(true)
            }
            Answer::No(why) => {
                self.tell(&News::Declined { why: &why });
                self.note_undo(key, UndoEvent::Declined { why })?;
                Ok(false)
            }
            Answer::Stop => Err(Halt::End(RunEnd::Interrupted { waiting_for: None })),
        }
    }

    async fn call_back(&mut self, key: &StepKey, step: &Step, action: Action) -> Result<(), Halt> {
        let since = self.last_said().await;
        let attempt = self.past(key).undo.attempts + 1;
        let token = self.token(key, attempt, "undo");
        let (boxed, sent) = (Box::new(action.clone()), token.clone());
        self.note_undo(key, UndoEvent::Started { token, action: boxed, since, foreseen: false })?;
        match self.cloud.apply(&action, &sent).await {
            Ok(accepted) => {
                let request = accepted.request.as_ref().map(RequestId::as_str);
                self.operator.tell(&News::Applied { request, made: None });
                self.note_undo(key, UndoEvent::Applied(accepted.clone()))?;
            }
            Err(CallError::InDoubt { message, .. }) => {
                self.tell(&News::InDoubt { why: &message });
                self.note_undo(key, UndoEvent::InDoubt { why: message })?;
                self.settle_undo(key, step).await?;
            }
            Err(error) => return self.not_taken_back(key, error),
        }
        if self.state(key) == StepState::UndoApplied {
            self.see_back(key, step, &action).await?;
        }
        Ok(())
    }

    fn not_taken_back(&mut self, key: &StepKey, error: CallError) -> Result<(), Halt> {
        let (refused, end) = match error {
            CallError::Denied { permission, code, message, request } => {
                let permissions = vec![permission.clone()];
                let end = RunEnd::Denied { permissions, message: Some(message.clone()) };
                (Refused { code, message, request, permission: Some(permission) }, Some(end))
            }
            CallError::Busy(refused) | CallError::Refused(refused) => (refused, None),
            CallError::InDoubt { message, request } => {
                let code = "no answer".to_owned();
                (Refused { code, message, request, permission: None }, None)
            }
            CallError::Throttled { message } | CallError::Unusable { message } => {
                let why = message.clone();
                let code = "not sent".to_owned();
                let refused = Refused { code, message, request: None, permission: None };
                (refused, Some(RunEnd::Unusable { why }))
            }
        };
        self.tell(&News::Refused(&refused));
        self.note_undo(key, UndoEvent::Refused(refused))?;
        end.map_or(Ok(()), |end| Err(Halt::End(end)))
    }

    /// Waits until a step is taken back, and checks it.
    async fn see_back(&mut self, key: &StepKey, step: &Step, action: &Action) -> Result<(), Halt> {
        let until = action.done_when(&step.id);
        // As long as the way there may take, the way back may.
        let at_most_seconds = step.wait.expected.at_most_seconds.max(60);
        let usual_seconds = step.wait.expected.usual_seconds;
        let wait = Wait {
            what: format!("`{}` to be taken back", step.title),
            until: until.clone(),
            hopeless: Vec::new(),
            expected: Expected { usual_seconds, at_most_seconds },
        };
        let made = self.made_back(key);
        let end = if step.wait.until.is_empty() {
            let seen = self.see(&until, &made, wait.expected).await?;
            if seen.all() { WaitEnd::Reached } else { WaitEnd::TimedOut }
        } else {
            self.wait_for(key, &wait, &made).await?
        };
        match end {
            WaitEnd::Reached => {
                let seen = self.look(&until, &made).await?;
                self.tell(&News::Verified { seen: &seen.holding });
                self.note_undo(key, UndoEvent::Done { seen: seen.holding })?;
                Ok(())
            }
            WaitEnd::Hopeless { why } => self.not_back(key, why),
            WaitEnd::TimedOut => self.not_back(key, "its effect is not to be seen".to_owned()),
            WaitEnd::OutOfTime => {
                Err(Halt::End(RunEnd::OutOfTime { waiting_for: Some(wait.what) }))
            }
            WaitEnd::Left => Err(Halt::End(RunEnd::Interrupted { waiting_for: Some(wait.what) })),
            WaitEnd::Blind { why } => Err(Halt::End(RunEnd::Unusable { why })),
        }
    }

    fn not_back(&mut self, key: &StepKey, why: String) -> Result<(), Halt> {
        self.tell(&News::Unverified { why: &why });
        self.note_undo(key, UndoEvent::Failed { why })?;
        Ok(())
    }

    fn note_undo(&mut self, key: &StepKey, event: UndoEvent) -> Result<(), RunError> {
        self.note(key, StepEvent::Undo(event))
    }
}

/// Whether a step that stands so is to be taken back.
fn is_to_be_taken_back(state: StepState) -> bool {
    state.is_made() || matches!(state, StepState::UndoInDoubt | StepState::UndoApplied)
}
