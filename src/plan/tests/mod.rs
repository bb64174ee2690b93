//! Break a healthy world, and look what is planned.

mod ends;
mod incident;
mod properties;

use super::*;
use crate::check::{Diagnosis, Evidence, Finding, FindingKind, LostTable, Role, Verdict};
use crate::world::Snapshot;
use crate::world::examples::{NAT, PEER_CIDR, PEERING, PRIVATE, PRIVATE_TABLE, route};

/// A finding of which only the kind and the part it plays matter.
fn finding(kind: impl Into<FindingKind>, role: Role) -> Finding {
    Finding {
        kind: kind.into(),
        role,
        title: String::new(),
        explanation: String::new(),
        resources: Vec::new(),
        evidence: vec![Evidence {
            supports: true,
            source: "test".to_owned(),
            statement: "it is so".to_owned(),
        }],
        trigger: None,
        weight: 50,
    }
}

fn diagnosis(findings: Vec<Finding>) -> Diagnosis {
    Diagnosis { verdict: Verdict::Stuck, findings, not_checked: Vec::new(), checks_run: 1 }
}

/// The plan for causes, and only those.
fn planned(world: &Snapshot, kinds: Vec<FindingKind>) -> Plan {
    let findings = kinds.into_iter().map(|kind| finding(kind, Role::Cause)).collect();
    plan(world, &diagnosis(findings), &Wishes::default()).expect("the example has an environment")
}

/// Kind and target of each step.
fn outline(plan: &Plan) -> Vec<String> {
    plan.steps
        .iter()
        .map(|step| format!("{} {} {}", step.id, step.action.kind(), step.action.target()))
        .collect()
}

/// The private subnets' table, as the trail and the snapshot know it.
fn lost() -> LostTable {
    LostTable {
        id: Some(PRIVATE_TABLE.into()),
        routes: vec![route("0.0.0.0/0", NAT), route(PEER_CIDR, PEERING)],
        subnets: PRIVATE.iter().map(|id| (*id).into()).collect(),
        name: Some("shop-private".to_owned()),
        known_from: vec!["CloudTrail".to_owned()],
    }
}
