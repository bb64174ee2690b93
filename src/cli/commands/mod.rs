//! One file for each command.

pub mod apply;
pub mod capture;
pub mod completions;
pub mod diagnose;
mod examples;
pub mod explain;
pub mod man;
pub mod pin;
pub mod plan;
pub mod playbook;
pub mod policy;
pub mod repair;
pub mod report;
pub mod resume;
pub mod sandbox;
pub mod scan;
pub mod sessions;
pub mod undo;
pub mod verify;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;

use super::args::Format;
use super::completion;
use super::exit::Exit;
use super::failure::Failure;
use super::printer::Printer;
use super::settings::Settings;
use crate::journal::{JournalError, Sessions};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what is wrong and what would repair it; changes nothing
    #[command(after_help = examples::DIAGNOSE)]
    Diagnose(diagnose::Arguments),
    /// Repair, one question for each action
    #[command(after_help = examples::REPAIR)]
    Repair(repair::Arguments),
    /// Save what would be done, for review
    #[command(after_help = examples::PLAN)]
    Plan(plan::Arguments),
    /// Carry out exactly a saved plan
    #[command(after_help = examples::APPLY)]
    Apply(apply::Arguments),
    /// Go on with an interrupted repair
    #[command(after_help = examples::RESUME)]
    Resume(resume::Arguments),
    /// Take back the reversible actions of a session, newest first
    #[command(after_help = examples::UNDO)]
    Undo(undo::Arguments),
    /// Write the post-mortem of a session
    #[command(after_help = examples::REPORT)]
    Report(report::Arguments),
    /// List the sessions kept on this machine
    #[command(after_help = examples::SESSIONS)]
    Sessions(sessions::Arguments),
    /// Check the journal of a session; names the first bad record
    #[command(after_help = examples::VERIFY)]
    Verify(verify::Arguments),
    /// Put an environment on an exact platform version, and keep managed updates from moving it
    #[command(after_help = examples::PIN)]
    Pin(pin::Arguments),
    /// Print the least-privilege IAM policy for a repair, a plan, a playbook or diagnosis alone
    #[command(after_help = examples::POLICY)]
    Policy(policy::Arguments),
    /// One line for each environment of the region or regions, worst first
    #[command(after_help = examples::SCAN)]
    Scan(scan::Arguments),
    /// Save all evidence in one file, for work without credentials
    #[command(after_help = examples::CAPTURE)]
    Capture(capture::Arguments),
    /// Show the page of one finding: how it shows, how it is repaired, what makes it worse
    #[command(after_help = examples::EXPLAIN)]
    Explain(explain::Arguments),
    /// List, show and check playbooks
    #[command(after_help = examples::PLAYBOOK)]
    Playbook(playbook::Arguments),
    /// The AWS simulator to practise on
    #[command(after_help = examples::SANDBOX)]
    Sandbox(sandbox::Arguments),
    /// Print the completions of a shell
    Completions(completions::Arguments),
    /// Print the manual page
    #[command(after_help = examples::MAN)]
    Man(man::Arguments),
}

impl Command {
    /// The formats that the result can be written in.
    pub fn formats(&self) -> &'static [Format] {
        match self {
            Self::Report(_) => &[Format::Text, Format::Md, Format::Html, Format::Json],
            Self::Playbook(arguments) => arguments.formats(),
            Self::Diagnose(_)
            | Self::Repair(_)
            | Self::Plan(_)
            | Self::Apply(_)
            | Self::Resume(_)
            | Self::Undo(_)
            | Self::Sessions(_)
            | Self::Verify(_)
            | Self::Pin(_)
            | Self::Policy(_)
            | Self::Scan(_)
            | Self::Capture(_)
            | Self::Explain(_)
            | Self::Sandbox(_)
            | Self::Completions(_)
            | Self::Man(_) => &[Format::Text, Format::Json],
        }
    }

    /// Does it.
    pub fn run(self, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
        match self {
            Self::Diagnose(arguments) => diagnose::run(&arguments, settings, printer),
            Self::Repair(arguments) => repair::run(&arguments, settings, printer),
            Self::Plan(arguments) => plan::run(&arguments, settings, printer),
            Self::Apply(arguments) => apply::run(&arguments, settings, printer),
            Self::Resume(arguments) => resume::run(&arguments, settings, printer),
            Self::Undo(arguments) => undo::run(&arguments, settings, printer),
            Self::Report(arguments) => report::run(&arguments, settings, printer),
            Self::Pin(arguments) => pin::run(&arguments, settings, printer),
            Self::Policy(arguments) => policy::run(&arguments, settings, printer),
            Self::Scan(arguments) => scan::run(&arguments, settings, printer),
            Self::Capture(arguments) => capture::run(&arguments, settings, printer),
            Self::Explain(arguments) => explain::run(&arguments, settings, printer),
            Self::Sessions(arguments) => sessions::run(&arguments, settings, printer),
            Self::Verify(arguments) => verify::run(&arguments, settings, printer),
            Self::Playbook(arguments) => playbook::run(&arguments, settings, printer),
            Self::Sandbox(arguments) => sandbox::run(arguments, settings, printer),
            Self::Completions(arguments) => completions::run(&arguments, printer),
            Self::Man(arguments) => man::run(&arguments, printer),
        }
    }
}

/// Which session a command is about.
#[derive(Clone, Debug, Args)]
pub struct SessionName {
    /// The session, or an unambiguous beginning or end of its name [default: the latest]
    #[arg(value_name = "SESSION", add = ArgValueCandidates::new(completion::sessions))]
    session: Option<String>,
}

impl SessionName {
    /// The session that was named, else the latest.
    pub fn or_latest(&self, sessions: &Sessions) -> Result<String, JournalError> {
        self.session.clone().map_or_else(|| sessions.latest(), Ok)
    }

    /// The session that was named, else the latest that is unfinished.
    pub fn or_unfinished(&self, sessions: &Sessions) -> Result<String, JournalError> {
        self.session.clone().map_or_else(|| sessions.latest_unfinished(), Ok)
    }
}
