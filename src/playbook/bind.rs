//! A playbook bound to a snapshot: the planner's proposal, ordered, restrained and added to.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::check::Diagnosis;
use crate::plan::{
    Action, Condition, Expected, Made, Notice, Plan, Refusal, Risk, Step, StepId, Truth, Undo,
    Wait, own_step,
};
use crate::world::Snapshot;

use super::evidence::unseen;
use super::facts::{FactError, Facts};
use super::fit::covers;
use super::{Otherwise, Placed, Playbook, StepRule, UndoRule, WaitRule};

/// Why a playbook cannot be bound to a snapshot.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// A parameter names a fact that is not there.
    #[error("line {line}: {source}")]
    Fact {
        /// Where.
        line: u64,
        /// Which.
        source: FactError,
    },
    /// An action or condition is not one.
    #[error("line {line}: {message}")]
    Shape {
        /// Where.
        line: u64,
        /// What is wrong.
        message: String,
    },
}

/// What a playbook is bound to.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// What was seen.
    pub snapshot: &'a Snapshot,
    /// What was found.
    pub diagnosis: &'a Diagnosis,
}

/// The planner's proposal as the playbook wants it.
///
/// Steps for causes that no rule mends are left out, with a refusal that says so, unless a step
/// that stays depends on them. Guards and conditions are only added, risks only raised, the
/// planner's own order of dependent steps is kept, and an action of the playbook's own gets the
/// guard, the wait, the check, the way back and the data loss that the planner would give it.
///
/// # Errors
/// [`BindError`] if an action or condition of the playbook's own does not fit the snapshot.
pub fn bind(playbook: &Playbook, plan: Plan, on: Ground<'_>) -> Result<Plan, BindError> {
    let facts = Facts::of(on.snapshot);
    let mut plan = plan;
    playbook.name.value.clone_into(&mut plan.playbook);
    plan.tell = playbook
        .tell
        .iter()
        .map(|tell| Notice { who: tell.who.clone(), what: tell.what.clone() })
        .collect();
    if nothing_before_it_is_seen(playbook, &mut plan, on.snapshot) {
        return Ok(plan);
    }
    let mut places = places(playbook, &plan.steps);
    leave_out(playbook, &mut plan, &mut places);
    for (index, rule) in playbook.steps.iter().enumerate() {
        let mine = |step: &&mut Step| places.get(&step.id) == Some(&index);
        for step in plan.steps.iter_mut().filter(mine) {
            overlay(&rule.value, step, &facts)?;
        }
        add_own(playbook, (index, &rule.value), &mut plan, &mut places, on)?;
    }
    hold_back(playbook, &mut plan.steps, &places);
    plan.steps = in_order(plan.steps, &places);
    let before = conditions(&playbook.before, &facts)?;
    if let Some(first) = plan.steps.first_mut() {
        first.guard.extend(before);
    }
    let verify = conditions(&playbook.verify, &facts)?;
    if let Some(last) = plan.steps.last_mut() {
        last.expect.extend(verify);
    }
    Ok(plan)
}

/// Takes every step out if something that has to have been seen was not, and says so.
fn nothing_before_it_is_seen(playbook: &Playbook, plan: &mut Plan, snapshot: &Snapshot) -> bool {
    let gaps: Vec<Refusal> = playbook
        .must_see
        .iter()
        .filter_map(|word| {
            let gap = unseen(&word.value, snapshot).err()?;
            let needs =
                if gap.needs.is_empty() { String::new() } else { format!("{}: ", gap.needs) };
            Some(Refusal {
                what: format!("Anything, before {} was looked at", word.value),
                why: format!(
                    "the playbook {} wants it seen, and it was not ({needs}{})",
                    playbook.name.value, gap.reason
                ),
            })
        })
        .collect();
    if gaps.is_empty() {
        return false;
    }
    plan.steps.clear();
    plan.refusals.extend(gaps);
    true
}

/// For each step the first rule that mends one of its causes.
fn places(playbook: &Playbook, steps: &[Step]) -> BTreeMap<StepId, usize> {
    let rule_of = |step: &Step| {
        // What is done for the goal itself, and no finding (a terminated environment is rebuilt),
        // comes last.
        if step.because.is_empty() {
            return Some(playbook.steps.len());
        }
        playbook.steps.iter().position(|rule| {
            let mend = &rule.value.mend;
            mend.iter().any(|code| step.because.iter().any(|because| covers(&code.value, because)))
        })
    };
    let mut places: BTreeMap<StepId, usize> =
        steps.iter().filter_map(|step| Some((step.id.clone(), rule_of(step)?))).collect();
    // What a step that stays depends on stays too, with the rule of the one that needs it.
    for step in steps.iter().rev() {
        if let Some(&place) = places.get(&step.id) {
            for needed in &step.after {
                places.entry(needed.clone()).or_insert(place);
            }
        }
    }
    places
}

