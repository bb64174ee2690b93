//! What can be typed: the flags of every command. The doc comments are the help.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, ValueEnum};
use clap_complete::ArgValueCandidates;

use super::commands::Command;
use super::completion;
use super::duration;
use crate::operator::Policy;
use crate::plan::{Goal, Risk};

/// Diagnoses and repairs AWS Elastic Beanstalk environments that are stuck.
///
/// Looking changes nothing. Every change is shown, asked for, checked once more, made once,
/// verified and kept in a journal, so that it can be resumed, taken back and reported.
#[derive(Debug, Parser)]
#[command(
    name = "ebrescue",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    after_help = EXAMPLES,
    max_term_width = 100
)]
pub struct Arguments {
    /// Flags everywhere.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The first things to try, shown below the help.
const EXAMPLES: &str = "\
Examples:
  ebrescue diagnose --sandbox lost-route-table    practise on a simulated incident
  ebrescue diagnose shop-prod                     what is wrong, and what would repair it
  ebrescue repair shop-prod                       repair it, one question for each action
  ebrescue report --format md -o incident.md      the post-mortem of the last repair";

/// Flags that every command takes.
#[derive(Debug, Args)]
pub struct Global {
    /// AWS region; else from the environment, `.elasticbeanstalk/config.yml` or the profile
    #[arg(long, global = true, value_name = "REGION", help_heading = "Which AWS")]
    pub region: Option<String>,

    /// Profile of `~/.aws/config`
    #[arg(long, global = true, value_name = "NAME", help_heading = "Which AWS")]
    pub profile: Option<String>,

    /// Elastic Beanstalk application, where two have environments of one name
    #[arg(long, global = true, value_name = "NAME", help_heading = "Which AWS")]
    pub application: Option<String>,

    /// Send all AWS calls here (also AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_<SERVICE>)
    #[arg(long, global = true, value_name = "URL", help_heading = "Which AWS")]
    pub endpoint_url: Option<String>,

    /// Work on a simulated incident instead of AWS; `ebrescue sandbox list` names them
    #[arg(long, global = true, value_name = "SCENARIO", help_heading = "Which AWS",
          conflicts_with_all = ["endpoint_url", "profile"],
          add = ArgValueCandidates::new(completion::scenarios))]
    pub sandbox: Option<String>,

    /// Simulated seconds in a real one; 1 is as slow as AWS [default: waits take moments]
    #[arg(long, global = true, value_name = "N", help_heading = "Which AWS",
          requires = "sandbox", value_parser = speed, hide_short_help = true)]
    pub sandbox_speed: Option<f64>,

    /// How the result is written [default: text; for `report`: md]
    #[arg(long, global = true, value_enum, value_name = "FORMAT", help_heading = "Output")]
    pub format: Option<Format>,

    /// Say only what is asked for
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,

    /// Say more: causes of errors, calls (-v), the AWS SDK's own log (-vv)
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Output")]
    pub verbose: u8,

    /// Colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN",
          help_heading = "Output", hide_possible_values = true, hide_short_help = true)]
    pub color: Color,

    /// Never ask; implied where standard input is not a terminal
    #[arg(long, global = true, help_heading = "How to work")]
    pub non_interactive: bool,

    /// The longest the command may take: 45s, 1m30s, 2h
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration::parse,
          help_heading = "How to work")]
    pub timeout: Option<Duration>,

    /// How often a wait looks again [default: 5s, backing off]
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration::parse,
          help_heading = "How to work", hide_short_help = true)]
    pub poll_interval: Option<Duration>,

    /// Where sessions are kept [env: EBRESCUE_STATE_DIR] [default: the XDG state folder]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help_heading = "How to work",
        hide_short_help = true
    )]
    pub state_dir: Option<PathBuf>,

    /// A folder of playbooks of your own
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help_heading = "How to work",
        hide_short_help = true
    )]
    pub playbook_dir: Option<PathBuf>,
}

/// A speed of the embedded sandbox.
pub fn speed(text: &str) -> Result<f64, String> {
    // Faster than a day in a real second, and a poll would jump over whole incidents.
    const FASTEST: f64 = 86_400.0;
    match text.parse::<f64>() {
        Ok(speed) if speed > 0.0 && speed <= FASTEST => Ok(speed),
        _ => Err(format!("a number above 0 and up to {FASTEST}")),
    }
}

/// How a result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: one document.
    Json,
    /// Markdown (`report`).
    Md,
    /// One HTML file (`report`).
    Html,
    /// An Automation document of AWS Systems Manager (`playbook export`).
    Ssm,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// At a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Which environment a command is about.
#[derive(Clone, Debug, Args)]
pub struct Target {
    /// Name or e-… id; else from `.elasticbeanstalk/config.yml`, else it is asked
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(completion::environments))]
    pub environment: Option<String>,
}

/// What may be done without a question.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Approval")]
pub struct Approval {
    /// Approve every action up to this risk
    #[arg(long, value_enum, value_name = "RISK")]
    pub approve: Option<RiskLimit>,

    /// Approve one action of a saved plan by its id (repeatable)
    #[arg(long, value_name = "ID")]
    pub approve_action: Vec<String>,

    /// Short for --approve disruptive
    #[arg(short, long, conflicts_with = "approve")]
    pub yes: bool,

    /// Accept that the data of this database or bucket is lost (repeatable)
    #[arg(long, value_name = "RESOURCE")]
    pub accept_data_loss: Vec<String>,

    /// Go through everything and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// The highest risk that is approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RiskLimit {
    /// Adds something or puts it back; nobody notices.
    Safe,
    /// Nothing is lost, but somebody notices.
    Disruptive,
    /// Cannot be taken back, or deletes.
    Destructive,
}

/// Where a repair is to lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GoalName {
    /// Back to a working environment.
    Healthy,
    /// To the clean end of the environment, its stack included.
    Terminated,
}

/// What a plan is to lead to and follow.
#[derive(Clone, Debug, Default, Args)]
pub struct Direction {
    /// Where to, when a termination was asked for and failed [default: healthy]
    #[arg(long, value_enum, value_name = "GOAL")]
    pub goal: Option<GoalName>,

    /// Follow this playbook: a name or a file
    #[arg(long, value_name = "NAME|FILE", add = ArgValueCandidates::new(completion::playbooks))]
    pub playbook: Option<String>,
}

impl Direction {
    /// Where it is to lead.
    pub fn goal(&self) -> Goal {
        match self.goal {
            Some(GoalName::Terminated) => Goal::Terminated,
            Some(GoalName::Healthy) | None => Goal::Healthy,
        }
    }
}

impl Approval {
    /// The policy that the flags make.
    pub fn policy(&self) -> Policy {
        let named = self.approve.map(|limit| match limit {
            RiskLimit::Safe => Risk::Safe,
            RiskLimit::Disruptive => Risk::Disruptive,
            RiskLimit::Destructive => Risk::Destructive,
        });
        Policy {
            approve: named.or(self.yes.then_some(Risk::Disruptive)),
            actions: self.approve_action.iter().cloned().collect(),
            accept_data_loss: self.accept_data_loss.iter().cloned().collect(),
        }
    }

    /// The flags as they could be given, for the journal.
    pub fn flags(&self) -> Vec<String> {
        let risk = self.policy().approve.map(|risk| format!("--approve {}", risk.as_str()));
        let actions = self.approve_action.iter().map(|id| format!("--approve-action {id}"));
        let losses = self.accept_data_loss.iter().map(|name| format!("--accept-data-loss {name}"));
        risk.into_iter().chain(actions).chain(losses).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
