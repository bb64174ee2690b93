//! What can happen in a session, as the journal keeps it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::plan::{Action, Goal, Plan, Risk, Step, StepId};
use crate::world::{RequestId, Scope};

/// One thing that happened: to the session as a whole, or to one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// To the session.
    Session(Box<SessionEvent>),
    /// To one step of one of its plans.
    Step {
        /// Which.
        step: StepKey,
        /// What.
        event: Box<StepEvent>,
    },
}

/// A step of a session: a session that looks again can have several plans, each with its `a1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepKey {
    /// Which plan of the session, from 1.
    pub round: u32,
    /// Its number in that plan.
    pub step: StepId,
}

impl StepKey {
    /// The key of a step of a round's plan.
    pub fn new(round: u32, step: &Step) -> Self {
        Self { round, step: step.id.clone() }
    }
}

impl std::fmt::Display for StepKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.round {
            1 => self.step.fmt(f),
            round => write!(f, "r{round}-{}", self.step),
        }
    }
}

/// What binds a session to one place and one purpose; the first record holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the journal's format; 1.
    pub format: u32,
    /// The version of the program that opened it.
    pub program: String,
    /// The account, region and environment it is for.
    pub scope: Scope,
    /// Where it is to lead.
    pub goal: Goal,
    /// How it was opened.
    pub invocation: Invocation,
}

/// Who started something and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invocation {
    /// The command, `repair`.
    pub command: String,
    /// The AWS principal's ARN, where it is known.
    pub principal: Option<String>,
    /// The flags that decide something, as they were given.
    pub flags: Vec<String>,
}

/// What happens to a session as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionEvent {
    /// It begins.
    Opened(Header),
    /// A line that was only half written was cut off when the journal was opened again.
    Repaired {
        /// How many bytes.
        dropped: u64,
    },
    /// It goes on after an interruption.
    Resumed(Invocation),
    /// Its actions are being taken back.
    UndoBegun(Invocation),
    /// A snapshot was taken and kept.
    Looked(Look),
    /// A plan was made; it is the next round.
    Planned {
        /// The whole plan, so that the chain protects it too.
        plan: Box<Plan>,
    },
    /// Permissions were checked before the first change.
    Preflight {
        /// Those that are missing, `ec2:CreateRoute`.
        missing: Vec<String>,
    },
    /// A run of it ended; a resumed session has several.
    Finished {
        /// How.
        outcome: Outcome,
        /// In a sentence.
        summary: String,
    },
}

/// A snapshot that was taken, and the file it is kept in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// When in the session.
    pub moment: Moment,
    /// The file beside the journal.
    pub file: String,
    /// The SHA-256 of the file's bytes, in hexadecimal.
    pub digest: String,
    /// The verdict it led to, as the contract writes it.
    pub verdict: String,
    /// Codes of the findings, causes first.
    pub codes: Vec<String>,
}

/// When a snapshot was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// Before anything was done.
    Before,
    /// After one plan and before the next.
    Between,
    /// At the end of a run.
    After,
}

/// How a run ended; the words of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// There was nothing left to do.
    NotNeeded,
    /// The goal was reached and verified.
    Recovered,
    /// Something needed approval and did not get it.
    NotApproved,
    /// All approved actions were done and the goal is not reached, or time ran out.
    NotRecovered,
    /// A person or AWS Support must act.
    BeyondRepair,
    /// AWS could not be used.
    AwsUnusable,
    /// The person stopped it.
    Interrupted,
    /// What was planned no longer fits.
    WorldMoved,
}

impl Outcome {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotNeeded => "not-needed",
            Self::Recovered => "recovered",
            Self::NotApproved => "not-approved",
            Self::NotRecovered => "not-recovered",
            Self::BeyondRepair => "beyond-repair",
            Self::AwsUnusable => "aws-unusable",
            Self::Interrupted => "interrupted",
            Self::WorldMoved => "world-moved",
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// What happens to one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepEvent {
    /// The person was asked.
    Asked,
    /// It may be done.
    Approved {
        /// By whom or what.
        how: Approval,
    },
    /// It is not to be done.
    Declined {
        /// Why not.
        why: Decline,
    },
    /// It is not done because a step it depends on was not.
    Skipped {
        /// That step.
        because: StepId,
    },
    /// Its effect was there already, so nothing was called.
    AlreadyThere {
        /// What was seen.
        seen: Vec<String>,
    },
    /// What must hold just before the call did not.
    GuardFailed {
        /// What did not hold, in words.
        what: Vec<String>,
    },
    /// The call goes out next; alone it means *in doubt*.
    Started {
        /// The idempotency token that goes with it.
        token: String,
        /// The action with every reference resolved.
        action: Box<Action>,
        /// When AWS last said something before it, by AWS's own clock: what it says later may be
        /// this call's doing.
        since: Timestamp,
        /// Whether its effect was there before it, so that seeing the effect proves nothing.
        foreseen: bool,
    },
    /// AWS accepted the call.
    Applied(Accepted),
    /// AWS refused the call; nothing was changed.
    Refused(Refused),
    /// Nobody knows yet whether the call was carried out.
    InDoubt {
        /// What happened on the way.
        why: String,
    },
    /// A look settled a doubt.
    Settled {
        /// Whether the call was carried out.
        happened: bool,
        /// What it is known from.
        evidence: String,
        /// The identifier of what the call made, if it made something.
        made: Option<String>,
    },
    /// AWS said something notable while it was waited for.
    Happened(Happening),
    /// The wait for its effect ended.
    Waited {
        /// For what.
        what: String,
        /// How long, in seconds.
        seconds: u64,
        /// How it ended.
        end: WaitEnd,
    },
    /// What was expected of it holds.
    Verified {
        /// What was seen.
        seen: Vec<String>,
    },
    /// What was expected of it does not hold.
    Unverified {
        /// Why not.
        why: String,
    },
    /// Something happens on its way back.
    Undo(UndoEvent),
}

