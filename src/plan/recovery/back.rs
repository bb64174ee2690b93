//! Bringing the environment back with all its resources made anew.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::plan::draft::{Draft, Proposal};
use crate::plan::{
    Action, Condition, EnvironmentAction, NewEnvironment, Risk, StepId, WaitAction, causes, safety,
};
use crate::world::EnvironmentStatus;

/// How long Elastic Beanstalk can rebuild a terminated environment.
///
/// Source: Elastic Beanstalk guide, "Rebuilding Elastic Beanstalk environments": 42 days.
const REBUILDABLE: SignedDuration = SignedDuration::from_hours(42 * 24);

/// Plans the environment's resources anew; gives the step, or nothing if it cannot be done.
pub(super) fn rebuild(draft: &mut Draft<'_>, way: &[StepId]) -> Option<StepId> {
    let codes = codes(draft);
    if draft.environment.status == EnvironmentStatus::Terminated && !can_be_rebuilt(draft) {
        return create(draft, &codes, way);
    }
    let alive = way.is_empty() && draft.environment.status != EnvironmentStatus::Terminated;
    let mut before: Vec<StepId> = draft.ground.iter().chain(way).cloned().collect();
    let mut lost_for_good = Vec::new();
    let mut risk = Risk::Disruptive;
    if alive || !way_ends(draft, way) {
        causes::free_references(draft, &codes);
        let loss = safety::before_deletion(draft, &codes);
        before.extend(draft.freed.clone());
        before.extend(loss.saved);
        if loss.deletes_database {
            risk = Risk::Destructive;
        }
        lost_for_good = loss.names;
    }
    let name = draft.environment.name.clone();
    let action = EnvironmentAction::Rebuild {
        environment: draft.environment.id.clone(),
        name: name.clone(),
    };
    let proposal = Proposal::new(Action::Environment(action), &codes)
        .title(format!("Rebuild {name} with its configuration"))
        .rated(risk)
        .loses(lost_for_good)
        .guard(ground_holds(draft))
        .after(&before);
    let id = draft.add(proposal);
    draft.alternative(
        "A new environment beside this one, and a swap of names",
        "It keeps what is there for a look, but gets another id and another stack, costs twice for an hour, and its configuration has to be carried over.",
    );
    Some(id)
}

/// Whether the environment is ended on the way.
fn way_ends(draft: &Draft<'_>, way: &[StepId]) -> bool {
    draft.steps.iter().any(|step| {
        way.contains(&step.id)
            && matches!(
                step.action,
                Action::Environment(EnvironmentAction::Terminate { .. })
                    | Action::Wait(WaitAction::Stack { .. })
            )
    })
}

/// Why it is rebuilt.
fn codes(draft: &Draft<'_>) -> BTreeSet<String> {
    let needs = &draft.needs;
    let mut codes: BTreeSet<String> = needs
        .rebuild_codes
        .iter()
        .chain(&needs.end_codes)
        .chain(&needs.cut_codes)
        .cloned()
        .collect();
    if codes.is_empty() {
        codes.extend(draft.all_codes());
    }
    codes
}

/// The way out and the roles must still be there when instances are launched.
fn ground_holds(draft: &Draft<'_>) -> Vec<Condition> {
    let ground = draft.steps.iter().filter(|step| draft.ground.contains(&step.id));
    ground.flat_map(|step| step.expect.clone()).collect()
}

fn can_be_rebuilt(draft: &Draft<'_>) -> bool {
    let ended = draft.environment.updated;
    let in_time =
        ended.is_none_or(|ended| draft.snapshot.taken_at.duration_since(ended) < REBUILDABLE);
    in_time && draft.needs.rebuild_refused.is_empty()
}

