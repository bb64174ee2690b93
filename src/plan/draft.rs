//! A plan in the making.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Finding;
use crate::world::RouteTableId;
use crate::world::{Arn, Environment, LogicalId, Snapshot, StackName, StackStatus, SubnetId};

use super::Ref;
use super::recovery::Needs;
use super::{Action, Alternative, Condition, Refusal, Risk, Step, StepId, Undo, Wishes, defaults};

/// The other way where only a termination is held back.
pub(super) const END: &str = "End the environment after all (`--goal terminated`)";

/// A plan in the making: steps are added in the order in which they can be done.
pub(super) struct Draft<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) environment: &'a Environment,
    pub(super) wishes: &'a Wishes,
    pub(super) steps: Vec<Step>,
    /// The table a subnet is to use by what is planned so far.
    pub(super) moved: BTreeMap<SubnetId, Ref<RouteTableId>>,
    /// Steps without which instances cannot come up: the way out, roles, images.
    pub(super) ground: Vec<StepId>,
    /// Steps that free the stack of what holds it.
    pub(super) freed: Vec<StepId>,
    /// What brings the environment back, gathered from all causes.
    pub(super) needs: Needs,
    /// Whether something is done about every cause.
    pub(super) mended: bool,
    pub(super) alternatives: Vec<Alternative>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) beyond: Vec<Refusal>,
}

/// A step that is to be added.
pub(super) struct Proposal {
    action: Action,
    because: Vec<String>,
    title: Option<String>,
    effect: Option<String>,
    data_loss: Vec<String>,
    after: Vec<StepId>,
    guard: Vec<Condition>,
    undo: Option<Undo>,
    risk: Option<Risk>,
}

impl Proposal {
    pub(super) fn new(action: Action, because: impl Because) -> Self {
        Self {
            action,
            because: because.codes(),
            title: None,
            effect: None,
            data_loss: Vec::new(),
            after: Vec::new(),
            guard: Vec::new(),
            undo: None,
            risk: None,
        }
    }

    /// Says it in other words than the action's own.
    pub(super) fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What people will notice.
    pub(super) fn effect(mut self, effect: impl Into<String>) -> Self {
        self.effect = Some(effect.into());
        self
    }

    /// What is lost for good.
    pub(super) fn loses(mut self, names: Vec<String>) -> Self {
        self.data_loss = names;
        self
    }

    /// Steps that must have succeeded before.
    pub(super) fn after<'s>(mut self, steps: impl IntoIterator<Item = &'s StepId>) -> Self {
        self.after.extend(steps.into_iter().cloned());
        self
    }

    /// What must hold besides what every action of its sort wants.
    pub(super) fn guard(mut self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        self.guard.extend(conditions);
        self
    }

    /// Another way back than the usual one.
    pub(super) fn undo(mut self, undo: Undo) -> Self {
        self.undo = Some(undo);
        self
    }

    /// Another risk than the action's own: higher for what hangs on it, lower where it takes
    /// nothing away from anybody.
    pub(super) fn rated(mut self, risk: Risk) -> Self {
        self.risk = Some(risk);
        self
    }
}

/// Why a step is proposed.
pub(super) trait Because {
    fn codes(self) -> Vec<String>;
}

impl Because for &Finding {
    fn codes(self) -> Vec<String> {
        vec![self.code().0.to_owned()]
    }
}

