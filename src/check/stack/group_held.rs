//! `CFN-01` to `CFN-04`: a security group of the stack cannot be deleted, and who holds it.

use std::collections::BTreeSet;

use super::{delete_failures, own_stacks, owner};
use crate::check::situation::Situation;
use crate::check::{Finding, GroupReference, InterfaceHold, Role, StackFault, messages, trail};
use crate::world::network::{Interface, Peer, SecurityGroup};
use crate::world::{Gap, GroupId, InstanceId, Snapshot, StackFacts, StackName};

/// A group of the environment's stack.
struct Held<'a> {
    stack: &'a StackName,
    facts: &'a StackFacts,
    logical: String,
    group: &'a SecurityGroup,
    /// Whether CloudFormation tried to delete it and could not.
    failed: bool,
    reason: Option<String>,
}

/// The stack's groups that are still there.
fn groups(world: &Snapshot) -> Result<Vec<Held<'_>>, Gap> {
    let known = world.network.groups.present()?.map_or(&[][..], Vec::as_slice);
    let find = |physical: &str| {
        known.iter().find(|group| group.id.as_str() == physical || group.name == physical)
    };
    let mut all = Vec::new();
    for (stack, facts) in own_stacks(world) {
        let failures = delete_failures(facts);
        let resources = facts
            .resources
            .items()
            .iter()
            .map(|one| (one.logical.to_string(), one.physical.clone(), one.kind.clone()));
        let failed_only = failures
            .iter()
            .map(|(logical, physical, kind, _)| (logical.clone(), physical.clone(), kind.clone()));
        let mut seen = BTreeSet::new();
        for (logical, physical, kind) in resources.chain(failed_only) {
            let is_group = kind == "AWS::EC2::SecurityGroup" || logical.contains("SecurityGroup");
            let Some(group) = physical.as_deref().and_then(find).filter(|_| is_group) else {
                continue;
            };
            if !seen.insert(group.id.clone()) {
                continue;
            }
            let failure = failures.iter().find(|(own, ..)| *own == logical);
            let reason = failure.and_then(|(.., reason)| reason.clone());
            all.push(Held { stack, facts, logical, group, failed: failure.is_some(), reason });
        }
    }
    Ok(all)
}

fn gap_of_stack(world: &Snapshot) -> Result<(), Gap> {
    match Situation::of(world).stack() {
        Some(facts) => facts.resources.present().map(|_| ()),
        None => Ok(()),
    }
}

/// `CFN-01`.
pub(super) fn referenced(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let held = groups(world)?;
    let mine: BTreeSet<&GroupId> = held.iter().map(|one| &one.group.id).collect();
    let mut findings = Vec::new();
    for one in &held {
        let references = references(world, &one.group.id, &mine, one.stack);
        if !references.is_empty() {
            findings.push(reference_finding(world, one, references));
        }
    }
    if findings.is_empty() {
        gap_of_stack(world)?;
    }
    Ok(findings)
}

fn references(
    world: &Snapshot,
    group: &GroupId,
    mine: &BTreeSet<&GroupId>,
    stack: &StackName,
) -> Vec<GroupReference> {
    let others = world.network.groups.items().iter().filter(|other| !mine.contains(&other.id));
    let mut all = Vec::new();
    for other in others {
        let holder_owner = owner(world, other.id.as_str(), &other.tags);
        if holder_owner.as_ref() == Some(stack) {
            continue;
        }
        let both = [(false, &other.ingress), (true, &other.egress)];
        for (egress, rule) in
            both.iter().flat_map(|(egress, rules)| rules.iter().map(move |rule| (*egress, rule)))
        {
            if rule.peer == Peer::Group(group.clone()) {
                all.push(GroupReference {
                    holder: other.id.clone(),
                    holder_name: other.name.clone(),
                    owner: holder_owner.clone(),
                    egress,
                    rule: rule.clone(),
                });
            }
        }
    }
    all
}

/// Whether a rule of any other group names it, the environment's own too: a group whose only
/// holder is a held group of the same stack goes with that one.
fn is_named(world: &Snapshot, group: &GroupId) -> bool {
    let others = world.network.groups.items().iter().filter(|other| other.id != *group);
    others
        .flat_map(|other| other.ingress.iter().chain(&other.egress))
        .any(|rule| rule.peer == Peer::Group(group.clone()))
}

