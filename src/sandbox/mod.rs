//! AN AWS TO PRACTISE ON: a simulator that speaks AWS's wire protocols on loopback.
//!
//! It imports nothing else of this crate, so that a misreading of AWS in the product cannot
//! cancel itself out here. Outcomes follow from state: an instance reports if, and only if, the
//! network lets it; a group is deletable if, and only if, nothing refers to it. A scenario only
//! builds a state and breaks something, through the same calls that a client has.
//!
//! The way of one request: [`server`] reads it, [`wire`] turns it into a [`Call`],
//! [`Account::answer`] lets time pass, applies planned [`faults`](crate::sandbox::faults) and
//! hands it to its service's file; the answer, a JSON tree, is written by [`wire`] as the
//! protocol wants it.

mod account;
mod call;
pub mod cloudformation;
mod time;

pub use account::{Account, Regional};
pub use call::{Answer, Call, Caller, Fault, Params, Service};
pub use time::{Job, Timetable};
