//! `NET-03`, `NET-05`, `NET-06` and `NET-07`: a route is there, but what it leads to is not.

use super::no_egress;
use super::survey::Survey;
use crate::check::situation::Situation;
use crate::check::{Finding, NetworkFault, Role, trail};
use crate::reach::Block;
use crate::world::network::{Destination, NatGateway, Target};
use crate::world::{Gap, InternetGatewayId, RouteTableId, Snapshot, SubnetId};

fn is_nat_failed(survey: &Survey<'_>, target: &Target) -> bool {
    match target {
        Target::NatGateway(id) => survey.view.nat(id).is_some_and(|nat| nat.state == "failed"),
        Target::Local
        | Target::InternetGateway(_)
        | Target::Instance(_)
        | Target::Interface(_)
        | Target::Peering(_)
        | Target::TransitGateway(_)
        | Target::Endpoint(_)
        | Target::EgressOnly(_)
        | Target::Other(_) => false,
    }
}

/// The route that is dead: its tables, destination and target.
fn dead(block: &Block) -> Option<(RouteTableId, Destination, Target)> {
    if let Block::Blackhole { table, destination, target } = block {
        return Some((table.clone(), destination.clone(), target.clone()));
    }
    let Block::NatDown { table, nat, .. } = block else { return None };
    let everything = Destination::Cidr("0.0.0.0/0".parse().ok()?);
    Some((table.clone(), everything, Target::NatGateway(nat.clone())))
}

/// `NET-03`.
pub(super) fn blackhole(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    let mut findings: Vec<Finding> = Vec::new();
    let mut done: Vec<Target> = Vec::new();
    for (table, destination, target) in survey.blocks(|_| true).iter().filter_map(dead) {
        let gateway = matches!(target, Target::InternetGateway(_));
        if gateway || is_nat_failed(&survey, &target) || done.contains(&target) {
            continue;
        }
        let subnets =
            survey.subnets_with(|block| dead(block).is_some_and(|(_, _, own)| own == target));
        let tables: Vec<RouteTableId> = survey
            .blocks(|_| true)
            .iter()
            .filter_map(dead)
            .filter(|(_, _, own)| *own == target)
            .map(|(table, _, _)| table)
            .collect();
        findings.push(gone(&survey, (&table, tables), destination, &target, &subnets));
        done.push(target);
    }
    if findings.is_empty() { survey.nothing() } else { Ok(findings) }
}

fn gone(
    survey: &Survey<'_>,
    (table, mut tables): (&RouteTableId, Vec<RouteTableId>),
    destination: Destination,
    target: &Target,
    subnets: &[SubnetId],
) -> Finding {
    tables.sort();
    tables.dedup();
    let world = survey.world;
    let living = survey.living_nat(subnets).filter(|nat| nat.id.as_str() != target.id());
    let zone = subnets.first().and_then(|id| survey.view.subnet(id)).map(|one| one.zone.as_str());
    let kind = NetworkFault::RouteBlackhole {
        tables: tables.clone(),
        destination,
        target: target.clone(),
        subnets: subnets.to_vec(),
        living: living.map(|nat| nat.id.clone()),
        public_subnet: survey.public_subnet(zone),
    };
    let what = match target {
        Target::NatGateway(_) => "the NAT gateway is gone",
        Target::Instance(_) | Target::Interface(_) => "the machine that forwarded packets is gone",
        Target::Local
        | Target::InternetGateway(_)
        | Target::Peering(_)
        | Target::TransitGateway(_)
        | Target::Endpoint(_)
        | Target::EgressOnly(_)
        | Target::Other(_) => "the default route's target is gone",
    };
    let title = format!("The instances cannot reach AWS: {what} and the route leads nowhere");
    let explanation = "The default route of the instances' subnets names a target that is not there any more; packets vanish (AWS calls the route a blackhole). Instances that run may go on serving for a while, but nothing is heard of them, and new ones never report. A rebuild meets the same route.";
    let role = survey.role(subnets, true);
    let mut finding = Finding::new(kind, role, title, explanation)
        .on(subnets)
        .on(&tables)
        .on([target.id()])
        .weighing(97);
    if let Some(table) = survey.view.table(table) {
        let text = format!("{} has {}", table.id, no_egress::routes_of(table));
        finding = finding.because(&world.network.route_tables, text);
    }
    if let Target::NatGateway(id) = target {
        let text = match survey.view.nat(id) {
            Some(nat) => format!("{id} is {}", nat.state),
            None => format!("{id} is not there any more"),
        };
        finding = finding.because(&world.network.nat_gateways, text);
    }
    let calls = [
        "DeleteNatGateway",
        "TerminateInstances",
        "DeleteNetworkInterface",
        "DeleteTransitGatewayVpcAttachment",
        "ReplaceRoute",
    ];
    finding
        .with(survey.drawn(subnets))
        .with(Situation::of(world).signs())
        .brought_about(trail::trigger(world, &calls, [target.id()]))
}

