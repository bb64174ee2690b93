//! The way of a repair: look, plan, do, look again, until the goal is reached or nothing more can
//! be done; what `repair`, `apply`, `resume`, `undo` and `pin` have in common.

mod book;
mod ending;
mod rounds;
mod voice;

pub use book::{Book, Ledger};
pub use ending::{Ending, told};
pub use rounds::{Aim, Rescue};
pub use voice::Decider;

use super::args::Approval;
use super::settings::Settings;
use crate::journal::{FORMAT, Header, Invocation};
use crate::plan::{Goal, Plan};
use crate::world::Snapshot;

/// How often one run plans anew. Each round does everything it can see a need for; what a first
/// round uncovers a second one mends, and a third is for the unforeseen. More would be a loop.
pub const ROUNDS: u32 = 3;

/// Who started a run, and by what flags.
pub fn invocation(
    command: &str,
    snapshot: Option<&Snapshot>,
    approval: &Approval,
    settings: &Settings,
) -> Invocation {
    let principal = snapshot
        .and_then(|snapshot| snapshot.caller.value())
        .map(|caller| crate::report::redacted(caller.arn.as_str()));
    let mut flags = approval.flags();
    flags.extend(settings.sandbox.as_ref().map(|(name, _)| format!("{SANDBOX_FLAG} {name}")));
    Invocation { command: command.to_owned(), principal, flags }
}

/// The flag by which a session knows that its AWS ended with its run.
const SANDBOX_FLAG: &str = "--sandbox";

/// Whether a session worked on an embedded sandbox, which is gone.
pub fn was_practice(header: &Header) -> bool {
    header.invocation.flags.iter().any(|flag| flag.starts_with(SANDBOX_FLAG))
}

/// What the first record of a session says.
pub fn header(plan: &Plan, goal: Goal, invocation: Invocation) -> Header {
    Header {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        scope: plan.scope.clone(),
        goal,
        invocation,
    }
}
