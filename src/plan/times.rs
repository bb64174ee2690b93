//! How long things take: what is usual, and the longest that waiting makes sense.
//!
//! The usual times are what the progress line says; they come from the catalogue's "Facts for the
//! simulator and the planner" and AWS's guides where those name one. The longest times are the
//! service's own time-outs with room for a second try of its own, so that a wait is not given up
//! while AWS still works.

use super::Expected;

const fn minutes(usual: u64, at_most: u64) -> Expected {
    Expected { usual_seconds: usual * 60, at_most_seconds: at_most * 60 }
}

/// Ending an instance: connections drain first (300 s by default at a target group).
pub(super) const INSTANCES_END: Expected = minutes(3, 20);
/// Terminating an environment: instances drain, then the groups are freed.
pub(super) const TERMINATE: Expected = minutes(5, 60);
/// Making all resources anew: the launch condition gives up after 18 to 30 min.
pub(super) const REBUILD: Expected = minutes(8, 60);
/// Changing settings or platform: a rolling batch gives up after 30 min, and then rolls back.
pub(super) const UPDATE: Expected = minutes(8, 75);
/// Aborting an update: what was changed is rolled back.
pub(super) const ABORT: Expected = minutes(5, 45);
/// Restarting the application: the command times out after 600 s by default, and Elastic
/// Beanstalk says so some 14 min after it began.
pub(super) const RESTART: Expected = minutes(2, 20);
/// A whole operation of Elastic Beanstalk that somebody else began.
pub(super) const OTHERS: Expected = minutes(10, 60);
/// Until health is good again once its cause is mended: 12 checks in 2 min count as healthy.
pub(super) const RECOVER: Expected = minutes(3, 20);
/// Deleting a stack.
pub(super) const DELETE_STACK: Expected = minutes(5, 60);
/// Rolling a stack back.
pub(super) const ROLL_BACK: Expected = minutes(5, 60);
/// Making a NAT gateway or an endpoint.
pub(super) const GATEWAY: Expected = minutes(2, 15);
/// Saving a database.
pub(super) const SNAPSHOT: Expected = minutes(5, 120);
/// Making a database from a snapshot.
pub(super) const RESTORE: Expected = minutes(15, 180);
/// Changing an attribute of a database.
pub(super) const DATABASE: Expected = minutes(1, 15);
/// New IAM roles are seen everywhere after some seconds.
pub(super) const IDENTITY: Expected = Expected { usual_seconds: 10, at_most_seconds: 120 };
/// What a call acknowledges is shown a moment later.
pub(super) const MOMENT: Expected = Expected { usual_seconds: 1, at_most_seconds: 60 };
