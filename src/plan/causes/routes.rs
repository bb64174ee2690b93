//! Routes and route tables: finding out what fits, and planning what is missing.

use crate::check::{Finding, LostTable};
use crate::plan::draft::{Draft, Proposal};
use crate::plan::{
    Action, Condition, GatewayAction, Made, NetworkAction, Ref, Risk, StepId, Truth,
};
use crate::world::network::{Association, Destination, Route, RouteTable, Subnet, Target};
use crate::world::{NatGatewayId, RouteTableId, Snapshot, SubnetId, VpcId};

/// The destination of everything that no other route takes.
pub(super) fn everywhere() -> Destination {
    Destination::Cidr(ipnet::IpNet::V4(ipnet::Ipv4Net::default()))
}

/// The table a subnet has of its own, with the link.
pub(super) fn own_table<'a>(
    snapshot: &'a Snapshot,
    subnet: &SubnetId,
) -> Option<(&'a RouteTable, &'a Association)> {
    snapshot.network.route_tables.items().iter().find_map(|table| {
        let mut links = table.associations.iter();
        links.find(|link| link.subnet.as_ref() == Some(subnet)).map(|link| (table, link))
    })
}

/// The table a subnet uses: its own, else the VPC's main one.
pub(super) fn used_table<'a>(snapshot: &'a Snapshot, subnet: &Subnet) -> Option<&'a RouteTable> {
    own_table(snapshot, &subnet.id).map(|(table, _)| table).or_else(|| {
        let tables = snapshot.network.route_tables.items();
        tables.iter().find(|table| table.is_main() && table.vpc == subnet.vpc)
    })
}

/// A table's route for everything.
pub(super) fn default_route(table: &RouteTable) -> Option<&Route> {
    table.routes.iter().find(|route| route.destination == everywhere())
}

/// Whether a target takes packets, as far as it can be seen.
pub(super) fn works(snapshot: &Snapshot, target: &Target) -> Truth {
    let condition = Condition::TargetWorks { target: Ref::Is(target.clone()) };
    condition.holds(snapshot, &Made::nothing())
}

/// Whether a table's default route leads to an internet gateway that is attached.
fn is_public(snapshot: &Snapshot, table: &RouteTable) -> bool {
    default_route(table).is_some_and(|route| {
        matches!(route.target, Target::InternetGateway(_))
            && !route.blackhole
            && works(snapshot, &route.target) == Truth::Yes
    })
}

/// A subnet of the VPC that leads to an internet gateway, not one of those that are given.
pub(super) fn public_subnet<'a>(
    snapshot: &'a Snapshot,
    vpc: &VpcId,
    not: &[SubnetId],
) -> Option<&'a SubnetId> {
    let subnets = snapshot.network.subnets.items().iter();
    let mut fitting = subnets.filter(|subnet| {
        subnet.vpc == *vpc
            && !not.contains(&subnet.id)
            && subnet.free_addresses > 0
            && used_table(snapshot, subnet).is_some_and(|table| is_public(snapshot, table))
    });
    fitting.next().map(|subnet| &subnet.id)
}

/// A NAT gateway of the VPC that is available and stands in a public subnet.
pub(super) fn living_nat<'a>(snapshot: &'a Snapshot, vpc: &VpcId) -> Option<&'a NatGatewayId> {
    let subnets = snapshot.network.subnets.items();
    let stands_well = |id: &SubnetId| {
        let own = subnets.iter().find(|subnet| subnet.id == *id);
        own.and_then(|subnet| used_table(snapshot, subnet))
            .is_some_and(|table| is_public(snapshot, table))
    };
    let gateways = snapshot.network.nat_gateways.items().iter();
    let mut fitting = gateways.filter(|nat| {
        nat.vpc == *vpc && nat.public && nat.state == "available" && stands_well(&nat.subnet)
    });
    fitting.next().map(|nat| &nat.id)
}

