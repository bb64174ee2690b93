//! `CFN-05` to `CFN-08` and `CFN-10`: what else keeps a stack from being deleted.

use super::{delete_failures, own_stacks};
use crate::check::situation::Situation;
use crate::check::told::between;
use crate::check::{Finding, Role, StackFault, messages, trail};
use crate::world::{Gap, Snapshot, Stack, StackFacts, StackName, TrailEvent};

/// A resource of a sort that CloudFormation could not delete, with its reason.
struct Stuck<'a> {
    stack: &'a StackName,
    facts: &'a StackFacts,
    logical: String,
    physical: Option<String>,
    reason: Option<String>,
}

fn stuck(world: &Snapshot, is_it: impl Fn(&str, &str) -> bool) -> Vec<Stuck<'_>> {
    let mut all = Vec::new();
    for (stack, facts) in own_stacks(world) {
        for (logical, physical, kind, reason) in delete_failures(facts) {
            if is_it(&kind, &logical) {
                all.push(Stuck { stack, facts, logical, physical, reason });
            }
        }
    }
    all
}

fn says(stuck: &Stuck<'_>, part: &str) -> bool {
    stuck.reason.as_deref().is_some_and(|reason| reason.contains(part))
}

fn with_reason(finding: Finding, stuck: &Stuck<'_>) -> Finding {
    let reason = stuck.reason.as_deref().unwrap_or("DELETE_FAILED");
    finding
        .on([stuck.stack.as_str()])
        .on(&stuck.physical)
        .because(&stuck.facts.events, format!("{}: {reason}", stuck.logical))
}

/// `CFN-05`.
pub(super) fn database(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    let is_database =
        |kind: &str, logical: &str| kind == "AWS::RDS::DBInstance" || logical == "AWSEBRDSDatabase";
    for one in stuck(world, is_database) {
        let id = one.physical.clone().unwrap_or_default();
        let found = world.databases.instances.items().iter().find(|database| database.id == id);
        let protected = found.is_some_and(|database| database.protected);
        if !protected && !says(&one, "Cannot delete protected DB Instance") {
            continue;
        }
        let kind = StackFault::DatabaseProtected {
            stack: one.stack.clone(),
            logical: one.logical.clone(),
            database: id,
        };
        let finding = Finding::new(
            kind,
            Role::Cause,
            "The stack cannot be deleted: its database is protected against deletion",
            "The environment's coupled database has deletion protection. That protection may be all that stands between a termination and the loss of the data: decouple the database with the deletion policy Retain, or take a snapshot, before anything is switched off.",
        );
        let mut finding = with_reason(finding.weighing(90), &one);
        if protected {
            finding = finding.because(&world.databases.instances, "DeletionProtection is true");
        }
        findings.push(finding);
    }
    Ok(findings)
}

/// `CFN-06`.
pub(super) fn snapshot(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "CFN-06");
    let Some(first) = told.first() else { return Ok(Vec::new()) };
    let name = between(&first.text, "with the identifier ", " already").unwrap_or_default();
    let stack = Situation::of(world).stack().and_then(|facts| facts.stack.value());
    let kind = StackFault::FinalSnapshotExists {
        stack: stack.map(|stack| stack.name.clone()).unwrap_or_default(),
        database: Situation::of(world)
            .stack()
            .and_then(|facts| facts.physical("AWSEBRDSDatabase"))
            .map(str::to_owned),
        snapshot: name.to_owned(),
    };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "The database cannot be deleted: a snapshot with the name of its final one exists already",
        "An earlier try left a snapshot under the name that the final snapshot is to have. The old one has to be copied under another name or deleted before the deletion can go on.",
    );
    Ok(vec![finding.on([name]).weighing(89).with(messages::evidence(&told))])
}

/// `CFN-07`.
pub(super) fn balancer(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    for one in stuck(world, |kind, logical| {
        kind.contains("LoadBalancer") && !kind.contains("SecurityGroup")
            || logical == "AWSEBV2LoadBalancer"
    }) {
        let arn = one.physical.clone().unwrap_or_default();
        let found = world
            .balancing
            .load_balancers
            .items()
            .iter()
            .find(|balancer| balancer.arn.as_str() == arn);
        let protected = found.is_some_and(|balancer| balancer.protected == Some(true));
        if !protected && !says(&one, "deletion protection is enabled") {
            continue;
        }
        let kind = StackFault::BalancerProtected {
            stack: one.stack.clone(),
            balancer: arn.as_str().into(),
        };
        let finding = Finding::new(
            kind,
            Role::Cause,
            "The stack cannot be deleted: its load balancer is protected against deletion",
            "Somebody switched on the load balancer's deletion protection outside Elastic Beanstalk. Until it is switched off, every termination or rebuild ends here.",
        );
        let mut finding = with_reason(finding.weighing(90), &one);
        if protected {
            let text = "deletion_protection.enabled is true";
            finding = finding.because(&world.balancing.load_balancers, text);
        }
        let trigger = trail::trigger(world, &["ModifyLoadBalancerAttributes"], [arn.as_str()]);
        findings.push(finding.brought_about(trigger));
    }
    Ok(findings)
}