fn reference_finding(
    world: &Snapshot,
    held: &Held<'_>,
    references: Vec<GroupReference>,
) -> Finding {
    let mut holders: Vec<String> = references
        .iter()
        .map(|one| match &one.owner {
            Some(owner) => format!("{} \"{}\" (stack {owner})", one.holder, one.holder_name),
            None => format!("{} \"{}\"", one.holder, one.holder_name),
        })
        .collect();
    holders.dedup();
    let (role, title) = if held.failed {
        (
            Role::Cause,
            "The stack cannot be deleted: a rule of another security group names the environment's group",
        )
    } else {
        (
            Role::Risk,
            "A rule of another security group names the environment's: terminating or rebuilding would get stuck on it",
        )
    };
    let ids: Vec<String> = references.iter().map(|one| one.holder.to_string()).collect();
    let statements: Vec<String> = references
        .iter()
        .map(|one| {
            let ports = one.rule.ports.map_or("all ports".to_owned(), |(first, last)| {
                if first == last { first.to_string() } else { format!("{first}-{last}") }
            });
            let way = if one.egress { "to" } else { "from" };
            let verb = if one.egress { "lets out" } else { "admits" };
            format!(
                "{} \"{}\" {verb} {} {ports} {way} {}",
                one.holder, one.holder_name, one.rule.protocol, held.group.id
            )
        })
        .collect();
    let kind = StackFault::GroupReferenced {
        stack: held.stack.clone(),
        logical: held.logical.clone(),
        group: held.group.id.clone(),
        references,
    };
    let explanation = format!(
        "EC2 refuses to delete a security group while a rule of another group names it. {} is named by {}. Deleting again or rebuilding meets the same refusal; the rule has to go first, and what it allowed has to be given to the environment's new group afterwards.",
        held.group.id,
        holders.join(", ")
    );
    let mut finding = Finding::new(kind, role, title, explanation)
        .on([held.group.id.as_str()])
        .on(&ids)
        .on([held.stack.as_str()])
        .weighing(if held.failed { 88 } else { 30 });
    for statement in statements.into_iter().take(4) {
        finding = finding.because(&world.network.groups, statement);
    }
    failure_evidence(finding, held).brought_about(trail::trigger(
        world,
        &["AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"],
        [held.group.id.as_str()],
    ))
}

fn failure_evidence(finding: Finding, held: &Held<'_>) -> Finding {
    match (&held.reason, held.failed) {
        (Some(reason), _) => {
            finding.because(&held.facts.events, format!("{}: {reason}", held.logical))
        }
        (None, true) => {
            finding.because(&held.facts.resources, format!("{} is DELETE_FAILED", held.logical))
        }
        (None, false) => finding,
    }
}

/// Interfaces that carry a group.
fn carriers<'a>(
    world: &'a Snapshot,
    group: &'a GroupId,
) -> Result<impl Iterator<Item = &'a Interface>, Gap> {
    let all = world.network.interfaces.present()?.map_or(&[][..], Vec::as_slice);
    Ok(all.iter().filter(move |one| one.groups.contains(group)))
}

fn ending(world: &Snapshot, instance: &InstanceId) -> bool {
    let found = world.compute.instances.items().iter().find(|one| &one.id == instance);
    found.is_some_and(|one| matches!(one.state.as_str(), "shutting-down" | "terminated"))
}

/// `CFN-02`.
pub(super) fn still_ending(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    let told = messages::proofs(world, "CFN-02");
    let failed: Vec<Held<'_>> = groups(world)?.into_iter().filter(|one| one.failed).collect();
    for held in &failed {
        let mut instances: Vec<InstanceId> = carriers(world, &held.group.id)?
            .filter_map(|one| one.instance.clone())
            .filter(|instance| ending(world, instance))
            .collect();
        let of_instances = world.compute.instances.items().iter();
        instances.extend(
            of_instances
                .filter(|one| one.state == "shutting-down" && one.groups.contains(&held.group.id))
                .map(|one| one.id.clone()),
        );
        instances.sort();
        instances.dedup();
        let unheld =
            !is_named(world, &held.group.id) && carriers(world, &held.group.id)?.next().is_none();
        if instances.is_empty() && !unheld {
            continue;
        }
        findings.push(ending_finding(world, held, &instances, &told));
    }
    Ok(findings)
}

fn ending_finding(
    world: &Snapshot,
    held: &Held<'_>,
    instances: &[InstanceId],
    told: &[messages::Hit],
) -> Finding {
    let over = instances.is_empty();
    let (title, statement) = if over {
        (
            "The group could not be deleted because instances were still ending; nothing holds it now",
            format!("no rule and no interface holds {} any more", held.group.id),
        )
    } else {
        (
            "The group cannot be deleted yet: instances that carry it are still ending",
            format!("{} instances that carry {} are shutting down", instances.len(), held.group.id),
        )
    };
    let kind = StackFault::InstancesStillEnding {
        stack: held.stack.clone(),
        group: held.group.id.clone(),
        instances: instances.to_vec(),
    };
    let finding = Finding::new(
        kind,
        Role::Cause,
        title,
        "An instance keeps its network interface, and with it the group, until it has fully ended. CloudFormation tried to delete the group before that. Terminating again, once the instances are gone, goes through.",
    );
    let finding = finding
        .on([held.group.id.as_str(), held.stack.as_str()])
        .on(instances)
        .weighing(86)
        .because(&world.network.interfaces, statement)
        .with(messages::evidence(told));
    failure_evidence(finding, held)
}

