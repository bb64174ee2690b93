//! What a session's records add up to; live run and replay build it by the same function.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::error::Fault;
use super::event::{
    Accepted, Approval, Decline, Event, Header, Invocation, Look, Moment, Outcome, Refused,
    SessionEvent, StepEvent, StepKey, UndoEvent,
};
use super::record::Record;
use super::state::StepState;
use crate::plan::{Action, Made, Plan, Step};
use crate::world::RequestId;

/// The version of the format that this program writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// A session as its records tell it.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// What it is for.
    pub header: Header,
    /// When it was opened.
    pub opened: Timestamp,
    /// When its last record was written.
    pub last: Timestamp,
    /// How often it was gone on with, and by whom.
    pub resumed: Vec<Invocation>,
    /// Its plans; the first is round 1.
    pub plans: Vec<Plan>,
    /// Snapshots that were kept.
    pub looks: Vec<Look>,
    /// Permissions that a preflight found missing.
    pub missing: Vec<String>,
    /// Who began to take its actions back, if anybody did.
    pub undoing: Option<Invocation>,
    /// How the last run of it ended; absent while one is under way or after one was killed.
    pub end: Option<End>,
    steps: BTreeMap<StepKey, StepHistory>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// When.
    pub at: Timestamp,
    /// How.
    pub outcome: Outcome,
    /// In a sentence.
    pub summary: String,
}

/// What happened to one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepHistory {
    /// Where it stands.
    pub state: StepState,
    /// How often its call went out.
    pub attempts: u32,
    /// The token of its last call.
    pub token: Option<String>,
    /// The action of its last call, every reference resolved.
    pub action: Option<Action>,
    /// When its last call went out.
    pub started: Option<Timestamp>,
    /// When AWS last said something before that, by AWS's own clock.
    pub since: Option<Timestamp>,
    /// Whether the effect was there before the last call.
    pub foreseen: bool,
    /// When it was last verified, found unverified or refused.
    pub ended: Option<Timestamp>,
    /// The identifier of what it made.
    pub made: Option<String>,
    /// AWS's identifiers of its requests.
    pub requests: Vec<RequestId>,
    /// What went wrong last.
    pub error: Option<String>,
    /// Who approved it.
    pub approval: Option<Approval>,
    /// Why it is not to be done.
    pub decline: Option<Decline>,
    /// The permission it lacked.
    pub permission: Option<String>,
    /// What happened on its way back.
    pub undo: UndoHistory,
}

/// What happened on a step's way back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UndoHistory {
    /// How often the call went out.
    pub attempts: u32,
    /// The token of the last call.
    pub token: Option<String>,
    /// The action of the last call.
    pub action: Option<Action>,
    /// When the last call went out.
    pub started: Option<Timestamp>,
    /// When AWS last said something before that, by AWS's own clock.
    pub since: Option<Timestamp>,
    /// Whether the effect was there before the last call.
    pub foreseen: bool,
    /// Who approved it.
    pub approval: Option<Approval>,
    /// Why it is to stay.
    pub decline: Option<Decline>,
    /// What went wrong last.
    pub error: Option<String>,
}

impl History {
    /// The history of a first record.
    ///
    /// # Errors
    /// A [`Fault`] if the record opens no session, or one of a newer format.
    pub(super) fn opened_by(record: &Record) -> Result<Self, Fault> {
        let Event::Session(event) = &record.event else { return Err(Fault::NotAnOpening) };
        let SessionEvent::Opened(header) = event.as_ref() else {
            return Err(Fault::NotAnOpening);
        };
        if header.format > FORMAT {
            return Err(Fault::Newer(header.format));
        }
        Ok(Self::new(record.at, header.clone()))
    }

    /// The history of a session in which nothing has happened yet.
    pub(super) fn new(at: Timestamp, header: Header) -> Self {
        Self {
            header,
            opened: at,
            last: at,
            resumed: Vec::new(),
            plans: Vec::new(),
            looks: Vec::new(),
            missing: Vec::new(),
            undoing: None,
            end: None,
            steps: BTreeMap::new(),
        }
    }

