//! Keeping a group at the size it is to have.

use super::{launch, terminate};
use crate::sandbox::Account;

/// Seconds until a group acts on a change of its size.
const REACTION: i64 = 5;

/// The longest pause between two tries to launch, seconds.
const LONGEST_PAUSE: i64 = 900;

/// Has a group look at its size soon.
pub(super) fn soon(account: &mut Account, group: &str) {
    plan(account, group, REACTION);
}

/// Has a group look at its size after a while, if no look is planned already.
pub(super) fn plan(account: &mut Account, group: &str, after: i64) {
    let Some(found) = account.here.autoscaling.group_mut(group) else { return };
    if found.planned {
        return;
    }
    found.planned = true;
    let name = group.to_owned();
    account.later(after, move |account| look(account, &name));
}

/// Seconds until the next try after so many failed launches in a row.
// AWS does not say how its pauses grow; activities of groups that cannot launch come every
// minute or so at first and a few times an hour later.
pub(super) fn pause(failures: u32) -> i64 {
    (30 << failures.min(6)).min(LONGEST_PAUSE)
}

/// Launches or ends instances until the size is right.
fn look(account: &mut Account, name: &str) {
    let Some(group) = account.here.autoscaling.group_mut(name) else { return };
    group.planned = false;
    let (size, desired) = (group.size(), group.desired);
    if size < desired && !group.suspends("Launch") && !group.deleting {
        launch::launch(account, name, desired - size);
    } else if size > desired && !group.suspends("Terminate") {
        terminate::shrink(account, name, size - desired);
    }
}
