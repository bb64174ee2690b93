//! Checks of Elastic Beanstalk's own state.

mod busy;
mod database;
mod deployed;
mod ended;
mod instances;
mod missing;
mod roles;
mod scaling;

use crate::check::Check;

use super::page;

/// The checks of this group, in the order of their codes.
pub(super) const CHECKS: &[Check] = &[
    page!("EB-01", "busy", "busy.md", busy::busy),
    page!("EB-02", "deadlock", "deadlock.md", busy::deadlock),
    page!("EB-03", "terminate-during-launch", "terminate-during-launch.md", busy::during_launch),
    page!("EB-04", "abort-too-late", "abort-too-late.md", busy::too_late),
    page!("EB-05", "abort-hangs", "abort-hangs.md", busy::abort_hangs),
    page!("EB-06", "termination-failed", "termination-failed.md", ended::termination),
    page!("EB-07", "disk-full", "disk-full.md", instances::disk),
    page!("EB-08", "command-timeouts", "command-timeouts.md", instances::timeouts),
    page!("EB-09", "out-of-memory", "out-of-memory.md", instances::memory),
    page!("EB-10", "suspended", "suspended.md", roles::suspended),
    page!("EB-11", "service-role", "service-role.md", roles::service_role),
    page!("EB-12", "instance-profile", "instance-profile.md", roles::profile),
    page!("EB-13", "mixed-versions", "mixed-versions.md", deployed::mixed),
    page!("EB-14", "silently-old", "silently-old.md", deployed::silently_old),
    page!("EB-15", "immutable-left", "immutable-left.md", deployed::immutable_left),
    page!(
        "EB-16",
        "immutable-with-changes",
        "immutable-with-changes.md",
        deployed::immutable_with_changes
    ),
    page!(
        "EB-17",
        "update-and-rollback-failed",
        "update-and-rollback-failed.md",
        deployed::rollback_failed
    ),
    page!("EB-18", "one-instance-only", "one-instance-only.md", scaling::one_only),
    page!("EB-19", "rebuild-refused", "rebuild-refused.md", ended::rebuild_refused),
    page!("EB-20", "rebuild-loses-data", "rebuild-loses-data.md", database::loses_data),
    page!("EB-21", "balancer-gone", "balancer-gone.md", missing::balancer),
    page!("EB-22", "scaling-group-gone", "scaling-group-gone.md", missing::scaling_group),
    page!("EB-23", "notifications-gone", "notifications-gone.md", scaling::notifications),
    page!("EB-24", "below-minimum", "below-minimum.md", scaling::below_minimum),
    page!("EB-25", "scaling-suspended", "scaling-suspended.md", scaling::suspended),
    page!("EB-26", "database-gone", "database-gone.md", database::gone),
    page!("EB-27", "database-changed", "database-changed.md", database::changed),
    page!("EB-28", "decoupled-at-once", "decoupled-at-once.md", database::decoupled),
    page!("EB-29", "terminated-lingers", "terminated-lingers.md", ended::lingers),
    page!("EB-30", "vanished-during-launch", "vanished-during-launch.md", ended::vanished),
    page!(
        "EB-31",
        "launched-with-errors",
        "launched-with-errors.md",
        deployed::launched_with_errors
    ),
    page!("EB-32", "name-taken", "name-taken.md", ended::name_taken),
    page!("EB-33", "delete-refused", "delete-refused.md", ended::delete_refused),
    page!("EB-34", "scaled-to-zero", "scaled-to-zero.md", scaling::to_zero),
    page!("EB-35", "link-broken", "link-broken.md", missing::link),
    page!("EB-36", "instance-impaired", "instance-impaired.md", instances::impaired),
];
