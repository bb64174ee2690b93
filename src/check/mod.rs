//! WHAT IS WRONG: pure checks over a snapshot.
//!
//! Each check has a file: its documentation (the page of `explain`), its entry in the table, its
//! pure function and its tests. A check that lacks what it needs answers *cannot tell*.

mod finding;
mod kind;

pub use finding::{Check, Code, Diagnosis, Evidence, Finding, NotChecked, Role, Trigger, Verdict};
pub use kind::{
    ApplicationFault, CapacityFault, FindingKind, GroupReference, InterfaceHold, LostTable,
    MailFault, NetworkFault, PeeringFault, PermissionFault, PlatformFault, StackFault, StateFault,
};

pub use crate::reach::FilterBlock;
