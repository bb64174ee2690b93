//! `NET-08`, `NET-09`, `NET-10` and `NET-16`: addresses, filters and names.

use std::collections::BTreeSet;

use super::survey::Survey;
use crate::check::history;
use crate::check::situation::Situation;
use crate::check::{Finding, NetworkFault, Role, trail};
use crate::reach::{self, Block, Destination, FilterBlock};
use crate::world::{Gap, Snapshot, SubnetId};

/// `NET-08`.
pub(super) fn no_public_address(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    let is_it = |block: &Block| matches!(block, Block::NoPublicAddress { .. });
    let subnets = survey.subnets_with(is_it);
    let Some(Block::NoPublicAddress { gateway, .. }) = survey.blocks(is_it).into_iter().next()
    else {
        return survey.nothing();
    };
    let kind = NetworkFault::NoPublicAddress { subnets: subnets.clone(), gateway: gateway.clone() };
    let finding = Finding::new(
        kind,
        survey.role(&subnets, false),
        "The instances are in public subnets but have no public address, so they cannot reach AWS",
        "The default route of their subnets leads to an internet gateway, which passes packets only of senders that have a public address. The environment gives its instances none, and neither do the subnets.",
    );
    let mut finding =
        finding.on(&subnets).on([gateway.as_str()]).weighing(96).with(survey.drawn(&subnets));
    if let Some(settings) = world.settings.value() {
        let set = settings.get("aws:ec2:vpc", "AssociatePublicIpAddress").unwrap_or("unset");
        finding = finding.because(&world.settings, format!("AssociatePublicIpAddress is {set}"));
    }
    for subnet in subnets.iter().filter_map(|id| survey.view.subnet(id)).take(3) {
        let text = format!("{} has MapPublicIpOnLaunch={}", subnet.id, subnet.public_on_launch);
        finding = finding.because(&world.network.subnets, text);
    }
    let calls = ["ModifySubnetAttribute", "UpdateEnvironment"];
    let trigger = trail::trigger(world, &calls, subnets.iter().map(SubnetId::as_str));
    Ok(vec![finding.with(Situation::of(world).signs()).brought_about(trigger)])
}

/// `NET-09`.
pub(super) fn filter_blocks(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    let is_it = |block: &Block| matches!(block, Block::Filter(_));
    let subnets = survey.subnets_with(is_it);
    let filters = filters(survey.blocks(is_it));
    if filters.is_empty() {
        return survey.nothing();
    }
    let kind = NetworkFault::FilterBlocks { blocks: filters.clone() };
    let acl = filters.iter().any(|one| matches!(one, FilterBlock::Acl { .. }));
    let group = filters.iter().any(|one| matches!(one, FilterBlock::Groups { .. }));
    let what = match (acl, group) {
        (true, true) => "a network ACL and the security group stop it",
        (true, false) => "a network ACL stops it",
        (false, _) => "the security group lets nothing out",
    };
    let finding = Finding::new(
        kind,
        survey.role(&subnets, false),
        format!("The instances cannot reach AWS although the routes are right: {what}"),
        "Instances call AWS over HTTPS (TCP 443) and get their answers on the ports they called from (32768 to 60999). A network ACL knows no connections, so it must let both ways pass; a security group must let the call out. Opening inbound rules alone does not help.",
    );
    let ids = ids_of(&filters);
    let mut finding = finding.on(&ids).on(&subnets).weighing(95);
    for filter in filters.iter().take(4) {
        finding = match filter {
            FilterBlock::Acl { .. } => finding.because(&world.network.acls, filter.label()),
            FilterBlock::Groups { .. } => finding.because(&world.network.groups, filter.label()),
        };
    }
    let calls = [
        "CreateNetworkAclEntry",
        "ReplaceNetworkAclEntry",
        "DeleteNetworkAclEntry",
        "ReplaceNetworkAclAssociation",
        "RevokeSecurityGroupEgress",
        "ModifySecurityGroupRules",
    ];
    let trigger = trail::trigger(world, &calls, ids.iter().map(String::as_str));
    let finding = finding
        .with(survey.drawn(&subnets))
        .with(Situation::of(world).signs())
        .brought_about(trigger);
    Ok(vec![finding])
}

/// The filters among blocks, those of one ACL entry taken together over its subnets.
pub(in crate::check) fn filters(blocks: Vec<Block>) -> Vec<FilterBlock> {
    let mut all: Vec<FilterBlock> = Vec::new();
    for block in blocks {
        let Block::Filter(filter) = block else { continue };
        let twin = all.iter_mut().find(|known| same_entry(known, &filter));
        match (twin, &filter) {
            (Some(FilterBlock::Acl { subnets, .. }), FilterBlock::Acl { subnets: more, .. }) => {
                subnets.extend(more.iter().cloned());
                subnets.sort();
                subnets.dedup();
            }
            (Some(_), _) => {}
            (None, _) => all.push(filter),
        }
    }
    all
}

