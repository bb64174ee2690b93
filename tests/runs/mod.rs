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

/// Takes every so-manieth case of a long list, all of them with `EBRESCUE_ALL_CASES` set: in a debug
/// build all take the better part of an hour, and the gate has forty minutes.
fn one_of<T>(every: usize, cases: impl IntoIterator<Item = T>) -> (Vec<T>, usize) {
    let all = std::env::var_os("EBRESCUE_ALL_CASES").is_some_and(|wish| !wish.is_empty());
    let stride = if all { 1 } else { every };
    let cases: Vec<T> = cases.into_iter().collect();
    let whole = cases.len();
    let taken: Vec<T> = cases.into_iter().step_by(stride).collect();
    let left_out = whole - taken.len();
    (taken, left_out)
}
