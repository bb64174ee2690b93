//! `NET-01`, `NET-02` and `NET-04`: subnets whose route table leads nowhere.

use super::lost_table::{self, Known};
use super::survey::Survey;
use crate::check::situation::Situation;
use crate::check::{Finding, NetworkFault, Role};
use crate::reach::Block;
use crate::world::network::RouteTable;
use crate::world::{Clue, Gap, Snapshot, SubnetId};

/// Which of the faults of a missing route it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    All,
    MainTable,
    Some,
    NatFailed,
    Endpoints,
    Proxy,
}

/// `NET-01`.
pub(super) fn all(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    run(world, Sort::All)
}

/// `NET-02`.
pub(super) fn main_table(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    run(world, Sort::MainTable)
}

/// `NET-04`.
pub(super) fn some(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    run(world, Sort::Some)
}

/// `NET-24`.
pub(super) fn proxy(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    run(world, Sort::Proxy)
}

/// Whether the missing route is another check's business.
pub(super) fn is_failed_nat(survey: &Survey<'_>) -> bool {
    sort_of(survey, &without_route(survey), None) == Sort::NatFailed
}

/// Whether the VPC is one of endpoints, so that what is missing is an endpoint.
pub(super) fn is_endpoints(survey: &Survey<'_>) -> bool {
    sort_of(survey, &without_route(survey), None) == Sort::Endpoints
}

pub(super) fn without_route(survey: &Survey<'_>) -> Vec<SubnetId> {
    survey.subnets_with(
        |block| matches!(block, Block::NoRoute { destination, .. } if destination == "0.0.0.0/0"),
    )
}

fn run(world: &Snapshot, wanted: Sort) -> Result<Vec<Finding>, Gap> {
    let survey = Survey::of(world)?;
    let subnets = without_route(&survey);
    if subnets.is_empty() {
        return survey.nothing();
    }
    let known = lost_table::find(&survey, &subnets);
    if sort_of(&survey, &subnets, known.as_ref()) != wanted {
        return Ok(Vec::new());
    }
    let role = survey.role(&subnets, false);
    let finding = match wanted {
        Sort::All => no_egress(&survey, &subnets, role, known),
        Sort::MainTable => without_gateway(&survey, &subnets, role),
        Sort::Some => some_without(&survey, &subnets, role, known),
        Sort::Proxy => proxy_only(&survey, &subnets, role),
        Sort::NatFailed | Sort::Endpoints => return Ok(Vec::new()),
    };
    Ok(finding.into_iter().collect())
}

fn sort_of(survey: &Survey<'_>, subnets: &[SubnetId], known: Option<&Known>) -> Sort {
    let taken_away = known.is_some_and(|known| known.trigger.is_some());
    if !subnets.is_empty() && subnets.len() < survey.places.len() {
        return Sort::Some;
    }
    if taken_away {
        return Sort::All;
    }
    let vpc = survey.vpc();
    let nats: Vec<_> =
        survey.world.network.nat_gateways.items().iter().filter(|nat| nat.vpc == vpc).collect();
    let alive = |state: &str| matches!(state, "available" | "pending");
    if nats.iter().any(|nat| nat.state == "failed") && !nats.iter().any(|nat| alive(&nat.state)) {
        return Sort::NatFailed;
    }
    let for_beanstalk = ["elasticbeanstalk", "elasticbeanstalk-health"];
    if for_beanstalk.iter().any(|name| !survey.view.endpoints_for(&vpc, name).is_empty()) {
        return Sort::Endpoints;
    }
    let properties = survey.world.settings.value().map_or(&[][..], |all| &all.properties);
    if properties.iter().any(|property| property.clues.contains(&Clue::Proxy)) {
        return Sort::Proxy;
    }
    if looks_public(survey, subnets) { Sort::MainTable } else { Sort::All }
}

/// Whether the subnets are meant to be public: they use the main table, a gateway is attached,
/// and either no table at all leads to it or instances get public addresses.
fn looks_public(survey: &Survey<'_>, subnets: &[SubnetId]) -> bool {
    let Some(gateway) = survey.attached_gateway() else { return false };
    let implicit = subnets.iter().all(|id| !survey.view.has_own_table(id));
    let addressed = survey.places.iter().all(|place| place.from.public_address == Some(true));
    implicit
        && (addressed || survey.tables_to(gateway.id.as_str()).is_empty())
        && survey.living_nat(subnets).is_none()
}

fn no_egress(
    survey: &Survey<'_>,
    subnets: &[SubnetId],
    role: Role,
    known: Option<Known>,
) -> Option<Finding> {
    let tables = survey.tables(subnets);
    let (lost, trigger) = known.map_or((None, None), |known| (Some(known.table), known.trigger));
    let taken = lost.as_ref().filter(|_| trigger.is_some());
    let title = match taken {
        Some(table)
            if table.id.as_ref().is_some_and(|id| !lost_table::is_still_there(survey, id)) =>
        {
            "The instances cannot reach AWS: their subnets have lost their route table"
        }
        Some(_) => "The instances cannot reach AWS: their subnets have lost their way out",
        None => "The instances cannot reach AWS: no route leads out of their subnets",
    };
    let network = &survey.world.network;
    let kind = NetworkFault::NoEgress {
        vpc: survey.vpc(),
        subnets: subnets.to_vec(),
        tables: tables.clone(),
        lost: lost.clone(),
    };
    let explanation = "An instance reports to Elastic Beanstalk, fetches the application from S3 and signals CloudFormation over the network. Nothing in the route table of its subnet leads to a NAT gateway, an internet gateway or the VPC endpoints of these services, so it never reports. Restarting, updating or rebuilding gives it no route.";
    let mut finding = Finding::new(kind, role, title, explanation)
        .on(subnets)
        .on(&tables)
        .weighing(if trigger.is_some() { 98 } else { 92 })
        .with(table_evidence(survey, subnets))
        .with(survey.drawn(subnets))
        .with(Situation::of(survey.world).signs());
    if let Some(lost) = &lost {
        finding = finding.on(&lost.id);
        let routes: Vec<String> = lost
            .routes
            .iter()
            .map(|route| format!("{} to {}", route.destination, route.target.id()))
            .collect();
        let known_from = lost.known_from.join("; ");
        let text = format!("what is missing: {} (known from {known_from})", routes.join(", "));
        finding = if trigger.is_some() {
            finding.because(&survey.world.trail, text)
        } else {
            finding.because(&network.nat_gateways, text)
        };
    }
    finding = finding.brought_about(trigger);
    if let Some(nat) = survey.living_nat(subnets) {
        let text = format!("{} is available and well, so a route is all that is missing", nat.id);
        finding = finding.although(&network.nat_gateways, text);
    }
    Some(finding)
}

