//! `playbook list|show|lint|schema|export`: the recipes at hand.

mod export;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;

use crate::check::FindingKind;
use crate::cli::args::Format;
use crate::cli::completion;
use crate::cli::documents::{Lint, LintComplaint, PlaybookLine, PlaybookText, Playbooks};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, suggestions};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::plan::KINDS;
use crate::playbook::{self, Complaint, Known, PlaybookError, Shelved};
use crate::report::page::{CYAN, Page, styled};
use crate::report::words::count;
use crate::sandbox::scenarios::{self, Scenario};

/// What is wanted of the playbooks.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

/// What can be wanted of the playbooks.
#[derive(Debug, Subcommand)]
enum What {
    /// List the playbooks at hand
    List,
    /// Show one as a person reads it
    Show {
        /// Its name, or a file
        #[arg(value_name = "NAME|FILE", add = ArgValueCandidates::new(completion::playbooks))]
        name: String,
    },
    /// Check files, with line, column and a hint for each complaint
    Lint {
        /// The files
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Print the JSON Schema, from which editors complete
    Schema,
    /// Write it as an Automation document of AWS Systems Manager (`--format ssm`)
    Export(export::Arguments),
}

impl Arguments {
    /// The formats that the result can be written in.
    pub fn formats(&self) -> &'static [Format] {
        match self.what {
            What::Export(_) => &[Format::Ssm],
            What::List | What::Show { .. } | What::Lint { .. } | What::Schema => {
                &[Format::Text, Format::Json]
            }
        }
    }
}

/// Lists, shows or checks.
pub fn run(arguments: &Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    match &arguments.what {
        What::List => list(settings, printer),
        What::Show { name } => show(name, settings, printer),
        What::Lint { files } => lint(files, settings, printer),
        What::Schema => printer.json(&playbook::schema()).map(|()| Exit::Done),
        What::Export(arguments) => export::run(arguments, settings, printer),
    }
}

/// All playbooks at hand.
pub fn shelf(settings: &Settings) -> Result<Vec<Shelved>, Failure> {
    playbook::shelf(settings.playbook_dir.as_deref()).map_err(Failure::from)
}

/// The playbook a person asked for, with the nearest names if there is none.
pub fn find(shelf: &[Shelved], wanted: &str) -> Result<Shelved, Failure> {
    playbook::find(shelf, wanted).map_err(|error| {
        let names = shelf.iter().map(|one| one.playbook.name.value.as_str());
        let near = suggestions(wanted, names);
        let failure = Failure::from(error);
        match near.first() {
            Some(name) => failure.hinted(format!("did you mean `{name}`?")),
            None => failure.hinted("`ebrescue playbook list` names them"),
        }
    })
}

fn list(settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let shelf = shelf(settings)?;
    if settings.json() {
        let document = |one: &Shelved| PlaybookLine {
            name: one.playbook.name.value.clone(),
            title: one.playbook.title.clone(),
            origin: one.origin.clone(),
            scenarios: one.playbook.scenarios.iter().map(|one| one.value.clone()).collect(),
        };
        let playbooks = shelf.iter().map(document).collect();
        printer.json(&Playbooks { schema: "ebrescue.playbooks/1", playbooks })?;
    } else {
        let mut page = Page::new(settings.screen.width);
        let names = shelf.iter().map(|one| one.playbook.name.value.chars().count());
        let column = names.max().unwrap_or_default();
        for Shelved { playbook, .. } in &shelf {
            let name = &playbook.name.value;
            page.block(&styled(CYAN, &format!("{name:column$}  ")), &playbook.title);
        }
        printer.data(&page.text())?;
    }
    Ok(Exit::Done)
}

fn show(name: &str, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let shelved = find(&shelf(settings)?, name)?;
    if settings.json() {
        printer.json(&PlaybookText {
            schema: "ebrescue.playbook/1",
            name: shelved.playbook.name.value.clone(),
            title: shelved.playbook.title.clone(),
            origin: shelved.origin,
            text: shelved.text,
            shown: playbook::show(&shelved.playbook),
        })?;
    } else {
        printer.data(&playbook::show(&shelved.playbook))?;
    }
    Ok(Exit::Done)
}

fn lint(files: &[PathBuf], settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let scenarios: Vec<String> = scenarios::all().iter().map(Scenario::name).collect();
    let known = Known {
        codes: FindingKind::codes().map(|code| code.0).collect(),
        scenarios: scenarios.iter().map(String::as_str).collect(),
        actions: KINDS.to_vec(),
    };
    let mut complaints: Vec<(String, Complaint)> = Vec::new();
    for file in files {
        let name = file.display().to_string();
        match playbook::read(file) {
            Ok(shelved) => {
                let found = playbook::lint(&shelved.playbook, &known);
                complaints.extend(found.into_iter().map(|one| (name.clone(), one)));
            }
            Err(PlaybookError::Malformed { line, column, message, .. }) => {
                let hint = "`ebrescue playbook schema` says what may stand where".to_owned();
                complaints.push((name, Complaint { line, column, message, hint }));
            }
            Err(error) => return Err(error.into()),
        }
    }
    told(&complaints, files.len(), settings, printer)
}

fn told(
    complaints: &[(String, Complaint)],
    files: usize,
    settings: &Settings,
    printer: Printer,
) -> Result<Exit, Failure> {
    if settings.json() {
        let document = |(file, one): &(String, Complaint)| LintComplaint {
            file: file.clone(),
            line: one.line,
            column: one.column,
            message: one.message.clone(),
            hint: one.hint.clone(),
        };
        let complaints = complaints.iter().map(document).collect();
        printer.json(&Lint { schema: "ebrescue.lint/1", files, complaints })?;
    } else {
        for (file, Complaint { line, column, message, hint }) in complaints {
            printer.data(&format!("{file}:{line}:{column}: {message}\n  hint: {hint}"))?;
        }
    }
    if complaints.is_empty() {
        printer.talk(&format!("{}: nothing to complain about", count(files, "playbook")));
        return Ok(Exit::Done);
    }
    Err(Failure::new(Exit::NotFound, format!("{} found", count(complaints.len(), "complaint"))))
}