/// `NET-05`.
pub(super) fn nat_in_private_subnet(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    let stranded = survey.blocks(|block| matches!(block, Block::NatStranded { .. }));
    let Some(gateway) = survey.attached_gateway() else { return survey.nothing() };
    let mut findings = Vec::new();
    for block in stranded {
        let Block::NatStranded { nat, subnet, table } = &block else { continue };
        let subnets = survey.subnets_with(|own| own == &block);
        let zone = survey.view.subnet(subnet).map(|one| one.zone.as_str());
        let kind = NetworkFault::NatInPrivateSubnet {
            nat: nat.clone(),
            subnet: subnet.clone(),
            table: table.clone(),
            gateway: Some(gateway.id.clone()),
            public_subnet: survey.public_subnet(zone),
            tables: survey.tables_to(nat.as_str()),
        };
        let finding = Finding::new(
            kind,
            survey.role(&subnets, false),
            "The NAT gateway stands in a subnet that has no way to the internet itself",
            "A NAT gateway passes packets on by the route table of its own subnet. That table does not lead to the internet gateway, so everything the instances send ends there, although the gateway says that it is available.",
        );
        let routes = survey.view.table(table).map(no_egress::routes_of).unwrap_or_default();
        let network = &world.network;
        let calls = [
            "CreateNatGateway",
            "ReplaceRouteTableAssociation",
            "DisassociateRouteTable",
            "DeleteRoute",
            "ReplaceRoute",
        ];
        findings.push(
            finding
                .on([nat.as_str(), subnet.as_str(), table.as_str()])
                .on(&subnets)
                .weighing(96)
                .because(&network.nat_gateways, format!("{nat} stands in {subnet}"))
                .because(
                    &network.route_tables,
                    format!("{subnet} uses {table}, which has {routes}"),
                )
                .with(survey.drawn(&subnets))
                .with(Situation::of(world).signs())
                .brought_about(trail::trigger(world, &calls, [nat.as_str(), table.as_str()])),
        );
    }
    if findings.is_empty() { survey.nothing() } else { Ok(findings) }
}

/// `NET-06`.
pub(super) fn nat_failed(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    let without = no_egress::without_route(&survey);
    let routed = survey.subnets_with(|block| {
        dead(block).is_some_and(|(_, _, target)| is_nat_failed(&survey, &target))
    });
    let unrouted = no_egress::is_failed_nat(&survey) && !without.is_empty();
    let subnets = if routed.is_empty() && unrouted { without } else { routed };
    if subnets.is_empty() {
        return survey.nothing();
    }
    let vpc = survey.vpc();
    let nats = world.network.nat_gateways.items().iter();
    let failed: Vec<&NatGateway> =
        nats.filter(|nat| nat.state == "failed" && nat.vpc == vpc).collect();
    Ok(failed.first().map(|nat| failed_nat(&survey, nat, &subnets)).into_iter().collect())
}

fn failed_nat(survey: &Survey<'_>, nat: &NatGateway, subnets: &[SubnetId]) -> Finding {
    let (code, text) = nat.failure.clone().unwrap_or_default();
    let mut tables = survey.tables_to(nat.id.as_str());
    if tables.is_empty() {
        tables = survey.tables(subnets);
    }
    let zone = survey.view.subnet(&nat.subnet).map(|one| one.zone.as_str());
    let kind = NetworkFault::NatFailed {
        nat: nat.id.clone(),
        subnet: nat.subnet.clone(),
        failure_code: code.clone(),
        failure: text.clone(),
        public_subnet: survey.public_subnet(zone),
        tables: tables.clone(),
    };
    let finding = Finding::new(
        kind,
        survey.role(subnets, true),
        "The NAT gateway could not be made, so the instances have no way out",
        "AWS gave up making the NAT gateway and keeps the failed one listed for about an hour. What AWS says of the failure has to be put right; then a new gateway and a route to it are needed.",
    );
    finding
        .on([nat.id.as_str(), nat.subnet.as_str()])
        .on(&tables)
        .on(subnets)
        .weighing(97)
        .because(
            &survey.world.network.nat_gateways,
            format!("{} is failed: {code}: {text}", nat.id),
        )
        .with(survey.drawn(subnets))
        .with(Situation::of(survey.world).signs())
        .brought_about(trail::trigger(survey.world, &["CreateNatGateway"], [nat.id.as_str()]))
}

