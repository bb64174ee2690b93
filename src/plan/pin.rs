//! Keeping an environment on one exact platform version.

use std::collections::BTreeSet;

use crate::check::{Diagnosis, FindingKind, PlatformFault};
use crate::world::{Arn, EnvironmentStatus, PlatformVersion, Snapshot};

use super::draft::{Draft, Proposal, version_of};
use super::{Action, Goal, Plan, Refusal, StepId, WaitAction, Wishes, recovery};

/// Plans to put an environment on a platform version, or to keep it on the one it is on, and to
/// keep managed updates from moving it; nothing to do gives a plan without steps.
///
/// Where Elastic Beanstalk is at work on the environment, that is waited for first: it takes no
/// update meanwhile.
pub fn pin(snapshot: &Snapshot, platform: Option<&Arn>) -> Option<Plan> {
    let scope = snapshot.scope()?;
    let environment = snapshot.environment.value()?;
    let wishes = Wishes::default();
    let mut draft = Draft::new(snapshot, environment, &wishes);
    let mut beyond: Vec<Refusal> = Vec::new();
    match platform.or(environment.platform_arn.as_ref()) {
        Some(_) if environment.status == EnvironmentStatus::Terminated => draft.refuse(
            format!("Putting {} on a platform version", environment.name),
            "It is terminated: it has to be brought back first, and comes back on the version it was on.",
        ),
        Some(platform) => {
            let codes: BTreeSet<String> = BTreeSet::new();
            draft.needs.pin(platform, &codes);
            draft.mended = true;
            let way = wait_for_eb(&mut draft);
            recovery::update_only(&mut draft, &way);
            leave_out_idle_wait(&mut draft, &way);
            let whose = format!("Managed updates of {}", environment.name);
            draft.alternative(
                whose,
                format!("They would move it from {} in their next window; switch them on again when a newer version is tested.", version_of(platform)),
            );
        }
        None => beyond.push(Refusal {
            what: "Name the platform version (`--platform`)".to_owned(),
            why: "AWS does not say which one the environment is on.".to_owned(),
        }),
    }
    let Draft { steps, alternatives, refusals, .. } = draft;
    let based_on = snapshot.id();
    let (goal, playbook) = (Goal::Healthy, String::new());
    Some(Plan {
        format: 1,
        scope,
        based_on,
        goal,
        playbook,
        steps,
        alternatives,
        refusals,
        beyond,
        tell: Vec::new(),
    })
}

/// Waits for what Elastic Beanstalk is doing, if it is doing anything.
fn wait_for_eb(draft: &mut Draft<'_>) -> Vec<StepId> {
    let own = draft.environment;
    if !own.status.in_progress() {
        return Vec::new();
    }
    let (environment, name) = (own.id.clone(), own.name.clone());
    let action = Action::Wait(WaitAction::Environment { environment, name });
    let codes: BTreeSet<String> = BTreeSet::new();
    vec![draft.add(Proposal::new(action, &codes))]
}

/// A wait that nothing comes after is for nothing.
fn leave_out_idle_wait(draft: &mut Draft<'_>, way: &[StepId]) {
    if draft.steps.iter().all(|step| way.contains(&step.id)) {
        draft.steps.clear();
    }
}

/// The last platform version on which the environment worked: the one it was moved away from, if
/// a diagnosis found that, else the one it is on (`None`).
pub fn last_that_worked(diagnosis: &Diagnosis) -> Option<Arn> {
    diagnosis.findings.iter().find_map(|finding| {
        let FindingKind::Platform(PlatformFault::Moved { worked, .. }) = &finding.kind else {
            return None;
        };
        Some(worked.clone())
    })
}

/// The platform version that somebody names by its ARN, its number (`6.4.3`) or the name of its
/// solution stack; what is not found among the versions of the environment's branch gives the
/// numbers that are there, newest first.
///
/// # Errors
/// The numbers that could have been meant; none if the versions could not be read.
pub fn platform_named(snapshot: &Snapshot, text: &str) -> Result<Arn, Vec<String>> {
    // AWS itself says whether an ARN is one of its versions.
    if text.starts_with("arn:") {
        return Ok(Arn::from(text));
    }
    let number = number_in(text);
    let platforms = &snapshot.platforms;
    let known: Vec<&PlatformVersion> =
        platforms.versions.items().iter().chain(platforms.current.value()).collect();
    let is_meant = |one: &&&PlatformVersion| {
        one.solution_stack.as_deref() == Some(text) || number_of(one) == number
    };
    match known.iter().find(is_meant) {
        Some(found) => Ok(found.arn.clone()),
        None => {
            let mut numbers: Vec<String> = Vec::new();
            for number in known.into_iter().map(|one| number_of(one).to_owned()) {
                if !numbers.contains(&number) {
                    numbers.push(number);
                }
            }
            Err(numbers)
        }
    }
}

