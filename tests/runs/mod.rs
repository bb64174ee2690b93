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

use std::collections::BTreeMap;

/// Of how many cases of a long list one is taken: all with `EBRESCUE_ALL_CASES` set, which is for an
/// optimised build. In a debug build all take hours, and the gate has forty minutes.
fn stride(every: usize) -> usize {
    let all = std::env::var_os("EBRESCUE_ALL_CASES").is_some_and(|wish| !wish.is_empty());
    if all { 1 } else { every }
}

/// The scenarios that a repair brings back; the one that `EBRESCUE_SCENARIO` names alone, if it is set.
fn repairable() -> Vec<&'static str> {
    let one = std::env::var("EBRESCUE_SCENARIO").ok();
    let wanted = |name: &&&str| one.as_deref().is_none_or(|one| one == **name);
    table::REPAIRABLE.iter().filter(wanted).copied().collect()
}

/// What was done more often than in a run that nothing disturbs. Less often is no fault: while nobody
/// was at work, an operation may have ended by itself that would have been ended.
fn too_often(made: &BTreeMap<String, usize>, undisturbed: &BTreeMap<String, usize>) -> Vec<String> {
    let times = |operation: &String| undisturbed.get(operation).copied().unwrap_or(0);
    let more = made.iter().filter(|(operation, made)| **made > times(operation));
    more.map(|(operation, made)| format!("{operation}: {made}, not {}", times(operation))).collect()
}
