//! What must not be touched, and what is saved before something is deleted.

use crate::check::Finding;
use crate::check::FindingKind;
use crate::world::{LogicalId, StackResource};

use super::draft::{Because, Draft, Proposal};
use super::{Action, DatabaseAction, Goal, Made, Risk, StepId, Truth};

/// What a deletion of the stack's resources would cost.
#[derive(Default)]
pub(super) struct Loss {
    /// Steps that save what can be saved.
    pub(super) saved: Vec<StepId>,
    /// What is lost for good: names of databases.
    pub(super) names: Vec<String>,
    /// Whether a database is deleted, saved or not.
    pub(super) deletes_database: bool,
}

/// Plans what is saved before the stack's resources are deleted, and says what is lost.
///
/// A coupled database is saved as a snapshot, and still named as lost: what an application finds
/// afterwards is an empty one, and that must be said yes to by name. Only where Elastic Beanstalk
/// itself keeps it is nothing lost.
pub(super) fn before_deletion(draft: &mut Draft<'_>, because: impl Because + Copy) -> Loss {
    let Some((logical, database)) = coupled_database(draft) else { return Loss::default() };
    if draft.needs.retains(&draft.stack(), &logical) {
        return Loss::default();
    }
    if draft.option("aws:rds:dbinstance", "DBDeletionPolicy") == Some("Retain") {
        return Loss::default();
    }
    draft.alternative(
        format!("Keep {database}: set DBDeletionPolicy to Retain in an update of its own, decouple it, and only then go on"),
        "It needs an environment that can be updated; set together with decoupling, the policy is ignored and the database may be lost.",
    );
    let saved = save_database(draft, because, &database);
    Loss { saved: vec![saved], names: vec![database], deletes_database: true }
}

/// The coupled database of the stack: its name in the template and its identifier.
pub(super) fn coupled_database(draft: &Draft<'_>) -> Option<(LogicalId, String)> {
    let facts = draft.snapshot.stack()?;
    let alive = |one: &&StackResource| {
        one.kind == "AWS::RDS::DBInstance" && one.status != "DELETE_COMPLETE"
    };
    let found = facts.resources.items().iter().find(alive)?;
    let id = found.physical.clone().filter(|id| !id.is_empty())?;
    let databases = &draft.snapshot.databases.instances;
    // One that AWS says is gone cannot be lost any more.
    let gone = databases.value().is_some_and(|all| !all.iter().any(|one| one.id == id));
    (!gone).then(|| (found.logical.clone(), id))
}

/// Plans a snapshot of a database, named so that the same plan gives the same name.
pub(super) fn save_database(
    draft: &mut Draft<'_>,
    because: impl Because,
    database: &str,
) -> StepId {
    let at = draft.snapshot.taken_at.strftime("%Y%m%d%H%M");
    let snapshot = format!("ebrescue-{database}-{at}");
    let action = DatabaseAction::Snapshot { database: database.to_owned(), snapshot };
    draft.add(Proposal::new(Action::Database(action), because).rated(Risk::Safe))
}

/// Resources of the stack that cannot go as long as the database stays: its subnet group and the
/// security groups it carries.
pub(super) fn bound_to_database(draft: &Draft<'_>, database: &str) -> Vec<LogicalId> {
    let Some(facts) = draft.snapshot.stack() else { return Vec::new() };
    let databases = draft.snapshot.databases.instances.items();
    let groups = databases.iter().find(|one| one.id == database).map(|one| one.groups.clone());
    let groups = groups.unwrap_or_default();
    let bound = |one: &&StackResource| {
        let carried = groups.iter().any(|group| one.physical.as_deref() == Some(group.as_str()));
        one.status != "DELETE_COMPLETE"
            && (one.kind == "AWS::RDS::DBSubnetGroup"
                || one.kind == "AWS::RDS::DBParameterGroup"
                || (one.kind == "AWS::EC2::SecurityGroup" && carried))
    };
    facts.resources.items().iter().filter(bound).map(|one| one.logical.clone()).collect()
}

/// Finds out whether whatever is launched would meet a wall that only a person can take down.
pub(super) fn look_for_walls(draft: &mut Draft<'_>, findings: &[&Finding]) {
    if draft.wishes.goal == Goal::Terminated {
        return;
    }
    let wall = findings.iter().find(|finding| {
        finding.is_cause() && stands_in_the_way(&finding.kind) && !draft.is_dealt_with(finding)
    });
    if wall.is_some() {
        draft.needs.no_launch = true;
    }
}

/// Whether instances cannot come up because of it.
fn stands_in_the_way(kind: &FindingKind) -> bool {
    match kind {
        FindingKind::Network(_) | FindingKind::Permission(_) | FindingKind::Capacity(_) => true,
        FindingKind::Stack(_)
        | FindingKind::State(_)
        | FindingKind::Platform(_)
        | FindingKind::Application(_)
        | FindingKind::Mail(_)
        | FindingKind::Peering(_) => false,
    }
}

/// Leaves out steps that do not fit what was seen, with all that depends on them: nothing earlier
/// in the plan brings about what must hold before them.
pub(super) fn leave_out_what_does_not_fit(draft: &mut Draft<'_>) {
    let mut out: Vec<StepId> = Vec::new();
    for step in std::mem::take(&mut draft.steps) {
        let hangs_on_one = step.after.iter().any(|needed| out.contains(needed));
        let unfit = step
            .guard
            .iter()
            .find(|condition| condition.holds(draft.snapshot, &Made::nothing()) != Truth::Yes);
        match unfit.filter(|_| step.after.is_empty()) {
            Some(condition) => {
                let why = format!("It does not fit what was seen: it needs that {condition}.");
                draft.refuse(step.title.clone(), why);
                out.push(step.id);
            }
            None if hangs_on_one => out.push(step.id),
            None => draft.steps.push(step),
        }
    }
}
