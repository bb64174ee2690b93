//! What the causes need of the environment.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::check::Finding;
use crate::plan::draft::{Because, Proposal};
use crate::plan::{Action, Risk, StepId};
use crate::world::{Arn, InstanceId, LogicalId, StackName};

/// What the causes need of the environment, gathered so that it becomes one way.
#[derive(Default)]
pub(in crate::plan) struct Needs {
    /// The platform version it is to be on.
    pub(super) platform: Option<Arn>,
    /// The application version it is to run.
    pub(super) version: Option<String>,
    /// Options to set, by namespace and name.
    pub(super) set: BTreeMap<(String, String), String>,
    /// Options to remove.
    pub(super) remove: BTreeSet<(String, String)>,
    /// Codes for which it is updated.
    pub(super) update_codes: BTreeSet<String>,
    /// Instances to replace.
    pub(super) replace: BTreeSet<InstanceId>,
    /// Codes for which instances are replaced.
    pub(super) replace_codes: BTreeSet<String>,
    /// Codes of faults that cut instances off.
    pub(super) cut_codes: BTreeSet<String>,
    /// When they were cut off, as CloudTrail tells.
    pub(super) cut_at: Option<Timestamp>,
    /// Codes for which all resources are made anew.
    pub(super) rebuild_codes: BTreeSet<String>,
    /// Codes for which the environment is ended first.
    pub(super) end_codes: BTreeSet<String>,
    /// Resources of stacks that are left standing.
    pub(super) retained: BTreeMap<StackName, BTreeSet<LogicalId>>,
    /// Stacks whose rollback goes on, and what is skipped.
    pub(super) rollbacks: BTreeMap<StackName, BTreeSet<String>>,
    /// Codes for which it goes on.
    pub(super) rollback_codes: BTreeSet<String>,
    /// Steps after which Elastic Beanstalk gives the environment back by itself.
    pub(super) healed: Vec<StepId>,
    /// Codes of an operation that goes on.
    pub(super) busy_codes: BTreeSet<String>,
    /// Whether neither aborting nor terminating is accepted.
    pub(super) deadlock: bool,
    /// Why it cannot be rebuilt.
    pub(super) rebuild_refused: Vec<String>,
    /// Whether an update has to be tried again.
    pub(super) again: bool,
    /// Exports whose importers keep the stack from being deleted, which only they can change.
    pub(super) held: BTreeSet<String>,
    /// Whether whatever is launched would fail.
    pub(in crate::plan) no_launch: bool,
    /// Steps that an update needs.
    pub(in crate::plan) before_update: Vec<StepId>,
    /// What is done when the update is over.
    pub(in crate::plan) after_update: Vec<Later>,
    /// What is done when the environment is back.
    pub(in crate::plan) after_bringing_back: Vec<Later>,
}

/// Something that is done in the end.
#[derive(Clone)]
pub(in crate::plan) struct Later {
    action: Action,
    because: Vec<String>,
    after: Vec<StepId>,
    effect: Option<String>,
    risk: Option<Risk>,
}

impl Because for Vec<String> {
    fn codes(self) -> Vec<String> {
        self
    }
}

impl Later {
    pub(in crate::plan) fn new(action: Action, because: impl Because) -> Self {
        Self { action, because: because.codes(), after: vec![], effect: None, risk: None }
    }

    pub(in crate::plan) fn after(mut self, step: &StepId) -> Self {
        self.after.push(step.clone());
        self
    }

    pub(in crate::plan) fn effect(mut self, effect: String) -> Self {
        self.effect = Some(effect);
        self
    }

    pub(in crate::plan) fn rated(mut self, risk: Risk) -> Self {
        self.risk = Some(risk);
        self
    }

    pub(super) fn proposal(self) -> Proposal {
        let mut proposal = Proposal::new(self.action, self.because).after(&self.after);
        if let Some(effect) = self.effect {
            proposal = proposal.effect(effect);
        }
        if let Some(risk) = self.risk {
            proposal = proposal.rated(risk);
        }
        proposal
    }
}

fn note(codes: &mut BTreeSet<String>, because: impl Because) {
    codes.extend(because.codes());
}

impl Needs {
    /// An option has to have a value.
    pub(in crate::plan) fn set(
        &mut self,
        namespace: &str,
        name: &str,
        value: &str,
        because: impl Because,
    ) {
        self.set.insert((namespace.to_owned(), name.to_owned()), value.to_owned());
        note(&mut self.update_codes, because);
    }

    /// An option has to go.
    pub(in crate::plan) fn unset(&mut self, namespace: &str, name: &str, because: impl Because) {
        self.remove.insert((namespace.to_owned(), name.to_owned()));
        note(&mut self.update_codes, because);
    }

