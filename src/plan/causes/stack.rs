//! What is done about faults of CloudFormation stacks.

use crate::check::{Finding, GroupReference, InterfaceHold, StackFault};
use crate::plan::draft::{Because, Draft, END, Proposal};
use crate::plan::recovery::Later;
use crate::plan::{
    Action, BalancingAction, DatabaseAction, Goal, IdentityAction, NetworkAction, Ref, Risk,
    ScalingAction, StackAction, StepId, Undo, VpcAction, WaitAction,
};
use crate::world::network::{GroupRule, Peer, tag};
use crate::world::{Arn, GroupId, InstanceId, LogicalId, StackName};

/// Plans what is done about a fault of a stack. What only keeps it from being deleted is left
/// alone where it is not to be deleted.
pub(super) fn mend(draft: &mut Draft<'_>, finding: &Finding, fault: &StackFault) {
    if blocks_deletion_only(fault) && !draft.ends() {
        draft.alternative(
            END,
            format!("It can be worked with as it is, so what keeps its stack from being deleted ({}) is left alone.", finding.code()),
        );
    } else {
        mend_it(draft, finding, fault);
    }
}

/// Whether a fault does nothing but keep the stack from being deleted.
pub(super) fn blocks_deletion_only(fault: &StackFault) -> bool {
    matches!(
        fault,
        StackFault::GroupReferenced { .. }
            | StackFault::InstancesStillEnding { .. }
            | StackFault::ForeignLoadBalancer { .. }
            | StackFault::GroupHeldByInterface { .. }
            | StackFault::DatabaseProtected { .. }
            | StackFault::FinalSnapshotExists { .. }
            | StackFault::BalancerProtected { .. }
            | StackFault::BucketNotEmpty { .. }
            | StackFault::StackProtected { .. }
    )
}

