//! `CFN-11` to `CFN-15`, `CFN-17` and `CFN-23`: operations of a stack that failed half-way.

use super::operation::{first_failure, is_own, rollback_failures};
use super::own_stacks;
use crate::check::messages;
use crate::check::situation::Situation;
use crate::check::told::between;
use crate::check::{Finding, Role, StackFault};
use crate::world::{Gap, InstanceId, LogicalId, Snapshot, StackEvent, StackFacts};

/// Whether a reason says that a permission is missing, in either grammar.
fn is_denial(reason: &str) -> bool {
    const DENIED: [&str; 8] = [
        "not authorized to perform",
        "ssume role",
        "cannot be assumed",
        "AccessDenied",
        "UnauthorizedOperation",
        "Error Code: AccessDenied",
        "HandlerErrorCode: AccessDenied",
        "explicit deny",
    ];
    DENIED.iter().any(|word| reason.contains(word))
}

fn is_about_signals(reason: &str) -> bool {
    reason.contains("SUCCESS signal(s)")
        || reason.contains("resource signal")
        || reason.contains("required number of signals")
}

/// The events that a failed rollback hangs on; all failures if the rollback's own are unknown.
fn stuck(facts: &StackFacts) -> Vec<&StackEvent> {
    let back = rollback_failures(facts);
    if back.is_empty() { super::failures(facts) } else { back }
}

/// `CFN-11`.
pub(super) fn nested(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    // A snapshot can know stacks of others too.
    let failed = own_stacks(world).into_iter().find_map(|(name, facts)| {
        let stack = facts.stack.value()?;
        let nested = stack.parent.is_some() || stack.root.is_some();
        (nested && stack.status.as_str() == "UPDATE_ROLLBACK_FAILED")
            .then_some((name, facts, stack))
    });
    let Some((name, facts, stack)) = failed else { return Ok(Vec::new()) };
    let root_arn = stack.root.as_ref().or(stack.parent.as_ref());
    let root = world
        .stacks
        .iter()
        .find(|(_, facts)| facts.stack.value().is_some_and(|own| Some(&own.arn) == root_arn));
    let Some((root, root_facts)) = root else { return Ok(Vec::new()) };
    let logical = root_facts
        .resources
        .items()
        .iter()
        .find(|one| one.physical.as_deref() == Some(stack.arn.as_str()))
        .map_or(name.to_string(), |one| one.logical.to_string());
    let skip = stuck(facts).iter().map(|event| format!("{logical}.{}", event.logical)).collect();
    let kind = StackFault::NestedStuck { root: root.clone(), nested: name.clone(), failed: skip };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "A nested stack failed to roll back, so all the others wait for it",
        "Nested stacks end their clean-up only when their root tells them, and the root waits for the one that failed. Only the root can be continued; what failed in the nested stack has to be put right, or skipped by its name there.",
    );
    let root_status = root_facts.stack.value().map_or("", |own| own.status.as_str());
    let mut finding = finding
        .on([root.as_str(), name.as_str()])
        .weighing(96)
        .because(&facts.stack, format!("{name} is UPDATE_ROLLBACK_FAILED"))
        .because(&root_facts.stack, format!("{root} is {root_status}"));
    if let Some(first) = stuck(facts).first() {
        let reason = first.reason.as_deref().unwrap_or_default();
        finding = finding.because(&facts.events, format!("{}: {reason}", first.logical));
    }
    Ok(vec![finding])
}

/// The environment's stacks whose rollback failed, nested ones left to `CFN-11`.
fn rolled_back_badly(world: &Snapshot) -> Vec<(&crate::world::StackName, &StackFacts)> {
    let mut all = own_stacks(world);
    all.retain(|(_, facts)| {
        facts.stack.value().is_some_and(|stack| {
            stack.status.as_str() == "UPDATE_ROLLBACK_FAILED" && stack.parent.is_none()
        })
    });
    all
}

