//! `diagnose [ENV]`: what is wrong, and what would repair it.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::{Direction, Target};
use crate::cli::connection;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::look::{Look, directed};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::report::DiagnosisText;

/// Which environment, and by what playbook.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    target: Target,

    /// Look at a saved bundle instead of AWS (`ebrescue capture`)
    #[arg(long, value_name = "BUNDLE", conflicts_with = "environment")]
    bundle: Option<PathBuf>,

    #[command(flatten)]
    direction: Direction,
}

/// Looks, and says what is wrong; changes nothing.
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
    if settings.json() {
        printer.json(&look.document(Some(&plan)))?;
    } else {
        let next = (!plan.steps.is_empty() && arguments.bundle.is_none())
            .then(|| format!("ebrescue repair {}", on(settings, &look.name())));
        let text = DiagnosisText {
            snapshot: &look.snapshot,
            diagnosis: &look.diagnosis,
            plan: Some(&plan),
            took: look.took,
            next,
            width: settings.screen.width,
        };
        printer.data(&settings.linked(text.render(), &look.snapshot.region))?;
    }
    Ok(look.exit())
}

/// What follows a command's name to work on the same environment again.
pub fn on(settings: &Settings, name: &str) -> String {
    match &settings.sandbox {
        Some((scenario, _)) => format!("--sandbox {scenario}"),
        None => name.to_owned(),
    }
}
