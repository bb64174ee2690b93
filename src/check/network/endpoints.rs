//! `NET-11` to `NET-15`: VPC endpoints.

use std::collections::BTreeSet;

use super::no_egress;
use super::rules::is_nameless_by_vpc;
use super::survey::Survey;
use crate::check::situation::Situation;
use crate::check::{Finding, NetworkFault, Role, trail};
use crate::reach::{Block, Destination};
use crate::world::{Gap, GroupId, Snapshot};

/// `NET-11`.
pub(super) fn missing(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    let down: BTreeSet<String> = survey
        .blocks(|block| matches!(block, Block::EndpointDown { .. }))
        .into_iter()
        .filter_map(|block| {
            let Block::EndpointDown { service, .. } = block else { return None };
            Some(service)
        })
        .collect();
    let without = no_egress::without_route(&survey);
    let mut services = down;
    if !without.is_empty() && no_egress::is_endpoints(&survey) {
        services.extend(unserved(&survey));
    }
    if services.is_empty() {
        return survey.nothing();
    }
    let subnets = survey.subnets_with(|_| true);
    let services: Vec<String> = services.into_iter().collect();
    let kind = NetworkFault::EndpointsMissing {
        vpc: survey.vpc(),
        services: services.clone(),
        subnets: subnets.clone(),
        tables: survey.tables(&subnets),
        groups: groups_of_others(&survey),
    };
    let finding = Finding::new(
        kind,
        survey.role(&subnets, false),
        format!(
            "The instances have no way to {}: its VPC endpoint is missing",
            services.join(", ")
        ),
        "Nothing leads out of the subnets to the internet, so each AWS service that instances need must have an endpoint in the VPC. Some have one and these have not. The endpoint of Elastic Beanstalk alone is not enough: health, S3, CloudFormation and, for workers, SQS need theirs.",
    );
    let there: Vec<&str> =
        world.network.endpoints.items().iter().map(|one| one.service.as_str()).collect();
    let network = &world.network;
    let calls = ["DeleteVpcEndpoints", "ModifyVpcEndpoint"];
    let ids = services.iter().map(String::as_str).chain([]);
    let vpc = survey.vpc();
    let trigger = trail::trigger(world, &calls, ids.chain([vpc.as_str()]))
        .or_else(|| deleted_endpoint(world));
    Ok(vec![
        finding
            .on([vpc.as_str()])
            .on(&subnets)
            .weighing(95)
            .because(&network.endpoints, format!("the VPC has endpoints for {}", list(&there)))
            .with(survey.drawn(&subnets))
            .with(Situation::of(world).signs())
            .brought_about(trigger),
    ])
}

fn list(items: &[&str]) -> String {
    if items.is_empty() { "nothing".to_owned() } else { items.join(", ") }
}

/// Services that cannot be reached and have no endpoint at all.
fn unserved(survey: &Survey<'_>) -> Vec<String> {
    let vpc = survey.vpc();
    let blocked = survey.places.iter().flat_map(|place| &place.paths).filter_map(|(to, path)| {
        let Destination::Service(name) = to else { return None };
        let unrouted = path.blocks().iter().any(|block| matches!(block, Block::NoRoute { .. }));
        let none = survey.view.endpoints_for(&vpc, name).is_empty()
            || name == "s3"
                && !path.blocks().iter().any(|one| matches!(one, Block::EndpointWithoutDns { .. }));
        (unrouted && none).then(|| name.clone())
    });
    let all: BTreeSet<String> = blocked.collect();
    all.into_iter().collect()
}

/// Groups of the endpoints that are there, for the new ones.
fn groups_of_others(survey: &Survey<'_>) -> Vec<GroupId> {
    let vpc = survey.vpc();
    let all = survey.world.network.endpoints.items().iter().filter(|one| one.vpc == vpc);
    let groups: BTreeSet<GroupId> = all.flat_map(|one| one.groups.iter().cloned()).collect();
    groups.into_iter().collect()
}

fn deleted_endpoint(world: &Snapshot) -> Option<crate::check::Trigger> {
    let event = trail::latest_call(world, &["DeleteVpcEndpoints"])?;
    let id = trail::asked(event, "vpcEndpointId").or_else(|| trail::asked(event, "content"));
    Some(trail::told(event, id.unwrap_or("an endpoint")))
}

/// `NET-12`.
pub(super) fn without_dns(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    let mut findings = Vec::new();
    let is_it = |block: &Block| {
        matches!(block, Block::EndpointWithoutDns { .. }) && !is_nameless_by_vpc(&survey, block)
    };
    for block in survey.blocks(is_it) {
        let Block::EndpointWithoutDns { endpoint, service } = &block else { continue };
        let subnets = survey.subnets_with(|own| own == &block);
        let kind = NetworkFault::EndpointWithoutDns {
            endpoint: endpoint.clone(),
            service: service.clone(),
        };
        let title = format!("The VPC endpoint for {service} is there, but its private DNS is off");
        let explanation = "Instances ask for the service by its public name. Without private DNS that name leads to public addresses, which nothing in these subnets reaches; the endpoint stands unused.";
        let text = format!("{endpoint} has PrivateDnsEnabled=false");
        let trigger =
            trail::trigger(world, &["ModifyVpcEndpoint", "CreateVpcEndpoint"], [endpoint.as_str()]);
        findings.push(
            Finding::new(kind, survey.role(&subnets, false), title, explanation)
                .on([endpoint.as_str()])
                .on(&subnets)
                .weighing(96)
                .because(&world.network.endpoints, text)
                .with(survey.drawn(&subnets))
                .with(Situation::of(world).signs())
                .brought_about(trigger),
        );
    }
    if findings.is_empty() { survey.nothing() } else { Ok(findings) }
}

