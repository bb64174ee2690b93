//! A step that somebody else than the planner asks for, with all that makes it as safe as the
//! planner's own: guard, wait, check, way back, what it would cost.

use crate::check::{Diagnosis, FindingKind};
use crate::world::{Observed, Snapshot, StackName};

use super::draft::sentence;
use super::{
    Action, DatabaseAction, EnvironmentAction, ScalingAction, StackAction, Step, StepId, defaults,
};

/// Why an action is not taken although somebody asked for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsafe {
    /// Nobody can say whether a database would be lost.
    #[error("whether a database would be lost cannot be told: {needs} ({reason})")]
    UnknownLoss {
        /// The call that would have told.
        needs: String,
        /// Why there is no answer.
        reason: String,
    },
    /// What is launched now would meet what an earlier one met.
    #[error("whatever is launched now meets {code}, and nothing of the plan mends it")]
    Wall {
        /// The finding.
        code: &'static str,
    },
}

/// One step by its action alone, as the planner would make it.
///
/// # Errors
/// [`Unsafe`] where the planner would refuse it, too.
pub fn own_step(
    id: StepId,
    action: Action,
    planned: &[Step],
    diagnosis: &Diagnosis,
    snapshot: &Snapshot,
) -> Result<Step, Unsafe> {
    let launches = launches(&action);
    if launches && let Some(code) = wall(planned, diagnosis) {
        return Err(Unsafe::Wall { code });
    }
    let wait = defaults::wait(&action, &id);
    let mut expect = action.done_when(&id);
    let awaited: Vec<_> = wait.until.iter().filter(|own| !expect.contains(own)).cloned().collect();
    expect.extend(awaited);
    let mut after = action.makers();
    if launches {
        after.extend(planned.iter().filter(|step| is_ground(&step.action)).map(|s| s.id.clone()));
    }
    Ok(Step {
        risk: action.risk(),
        because: Vec::new(),
        title: sentence(&action.to_string()),
        effect: defaults::effect(&action).to_owned(),
        data_loss: data_loss(&action, snapshot)?,
        after,
        guard: defaults::guard(&action, snapshot),
        wait,
        expect,
        undo: defaults::undo(&action, &id, snapshot),
        action,
        id,
    })
}

/// Whether instances are launched by it, which need the ground that others stand on.
fn launches(action: &Action) -> bool {
    match action {
        Action::Environment(action) => match action {
            EnvironmentAction::Rebuild { .. }
            | EnvironmentAction::Create(_)
            | EnvironmentAction::Update { .. } => true,
            EnvironmentAction::Terminate { .. }
            | EnvironmentAction::Abort { .. }
            | EnvironmentAction::Restart { .. }
            | EnvironmentAction::SaveConfiguration { .. }
            | EnvironmentAction::DeleteConfiguration { .. }
            | EnvironmentAction::SetOperationsRole { .. } => false,
        },
        Action::Scaling(action) => {
            matches!(action, ScalingAction::Replace { .. } | ScalingAction::Resize { .. })
        }
        Action::Network(_)
        | Action::Gateway(_)
        | Action::Endpoint(_)
        | Action::Vpc(_)
        | Action::Stack(_)
        | Action::Balancing(_)
        | Action::Database(_)
        | Action::Identity(_)
        | Action::Mail(_)
        | Action::Wait(_) => false,
    }
}

/// Whether instances stand on it: the way out and the roles.
fn is_ground(action: &Action) -> bool {
    match action {
        Action::Network(_)
        | Action::Gateway(_)
        | Action::Endpoint(_)
        | Action::Vpc(_)
        | Action::Identity(_) => true,
        Action::Stack(_)
        | Action::Environment(_)
        | Action::Scaling(_)
        | Action::Balancing(_)
        | Action::Database(_)
        | Action::Mail(_)
        | Action::Wait(_) => false,
    }
}

