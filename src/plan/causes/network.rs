//! What is done about faults of the network.

use crate::check::{Finding, NetworkFault};
use crate::plan::draft::{Draft, Proposal};
use crate::plan::{Action, DnsAttribute, VpcAction};
use crate::world::{SubnetId, VpcId};

use super::{egress, endpoints, filters};

const VPC: &str = "aws:ec2:vpc";

/// Plans what is done about a fault of the network.
#[expect(clippy::too_many_lines, reason = "one short arm for each finding")]
pub(super) fn mend(draft: &mut Draft<'_>, finding: &Finding, fault: &NetworkFault) {
    match fault {
        NetworkFault::NoEgress { vpc, subnets, lost, .. } => {
            egress::give_way_out(draft, finding, vpc, subnets, lost.as_ref(), None);
        }
        NetworkFault::SubnetWithoutEgress { subnets, sibling, lost, .. } => {
            let Some(vpc) = vpc_of(draft, subnets) else { return };
            let sibling = sibling.as_ref();
            egress::give_way_out(draft, finding, &vpc, subnets, lost.as_ref(), sibling);
        }
        NetworkFault::MainTableWithoutGateway { table, gateway, subnets, .. } => {
            egress::main_without_gateway(draft, finding, table, gateway, subnets);
        }
        NetworkFault::RouteBlackhole {
            tables, destination, target, living, public_subnet, ..
        } => {
            let (living, public) = (living.as_ref(), public_subnet.as_ref());
            egress::blackhole(draft, finding, tables, destination, target, living, public);
        }
        NetworkFault::NatInPrivateSubnet { nat, subnet, public_subnet, tables, .. }
        | NetworkFault::NatFailed { nat, subnet, public_subnet, tables, .. } => {
            let public = public_subnet.as_ref();
            egress::nat_elsewhere(draft, finding, nat, subnet, public, tables);
        }
        NetworkFault::GatewayMissing { vpc, gateway, tables } => {
            egress::attach_gateway(draft, finding, vpc, gateway.as_ref(), tables);
        }
        NetworkFault::NoPublicAddress { .. } => {
            draft.needs.set(VPC, "AssociatePublicIpAddress", "true", finding);
            draft.alternative(
                "Instances in private subnets behind a NAT gateway",
                "It costs by the hour and needs other subnets; the subnets these instances are in are public.",
            );
        }
        NetworkFault::FilterBlocks { blocks } | NetworkFault::TimeBlocked { blocks } => {
            filters::open(draft, finding, blocks);
        }
        NetworkFault::EndpointsMissing { vpc, services, subnets, tables, groups } => {
            endpoints::make(draft, finding, vpc, services, subnets, tables, groups);
        }
        NetworkFault::EndpointNameWrong { right, .. } => {
            let subnets = filters::instance_subnets(draft);
            let Some(vpc) = vpc_of(draft, &subnets) else { return };
            let services = [right.clone()];
            endpoints::make(draft, finding, &vpc, &services, &subnets, &[], &[]);
        }
        NetworkFault::EndpointWithoutDns { endpoint, .. } => {
            endpoints::name(draft, finding, endpoint);
        }
        NetworkFault::EndpointPolicyDenies { endpoint, .. } => {
            endpoints::open_policy(draft, finding, endpoint);
        }
        NetworkFault::EndpointGroupBlocks { groups, .. } => {
            if let Some(group) = groups.first() {
                filters::admit_instances(draft, finding, group, 443);
            }
        }
        NetworkFault::DnsDisabled { vpc, support, hostnames } => {
            switch_dns_on(draft, finding, vpc, *support, *hostnames);
        }
        NetworkFault::BalancerOneZone { candidates: subnets, .. }
        | NetworkFault::BalancerSubnetsShareZone { one_each: subnets, .. } => {
            balancer_subnets(draft, finding, subnets);
        }
        NetworkFault::NoDefaultVpc {} => {
            let action = Action::Vpc(VpcAction::CreateDefaultVpc {});
            draft.add_ground(Proposal::new(action, finding));
            draft.needs.rebuild(finding);
        }
        NetworkFault::DefaultSubnetMissing { zone } => {
            let action = Action::Vpc(VpcAction::CreateDefaultSubnet { zone: zone.clone() });
            draft.add_ground(Proposal::new(action, finding));
        }
        NetworkFault::InstanceSubnetsFull { subnets, candidates } => {
            more_subnets(draft, finding, subnets, candidates);
        }
        NetworkFault::ProxyOnly { subnets } => {
            let Some(vpc) = vpc_of(draft, subnets) else { return };
            egress::give_way_out(draft, finding, &vpc, subnets, None, None);
        }
        NetworkFault::VpcOptionsIncomplete { missing } => draft.ask_person(
            format!("Whoever keeps the environment must set {}", missing.join(", ")),
            "Which of the account's subnets are meant cannot be told from what is set.",
        ),
        NetworkFault::BalancerSubnetFull { subnet, free } => draft.ask_person(
            format!("Whoever keeps the VPC must free addresses in {subnet}, or name a bigger subnet of its zone"),
            format!("It has {free} free addresses and a load balancer needs 8; whose the others are cannot be told."),
        ),
        NetworkFault::PackagesUnreachable { .. } => draft.ask_person(
            "The application's team must put packages and images into the bundle or into AWS, or have a NAT gateway made",
            "What the application fetches is not among what the VPC's endpoints lead to.",
        ),
    }
    if draft.is_dealt_with(finding) {
        draft.needs.cut_off(finding);
    }
}