/// Ends an environment that was launched with settings that cannot work, and makes it anew with
/// others: its stack takes no update, and a rebuild launches it just as it was. The configuration
/// is saved first, with the values of its properties, which stay with AWS.
pub(super) fn anew(draft: &mut Draft<'_>, way: &[StepId]) -> Option<StepId> {
    let own = draft.environment;
    draft.needs.rebuild(&draft.needs.update_codes.clone());
    let codes = codes(draft);
    let template = format!("{}-{}", own.name, draft.snapshot.taken_at.strftime("%Y%m%d%H%M"));
    let action = EnvironmentAction::SaveConfiguration {
        environment: own.id.clone(),
        application: own.application.clone(),
        template: template.clone(),
    };
    let saved = draft.add(Proposal::new(Action::Environment(action), &codes).after(way));
    let ended = super::end::terminate(draft)?;
    if let Some(step) = draft.step_mut(&ended) {
        step.after.push(saved.clone());
    }
    let all = std::mem::take(&mut draft.needs.set);
    let set = all.into_iter().map(|((space, name), value)| (space, name, value)).collect();
    let before: Vec<StepId> = way.iter().cloned().chain([saved, ended]).collect();
    draft.alternative(
        "A rebuild, or an update",
        "A rebuild launches it with the settings that failed, and its stack takes no update. The new environment gets another id.",
    );
    make(draft, &codes, &before, Some(&template), set)
}

/// A new environment of the same name, because the old one cannot be rebuilt.
fn create(draft: &mut Draft<'_>, codes: &BTreeSet<String>, way: &[StepId]) -> Option<StepId> {
    let own = draft.environment;
    let saved = draft.snapshot.saved_configurations.items();
    let template = saved.iter().rev().find(|name| name.contains(&own.name)).cloned();
    let set = if template.is_some() { Vec::new() } else { options(draft) };
    make(draft, codes, way, template.as_deref(), set)
}

/// Makes the environment from a saved configuration or from options.
fn make(
    draft: &mut Draft<'_>,
    codes: &BTreeSet<String>,
    way: &[StepId],
    template: Option<&str>,
    set: Vec<(String, String, String)>,
) -> Option<StepId> {
    let own = draft.environment;
    let taken = draft.needs.rebuild_refused.iter().any(|why| why == "name-taken");
    if taken {
        draft.ask_person(
            format!("Whoever keeps the environment must choose another name than {}", own.name),
            "Another environment has the name or its address by now.",
        );
        return None;
    }
    let versions = draft.snapshot.versions.items();
    let label = own.version_label.clone();
    let label = label.filter(|label| versions.iter().any(|one| one.label == *label));
    let prefix = own.cname.as_deref().and_then(|name| name.split('.').next()).map(str::to_owned);
    let new = NewEnvironment {
        application: own.application.clone(),
        name: own.name.clone(),
        cname_prefix: prefix,
        tier: own.tier.clone(),
        // A saved configuration holds its platform; the API takes only one of both.
        platform: draft
            .needs
            .platform
            .take()
            .or_else(|| own.platform_arn.clone().filter(|_| template.is_none())),
        version_label: label.or_else(|| versions.last().map(|one| one.label.clone())),
        set,
        template: template.map(str::to_owned),
        tags: tags(draft),
    };
    let before: Vec<StepId> = draft.ground.iter().chain(way).cloned().collect();
    let action = EnvironmentAction::Create(Box::new(new));
    let id = draft.add(Proposal::new(Action::Environment(action), codes).after(&before));
    if template.is_none() {
        draft.ask_person(
            "The application's team must set the environment's properties anew",
            "Their values are never kept, and no saved configuration of the environment is there.",
        );
    }
    Some(id)
}

/// The tags of the old environment's stack that are its owner's.
fn tags(draft: &Draft<'_>) -> Vec<(String, String)> {
    let stack = draft.snapshot.stack().and_then(|facts| facts.stack.value());
    let all = stack.map(|stack| stack.tags.clone()).unwrap_or_default();
    let ours = |key: &str| {
        !key.starts_with("aws:") && !key.starts_with("elasticbeanstalk:") && key != "Name"
    };
    all.into_iter().filter(|(key, _)| ours(key)).collect()
}

/// The old environment's options, as far as they are known.
fn options(draft: &Draft<'_>) -> Vec<(String, String, String)> {
    let settings = draft.snapshot.settings.value();
    let all = settings.map(|settings| settings.options.as_slice()).unwrap_or_default();
    let known = all.iter().filter(|option| option.resource.is_none()).filter_map(|option| {
        let value = option.value.clone().filter(|value| !value.is_empty())?;
        Some((option.namespace.clone(), option.name.clone(), value))
    });
    known.collect()
}