/// Leaves out what no rule mends and what the playbook never does, with all that depends on it.
fn leave_out(playbook: &Playbook, plan: &mut Plan, places: &mut BTreeMap<StepId, usize>) {
    let mut out: BTreeSet<StepId> = BTreeSet::new();
    for step in &plan.steps {
        let never = playbook.never.iter().any(|kind| kind.value == step.action.kind());
        let needs_one_that_is_out = step.after.iter().any(|needed| out.contains(needed));
        let why = if never {
            format!("the playbook {} never does it", playbook.name.value)
        } else if needs_one_that_is_out {
            "it depends on a step that the playbook leaves out".to_owned()
        } else if !places.contains_key(&step.id) {
            format!(
                "the playbook {} does not deal with {}",
                playbook.name.value,
                step.because.join(", ")
            )
        } else {
            continue;
        };
        out.insert(step.id.clone());
        plan.refusals.push(Refusal { what: step.title.clone(), why });
    }
    plan.steps.retain(|step| !out.contains(&step.id));
    places.retain(|id, _| !out.contains(id));
}

/// Puts what a rule says on top of a planned step; nothing can be taken away from it.
fn overlay(rule: &StepRule, step: &mut Step, facts: &Facts) -> Result<(), BindError> {
    if let Some(risk) = rule.risk.as_ref().and_then(|word| risk_of(&word.value)) {
        step.risk = step.risk.max(risk);
    }
    if let Some(ask) = &rule.ask {
        step.effect = format!("{ask} {}", step.effect).trim_end().to_owned();
    }
    step.guard.extend(conditions(&rule.guard, facts)?);
    step.expect.extend(conditions(&rule.expect, facts)?);
    Ok(())
}

/// Adds the step that a rule with an action of its own asks for, or says why it is not done.
fn add_own(
    playbook: &Playbook,
    (index, rule): (usize, &StepRule),
    plan: &mut Plan,
    places: &mut BTreeMap<StepId, usize>,
    on: Ground<'_>,
) -> Result<(), BindError> {
    let facts = Facts::of(on.snapshot);
    let Some(written) = &rule.action else { return Ok(()) };
    let action: Action = shaped(&written.value, &facts, written.line)?;
    let id = StepId(rule.id.value.clone());
    if plan.step(&id).is_some() {
        let message = format!("the planner has a step {id} of its own: give this one another id");
        return Err(BindError::Shape { line: rule.id.line, message });
    }
    let title = rule.title.clone().unwrap_or_else(|| action.to_string());
    if playbook.never.iter().any(|kind| kind.value == action.kind()) {
        let why = format!("the playbook {} never does it", playbook.name.value);
        plan.refusals.push(Refusal { what: title, why });
        return Ok(());
    }
    // The planner proposes the same: it is done once, with what both want of it.
    if let Some(same) = plan.steps.iter_mut().find(|step| step.action == action) {
        return overlay(rule, same, &facts);
    }
    let step = match own_step(id, action, &plan.steps, on.diagnosis, on.snapshot) {
        Ok(step) => own(rule, step, &facts)?,
        Err(error) => {
            plan.refusals.push(Refusal { what: title, why: error.to_string() });
            return Ok(());
        }
    };
    let is_first = step.after.is_empty() && !places.values().any(|place| *place < index);
    let missing =
        step.guard.iter().find(|one| one.holds(on.snapshot, &Made::nothing()) != Truth::Yes);
    if let (true, Some(condition)) = (is_first, missing) {
        let why = format!("it does not fit what was seen: it needs that {condition}");
        plan.refusals.push(Refusal { what: title, why });
        return Ok(());
    }
    places.insert(step.id.clone(), index);
    plan.steps.push(step);
    Ok(())
}

/// A step of the playbook's own, with what its rule says on top of what the planner would.
fn own(rule: &StepRule, mut step: Step, facts: &Facts) -> Result<Step, BindError> {
    if !step.data_loss.is_empty() {
        step.risk = Risk::Destructive;
    }
    if let Some(title) = &rule.title {
        title.clone_into(&mut step.title);
    }
    if let Some(effect) = &rule.effect {
        step.effect = format!("{effect} {}", step.effect).trim_end().to_owned();
    }
    step.wait = wait(rule.wait.as_ref(), step.wait, facts)?;
    step.undo = undo(rule, step.undo, facts)?;
    overlay(rule, &mut step, facts)?;
    Ok(step)
}