/// A cause that keeps instances from coming up and that no step mends.
fn wall(planned: &[Step], diagnosis: &Diagnosis) -> Option<&'static str> {
    let stands = |kind: &FindingKind| match kind {
        FindingKind::Network(_) | FindingKind::Permission(_) | FindingKind::Capacity(_) => true,
        FindingKind::Stack(_)
        | FindingKind::State(_)
        | FindingKind::Platform(_)
        | FindingKind::Application(_)
        | FindingKind::Mail(_)
        | FindingKind::Peering(_) => false,
    };
    let mended = |code: &str| planned.iter().any(|s| s.because.iter().any(|own| own == code));
    let wall = diagnosis.causes().find(|one| stands(&one.kind) && !mended(one.code().0));
    wall.map(|finding| finding.code().0)
}

/// The names of what an action would lose for good.
fn data_loss(action: &Action, snapshot: &Snapshot) -> Result<Vec<String>, Unsafe> {
    Ok(match action {
        Action::Environment(
            EnvironmentAction::Terminate { environment, .. }
            | EnvironmentAction::Rebuild { environment, .. },
        ) => databases_of(&crate::world::stack_name(environment), snapshot)?,
        // Decoupling and the deletion policy are two updates: set together, the policy is ignored.
        Action::Environment(EnvironmentAction::Update { environment, set, .. })
            if set.iter().any(|(space, name, _)| {
                space == "aws:rds:dbinstance" || name == "HasCoupledDatabase"
            }) =>
        {
            databases_of(&crate::world::stack_name(environment), snapshot)?
        }
        Action::Stack(StackAction::Delete { stack, retain, .. }) => {
            let mut names = databases_of(stack, snapshot)?;
            let kept = snapshot.stacks.get(stack).map_or(&[][..], |own| own.resources.items());
            names.retain(|name| {
                let one = kept.iter().find(|one| one.physical.as_ref() == Some(name));
                one.is_none_or(|one| !retain.contains(&one.logical))
            });
            names
        }
        Action::Database(DatabaseAction::Delete { database }) => vec![database.clone()],
        Action::Database(DatabaseAction::DeleteSnapshot { snapshot }) => vec![snapshot.clone()],
        Action::Network(_)
        | Action::Gateway(_)
        | Action::Endpoint(_)
        | Action::Vpc(_)
        | Action::Stack(_)
        | Action::Environment(_)
        | Action::Scaling(_)
        | Action::Balancing(_)
        | Action::Database(_)
        | Action::Identity(_)
        | Action::Mail(_)
        | Action::Wait(_) => Vec::new(),
    })
}

/// The databases that go with a stack, by their identifiers.
fn databases_of(stack: &StackName, snapshot: &Snapshot) -> Result<Vec<String>, Unsafe> {
    let settings = snapshot.settings.value();
    let policy = settings.and_then(|own| own.get("aws:rds:dbinstance", "DBDeletionPolicy"));
    let own = snapshot.environment.value().map(crate::world::Environment::stack_name);
    if policy == Some("Retain") && own.as_ref() == Some(stack) {
        return Ok(Vec::new());
    }
    let resources = match snapshot.stacks.get(stack) {
        Some(facts) => &facts.resources,
        None => &Observed::NotCollected,
    };
    let gap = |gap: crate::world::Gap| Unsafe::UnknownLoss {
        needs: if gap.needs.is_empty() {
            "cloudformation:ListStackResources".to_owned()
        } else {
            gap.needs
        },
        reason: gap.reason,
    };
    let all = resources.present().map_err(gap)?.map_or(&[][..], Vec::as_slice);
    let database = |kind: &str| kind == "AWS::RDS::DBInstance" || kind == "AWS::RDS::DBCluster";
    let alive = all.iter().filter(|one| database(&one.kind) && one.status != "DELETE_COMPLETE");
    Ok(alive.filter_map(|one| one.physical.clone()).filter(|id| !id.is_empty()).collect())
}
