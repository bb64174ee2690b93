//! What held the stack, and what held that: a graph from the stack to whoever must let go.

use super::{Blocked, Holds};
use crate::check::{Finding, FindingKind, GroupReference, InterfaceHold, StackFault};
use crate::report::redacted;
use crate::report::words::count;
use crate::world::network::GroupRule;

/// The graph of a finding about a stack; none where nothing holds it.
pub(super) fn blocked(finding: &Finding) -> Option<Blocked> {
    let FindingKind::Stack(fault) = &finding.kind else { return None };
    let mut graph = Blocked::default();
    stack_holds(&mut graph, fault);
    (!graph.holds.is_empty()).then_some(graph)
}

impl Blocked {
    /// The place of a thing, which is put there if it is new.
    fn place(&mut self, thing: &str) -> usize {
        let thing = redacted(thing);
        self.things.iter().position(|one| *one == thing).unwrap_or_else(|| {
            self.things.push(thing);
            self.things.len() - 1
        })
    }

    fn hold(&mut self, holder: &str, held: &str, how: &str) {
        let (held, holder) = (self.place(held), self.place(holder));
        if held != holder {
            self.holds.push(Holds { holder, held, how: redacted(how) });
        }
    }

    /// A resource of a stack: while it cannot be deleted, neither can the stack.
    fn of_stack(&mut self, thing: &str, logical: &str, stack: &str) {
        let how = if logical.is_empty() { "is part of it" } else { logical };
        self.hold(thing, &named_stack(stack), how);
    }
}

fn named_stack(stack: &str) -> String {
    format!("stack {stack}")
}

#[expect(clippy::too_many_lines, reason = "a table: one entry a fault")]
fn stack_holds(graph: &mut Blocked, fault: &StackFault) {
    match fault {
        StackFault::GroupReferenced { stack, logical, group, references } => {
            graph.of_stack(group.as_str(), logical, stack.as_str());
            for reference in references {
                group_rule(graph, group.as_str(), reference);
            }
        }
        StackFault::InstancesStillEnding { stack, group, instances } => {
            graph.of_stack(group.as_str(), "", stack.as_str());
            for instance in instances {
                graph.hold(instance.as_str(), group.as_str(), "still has the group");
            }
        }
        StackFault::ForeignLoadBalancer { stack, logical, group, balancer } => {
            graph.of_stack(group.as_str(), logical, stack.as_str());
            graph.hold(balancer.as_str(), group.as_str(), "has the group");
        }
        StackFault::GroupHeldByInterface { stack, logical, group, holders } => {
            graph.of_stack(group.as_str(), logical, stack.as_str());
            for holder in holders {
                interface(graph, group.as_str(), holder);
            }
        }
        StackFault::DatabaseProtected { stack, logical, database } => {
            graph.of_stack(database, logical, stack.as_str());
            graph.hold("deletion protection", database, "is on");
        }
        StackFault::FinalSnapshotExists { stack, database, snapshot } => {
            let database = database.as_deref().unwrap_or("the database");
            graph.of_stack(database, "", stack.as_str());
            graph.hold(&format!("snapshot {snapshot}"), database, "has the final snapshot's name");
        }
        StackFault::BalancerProtected { stack, balancer } => {
            graph.of_stack(balancer.as_str(), "", stack.as_str());
            graph.hold("deletion protection", balancer.as_str(), "is on");
        }
        StackFault::BucketNotEmpty { stack, logical, bucket, versioned } => {
            graph.of_stack(bucket, logical, stack.as_str());
            let what = if *versioned { "objects and their versions" } else { "objects" };
            graph.hold(what, bucket, "are in it");
        }
        StackFault::ExportInUse { stack, export, importers, cycle: _ } => {
            graph.of_stack(&format!("export {export}"), "", stack.as_str());
            for importer in importers {
                let importer = named_stack(importer.as_str());
                graph.hold(&importer, &format!("export {export}"), "imports it");
            }
        }
        StackFault::StackProtected { stack, protected } => {
            if protected != stack {
                graph.of_stack(&named_stack(protected.as_str()), "", stack.as_str());
            }
            graph.hold("termination protection", &named_stack(protected.as_str()), "is on");
        }
        StackFault::NestedStuck { root, nested, failed } => {
            graph.hold(
                &named_stack(nested.as_str()),
                &named_stack(root.as_str()),
                "is nested in it",
            );
            for resource in failed {
                graph.hold(resource, &named_stack(nested.as_str()), "failed");
            }
        }
        StackFault::RollbackFailed { stack, failed, reason: _ } => {
            for (logical, kind, _) in failed {
                let resource = format!("{logical} ({kind})");
                graph.hold(&resource, &named_stack(stack.as_str()), "cannot be rolled back");
            }
        }
        StackFault::RollbackDenied { stack, principal, action, failed } => {
            for logical in failed {
                let stack = named_stack(stack.as_str());
                graph.hold(logical.as_str(), &stack, "cannot be rolled back");
                graph.hold(principal, logical.as_str(), &format!("may not call {action}"));
            }
        }
        StackFault::ScheduledActions { group, actions } => {
            let how = count(actions.len(), "scheduled action");
            for action in actions {
                graph.hold(action, group, &how);
            }
        }
        StackFault::UpdateFailed { .. }
        | StackFault::SignalsMissing { .. }
        | StackFault::StackGone { .. }
        | StackFault::Cascade { .. }
        | StackFault::NotYetVisible { .. }
        | StackFault::PropertiesTooLong { .. }
        | StackFault::SpotTemplate {}
        | StackFault::GroupNameForId { .. }
        | StackFault::TypeNotOffered { .. }
        | StackFault::StackRefusesUpdates { .. }
        | StackFault::BalancerOption { .. }
        | StackFault::DatabaseGroup { .. }
        | StackFault::ReplacedByCode { .. }
        | StackFault::LeftBehind { .. }
        | StackFault::Throttled { .. } => {}
    }
}

/// A rule of another group that names this one.
fn group_rule(graph: &mut Blocked, group: &str, reference: &GroupReference) {
    let GroupReference { holder, holder_name, owner, egress, rule } = reference;
    let holder = format!("{holder} \"{holder_name}\"");
    let way = if *egress { "lets out" } else { "admits" };
    graph.hold(&holder, group, &format!("a rule {way} {}", traffic(rule)));
    if let Some(owner) = owner {
        graph.hold(&named_stack(owner.as_str()), &holder, "made it");
    }
}

/// `tcp 5432`, `tcp 27015-27017`, `all traffic`.
fn traffic(rule: &GroupRule) -> String {
    match (rule.protocol.as_str(), rule.ports) {
        ("-1", _) => "all traffic".to_owned(),
        (protocol, None) => protocol.to_owned(),
        (protocol, Some((first, last))) if first == last => format!("{protocol} {first}"),
        (protocol, Some((first, last))) => format!("{protocol} {first}-{last}"),
    }
}

/// A network interface that carries the group.
fn interface(graph: &mut Blocked, group: &str, hold: &InterfaceHold) {
    let InterfaceHold { interface, kind, description, instance, owner, .. } = hold;
    let words = if description.is_empty() { kind } else { description };
    let holder = format!("{interface} ({words})");
    graph.hold(&holder, group, "carries it");
    if let Some(instance) = instance {
        graph.hold(instance.as_str(), &holder, "uses it");
    }
    if let Some(owner) = owner {
        graph.hold(&named_stack(owner.as_str()), &holder, "made it");
    }
}