/// Whether a load balancer is one of the environment's own stacks.
fn is_own_balancer(world: &Snapshot, text: &str) -> bool {
    let resources = own_stacks(world).into_iter().flat_map(|(_, facts)| facts.resources.items());
    resources
        .filter(|one| one.kind.contains("LoadBalancer"))
        .filter_map(|one| one.physical.as_deref())
        .any(|physical| {
            physical == text || physical.ends_with(&format!("/{text}")) || physical.ends_with(text)
        })
}

/// `CFN-03`.
pub(super) fn by_load_balancer(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    for held in groups(world)?.iter().filter(|one| one.failed) {
        let carriers = world.balancing.load_balancers.items().iter();
        let listed = carriers
            .filter(|one| {
                one.groups.contains(&held.group.id) && !is_own_balancer(world, one.arn.as_str())
            })
            .map(|one| one.arn.to_string());
        let seen = self::carriers(world, &held.group.id)?
            .filter_map(balancer_of)
            .filter(|name| !is_own_balancer(world, name));
        let Some(balancer) = listed.chain(seen).next() else { continue };
        let kind = StackFault::ForeignLoadBalancer {
            stack: held.stack.clone(),
            logical: held.logical.clone(),
            group: held.group.id.clone(),
            balancer: balancer.as_str().into(),
        };
        let finding = Finding::new(
            kind,
            Role::Cause,
            "The stack cannot be deleted: a load balancer from outside uses its security group",
            "Somebody put a load balancer in place of the environment's own and gave it the group of the stack. EC2 does not delete a group that a load balancer carries. That load balancer needs another group, or has to go, before the termination can end.",
        );
        let finding = finding
            .on([held.group.id.as_str(), balancer.as_str(), held.stack.as_str()])
            .weighing(89)
            .because(&world.network.interfaces, format!("{balancer} carries {}", held.group.id));
        findings.push(failure_evidence(finding, held));
    }
    Ok(findings)
}

/// The load balancer an interface belongs to, by its description (`ELB app/name/id`).
fn balancer_of(interface: &Interface) -> Option<String> {
    let rest = interface.description.strip_prefix("ELB ")?;
    Some(rest.trim().to_owned())
}

/// `CFN-04`.
pub(super) fn by_interface(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    for held in groups(world)?.iter().filter(|one| one.failed) {
        let holders: Vec<InterfaceHold> = carriers(world, &held.group.id)?
            .filter(|one| balancer_of(one).is_none())
            .filter(|one| !one.instance.as_ref().is_some_and(|instance| ending(world, instance)))
            .map(|one| hold(world, one, &held.group.id))
            .collect();
        if holders.is_empty() {
            continue;
        }
        let ids: Vec<String> = holders.iter().map(|one| one.interface.to_string()).collect();
        let statements: Vec<String> = holders.iter().map(describe).collect();
        let kind = StackFault::GroupHeldByInterface {
            stack: held.stack.clone(),
            logical: held.logical.clone(),
            group: held.group.id.clone(),
            holders,
        };
        let finding = Finding::new(
            kind,
            Role::Cause,
            "The stack cannot be deleted: a network interface outside it carries its security group",
            "EC2 does not delete a group that a network interface carries. The interface belongs to something outside the environment: it needs another group first. An interface that a service made can only be given up by that service.",
        );
        let mut finding =
            finding.on([held.group.id.as_str(), held.stack.as_str()]).on(&ids).weighing(87);
        for statement in statements.into_iter().take(4) {
            finding = finding.because(&world.network.interfaces, statement);
        }
        findings.push(failure_evidence(finding, held));
    }
    Ok(findings)
}

fn hold(world: &Snapshot, one: &Interface, group: &GroupId) -> InterfaceHold {
    InterfaceHold {
        interface: one.id.clone(),
        kind: one.kind.clone(),
        description: one.description.clone(),
        requester_managed: one.requester_managed,
        other_groups: one.groups.iter().filter(|own| *own != group).cloned().collect(),
        instance: one.instance.clone(),
        owner: owner(world, one.id.as_str(), &one.tags),
    }
}

fn describe(hold: &InterfaceHold) -> String {
    let InterfaceHold { interface, kind, description, instance, .. } = hold;
    let of = match (instance, description.is_empty()) {
        (Some(instance), _) => format!("attached to {instance}"),
        (None, false) => format!("\"{description}\""),
        (None, true) => "loose".to_owned(),
    };
    format!("{interface} ({kind}, {of}) carries the group")
}
