//! Round by round: do what is planned, look again, plan again.

use super::{Book, Decider, Ending, Ledger};
use crate::aws::{Aws, EnvironmentRef};
use crate::cli::args::Direction;
use crate::cli::connection::Connection;
use crate::cli::failure::Failure;
use crate::cli::look::Look;
use crate::cli::settings::Settings;
use crate::clock::{Clock as _, SharedClock};
use crate::execute::{Executor, Options, RunEnd};
use crate::journal::{Event, Invocation, Moment, Outcome, SessionEvent, StepState};
use crate::plan::{Goal, Plan};

/// When a run is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// When its goal is reached, or it has planned so often.
    Goal {
        /// How often, the first plan included.
        rounds: u32,
    },
    /// When its one plan is carried out and checked: a pin, whatever else may be wrong.
    PlanAlone,
}

/// A repair under way.
#[derive(Debug)]
pub struct Rescue<'a, B = Book> {
    /// The way to AWS.
    pub connection: &'a Connection,
    /// The settings of the run.
    pub settings: &'a Settings,
    /// Which environment.
    pub environment: EnvironmentRef,
    /// How the executor works.
    pub options: Options,
    /// Who decides.
    pub decider: Decider,
    /// Where it is recorded.
    pub book: B,
    /// Where it is to lead, and by which playbook.
    pub direction: Direction,
    /// When it is over.
    pub aim: Aim,
}

/// What one run of the executor led to.
struct Round {
    end: RunEnd,
    after: Option<Look>,
    reached: bool,
}

impl Rescue<'_, Book> {
    /// The options of a run by its settings.
    pub fn options(connection: &Connection, settings: &Settings, dry_run: bool) -> Options {
        let default = Options::default();
        Options {
            dry_run,
            poll: settings.poll_interval.unwrap_or(default.poll),
            deadline: connection.deadline,
        }
    }
}

