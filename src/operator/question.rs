//! What is asked and what is told.

use crate::journal::{Approval, Decline, Happening, Outcome, Refused, StepKey, WaitEnd};
use crate::plan::{Action, Goal, Plan, Risk, Step};
use crate::world::Scope;

/// Decides what may be done, and hears what happens.
pub trait Operator {
    /// Asks whether a step may be done or taken back; what it would do is in the question.
    ///
    /// # Errors
    /// An [`OperatorError`] if the question could not be put.
    async fn ask(&mut self, question: &Question<'_>) -> Result<Answer, OperatorError>;

    /// Whether a question could get a yes at all; permissions are not asked about for what can't.
    fn may_approve(&self, question: &Question<'_>) -> bool {
        let _ = question;
        true
    }

    /// Tells what happens.
    fn tell(&mut self, news: &News<'_>);
}

/// A question about one step.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The environment.
    pub scope: &'a Scope,
    /// The step.
    pub step: &'a Step,
    /// Its number among all of the session.
    pub key: StepKey,
    /// The action as it would be made now, every reference resolved.
    pub action: &'a Action,
    /// Whether it is to be done or taken back.
    pub purpose: Purpose,
    /// How much it can hurt.
    pub risk: Risk,
    /// Its place among the steps, from 1.
    pub number: usize,
    /// How many steps there are.
    pub of: usize,
    /// Steps that would be skipped if the answer is no.
    pub dependants: Vec<&'a Step>,
    /// Whether nothing will be changed whatever the answer.
    pub dry_run: bool,
}

/// Which way a step is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Forward.
    Do,
    /// Back.
    TakeBack,
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It may be done.
    Yes(Approval),
    /// It is not to be done; what does not depend on it goes on.
    No(Decline),
    /// Nothing more is to be done now.
    Stop,
}

/// Why a question could not be put.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The terminal failed.
    #[error("the terminal could not be used")]
    Terminal(#[source] std::io::Error),
    /// Nobody is there to answer.
    #[error("nobody is there to answer")]
    NobodyThere,
}

/// Something that happened, to be told at once.
#[derive(Clone, Debug)]
pub enum News<'a> {
    /// A plan is about to be carried out.
    Begins {
        /// The plan.
        plan: &'a Plan,
        /// Where it is to lead.
        goal: Goal,
        /// Whether nothing will be changed.
        dry_run: bool,
    },
    /// A step's turn has come.
    Turn {
        /// The step.
        step: &'a Step,
        /// Its place among the steps, from 1.
        number: usize,
        /// How many steps there are.
        of: usize,
        /// Whether it is to be done or taken back.
        purpose: Purpose,
    },
    /// It was approved without a question.
    Approved {
        /// By what.
        how: &'a Approval,
    },
    /// It is not done.
    Declined {
        /// Why not.
        why: &'a Decline,
    },
    /// It is not done because another step was not.
    Skipped {
        /// That step.
        because: &'a Step,
    },
    /// Its effect is there already.
    AlreadyThere,
    /// It would be done now, were this not a dry run.
    WouldDo {
        /// The call, as an AWS CLI line.
        command: String,
    },
    /// AWS accepted the call.
    Applied {
        /// AWS's identifier of the request.
        request: Option<&'a str>,
        /// What it made.
        made: Option<&'a str>,
    },
    /// AWS refused the call.
    Refused(&'a Refused),
    /// Nobody knows whether the call was carried out; it is being looked for.
    InDoubt {
        /// Why.
        why: &'a str,
    },
    /// The doubt is settled.
    Settled {
        /// Whether it was carried out.
        happened: bool,
        /// What it is known from.
        evidence: &'a str,
    },
    /// A wait goes on.
    Waiting(Progress<'a>),
    /// AWS said something.
    Happened(&'a Happening),
    /// A wait ended.
    Waited {
        /// For what.
        what: &'a str,
        /// How it ended.
        end: &'a WaitEnd,
    },
    /// A step did what it should.
    Verified {
        /// What was seen.
        seen: &'a [String],
    },
    /// A step did not do what it should.
    Unverified {
        /// Why.
        why: &'a str,
    },
    /// What must hold before a step does not.
    Moved {
        /// What does not hold.
        what: &'a [String],
    },
    /// A run ended.
    Ended {
        /// How.
        outcome: Outcome,
    },
    /// Anything else worth a line.
    Note(&'a str),
}

/// How far a wait has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// What it waits for, in words.
    pub what: &'a str,
    /// For how long, in seconds.
    pub elapsed_seconds: u64,
    /// How long it usually takes.
    pub usual_seconds: u64,
    /// How long it may take.
    pub at_most_seconds: u64,
}
