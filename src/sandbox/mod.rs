//! AN AWS TO PRACTISE ON: a simulator that speaks AWS's wire protocols on loopback.
//!
//! It imports nothing else of this crate, so that a misreading of AWS in the product cannot
//! cancel itself out here. Outcomes follow from state: an instance reports if, and only if, the
//! network lets it; a group is deletable if, and only if, nothing refers to it. A scenario only
//! builds a state and breaks something, through the same calls that a client has.
//!
//! The way of one request: the server reads it, the wire format turns it into a [`Call`],
//! [`Account::answer`] hands it to its service's folder; the answer, a JSON tree, is written as the protocol
//! wants it.

pub mod access;
mod account;
pub mod autoscaling;
pub mod balancing;
pub mod beanstalk;
mod call;
pub mod cloudformation;
mod control;
mod dispatch;
pub mod ec2;
mod faults;
pub mod iam;
pub mod mail;
pub mod messaging;
pub mod packets;
pub mod quotas;
pub mod rds;
pub mod scenarios;
#[cfg(test)]
mod sequences;
mod server;
pub mod storage;
mod sts;
mod time;
pub mod trail;
mod wire;

pub use account::{Account, Global, Regional};
pub use call::{Answer, Call, Caller, Fault, Params, Service};
pub use server::{Options, Sandbox};
pub use time::{Job, Timetable};
