//! VPC endpoints: made, opened, named.

use std::collections::BTreeMap;

use crate::check::Finding;
use crate::plan::draft::{Draft, Proposal};
use crate::plan::{Action, EndpointAction};
use crate::world::{EndpointId, GroupId, RouteTableId, SubnetId, VpcId};

use super::filters::admit_instances;

/// Makes the endpoints that are missing.
pub(super) fn make(
    draft: &mut Draft<'_>,
    finding: &Finding,
    vpc: &VpcId,
    services: &[String],
    subnets: &[SubnetId],
    tables: &[RouteTableId],
    groups: &[GroupId],
) {
    let interface = services.iter().any(|service| service != "s3");
    let groups = if interface { admitting(draft, finding, vpc, groups) } else { Vec::new() };
    for service in services {
        let full = if service.starts_with("com.amazonaws.") {
            service.clone()
        } else {
            format!("com.amazonaws.{}.{service}", draft.snapshot.region)
        };
        let is_gateway = full.rsplit('.').next() == Some("s3");
        let there = draft.snapshot.network.endpoints.items().iter().find(|own| {
            own.service == full && own.kind == "Gateway" && is_gateway && own.vpc == *vpc
        });
        let action = if let Some(there) = there {
            let missing = tables.iter().filter(|table| !there.route_tables.contains(table));
            let add: Vec<RouteTableId> = missing.cloned().collect();
            EndpointAction::SetTables { endpoint: there.id.clone(), add, remove: Vec::new() }
        } else if is_gateway {
            EndpointAction::Create {
                vpc: vpc.clone(),
                service: full,
                subnets: Vec::new(),
                groups: Vec::new(),
                tables: tables.to_vec(),
            }
        } else {
            EndpointAction::Create {
                vpc: vpc.clone(),
                service: full,
                subnets: one_a_zone(draft, subnets),
                groups: groups.clone(),
                tables: Vec::new(),
            }
        };
        draft.add_ground(Proposal::new(Action::Endpoint(action), finding));
    }
    draft.alternative(
        "A NAT gateway in place of endpoints",
        "It lets out everything, not only what AWS needs; the VPC was built without one.",
    );
}

/// Groups that admit the instances on 443: those of other endpoints, else the VPC's default group
/// with a rule for the instances' subnets.
fn admitting(
    draft: &mut Draft<'_>,
    finding: &Finding,
    vpc: &VpcId,
    groups: &[GroupId],
) -> Vec<GroupId> {
    if !groups.is_empty() {
        return groups.to_vec();
    }
    let all = draft.snapshot.network.groups.items();
    let default = all.iter().find(|own| own.name == "default" && own.vpc.as_ref() == Some(vpc));
    let Some(default) = default.map(|own| own.id.clone()) else { return Vec::new() };
    admit_instances(draft, finding, &default, 443);
    vec![default]
}

/// An interface endpoint takes one subnet of each zone.
fn one_a_zone(draft: &Draft<'_>, subnets: &[SubnetId]) -> Vec<SubnetId> {
    let all = draft.snapshot.network.subnets.items();
    let mut by_zone: BTreeMap<&str, SubnetId> = BTreeMap::new();
    for subnet in all.iter().filter(|own| subnets.contains(&own.id)) {
        by_zone.entry(subnet.zone.as_str()).or_insert_with(|| subnet.id.clone());
    }
    by_zone.into_values().collect()
}

/// Makes a service's own name lead to its endpoint.
pub(super) fn name(draft: &mut Draft<'_>, finding: &Finding, endpoint: &EndpointId) {
    let action = EndpointAction::SetPrivateDns { endpoint: endpoint.clone(), on: true };
    draft.add_ground(Proposal::new(Action::Endpoint(action), finding));
}

/// Gives an endpoint AWS's own policy.
pub(super) fn open_policy(draft: &mut Draft<'_>, finding: &Finding, endpoint: &EndpointId) {
    let action = EndpointAction::SetPolicy { endpoint: endpoint.clone(), policy: None };
    draft.add_ground(Proposal::new(Action::Endpoint(action), finding));
    draft.alternative(
        format!("A policy of {endpoint} that allows just what Elastic Beanstalk needs"),
        "Which buckets and actions the application needs besides is not known here; the policy it has is recorded, so that it can be given back and widened by whoever wrote it.",
    );
}
