//! Whole repairs against the embedded sandbox, in process and through the binary: what comes of
//! every scenario, of every crash and of every fault.

mod asked;
mod crashes;
mod declined;
mod faults;
mod frozen;
mod permissions;
mod served;
mod stage;
mod table;
mod through_binary;
mod two_faults;
mod undoing;
mod world;

/// Of how many cases of a long list one is taken: all with `EBRESCUE_ALL_CASES` set, which is for an
/// optimised build. In a debug build all take hours, and the gate has forty minutes.
fn stride(every: usize) -> usize {
    let all = std::env::var_os("EBRESCUE_ALL_CASES").is_some_and(|wish| !wish.is_empty());
    if all { 1 } else { every }
}