fn number_of(version: &PlatformVersion) -> &str {
    version.version.as_deref().unwrap_or_else(|| version_of(&version.arn))
}

/// The number in `6.4.3`, `v6.4.3` or `64bit Amazon Linux 2023 v6.4.3 running Node.js 20`.
fn number_in(text: &str) -> &str {
    let word = text.split_whitespace().find(|word| {
        word.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    word.and_then(|word| word.strip_prefix('v')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::diagnose;
    use crate::plan::Undo;
    use crate::world::Observed;
    use crate::world::examples::{
        ID, NAME, NEWER_PLATFORM, PLATFORM, environment, healthy, lost_route_table, option, source,
    };

    const MANAGED: &str = "aws:elasticbeanstalk:managedactions";

    fn outline(plan: &Plan) -> Vec<String> {
        plan.steps.iter().map(|step| format!("{} {}", step.id, step.action.kind())).collect()
    }

    #[test]
    fn pinning_what_is_pinned_already_needs_nothing() {
        let mut world = healthy();
        let first = pin(&world, None).unwrap();
        assert_eq!(outline(&first), ["a1 update-environment"]);
        assert_eq!(first.steps[0].action.target(), NAME);
        option(&mut world, MANAGED, "ManagedActionsEnabled", Some("false"));
        assert_eq!(pin(&world, None).unwrap().steps, []);
        let moved = pin(&world, Some(&NEWER_PLATFORM.into())).unwrap();
        assert!(moved.steps[0].action.command().contains(ID));
        assert!(matches!(moved.steps[0].undo, Undo::By(_)), "{:?}", moved.steps[0].undo);
    }

    #[test]
    fn what_goes_on_is_waited_for_first() {
        let mut world = healthy();
        environment(&mut world).status = EnvironmentStatus::Updating;
        let plan = pin(&world, None).unwrap();
        assert_eq!(outline(&plan), ["a1 wait-for-environment", "a2 update-environment"]);
        assert_eq!(plan.steps[1].after, [plan.steps[0].id.clone()]);
        option(&mut world, MANAGED, "ManagedActionsEnabled", Some("false"));
        assert_eq!(pin(&world, None).unwrap().steps, [], "nothing comes after the wait");
    }

    #[test]
    fn a_terminated_environment_is_not_pinned() {
        let mut world = healthy();
        environment(&mut world).status = EnvironmentStatus::Terminated;
        let plan = pin(&world, None).unwrap();
        assert_eq!(plan.steps, []);
        assert!(plan.refusals[0].why.contains("terminated"));
    }

    #[test]
    fn the_last_that_worked_is_the_one_it_was_moved_from() {
        let moved = lost_route_table();
        assert_eq!(last_that_worked(&diagnose(&moved)), Some(PLATFORM.into()));
        assert_eq!(last_that_worked(&diagnose(&healthy())), None);
    }

    #[test]
    fn a_version_is_named_by_number_stack_or_arn() {
        let mut world = healthy();
        let version = |arn: &str, number: &str| PlatformVersion {
            arn: arn.into(),
            version: Some(number.to_owned()),
            branch: None,
            branch_state: None,
            lifecycle: None,
            status: None,
            solution_stack: None,
            images: Vec::new(),
        };
        let all = vec![version(NEWER_PLATFORM, "6.5.1"), version(PLATFORM, "6.4.3")];
        let source = source("elasticbeanstalk:ListPlatformVersions");
        world.platforms.versions = Observed::Known { value: all, source };
        let stack = "64bit Amazon Linux 2023 v6.4.3 running Node.js 20";
        for text in ["6.4.3", "v6.4.3", stack, PLATFORM] {
            assert_eq!(platform_named(&world, text), Ok(PLATFORM.into()), "{text}");
        }
        let there = platform_named(&world, "6.4.9").unwrap_err();
        assert_eq!(there[..2], ["6.5.1", "6.4.3"].map(str::to_owned));
    }
}
