//! `playbook export NAME`: its plan as an Automation document of AWS Systems Manager.

use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCandidates;

use super::{find, shelf};
use crate::cli::args::Direction;
use crate::cli::commands::capture::write_whole;
use crate::cli::completion;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::look::{Look, directed};
use crate::cli::printer::Printer;
use crate::cli::settings::{AwsSettings, Settings};
use crate::cli::{connection, plan_file};
use crate::plan::Plan;
use crate::playbook::ssm::{Export, Made, ssm};

/// Which playbook, and by which plan.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Its name, or a file
    #[arg(value_name = "NAME|FILE", add = ArgValueCandidates::new(completion::playbooks))]
    name: String,

    /// The saved plan to write; else the one for --sandbox, else for its first scenario
    #[arg(long, value_name = "FILE", conflicts_with = "sandbox")]
    plan: Option<PathBuf>,

    /// The file to write instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Writes it, and says on standard error what it cannot do.
pub(super) fn run(
    arguments: &Arguments,
    settings: &Settings,
    printer: Printer,
) -> Result<Exit, Failure> {
    let name = find(&shelf(settings)?, &arguments.name)?.playbook.name.value;
    let (plan, from, defaults) = match &arguments.plan {
        Some(file) => (saved(file, &name)?, format!("the plan {}", file.display()), true),
        None => {
            let (plan, scenario) = rehearsed(&arguments.name, settings)?;
            (plan, format!("the scenario {scenario}"), false)
        }
    };
    let made = Made { program: env!("CARGO_PKG_VERSION"), from: &from, defaults };
    let Export { document, not_expressed } = ssm(&plan, made);
    match &arguments.output {
        Some(file) => {
            let text = serde_json::to_string_pretty(&document)
                .map_err(|error| Failure::new(Exit::Bug, "cannot write JSON").because(&error))?;
            write_whole(file, format!("{text}\n").as_bytes())?;
            printer.talk(&format!("{} written", file.display()));
        }
        None => printer.json(&document)?,
    }
    for one in not_expressed {
        printer.warn(&format!("not in the document: {one}"));
    }
    Ok(Exit::Done)
}

fn saved(file: &std::path::Path, name: &str) -> Result<Plan, Failure> {
    let plan = plan_file::read(file)?;
    if plan.playbook != name {
        let message =
            format!("{} follows the playbook {}, not {name}", file.display(), plan.playbook);
        return Err(Failure::usage(message));
    }
    Ok(plan)
}

/// The plan that the playbook makes on a scenario.
fn rehearsed(wanted: &str, settings: &Settings) -> Result<(Plan, String), Failure> {
    let named = find(&shelf(settings)?, wanted)?;
    let given = settings.sandbox.as_ref().map(|(scenario, _)| scenario.clone());
    let first = named.playbook.scenarios.first().map(|one| one.value.clone());
    let scenario = given.or(first).ok_or_else(|| {
        Failure::usage("which incident is it to be written for?")
            .hinted("name a scenario by --sandbox, or a plan by --plan")
    })?;
    let rehearsal = Settings {
        aws: AwsSettings::default(),
        sandbox: Some((scenario.clone(), None)),
        environment: None,
        application: None,
        ..settings.clone()
    };
    let direction = Direction { playbook: Some(wanted.to_owned()), goal: None };
    let direction = directed(&direction, &rehearsal)?;
    let look = connection::about(&rehearsal, None, async |connection, environment| {
        Look::by(&connection, &environment, &direction, &rehearsal).await
    })?;
    Ok((look.plan(&direction, &rehearsal)?, scenario))
}
