//! `PL-01` and `PL-03`: versions and branches that AWS does not offer any more.

use crate::check::situation::Situation;
use crate::check::told::{Words, between, proven};
use crate::check::{Finding, PlatformFault, Role, messages};
use crate::world::{Gap, PlatformBranch, Snapshot};

/// The part of a solution stack's name that stays: operating system and language.
fn parts(name: &str) -> (String, String) {
    let os = name.split(" v").next().unwrap_or_default().to_owned();
    let language = name.split(" running ").nth(1).unwrap_or_default().to_owned();
    (os, language)
}

/// `PL-01`.
pub(super) fn not_offered(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "PL-01",
        title: "The platform version that is asked for is not offered any more",
        explanation: "AWS takes old patch versions off the list. An environment that runs on one may stay there; a new one, or an update that names it, is refused. The newest version of the same branch takes its place.",
        weight: 92,
    };
    let offered = world.platforms.solution_stacks.items();
    let mut found = proven(world, &words, |hit| {
        let wanted = between(&hit.text, "named '", "'").unwrap_or_default().to_owned();
        let newest = offered.iter().find(|name| parts(name) == parts(&wanted)).cloned();
        PlatformFault::StackNotOffered { wanted, newest }.into()
    })?;
    let proofs = messages::proofs(world, "PL-01");
    for finding in &mut found {
        let names = proofs.iter().filter_map(|hit| between(&hit.text, "named '", "'"));
        let missing = names.filter(|name| !offered.iter().any(|own| own == name)).count();
        if missing > 0 && !offered.is_empty() {
            *finding = finding.clone().because(
                &world.platforms.solution_stacks,
                format!("none of {} offered names is it", offered.len()),
            );
        }
    }
    Ok(found)
}

/// `PL-03`.
pub(super) fn retired(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "PL-03");
    let current = world.platforms.current.value();
    let branches = world.platforms.branches.items();
    let name = current.and_then(|version| version.branch.clone());
    let of_branch = |name: &str| branches.iter().find(|branch| branch.name == name);
    let state = current
        .and_then(|version| version.branch_state.clone())
        .or_else(|| of_branch(name.as_deref()?)?.state.clone())
        .unwrap_or_default()
        .to_lowercase();
    if told.is_empty() && state != "retired" && state != "deprecated" {
        if current.is_none() {
            world.platforms.current.present()?;
        }
        return Ok(Vec::new());
    }
    let branch = name.unwrap_or_default();
    let successor = successor(&branch, branches);
    let role =
        if told.is_empty() || Situation::of(world).is_well() { Role::Risk } else { Role::Cause };
    let finding = Finding::new(
        PlatformFault::BranchRetired {
            branch: branch.clone(),
            state: state.clone(),
            successor: successor.clone(),
        },
        role,
        format!(
            "The platform branch is {}: it gets no updates, and its images can be withdrawn",
            if state.is_empty() { "retired" } else { &state }
        ),
        "The environment goes on running. It cannot be cloned or created anew on this branch, managed updates do not leave it, and once AWS withdraws the images no instance can be launched. A second environment on a supported branch and a swap of addresses is the way.",
    );
    let mut finding = finding
        .on([branch.as_str()])
        .weighing(44)
        .because(&world.platforms.current, format!("{branch} is {state}"))
        .with(messages::evidence(&told));
    if let Some(successor) = successor {
        finding = finding.because(&world.platforms.branches, format!("{successor} is supported"));
    }
    Ok(vec![finding])
}

/// A supported branch of the same language, the newest of them.
fn successor(branch: &str, branches: &[PlatformBranch]) -> Option<String> {
    let language = branch.split_whitespace().next()?;
    let fit = branches.iter().filter(|other| {
        other.name != branch
            && other.name.split_whitespace().next() == Some(language)
            && other.state.as_deref().is_some_and(|state| state.eq_ignore_ascii_case("supported"))
    });
    fit.max_by_key(|other| other.order).map(|other| other.name.clone())
}