/// A table, not the main one, that leads instances out without making their subnet public.
pub(super) fn leading_table<'a>(snapshot: &'a Snapshot, vpc: &VpcId) -> Option<&'a RouteTable> {
    let tables = snapshot.network.route_tables.items().iter();
    let mut fitting = tables.filter(|table| {
        table.vpc == *vpc
            && !table.is_main()
            && default_route(table).is_some_and(|route| {
                !route.blackhole
                    && !matches!(route.target, Target::InternetGateway(_))
                    && works(snapshot, &route.target) != Truth::No
            })
    });
    fitting.next()
}

/// Plans a NAT gateway with an address of its own.
pub(super) fn new_nat(draft: &mut Draft<'_>, finding: &Finding, subnet: &SubnetId) -> StepId {
    let name = Some(format!("{}-nat", draft.environment.name));
    let address = GatewayAction::AllocateAddress { name: name.clone() };
    let address = draft.add_ground(Proposal::new(Action::Gateway(address), finding));
    let nat =
        GatewayAction::CreateNat { subnet: subnet.clone(), allocation: Ref::MadeBy(address), name };
    draft.add_ground(Proposal::new(Action::Gateway(nat), finding))
}

/// The way out for private subnets: a NAT gateway that is there, else a new one.
pub(super) fn nat_target(
    draft: &mut Draft<'_>,
    finding: &Finding,
    vpc: &VpcId,
    not_in: &[SubnetId],
) -> Option<Ref<Target>> {
    if let Some(nat) = living_nat(draft.snapshot, vpc) {
        return Some(Ref::Is(Target::NatGateway(nat.clone())));
    }
    let subnet = public_subnet(draft.snapshot, vpc, not_in)?;
    let nat = new_nat(draft, finding, subnet);
    let why = "A NAT gateway costs by the hour; endpoints for each service cost about the same for a few services, and let nothing else out.";
    draft.alternative("Endpoints in place of a new NAT gateway", why);
    Some(Ref::MadeBy(nat))
}

/// Plans that a table's route for a destination leads to a target: adds it, or mends the one that
/// is there.
pub(super) fn lead(
    draft: &mut Draft<'_>,
    finding: &Finding,
    table: &Ref<RouteTableId>,
    destination: &Destination,
    target: Ref<Target>,
) -> Option<StepId> {
    let tables = draft.snapshot.network.route_tables.items();
    let known = table.known().and_then(|id| tables.iter().find(|table| table.id == *id));
    let now =
        known.and_then(|table| table.routes.iter().find(|route| route.destination == *destination));
    let (table, destination) = (table.clone(), destination.clone());
    let proposal = match now {
        Some(route) if !route.blackhole && target.known() == Some(&route.target) => return None,
        Some(route) => {
            let dead = route.blackhole || works(draft.snapshot, &route.target) == Truth::No;
            let action = NetworkAction::ReplaceRoute { table, destination, target };
            let proposal = Proposal::new(Action::Network(action), finding);
            // A route to something that is gone serves nobody: mending it takes nothing away.
            if dead { proposal.rated(Risk::Safe) } else { proposal }
        }
        None => {
            let action = NetworkAction::CreateRoute { table, destination, target };
            Proposal::new(Action::Network(action), finding)
        }
    };
    Some(draft.add_ground(proposal))
}

/// Plans that a subnet uses a table, once the table has its routes.
pub(super) fn use_table(
    draft: &mut Draft<'_>,
    finding: &Finding,
    subnet: &SubnetId,
    table: &Ref<RouteTableId>,
    after: &[StepId],
) -> Option<StepId> {
    let action = match own_table(draft.snapshot, subnet) {
        Some((own, _)) if table.known() == Some(&own.id) => return None,
        Some((_, link)) => NetworkAction::ReplaceAssociation {
            association: Ref::Is(link.id.clone()),
            subnet: subnet.clone(),
            table: table.clone(),
        },
        None => NetworkAction::AssociateRouteTable { table: table.clone(), subnet: subnet.clone() },
    };
    draft.moved.insert(subnet.clone(), table.clone());
    Some(draft.add_ground(Proposal::new(Action::Network(action), finding).after(after)))
}