#[expect(clippy::too_many_lines, reason = "one short arm for each finding")]
fn mend_it(draft: &mut Draft<'_>, finding: &Finding, fault: &StackFault) {
    match fault {
        StackFault::GroupReferenced { stack, logical, group, references } => {
            draft.needs.end(finding);
            for reference in references {
                free(draft, finding, stack, logical, group, reference);
            }
        }
        StackFault::InstancesStillEnding { instances, .. } => {
            draft.needs.end(finding);
            if !instances.is_empty() {
                let action = WaitAction::Instances { instances: instances.clone() };
                draft.add_freeing(Proposal::new(Action::Wait(action), finding).effect(
                    "Nothing to do but wait, usually under 5 min: instances that are ending still carry the group.",
                ));
            }
        }
        StackFault::ForeignLoadBalancer { stack, logical, group, balancer } => {
            foreign_balancer(draft, finding, (stack, logical), group, balancer);
        }
        StackFault::GroupHeldByInterface { stack, logical, group, holders } => {
            draft.needs.end(finding);
            for holder in holders {
                let logical = LogicalId::from(logical.as_str());
                held(draft, finding, stack, &logical, group, holder);
            }
        }
        StackFault::DatabaseProtected { stack, logical, database } => {
            keep_database(draft, finding, (stack, logical), database);
        }
        StackFault::FinalSnapshotExists { snapshot, .. } => {
            draft.needs.end(finding);
            let copy = format!("{snapshot}-kept");
            let action =
                DatabaseAction::CopySnapshot { snapshot: snapshot.clone(), copy };
            let copied = draft.add_freeing(Proposal::new(Action::Database(action), finding));
            let action = DatabaseAction::DeleteSnapshot { snapshot: snapshot.clone() };
            let proposal = Proposal::new(Action::Database(action), finding)
                .after([&copied])
                .effect("Nothing is lost: its copy is there by then. The name is free for the final snapshot.");
            draft.add_freeing(proposal);
        }
        StackFault::BalancerProtected { balancer, .. } => {
            draft.needs.end(finding);
            let action = BalancingAction::Protect { balancer: balancer.clone(), on: false };
            draft.add_freeing(Proposal::new(Action::Balancing(action), finding));
        }
        StackFault::BucketNotEmpty { stack, logical, bucket, .. } => {
            draft.needs.end(finding);
            draft.needs.retain(stack, &logical.as_str().into(), finding);
            draft.alternative(
                format!("Empty the bucket {bucket} and let it be deleted"),
                "What is in it would be lost, all versions included; left standing, it can still be emptied later.",
            );
        }
        StackFault::StackProtected { protected, .. } => lift_protection(draft, finding, protected),
        StackFault::ExportInUse { export, importers, cycle, .. } => {
            let who = crate::plan::action::listed(importers);
            let why = if *cycle {
                "They import from each other, so one of them has to be changed to a literal value first."
            } else {
                "A stack cannot be deleted or change an export while another imports it."
            };
            draft.needs.holds_its_stack(export);
            draft.ask_person(
                format!("Whoever keeps {who} must put the value of {export} in place of its import"),
                why,
            );
        }
        StackFault::NestedStuck { root, failed, .. } => {
            draft.needs.roll_back(root, failed, finding);
        }
        StackFault::RollbackFailed { stack, failed, .. } => {
            // Only what failed because of the rollback may be skipped, and no more than that.
            // What this plan makes again under its old name needs no skipping.
            let made = |id: &str| {
                draft.steps.iter().any(|step| {
                    matches!(&step.action, Action::Database(DatabaseAction::Restore { database, .. }) if database == id)
                })
            };
            let skip: Vec<String> = failed
                .iter()
                .filter(|(_, id, _)| !made(id))
                .map(|(logical, _, _)| logical.to_string())
                .collect();
            draft.needs.roll_back(stack, &skip, finding);
            // "then re-run UpdateEnvironment or RebuildEnvironment so EB and stack agree" (CFN-12).
            draft.needs.try_again(finding);
            draft.alternative(
                "Make what is missing again by hand, under the same name, and roll back without skipping",
                "The stack and what is there would agree; skipped resources are what CloudFormation believes, not what is, until an update touches them.",
            );
        }
        StackFault::RollbackDenied { stack, principal, action, .. } => {
            // Where the role itself is gone no action is named, and its own finding brings it back.
            if !action.is_empty() || draft.ground.is_empty() {
                grant(draft, finding, principal, action);
            }
            draft.needs.roll_back(stack, &[], finding);
        }
        StackFault::UpdateFailed { stack, .. } => {
            let action = StackAction::Rollback { stack: stack.clone() };
            let before = draft.ground.clone();
            let step = draft.add(Proposal::new(Action::Stack(action), finding).after(&before));
            draft.needs.healed(step, finding);
        }
        StackFault::SignalsMissing { stack, logical, instances } => {
            signal(draft, finding, stack, logical, instances);
        }
        StackFault::StackGone { .. } => draft.needs.end(finding),
        StackFault::Cascade { .. } | StackFault::NotYetVisible { .. } => {
            draft.needs.rebuild(finding);
        }
        StackFault::SpotTemplate {} => {
            draft.needs.set("aws:ec2:instances", "EnableSpot", "false", finding);
        }
        StackFault::ScheduledActions { group, actions } => {
            let processes = vec!["ScheduledActions".to_owned()];
            let (group, suspended) = (group.clone(), processes.clone());
            let action = ScalingAction::Suspend { group: group.clone(), processes: suspended };
            let before = draft.add(Proposal::new(Action::Scaling(action), finding).effect(format!(
                "{} do not change the group's size until they run again.",
                crate::plan::action::listed(actions)
            )));
            draft.needs.before_update.push(before.clone());
            draft.needs.try_again(finding);
            let action = Action::Scaling(ScalingAction::Resume { group, processes });
            draft.needs.after_update.push(Later::new(action, finding).after(&before));
            draft.alternative(
                "The change that failed, asked for again while the scheduled actions are suspended",
                "What it was to change is known to whoever made it; the update here only brings the environment and its stack into agreement.",
            );
        }
        StackFault::DatabaseGroup { .. } => draft.ask_person(
            "Whoever keeps the environment must set DBSubnets to subnets in two zones, or keep the database outside of it",
            "The database's security group cannot be made where the environment's options put it.",
        ),
        StackFault::PropertiesTooLong { bytes } => draft.ask_person(
            "The application's team must move values of environment properties to a parameter or secrets store",
            format!("They have {bytes} bytes and CloudFormation takes 4,096 for all of them; shortening them needs to know what they mean."),
        ),
        StackFault::GroupNameForId { .. } => draft.ask_person(
            "The application's team must give the group's id, not its name, in `.ebextensions` (Fn::GetAtt GroupId)",
            "The configuration is inside the application's bundle.",
        ),
        StackFault::TypeNotOffered { logical, reason, .. } => draft.ask_person(
            format!("The application's team must leave out {logical}, or move to a region that offers it"),
            format!("AWS says: {reason}"),
        ),
        StackFault::BalancerOption { reason } => draft.ask_person(
            "Whoever keeps the environment must correct the load balancer's option",
            format!("AWS says: {reason}"),
        ),
        StackFault::ReplacedByCode { .. } => draft.ask_person(
            "Whoever keeps the infrastructure code must let Elastic Beanstalk update in place, and leave the CNAME prefix out",
            "The code asks for a replacement under a name that the living environment holds.",
        ),
        StackFault::LeftBehind { left, .. } => {
            let names: Vec<&str> = left.iter().map(|(_, id, _)| id.as_str()).collect();
            draft.alternative(
                format!("Delete what was left behind: {}", names.join(", ")),
                "Tidying up: it costs what it costs, and nothing depends on its going.",
            );
        }
        // What refuses updates is only how a stack's state shows; being asked less often is what
        // the program does by itself.
        StackFault::StackRefusesUpdates { .. } | StackFault::Throttled { .. } => {}
    }
}

