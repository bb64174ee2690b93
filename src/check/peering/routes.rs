//! `ATL-01`, `ATL-02`, `ATL-04` and `ATL-08`: the connection and the way to it.

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::hosted;
use crate::check::network::{filters, ids_of};
use crate::check::situation::Situation;
use crate::check::{Finding, PeeringFault, Role, trail};
use crate::reach::{self, Block, Origin, Path, View};
use crate::world::network::{Destination, Peering};
use crate::world::{Gap, RouteTableId, Snapshot, SubnetId, VpcId};

/// Ports of a MongoDB cluster.
// Source: incident ATL-04, "outbound / 27015-27017 inclusive".
const PORTS: (u16, u16) = (27015, 27017);

/// The VPC of the instances.
pub(super) fn vpc(view: &View<'_>, world: &Snapshot) -> Result<Option<VpcId>, Gap> {
    let subnets = reach::instance_subnets(world)?;
    Ok(subnets.iter().find_map(|id| view.subnet(id)).map(|subnet| subnet.vpc.clone()))
}

/// The connections of the instances' VPC.
pub(super) fn connections<'a>(
    world: &'a Snapshot,
    here: Option<&VpcId>,
) -> Result<Vec<&'a Peering>, Gap> {
    let all = world.network.peerings.present()?.map_or(&[][..], Vec::as_slice);
    let ours = |one: &&Peering| {
        here.is_some_and(|vpc| {
            one.requester.vpc.as_ref() == Some(vpc) || one.accepter.vpc.as_ref() == Some(vpc)
        })
    };
    Ok(all.iter().filter(ours).collect())
}

/// Paths from every instance subnet to a block.
fn paths(
    view: &View<'_>,
    world: &Snapshot,
    block: IpNet,
    ports: (u16, u16),
) -> Result<Vec<(Origin, Path)>, Gap> {
    let to = reach::Destination::Network { block, ports };
    let go = |from: Origin| {
        let path = reach::reach(view, &from, &to);
        (from, path)
    };
    Ok(reach::origins(world, view)?.into_iter().map(go).collect())
}

fn routed_anywhere(world: &Snapshot, id: &str) -> bool {
    let tables = world.network.route_tables.items();
    tables.iter().flat_map(|table| &table.routes).any(|route| route.target.id() == id)
}

/// `ATL-01`.
pub(super) fn missing(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let view = View::new(world);
    let here = vpc(&view, world)?;
    let mut findings = Vec::new();
    for peering in
        connections(world, here.as_ref())?.into_iter().filter(|one| one.status == "active")
    {
        let far = peering.far_side(here.as_ref().unwrap_or(&VpcId::default())).cidrs.clone();
        for block in far {
            let without: Vec<(SubnetId, RouteTableId)> = paths(&view, world, block, PORTS)?
                .into_iter()
                .filter_map(|(from, path)| {
                    let table = path.blocks().iter().find_map(unrouted)?;
                    Some((from.subnet, table))
                })
                .collect();
            findings.extend(missing_finding(world, &view, peering, block, &without));
        }
    }
    Ok(findings)
}

fn unrouted(block: &Block) -> Option<RouteTableId> {
    let (Block::NoRoute { table, .. } | Block::Blackhole { table, .. }) = block else {
        return None;
    };
    Some(table.clone())
}

fn missing_finding(
    world: &Snapshot,
    view: &View<'_>,
    peering: &Peering,
    block: IpNet,
    without: &[(SubnetId, RouteTableId)],
) -> Option<Finding> {
    let all = reach::instance_subnets(world).ok()?.len();
    if without.is_empty() {
        return None;
    }
    // A connection that no instance subnet leads to may be somebody else's, unless the trail
    // or the environment's own properties say that the application used it.
    let lost = trail::trigger(
        world,
        &["DeleteRoute", "DeleteRouteTable"],
        lost_ids(world, peering).iter().map(String::as_str),
    );
    let partly = without.len() < all;
    let used = partly || lost.is_some() || hosted::is_used(world);
    let suspicious =
        Situation::of(world).something_fails() && !routed_anywhere(world, peering.id.as_str());
    if !used && !suspicious {
        return None;
    }
    let tables: BTreeSet<RouteTableId> = without.iter().map(|(_, table)| table.clone()).collect();
    let subnets: Vec<SubnetId> = without.iter().map(|(subnet, _)| subnet.clone()).collect();
    let well = Situation::of(world).is_well();
    let role = match (well, hosted::is_used(world) || lost.is_some()) {
        (_, true) => Role::Cause,
        (false, false) => Role::Contributing,
        (true, false) => Role::Risk,
    };
    let kind = PeeringFault::RouteMissing {
        peering: peering.id.clone(),
        destination: Destination::Cidr(block),
        tables: tables.iter().cloned().collect(),
        subnets: subnets.clone(),
    };
    let finding = Finding::new(
        kind,
        role,
        format!("The instances have no route to the peered network {block}"),
        "The peering connection is active, but the route tables of the instances' subnets do not lead to it. The application waits for its database until it gives up. A route in the main table does not help subnets that have a table of their own.",
    );
    let text = format!("{} is active and leads to {block}", peering.id);
    let mut finding = finding
        .on([peering.id.as_str()])
        .on(&subnets)
        .on(&tables)
        .weighing(80)
        .because(&world.network.peerings, text);
    for id in tables.iter().take(3) {
        if view.table(id).is_some() {
            let text = format!("{id} has no route for {block}");
            finding = finding.because(&world.network.route_tables, text);
        }
    }
    Some(finding.brought_about(lost))
}

