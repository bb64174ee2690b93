//! One plan from its first step to its last.

use super::cloud::{Cloud, Preflight};
use super::executor::{Executor, Halt, dependants};
use super::report::{RunEnd, RunError, RunReport};
use crate::clock::Clock;
use crate::journal::{Decline, Invocation, Journal, SessionEvent, StepKey, StepState};
use crate::operator::{News, Operator, Purpose, Question};
use crate::plan::{Plan, Risk, Step};
use crate::world::Scope;

/// How a step's turn ended, when the run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It did what it should, or there was nothing to do.
    Done,
    /// It was not done, and what depends on it will not be.
    NotDone,
    /// It would have been done.
    Rehearsed,
}

impl<C: Cloud, K: Clock, O: Operator, J: Journal> Executor<'_, C, K, O, J> {
    /// Carries out a plan as the session's next round.
    ///
    /// # Errors
    /// A [`RunError`] if the journal or the terminal fails; then nothing more was done.
    pub async fn run(&mut self, plan: &Plan) -> Result<RunReport, RunError> {
        self.note_session(SessionEvent::Planned { plan: Box::new(plan.clone()) })?;
        let round = self.history().round();
        // Snapshots make these futures large: they live on the heap.
        let end = Box::pin(self.round(round, plan)).await;
        self.ended(end)
    }

    /// Goes on with an interrupted session: settles every doubt by looking, joins what is still
    /// being waited for, and does what is left of its latest plan.
    ///
    /// # Errors
    /// A [`RunError`] if the journal or the terminal fails; then nothing more was done.
    pub async fn resume(&mut self, invocation: Invocation) -> Result<RunReport, RunError> {
        self.note_session(SessionEvent::Resumed(invocation))?;
        if self.history().undoing.is_some() {
            let end = Box::pin(self.take_back_all()).await;
            return self.ended(end);
        }
        let end = Box::pin(self.go_on()).await;
        self.ended(end)
    }

    pub(super) fn ended(&mut self, end: Result<RunEnd, Halt>) -> Result<RunReport, RunError> {
        match end {
            Ok(end) | Err(Halt::End(end)) => Ok(self.report(end)),
            Err(Halt::Error(error)) => Err(error),
        }
    }

    async fn go_on(&mut self) -> Result<RunEnd, Halt> {
        let rounds = self.history().round();
        for (round, plan) in (1..=rounds).zip(self.history().plans.clone()) {
            // A later plan took over what an earlier one left undone, but not its open calls.
            let last = round == rounds;
            if last {
                return Box::pin(self.round(round, &plan)).await;
            }
            for (index, step) in plan.steps.iter().enumerate() {
                let key = StepKey::new(round, step);
                let state = self.state(&key);
                if state.is_in_doubt() || state == StepState::Applied {
                    Box::pin(self.turn(&key, step, index + 1, &plan)).await?;
                }
            }
        }
        Ok(RunEnd::NothingToDo)
    }

    /// Carries out what is left of a round.
    async fn round(&mut self, round: u32, plan: &Plan) -> Result<RunEnd, Halt> {
        let dry_run = self.options.dry_run;
        self.tell(&News::Begins { plan, goal: plan.goal, dry_run });
        let open = |step: &&Step| !is_over(self.state(&StepKey::new(round, step)));
        if !plan.steps.iter().any(|step| open(&step)) {
            return Ok(RunEnd::NothingToDo);
        }
        self.preflight(round, plan).await?;
        let mut rehearsed = false;
        for (index, step) in plan.steps.iter().enumerate() {
            let key = StepKey::new(round, step);
            if is_over(self.state(&key)) {
                continue;
            }
            let turn = Box::pin(self.turn(&key, step, index + 1, plan)).await?;
            rehearsed |= turn == Turn::Rehearsed;
        }
        Ok(self.sum_up(round, plan, rehearsed))
    }

    /// What the states of a round's steps add up to.
    fn sum_up(&self, round: u32, plan: &Plan, rehearsed: bool) -> RunEnd {
        let mut risks = Vec::new();
        let mut data_loss = Vec::new();
        let mut failed = Vec::new();
        let mut done = false;
        for step in &plan.steps {
            let key = StepKey::new(round, step);
            let past = self.past(&key);
            match past.state {
                StepState::Declined => match past.decline {
                    Some(Decline::DataLoss { names }) => data_loss.extend(names),
                    Some(Decline::NotApproved { risk }) => risks.push(risk),
                    Some(Decline::Person) | None => risks.push(step.risk),
                },
                StepState::Refused | StepState::Unverified => {
                    failed.push((key, past.error.unwrap_or_default()));
                }
                StepState::Verified => done = true,
                StepState::AlreadyThere
                | StepState::Planned
                | StepState::Asked
                | StepState::Approved
                | StepState::Skipped
                | StepState::Moved
                | StepState::InDoubt
                | StepState::NotMade
                | StepState::Applied
                | StepState::UndoInDoubt
                | StepState::UndoApplied
                | StepState::Undone
                | StepState::UndoFailed => {}
            }
        }
        risks.sort_unstable();
        risks.dedup();
        if !failed.is_empty() {
            RunEnd::Failed { why: failed }
        } else if !risks.is_empty() || !data_loss.is_empty() {
            RunEnd::NotApproved { risks, data_loss }
        } else if rehearsed {
            RunEnd::Rehearsed
        } else if done {
            RunEnd::AllDone
        } else {
            RunEnd::NothingToDo
        }
    }

    /// Finds out before the first change which permissions are missing, and stops if any is.
    async fn preflight(&mut self, round: u32, plan: &Plan) -> Result<(), Halt> {
        if self.options.dry_run {
            return Ok(());
        }
        let scope = self.scope();
        let mut permissions: Vec<String> = Vec::new();
        for (index, step) in plan.steps.iter().enumerate() {
            let key = StepKey::new(round, step);
            let question = question(&scope, step, key.clone(), index + 1, plan, false);
            let open = self.state(&key).is_open() && !step.action.is_wait();
            if !open || !self.operator.may_approve(&question) {
                continue;
            }
            match self.cloud.preflight(&step.action).await {
                Preflight::Allowed | Preflight::CannotTell => {}
                Preflight::Missing(missing) => permissions.extend(missing),
            }
        }
        permissions.sort();
        permissions.dedup();
        if permissions.is_empty() {
            return Ok(());
        }
        self.note_session(SessionEvent::Preflight { missing: permissions.clone() })?;
        Err(Halt::End(RunEnd::Denied { permissions, message: None }))
    }
}

