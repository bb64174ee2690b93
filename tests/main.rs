//! The one integration test binary: a module for each file beside this one.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test may panic, wait, print its counts and read what tests/run put into the environment"
)]

mod accuracy;
mod browser;
mod calling;
mod capture;
mod clients;
mod connections;
mod denied;
mod dependencies;
mod examples;
mod foreign;
mod house;
mod incidents;
mod layering;
mod playbooks;
mod program;
mod prompts;
mod rates;
mod recordings;
mod reports;
mod runs;
mod scan;
mod schemas;
mod scripts;
mod sessions;
mod stage;