/// Tables that the trail says had a route to the connection.
fn lost_ids(world: &Snapshot, peering: &Peering) -> Vec<String> {
    let made = world.trail.items().iter().filter(|event| {
        matches!(event.name.as_str(), "CreateRoute" | "ReplaceRoute")
            && trail::mentions(event, peering.id.as_str())
    });
    made.filter_map(|event| trail::asked(event, "routeTableId")).map(str::to_owned).collect()
}

/// `ATL-02`.
pub(super) fn overlap(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let view = View::new(world);
    let here = vpc(&view, world)?;
    let Some(own) = world.network.vpcs.items().iter().find(|one| Some(&one.id) == here.as_ref())
    else {
        return Ok(Vec::new());
    };
    let mut findings = Vec::new();
    for peering in connections(world, here.as_ref())? {
        if matches!(peering.status.as_str(), "deleted" | "rejected" | "deleting") {
            continue;
        }
        let theirs = &peering.far_side(&own.id).cidrs;
        let pair = theirs.iter().find_map(|theirs| {
            let ours =
                own.cidrs.iter().find(|ours| ours.contains(theirs) || theirs.contains(*ours))?;
            Some((*theirs, *ours))
        });
        let Some((theirs, ours)) = pair else { continue };
        let kind = PeeringFault::Overlap { peering: peering.id.clone(), theirs, ours };
        let finding = Finding::new(
            kind,
            Role::Cause,
            "The peered network has the same addresses as this one",
            "Packets for addresses that are in both networks stay in this one: the local route wins, whatever other routes say. The hosted side needs another block (a new project or container), or a private endpoint in place of peering.",
        );
        findings.push(
            finding
                .on([peering.id.as_str()])
                .weighing(88)
                .because(&world.network.peerings, format!("{} leads to {theirs}", peering.id))
                .because(&world.network.vpcs, format!("{} has {ours}", own.id)),
        );
    }
    Ok(findings)
}

/// Filters on the way from the instance subnets to ports of a block.
fn filtered(
    view: &View<'_>,
    world: &Snapshot,
    block: IpNet,
    ports: (u16, u16),
) -> Result<Vec<Block>, Gap> {
    let paths = paths(view, world, block, ports)?;
    let blocks = paths.iter().flat_map(|(_, path)| path.blocks().iter());
    Ok(blocks.filter(|one| matches!(one, Block::Filter(_))).cloned().collect())
}

/// Ports that databases listen on: MongoDB, PostgreSQL, MySQL, SQL Server, Oracle, Redis.
// Source: the IANA registry of service names and port numbers.
const DATABASES: [(u16, u16); 6] =
    [PORTS, (5432, 5432), (3306, 3306), (1433, 1433), (1521, 1521), (6379, 6379)];

/// The filters that keep every usual database port from a block; none if any of them gets there.
fn no_database_reached(view: &View<'_>, world: &Snapshot, block: IpNet) -> Result<Vec<Block>, Gap> {
    let mut first = Vec::new();
    for ports in DATABASES {
        let found = filtered(view, world, block, ports)?;
        if found.is_empty() {
            return Ok(Vec::new());
        }
        if first.is_empty() {
            first = found;
        }
    }
    Ok(first)
}

/// A peering connection and a block of addresses behind it.
type Behind<'a> = (&'a Peering, IpNet);

/// What is stopped on the way to the database, and the connection and block it is behind.
///
/// Where a property names a hosted database its own ports count; else every usual one must be
/// stopped on the way to a network that a route leads to.
fn blocked_ways(world: &Snapshot, named: bool) -> Result<(Vec<Block>, Option<Behind<'_>>), Gap> {
    let view = View::new(world);
    let here = vpc(&view, world)?;
    let mut blocks = Vec::new();
    let mut over: Option<Behind<'_>> = None;
    for peering in
        connections(world, here.as_ref())?.into_iter().filter(|one| one.status == "active")
    {
        let far = here.as_ref().map(|vpc| peering.far_side(vpc).cidrs.clone()).unwrap_or_default();
        for block in far {
            let found = if named {
                filtered(&view, world, block, PORTS)?
            } else if routed_anywhere(world, peering.id.as_str()) {
                no_database_reached(&view, world, block)?
            } else {
                continue;
            };
            blocks.extend(found);
            over.get_or_insert((peering, block));
        }
    }
    if over.is_none() && named {
        // Without peering the database is a public host; its ports tell.
        let to = reach::Destination::internet("the hosted database", PORTS.1);
        for from in reach::origins(world, &view)? {
            let path = reach::reach(&view, &from, &to);
            blocks.extend(
                path.blocks().iter().filter(|one| matches!(one, Block::Filter(_))).cloned(),
            );
        }
    }
    Ok((blocks, over))
}

