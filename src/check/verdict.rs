//! How the environment is, all in all.

use super::situation::Situation;
use super::{Finding, FindingKind, StateFault, Verdict};
use crate::world::Snapshot;

/// The verdict on ranked findings.
///
/// Without a cause it is healthy if the environment serves. With one it is *stuck* where no
/// ordinary operation of Elastic Beanstalk gets out: the stack is in a state that refuses them,
/// an operation cannot end or be ended, or nothing is heard of any instance because of something
/// outside Elastic Beanstalk. Everything else is *degraded*, and so is an environment that
/// serves while nothing hangs: faults beside it, or a termination that failed.
pub(super) fn verdict(world: &Snapshot, findings: &[Finding]) -> Verdict {
    let situation = Situation::of(world);
    if situation.is_terminated() {
        return Verdict::Terminated;
    }
    let causes: Vec<&Finding> = findings.iter().filter(|finding| finding.is_cause()).collect();
    if causes.is_empty() {
        return if situation.health_is_good() { Verdict::Healthy } else { Verdict::Degraded };
    }
    // An operation that cannot end is no less stuck because the instances still serve.
    if causes.iter().any(|finding| is_deadlock(finding)) {
        return Verdict::Stuck;
    }
    if situation.health_is_good() {
        return Verdict::Degraded;
    }
    if refuses_operations(world) {
        return Verdict::Stuck;
    }
    let outside = causes.iter().any(|finding| is_outside(&finding.kind));
    if situation.all_silent() && outside { Verdict::Stuck } else { Verdict::Degraded }
}

/// Whether the stack is in a state in which Elastic Beanstalk can do nothing.
fn refuses_operations(world: &Snapshot) -> bool {
    let situation = Situation::of(world);
    let absent = situation.stack().is_some_and(|facts| facts.stack.is_absent());
    let status = situation.stack_status().unwrap_or_default();
    absent
        || status.ends_with("_FAILED")
        || matches!(status, "ROLLBACK_COMPLETE" | "DELETE_COMPLETE")
}

fn is_deadlock(finding: &Finding) -> bool {
    matches!(
        finding.kind,
        FindingKind::State(
            StateFault::Deadlock { .. }
                | StateFault::AbortHangs { .. }
                | StateFault::AbortTooLate { .. }
                | StateFault::Busy { .. }
                | StateFault::TerminateDuringLaunch {}
        )
    )
}

/// Whether what is wrong lies where Elastic Beanstalk's operations do not reach.
fn is_outside(kind: &FindingKind) -> bool {
    match kind {
        FindingKind::Network(_) | FindingKind::Stack(_) | FindingKind::Peering(_) => true,
        FindingKind::State(_)
        | FindingKind::Platform(_)
        | FindingKind::Capacity(_)
        | FindingKind::Permission(_)
        | FindingKind::Application(_)
        | FindingKind::Mail(_) => false,
    }
}
