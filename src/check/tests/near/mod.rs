//! Near misses: for each code a world that shows it, and beside it one that only looks like it.
//!
//! Both are made by one function and differ in one small thing: a limit that is approached and not
//! passed, the same state of a thing that the environment does not use, the same text mended
//! since. In the first the code is a cause, so the second is near to one; in the second it must not
//! be named in any part, and whatever else is a cause there is listed with it.

mod application;
mod capacity;
mod ends;
mod mail;
mod network;
mod peering;
mod permission;
mod placement;
mod platform;
mod stack;
mod stack_texts;
mod state;

use std::collections::BTreeSet;

use super::others::sick;
use super::texts::{failed_with, launch_failed};
use super::*;

/// A fault and what only looks like it.
struct Near {
    code: &'static str,
    /// Why the near world is no such fault.
    why: &'static str,
    /// The causes of the near world: what it has in truth, if anything.
    leaves: &'static [&'static str],
    /// The world that has the fault, and the near one.
    world: fn(broken: bool) -> Snapshot,
}

/// A near miss in a world with nothing to blame at all.
const fn near(code: &'static str, why: &'static str, world: fn(bool) -> Snapshot) -> Near {
    Near { code, why, leaves: &[], world }
}

/// A near miss in a world with another fault.
const fn other(
    code: &'static str,
    why: &'static str,
    leaves: &'static [&'static str],
    world: fn(bool) -> Snapshot,
) -> Near {
    Near { code, why, leaves, world }
}

/// All groups.
const GROUPS: [&[Near]; 12] = [
    network::NEAR,
    placement::NEAR,
    stack::NEAR,
    stack_texts::NEAR,
    state::NEAR,
    ends::NEAR,
    platform::NEAR,
    capacity::NEAR,
    permission::NEAR,
    application::NEAR,
    mail::NEAR,
    peering::NEAR,
];

fn all_near() -> impl Iterator<Item = &'static Near> {
    GROUPS.into_iter().flatten()
}

/// Codes that nothing in AWS's state shows, so that nothing can look like them: their checks never
/// say anything, and their pages say whom to ask.
const WITHOUT_STATE: [&str; 2] = ["ATL-05", "ATL-06"];

/// A world in which an operation failed just now with one text or with the other.
fn failing(broken: bool, text: &str, near: &str) -> Snapshot {
    failed_with(if broken { text } else { near })
}

/// A world in which an operation failed with a text, and in the near case a later one went well.
fn mended(broken: bool, text: &str) -> Snapshot {
    let mut world = failed_with(text);
    if !broken {
        event(&mut world, 5, "INFO", "Environment update completed successfully.");
    }
    world
}

/// The codes of a world's findings, in whatever part.
fn named(world: &Snapshot) -> BTreeSet<&'static str> {
    diagnose(world).findings.iter().map(|finding| finding.code().0).collect()
}

/// Codes that are no cause even where they are: what waits to happen, or limits the diagnosis.
const HAZARDS: [&str; 8] =
    ["CAP-06", "CFN-29", "EB-20", "EB-28", "EB-29", "EB-35", "PL-03", "PL-11"];

#[test]
fn what_only_looks_like_a_fault_is_not_named() {
    let mut wrong = Vec::new();
    for Near { code, why, leaves, world } in all_near() {
        let (broken, near) = (world(true), world(false));
        let is_hazard = HAZARDS.contains(code) && named(&broken).contains(code);
        if !is_hazard && !causes(&broken).contains(code) {
            wrong.push(format!("{code}: no cause where it is: {:?}", named(&broken)));
        }
        if named(&near).contains(code) {
            wrong.push(format!("{code}: named although {why}"));
        }
        if causes(&near) != *leaves {
            wrong.push(format!("{code}: {why}, and it has the causes {:?}", causes(&near)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A near miss that is a healthy example as it stands would be near to nothing.
#[test]
fn no_near_miss_is_simply_a_healthy_world() {
    let shapes = shapes();
    for Near { code, world, .. } in all_near() {
        let near = world(false);
        let same = shapes.iter().find(|(_, shape)| *shape == near);
        assert!(same.is_none(), "{code}: it is {}", same.map_or("", |(name, _)| name));
    }
}

#[test]
fn every_code_has_a_near_miss() {
    let with: BTreeSet<&str> = all_near().map(|one| one.code).collect();
    let known: BTreeSet<&str> = all().iter().map(|check| check.code.0).collect();
    assert_eq!(with.difference(&known).count(), 0);
    let without: Vec<&&str> = known.difference(&with).collect();
    assert_eq!(without, WITHOUT_STATE.iter().collect::<Vec<_>>());
}

/// What is silent always cannot be near to anything.
#[test]
fn codes_without_a_near_miss_are_never_named() {
    for Near { world, .. } in all_near() {
        for broken in [true, false] {
            let found = named(&world(broken));
            assert!(WITHOUT_STATE.iter().all(|code| !found.contains(code)));
        }
    }
}