    /// Whether an event may come next.
    ///
    /// # Errors
    /// The [`Fault`] that the record would be.
    pub(super) fn allows(&self, event: &Event) -> Result<(), Fault> {
        match event {
            Event::Session(event) => match event.as_ref() {
                SessionEvent::Opened(_) => Err(Fault::NotAnOpening),
                SessionEvent::Repaired { .. }
                | SessionEvent::Resumed(_)
                | SessionEvent::UndoBegun(_)
                | SessionEvent::Looked(_)
                | SessionEvent::Planned { .. }
                | SessionEvent::Preflight { .. }
                | SessionEvent::Finished { .. } => Ok(()),
            },
            Event::Step { step, event } => {
                if self.planned(step).is_none() {
                    return Err(Fault::UnknownStep(step.clone()));
                }
                self.state(step).after(event).map(|_| ()).map_err(Fault::Illegal)
            }
        }
    }

    /// Takes a record in.
    ///
    /// # Errors
    /// A [`Fault`] if it tells of something that cannot happen.
    pub(super) fn take(&mut self, record: &Record) -> Result<(), Fault> {
        self.allows(&record.event)?;
        self.last = record.at;
        match &record.event {
            Event::Session(event) => self.take_session_event(record.at, event),
            Event::Step { step, event } => {
                self.steps.entry(step.clone()).or_default().take(record.at, event)?;
            }
        }
        Ok(())
    }

    fn take_session_event(&mut self, at: Timestamp, event: &SessionEvent) {
        match event {
            SessionEvent::Opened(_) | SessionEvent::Repaired { .. } => {}
            SessionEvent::Resumed(invocation) => {
                self.resumed.push(invocation.clone());
                self.end = None;
            }
            SessionEvent::UndoBegun(invocation) => {
                self.undoing = Some(invocation.clone());
                self.end = None;
            }
            SessionEvent::Looked(look) => self.looks.push(look.clone()),
            SessionEvent::Planned { plan } => {
                self.plans.push(plan.as_ref().clone());
            }
            SessionEvent::Preflight { missing } => self.missing.clone_from(missing),
            SessionEvent::Finished { outcome, summary } => {
                self.end = Some(End { at, outcome: *outcome, summary: summary.clone() });
            }
        }
    }

    /// Where a step stands.
    pub fn state(&self, key: &StepKey) -> StepState {
        self.steps.get(key).map_or(StepState::Planned, |step| step.state)
    }

    /// What happened to a step, if anything did.
    pub fn step(&self, key: &StepKey) -> Option<&StepHistory> {
        self.steps.get(key)
    }

    /// A step as it was planned.
    pub fn planned(&self, key: &StepKey) -> Option<&Step> {
        let index = usize::try_from(key.round).ok()?.checked_sub(1)?;
        self.plans.get(index)?.step(&key.step)
    }

    /// The number of the latest plan; 0 before there is one.
    pub fn round(&self) -> u32 {
        u32::try_from(self.plans.len()).unwrap_or(u32::MAX)
    }

    /// Every step of every plan in order.
    pub fn all_steps(&self) -> Vec<(StepKey, &Step)> {
        let mut steps = Vec::new();
        for (round, plan) in (1u32..).zip(&self.plans) {
            let keyed = |step| (StepKey::new(round, step), step);
            steps.extend(plan.steps.iter().map(keyed));
        }
        steps
    }

    /// What the steps of a round have made, and since when to listen for what each does.
    pub fn made(&self, round: u32) -> Made {
        let mut made = Made::nothing();
        for (key, step) in self.all_steps() {
            let Some(past) = self.step(&key).filter(|_| key.round == round) else { continue };
            if let Some(id) = &past.made {
                made.note(&step.id, id.as_str());
            }
            if let Some(since) = past.since {
                made.listen(&step.id, since);
            }
        }
        made
    }

    /// The last snapshot of a moment.
    pub fn look(&self, moment: Moment) -> Option<&Look> {
        self.looks.iter().rev().find(|look| look.moment == moment)
    }

    /// Whether `resume` has something to go on with.
    pub fn is_unfinished(&self) -> bool {
        match self.end.as_ref().map(|end| end.outcome) {
            None | Some(Outcome::Interrupted) => true,
            Some(Outcome::NotApproved | Outcome::NotRecovered | Outcome::AwsUnusable) => {
                self.has_work_left()
            }
            Some(
                Outcome::NotNeeded
                | Outcome::Recovered
                | Outcome::BeyondRepair
                | Outcome::WorldMoved,
            ) => false,
        }
    }

