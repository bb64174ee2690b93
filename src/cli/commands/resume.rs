//! `resume [SESSION]`: goes on with an interrupted repair.

use clap::Args;

use super::SessionName;
use crate::aws::EnvironmentRef;
use crate::cli::args::{Approval, Direction};
use crate::cli::connection;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::look::{Look, as_before};
use crate::cli::printer::Printer;
use crate::cli::rescue::{self, Aim, Book, Decider, Ending, ROUNDS, Rescue, told};
use crate::cli::settings::Settings;
use crate::clock::Clock as _;
use crate::journal::{Invocation, Kept, MemoryJournal, Moment, Outcome, Sessions};

/// Which session, and what is approved.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    session: SessionName,
    #[command(flatten)]
    approval: Approval,
}

/// What is to become of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// On.
    Forward,
    /// Back.
    Back,
}

/// Goes on.
pub fn run(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let result = Sessions::of(settings.state()?)
        .read_named(&arguments.session, Way::Forward)
        .and_then(|kept| again(kept, Way::Forward, &arguments.approval, settings));
    told(result, settings, printer)
}

/// Finds the session a command is about.
pub(super) trait ReadNamed {
    /// Reads the session that was named, else the one that this way usually means.
    fn read_named(&self, name: &SessionName, way: Way) -> Result<Kept, Failure>;
}

impl ReadNamed for Sessions {
    fn read_named(&self, name: &SessionName, way: Way) -> Result<Kept, Failure> {
        let id = match way {
            Way::Forward => name.or_unfinished(self)?,
            Way::Back => name.or_latest(self)?,
        };
        let kept = self.read(&id)?;
        kept.verify_files()?;
        Ok(kept)
    }
}

/// Goes on with a session, or back.
pub(super) fn again(
    kept: Kept,
    way: Way,
    approval: &Approval,
    settings: &Settings,
) -> Result<Ending, Failure> {
    if way == Way::Forward && !kept.history.is_unfinished() {
        return Ok(nothing_left(kept));
    }
    if rescue::was_practice(&kept.history.header) {
        return Err(practice_is_over(&kept));
    }
    let settings = settings.at(&kept.history.header.scope, &format!("session {}", kept.id))?;
    connection::run(&settings, async |connection| {
        let scope = kept.history.header.scope.clone();
        let environment = EnvironmentRef::Id(scope.environment.clone());
        let now = Look::at(&connection, &environment, &settings).await?;
        now.of_account(&scope, &format!("session {}", kept.id))?;
        let command = if way == Way::Forward { "resume" } else { "undo" };
        let invocation = rescue::invocation(command, Some(&now.snapshot), approval, &settings);
        let before = kept.snapshot(Moment::Before)?.map(Look::of);
        let book = if approval.dry_run {
            Book::Rehearsal(Box::new(MemoryJournal::going_on(kept.history.clone())))
        } else {
            let sessions = Sessions::of(settings.state()?);
            Book::Kept(Box::new(sessions.open(&kept.id, connection.clock.now())?))
        };
        let direction = as_before(kept.history.plans.last(), kept.history.header.goal, &settings)?;
        let rescue = Rescue {
            connection: &connection,
            settings: &settings,
            environment,
            options: Rescue::options(&connection, &settings, approval.dry_run),
            decider: Decider::new(approval, &settings),
            book,
            aim: aim(&kept, &direction),
            direction,
        };
        proceed(rescue, way, before, invocation).await
    })
}

async fn proceed(
    rescue: Rescue<'_>,
    way: Way,
    before: Option<Look>,
    invocation: Invocation,
) -> Result<Ending, Failure> {
    match way {
        Way::Forward => rescue.resume(before, invocation).await,
        Way::Back => rescue.undo(before, invocation).await,
    }
}

/// What the session was begun for: a saved plan and a pin are carried out as they are, a repair
/// goes on until the environment is well.
fn aim(kept: &Kept, direction: &Direction) -> Aim {
    match kept.history.header.invocation.command.as_str() {
        "pin" => Aim::PlanAlone,
        "apply" => Aim::Goal { rounds: 1 },
        // Without its playbook nobody knows what it would never do: the plan that is there is
        // carried out, and none is made beyond it.
        _ if direction.playbook.is_none() && has_playbook(kept) => {
            Aim::Goal { rounds: kept.history.round() }
        }
        _ => Aim::Goal { rounds: ROUNDS },
    }
}

/// Whether the session's last plan follows a playbook.
fn has_playbook(kept: &Kept) -> bool {
    kept.history.plans.last().is_some_and(|plan| !plan.playbook.is_empty())
}

fn practice_is_over(kept: &Kept) -> Failure {
    Failure::new(
        Exit::NotFound,
        format!("session {} was practice: its simulated AWS ended with its run", kept.id),
    )
    .hinted("`ebrescue sandbox serve` runs one that outlives a session; `report` works as ever")
}

fn nothing_left(kept: Kept) -> Ending {
    Ending {
        session: Some(kept.id),
        outcome: Outcome::NotNeeded,
        summary: "Nothing is left to do in this session.".to_owned(),
        history: Some(kept.history),
        end: None,
        before: None,
        after: None,
    }
}
