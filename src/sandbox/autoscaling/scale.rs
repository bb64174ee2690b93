//! Keeping a group at the size it is to have.

use jiff::SignedDuration;

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

/// Has a group look at its size after a while, if it will not look sooner anyway.
pub(super) fn plan(account: &mut Account, group: &str, after: i64) {
    let due = account.now() + SignedDuration::from_secs(after);
    let Some(found) = account.here.autoscaling.group_mut(group) else { return };
    if found.planned.is_some_and(|at| at <= due) {
        return;
    }
    found.planned = Some(due);
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
    let now = account.now();
    let Some(group) = account.here.autoscaling.group_mut(name) else { return };
    // A pause after failures that a change of the group has cut short leaves its own look behind.
    if group.planned.is_none_or(|at| at > now) {
        return;
    }
    group.planned = None;
    let (size, desired) = (group.size(), group.desired);
    if size < desired && !group.suspends("Launch") && !group.deleting {
        launch::launch(account, name, desired - size);
    } else if size > desired && !group.suspends("Terminate") {
        terminate::shrink(account, name, size - desired);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sandbox::Service::AutoScaling;
    use crate::sandbox::scenarios;

    /// A key pair that is gone fails launch after launch, and the pauses grow; a change of the group
    /// has it try again at once.
    #[test]
    fn a_change_of_a_group_cuts_its_pause_short() {
        let now = "2026-11-23T15:30:00Z".parse().unwrap();
        let mut account = scenarios::find("key-pair-deleted").unwrap().build(now);
        let group = account.here.autoscaling.groups[0].name.clone();
        let later = now + jiff::SignedDuration::from_mins(30);
        account.pass_until(later);
        let tries = |account: &crate::sandbox::Account| account.here.autoscaling.activities.len();
        let before = tries(&account);
        account.pass_until(later + jiff::SignedDuration::from_secs(20));
        assert_eq!(tries(&account), before, "it pauses");
        let change = json!({ "AutoScalingGroupName": group, "HealthCheckGracePeriod": 120 });
        account.call_as("x", AutoScaling, "UpdateAutoScalingGroup", change).unwrap();
        account.pass_until(later + jiff::SignedDuration::from_secs(40));
        assert!(tries(&account) > before, "it has tried again");
    }
}
