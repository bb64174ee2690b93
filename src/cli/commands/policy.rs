//! `policy [ENV]`: the least that IAM must allow for some work.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::playbook::{find, shelf};
use crate::cli::args::{Direction, GoalName, Target};
use crate::cli::connection;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::look::Look;
use crate::cli::plan_file;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::plan::policy::{Work, for_playbook, policy, read_only};
use crate::plan::{Action, Plan};
use crate::report::words::{count, list};

/// For which work.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    target: Target,

    /// For exactly this saved plan; AWS is not asked
    #[arg(long, value_name = "FILE", conflicts_with_all = ["environment", "playbook", "read_only", "goal"])]
    plan: Option<PathBuf>,

    /// For this playbook: on the environment, or wherever it may be followed if none is known
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "read_only")]
    playbook: Option<String>,

    /// For diagnosis alone; needs neither an environment nor AWS
    #[arg(long, conflicts_with = "environment")]
    read_only: bool,

    /// Where the repair is to lead [default: healthy]
    #[arg(long, value_enum, value_name = "GOAL", conflicts_with = "read_only")]
    goal: Option<GoalName>,
}

/// The longest that IAM takes a customer managed policy, without its white space.
// Source: IAM user guide, "IAM and AWS STS quotas": 6,144 characters, white space not counted.
const LONGEST: usize = 6_144;

/// Prints the policy, as IAM takes it, whatever the format.
pub fn run(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let policy = wanted(arguments, settings, printer)?;
    let length = policy.to_string().len();
    if length > LONGEST {
        printer.talk(&format!(
            "{length} characters: more than the {LONGEST} of a managed policy; put it into a role \
             as an inline policy (10,240)"
        ));
    }
    printer.json(&policy)?;
    Ok(Exit::Done)
}

fn wanted(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Value, Failure> {
    if arguments.read_only {
        return Ok(read_only());
    }
    if let Some(file) = &arguments.plan {
        return plan_file::read_with_work(file).map(|(plan, work)| policy(&plan, &work.of(&plan)));
    }
    let given = arguments.target.environment.as_deref();
    let is_known = given.is_some() || settings.sandbox.is_some() || settings.environment.is_some();
    match &arguments.playbook {
        Some(playbook) if !is_known => anywhere(playbook, settings, printer),
        Some(_) | None => on_environment(arguments, settings, printer),
    }
}

/// For the plan that the environment needs now.
fn on_environment(
    arguments: &Arguments,
    settings: &Settings,
    printer: Printer,
) -> Result<Value, Failure> {
    let given = arguments.target.environment.as_deref();
    let look = connection::about(settings, given, async |connection, environment| {
        Look::at(&connection, &environment, settings).await
    })?;
    let direction = Direction { goal: arguments.goal, playbook: arguments.playbook.clone() };
    let plan = look.plan(&direction, settings)?;
    if plan.steps.is_empty() {
        printer.talk("nothing is planned for it: this is the policy for diagnosis alone");
    }
    Ok(policy(&plan, &Work::of(&plan.scope, &look.snapshot)))
}

/// For a playbook wherever it may be followed: what it does in its own rehearsals, on whatever
/// resources. Which actions a playbook comes to is decided by what is wrong, so that nothing but
/// trying it out tells.
fn anywhere(playbook: &str, settings: &Settings, printer: Printer) -> Result<Value, Failure> {
    let shelved = find(&shelf(settings)?, playbook)?;
    let scenarios: Vec<&str> =
        shelved.playbook.scenarios.iter().map(|one| one.value.as_str()).collect();
    if scenarios.is_empty() {
        return Err(Failure::usage("which environment?")
            .detail("What this playbook does depends on what is wrong, and it names no scenario.")
            .hinted("name the environment; or name `scenarios` in the playbook"));
    }
    let mut actions: Vec<Action> = Vec::new();
    for scenario in &scenarios {
        let plan = rehearsed(scenario, playbook, settings)?;
        actions.extend(plan.steps.into_iter().map(|step| step.action));
    }
    printer.talk(&format!(
        "{} of its rehearsals on {}; for one environment alone: `ebrescue policy ENV --playbook {playbook}`",
        count(actions.len(), "action"),
        list(&scenarios.iter().map(ToString::to_string).collect::<Vec<_>>()),
    ));
    Ok(for_playbook(actions.iter()))
}

fn rehearsed(scenario: &str, playbook: &str, settings: &Settings) -> Result<Plan, Failure> {
    let settings = Settings { sandbox: Some((scenario.to_owned(), None)), ..settings.clone() };
    let look = connection::about(&settings, None, async |connection, environment| {
        Look::at(&connection, &environment, &settings).await
    })?;
    look.plan(&Direction { goal: None, playbook: Some(playbook.to_owned()) }, &settings)
}