/// The VPC that subnets are in.
fn vpc_of(draft: &Draft<'_>, subnets: &[SubnetId]) -> Option<VpcId> {
    let all = draft.snapshot.network.subnets.items();
    let found = all.iter().find(|own| subnets.contains(&own.id)).map(|own| own.vpc.clone());
    let named = || draft.option(VPC, "VPCId").map(VpcId::from);
    let only = || draft.snapshot.network.vpcs.items().first().map(|vpc| vpc.id.clone());
    found.or_else(named).or_else(only)
}

/// Switches name resolution on; support first, because host names need it.
pub(super) fn switch_dns_on(
    draft: &mut Draft<'_>,
    finding: &Finding,
    vpc: &VpcId,
    support: bool,
    hostnames: bool,
) {
    let wanted = [(DnsAttribute::Support, support), (DnsAttribute::Hostnames, hostnames)];
    let mut before = Vec::new();
    for (attribute, _) in wanted.into_iter().filter(|(_, on)| !on) {
        let action = VpcAction::SetDns { vpc: vpc.clone(), attribute, on: true };
        let proposal = Proposal::new(Action::Vpc(action), finding).after(&before);
        before.push(draft.add_ground(proposal));
    }
}

fn balancer_subnets(draft: &mut Draft<'_>, finding: &Finding, subnets: &[SubnetId]) {
    if subnets.len() < 2 {
        draft.ask_person(
            "Whoever keeps the VPC must give it a second subnet in another Availability Zone",
            "A load balancer needs subnets in two zones, and no other subnet would do.",
        );
        return;
    }
    draft.needs.set(VPC, "ELBSubnets", &joined(subnets), finding);
    draft.alternative(
        "A new environment with these subnets, and a swap of names",
        "It is what AWS advises where the load balancer already serves: no downtime, but twice the cost for an hour, and a new environment id.",
    );
}

fn more_subnets(
    draft: &mut Draft<'_>,
    finding: &Finding,
    now: &[SubnetId],
    candidates: &[SubnetId],
) {
    if candidates.is_empty() {
        draft.ask_person(
            "Whoever keeps the VPC must add a subnet, or a second block of addresses",
            "The instances' subnets have no free addresses, and no other subnet has a way out and room.",
        );
        return;
    }
    let all: Vec<SubnetId> = now.iter().chain(candidates).cloned().collect();
    draft.needs.set(VPC, "Subnets", &joined(&all), finding);
}

/// Subnets as an option takes them.
pub(super) fn joined(subnets: &[SubnetId]) -> String {
    let ids: Vec<&str> = subnets.iter().map(SubnetId::as_str).collect();
    ids.join(",")
}
