//! `plan [ENV] -o FILE`: saves what would be done, for review.

use std::path::PathBuf;

use clap::Args;

use super::capture::write_whole;
use crate::cli::args::{Direction, Target};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::look::{Look, directed};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::cli::{connection, plan_file};
use crate::report::DiagnosisText;

/// Which environment, where to, and the file.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    target: Target,

    /// The file to write; without one the plan is only shown
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Plan from a saved bundle instead of AWS (`ebrescue capture`)
    #[arg(long, value_name = "BUNDLE", conflicts_with = "environment")]
    bundle: Option<PathBuf>,

    #[command(flatten)]
    direction: Direction,
}

/// Looks, plans and saves.
pub fn run(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let direction = directed(&arguments.direction, settings)?;
    let look = match &arguments.bundle {
        Some(bundle) => super::capture::read(bundle)?,
        None => {
            let given = arguments.target.environment.as_deref();
            connection::about(settings, given, async |connection, environment| {
                Look::by(&connection, &environment, &direction, settings).await
            })?
        }
    };
    let plan = look.plan(&direction, settings)?;
    let document = plan_file::document(&look, &plan)?;
    if let Some(file) = &arguments.output {
        let text = serde_json::to_string_pretty(&document)
            .map_err(|error| Failure::new(Exit::Bug, "cannot write JSON").because(&error))?;
        write_whole(file, format!("{text}\n").as_bytes())?;
    }
    if settings.json() {
        printer.json(&document)?;
    } else {
        let next = arguments.output.as_ref().filter(|_| !plan.steps.is_empty());
        let text = DiagnosisText {
            snapshot: &look.snapshot,
            diagnosis: &look.diagnosis,
            plan: Some(&plan),
            took: look.took,
            next: next.map(|file| format!("ebrescue apply {}", file.display())),
            width: settings.screen.width,
        };
        printer.data(&settings.linked(text.render(), &look.snapshot.region))?;
    }
    Ok(look.exit())
}
