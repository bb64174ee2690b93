//! `repair [ENV]`: diagnose, then each action shown, confirmed, re-checked, made, verified.

use clap::Args;

use crate::aws::EnvironmentRef;
use crate::check::{FindingKind, StateFault};
use crate::cli::args::{Approval, Direction, GoalName, Target};
use crate::cli::connection::{self, Connection, interrupted};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::look::{Look, directed};
use crate::cli::printer::Printer;
use crate::cli::rescue::{self, Aim, Book, Decider, Ending, ROUNDS, Rescue, told};
use crate::cli::settings::Settings;
use crate::clock::Clock as _;
use crate::journal::{MemoryJournal, Outcome, Sessions};
use crate::operator::{Asked, choose};
use crate::plan::Plan;
use crate::report::{DiagnosisText, plan_text};

/// Which environment, where to, and what is approved.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    direction: Direction,
    #[command(flatten)]
    approval: Approval,
}

/// Repairs.
pub fn run(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let given = arguments.target.environment.as_deref();
    let mut direction = directed(&arguments.direction, settings)?;
    let result = connection::about(settings, given, async |connection, environment| {
        let look = Look::by(&connection, &environment, &direction, settings).await?;
        let two_ways =
            direction.goal.is_none() && settings.interactive && termination_failed(&look);
        if two_ways {
            // What is wrong first: without it nobody can say where to go.
            show(screen(&look, None, settings), &look, settings, printer)?;
            direction.goal = Some(ask_for_goal(settings).await?);
        }
        let plan = look.plan(&direction, settings)?;
        if two_ways {
            show(plan_text(&plan, settings.screen.width), &look, settings, printer)?;
        } else if !settings.json() {
            show(screen(&look, Some(&plan), settings), &look, settings, printer)?;
        }
        if plan.steps.is_empty() {
            return Ok(nothing_planned(look, plan));
        }
        let aim = Aim::Goal { rounds: ROUNDS };
        let run = Run { command: "repair", approval: &arguments.approval, direction, aim };
        carry_out(&connection, settings, environment, run, look, plan).await
    });
    told(result, settings, printer)
}

/// What a run is called, and what it may do.
pub struct Run<'a> {
    /// Its name in the journal.
    pub command: &'a str,
    /// What is approved.
    pub approval: &'a Approval,
    /// Where to, and by which playbook.
    pub direction: Direction,
    /// When it is over.
    pub aim: Aim,
}

/// Opens a session, or a rehearsal, and carries a plan out in it.
pub async fn carry_out(
    connection: &Connection,
    settings: &Settings,
    environment: EnvironmentRef,
    run: Run<'_>,
    look: Look,
    plan: Plan,
) -> Result<Ending, Failure> {
    let Run { command, approval, direction, aim } = run;
    let invocation = rescue::invocation(command, Some(&look.snapshot), approval, settings);
    let header = rescue::header(&plan, direction.goal(), invocation);
    let now = connection.clock.now();
    let book = if approval.dry_run {
        Book::Rehearsal(Box::new(MemoryJournal::new(now, header)))
    } else {
        Book::Kept(Box::new(Sessions::of(settings.state()?).create(now, header)?))
    };
    let rescue = Rescue {
        connection,
        settings,
        // By its id, so that it is found again however it is listed meanwhile.
        environment: look
            .snapshot
            .environment
            .value()
            .map_or(environment, |one| EnvironmentRef::Id(one.id.clone())),
        options: Rescue::options(connection, settings, approval.dry_run),
        decider: Decider::new(approval, settings),
        book,
        direction,
        aim,
    };
    rescue.carry_out(look, plan).await
}

/// The end where nothing can or need be done.
pub fn nothing_planned(look: Look, plan: Plan) -> Ending {
    let (outcome, summary) = if look.reached(plan.goal) {
        (Outcome::NotNeeded, "Nothing had to be done.")
    } else if plan.beyond.is_empty() {
        (
            Outcome::NotRecovered,
            "The environment is not well, and nothing is known that would help.",
        )
    } else {
        (Outcome::BeyondRepair, "Only a person or AWS Support can help.")
    };
    Ending::without_session(outcome, summary, look, plan)
}

/// The screen before the first question; without a plan where nobody can say yet where to go.
pub(super) fn screen(look: &Look, plan: Option<&Plan>, settings: &Settings) -> String {
    let text = DiagnosisText {
        snapshot: &look.snapshot,
        diagnosis: &look.diagnosis,
        plan,
        took: look.took,
        next: None,
        width: settings.screen.width,
    };
    text.render()
}

/// Shows what a person needs for an answer; in JSON beside the document.
fn show(text: String, look: &Look, settings: &Settings, printer: Printer) -> Result<(), Failure> {
    if settings.json() {
        printer.talk(&text);
        return Ok(());
    }
    printer.data(&settings.linked(text, &look.snapshot.region))
}

/// Whether a termination was asked for and failed, so that there are two ways to go.
fn termination_failed(look: &Look) -> bool {
    let failed = |kind: &FindingKind| {
        matches!(kind, FindingKind::State(StateFault::TerminationFailed { .. }))
    };
    look.diagnosis.findings.iter().any(|finding| failed(&finding.kind))
}

async fn ask_for_goal(settings: &Settings) -> Result<GoalName, Failure> {
    let question = "A termination was asked for and failed. Where is this to lead?";
    let items = ["Back to a working environment", "To its clean end, the stack included"]
        .map(str::to_owned);
    match choose(question, items.to_vec(), settings.screen.live).await? {
        Asked::Answered(1) => Ok(GoalName::Terminated),
        Asked::Answered(_) => Ok(GoalName::Healthy),
        Asked::Left => Err(interrupted()),
    }
}
