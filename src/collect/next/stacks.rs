//! What to ask CloudFormation.

use std::collections::BTreeSet;

use crate::aws::StackQuestion as Ask;
use crate::collect::view::View;
use crate::world::network::{Peer, SecurityGroup, tag};
use crate::world::{GroupId, Observed, StackFacts, StackName};

/// Most owners that are looked up: each costs a call, and more holders than that are never shown.
const OWNERS: usize = 12;

pub(super) fn questions(view: &View<'_>) -> Vec<Ask> {
    let (Some(own), Some(second)) = (view.stack_name(), view.immutable_stack_name()) else {
        return Vec::new();
    };
    let mut asks = vec![
        Ask::Stack(own.clone()),
        Ask::Resources(own.clone()),
        Ask::Events(own.clone()),
        Ask::Stack(second.clone()),
    ];
    if stack(view, &second).is_some_and(|facts| facts.stack.value().is_some()) {
        asks.extend([Ask::Resources(second.clone()), Ask::Events(second)]);
    }
    if stack(view, &own).is_some_and(|facts| facts.stack.is_absent()) && view.trouble {
        asks.push(Ask::DeletedEvents(own.clone()));
    }
    asks.extend(nested(view));
    if view.trouble {
        let facts = stack(view, &own).and_then(|facts| facts.stack.value());
        if facts.is_some() {
            asks.push(Ask::Policy(own.clone()));
        }
        let exports: Vec<_> = facts.iter().flat_map(|stack| &stack.exports).collect();
        let exports: Vec<String> = exports.iter().map(|(name, _)| name.clone()).collect();
        if !exports.is_empty() {
            asks.push(Ask::Importers { stack: own, exports });
        }
        asks.extend(owners(view).into_iter().take(OWNERS).map(Ask::Owner));
    }
    asks
}

fn stack<'a>(view: &View<'a>, name: &StackName) -> Option<&'a StackFacts> {
    view.snapshot.stacks.get(name)
}

/// Nested stacks: known by their ARN, kept under their name.
fn nested(view: &View<'_>) -> Vec<Ask> {
    let arns = view.physical("AWS::CloudFormation::Stack");
    let names = arns.iter().filter_map(|arn| arn.split('/').nth(1)).map(StackName::from);
    names
        .flat_map(|name| {
            [Ask::Stack(name.clone()), Ask::Resources(name.clone()), Ask::Events(name)]
        })
        .collect()
}

/// What holds the environment's security groups and has not said which stack it is of.
fn owners(view: &View<'_>) -> BTreeSet<String> {
    let own = view.groups();
    let network = &view.snapshot.network;
    let untold = |tags| tag(tags, "aws:cloudformation:stack-name").is_none();
    let groups = network.groups.items().iter();
    let groups = groups.filter(|group| !own.contains(&group.id) && names_any(group, &own));
    let groups = groups.filter(|group| untold(&group.tags)).map(|group| group.id.to_string());
    let instances = view.instances();
    let interfaces = network.interfaces.items().iter();
    let interfaces = interfaces.filter(|found| {
        found.groups.iter().any(|group| own.contains(group))
            && found.instance.as_ref().is_none_or(|id| !instances.contains(id))
            && !found.requester_managed
            && untold(&found.tags)
    });
    groups.chain(interfaces.map(|found| found.id.to_string())).collect()
}

fn names_any(group: &SecurityGroup, named: &BTreeSet<GroupId>) -> bool {
    let mut rules = group.ingress.iter().chain(&group.egress);
    rules.any(|rule| matches!(&rule.peer, Peer::Group(peer) if named.contains(peer)))
}

/// Whether the stack is in a state in which what holds its resources matters.
pub(super) fn deletion_matters(view: &View<'_>) -> bool {
    view.stack().is_some_and(|facts| {
        let failed = facts.resources.items().iter().any(|found| found.status == "DELETE_FAILED");
        let status = match &facts.stack {
            Observed::Known { value, .. } => value.status.as_str(),
            Observed::Absent { .. } | Observed::Unreadable { .. } | Observed::NotCollected => "",
        };
        failed || status.starts_with("DELETE") || status.ends_with("_FAILED")
    }) || view.environment().is_some_and(|environment| {
        matches!(environment.status, crate::world::EnvironmentStatus::Terminating)
    })
}
