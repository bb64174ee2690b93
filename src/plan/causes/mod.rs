//! What is done about each finding: steps, a request to a person, or nothing because it is only how
//! something else shows.
//!
//! The `match`es have no wildcard: a new finding does not compile until somebody decides.

mod application;
mod capacity;
mod egress;
mod endpoints;
mod filters;
mod mail;
mod network;
mod peering;
mod permission;
mod platform;
mod routes;
mod stack;
mod state;

use crate::check::{Finding, FindingKind, StateFault};

use super::Goal;
use super::draft::Draft;

pub(super) use stack::free_references;

/// Plans what is done about one finding.
pub(super) fn mend(draft: &mut Draft<'_>, finding: &Finding) {
    match &finding.kind {
        FindingKind::Network(fault) => network::mend(draft, finding, fault),
        FindingKind::Stack(fault) => stack::mend(draft, finding, fault),
        FindingKind::State(fault) => state::mend(draft, finding, fault),
        FindingKind::Platform(fault) => platform::mend(draft, finding, fault),
        FindingKind::Capacity(fault) => capacity::mend(draft, finding, fault),
        FindingKind::Permission(fault) => permission::mend(draft, finding, fault),
        FindingKind::Application(fault) => application::mend(draft, finding, fault),
        FindingKind::Mail(fault) => mail::mend(draft, finding, fault),
        FindingKind::Peering(fault) => peering::mend(draft, finding, fault),
    }
}

/// The order in which findings are dealt with: what others stand on first. Roles before the
/// network, because nothing is made without them; the network before whatever is launched into
/// it; what has to happen to the stack before
/// what blocks it, which is touched only if the stack has to go.
pub(super) fn place(finding: &Finding) -> u8 {
    match &finding.kind {
        FindingKind::Permission(_) => 0,
        FindingKind::State(fault) if state::is_ground(fault) => 1,
        FindingKind::Network(_) => 2,
        FindingKind::Peering(_) => 3,
        FindingKind::Capacity(_) => 4,
        FindingKind::Platform(_) => 5,
        FindingKind::Application(_) => 6,
        FindingKind::Mail(_) => 7,
        FindingKind::State(_) => 8,
        FindingKind::Stack(_) => 9,
    }
}

/// Whether a cause does nothing but hold back an end that was asked for: while the environment
/// serves and is to go on serving, nothing has to be done about it.
pub fn holds_back_an_end_only(kind: &FindingKind) -> bool {
    match kind {
        FindingKind::Stack(fault) => stack::blocks_deletion_only(fault),
        FindingKind::State(fault) => matches!(fault, StateFault::TerminationFailed { .. }),
        FindingKind::Network(_)
        | FindingKind::Platform(_)
        | FindingKind::Capacity(_)
        | FindingKind::Permission(_)
        | FindingKind::Application(_)
        | FindingKind::Mail(_)
        | FindingKind::Peering(_) => false,
    }
}

/// Whether a finding has to be dealt with to reach a goal. A clean end needs only what stands in
/// its way.
pub(super) fn matters(finding: &Finding, goal: Goal) -> bool {
    match (goal, &finding.kind) {
        (Goal::Healthy, _) | (Goal::Terminated, FindingKind::Stack(_) | FindingKind::State(_)) => {
            true
        }
        (
            Goal::Terminated,
            FindingKind::Network(_)
            | FindingKind::Platform(_)
            | FindingKind::Capacity(_)
            | FindingKind::Permission(_)
            | FindingKind::Application(_)
            | FindingKind::Mail(_)
            | FindingKind::Peering(_),
        ) => false,
    }
}