/// Takes another group's rule out of the stack's way, and plans that what it allowed is granted
/// again for the new group.
fn free(
    draft: &mut Draft<'_>,
    because: impl Because + Copy,
    stack: &StackName,
    logical: &str,
    group: &GroupId,
    reference: &GroupReference,
) {
    let healthy = draft.wishes.goal == Goal::Healthy;
    let by_then: Ref<GroupId> =
        Ref::OfStack { stack: stack.to_string(), logical: logical.to_owned() };
    let mut named = reference.rule.clone();
    named.peer = Peer::Group(group.clone());
    let rule = |peer_group| {
        (Ref::Is(reference.holder.clone()), reference.egress, named.clone(), peer_group)
    };
    let (holder, egress, out, peer_group) = rule(None);
    let action = NetworkAction::RevokeRule { group: holder, egress, rule: out, peer_group };
    let owner =
        reference.owner.as_ref().map_or_else(String::new, |owner| format!(" (stack {owner})"));
    let whose = format!("{} \"{}\"{owner}", reference.holder, reference.holder_name);
    let until = if healthy {
        "until it is granted again for the environment's new group, later in this plan"
    } else {
        "any more: the environment ends"
    };
    let (holder, egress, again, peer_group) = rule(Some(by_then.clone()));
    let grant = NetworkAction::AuthorizeRule { group: holder, egress, rule: again, peer_group };
    let undo = if healthy {
        Undo::By(Box::new(Action::Network(grant.clone())))
    } else {
        Undo::Impossible {
            why:
                "the group that the rule names goes with the environment; nothing is left to admit"
                    .to_owned(),
        }
    };
    let before = if healthy { draft.ground.clone() } else { Vec::new() };
    let proposal = Proposal::new(Action::Network(action), because)
        .effect(format!("{whose} does not admit the environment {until}."))
        .undo(undo)
        .after(&before);
    let revoked = draft.add_freeing(proposal);
    if healthy {
        let later = Later::new(Action::Network(grant), because)
            .after(&revoked)
            .effect(format!("{whose} admits the environment again, as it did before."));
        draft.needs.after_bringing_back.push(later);
    }
}

