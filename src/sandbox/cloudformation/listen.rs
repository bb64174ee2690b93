//! Telling whoever waits for an operation to end.

use crate::sandbox::{Account, Job};

/// Who wants to be told of which stack.
#[derive(Clone, Default)]
pub(super) struct Listeners(Vec<(String, Job)>);

impl std::fmt::Debug for Listeners {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(stack, _)| stack)).finish()
    }
}

/// Has `job` run when the operation that is under way on a stack ends; at once if there is none.
///
/// The job looks at the stack, which tells how it ended. A rollback belongs to the operation
/// that it takes back.
pub fn when_ended(
    account: &mut Account,
    stack: &str,
    job: impl FnOnce(&mut Account) + Clone + Send + 'static,
) {
    let cloudformation = &mut account.here.cloudformation;
    let id = cloudformation.find(stack).map(|found| (found.id.clone(), found.status.in_progress()));
    match id {
        Some((id, true)) => cloudformation.listeners.0.push((id, Job::new(job))),
        Some((_, false)) | None => job(account),
    }
}

/// Runs the jobs that wait for a stack.
pub(super) fn ended(account: &mut Account, stack: &str) {
    let listeners = &mut account.here.cloudformation.listeners.0;
    let (due, others) = std::mem::take(listeners).into_iter().partition(|(id, _)| id == stack);
    *listeners = others;
    let due: Vec<(String, Job)> = due;
    for (_, job) in due {
        job.run(account);
    }
}