impl<B: Ledger> Rescue<'_, B> {
    /// Carries out a plan, and what a look afterwards shows to be left, to the end.
    pub async fn carry_out(mut self, before: Look, plan: Plan) -> Result<Ending, Failure> {
        let now = self.connection.clock.now();
        self.book.keep_look(now, Moment::Before, &before)?;
        let end = Box::pin(self.executor().run(&plan)).await?.end;
        let round = self.look_again(end).await?;
        self.go_round(Some((before, plan)), round).await
    }

    /// Goes on with an interrupted session.
    pub async fn resume(
        mut self,
        before: Option<Look>,
        invocation: Invocation,
    ) -> Result<Ending, Failure> {
        let undoing = self.book.history().undoing.is_some();
        let end = Box::pin(self.executor().resume(invocation)).await?.end;
        let round = self.look_again(end).await?;
        let before = before.zip(self.book.history().plans.first().cloned());
        if undoing {
            return self.finish_alone(before, round);
        }
        self.go_round(before, round).await
    }

    /// Takes back what a session did.
    pub async fn undo(
        mut self,
        before: Option<Look>,
        invocation: Invocation,
    ) -> Result<Ending, Failure> {
        let end = Box::pin(self.executor().undo(invocation)).await?.end;
        let round = self.look_again(end).await?;
        let before = before.zip(self.book.history().plans.first().cloned());
        self.finish_alone(before, round)
    }

    fn executor(&mut self) -> Executor<'_, Aws, SharedClock, Decider, B> {
        Executor {
            cloud: &self.connection.aws,
            clock: &self.connection.clock,
            operator: &mut self.decider,
            journal: &mut self.book,
            options: &self.options,
            interrupt: &self.connection.interrupt,
        }
    }

    /// Looks whether the goal is reached, where AWS can still be asked.
    async fn look_again(&self, end: RunEnd) -> Result<Round, Failure> {
        let wants_to_leave = matches!(end, RunEnd::Interrupted { .. });
        if wants_to_leave || self.options.dry_run {
            return Ok(Round { end, after: None, reached: false });
        }
        // A look that fails takes nothing away from what was done; the run's own end is told.
        let environment = self.now_called();
        let after = Look::by(self.connection, &environment, &self.direction, self.settings);
        let after = after.await.ok();
        let reached = after.as_ref().is_some_and(|look| look.reached(self.direction.goal()));
        Ok(Round { end, after, reached })
    }

    /// The environment as it is found now: one that was made anew has its name but not its id.
    fn now_called(&self) -> EnvironmentRef {
        let history = self.book.history();
        let made_anew = history.all_steps().into_iter().find(|(key, step)| {
            step.action.makes_environment() && history.state(key) == StepState::Verified
        });
        match made_anew {
            Some(_) => EnvironmentRef::Name(history.header.scope.name.clone()),
            None => self.environment.clone(),
        }
    }

    /// Plans and does what is left, until the goal is reached or nothing new can be done.
    async fn go_round(
        mut self,
        before: Option<(Look, Plan)>,
        mut round: Round,
    ) -> Result<Ending, Failure> {
        let Aim::Goal { rounds } = self.aim else { return self.finish_alone(before, round) };
        while self.book.history().round() < rounds && !round.reached && round.end.may_go_on() {
            let Some(look) = round.after.take() else { break };
            let plan = look.plan(&self.direction, self.settings)?;
            if plan.steps.is_empty() || self.was_tried(&plan) {
                round.after = Some(look);
                break;
            }
            let now = self.connection.clock.now();
            self.book.keep_look(now, Moment::Between, &look)?;
            let end = Box::pin(self.executor().run(&plan)).await?.end;
            round = self.look_again(end).await?;
        }
        let outcome = self.outcome(&round);
        self.finish(before, round, outcome)
    }

    /// Whether a plan would only do again what an earlier round did.
    fn was_tried(&self, plan: &Plan) -> bool {
        let commands =
            |plan: &Plan| plan.steps.iter().map(|step| step.action.command()).collect::<Vec<_>>();
        let wanted = commands(plan);
        self.book.history().plans.iter().any(|earlier| commands(earlier) == wanted)
    }

    fn outcome(&self, round: &Round) -> Outcome {
        let goal = self.direction.goal();
        let beyond = round.after.as_ref().and_then(|look| {
            look.plan(&self.direction, self.settings).ok().map(|plan| !plan.beyond.is_empty())
        });
        match &round.end {
            RunEnd::NothingToDo | RunEnd::AllDone | RunEnd::Failed { .. } if round.reached => {
                if self.nothing_was_called() {
                    Outcome::NotNeeded
                } else {
                    Outcome::Recovered
                }
            }
            RunEnd::AllDone | RunEnd::Failed { .. } | RunEnd::NothingToDo
                if beyond == Some(true) && goal == Goal::Healthy =>
            {
                Outcome::BeyondRepair
            }
            RunEnd::NothingToDo => Outcome::NotRecovered,
            end @ (RunEnd::AllDone
            | RunEnd::Failed { .. }
            | RunEnd::Rehearsed
            | RunEnd::NotApproved { .. }
            | RunEnd::InDoubt { .. }
            | RunEnd::OutOfTime { .. }
            | RunEnd::Moved { .. }
            | RunEnd::Denied { .. }
            | RunEnd::Unusable { .. }
            | RunEnd::Interrupted { .. }) => end.outcome(round.reached),
        }
    }

    /// Whether everything was there already.
    fn nothing_was_called(&self) -> bool {
        let history = self.book.history();
        let states = history.all_steps().into_iter().map(|(key, _)| history.state(&key));
        states.into_iter().all(|state| state == StepState::AlreadyThere)
    }

    /// Taking back and pinning have their own goals: that everything that can be taken back was,
    /// that the plan was carried out.
    fn finish_alone(self, before: Option<(Look, Plan)>, round: Round) -> Result<Ending, Failure> {
        let outcome = round.end.outcome(true);
        self.finish(before, round, outcome)
    }

    fn finish(
        mut self,
        before: Option<(Look, Plan)>,
        round: Round,
        outcome: Outcome,
    ) -> Result<Ending, Failure> {
        let now = self.connection.clock.now();
        if let Some(after) = &round.after {
            self.book.keep_look(now, Moment::After, after)?;
        }
        let summary = super::ending::summary(outcome, &round.end, self.book.history());
        let finished = SessionEvent::Finished { outcome, summary: summary.clone() };
        self.book.append(now, Event::Session(Box::new(finished)))?;
        let after = round.after.and_then(|look| {
            let plan = look.plan(&self.direction, self.settings).ok()?;
            Some((look, plan))
        });
        Ok(Ending {
            session: self.book.id().map(str::to_owned),
            outcome,
            summary,
            history: Some(self.book.history().clone()),
            end: Some(round.end),
            before,
            after,
        })
    }
}