/// Frees the stack's groups of rules of others that the diagnosis did not have to name: nothing
/// was to be deleted when it was made.
pub(in crate::plan) fn free_references(draft: &mut Draft<'_>, because: impl Because + Copy) {
    let Some(facts) = draft.snapshot.stack() else { return };
    let stack = draft.stack();
    let own: Vec<(String, GroupId)> = facts
        .resources
        .items()
        .iter()
        .filter(|one| one.kind == "AWS::EC2::SecurityGroup" && one.status != "DELETE_COMPLETE")
        .filter_map(|one| Some((one.logical.to_string(), GroupId(one.physical.clone()?))))
        .collect();
    for holder in draft.snapshot.network.groups.items() {
        if own.iter().any(|(_, group)| *group == holder.id) {
            continue;
        }
        let sides = [(false, &holder.ingress), (true, &holder.egress)];
        for (egress, rules) in sides {
            for rule in rules {
                let Peer::Group(peer) = &rule.peer else { continue };
                let Some((logical, group)) = own.iter().find(|(_, group)| group == peer) else {
                    continue;
                };
                let reference = reference(draft, holder, egress, rule);
                free(draft, because, &stack, logical, group, &reference);
            }
        }
    }
}

fn reference(
    draft: &Draft<'_>,
    holder: &crate::world::network::SecurityGroup,
    egress: bool,
    rule: &GroupRule,
) -> GroupReference {
    let tagged = tag(&holder.tags, "aws:cloudformation:stack-name").map(StackName::from);
    let owners = &draft.snapshot.owners;
    let owner = owners.get(holder.id.as_str()).and_then(|owner| owner.value()).cloned();
    GroupReference {
        holder: holder.id.clone(),
        holder_name: holder.name.clone(),
        owner: owner.or(tagged),
        egress,
        rule: rule.clone(),
    }
}

/// A load balancer outside the stack carries the stack's group: the group is left standing, so
/// that nothing of the load balancer changes.
fn foreign_balancer(
    draft: &mut Draft<'_>,
    finding: &Finding,
    (stack, logical): (&StackName, &str),
    group: &GroupId,
    balancer: &Arn,
) {
    draft.needs.end(finding);
    draft.needs.retain(stack, &logical.into(), finding);
    draft.alternative(
        format!("Take {group} off the load balancer {balancer}"),
        "What it admits would change for whoever uses it; left standing, the group goes on serving it and can be deleted when it has another.",
    );
}

/// An interface outside the stack carries the stack's group.
fn held(
    draft: &mut Draft<'_>,
    finding: &Finding,
    stack: &StackName,
    logical: &LogicalId,
    group: &GroupId,
    holder: &InterfaceHold,
) {
    if holder.requester_managed || holder.other_groups.is_empty() {
        draft.needs.retain(stack, logical, finding);
        draft.alternative(
            format!("Have the owner of {} ({}) take {group} off it", holder.interface, holder.description),
            "Only the service that made the interface, or its owner, can do that; left standing, the group goes on serving it.",
        );
        return;
    }
    let groups: Vec<Ref<GroupId>> = holder.other_groups.iter().cloned().map(Ref::Is).collect();
    let action = VpcAction::SetInterfaceGroups {
        interface: holder.interface.clone(),
        groups: groups.clone(),
    };
    let healthy = draft.wishes.goal == Goal::Healthy;
    let before = if healthy { draft.ground.clone() } else { Vec::new() };
    let mut proposal = Proposal::new(Action::Vpc(action), finding).after(&before);
    let mut again = groups;
    again.push(Ref::OfStack { stack: stack.to_string(), logical: logical.to_string() });
    let back = VpcAction::SetInterfaceGroups { interface: holder.interface.clone(), groups: again };
    if healthy {
        proposal = proposal.undo(Undo::By(Box::new(Action::Vpc(back.clone()))));
    }
    let taken = draft.add_freeing(proposal);
    if healthy {
        let later = Later::new(Action::Vpc(back), finding).after(&taken).rated(Risk::Safe);
        draft.needs.after_bringing_back.push(later);
    }
}

