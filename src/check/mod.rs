//! WHAT IS WRONG: pure checks over a snapshot.
//!
//! Each check has a page (what `explain` shows), an entry in the table of its group, a pure
//! function and tests. A check that lacks what it needs answers *cannot tell*. [`diagnose`] asks
//! them all and decides which finding is the cause and which only shows it; [`tried`] tells what
//! people did and why it could not help.

mod application;
mod arbitrate;
mod capacity;
mod diagnose;
mod finding;
mod gaps;
mod history;
mod kind;
mod mail;
pub mod messages;
mod network;
mod peering;
mod permission;
mod platform;
mod situation;
mod stack;
mod state;
mod table;
mod told;
mod trail;
mod tried;
mod verdict;

#[cfg(test)]
mod tests;

pub use crate::reach::FilterBlock;
pub use diagnose::diagnose;
pub use finding::{Check, Code, Diagnosis, Evidence, Finding, NotChecked, Role, Trigger, Verdict};
pub use kind::{
    ApplicationFault, CapacityFault, FindingKind, GroupReference, InterfaceHold, LostTable,
    MailFault, NetworkFault, PeeringFault, PermissionFault, PlatformFault, StackFault, StateFault,
};
pub use table::{all, by_code};
pub use tried::{Tried, tried};

/// One row of a group's table; the page stands beside the group's `mod.rs`.
macro_rules! page {
    ($code:literal, $name:literal, $page:literal, $run:expr) => {
        crate::check::Check {
            code: crate::check::Code($code),
            name: $name,
            docs: include_str!($page),
            run: $run,
        }
    };
}
use page;