    /// Whether a step is neither done nor taken back.
    fn has_work_left(&self) -> bool {
        let mut states = self.all_steps().into_iter().map(|(key, _)| self.state(&key));
        if self.undoing.is_some() {
            states.any(|state| {
                state.is_made() || matches!(state, StepState::UndoInDoubt | StepState::UndoApplied)
            })
        } else {
            states.any(|state| {
                state.is_open()
                    || matches!(
                        state,
                        StepState::InDoubt | StepState::Applied | StepState::Unverified
                    )
            })
        }
    }
}

impl StepHistory {
    fn take(&mut self, at: Timestamp, event: &StepEvent) -> Result<(), Fault> {
        self.state = self.state.after(event).map_err(Fault::Illegal)?;
        match event {
            StepEvent::Asked
            | StepEvent::AlreadyThere { .. }
            | StepEvent::Happened(_)
            | StepEvent::Waited { .. } => {}
            StepEvent::Approved { how } => self.approval = Some(how.clone()),
            StepEvent::Declined { why } => self.decline = Some(why.clone()),
            StepEvent::Skipped { because } => {
                self.error = Some(format!("{because} was not done"));
            }
            StepEvent::GuardFailed { what } => self.error = Some(what.join("; ")),
            StepEvent::Started { token, action, since, foreseen } => {
                self.foreseen = *foreseen;
                self.attempts += 1;
                self.since = Some(*since);
                self.token = Some(token.clone());
                self.action = Some(action.as_ref().clone());
                self.started = Some(at);
                (self.error, self.decline, self.permission) = (None, None, None);
            }
            StepEvent::Applied(accepted) => self.accept(accepted),
            StepEvent::Refused(refused) => {
                self.ended = Some(at);
                self.refuse(refused);
            }
            StepEvent::InDoubt { why } => self.error = Some(why.clone()),
            StepEvent::Settled { happened, made, .. } => {
                self.made = made.clone().or(self.made.take());
                if *happened {
                    self.error = None;
                }
            }
            StepEvent::Verified { .. } => {
                self.ended = Some(at);
                self.error = None;
            }
            StepEvent::Unverified { why } => {
                self.ended = Some(at);
                self.error = Some(why.clone());
            }
            StepEvent::Undo(event) => self.undo.take(at, event, &mut self.requests),
        }
        Ok(())
    }

    fn accept(&mut self, accepted: &Accepted) {
        self.requests.extend(accepted.request.clone());
        self.made = accepted.made.clone().or(self.made.take());
        self.error = None;
    }

    fn refuse(&mut self, refused: &Refused) {
        self.requests.extend(refused.request.clone());
        self.error = Some(refused.to_string());
        self.permission.clone_from(&refused.permission);
    }
}

impl UndoHistory {
    fn take(&mut self, at: Timestamp, event: &UndoEvent, requests: &mut Vec<RequestId>) {
        match event {
            UndoEvent::Asked => {}
            UndoEvent::Approved { how } => self.approval = Some(how.clone()),
            UndoEvent::Declined { why } => self.decline = Some(why.clone()),
            UndoEvent::Started { token, action, since, foreseen } => {
                self.foreseen = *foreseen;
                self.attempts += 1;
                self.since = Some(*since);
                self.token = Some(token.clone());
                self.action = Some(action.as_ref().clone());
                self.started = Some(at);
                (self.error, self.decline) = (None, None);
            }
            UndoEvent::Applied(accepted) => requests.extend(accepted.request.clone()),
            UndoEvent::Refused(refused) => {
                requests.extend(refused.request.clone());
                self.error = Some(refused.to_string());
            }
            UndoEvent::Withheld { why }
            | UndoEvent::InDoubt { why }
            | UndoEvent::Failed { why } => self.error = Some(why.clone()),
            UndoEvent::Settled { happened: false, evidence } => {
                self.error = Some(evidence.clone());
            }
            UndoEvent::Settled { happened: true, .. } | UndoEvent::Done { .. } => self.error = None,
        }
    }
}
