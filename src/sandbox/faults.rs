//! Faults that a test asks for: throttling, broken connections, stale reads.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::access::{action, denied, like};
use super::account::mixed;
use super::wire::{broken, throttled};
use super::{Account, Answer, Call, Fault, Params, dispatch, ec2};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The service says that it is asked too often.
    Throttle,
    /// The service fails.
    ServerError,
    /// The caller may not.
    AccessDenied,
    /// The connection ends before anything has happened.
    DropBefore,
    /// It happens, and the connection ends before the answer.
    DropAfter,
    /// A read is answered from the state before the last change.
    Stale,
    /// The answer takes its time.
    Slow(Duration),
}

impl Kind {
    fn read(tree: &Value) -> Result<Self, String> {
        match tree.text("kind").unwrap_or_default() {
            "throttle" => Ok(Self::Throttle),
            "server-error" => Ok(Self::ServerError),
            "access-denied" => Ok(Self::AccessDenied),
            "drop-before" => Ok(Self::DropBefore),
            "drop-after" => Ok(Self::DropAfter),
            "stale" => Ok(Self::Stale),
            "slow" => {
                let millis = tree.number("milliseconds").unwrap_or(1000);
                Ok(Self::Slow(Duration::from_millis(u64::try_from(millis).unwrap_or(0))))
            }
            other => Err(format!("no such kind of fault: {other:?}")),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Throttle => "throttle",
            Self::ServerError => "server-error",
            Self::AccessDenied => "access-denied",
            Self::DropBefore => "drop-before",
            Self::DropAfter => "drop-after",
            Self::Stale => "stale",
            Self::Slow(_) => "slow",
        }
    }
}

/// One fault that waits for its calls.
#[derive(Clone, Debug)]
struct Planned {
    /// `ec2:CreateRoute`; `*` stands for anything.
    operation: String,
    kind: Kind,
    /// How often it is still to happen; always if there is no number.
    times: Option<u64>,
    /// The share of calls it happens to, and the state of the dice.
    storm: Option<(f64, u64)>,
}

/// The faults that wait, and what stale reads need.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    planned: Vec<Planned>,
    /// EC2 of each region before its last change on the wire; kept while a stale read is planned.
    before: BTreeMap<String, ec2::Ec2>,
    /// The last answers of other services' reads; kept likewise.
    answers: BTreeMap<String, Answer>,
}

impl Faults {
    /// Adds faults; an empty list takes away those that are left.
    pub(super) fn plan(&mut self, tree: &Value) -> Result<(), String> {
        let list = match tree {
            Value::Array(list) => list.as_slice(),
            Value::Object(_) => std::slice::from_ref(tree),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                return Err("a list of faults is wanted".to_owned());
            }
        };
        let planned: Vec<Planned> = list.iter().map(read).collect::<Result<_, _>>()?;
        if planned.is_empty() {
            *self = Self::default();
        }
        self.planned.extend(planned);
        Ok(())
    }

    /// What is still planned.
    pub(super) fn tell(&self) -> Value {
        self.planned
            .iter()
            .map(|planned| {
                json!({
                    "operation": planned.operation,
                    "kind": planned.kind.name(),
                    "times": planned.times,
                    "rate": planned.storm.map(|(rate, _)| rate),
                })
            })
            .collect()
    }

    /// Takes the fault that a call is to meet, if one is planned.
    pub(super) fn take(&mut self, call: &Call) -> Option<Kind> {
        let name = format!("{}:{}", call.service.prefix(), call.operation).to_lowercase();
        let reads = dispatch::reads(&call.operation);
        for planned in &mut self.planned {
            let fits = planned.times != Some(0)
                && like(&planned.operation.to_lowercase(), &name)
                && (planned.kind != Kind::Stale || reads);
            if !fits || !strikes(&mut planned.storm) {
                continue;
            }
            if let Some(times) = &mut planned.times {
                *times -= 1;
            }
            let kind = planned.kind;
            self.planned.retain(|planned| planned.times != Some(0));
            return Some(kind);
        }
        None
    }

    /// Remembers what a stale read may need, before a call is answered.
    pub(super) fn remember(&mut self, account: &mut Account, call: &Call) {
        let awaited = self.planned.iter().any(|planned| planned.kind == Kind::Stale);
        if !awaited {
            self.before.clear();
            self.answers.clear();
        } else if call.service == super::Service::Ec2 && !dispatch::reads(&call.operation) {
            let state = account.visit(&call.region, |account| account.here.ec2.clone());
            self.before.insert(call.region.clone(), state);
        }
    }

    /// Remembers an answer, while stale reads are planned.
    pub(super) fn answered(&mut self, call: &Call, answer: &Answer) {
        if self.planned.iter().any(|planned| planned.kind == Kind::Stale)
            && dispatch::reads(&call.operation)
        {
            self.answers.insert(key(call), answer.clone());
        }
    }

    /// Answers a read from the state before the last change.
    pub(super) fn stale(&mut self, account: &mut Account, call: &Call) -> Answer {
        if call.service == super::Service::Ec2 {
            let Some(before) = self.before.get(&call.region).cloned() else {
                return account.answer(call);
            };
            let now = account
                .visit(&call.region, |account| std::mem::replace(&mut account.here.ec2, before));
            let answer = account.answer(call);
            account.visit(&call.region, |account| account.here.ec2 = now);
            return answer;
        }
        self.answers.get(&key(call)).cloned().unwrap_or_else(|| account.answer(call))
    }
}

fn key(call: &Call) -> String {
    format!("{}:{} {} {}", call.service.prefix(), call.operation, call.region, call.params)
}

fn read(tree: &Value) -> Result<Planned, String> {
    let storm = tree.get("rate").and_then(Value::as_f64).map(|rate| {
        let seed = tree.get("seed").and_then(Value::as_u64).unwrap_or(1);
        (rate.clamp(0.0, 1.0), seed)
    });
    let times = match tree.get("times").and_then(Value::as_u64) {
        Some(times) => Some(times),
        // A storm blows until it is taken away; a single fault happens once.
        None => storm.is_none().then_some(1),
    };
    let operation = tree.text("operation").unwrap_or("*").to_owned();
    Ok(Planned { operation, kind: Kind::read(tree)?, times, storm })
}

/// Throws the dice of a storm; what is no storm always strikes.
fn strikes(storm: &mut Option<(f64, u64)>) -> bool {
    let Some((rate, state)) = storm else { return true };
    *state = mixed(*state);
    let throw = u32::try_from(*state >> 32).unwrap_or(u32::MAX);
    f64::from(throw) / f64::from(u32::MAX) < *rate
}

/// The refusal that a fault answers with, if it answers.
pub(super) fn refusal(kind: Kind, call: &Call) -> Option<Fault> {
    match kind {
        Kind::Throttle => Some(throttled(call.service)),
        Kind::ServerError => Some(broken(call.service)),
        Kind::AccessDenied => {
            let action = action(call);
            let why = format!("because no identity-based policy allows the {action} action");
            Some(denied(call.service, &call.caller.arn, &action, "*", &why))
        }
        Kind::DropBefore | Kind::DropAfter | Kind::Stale | Kind::Slow(_) => None,
    }
}
