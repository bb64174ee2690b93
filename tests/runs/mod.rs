//! Whole repairs against the embedded sandbox, in process and through the binary: what comes of
//! every scenario, of every crash and of every fault.

mod asked;
mod crashes;
mod declined;
mod faults;
mod permissions;
mod served;
mod stage;
mod table;
mod through_binary;
mod two_faults;
mod undoing;
mod world;
