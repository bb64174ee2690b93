//! `sandbox list|serve`: the embedded AWS simulator.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, Subcommand};

use crate::cli::duration;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::practice;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;

/// What is wanted of the sandbox.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

/// What can be wanted of the sandbox.
#[derive(Debug, Subcommand)]
enum What {
    /// List the incidents that can be practised on
    List,
    /// Serve a simulated AWS account until ended; prints one line of JSON
    Serve {
        /// The incident; without one, the account is empty but for a default VPC
        scenario: Option<String>,
        /// Where to listen; port 0 takes a free one
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// How long every answer takes
        #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
        latency: Option<Duration>,
        /// Simulated seconds that pass in a real one
        #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = crate::cli::args::speed)]
        speed: f64,
    },
}

/// Lists the scenarios, or serves one.
pub fn run(arguments: Arguments, settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    match arguments.what {
        What::List => practice::list(settings, printer),
        What::Serve { scenario, listen, latency, speed } => {
            let mut options = practice::options(scenario.as_deref())?;
            (options.listen, options.speed) = (listen, speed);
            options.latency = latency.unwrap_or_default();
            let sandbox = practice::start(options)?;
            printer.data(&sandbox.announcement().to_string())?;
            sandbox.wait();
            Ok(Exit::Done)
        }
    }
}