/// `NET-07`.
pub(super) fn gateway_missing(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    let subnets = survey.subnets_with(lacks_gateway);
    let gateways = world.network.internet_gateways.present()?;
    let gone = gateways.is_none() || survey.attached_gateway().is_none();
    if !subnets.is_empty() && gone {
        return Ok(vec![no_gateway(&survey, &subnets)]);
    }
    Ok(balancer_cut_off(&survey, gone).into_iter().collect())
}

fn lacks_gateway(block: &Block) -> bool {
    matches!(
        block,
        Block::GatewayDetached { .. }
            | Block::NatStranded { .. }
            | Block::Blackhole { target: Target::InternetGateway(_), .. }
    )
}

fn no_gateway(survey: &Survey<'_>, subnets: &[SubnetId]) -> Finding {
    let world = survey.world;
    let loose = loose_gateway(survey);
    let tables = tables_to_gateways(survey);
    let kind = NetworkFault::GatewayMissing {
        vpc: survey.vpc(),
        gateway: loose.clone(),
        tables: tables.clone(),
    };
    let finding = Finding::new(
        kind,
        survey.role(subnets, true),
        "The VPC has no internet gateway any more, so nothing gets out or in",
        "Public subnets and NAT gateways need an internet gateway that is attached to the VPC. None is: the routes to it are dead, the site is unreachable from outside and the instances are unheard of.",
    );
    let vpc = survey.vpc();
    let calls = ["DetachInternetGateway", "DeleteInternetGateway"];
    let ids: Vec<String> = loose.iter().map(ToString::to_string).chain([vpc.to_string()]).collect();
    let mut finding = finding.on([vpc.as_str()]).on(&loose).on(&tables).weighing(99).because(
        &world.network.internet_gateways,
        format!("no internet gateway is attached to {vpc}"),
    );
    for id in tables.iter().take(3) {
        if let Some(table) = survey.view.table(id) {
            let text = format!("{id} has {}", no_egress::routes_of(table));
            finding = finding.because(&world.network.route_tables, text);
        }
    }
    finding
        .with(survey.drawn(subnets))
        .with(Situation::of(world).signs())
        .brought_about(trail::trigger(world, &calls, ids.iter().map(String::as_str)))
}

/// The gateway that routes still name and that is loose, or the one the trail saw detached.
fn loose_gateway(survey: &Survey<'_>) -> Option<InternetGatewayId> {
    let gateways = survey.world.network.internet_gateways.items();
    let loose: Vec<_> = gateways.iter().filter(|gateway| gateway.vpc.is_none()).collect();
    let named = loose.iter().find(|gateway| !survey.tables_to(gateway.id.as_str()).is_empty());
    let detached = trail::latest_call(survey.world, &["DetachInternetGateway"])
        .and_then(|event| trail::asked(event, "internetGatewayId"));
    let told = loose.iter().find(|gateway| Some(gateway.id.as_str()) == detached);
    named.or(told).map(|gateway| gateway.id.clone())
}

fn tables_to_gateways(survey: &Survey<'_>) -> Vec<RouteTableId> {
    let vpc = survey.vpc();
    let tables = survey.world.network.route_tables.items().iter();
    tables
        .filter(|table| {
            let leads = |target: &Target| matches!(target, Target::InternetGateway(_));
            table.vpc == vpc && table.routes.iter().any(|route| leads(&route.target))
        })
        .map(|table| table.id.clone())
        .collect()
}

/// Instances get out by endpoints, but visitors cannot get in: the load balancer's subnets have
/// lost the gateway.
fn balancer_cut_off(survey: &Survey<'_>, gone: bool) -> Option<Finding> {
    let world = survey.world;
    let facing = world.balancing.load_balancers.items().iter();
    let public = facing.filter(|one| one.scheme.as_deref() == Some("internet-facing")).count() > 0;
    let dead = tables_to_gateways(survey).into_iter().filter(|id| {
        survey.view.table(id).is_some_and(|table| {
            table
                .routes
                .iter()
                .any(|route| route.blackhole && matches!(route.target, Target::InternetGateway(_)))
        })
    });
    let tables: Vec<RouteTableId> = dead.collect();
    let known = world.network.internet_gateways.value().is_some();
    if !(gone && known && public && !tables.is_empty()) {
        return None;
    }
    let mut finding = no_gateway(survey, &[]);
    finding.role = Role::Cause;
    Some(finding)
}