/// `ATL-04`.
pub(super) fn blocked(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let named = hosted::is_used(world);
    let fails = hosted::application_fails(world) && hosted::most_requests_fail(world);
    if !named && !fails {
        return Ok(Vec::new());
    }
    let (blocks, over) = blocked_ways(world, named)?;
    let blocks = filters(blocks);
    if blocks.is_empty() {
        return Ok(Vec::new());
    }
    let kind = PeeringFault::EgressBlocked {
        peering: over.map(|(peering, _)| peering.id.clone()),
        destination: over.map(|(_, block)| Destination::Cidr(block)),
        blocks: blocks.clone(),
    };
    let ids = ids_of(&blocks);
    let mut finding = Finding::new(
        kind,
        Role::Cause,
        "Security groups or network ACLs stop the way to the hosted database",
        "A MongoDB cluster is asked on TCP 27015 to 27017. The rules of the instances let nothing out on these ports, so the application waits until it gives up.",
    )
    .on(&ids)
    .weighing(84);
    finding = if named {
        finding.because(&world.settings, "a property names a hosted MongoDB")
    } else {
        let text = "a peering connection is active and routed, and no usual port of a database gets through to its network, while the application fails";
        finding.because(&world.network.peerings, text)
    };
    for block in blocks.iter().take(3) {
        finding = finding.because(&world.network.groups, block.label());
    }
    let calls = [
        "RevokeSecurityGroupEgress",
        "ModifySecurityGroupRules",
        "CreateNetworkAclEntry",
        "ReplaceNetworkAclEntry",
        "DeleteNetworkAclEntry",
    ];
    Ok(vec![finding.brought_about(trail::trigger(world, &calls, ids.iter().map(String::as_str)))])
}

/// `ATL-08`.
pub(super) fn not_active(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let view = View::new(world);
    let here = vpc(&view, world)?;
    let subnets = reach::instance_subnets(world)?;
    let in_effect: BTreeSet<&RouteTableId> = subnets
        .iter()
        .filter_map(|id| view.table_of(id).ok().flatten())
        .map(|table| &table.id)
        .collect();
    let mut findings = Vec::new();
    for peering in connections(world, here.as_ref())? {
        if matches!(peering.status.as_str(), "active" | "provisioning" | "initiating-request") {
            continue;
        }
        let target = peering.id.as_str();
        let tables: Vec<RouteTableId> = world
            .network
            .route_tables
            .items()
            .iter()
            .filter(|table| table.routes.iter().any(|route| route.target.id() == target))
            .map(|table| table.id.clone())
            .collect();
        let pending = peering.status == "pending-acceptance";
        let replaced = replaced(world, here.as_ref(), peering);
        // A dead route of subnets without instances is somebody else's.
        let meant = tables.iter().any(|id| in_effect.contains(id))
            || hosted::is_used(world) && (pending || !tables.is_empty());
        if !meant || replaced {
            continue;
        }
        findings.push(dead(world, peering, here.as_ref(), &tables));
    }
    Ok(findings)
}

/// Whether another active connection leads to the same network.
fn replaced(world: &Snapshot, here: Option<&VpcId>, dead: &Peering) -> bool {
    let Some(here) = here else { return false };
    let far = |one: &Peering| one.far_side(here).vpc.clone();
    let routed = |one: &&Peering| routed_anywhere(world, one.id.as_str());
    let others = world.network.peerings.items().iter().filter(|one| one.status == "active");
    others.filter(routed).any(|one| far(one).is_some() && far(one) == far(dead))
}

fn dead(
    world: &Snapshot,
    peering: &Peering,
    here: Option<&VpcId>,
    tables: &[RouteTableId],
) -> Finding {
    let destinations = here.map(|vpc| peering.far_side(vpc).cidrs.clone()).unwrap_or_default();
    let ours_to_accept =
        peering.status == "pending-acceptance" && peering.accepter.vpc.as_ref() == here;
    let kind = PeeringFault::NotActive {
        peering: peering.id.clone(),
        status: peering.status.clone(),
        destinations: destinations.into_iter().map(Destination::Cidr).collect(),
        tables: tables.to_vec(),
        ours_to_accept,
    };
    let finding = Finding::new(
        kind,
        Role::Cause,
        format!("The peering connection to the hosted network is {}", peering.status),
        "Only an active connection carries packets; routes to any other are dead. A request has to be accepted within seven days; a connection that is deleted, rejected or expired has to be made anew, with its routes.",
    );
    let message = peering.message.as_deref().unwrap_or_default();
    let calls = ["DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"];
    let trigger = trail::trigger(world, &calls, [peering.id.as_str()]);
    finding
        .on([peering.id.as_str()])
        .on(tables)
        .weighing(87)
        .because(
            &world.network.peerings,
            format!("{} is {} ({message})", peering.id, peering.status),
        )
        .brought_about(trigger)
}
