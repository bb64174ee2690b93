//! DOING: each step is confirmed, checked again, journalled, made once, waited for and verified.
//!
//! An [`Executor`] carries out the plans of one session. It never plans and never looks at more
//! than a step needs; who owns it looks before and after, and plans again.

mod cloud;
mod doubt;
mod executor;
mod interrupt;
mod look;
mod report;
mod run;
mod step;
mod undo;
mod wait;

#[cfg(test)]
mod tests;

pub use cloud::{CallError, Cloud, Preflight, Trace};
// What a `Cloud` answers with; the journal keeps it as it is.
pub use crate::journal::{Accepted, Happening, HappeningSource, Refused};
pub use executor::{Executor, Options};
pub use interrupt::Interrupt;
pub use report::{RunEnd, RunError, RunReport};
