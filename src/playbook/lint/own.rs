//! What a reviewer asks of an action that the planner did not propose.

use crate::playbook::bind::risk_of;
use crate::playbook::{StepRule, UndoRule};

use crate::plan::{Action, Risk};

/// One action of a playbook's own, under review.
pub(super) struct Review<'a> {
    pub(super) rule: &'a StepRule,
    pub(super) action: &'a Action,
}

/// What is wrong, and what to do about it.
type Remark = (String, &'static str);

impl Review<'_> {
    /// All that is missing or cannot be.
    pub(super) fn complaints(&self) -> Vec<Remark> {
        let mut all = self.risk();
        all.extend(self.way_back());
        if self.rule.expect.is_empty() {
            all.push(("nothing is checked afterwards".to_owned(), "say what to `expect`"));
        }
        all.extend(self.destructive());
        all
    }

    /// The risk that was written, if it is one.
    fn written(&self) -> Option<Risk> {
        self.rule.risk.as_ref().and_then(|word| risk_of(&word.value))
    }

    fn risk(&self) -> Vec<Remark> {
        let own = self.action.risk();
        match self.written() {
            None => {
                let message = "no risk is given".to_owned();
                vec![(message, "say `risk: safe|disruptive|destructive`")]
            }
            Some(written) if written < own => {
                let (kind, own) = (self.action.kind(), own.as_str());
                let message = format!("`{kind}` is {own}, and a playbook cannot say less");
                vec![(message, "write the risk that it has, or a higher one")]
            }
            Some(_) => Vec::new(),
        }
    }

    fn way_back(&self) -> Vec<Remark> {
        match &self.rule.undo {
            None => {
                let hint = "say `undo:` with `by`, `not-needed`, or `impossible` and why";
                vec![("no way back is given".to_owned(), hint)]
            }
            Some(UndoRule::Impossible(why)) if why.trim().is_empty() => {
                let message = "why there is no way back is not said".to_owned();
                vec![(message, "say it after `impossible:`")]
            }
            Some(UndoRule::NotNeeded) if self.action.risk() == Risk::Destructive => {
                let kind = self.action.kind();
                let message = format!("`{kind}` changes something for good");
                vec![(message, "say `impossible` and why, or `by` which action")]
            }
            Some(UndoRule::By(_) | UndoRule::NotNeeded | UndoRule::Impossible(_)) => Vec::new(),
        }
    }

    fn destructive(&self) -> Vec<Remark> {
        let risk = self.written().unwrap_or(Risk::Destructive).max(self.action.risk());
        if risk != Risk::Destructive {
            return Vec::new();
        }
        let kind = self.action.kind();
        let mut all = Vec::new();
        if self.rule.guard.is_empty() {
            let message = format!("`{kind}` is destructive and has no guard");
            all.push((message, "say what must hold just before, in `guard`"));
        }
        if self.rule.ask.as_ref().is_none_or(|words| words.trim().is_empty()) {
            let message = format!("`{kind}` is destructive and asks nothing");
            all.push((message, "say in `ask` what a person must know to say yes"));
        }
        all
    }
}
