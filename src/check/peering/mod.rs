//! Checks of hosted databases over peering.

mod hosted;
mod routes;

use crate::check::Check;

use super::page;

/// The checks of this group, in the order of their codes.
pub(super) const CHECKS: &[Check] = &[
    page!("ATL-01", "peering-route-missing", "peering-route-missing.md", routes::missing),
    page!("ATL-02", "peering-overlap", "peering-overlap.md", routes::overlap),
    page!("ATL-03", "peering-access-list", "peering-access-list.md", hosted::access_list),
    page!("ATL-04", "peering-egress-blocked", "peering-egress-blocked.md", routes::blocked),
    page!("ATL-05", "peering-live-migration", "peering-live-migration.md", hosted::live_migration),
    page!("ATL-06", "peering-tier", "peering-tier.md", hosted::tier),
    page!("ATL-07", "peering-public-names", "peering-public-names.md", hosted::public_names),
    page!("ATL-08", "peering-not-active", "peering-not-active.md", routes::not_active),
];