/// A wait of the playbook's own: it ends when the planner's conditions hold, too.
fn wait(rule: Option<&WaitRule>, usual: Wait, facts: &Facts) -> Result<Wait, BindError> {
    let Some(rule) = rule else { return Ok(usual) };
    let mut wait = Wait {
        what: rule.what.clone(),
        expected: Expected {
            usual_seconds: rule.usual_seconds.value,
            at_most_seconds: rule.at_most_seconds.value,
        },
        ..usual
    };
    wait.until.extend(conditions(&rule.until, facts)?);
    wait.hopeless.extend(conditions(&rule.hopeless, facts)?);
    Ok(wait)
}

/// The way back: the rule's action if it names one; else the planner's, in the rule's words where
/// both know none. That nothing has to be taken back is only believed where the planner says so.
fn undo(rule: &StepRule, usual: Undo, facts: &Facts) -> Result<Undo, BindError> {
    Ok(match (&rule.undo, usual) {
        (Some(UndoRule::By(action)), _) => Undo::By(Box::new(shaped(action, facts, rule.id.line)?)),
        (Some(UndoRule::Impossible(why)), Undo::Impossible { .. } | Undo::NotNeeded) => {
            Undo::Impossible { why: why.clone() }
        }
        (
            Some(UndoRule::Impossible(_) | UndoRule::NotNeeded) | None,
            usual @ (Undo::By(_) | Undo::NotNeeded | Undo::Impossible { .. }),
        ) => usual,
    })
}

/// The word of the contract for a risk.
pub(super) fn risk_of(word: &str) -> Option<Risk> {
    [Risk::Safe, Risk::Disruptive, Risk::Destructive].into_iter().find(|risk| risk.as_str() == word)
}

/// Conditions as the playbook writes them, with facts put in.
fn conditions(written: &[Placed<Value>], facts: &Facts) -> Result<Vec<Condition>, BindError> {
    written.iter().map(|one| shaped(&one.value, facts, one.line)).collect()
}

/// An action or condition from its written form.
pub(super) fn shaped<T: DeserializeOwned>(
    written: &Value,
    facts: &Facts,
    line: u64,
) -> Result<T, BindError> {
    let put = facts.put_into(written).map_err(|source| BindError::Fact { line, source })?;
    serde_json::from_value(put)
        .map_err(|error| BindError::Shape { line, message: error.to_string() })
}

/// After a rule that says `stop`, nothing of later rules is done unless all of its steps were.
fn hold_back(playbook: &Playbook, steps: &mut [Step], places: &BTreeMap<StepId, usize>) {
    for (index, rule) in playbook.steps.iter().enumerate() {
        if rule.value.otherwise != Otherwise::Stop {
            continue;
        }
        let gate: Vec<StepId> =
            places.iter().filter(|(_, place)| **place == index).map(|(id, _)| id.clone()).collect();
        // A step of this rule may itself need one of a later rule (a grant after a rebuild); such
        // a step cannot be a gate for what it waits for.
        for position in 0..steps.len() {
            if places.get(&steps[position].id).is_some_and(|place| *place > index) {
                let id = steps[position].id.clone();
                let fitting: Vec<StepId> =
                    gate.iter().filter(|gate| !depends(steps, gate, &id)).cloned().collect();
                let after = &mut steps[position].after;
                after.extend(fitting);
                after.sort();
                after.dedup();
            }
        }
    }
}

/// Whether a step depends on another, by any number of links.
fn depends(steps: &[Step], step: &StepId, on: &StepId) -> bool {
    let mut open = vec![step];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if id == on {
            return true;
        }
        if seen.insert(id) {
            open.extend(steps.iter().filter(|step| &step.id == id).flat_map(|step| &step.after));
        }
    }
    false
}

/// The rules' order as far as dependencies allow: always the earliest rule's earliest step of
/// those whose dependencies are all placed.
fn in_order(steps: Vec<Step>, places: &BTreeMap<StepId, usize>) -> Vec<Step> {
    let mut open = steps;
    let mut ordered: Vec<Step> = Vec::new();
    while !open.is_empty() {
        let waiting: BTreeSet<&StepId> = open.iter().map(|step| &step.id).collect();
        let next = (0..open.len())
            .filter(|&index| !open[index].after.iter().any(|needed| waiting.contains(needed)))
            .min_by_key(|&index| (places.get(&open[index].id), index))
            // A cycle cannot come from the planner; if it did, its own order is the best there is.
            .unwrap_or(0);
        ordered.push(open.remove(next));
    }
    ordered
}