impl Because for &BTreeSet<String> {
    fn codes(self) -> Vec<String> {
        self.iter().cloned().collect()
    }
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        environment: &'a Environment,
        wishes: &'a Wishes,
    ) -> Self {
        Self {
            snapshot,
            environment,
            wishes,
            steps: Vec::new(),
            moved: BTreeMap::new(),
            ground: Vec::new(),
            freed: Vec::new(),
            needs: Needs::default(),
            mended: false,
            alternatives: Vec::new(),
            refusals: Vec::new(),
            beyond: Vec::new(),
        }
    }

    /// Adds a step and gives its number; one that is there already is only done for one reason
    /// more.
    pub(super) fn add(&mut self, proposal: Proposal) -> StepId {
        if let Some(same) = self.steps.iter_mut().find(|step| step.action == proposal.action) {
            let new = proposal.because.into_iter().filter(|code| !same.because.contains(code));
            let new: Vec<String> = new.collect();
            same.because.extend(new);
            return same.id.clone();
        }
        let id = StepId(format!("a{}", self.steps.len() + 1));
        let step = self.step(id.clone(), proposal);
        self.steps.push(step);
        id
    }

    fn step(&self, id: StepId, proposal: Proposal) -> Step {
        let Proposal { action, because, title, effect, data_loss, after, guard, undo, risk } =
            proposal;
        let mut needed: Vec<StepId> = action.makers();
        needed.extend(after);
        needed.retain(|other| *other != id);
        // Numbers as people count them: a2 before a10.
        needed.sort_by_key(|id| (id.0.len(), id.clone()));
        needed.dedup();
        let mut guards = defaults::guard(&action, self.snapshot);
        guards.extend(guard.into_iter().filter(|own| !guards.contains(own)).collect::<Vec<_>>());
        let wait = defaults::wait(&action, &id);
        // What was waited for has to hold in the end, too.
        let mut expect = action.done_when(&id);
        let awaited: Vec<Condition> =
            wait.until.iter().filter(|own| !expect.contains(own)).cloned().collect();
        expect.extend(awaited);
        Step {
            risk: risk.unwrap_or(action.risk()),
            because,
            title: title.unwrap_or_else(|| sentence(&action.to_string())),
            effect: effect.unwrap_or_else(|| defaults::effect(&action).to_owned()),
            data_loss,
            after: needed,
            guard: guards,
            wait,
            expect,
            undo: undo.unwrap_or_else(|| defaults::undo(&action, &id, self.snapshot)),
            action,
            id,
        }
    }

    /// Adds a step that others of the ground depend on.
    pub(super) fn add_ground(&mut self, proposal: Proposal) -> StepId {
        let id = self.add(proposal);
        if !self.ground.contains(&id) {
            self.ground.push(id.clone());
        }
        id
    }

    /// Adds a step that frees the stack.
    pub(super) fn add_freeing(&mut self, proposal: Proposal) -> StepId {
        let id = self.add(proposal);
        if !self.freed.contains(&id) {
            self.freed.push(id.clone());
        }
        id
    }

    /// Whether something is done about a finding.
    pub(super) fn is_dealt_with(&self, finding: &Finding) -> bool {
        let code = finding.code().0;
        self.needs.deals_with(code)
            || self.steps.iter().any(|step| step.because.iter().any(|own| own == code))
    }

    /// Codes of all that something is done about.
    pub(super) fn all_codes(&self) -> BTreeSet<String> {
        self.steps.iter().flat_map(|step| step.because.iter().cloned()).collect()
    }

    pub(super) fn step_mut(&mut self, id: &StepId) -> Option<&mut Step> {
        self.steps.iter_mut().find(|step| step.id == *id)
    }

    /// Another way that was weighed.
    pub(super) fn alternative(&mut self, what: impl Into<String>, why_not: impl Into<String>) {
        let alternative = Alternative { what: what.into(), why_not: why_not.into() };
        if !self.alternatives.contains(&alternative) {
            self.alternatives.push(alternative);
        }
    }

    /// Something that is not done although it could be.
    pub(super) fn refuse(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let refusal = Refusal { what: what.into(), why: why.into() };
        if !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
    }

    /// Something that only a person or AWS Support can do.
    pub(super) fn ask_person(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let refusal = Refusal { what: what.into(), why: why.into() };
        if !self.beyond.contains(&refusal) {
            self.beyond.push(refusal);
        }
    }

    /// The environment's own stack.
    pub(super) fn stack(&self) -> StackName {
        self.environment.stack_name()
    }

    /// The status of a stack, `None` if there is no such stack or nobody could look.
    pub(super) fn stack_status(&self, stack: &StackName) -> Option<&'a StackStatus> {
        let facts = self.snapshot.stacks.get(stack)?;
        Some(&facts.stack.value()?.status)
    }

    /// Whether AWS says that there is no such stack.
    pub(super) fn stack_is_gone(&self, stack: &StackName) -> bool {
        let Some(facts) = self.snapshot.stacks.get(stack) else { return false };
        facts.stack.is_absent()
            || facts.stack.value().is_some_and(|stack| stack.status.is_deleted())
    }

    /// An option of the environment.
    pub(super) fn option(&self, namespace: &str, name: &str) -> Option<&'a str> {
        self.snapshot.settings.value()?.get(namespace, name)
    }
}

/// A sentence with a capital letter.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The last part of a platform version's ARN.
pub(super) fn version_of(platform: &Arn) -> &str {
    platform.as_str().rsplit('/').next().unwrap_or(platform.as_str())
}

/// Names of a stack's resources as the API takes them.
pub(super) fn logicals(names: &BTreeSet<LogicalId>) -> Vec<LogicalId> {
    names.iter().cloned().collect()
}