fn table_evidence(survey: &Survey<'_>, subnets: &[SubnetId]) -> Vec<crate::check::Evidence> {
    let network = &survey.world.network;
    let mut all = Vec::new();
    for subnet in subnets.iter().take(4) {
        let Ok(Some(table)) = survey.view.table_of(subnet) else { continue };
        let how = if survey.view.has_own_table(subnet) {
            "its own"
        } else {
            "the main one, for want of its own"
        };
        let text = format!("{subnet} uses {} ({how}), which has {}", table.id, routes_of(table));
        all.push(crate::check::Evidence::supporting(&network.route_tables, text));
    }
    all
}

/// A table's routes in words.
pub(super) fn routes_of(table: &RouteTable) -> String {
    let routes: Vec<String> = table
        .routes
        .iter()
        .map(|route| {
            let state = if route.blackhole { " (blackhole)" } else { "" };
            format!("{} to {}{state}", route.destination, route.target.id())
        })
        .collect();
    if routes.is_empty() { "no routes".to_owned() } else { routes.join(", ") }
}

fn without_gateway(survey: &Survey<'_>, subnets: &[SubnetId], role: Role) -> Option<Finding> {
    let gateway = survey.attached_gateway()?.id.clone();
    let table = survey.tables(subnets).into_iter().next()?;
    let kind = NetworkFault::MainTableWithoutGateway {
        vpc: survey.vpc(),
        table: table.clone(),
        gateway: gateway.clone(),
        subnets: subnets.to_vec(),
    };
    let network = &survey.world.network;
    let finding = Finding::new(
        kind,
        role,
        "The VPC has an internet gateway, but its main route table does not lead to it",
        "The subnets have no route table of their own, so the VPC's main table is in effect. It has no default route, although an internet gateway is attached: the VPC looks public and is not. Another platform version or instance type changes nothing about it.",
    );
    Some(
        finding
            .on(subnets)
            .on([table.as_str(), gateway.as_str()])
            .weighing(94)
            .with(table_evidence(survey, subnets))
            .because(&network.internet_gateways, format!("{gateway} is attached to the VPC"))
            .with(survey.drawn(subnets))
            .with(Situation::of(survey.world).signs()),
    )
}

fn some_without(
    survey: &Survey<'_>,
    subnets: &[SubnetId],
    role: Role,
    known: Option<Known>,
) -> Option<Finding> {
    let well: Vec<SubnetId> = survey
        .places
        .iter()
        .filter(|place| !place.is_blocked())
        .map(|place| place.from.subnet.clone())
        .collect();
    let sibling = well.iter().find_map(|id| survey.view.table_of(id).ok().flatten());
    let (lost, trigger) = known.map_or((None, None), |known| (Some(known.table), known.trigger));
    let kind = NetworkFault::SubnetWithoutEgress {
        subnets: subnets.to_vec(),
        tables: survey.tables(subnets),
        sibling: sibling.map(|table| table.id.clone()),
        well: well.clone(),
        lost,
    };
    let finding = Finding::new(
        kind,
        role,
        "One of the instance subnets has no way out, so launches there fail",
        "Auto Scaling spreads instances over all subnets. Those launched in the subnet without a route never report; those elsewhere work. That makes launches and deployments fail now and then, depending on the zone.",
    );
    let mut finding = finding
        .on(subnets)
        .on(survey.tables(subnets))
        .weighing(95)
        .with(table_evidence(survey, subnets))
        .with(survey.drawn(subnets))
        .with(Situation::of(survey.world).signs());
    if let Some(table) = sibling {
        let text = format!("{} uses {}, which has {}", well[0], table.id, routes_of(table));
        finding = finding.because(&survey.world.network.route_tables, text);
    }
    Some(finding.brought_about(trigger))
}

fn proxy_only(survey: &Survey<'_>, subnets: &[SubnetId], role: Role) -> Option<Finding> {
    let kind = NetworkFault::ProxyOnly { subnets: subnets.to_vec() };
    let finding = Finding::new(
        kind,
        role,
        "The only way out is a web proxy, and Elastic Beanstalk does not use one",
        "The environment's properties name a web proxy, and no route leads out. The application may use the proxy; Elastic Beanstalk's own agent does not, so instances never report. They need a NAT gateway or the VPC endpoints.",
    );
    Some(
        finding
            .on(subnets)
            .on(survey.tables(subnets))
            .weighing(94)
            .because(&survey.world.settings, "a property names a proxy for outgoing connections")
            .with(table_evidence(survey, subnets))
            .with(survey.drawn(subnets))
            .with(Situation::of(survey.world).signs()),
    )
}
