//! `CFN-18` to `CFN-22` and `CFN-24` to `CFN-29`: faults that CloudFormation's own texts show.

use super::operation::first_failure;
use super::own_stacks;
use crate::check::situation::Situation;
use crate::check::told::{Words, between, hinted, proven};
use crate::check::{Evidence, Finding, Role, StackFault, messages};
use crate::world::{Environment, Gap, Property, Snapshot, StackName, SubnetId, UnreadableKind};

/// What CloudFormation allows for all environment properties together.
// Source: incident CFN-19, "length is greater than 4096".
const MOST_BYTES: usize = 4096;

fn stack_name(world: &Snapshot) -> StackName {
    world.environment.value().map(Environment::stack_name).unwrap_or_default()
}

/// `CFN-18`.
pub(super) fn not_yet_visible(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "CFN-18",
        title: "A security group could not be found right after it was made",
        explanation: "EC2 had made the group but did not show it everywhere yet when CloudFormation asked for it. That passes by itself: terminating and creating the environment again goes through.",
        weight: 80,
    };
    proven(world, &words, |_| StackFault::NotYetVisible { stack: stack_name(world) }.into())
}

/// `CFN-19`.
pub(super) fn properties(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let properties = world.settings.value().map_or(&[][..], |settings| &settings.properties);
    let bytes = length(properties);
    let told = messages::proofs(world, "CFN-19");
    if told.is_empty() && (bytes <= MOST_BYTES || !Situation::of(world).something_fails()) {
        world.settings.present()?;
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        StackFault::PropertiesTooLong { bytes },
        Role::Cause,
        "The environment's properties are too long for CloudFormation",
        "All properties together, written as NAME=value with commas between them, may have 4,096 bytes. The update was accepted by Elastic Beanstalk and refused by CloudFormation; trying again changes nothing. Long values belong in Parameter Store or Secrets Manager.",
    );
    let mut finding = finding.weighing(94).with(messages::evidence(&told));
    if world.settings.value().is_some() {
        let text = format!("{} properties have {bytes} bytes together", properties.len());
        finding = if bytes > MOST_BYTES {
            finding.because(&world.settings, text)
        } else {
            finding.although(&world.settings, text)
        };
    }
    Ok(vec![finding.on([stack_name(world)])])
}

/// The length of properties as CloudFormation gets them: `A=1,B=2`.
fn length(properties: &[Property]) -> usize {
    let own: usize = properties.iter().map(|property| property.bytes).sum();
    own + properties.len().saturating_sub(1)
}

/// `CFN-20`.
pub(super) fn spot_template(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "CFN-20",
        title: "The update's template is wrong: a fault of Elastic Beanstalk with Spot instances",
        explanation: "An immutable update with Spot instances in a VPC of one's own made a template that names a security group it does not have. Switching Spot off for the update (EnableSpot=false) gets around it.",
        weight: 93,
    };
    proven(world, &words, |_| StackFault::SpotTemplate {}.into())
}

/// `CFN-21`.
pub(super) fn group_name(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "CFN-21",
        title: "A resource of the application's configuration gives a group's name where its id is wanted",
        explanation: "A file in .ebextensions passes a security group by name (Ref) to an option that wants its id (Fn::GetAtt … GroupId). CloudFormation cannot make the resource and rolls the update back; the file has to be changed and deployed again.",
        weight: 93,
    };
    let first =
        own_stacks(world).into_iter().filter_map(|(_, facts)| first_failure(facts)).find(|event| {
            event.reason.as_deref().is_some_and(|reason| reason.contains("expecting \"sg-"))
        });
    let logical = first.map(|event| event.logical.clone());
    proven(world, &words, |_| StackFault::GroupNameForId { logical: logical.clone() }.into())
}

/// `CFN-22`.
pub(super) fn type_not_offered(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut findings = Vec::new();
    for (name, facts) in own_stacks(world) {
        let Some(event) = first_failure(facts) else { continue };
        let reason = event.reason.as_deref().unwrap_or_default();
        let low = reason.to_lowercase();
        let regional = low.contains("region")
            && ["not supported", "not available", "unsupported", "not offered"]
                .iter()
                .any(|word| low.contains(word));
        if !regional && !low.contains("unrecognized resource type")
            || !super::counts(world, facts, event)
        {
            continue;
        }
        let kind = StackFault::TypeNotOffered {
            stack: name.clone(),
            logical: event.logical.clone(),
            reason: reason.to_owned(),
        };
        let finding = Finding::new(
            kind,
            Role::Cause,
            "A resource of the application's configuration is not offered in this region",
            "The update was rolled back because the region does not have a type of resource that .ebextensions asks for. Elastic Beanstalk's own events only say \"Reason: null\"; the stack's events have the reason.",
        );
        findings.push(
            finding
                .on([name.as_str(), event.logical.as_str()])
                .weighing(94)
                .because(&facts.events, format!("{} ({}): {reason}", event.logical, event.kind))
                .with(messages::evidence(&messages::clues(world, "CFN-22"))),
        );
    }
    Ok(findings)
}

