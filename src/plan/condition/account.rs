//! Conditions on what stands around the environment: scaling, balancing, data, roles, mail.

use super::{Condition, Unread, View, read, same};
use crate::world::{Database, LoadBalancer, Observed, RoleFacts, ScalingGroup};

/// Whether a condition of this family holds; `None` if it cannot be told.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other families have files of their own")]
pub(super) fn holds(condition: &Condition, view: View<'_>) -> Option<bool> {
    match condition {
        Condition::ProcessesRun { group, processes, running } => {
            let Some(own) = find_group(view, group).ok()? else { return Some(false) };
            let suspended =
                |process: &String| own.suspended.iter().any(|(name, _)| name == process);
            Some(processes.iter().all(|process| suspended(process) != *running))
        }
        Condition::SizeIs { group, min, max, desired } => {
            let own = find_group(view, group).ok()?;
            Some(own.is_some_and(|own| (own.min, own.max, own.desired) == (*min, *max, *desired)))
        }
        Condition::BalancerProtected { balancer, on } => {
            let Some(own) = find_balancer(view, balancer.as_str()).ok()? else { return Some(!on) };
            Some(own.protected? == *on)
        }
        Condition::BalancerGroupsAre { balancer, groups } => {
            let own = find_balancer(view, balancer.as_str()).ok()?;
            Some(own.is_some_and(|own| same(&own.groups, groups)))
        }
        Condition::DatabaseProtected { database, on } => {
            let own = find_database(view, database).ok()?;
            Some(own.map_or(!on, |own| own.protected == *on))
        }
        Condition::DatabaseIn { database, statuses } => {
            let own = find_database(view, database).ok()?;
            let status = match own {
                Some(own) => own.status.as_deref()?,
                None => "deleted",
            };
            Some(statuses.iter().any(|wanted| wanted == status))
        }
        Condition::SnapshotIn { snapshot, statuses } => {
            let all = read(&view.snapshot.databases.snapshots)?;
            let own = all.iter().find(|(name, _, _)| name == snapshot);
            let status = own.map_or("deleted", |(_, _, status)| status);
            Some(statuses.iter().any(|wanted| wanted == status))
        }
        Condition::SendingIs { on } => {
            Some(view.snapshot.mail.account.known().ok()?.sending == *on)
        }
        Condition::MailIdentityIs { name, there } => {
            let all = read(&view.snapshot.mail.identities)?;
            Some(all.iter().any(|own| own.name.eq_ignore_ascii_case(name)) == *there)
        }
        _ => holds_of_roles(condition, view),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the other families have files of their own")]
fn holds_of_roles(condition: &Condition, view: View<'_>) -> Option<bool> {
    let identity = &view.snapshot.identity;
    match condition {
        Condition::RoleIs { role, there } => match find_role(view, role) {
            Found::Yes(_) => Some(*there),
            Found::No => Some(!*there),
            Found::Unread => None,
        },
        Condition::RoleTrusts { role, trust } => match find_role(view, role) {
            Found::Yes(own) => Some(same_document(own.trust.as_deref()?, trust)),
            Found::No => Some(false),
            Found::Unread => None,
        },
        Condition::RoleHas { role, policy, there } => match find_role(view, role) {
            Found::Yes(own) => Some(own.attached.as_ref()?.contains(policy) == *there),
            Found::No => Some(!*there),
            Found::Unread => None,
        },
        Condition::RoleHasWritten { role, name, there } => {
            let all = read(&identity.written)?;
            Some(all.iter().any(|(of, own)| of == role && own == name) == *there)
        }
        Condition::ProfileIs { profile, role, there } => {
            let own = identity.profile.present().ok()?;
            // A profile of another name is not the one that is asked for.
            let own = own.filter(|own| own.name == *profile);
            let fits =
                own.is_some_and(|own| role.as_ref().is_none_or(|role| own.roles.contains(role)));
            Some(fits == *there)
        }
        _ => None,
    }
}

fn find_group<'a>(view: View<'a>, name: &str) -> Result<Option<&'a ScalingGroup>, Unread> {
    Ok(read(&view.snapshot.scaling.groups).ok_or(Unread)?.iter().find(|own| own.name == name))
}

fn find_balancer<'a>(view: View<'a>, arn: &str) -> Result<Option<&'a LoadBalancer>, Unread> {
    let all = read(&view.snapshot.balancing.load_balancers).ok_or(Unread)?;
    Ok(all.iter().find(|own| own.arn.as_str() == arn))
}

fn find_database<'a>(view: View<'a>, id: &str) -> Result<Option<&'a Database>, Unread> {
    Ok(read(&view.snapshot.databases.instances).ok_or(Unread)?.iter().find(|own| own.id == id))
}

/// Whether a role of a name was found among those that were looked for.
enum Found<'a> {
    Yes(&'a RoleFacts),
    No,
    Unread,
}

fn find_role<'a>(view: View<'a>, name: &str) -> Found<'a> {
    let identity = &view.snapshot.identity;
    let roles: [&Observed<RoleFacts>; 5] = [
        &identity.instance_role,
        &identity.service_role,
        &identity.operations_role,
        &identity.stack_role,
        &identity.balancing_role,
    ];
    let known = roles.iter().filter_map(|role| role.value()).find(|role| role.name == name);
    match known {
        Some(role) => Found::Yes(role),
        // One that was looked for and is not there has no name; it must be the one.
        None if roles.iter().any(|role| role.is_absent()) => Found::No,
        None => Found::Unread,
    }
}

/// Whether two policy documents say the same.
fn same_document(one: &str, other: &str) -> bool {
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    match (parsed(one), parsed(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}
