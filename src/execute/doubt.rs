//! Settling doubts: a call that brought no certain answer is looked for, never repeated blindly.

use jiff::{SignedDuration, Timestamp};

use super::cloud::{Cloud, Trace};
use super::executor::{Executor, Halt, longer};
use super::look::Seen;
use super::report::RunEnd;
use crate::clock::Clock;
use crate::journal::{Journal, StepEvent, StepKey, UndoEvent};
use crate::operator::{News, Operator};
use crate::plan::{Action, Condition, Made, Step, Traceable};

/// How long a call that was carried out may take to show.
// Elastic Beanstalk's first event comes within seconds, EC2's reads are consistent in about as
// long; a minute is what the SDKs' own waiters give them.
const SETTLING: SignedDuration = SignedDuration::from_mins(1);

/// A call whose outcome is open.
struct Doubt<'a> {
    key: &'a StepKey,
    action: Action,
    token: String,
    since: Timestamp,
    effect: Vec<Condition>,
    made: Made,
    /// Whether the effect proves nothing, because it was there before the call.
    foreseen: bool,
}

impl Doubt<'_> {
    /// Whether what is seen of the effect shows that the call was carried out. Where nothing but
    /// the effect matters, it is as good if it was there before.
    fn shows(&self, seen: &Seen) -> bool {
        let proof = !self.foreseen || self.action.traceable() == Traceable::EffectAlone;
        proof && !self.effect.is_empty() && seen.all()
    }
}

/// What a doubt was settled to.
struct Settlement {
    happened: bool,
    evidence: String,
    made: Option<String>,
}

impl<C: Cloud, K: Clock, O: Operator, J: Journal> Executor<'_, C, K, O, J> {
    /// Settles whether a step's call was carried out; ends the run if that cannot be told.
    pub(super) async fn settle(&mut self, key: &StepKey, step: &Step) -> Result<(), Halt> {
        let past = self.past(key);
        let action = past.action.unwrap_or_else(|| step.action.clone());
        let doubt = Doubt {
            key,
            token: past.token.unwrap_or_default(),
            since: past.since.or(past.started).unwrap_or(Timestamp::MIN),
            effect: action.done_when(&step.id),
            made: self.made(key.round),
            foreseen: past.foreseen,
            action,
        };
        let Settlement { happened, evidence, made } = self.look_for(&doubt).await?;
        self.tell(&News::Settled { happened, evidence: &evidence });
        self.note(key, StepEvent::Settled { happened, evidence, made })?;
        Ok(())
    }

    /// Settles whether a step was taken back; ends the run if that cannot be told.
    pub(super) async fn settle_undo(&mut self, key: &StepKey, step: &Step) -> Result<(), Halt> {
        let past = self.past(key).undo;
        let Some(action) = past.action else { return Ok(()) };
        let doubt = Doubt {
            key,
            token: past.token.unwrap_or_default(),
            since: past.since.or(past.started).unwrap_or(Timestamp::MIN),
            effect: action.done_when(&step.id),
            made: self.made_back(key),
            foreseen: past.foreseen,
            action,
        };
        let Settlement { happened, evidence, .. } = self.look_for(&doubt).await?;
        self.tell(&News::Settled { happened, evidence: &evidence });
        self.note(key, StepEvent::Undo(UndoEvent::Settled { happened, evidence }))?;
        Ok(())
    }

    async fn look_for(&mut self, doubt: &Doubt<'_>) -> Result<Settlement, Halt> {
        if doubt.action.is_wait() {
            let evidence = "a wait changes nothing".to_owned();
            return Ok(Settlement { happened: true, evidence, made: None });
        }
        let until = self.clock.now().checked_add(SETTLING).unwrap_or(Timestamp::MAX);
        let mut pause = self.options.poll.min(std::time::Duration::from_secs(2));
        loop {
            let trace = self.cloud.trace(&doubt.action, &doubt.token, doubt.since).await;
            let trace = trace.unwrap_or(Trace::CannotTell);
            if let Trace::Seen { evidence, made } = trace {
                return Ok(Settlement { happened: true, evidence, made });
            }
            let seen = self.look(&doubt.effect, &doubt.made).await?;
            if doubt.shows(&seen) {
                let evidence = seen.holding.join("; ");
                return Ok(Settlement { happened: true, evidence, made: None });
            }
            if self.clock.now() >= until {
                return conclude(doubt, &trace, &seen);
            }
            self.rest(pause).await?;
            pause = longer(pause, self.options.poll);
        }
    }
}

/// What it means that neither trace nor effect came to light in all the time they may take.
fn conclude(doubt: &Doubt<'_>, trace: &Trace, seen: &Seen) -> Result<Settlement, Halt> {
    let absent = match doubt.action.traceable() {
        // The call would have left something behind that is looked for by name.
        Traceable::Announced(_) | Traceable::StackToken | Traceable::Tag => {
            *trace == Trace::NotSeen
        }
        // The effect is there as soon as the call is carried out.
        Traceable::EffectAlone => seen.fails() && seen.unknown.is_empty(),
    };
    if absent {
        let evidence = if seen.failing.is_empty() {
            "nothing of it is to be seen".to_owned()
        } else {
            seen.missing()
        };
        return Ok(Settlement { happened: false, evidence, made: None });
    }
    let why = if seen.unknown.is_empty() {
        format!("{} leaves no trace that could be read", doubt.action.kind())
    } else {
        seen.missing()
    };
    Err(Halt::End(RunEnd::InDoubt { step: doubt.key.clone(), why }))
}