/// `CFN-08`.
pub(super) fn bucket(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    for one in stuck(world, |kind, _| kind == "AWS::S3::Bucket") {
        let name = one.physical.clone().unwrap_or_default();
        let full = world.surroundings.buckets.items().iter().find(|(bucket, _)| *bucket == name);
        if full.is_none() && !says(&one, "is not empty") {
            continue;
        }
        let versioned = full.is_some_and(|(_, versioned)| *versioned) || says(&one, "all versions");
        let kind = StackFault::BucketNotEmpty {
            stack: one.stack.clone(),
            logical: one.logical.clone(),
            bucket: name,
            versioned,
        };
        let finding = Finding::new(
            kind,
            Role::Cause,
            "The stack cannot be deleted: a bucket in it is not empty",
            "CloudFormation deletes empty buckets only. The safe way is to delete the stack and keep the bucket; emptying it loses what is in it, old versions and delete markers included.",
        );
        findings.push(with_reason(finding.weighing(89), &one));
    }
    Ok(findings)
}

/// `CFN-10`.
pub(super) fn protection(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "CFN-10");
    let situation = Situation::of(world);
    let Some(facts) = situation.stack() else { return Ok(Vec::new()) };
    let Some(stack) = facts.stack.present()? else { return Ok(Vec::new()) };
    let root = stack.root.as_ref().and_then(|arn| {
        world.stacks.values().filter_map(|facts| facts.stack.value()).find(|one| &one.arn == arn)
    });
    // The stack that AWS's refusal names: an immutable update's is not the environment's own.
    let refused = told.iter().find_map(|hit| between(&hit.text, "Stack [", "]"));
    let refused = refused.and_then(|name| {
        let mut all = world.stacks.values().filter_map(|facts| facts.stack.value());
        all.find(|one| name.contains(one.name.as_str()))
    });
    let protected =
        [refused, Some(stack), root].into_iter().flatten().find(|one| one.protected == Some(true));
    let wanted = situation.termination_failed() || wants_deletion(world, [Some(stack), root]);
    let Some(on) = protected.or(refused).or(Some(stack).filter(|_| !told.is_empty())) else {
        return Ok(Vec::new());
    };
    if told.is_empty() && !wanted {
        return Ok(Vec::new());
    }
    let of = refused.unwrap_or(stack).name.clone();
    let kind = StackFault::StackProtected { stack: of, protected: on.name.clone() };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "The stack cannot be deleted: termination protection is on",
        "CloudFormation refuses at once to delete a stack that is protected, and leaves its status as it was. That makes a termination fail without a trace in the stack's own events. The protection is switched off on the root stack, not on a nested one.",
    );
    let trigger = trail::trigger(
        world,
        &["UpdateTerminationProtection"],
        [on.name.as_str(), on.arn.as_str()],
    );
    Ok(vec![
        finding
            .on([on.name.as_str()])
            .weighing(91)
            .because(
                &facts.stack,
                format!(
                    "{} has EnableTerminationProtection={}",
                    on.name,
                    on.protected == Some(true)
                ),
            )
            .with(messages::evidence(&told))
            .brought_about(trigger),
    ])
}

/// Whether somebody asked for the deletion of one of the stacks and it was refused, by the trail.
fn wants_deletion(world: &Snapshot, stacks: [Option<&Stack>; 2]) -> bool {
    let protected =
        |text: &str| text.contains("TerminationProtection") || text.contains("ValidationError");
    let about = |event: &TrailEvent| {
        let mut stacks = stacks.iter().flatten();
        stacks.any(|stack| {
            [stack.name.as_str(), stack.arn.as_str()].iter().any(|id| trail::mentions(event, id))
        })
    };
    world.trail.items().iter().any(|event| {
        event.name == "DeleteStack" && event.error.as_deref().is_some_and(protected) && about(event)
    })
}
