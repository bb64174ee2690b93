//! What flags approve; pure, so that a script's run can be foretold.

use std::collections::BTreeSet;

use super::question::{Answer, Purpose, Question};
use crate::journal::{Approval, Decline};
use crate::plan::{Risk, Step};

/// What was approved beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Every action up to this risk.
    pub approve: Option<Risk>,
    /// These actions of a saved plan, whatever their risk.
    pub actions: BTreeSet<String>,
    /// What may be lost: databases and buckets by name.
    pub accept_data_loss: BTreeSet<String>,
}

impl Policy {
    /// What the flags say to a question; none if they don't cover it and nothing forbids it.
    pub fn decides(&self, question: &Question<'_>) -> Option<Answer> {
        if question.purpose == Purpose::Do
            && let Some(why) = self.kept_back(question.step)
        {
            return Some(Answer::No(why));
        }
        let by_name = self.actions.contains(&question.key.to_string());
        let by_risk = self.approve.is_some_and(|approved| question.risk <= approved);
        let flag = if by_name {
            format!("--approve-action {}", question.key)
        } else if by_risk {
            format!("--approve {}", self.approve.unwrap_or(question.risk).as_str())
        } else {
            return None;
        };
        Some(Answer::Yes(Approval::Flag { flag }))
    }

    /// Why a step is kept back, although it may be approved: it would lose data that nobody said
    /// may be lost.
    pub fn kept_back(&self, step: &Step) -> Option<Decline> {
        let accepted = |name: &&String| !self.accept_data_loss.contains(*name);
        let names: Vec<String> = step.data_loss.iter().filter(accepted).cloned().collect();
        (!names.is_empty()).then_some(Decline::DataLoss { names })
    }

    /// The answer where nobody is there to ask: what is not approved is not done.
    pub fn answer(&self, question: &Question<'_>) -> Answer {
        let unapproved = || Answer::No(Decline::NotApproved { risk: question.risk });
        self.decides(question).unwrap_or_else(unapproved)
    }
}
