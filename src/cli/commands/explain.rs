//! `explain CODE`: the page of one finding.

use clap::Args;
use clap_complete::ArgValueCandidates;

use crate::check;
use crate::cli::completion;
use crate::cli::documents::Explanation;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, suggestions};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;

/// Which finding.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Its code or its name: NET-03, route-blackhole
    #[arg(value_name = "CODE", add = ArgValueCandidates::new(completion::codes))]
    code: String,
}

/// Prints the page.
pub fn run(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let code = arguments.code.trim();
    let check = check::by_code(code).ok_or_else(|| unknown(code))?;
    if settings.json() {
        printer.json(&Explanation {
            schema: "ebrescue.explanation/1",
            code: check.code.0,
            name: check.name,
            page: check.docs,
        })?;
    } else {
        printer.data(check.docs)?;
    }
    Ok(Exit::Done)
}

fn unknown(code: &str) -> Failure {
    let names = check::all().iter().flat_map(|check| [check.code.0, check.name]);
    let near = suggestions(code, names);
    let failure = Failure::new(Exit::NotFound, format!("no finding has the code `{code}`"));
    match near.first() {
        Some(near) => failure.hinted(format!("did you mean `{near}`?")),
        None => failure.hinted("codes stand behind each finding of `ebrescue diagnose`"),
    }
}
