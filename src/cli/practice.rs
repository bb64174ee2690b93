//! The embedded sandbox: an AWS to practise on, in this process, for as long as the command runs.

use super::exit::Exit;
use super::failure::Failure;
use crate::clock::{Clock as _, WallClock};
use crate::sandbox::{Account, Options, Sandbox};

/// The account and region that an empty sandbox has.
const ACCOUNT: &str = "210987654321";
const REGION: &str = "us-west-2";

/// How a scenario, or an empty account, is served.
pub fn options(scenario: Option<&str>) -> Result<Options, Failure> {
    match scenario {
        None => Ok(Options::new(Account::new(ACCOUNT, REGION, WallClock.now()))),
        Some(name) => Err(Failure::new(Exit::NotFound, format!("no scenario `{name}`"))),
    }
}

/// Starts to serve.
pub fn start(options: Options) -> Result<Sandbox, Failure> {
    Sandbox::start(options).map_err(|error| {
        Failure::new(Exit::NotFound, "the sandbox cannot listen there").because(&error)
    })
}
