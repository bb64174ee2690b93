//! Looking after environments as time passes.
//!
//! An environment is looked at every few seconds while an operation is under way or something
//! has lately changed in the account, and every few minutes otherwise.

use jiff::SignedDuration;

use super::environment::Status;
use super::{agent, health, managed, operation};
use crate::sandbox::Account;

/// Seconds between two looks while an operation is under way.
const BUSY: i64 = 10;
/// Seconds between two looks after something changed in the account.
const STIRRED: i64 = 20;
/// Seconds between two looks when all is quiet.
const QUIET: i64 = 1800;
/// Seconds for which a change anywhere in the account is followed closely.
// The slowest consequence that no later call announces: a gateway that is deleted within
// minutes, an instance that boots after it, and health that notices.
const AFTERMATH: i64 = 20 * 60;

/// Has the environments looked after closely, because a call changed something.
pub fn stir(account: &mut Account) {
    let now = account.now();
    let until = now + SignedDuration::from_secs(AFTERMATH);
    let calm = account.here.beanstalk.stirred.is_none_or(|until| until <= now);
    account.here.beanstalk.stirred = Some(until);
    if !calm {
        return;
    }
    let ids: Vec<String> = account
        .here
        .beanstalk
        .environments
        .values()
        .filter(|found| found.status != Status::Terminated)
        .map(|found| found.id.clone())
        .collect();
    for id in ids {
        follow(account, &id);
    }
}

/// Starts to look after an environment, or does so more closely.
pub(super) fn follow(account: &mut Account, environment: &str) {
    let Some(found) = account.here.beanstalk.environments.get_mut(environment) else { return };
    found.watch += 1;
    plan(account, environment, BUSY);
}

/// Plans the next look. A later plan takes the place of an earlier one.
fn plan(account: &mut Account, environment: &str, after: i64) {
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return };
    let (id, watch) = (environment.to_owned(), found.watch);
    account.later(after, move |account| {
        let found = account.here.beanstalk.environments.get(&id);
        if found.is_some_and(|found| found.watch == watch) {
            look(account, &id);
        }
    });
}

/// One look: agents, operation, health, and what is scheduled.
fn look(account: &mut Account, environment: &str) {
    agent::look(account, environment);
    operation::advance(account, environment);
    health::look(account, environment);
    managed::look(account, environment);
    let now = account.now();
    let stirred = account.here.beanstalk.stirred.is_some_and(|until| until > now);
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return };
    if found.status == Status::Terminated {
        return;
    }
    let after = match (&found.operation, stirred) {
        (Some(_), _) => BUSY,
        (None, true) => STIRRED,
        (None, false) => QUIET,
    };
    plan(account, environment, after);
}
