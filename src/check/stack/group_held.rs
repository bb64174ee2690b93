//! `CFN-01` to `CFN-04`: a security group of the stack cannot be deleted, and who holds it.

use std::collections::{BTreeMap, BTreeSet};

use super::{delete_failures, own_stacks, owner};
use crate::check::situation::Situation;
use crate::check::{Finding, GroupReference, InterfaceHold, Role, StackFault, messages, trail};
use crate::world::network::{GroupRule, Interface, Peer, SecurityGroup};
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
    // Those of the same name are told apart by their ids alone, which win.
    let names = known.iter().rev().map(|group| (group.name.as_str(), group));
    let ids = known.iter().map(|group| (group.id.as_str(), group));
    let by_any: BTreeMap<&str, &SecurityGroup> = names.chain(ids).collect();
    let find = |physical: &str| by_any.get(physical).copied();
    let mut all = Vec::new();
    for (stack, facts) in own_stacks(world) {
        let failures = delete_failures(facts);
        let reasons: BTreeMap<&str, &Option<String>> =
            failures.iter().map(|(logical, .., reason)| (logical.as_str(), reason)).collect();
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
            let failure = reasons.get(logical.as_str());
            let reason = failure.and_then(|reason| (*reason).clone());
            all.push(Held { stack, facts, logical, group, failed: failure.is_some(), reason });
        }
    }
    Ok(all)
}

/// Who names or carries which group: looked up, because the account's groups and interfaces can
/// be many thousands, and so can those of a stack.
struct Holders<'a> {
    world: &'a Snapshot,
    /// By the group that is named: whose rule it is, and whether it is one of egress.
    rules: BTreeMap<&'a GroupId, Vec<(&'a SecurityGroup, bool, &'a GroupRule)>>,
    /// By the group that is carried.
    interfaces: BTreeMap<&'a GroupId, Vec<&'a Interface>>,
}

impl<'a> Holders<'a> {
    fn of(world: &'a Snapshot) -> Self {
        let mut rules: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for group in world.network.groups.items() {
            let both = [(false, &group.ingress), (true, &group.egress)];
            for (egress, rule) in
                both.into_iter().flat_map(|(way, all)| all.iter().map(move |one| (way, one)))
            {
                if let Peer::Group(named) = &rule.peer {
                    rules.entry(named).or_default().push((group, egress, rule));
                }
            }
        }
        let mut interfaces: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for interface in world.network.interfaces.items() {
            for group in &interface.groups {
                interfaces.entry(group).or_default().push(interface);
            }
        }
        Self { world, rules, interfaces }
    }

    /// Rules of other groups that name a group, but for those of the same stack.
    fn references(
        &self,
        group: &GroupId,
        mine: &BTreeSet<&GroupId>,
        stack: &StackName,
    ) -> Vec<GroupReference> {
        let naming = self.rules.get(group).map_or(&[][..], Vec::as_slice);
        let foreign = naming.iter().filter(|(other, ..)| !mine.contains(&other.id));
        let reference = |(other, egress, rule): &(&SecurityGroup, bool, &GroupRule)| {
            let owner = owner(self.world, other.id.as_str(), &other.tags);
            (owner.as_ref() != Some(stack)).then(|| GroupReference {
                holder: other.id.clone(),
                holder_name: other.name.clone(),
                owner,
                egress: *egress,
                rule: (*rule).clone(),
            })
        };
        foreign.filter_map(reference).collect()
    }

    /// Whether a rule of any other group names it, the environment's own too: a group whose only
    /// holder is a held group of the same stack goes with that one.
    fn is_named(&self, group: &GroupId) -> bool {
        let mut naming = self.rules.get(group).map_or(&[][..], Vec::as_slice).iter();
        naming.any(|(other, ..)| other.id != *group)
    }

    /// Interfaces that carry a group.
    fn carriers(&self, group: &GroupId) -> Result<impl Iterator<Item = &'a Interface>, Gap> {
        self.world.network.interfaces.present()?;
        Ok(self.interfaces.get(group).map_or(&[][..], Vec::as_slice).iter().copied())
    }
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
    let holders = Holders::of(world);
    let mut findings = Vec::new();
    for one in &held {
        let references = holders.references(&one.group.id, &mine, one.stack);
        if !references.is_empty() {
            findings.push(reference_finding(world, one, references));
        }
    }
    if findings.is_empty() {
        gap_of_stack(world)?;
    }
    Ok(findings)
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

fn ending(world: &Snapshot, instance: &InstanceId) -> bool {
    let found = world.compute.instances.items().iter().find(|one| &one.id == instance);
    found.is_some_and(|one| matches!(one.state.as_str(), "shutting-down" | "terminated"))
}

/// `CFN-02`.
pub(super) fn still_ending(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    let told = messages::proofs(world, "CFN-02");
    let failed: Vec<Held<'_>> = groups(world)?.into_iter().filter(|one| one.failed).collect();
    let holders = Holders::of(world);
    for held in &failed {
        let mut instances: Vec<InstanceId> = holders
            .carriers(&held.group.id)?
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
            !holders.is_named(&held.group.id) && holders.carriers(&held.group.id)?.next().is_none();
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
    let holders = Holders::of(world);
    for held in groups(world)?.iter().filter(|one| one.failed) {
        let carriers = world.balancing.load_balancers.items().iter();
        let listed = carriers
            .filter(|one| {
                one.groups.contains(&held.group.id) && !is_own_balancer(world, one.arn.as_str())
            })
            .map(|one| one.arn.to_string());
        let seen = holders
            .carriers(&held.group.id)?
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
    let all = Holders::of(world);
    for held in groups(world)?.iter().filter(|one| one.failed) {
        let holders: Vec<InterfaceHold> = all
            .carriers(&held.group.id)?
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