/// Whether nothing is left to do for a step.
fn is_over(state: StepState) -> bool {
    match state {
        StepState::AlreadyThere
        | StepState::Verified
        | StepState::UndoInDoubt
        | StepState::UndoApplied
        | StepState::Undone
        | StepState::UndoFailed => true,
        StepState::Planned
        | StepState::Asked
        | StepState::Approved
        | StepState::Declined
        | StepState::Skipped
        | StepState::Moved
        | StepState::InDoubt
        | StepState::NotMade
        | StepState::Refused
        | StepState::Applied
        | StepState::Unverified => false,
    }
}

/// The question about a step of a plan.
pub(super) fn question<'a>(
    scope: &'a Scope,
    step: &'a Step,
    key: StepKey,
    number: usize,
    plan: &'a Plan,
    dry_run: bool,
) -> Question<'a> {
    Question {
        scope,
        step,
        key,
        action: &step.action,
        purpose: Purpose::Do,
        risk: step.risk,
        number,
        of: plan.steps.len(),
        dependants: dependants(&plan.steps, &step.id),
        dry_run,
    }
}

/// The risk of taking a step back: as high as that of doing it, but what this session did itself
/// is put back as it was, so that nothing is lost.
pub(super) fn risk_of_taking_back(step: &Step) -> Risk {
    step.risk.min(Risk::Disruptive)
}