/// Whether two filters are the same but for the subnets they guard.
fn same_entry(one: &FilterBlock, other: &FilterBlock) -> bool {
    let bare = |filter: &FilterBlock| {
        let mut filter = filter.clone();
        if let FilterBlock::Acl { subnets, .. } = &mut filter {
            subnets.clear();
        }
        filter
    };
    bare(one) == bare(other)
}

/// The identifiers of what filters.
pub(in crate::check) fn ids_of(filters: &[FilterBlock]) -> Vec<String> {
    let ids: BTreeSet<String> = filters
        .iter()
        .flat_map(|filter| match filter {
            FilterBlock::Acl { acl, .. } => vec![acl.to_string()],
            FilterBlock::Groups { groups, .. } => groups.iter().map(ToString::to_string).collect(),
        })
        .collect();
    ids.into_iter().collect()
}

/// `NET-10`.
pub(super) fn time_blocked(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    if survey.places.iter().any(super::survey::Place::is_blocked) {
        return Ok(Vec::new());
    }
    let paths = survey
        .places
        .iter()
        .map(|place| reach::reach(&survey.view, &place.from, &Destination::time()));
    let blocks: Vec<Block> = paths
        .flat_map(|path| path.blocks().to_vec())
        .filter(|one| matches!(one, Block::Filter(_)))
        .collect();
    let filters = filters(blocks);
    let situation = Situation::of(world);
    let timeouts = situation
        .recent()
        .iter()
        .any(|event| event.message.contains("not responded in the allowed command timeout"));
    let silent = history::says_silence(
        world.health.value().and_then(|health| health.causes.first()).map_or("", String::as_str),
    ) || !situation.silent().is_empty();
    if filters.is_empty() || !(timeouts || silent) || situation.is_well() {
        return survey.nothing();
    }
    let ids = ids_of(&filters);
    let kind = NetworkFault::TimeBlocked { blocks: filters.clone() };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "Instances cannot ask a time server: UDP port 123 is stopped",
        "Elastic Beanstalk asks for UDP port 123 to be open both ways. When an instance's clock goes out of sync, its health reports and signed calls are refused, and commands seem to time out now and then. An image that asks Amazon's link-local clock (169.254.169.123) is not concerned: no rule can stop that one.",
    );
    let mut finding = finding.on(&ids).weighing(62);
    for filter in filters.iter().take(4) {
        finding = match filter {
            FilterBlock::Acl { .. } => finding.because(&world.network.acls, filter.label()),
            FilterBlock::Groups { .. } => finding.because(&world.network.groups, filter.label()),
        };
    }
    Ok(vec![finding.with(situation.signs())])
}

/// `NET-16`.
pub(super) fn dns_disabled(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    let names_off = |block: &Block| matches!(block, Block::NamesOff { .. });
    let nameless = |block: &Block| is_nameless_by_vpc(&survey, block);
    let mut subnets = survey.subnets_with(names_off);
    if subnets.is_empty() {
        subnets = survey.subnets_with(nameless);
    }
    if subnets.is_empty() {
        world.network.dns_support.present()?;
        return survey.nothing();
    }
    let network = &world.network;
    let support = network.dns_support.value().copied().unwrap_or(true);
    let hostnames = network.dns_hostnames.value().copied().unwrap_or(true);
    let vpc = survey.vpc();
    let kind = NetworkFault::DnsDisabled { vpc: vpc.clone(), support, hostnames };
    let finding = Finding::new(
        kind,
        survey.role(&subnets, false),
        "The VPC resolves no names, so instances cannot find AWS's services",
        "Instances look AWS's services up by name. The VPC's own resolver is switched off, or what stands in its place does not answer, or the names of the VPC endpoints are not given out because DNS host names are off.",
    );
    let mut finding = finding
        .on([vpc.as_str()])
        .weighing(97)
        .because(&network.dns_support, format!("enableDnsSupport is {support}"))
        .because(&network.dns_hostnames, format!("enableDnsHostnames is {hostnames}"));
    if support && hostnames {
        let servers: Vec<String> =
            network.dhcp_options.items().iter().flat_map(|one| one.name_servers.clone()).collect();
        let text = format!("the DHCP options name {}, where no interface is", servers.join(", "));
        finding = finding.because(&network.dhcp_options, text);
    }
    let calls = ["ModifyVpcAttribute", "AssociateDhcpOptions"];
    let trigger = trail::trigger(world, &calls, [vpc.as_str()]);
    Ok(vec![finding.with(Situation::of(world).signs()).brought_about(trigger)])
}

/// Whether an endpoint has private DNS and the VPC's attributes keep it from working.
pub(super) fn is_nameless_by_vpc(survey: &Survey<'_>, block: &Block) -> bool {
    let Block::EndpointWithoutDns { endpoint, .. } = block else { return false };
    let all = survey.world.network.endpoints.items();
    all.iter().any(|one| &one.id == endpoint && one.private_dns)
}
