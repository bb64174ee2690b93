//! Conditions on the environment and its stacks.

use super::{Condition, Unread, View, read};
use crate::world::{Environment, EnvironmentId, StackFacts, StackName};

/// Whether a condition of this family holds; `None` if it cannot be told.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other families have files of their own")]
pub(super) fn holds(condition: &Condition, view: View<'_>) -> Option<bool> {
    match condition {
        Condition::EnvironmentIn { environment, statuses } => {
            let found = find(view, environment).ok()?;
            let status = found.map_or("Terminated", |own| own.status.as_str());
            Some(statuses.iter().any(|wanted| wanted == status))
        }
        Condition::EnvironmentNamed { application, name, statuses } => {
            let fits = |own: &&Environment| own.name == *name && own.application == *application;
            let own = view.snapshot.environment.present().ok()?;
            let others = view.snapshot.neighbours.items();
            let mut all = own.into_iter().chain(others).filter(fits);
            Some(all.any(|own| statuses.iter().any(|wanted| wanted == own.status.as_str())))
        }
        Condition::HealthIn { environment, healths } => {
            let Some(own) = find(view, environment).ok()? else { return Some(false) };
            let enhanced = own.health_status.as_deref().filter(|status| !status.is_empty());
            let health = enhanced.or(own.health.as_deref())?;
            Some(healths.iter().any(|wanted| wanted == health))
        }
        Condition::PlatformIs { environment, platform } => {
            let Some(own) = find(view, environment).ok()? else { return Some(false) };
            Some(own.platform_arn.as_ref()? == platform)
        }
        Condition::VersionIs { environment, label } => {
            let Some(own) = find(view, environment).ok()? else { return Some(false) };
            Some(own.version_label.as_ref() == Some(label))
        }
        Condition::OperationsRoleIs { environment, role } => {
            let Some(own) = find(view, environment).ok()? else { return Some(false) };
            Some(own.operations_role == *role)
        }
        Condition::OptionIs { namespace, name, value, .. } => {
            let settings = view.snapshot.settings.known().ok()?;
            Some(same_value(settings.get(namespace, name), value.as_deref()))
        }
        Condition::InstancesReport { at_least, .. } => {
            let instances = read(&view.snapshot.instances_health)?;
            let silent = |status: Option<&str>| matches!(status, None | Some("NoData" | "Unknown"));
            let speak = instances.iter().filter(|own| !silent(own.status.as_deref())).count();
            Some(speak >= usize::try_from(*at_least).ok()?)
        }
        Condition::EnvironmentSaid { since, texts, .. } => {
            let since = view.made.since(since)?;
            let events = read(&view.snapshot.events)?;
            let mut newer = events.iter().filter(|event| event.at > since);
            Some(newer.any(|event| texts.iter().any(|text| event.message.contains(text))))
        }
        Condition::ConfigurationSaved { template, there, .. } => {
            let saved = read(&view.snapshot.saved_configurations)?;
            Some(saved.contains(template) == *there)
        }
        _ => holds_of_stacks(condition, view),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the other families have files of their own")]
fn holds_of_stacks(condition: &Condition, view: View<'_>) -> Option<bool> {
    match condition {
        Condition::StackIn { stack, statuses } => {
            let own = facts(view, stack)?.stack.present().ok()?;
            let status = own.map_or("DELETE_COMPLETE", |own| own.status.as_str());
            Some(statuses.iter().any(|wanted| wanted == status))
        }
        Condition::StackProtected { stack, on } => {
            let Some(own) = facts(view, stack)?.stack.present().ok()? else { return Some(!on) };
            Some(own.protected? == *on)
        }
        Condition::StackCameTo { stack, since, statuses } => {
            let since = view.made.since(since)?;
            let events = read(&facts(view, stack)?.events)?;
            let of_stack = |logical: &str, kind: &str| {
                logical == stack.as_str() || kind == "AWS::CloudFormation::Stack"
            };
            let mut newer = events
                .iter()
                .filter(|event| event.at > since && of_stack(event.logical.as_str(), &event.kind));
            Some(newer.any(|event| statuses.contains(&event.status)))
        }
        _ => None,
    }
}

fn facts<'a>(view: View<'a>, stack: &StackName) -> Option<&'a StackFacts> {
    view.snapshot.stacks.get(stack)
}

/// The environment of this id, none if AWS says that there is none.
fn find<'a>(view: View<'a>, id: &EnvironmentId) -> Result<Option<&'a Environment>, Unread> {
    let own = view.snapshot.environment.present().map_err(|_| Unread)?;
    match own {
        Some(own) if own.id == *id => Ok(Some(own)),
        Some(_) => {
            let others = view.snapshot.neighbours.items();
            others.iter().find(|own| own.id == *id).map(Some).ok_or(Unread)
        }
        None => Ok(None),
    }
}

/// Elastic Beanstalk takes `True` for `true`, lists in any order, and empty values for unset.
fn same_value(one: Option<&str>, other: Option<&str>) -> bool {
    let normal = |value: Option<&str>| {
        let mut parts: Vec<String> = value
            .unwrap_or_default()
            .split(',')
            .map(|part| part.trim().to_ascii_lowercase())
            .filter(|part| !part.is_empty())
            .collect();
        parts.sort();
        parts
    };
    normal(one) == normal(other)
}
