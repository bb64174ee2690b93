//! One update for all that has to change.

use crate::plan::draft::{Draft, Proposal, version_of};
use crate::plan::{Action, EnvironmentAction, StepId};

/// Plans one update for all that has to change, after the environment is there for it.
pub(super) fn once(draft: &mut Draft<'_>, way: &[StepId]) -> Option<StepId> {
    let own = draft.environment;
    let platform = draft.needs.platform.clone();
    let platform = platform.filter(|platform| own.platform_arn.as_ref() != Some(platform));
    let now = |namespace: &str, name: &str| draft.option(namespace, name);
    let set: Vec<(String, String, String)> = draft
        .needs
        .set
        .iter()
        .filter(|((space, name), value)| {
            !now(space, name).is_some_and(|now| now.eq_ignore_ascii_case(value))
        })
        .map(|((space, name), value)| (space.clone(), name.clone(), value.clone()))
        .collect();
    let remove: Vec<(String, String)> = draft
        .needs
        .remove
        .iter()
        .filter(|(space, name)| now(space, name).is_some())
        .cloned()
        .collect();
    let mut version_label = draft.needs.version.clone();
    let nothing =
        platform.is_none() && version_label.is_none() && set.is_empty() && remove.is_empty();
    if nothing {
        if !draft.needs.again {
            return None;
        }
        // Asking for the version that is there makes Elastic Beanstalk go through it again.
        version_label = Some(own.version_label.clone()?);
    }
    if draft.needs.no_launch {
        draft.refuse(
            format!("Updating {}", own.name),
            "An update replaces instances, and nothing can be launched in their place.",
        );
        return None;
    }
    let mut before: Vec<StepId> = draft.ground.iter().chain(way).cloned().collect();
    before.extend(draft.needs.before_update.clone());
    let codes = draft.needs.update_codes.clone();
    let title = platform.as_ref().map(|platform| {
        let held = set.iter().any(|(_, name, _)| name == "ManagedActionsEnabled");
        let held = if held { ", and hold managed updates" } else { "" };
        format!("Put {} on platform version {}{held}", own.name, version_of(platform))
    });
    let action = EnvironmentAction::Update {
        environment: own.id.clone(),
        name: own.name.clone(),
        platform,
        version_label,
        set,
        remove,
        again: nothing,
    };
    let mut proposal = Proposal::new(Action::Environment(action), &codes).after(&before);
    if let Some(title) = title {
        proposal = proposal.title(title);
    }
    Some(draft.add(proposal))
}
