//! `apply FILE`: carries out exactly a saved plan.

use std::path::PathBuf;

use clap::Args;

use super::repair::{Run, carry_out};
use crate::aws::EnvironmentRef;
use crate::cli::args::Approval;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::look::{Look, as_before};
use crate::cli::printer::Printer;
use crate::cli::rescue::{Aim, Ending, told};
use crate::cli::settings::Settings;
use crate::cli::{connection, plan_file};
use crate::journal::Outcome;
use crate::plan::{Condition, Made, Plan, Truth};

/// Which plan, and what is approved.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The saved plan
    #[arg(value_name = "FILE")]
    plan: PathBuf,
    #[command(flatten)]
    approval: Approval,
}

/// Carries it out.
pub fn run(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let result = plan_file::read(&arguments.plan)
        .and_then(|plan| apply(plan, &arguments.approval, settings));
    told(result, settings, printer)
}

fn apply(plan: Plan, approval: &Approval, settings: &Settings) -> Result<Ending, Failure> {
    let settings = settings.at(&plan.scope, "the plan")?;
    connection::run(&settings, async |connection| {
        let environment = EnvironmentRef::Id(plan.scope.environment.clone());
        let look = Look::at(&connection, &environment, &settings).await?;
        look.of_account(&plan.scope, "the plan")?;
        if is_there_already(&plan, &look) {
            let summary = "Nothing had to be done: all of the plan's effects are there already.";
            return Ok(Ending::without_session(Outcome::NotNeeded, summary, look, plan));
        }
        refuse_if_moved(&plan, &look)?;
        let direction = as_before(Some(&plan), plan.goal, &settings)?;
        let run = Run { command: "apply", approval, direction, aim: Aim::Goal { rounds: 1 } };
        carry_out(&connection, &settings, environment, run, look, plan).await
    })
}

/// Whether every step's effect is there, and that is certain.
fn is_there_already(plan: &Plan, look: &Look) -> bool {
    let made = Made::nothing();
    let holds = |condition: &Condition| condition.holds(&look.snapshot, &made) == Truth::Yes;
    look.reached(plan.goal)
        && plan.steps.iter().all(|step| {
            // What the plan itself would have made cannot be named any more; that the goal is
            // reached speaks for it.
            step.expect
                .iter()
                .all(|one| holds(one) || one.holds(&look.snapshot, &made) == Truth::Unknown)
        })
}

/// Refuses before anything is done if what the steps stand on is no longer there: all of it for
/// the first steps; for later ones, what of the network no step before them brings about.
fn refuse_if_moved(plan: &Plan, look: &Look) -> Result<(), Failure> {
    let made = Made::nothing();
    let certainly_not =
        |condition: &&Condition| condition.holds(&look.snapshot, &made) == Truth::No;
    let is_done = |step: &crate::plan::Step| {
        !step.expect.is_empty()
            && step.expect.iter().all(|one| one.holds(&look.snapshot, &made) == Truth::Yes)
    };
    let brought_about =
        |condition: &Condition| plan.steps.iter().any(|step| step.expect.contains(condition));
    let open = plan.steps.iter().filter(|step| !is_done(step));
    let stands_on = open.flat_map(|step| {
        let first = step.after.is_empty();
        step.guard.iter().filter(move |one| first || one.is_of_the_ways())
    });
    let mut moved: Vec<String> = stands_on
        .filter(certainly_not)
        .filter(|condition| !brought_about(condition))
        .map(ToString::to_string)
        .collect();
    moved.dedup();
    if moved.is_empty() {
        return Ok(());
    }
    let failure = Failure::new(Exit::WorldMoved, "the world has moved since the plan was saved");
    let failure = moved
        .into_iter()
        .fold(failure, |failure, one| failure.detail(format!("no longer holds: {one}")));
    Err(failure.hinted("nothing was done; `ebrescue plan` makes a new one"))
}
