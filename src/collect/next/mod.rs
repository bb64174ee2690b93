//! Which questions can be asked now: pure, one file for each family.
//!
//! Each function adds what its family could ask with what is known; what was asked before, the
//! caller leaves out. So a question must be the same value in every round.

mod balancing;
mod beanstalk;
mod compute;
mod identity;
mod network;
mod scaling;
mod services;
mod stacks;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::view::View;
use crate::aws::Question;

/// All questions that make sense with what is known.
pub(super) fn questions(view: &View<'_>) -> BTreeSet<Question> {
    let mut all = BTreeSet::new();
    all.extend(beanstalk::questions(view).into_iter().map(Question::Beanstalk));
    all.extend(identity::questions(view).into_iter().map(Question::Identity));
    all.extend(compute::questions(view).into_iter().map(Question::Compute));
    if view.id().is_some() {
        all.extend(stacks::questions(view).into_iter().map(Question::Stack));
    }
    if view.environment().is_some() {
        all.extend(scaling::questions(view).into_iter().map(Question::Scaling));
        all.extend(balancing::questions(view).into_iter().map(Question::Balancing));
        all.extend(network::questions(view).into_iter().map(Question::Network));
        all.extend(services::questions(view).into_iter().map(Question::Service));
    }
    all
}