/// What happens on a step's way back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UndoEvent {
    /// The person was asked.
    Asked,
    /// It may be taken back.
    Approved {
        /// By whom or what.
        how: Approval,
    },
    /// It is to stay.
    Declined {
        /// Why.
        why: Decline,
    },
    /// It is not taken back because that would do harm now, or cannot be told to do none.
    Withheld {
        /// Why.
        why: String,
    },
    /// The call goes out next.
    Started {
        /// The idempotency token that goes with it.
        token: String,
        /// The action that takes it back, resolved.
        action: Box<Action>,
        /// When AWS last said something before it, by AWS's own clock.
        since: Timestamp,
        /// Whether its effect was there before it, so that seeing the effect proves nothing.
        foreseen: bool,
    },
    /// AWS accepted the call.
    Applied(Accepted),
    /// AWS refused the call.
    Refused(Refused),
    /// Nobody knows yet whether the call was carried out.
    InDoubt {
        /// What happened on the way.
        why: String,
    },
    /// A look settled a doubt.
    Settled {
        /// Whether the call was carried out.
        happened: bool,
        /// What it is known from.
        evidence: String,
    },
    /// It was taken back and checked.
    Done {
        /// What was seen.
        seen: Vec<String>,
    },
    /// It was not taken back as it should have been.
    Failed {
        /// Why.
        why: String,
    },
}

/// A call that AWS accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// AWS's identifier of the request.
    pub request: Option<RequestId>,
    /// The identifier of what the call made, `rtb-…`, if it made something.
    pub made: Option<String>,
}

/// A call that AWS refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// AWS's error code.
    pub code: String,
    /// AWS's sentence, verbatim.
    pub message: String,
    /// AWS's identifier of the request.
    pub request: Option<RequestId>,
    /// The permission that is missing, if that is why.
    pub permission: Option<String>,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}", self.message, self.code)?;
        if let Some(request) = &self.request {
            write!(f, ", request {request}")?;
        }
        f.write_str(")")
    }
}

/// By whom or what a step was approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approval {
    /// A person said yes.
    Person,
    /// A person typed the target's name.
    TypedName {
        /// The name.
        name: String,
    },
    /// A flag approved it, `--approve disruptive`.
    Flag {
        /// The flag as it could be given.
        flag: String,
    },
    /// Nothing is changed, so nothing needs approval.
    NotNeeded,
}

/// Why a step is not to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decline {
    /// A person said no.
    Person,
    /// Nobody was there to ask, and no flag covers this risk.
    NotApproved {
        /// The risk that needs approval.
        risk: Risk,
    },
    /// It would lose data that nobody said may be lost.
    DataLoss {
        /// What would be lost, as `--accept-data-loss` wants it.
        names: Vec<String>,
    },
}

/// How a wait ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitEnd {
    /// What was waited for came.
    Reached,
    /// More waiting would not help.
    Hopeless {
        /// What was seen.
        why: String,
    },
    /// It took longer than it may.
    TimedOut,
    /// The command's own time ran out; the wait can be joined again.
    OutOfTime,
    /// The person left it; what was started goes on.
    Left,
    /// AWS could no longer be read.
    Blind {
        /// Why.
        why: String,
    },
}

/// Something AWS said while it was watched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Happening {
    /// When it happened.
    pub at: Timestamp,
    /// Who said it.
    pub source: HappeningSource,
    /// The environment, or the stack's resource, it is about.
    pub subject: String,
    /// The severity (`WARN`), or the resource's status (`CREATE_FAILED`).
    pub status: String,
    /// AWS's sentence, verbatim; empty where there is none.
    pub message: String,
}

/// Which service says what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HappeningSource {
    /// Elastic Beanstalk's events.
    ElasticBeanstalk,
    /// CloudFormation's events.
    CloudFormation,
}

impl Happening {
    /// Whether it tells of a failure.
    pub fn is_bad(&self) -> bool {
        matches!(self.status.as_str(), "WARN" | "ERROR" | "FATAL")
            || self.status.ends_with("_FAILED")
    }
}

impl std::fmt::Display for Happening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.source, self.message.is_empty()) {
            (HappeningSource::ElasticBeanstalk, _) => f.write_str(&self.message),
            (HappeningSource::CloudFormation, true) => {
                write!(f, "{} {}", self.subject, self.status)
            }
            (HappeningSource::CloudFormation, false) => {
                write!(f, "{} {}: {}", self.subject, self.status, self.message)
            }
        }
    }
}
