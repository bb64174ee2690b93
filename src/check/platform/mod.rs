//! Checks of the platform.

mod images;
mod moved;
mod offered;
mod texts;

use crate::check::Check;

use super::page;

/// The checks of this group, in the order of their codes.
pub(super) const CHECKS: &[Check] = &[
    page!("PL-01", "stack-not-offered", "stack-not-offered.md", offered::not_offered),
    page!("PL-02", "stack-list-differs", "stack-list-differs.md", texts::list_differs),
    page!("PL-03", "branch-retired", "branch-retired.md", offered::retired),
    page!("PL-04", "image-withdrawn", "image-withdrawn.md", images::withdrawn),
    page!(
        "PL-05",
        "launch-configurations",
        "launch-configurations.md",
        texts::launch_configurations
    ),
    page!("PL-06", "type-too-new", "type-too-new.md", texts::type_too_new),
    page!("PL-07", "type-not-allowed", "type-not-allowed.md", texts::type_not_allowed),
    page!("PL-08", "option-unknown", "option-unknown.md", texts::option_unknown),
    page!("PL-09", "parameter-carried", "parameter-carried.md", texts::parameter),
    page!("PL-10", "custom-image-gone", "custom-image-gone.md", images::custom_gone),
    page!("PL-11", "custom-image-stale", "custom-image-stale.md", images::custom_stale),
    page!("PL-12", "managed-update-denied", "managed-update-denied.md", texts::managed_denied),
    page!("PL-13", "managed-updates-off", "managed-updates-off.md", texts::managed_off),
    page!("PL-14", "platform-moved", "platform-moved.md", moved::moved),
    page!("PL-15", "runtime-changed", "runtime-changed.md", moved::runtime),
    page!("PL-16", "cli-platform", "cli-platform.md", texts::cli),
    page!("PL-17", "architecture", "architecture.md", images::architecture),
    page!("PL-18", "metadata-version", "metadata-version.md", texts::metadata),
];
