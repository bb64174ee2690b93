//! The diagnosis: all checks, what they lacked, who plays which part, and what it adds up to.

use super::{Diagnosis, Finding, all, arbitrate, gaps, verdict};
use crate::world::{Gap, Snapshot};

/// Diagnoses a snapshot.
pub fn diagnose(world: &Snapshot) -> Diagnosis {
    let mut found: Vec<Finding> = Vec::new();
    let mut lacking: Vec<Gap> = Vec::new();
    let mut checks_run = 0;
    for check in all() {
        match (check.run)(world) {
            Ok(mut findings) => {
                checks_run += 1;
                found.append(&mut findings);
            }
            Err(gap) => lacking.push(gap),
        }
    }
    let findings = arbitrate::arbitrate(world, found);
    let verdict = verdict::verdict(world, &findings);
    let not_checked = gaps::lines(world, &lacking);
    Diagnosis { verdict, findings, not_checked, checks_run }
}