/// A protected database is saved and left standing: nothing of it is lost, and its protection
/// stays.
fn keep_database(
    draft: &mut Draft<'_>,
    finding: &Finding,
    (stack, logical): (&StackName, &str),
    database: &str,
) {
    draft.needs.end(finding);
    crate::plan::safety::save_database(draft, finding, database);
    draft.needs.retain(stack, &logical.into(), finding);
    for name in crate::plan::safety::bound_to_database(draft, database) {
        draft.needs.retain(stack, &name, finding);
    }
    draft.alternative(
        format!("Lift the protection of {database} and let it be deleted"),
        "Its data would be lost but for the snapshot; left standing, it can be put to use again or deleted later.",
    );
    if draft.wishes.goal == Goal::Healthy {
        draft.ask_person(
            format!("The application's team must decide how the data of {database} gets to the rebuilt environment"),
            "A rebuilt environment has a new, empty database; the old one is kept outside of it.",
        );
    }
}

/// Lifts a stack's protection so that it can be deleted.
fn lift_protection(draft: &mut Draft<'_>, finding: &Finding, protected: &StackName) {
    draft.needs.end(finding);
    let action = StackAction::Protect { stack: protected.clone(), on: false };
    draft.add_freeing(Proposal::new(Action::Stack(action), finding));
}

/// Writes a missing permission into the role that lacks it.
fn grant(draft: &mut Draft<'_>, finding: &Finding, principal: &str, action: &str) {
    let Some(role) = role_name(principal) else {
        draft.ask_person(
            format!("Whoever keeps IAM must allow {principal} to call {action}"),
            "It is no role of the environment's, and who it is for cannot be told from here.",
        );
        return;
    };
    let document = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": [action], "Resource": "*"}],
    });
    let name = format!("ebrescue-{}", action.replace([':', '*'], "-").to_lowercase());
    let put = IdentityAction::PutPolicy { role, name, document: document.to_string() };
    draft.add_ground(Proposal::new(Action::Identity(put), finding));
}

/// The role in an ARN of a role or of a session of it; AWS's own service-linked ones are not ours
/// to change.
fn role_name(principal: &str) -> Option<String> {
    if principal.contains("aws-service-role") || principal.contains(":user/") {
        return None;
    }
    let after = |mark: &str| principal.split_once(mark).map(|(_, rest)| rest);
    let name = match (after(":assumed-role/"), after(":role/")) {
        (Some(session), _) => session.split('/').next()?,
        (None, Some(path)) => path.rsplit('/').next()?,
        (None, None) if principal.contains(':') || principal.is_empty() => return None,
        (None, None) => principal,
    };
    Some(name.to_owned())
}

/// Tells a stack that instances are well, for which it would wait in vain.
fn signal(
    draft: &mut Draft<'_>,
    finding: &Finding,
    stack: &StackName,
    logical: &LogicalId,
    instances: &[InstanceId],
) {
    let Some(status) = draft.stack_status(stack) else { return };
    if !status.in_progress() {
        let mended = !draft.ground.is_empty();
        let failed = status.as_str() == "UPDATE_ROLLBACK_FAILED";
        if failed {
            // With what kept them silent mended, new instances signal; else nothing but skipping helps.
            let skip = if mended { vec![] } else { vec![logical.to_string()] };
            draft.needs.roll_back(stack, &skip, finding);
        }
        if failed || mended {
            // "fix the cause, then start another environment update" (incidents CFN-12, EB-17).
            draft.needs.try_again(finding);
        }
        return;
    }
    let before = draft.ground.clone();
    let mut signalled: Vec<StepId> = Vec::new();
    for instance in instances {
        let action = StackAction::Signal {
            stack: stack.clone(),
            logical: logical.clone(),
            unique: instance.to_string(),
        };
        let step = draft.add(Proposal::new(Action::Stack(action), finding).after(&before));
        signalled.push(step);
    }
    for step in signalled {
        draft.needs.healed(step, finding);
    }
}