/// `NET-13`.
pub(super) fn policy_denies(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    let mut findings = Vec::new();
    for block in survey.blocks(|block| matches!(block, Block::EndpointPolicy { .. })) {
        let Block::EndpointPolicy { endpoint, service, policy } = &block else { continue };
        let subnets = survey.subnets_with(|own| own == &block);
        let kind = NetworkFault::EndpointPolicyDenies {
            endpoint: endpoint.clone(),
            service: service.clone(),
            policy: policy.clone(),
        };
        let title =
            format!("The policy of the VPC endpoint for {service} denies what instances need");
        let explanation = "What goes through an endpoint must be allowed by the endpoint's own policy too, whatever the instance profile allows. The S3 endpoint has to let pass the buckets elasticbeanstalk-<region>-<account>, elasticbeanstalk-platform-assets-<region> and elasticbeanstalk-env-resources-<region>. Widening the instance profile does not help.";
        let trigger =
            trail::trigger(world, &["ModifyVpcEndpoint", "CreateVpcEndpoint"], [endpoint.as_str()]);
        findings.push(
            Finding::new(kind, survey.role(&subnets, false), title, explanation)
                .on([endpoint.as_str()])
                .on(&subnets)
                .weighing(95)
                .because(&world.network.endpoints, format!("the policy of {endpoint}: {policy}"))
                .with(Situation::of(world).signs())
                .brought_about(trigger),
        );
    }
    if findings.is_empty() { survey.nothing() } else { Ok(findings) }
}

/// `NET-14`.
pub(super) fn groups_block(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    let mut done: Vec<Vec<GroupId>> = Vec::new();
    let mut findings = Vec::new();
    for block in survey.blocks(|block| matches!(block, Block::EndpointGroups { .. })) {
        let Block::EndpointGroups { endpoint, service, groups } = &block else { continue };
        // One rule in a group opens every endpoint that carries it.
        if done.contains(groups) {
            continue;
        }
        done.push(groups.clone());
        let subnets = survey.subnets_with(|own| own == &block);
        let from: BTreeSet<GroupId> =
            survey.places.iter().flat_map(|place| place.from.groups.iter().cloned()).collect();
        let kind = NetworkFault::EndpointGroupBlocks {
            endpoint: endpoint.clone(),
            service: service.clone(),
            groups: groups.clone(),
            from: from.into_iter().collect(),
        };
        let title = format!("The VPC endpoint for {service} does not admit the instances");
        let explanation = "The endpoint is there and its name leads to it, but none of its security groups has a rule that admits TCP 443 from the instances or their subnets. Calls time out as if the endpoint were missing.";
        let calls = ["RevokeSecurityGroupIngress", "ModifySecurityGroupRules", "ModifyVpcEndpoint"];
        let ids = groups.iter().map(GroupId::as_str).chain([endpoint.as_str()]);
        findings.push(
            Finding::new(kind, survey.role(&subnets, false), title, explanation)
                .on([endpoint.as_str()])
                .on(groups)
                .on(&subnets)
                .weighing(95)
                .because(&world.network.groups, block.label())
                .with(survey.drawn(&subnets))
                .with(Situation::of(world).signs())
                .brought_about(trail::trigger(world, &calls, ids)),
        );
    }
    if findings.is_empty() { survey.nothing() } else { Ok(findings) }
}

/// `NET-15`: only who asked for the endpoint sees this; the trail keeps the refused call.
pub(super) fn name_wrong(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let trail = world.trail.present()?.map_or(&[][..], Vec::as_slice);
    let region = &world.region;
    let used = format!("com.amazonaws.{region}.elasticbeanstalk.health");
    let right = format!("com.amazonaws.{region}.elasticbeanstalk-health");
    let refused = trail.iter().find(|event| {
        event.name == "CreateVpcEndpoint"
            && event.error.is_some()
            && trail::asked(event, "serviceName") == Some(used.as_str())
    });
    let is_there = world.network.endpoints.items().iter().any(|one| one.service == right);
    let Some(event) = refused.filter(|_| !is_there) else { return Ok(Vec::new()) };
    // Where there is another way to the service the endpoint is not missed.
    let survey = Survey::of(world)?;
    let health = Destination::service("elasticbeanstalk-health");
    let mut ways = survey.places.iter().flat_map(|place| &place.paths);
    if !ways.any(|(to, path)| *to == health && !path.blocks().is_empty()) {
        return survey.nothing();
    }
    let kind = NetworkFault::EndpointNameWrong { used: used.clone(), right: right.clone() };
    let role = if Situation::of(world).something_fails() { Role::Cause } else { Role::Risk };
    let finding = Finding::new(
        kind,
        role,
        "The endpoint for health was asked for under a name that does not exist",
        "The service is named elasticbeanstalk-health, with a dash. The call with a dot was refused, so the VPC has no endpoint for health and instances in private subnets never report.",
    );
    Ok(vec![
        finding
            .on([used.as_str()])
            .weighing(96)
            .because(
                &world.trail,
                format!(
                    "{} asked for {used}: {}",
                    event.user,
                    event.error.as_deref().unwrap_or_default()
                ),
            )
            .because(&world.network.endpoints, format!("there is no endpoint for {right}")),
    ])
}