/// `CFN-12`.
pub(super) fn failed(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    for (name, facts) in rolled_back_badly(world) {
        let events = stuck(facts);
        let reason = events.first().and_then(|event| event.reason.as_deref());
        let reason = reason.or_else(|| facts.stack.value()?.reason.as_deref()).unwrap_or_default();
        if is_denial(reason) || is_about_signals(reason) {
            continue;
        }
        let failed: Vec<_> = events
            .iter()
            .map(|event| {
                (
                    event.logical.clone(),
                    event.physical.clone().unwrap_or_default(),
                    event.kind.clone(),
                )
            })
            .collect();
        let ids: Vec<String> = failed.iter().map(|(_, physical, _)| physical.clone()).collect();
        let kind =
            StackFault::RollbackFailed { stack: name.clone(), failed, reason: reason.to_owned() };
        let finding = Finding::new(
            kind,
            Role::Cause,
            "The stack is stuck half rolled back: a resource is not as CloudFormation left it",
            "An update failed, and so did going back, because a resource was changed or deleted outside CloudFormation. In this state only two things are accepted: continuing the rollback, or deleting the stack. The resource has to be as it was, or to be skipped, before the rollback can be continued.",
        );
        let mut finding = finding
            .on([name.as_str()])
            .on(&ids)
            .weighing(96)
            .because(&facts.stack, format!("{name} is UPDATE_ROLLBACK_FAILED"));
        for event in events.iter().take(3) {
            let reason = event.reason.as_deref().unwrap_or(&event.status);
            finding = finding.because(&facts.events, format!("{}: {reason}", event.logical));
        }
        findings.push(finding);
    }
    Ok(findings)
}

/// `CFN-13`.
pub(super) fn denied(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    for (name, facts) in rolled_back_badly(world) {
        let events = stuck(facts);
        let Some(first) =
            events.iter().find(|event| event.reason.as_deref().is_some_and(is_denial))
        else {
            continue;
        };
        let reason = first.reason.as_deref().unwrap_or_default();
        let kind = StackFault::RollbackDenied {
            stack: name.clone(),
            principal: principal_of(reason).unwrap_or_default(),
            action: action_of(reason).unwrap_or_default(),
            failed: events.iter().map(|event| event.logical.clone()).collect(),
        };
        let finding = Finding::new(
            kind,
            Role::Cause,
            "The stack is stuck half rolled back: a permission is missing",
            "An update failed, and so did going back, because the role that Elastic Beanstalk works with may not do what the resource needs. Once the permission is there the rollback can be continued; waiting or rebuilding does not help.",
        );
        findings.push(
            finding
                .on([name.as_str()])
                .weighing(95)
                .because(&facts.stack, format!("{name} is UPDATE_ROLLBACK_FAILED"))
                .because(&facts.events, format!("{}: {reason}", first.logical)),
        );
    }
    Ok(findings)
}

/// The principal in `User: arn:… is not authorized …`.
pub(in crate::check) fn principal_of(reason: &str) -> Option<String> {
    between(reason, "User: ", " is not authorized").map(str::to_owned)
}

/// The action in `… not authorized to perform: rds:ModifyDBInstance …`.
pub(in crate::check) fn action_of(reason: &str) -> Option<String> {
    let rest = between(reason, "authorized to perform: ", "")
        .or_else(|| between(reason, "permission to perform the '", "'"))?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || ":*-".contains(c)));
    Some(rest[..end.unwrap_or(rest.len())].to_owned())
}

/// `CFN-14`.
pub(super) fn switched_off(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    for (name, facts) in own_stacks(world) {
        let Some(stack) = facts.stack.value().filter(|one| one.status.as_str() == "UPDATE_FAILED")
        else {
            continue;
        };
        let first = first_failure(facts);
        let reason = first
            .and_then(|event| event.reason.clone())
            .or_else(|| stack.reason.clone())
            .unwrap_or_default();
        let kind = StackFault::UpdateFailed { stack: name.clone(), reason: reason.clone() };
        let finding = Finding::new(
            kind,
            Role::Cause,
            "The stack's update failed with rollback switched off, so it stays half-way",
            "With rollback switched off CloudFormation stops where it failed. Continuing a rollback is refused in this state, because none was begun: RollbackStack takes the stack back to what it was.",
        );
        findings.push(
            finding
                .on([name.as_str()])
                .weighing(92)
                .because(&facts.stack, format!("{name} is UPDATE_FAILED"))
                .because(&facts.events, reason),
        );
    }
    Ok(findings)
}

