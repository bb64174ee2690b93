//! Looking: collect, diagnose, plan. What `diagnose`, `plan` and `repair` begin with.

use std::time::Duration;

use super::args::{Direction, GoalName};
use super::commands::playbook::{find, shelf};
use super::connection::Connection;
use super::exit::Exit;
use super::failure::Failure;
use super::settings::Settings;
use crate::aws::EnvironmentRef;
use crate::check::{self, Diagnosis, Verdict};
use crate::clock::{Clock as _, WallClock};
use crate::collect::{self, Wanted};
use crate::plan::{self, Goal, Plan, Wishes};
use crate::playbook::{self, GoalWord, Ground, Shelved};
use crate::report::DiagnosisDocument;
use crate::world::{AccountId, EnvironmentStatus, Observed, Scope, Snapshot};

/// What was seen, found, and would be done.
#[derive(Clone, Debug)]
pub struct Look {
    /// What was seen.
    pub snapshot: Box<Snapshot>,
    /// What was found.
    pub diagnosis: Diagnosis,
    /// How long it took.
    pub took: Option<Duration>,
}

impl Look {
    /// Reads everything about an environment.
    pub async fn at(
        connection: &Connection,
        environment: &EnvironmentRef,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        Self::by(connection, environment, &Direction::default(), settings).await
    }

    /// Reads everything about an environment, and what the playbooks want looked at besides.
    pub async fn by(
        connection: &Connection,
        environment: &EnvironmentRef,
        direction: &Direction,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let everything = wants_more(direction, settings)?;
        let application = settings.application.clone();
        let wanted = Wanted { everything, platforms: everything, application };
        Self::wanting(connection, environment, &wanted).await
    }

    /// Reads as much as is wanted of an environment.
    pub async fn wanting(
        connection: &Connection,
        environment: &EnvironmentRef,
        wanted: &Wanted,
    ) -> Result<Self, Failure> {
        let began = WallClock.now();
        let aws = connection.aws.recording_apart();
        let snapshot =
            connection.bounded(Box::pin(collect::collect(&aws, environment, wanted))).await??;
        let took = WallClock.now().duration_since(began).unsigned_abs();
        Ok(Self { took: Some(took), ..Self::of(snapshot) })
    }

    /// A snapshot that was read before.
    pub fn of(snapshot: Snapshot) -> Self {
        let diagnosis = check::diagnose(&snapshot);
        Self { snapshot: Box::new(snapshot), diagnosis, took: None }
    }

    /// Plans the repair, by the playbook that was asked for or that fits best.
    pub fn plan(&self, direction: &Direction, settings: &Settings) -> Result<Plan, Failure> {
        let wishes = Wishes { goal: direction.goal(), ..Wishes::default() };
        let plan = plan::plan(&self.snapshot, &self.diagnosis, &wishes).ok_or_else(unseen)?;
        let playbooks = shelf(settings)?;
        let chosen = match &direction.playbook {
            Some(wanted) => Some(find(&playbooks, wanted)?),
            None => {
                let goal = direction.goal();
                playbook::choose(&playbooks, &self.snapshot, &self.diagnosis, goal).cloned()
            }
        };
        let ground = Ground { snapshot: &self.snapshot, diagnosis: &self.diagnosis };
        match chosen {
            Some(chosen) => playbook::bind(&chosen.playbook, plan, ground).map_err(|error| {
                Failure::new(
                    Exit::NotFound,
                    format!("playbook {} does not fit here", chosen.playbook.name.value),
                )
                .because(&error)
            }),
            None => Ok(plan),
        }
    }

    /// Whether the goal is reached, and that is certain.
    pub fn reached(&self, goal: Goal) -> bool {
        match goal {
            Goal::Healthy => {
                self.diagnosis.verdict == Verdict::Healthy || self.serves_after_a_failed_end()
            }
            Goal::Terminated => {
                let stack_gone = self.snapshot.stack().is_none_or(|facts| match &facts.stack {
                    Observed::Known { value, .. } => value.status.is_deleted(),
                    Observed::Absent { .. } => true,
                    Observed::Unreadable { .. } | Observed::NotCollected => false,
                });
                self.diagnosis.verdict == Verdict::Terminated && stack_gone
            }
        }
    }