    /// The environment has to be on a platform version; the first that is asked for counts.
    pub(in crate::plan) fn platform(&mut self, platform: &Arn, because: impl Because) {
        self.platform.get_or_insert_with(|| platform.clone());
        note(&mut self.update_codes, because);
    }

    /// The same, and managed updates must not move it from there.
    pub(in crate::plan) fn pin(&mut self, platform: &Arn, because: impl Because + Copy) {
        self.platform(platform, because);
        let managed = "aws:elasticbeanstalk:managedactions";
        self.set(managed, "ManagedActionsEnabled", "false", because);
    }

    /// The environment has to run an application version.
    pub(in crate::plan) fn deploy(&mut self, label: &str, because: impl Because) {
        self.version.get_or_insert_with(|| label.to_owned());
        note(&mut self.update_codes, because);
    }

    /// Instances have to be replaced.
    pub(in crate::plan) fn replace(&mut self, instances: &[InstanceId], because: impl Because) {
        self.replace.extend(instances.iter().cloned());
        note(&mut self.replace_codes, because);
    }

    /// All resources have to be made anew.
    pub(in crate::plan) fn rebuild(&mut self, because: impl Because) {
        note(&mut self.rebuild_codes, because);
    }

    /// The environment's stack has to go.
    pub(in crate::plan) fn end(&mut self, because: impl Because) {
        note(&mut self.end_codes, because);
    }

    /// The stack cannot be deleted as long as another one imports this.
    pub(in crate::plan) fn holds_its_stack(&mut self, export: &str) {
        self.held.insert(export.to_owned());
    }

    /// A resource of a stack is left standing.
    pub(in crate::plan) fn retain(
        &mut self,
        stack: &StackName,
        logical: &LogicalId,
        because: impl Because,
    ) {
        self.retained.entry(stack.clone()).or_default().insert(logical.clone());
        note(&mut self.end_codes, because);
    }

    /// A stack's rollback has to go on, skipping these.
    pub(in crate::plan) fn roll_back(
        &mut self,
        stack: &StackName,
        skip: &[String],
        because: impl Because,
    ) {
        self.rollbacks.entry(stack.clone()).or_default().extend(skip.iter().cloned());
        note(&mut self.rollback_codes, because);
    }

    /// After a step Elastic Beanstalk gives the environment back by itself.
    pub(in crate::plan) fn healed(&mut self, step: StepId, because: impl Because) {
        self.healed.push(step);
        note(&mut self.busy_codes, because);
    }

    /// An operation goes on.
    pub(in crate::plan) fn busy(&mut self, because: impl Because) {
        note(&mut self.busy_codes, because);
    }

    /// An operation goes on that nothing can end from outside.
    pub(in crate::plan) fn deadlock(&mut self, because: impl Because) {
        self.deadlock = true;
        note(&mut self.busy_codes, because);
    }

    /// A terminated environment cannot be rebuilt.
    pub(in crate::plan) fn cannot_rebuild(&mut self, why: &[String], because: impl Because) {
        self.rebuild_refused.extend(why.iter().cloned());
        note(&mut self.rebuild_codes, because);
    }

    /// An update that failed for a cause that is mended has to be tried again.
    pub(in crate::plan) fn try_again(&mut self, because: impl Because) {
        self.again = true;
        note(&mut self.update_codes, because);
    }

    /// Instances were cut off.
    pub(in crate::plan) fn cut_off(&mut self, finding: &Finding) {
        let at = finding.trigger.as_ref().map(|trigger| trigger.at);
        self.cut_at = match (self.cut_at, at) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        note(&mut self.cut_codes, finding);
    }

    /// Whether instances were cut off.
    pub(super) fn was_cut_off(&self) -> bool {
        !self.cut_codes.is_empty()
    }

    /// Whether a resource of a stack is left standing.
    pub(in crate::plan) fn retains(&self, stack: &StackName, logical: &LogicalId) -> bool {
        self.retained.get(stack).is_some_and(|kept| kept.contains(logical))
    }

    /// Whether some cause wants all resources made anew.
    pub(super) fn wants_rebuild(&self) -> bool {
        !self.rebuild_codes.is_empty()
    }

    /// Whether the code of a finding is among those that something is done for.
    pub(in crate::plan) fn deals_with(&self, code: &str) -> bool {
        let all = [
            &self.update_codes,
            &self.replace_codes,
            &self.rebuild_codes,
            &self.end_codes,
            &self.rollback_codes,
            &self.busy_codes,
        ];
        all.iter().any(|codes| codes.contains(code))
    }
}