/// `CFN-15`.
pub(super) fn signals(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    for (name, facts) in own_stacks(world) {
        let failures = super::failures(facts);
        let waiting = failures
            .iter()
            .filter(|event| counts(world, facts, event))
            .find(|event| event.reason.as_deref().is_some_and(is_about_signals))
            .map(|event| (event.logical.clone(), event.reason.clone().unwrap_or_default()));
        let told = messages::clues(world, "CFN-15");
        let by_event =
            told.first().map(|hit| (LogicalId::from("AWSEBAutoScalingGroup"), hit.text.clone()));
        let is_main = Situation::of(world).stack().is_some_and(|own| std::ptr::eq(own, facts));
        let Some((logical, reason)) = waiting.or(by_event.filter(|_| is_main)) else { continue };
        let running = world.compute.instances.items().iter();
        let instances: Vec<InstanceId> =
            running.filter(|one| one.state == "running").map(|one| one.id.clone()).collect();
        let kind =
            StackFault::SignalsMissing { stack: name.clone(), logical: logical.clone(), instances };
        let finding = Finding::new(
            kind,
            Role::Cause,
            "New instances never told CloudFormation that they are ready",
            "An update of the Auto Scaling group waits for a signal from each new instance and takes silence for failure. Instances stay silent when nothing leaves their subnet, when their image does not work, or when their start-up fails.",
        );
        findings.push(
            finding
                .on([name.as_str(), logical.as_str()])
                .weighing(64)
                .because(&facts.events, format!("{logical}: {reason}"))
                .with(messages::evidence(&told)),
        );
    }
    Ok(findings)
}

/// `CFN-17`.
pub(super) fn cascade(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    for (name, facts) in own_stacks(world) {
        let Some(first) = first_failure(facts) else { continue };
        let reason = first.reason.as_deref().unwrap_or_default();
        if first.status == "DELETE_FAILED" || !counts(world, facts, first) {
            continue;
        }
        let cancelled = facts
            .events
            .items()
            .iter()
            .filter(|event| super::operation::is_cascade(event) && event.at >= first.at);
        let followers = cancelled.count();
        // What the text proves is another check's finding; here it is only told where it began.
        let known = messages::recognise(reason).is_some_and(|row| row.codes[0] != "CFN-17");
        let role = if known { Role::Symptom } else { Role::Cause };
        let kind = StackFault::Cascade {
            stack: name.clone(),
            first: first.logical.clone(),
            reason: reason.to_owned(),
        };
        let title = format!(
            "The stack failed first at {}; what failed after it only followed",
            first.logical
        );
        let finding = Finding::new(
            kind,
            role,
            title,
            "CloudFormation cancels everything else when one resource fails, and Elastic Beanstalk shows the last error it meets. The first failure is the one to look at.",
        );
        findings.push(
            finding
                .on([name.as_str(), first.logical.as_str()])
                .weighing(if followers > 0 { 55 } else { 45 })
                .because(&facts.events, format!("{} {}: {reason}", first.logical, first.status))
                .because(
                    &facts.events,
                    format!("{followers} other resources were cancelled after it"),
                ),
        );
    }
    Ok(findings)
}

/// Whether a stack's failure still matters: it left the stack badly, or the environment has not
/// been well since.
pub(in crate::check) fn counts(world: &Snapshot, facts: &StackFacts, event: &StackEvent) -> bool {
    let bad = facts.stack.value().is_some_and(|stack| {
        let status = stack.status.as_str();
        status.ends_with("_FAILED") || status == "ROLLBACK_COMPLETE" || stack.status.in_progress()
    });
    let since = Situation::of(world).last_success();
    bad || since.is_none_or(|since| event.at >= since)
}

/// `CFN-23`.
pub(super) fn refuses(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "CFN-23");
    let mut findings = Vec::new();
    for (name, facts) in own_stacks(world) {
        let Some(stack) = facts.stack.value() else { continue };
        let status = stack.status.as_str();
        let refused = matches!(status, "ROLLBACK_COMPLETE" | "CREATE_FAILED" | "ROLLBACK_FAILED");
        let is_main = Situation::of(world).stack().is_some_and(|own| std::ptr::eq(own, facts));
        if !refused && (told.is_empty() || !is_main) {
            continue;
        }
        let told_status = told.first().and_then(|hit| between(&hit.text, " is in ", " state"));
        let shown = if refused { status } else { told_status.unwrap_or(status) };
        let kind =
            StackFault::StackRefusesUpdates { stack: name.clone(), status: shown.to_owned() };
        let finding = Finding::new(
            kind,
            if told.is_empty() { Role::Symptom } else { Role::Cause },
            format!("The stack refuses every update: it is {shown}"),
            "A stack whose creation failed can only be deleted; one that is at work has to end first. Until then Elastic Beanstalk cannot change the environment.",
        );
        let mut finding = finding
            .on([name.as_str()])
            .weighing(52)
            .because(&facts.stack, format!("{name} is {status}"))
            .with(messages::evidence(&told));
        if let Some(event) = facts.events.items().iter().find(|event| is_own(facts, event)) {
            let reason = event.reason.as_deref().unwrap_or_default();
            finding = finding.because(&facts.events, format!("{}: {reason}", event.status));
        }
        findings.push(finding);
    }
    Ok(findings)
}