    /// Whether the environment works, and all that is wrong is that an end that was asked for did
    /// not come about.
    fn serves_after_a_failed_end(&self) -> bool {
        let Some(own) = self.snapshot.environment.value() else { return false };
        let enhanced = own.health_status.as_deref().filter(|status| !status.is_empty());
        let health = enhanced.or(own.health.as_deref()).unwrap_or_default();
        let stack = self.snapshot.stack().and_then(|facts| facts.stack.value());
        let stack_holds = stack.is_some_and(|stack| {
            ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]
                .contains(&stack.status.as_str())
        });
        let mut causes = self.diagnosis.findings.iter().filter(|finding| finding.is_cause());
        own.status == EnvironmentStatus::Ready
            && ["Ok", "Info", "Green"].contains(&health)
            && stack_holds
            && causes.all(|finding| plan::holds_back_an_end_only(&finding.kind))
    }

    /// Refuses to go on with what belongs to another account.
    pub fn of_account(&self, scope: &Scope, what: &str) -> Result<(), Failure> {
        let asked = self.snapshot.caller.value().map(|caller| &caller.account);
        if asked == scope.account.as_ref() {
            return Ok(());
        }
        let named = |id: Option<&AccountId>| {
            id.map_or_else(|| "an account that could not be read".to_owned(), ToString::to_string)
        };
        let message = format!(
            "{what} is for {}, and this is {}",
            named(scope.account.as_ref()),
            named(asked)
        );
        Err(Failure::new(Exit::NotFound, message).hinted("use the profile it was made with"))
    }

    /// The JSON document.
    pub fn document(&self, plan: Option<&Plan>) -> DiagnosisDocument {
        DiagnosisDocument::new(&self.snapshot, &self.diagnosis, plan)
    }

    /// The exit code of a verdict.
    pub fn exit(&self) -> Exit {
        match self.diagnosis.verdict {
            Verdict::Healthy => Exit::Done,
            Verdict::Degraded | Verdict::Stuck | Verdict::Terminated => Exit::Unwell,
        }
    }

    /// The environment's name, for the next command line.
    pub fn name(&self) -> String {
        let environment = self.snapshot.environment.value();
        environment.map_or_else(String::new, |one| crate::report::plain(&one.name))
    }
}

/// Whether a playbook wants to be shown more than trouble gives reason to read: the one that was
/// named, or one of the user's own, which may be the one that fits.
fn wants_more(direction: &Direction, settings: &Settings) -> Result<bool, Failure> {
    let playbooks = shelf(settings)?;
    let wants = |one: &Shelved| !one.playbook.look.is_empty() || !one.playbook.must_see.is_empty();
    Ok(match &direction.playbook {
        Some(wanted) => wants(&find(&playbooks, wanted)?),
        None => playbooks.iter().any(|one| !one.is_built_in() && wants(one)),
    })
}

/// A direction as the playbook that was named completes it: where `--goal` is not given, the
/// playbook's counts.
///
/// # Errors
/// If there is no such playbook, which is known before AWS is asked.
pub fn directed(direction: &Direction, settings: &Settings) -> Result<Direction, Failure> {
    let mut direction = direction.clone();
    if let Some(wanted) = &direction.playbook {
        let named = find(&shelf(settings)?, wanted)?;
        direction.goal = direction.goal.or(named.playbook.goal.map(|word| match word {
            GoalWord::Healthy => GoalName::Healthy,
            GoalWord::Terminated => GoalName::Terminated,
        }));
    }
    Ok(direction)
}

/// The direction of a plan that was made before, with its playbook where that is still at hand.
pub fn as_before(
    plan: Option<&Plan>,
    goal: Goal,
    settings: &Settings,
) -> Result<Direction, Failure> {
    let goal = match goal {
        Goal::Healthy => GoalName::Healthy,
        Goal::Terminated => GoalName::Terminated,
    };
    let name = plan.map(|plan| plan.playbook.clone()).filter(|name| !name.is_empty());
    let playbooks = shelf(settings)?;
    let at_hand = |name: &String| playbooks.iter().any(|one| one.playbook.name.value == *name);
    Ok(Direction { goal: Some(goal), playbook: name.filter(at_hand) })
}

/// What is said where the environment itself could not be read.
pub fn unseen() -> Failure {
    Failure::new(Exit::AwsUnusable, "the environment itself could not be read")
        .detail("Without it nothing can be planned.")
        .hinted("`ebrescue policy --read-only` prints the permissions that looking needs")
}
