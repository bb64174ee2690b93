//! `pin [ENV]`: an exact platform version, and no managed update that moves it.

use clap::Args;

use super::repair::{Run, carry_out, screen};
use crate::cli::args::{Approval, Direction, Target};
use crate::cli::connection;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::look::{Look, unseen};
use crate::cli::printer::Printer;
use crate::cli::rescue::{Aim, Ending, told};
use crate::cli::settings::Settings;
use crate::collect::Wanted;
use crate::journal::Outcome;
use crate::plan::{self, Plan};
use crate::report::words::list;
use crate::world::Arn;

/// Which environment, which version, and what is approved.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    target: Target,

    /// The version: its number (6.4.3), solution stack name or ARN [default: the last that worked]
    #[arg(long, value_name = "VERSION")]
    platform: Option<String>,

    #[command(flatten)]
    approval: Approval,
}

/// Pins. What else is wrong with the environment is told and left to `repair`.
pub fn run(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let given = arguments.target.environment.as_deref();
    let result = connection::about(settings, given, async |connection, environment| {
        let application = settings.application.clone();
        let wanted = Wanted { platforms: true, application, ..Wanted::default() };
        let look = Look::wanting(&connection, &environment, &wanted).await?;
        let platform = match &arguments.platform {
            Some(named) => Some(version(&look, named)?),
            None => plan::last_that_worked(&look.diagnosis),
        };
        let plan = plan::pin(&look.snapshot, platform.as_ref()).ok_or_else(unseen)?;
        if !settings.json() {
            printer.data(&screen(&look, Some(&plan), settings))?;
        }
        if plan.steps.is_empty() {
            return Ok(nothing_planned(look, plan));
        }
        let (approval, direction) = (&arguments.approval, Direction::default());
        let run = Run { command: "pin", approval, direction, aim: Aim::PlanAlone };
        carry_out(&connection, settings, environment, run, look, plan).await
    });
    told(result, settings, printer)
}

/// The version that was named.
fn version(look: &Look, named: &str) -> Result<Arn, Failure> {
    plan::platform_named(&look.snapshot, named).map_err(|there| {
        let failure = Failure::new(
            Exit::NotFound,
            format!("no platform version `{named}` in the environment's branch"),
        );
        if there.is_empty() {
            failure
                .detail("Which versions there are could not be read.")
                .hinted("allow elasticbeanstalk:ListPlatformVersions, or name the version's ARN")
        } else {
            failure.hinted(format!("there are: {}", list(&there)))
        }
    })
}

/// The end where nothing has to be changed, or nothing can be.
fn nothing_planned(look: Look, plan: Plan) -> Ending {
    let (outcome, summary) = if let Some(refused) = plan.refusals.first() {
        (Outcome::NotRecovered, format!("Nothing was done. {}", refused.why))
    } else if let Some(beyond) = plan.beyond.first() {
        (Outcome::BeyondRepair, format!("{}: {}", beyond.what, beyond.why))
    } else {
        let version = look.snapshot.environment.value().and_then(|own| own.platform_version());
        let version = version.map_or_else(String::new, |one| format!("version {one} "));
        let summary = format!(
            "Nothing had to be done: it is on platform {version}and managed updates leave it there."
        );
        (Outcome::NotNeeded, summary)
    };
    Ending::without_session(outcome, &summary, look, plan)
}