/// `CFN-24`.
pub(super) fn scheduled(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "CFN-24");
    let Some(first) = told.first() else { return Ok(Vec::new()) };
    let listed = between(&first.text, "scheduled action(s) [", "]").unwrap_or_default();
    let mut actions: Vec<String> =
        listed.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect();
    let groups = world.scaling.groups.items();
    let group = groups
        .iter()
        .map(|group| group.name.clone())
        .find(|name| first.text.contains(name.as_str()))
        .or_else(|| groups.first().map(|group| group.name.clone()))
        .or_else(|| {
            between(&first.text, "Auto Scaling group named: ", " failed").map(str::to_owned)
        })
        .unwrap_or_default();
    let there = world.scaling.scheduled.items().iter().filter(|(own, _)| *own == group);
    actions.extend(there.map(|(_, action)| action.clone()));
    actions.sort();
    actions.dedup();
    let finding = Finding::new(
        StackFault::ScheduledActions { group: group.clone(), actions: actions.clone() },
        Role::Cause,
        "Scheduled actions from outside Elastic Beanstalk block every update of the Auto Scaling group",
        "CloudFormation does not roll an update through a group that has scheduled actions of somebody else, for instance of an instance scheduler. They have to be suspended for the update, or deleted.",
    );
    let text = format!("scheduled actions of {group}: {}", actions.join(", "));
    Ok(vec![
        finding
            .on([group])
            .weighing(95)
            .with(messages::evidence(&told))
            .because(&world.scaling.scheduled, text),
    ])
}

/// `CFN-25`.
pub(super) fn balancer_option(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "CFN-25",
        title: "An option of the load balancer was refused when it was made",
        explanation: "Elastic Beanstalk accepted the option and Elastic Load Balancing did not. A rebuild uses the same option and ends the same way; it has to be corrected first.",
        weight: 93,
    };
    proven(world, &words, |hit| {
        let reason = between(&hit.text, "Reason: ", "").unwrap_or(&hit.text).to_owned();
        StackFault::BalancerOption { reason }.into()
    })
}

/// `CFN-26`.
pub(super) fn database_group(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "CFN-26",
        title: "The database's security group could not be made, so adding the database failed",
        explanation: "Either the database was given no fitting subnets (DBSubnets needs two in different zones), or whoever asked lacks the permission for RDS.",
        weight: 90,
    };
    let named = world.settings.value().map(|settings| settings.list("aws:ec2:vpc", "DBSubnets"));
    let subnets: Vec<SubnetId> = named.unwrap_or_default().into_iter().map(SubnetId).collect();
    proven(world, &words, |_| StackFault::DatabaseGroup { subnets: subnets.clone() }.into())
}

/// `CFN-27`.
pub(super) fn replaced(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "CFN-27",
        title: "Infrastructure as code wants to replace the environment instead of updating it",
        explanation: "A change of the solution stack's name or of the environment's tags makes CloudFormation replace the environment, which fails while the old one has the name and the address. Update the environment in place and leave CNAMEPrefix out.",
        weight: 85,
    };
    proven(world, &words, |hit| StackFault::ReplacedByCode { reason: hit.text.clone() }.into())
}

/// `CFN-29`.
pub(super) fn throttled(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let mut operations: Vec<String> = crate::check::gaps::unreadable(world)
        .into_iter()
        .filter(|(_, why)| why.kind == UnreadableKind::Throttled)
        .map(|(source, _)| source.operation.clone())
        .collect();
    operations.sort();
    operations.dedup();
    let kind = StackFault::Throttled { operations: operations.clone() };
    if operations.is_empty() {
        let words = Words {
            code: "CFN-29",
            title: "AWS asks to be asked less often",
            explanation: "Tools that ask AWS too often are refused for a while. The environment itself is not touched by that: ask less often, with pauses that grow.",
            weight: 20,
        };
        return hinted(world, &words, Role::Risk, |_| kind.clone().into());
    }
    let finding = Finding::new(
        kind,
        Role::Risk,
        "AWS asks to be asked less often, so part of the evidence is missing",
        "Some questions were refused because too many are asked in this account. The environment itself is not touched by that.",
    );
    let evidence = operations.into_iter().map(|operation| Evidence {
        supports: true,
        statement: format!("{operation} was throttled"),
        source: operation,
    });
    Ok(vec![finding.weighing(20).with(evidence)])
}