/// Plans a lost table back as it was, and the subnets' use of it.
///
/// A table that is there and has exactly the same routes takes its place, because then nothing has
/// to be made; any other table would change where packets go.
pub(super) fn restore(
    draft: &mut Draft<'_>,
    finding: &Finding,
    vpc: &VpcId,
    lost: &LostTable,
    cut_off: &[SubnetId],
) {
    let routes = usable(draft, finding, vpc, lost, cut_off);
    if routes.is_empty() {
        return;
    }
    let twin = twin(draft.snapshot, vpc, &routes);
    let (table, steps) = if let Some(twin) = twin {
        draft.alternative(
            "Make the lost route table again under its own name",
            format!("{twin} has exactly the routes that were lost, so nothing has to be made."),
        );
        (Ref::Is(twin), Vec::new())
    } else {
        let name = lost.name.clone();
        let action = NetworkAction::CreateRouteTable { vpc: vpc.clone(), name };
        let known_from = lost.known_from.join("; ");
        let proposal = Proposal::new(Action::Network(action), finding).effect(format!(
            "Nobody notices: no subnet uses the table yet. Its routes are known from: {known_from}."
        ));
        let table = Ref::MadeBy(draft.add_ground(proposal));
        let mut steps: Vec<StepId> = table.maker().cloned().into_iter().collect();
        for (destination, target) in routes {
            steps.extend(lead(draft, finding, &table, &destination, target));
        }
        (table, steps)
    };
    for subnet in concerned(draft.snapshot, lost, cut_off) {
        use_table(draft, finding, &subnet, &table, &steps);
    }
}

/// The lost routes whose targets can take packets again, with what takes a dead one's place.
fn usable(
    draft: &mut Draft<'_>,
    finding: &Finding,
    vpc: &VpcId,
    lost: &LostTable,
    cut_off: &[SubnetId],
) -> Vec<(Destination, Ref<Target>)> {
    let mut routes = Vec::new();
    for route in lost.routes.iter().filter(|route| route.target != Target::Local) {
        let destination = route.destination.clone();
        if works(draft.snapshot, &route.target) != Truth::No {
            routes.push((destination, Ref::Is(route.target.clone())));
        } else if let (Target::NatGateway(gone), Some(target)) =
            (&route.target, nat_target(draft, finding, vpc, cut_off))
        {
            draft.alternative(
                format!("A route for {destination} by {gone}, as it was"),
                "That NAT gateway is not available any more.",
            );
            routes.push((destination, target));
        } else {
            draft.refuse(
                format!("The lost route for {destination} by {}", route.target),
                "Its target takes no packets now; it has to be mended by whoever keeps it first.",
            );
        }
    }
    routes
}

/// A table of the VPC, not the main one, with exactly these routes beside the local ones.
fn twin(
    snapshot: &Snapshot,
    vpc: &VpcId,
    routes: &[(Destination, Ref<Target>)],
) -> Option<RouteTableId> {
    let tables = snapshot.network.route_tables.items().iter();
    let fits = |table: &&RouteTable| {
        let own: Vec<&Route> =
            table.routes.iter().filter(|route| route.target != Target::Local).collect();
        let has = |(destination, target): &(Destination, Ref<Target>)| {
            own.iter().any(|route| {
                route.destination == *destination
                    && !route.blackhole
                    && target.known() == Some(&route.target)
            })
        };
        table.vpc == *vpc && !table.is_main() && own.len() == routes.len() && routes.iter().all(has)
    };
    tables.into_iter().find(|table| fits(table)).map(|table| table.id.clone())
}

/// The subnets that used the lost table and have none of their own now, and those cut off.
fn concerned(snapshot: &Snapshot, lost: &LostTable, cut_off: &[SubnetId]) -> Vec<SubnetId> {
    let there = snapshot.network.subnets.items();
    let orphaned = lost.subnets.iter().filter(|subnet| {
        there.iter().any(|own| own.id == **subnet) && own_table(snapshot, subnet).is_none()
    });
    let mut all: Vec<SubnetId> = cut_off.iter().chain(orphaned).cloned().collect();
    all.sort();
    all.dedup();
    all
}
