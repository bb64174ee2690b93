//! Every instance subnet's way to everything it needs, looked at once for all network checks.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::situation::Situation;
use crate::check::{Evidence, Role};
use crate::reach::{self, Block, Destination, Origin, Path, View};
use crate::world::network::{InternetGateway, NatGateway, RouteTable, Target};
use crate::world::{Gap, RouteTableId, Snapshot, SubnetId, VpcId};

/// One place of instances and the paths from it.
pub(super) struct Place {
    pub(super) from: Origin,
    pub(super) paths: Vec<(Destination, Path)>,
}

impl Place {
    pub(super) fn blocks(&self) -> BTreeSet<&Block> {
        self.paths.iter().flat_map(|(_, path)| path.blocks()).collect()
    }

    pub(super) fn is_blocked(&self) -> bool {
        self.paths.iter().any(|(_, path)| !path.blocks().is_empty())
    }
}

/// All places, and the network they are in.
pub(super) struct Survey<'a> {
    pub(super) world: &'a Snapshot,
    pub(super) view: View<'a>,
    pub(super) places: Vec<Place>,
    reporting: BTreeSet<SubnetId>,
}

impl<'a> Survey<'a> {
    pub(super) fn of(world: &'a Snapshot) -> Result<Self, Gap> {
        let view = View::new(world);
        let needs = reach::needs(world);
        let go = |from: Origin| {
            let paths = needs.iter().map(|to| (to.clone(), reach::reach(&view, &from, to)));
            Place { paths: paths.collect(), from }
        };
        let places = reach::origins(world, &view)?.into_iter().map(go).collect();
        let reporting = reporting_subnets(world);
        Ok(Self { world, view, places, reporting })
    }

    /// The subnets with a block of a certain sort.
    pub(super) fn subnets_with(&self, sort: impl Fn(&Block) -> bool) -> Vec<SubnetId> {
        let with = self.places.iter().filter(|place| place.blocks().into_iter().any(&sort));
        with.map(|place| place.from.subnet.clone()).collect()
    }

    /// All different blocks of a certain sort.
    pub(super) fn blocks(&self, sort: impl Fn(&Block) -> bool) -> Vec<Block> {
        let all: BTreeSet<&Block> = self.places.iter().flat_map(Place::blocks).collect();
        all.into_iter().filter(|block| sort(block)).cloned().collect()
    }

    /// *Cannot tell*, if something was unreadable on a way that is not known to be blocked.
    pub(super) fn nothing(&self) -> Result<Vec<crate::check::Finding>, Gap> {
        let paths = self.places.iter().flat_map(|place| &place.paths);
        match paths.flat_map(|(_, path)| path.gaps()).next() {
            Some(gap) => Err(gap.clone()),
            None => Ok(Vec::new()),
        }
    }

    /// The tables in effect for subnets, each once.
    pub(super) fn tables(&self, subnets: &[SubnetId]) -> Vec<RouteTableId> {
        let tables = subnets.iter().filter_map(|id| self.view.table_of(id).ok().flatten());
        let all: BTreeSet<RouteTableId> = tables.map(|table| table.id.clone()).collect();
        all.into_iter().collect()
    }

    pub(super) fn vpc(&self) -> VpcId {
        let subnet = self.places.iter().find_map(|place| self.view.subnet(&place.from.subnet));
        subnet.map(|subnet| subnet.vpc.clone()).unwrap_or_default()
    }

    /// The part that a blocked way plays. What AWS itself calls broken is a cause at once; what
    /// only follows from reading rules is one only if something observable fails there.
    pub(super) fn role(&self, subnets: &[SubnetId], aws_says_so: bool) -> Role {
        let all_blocked = subnets.len() == self.places.len();
        if aws_says_so && all_blocked {
            return Role::Cause;
        }
        let they_report =
            !subnets.is_empty() && subnets.iter().all(|subnet| self.reporting.contains(subnet));
        let situation = Situation::of(self.world);
        if situation.something_fails() && !they_report { Role::Cause } else { Role::Risk }
    }

    /// The drawn paths of these subnets, one each, as evidence.
    pub(super) fn drawn(&self, subnets: &[SubnetId]) -> Vec<Evidence> {
        let places = self.places.iter().filter(|place| subnets.contains(&place.from.subnet));
        let draw = |place: &Place| {
            let path = place.paths.iter().find(|(_, path)| !path.blocks().is_empty());
            path.map(|(_, path)| {
                Evidence::supporting(&self.world.network.route_tables, path.draw())
            })
        };
        places.filter_map(draw).take(4).collect()
    }

    /// A NAT gateway that is available and leads out, the one in the same zone if there is one.
    pub(super) fn living_nat(&self, subnets: &[SubnetId]) -> Option<&'a NatGateway> {
        let zones: BTreeSet<&str> = subnets
            .iter()
            .filter_map(|id| self.view.subnet(id))
            .map(|subnet| subnet.zone.as_str())
            .collect();
        let vpc = self.vpc();
        let works = |nat: &&NatGateway| {
            nat.state == "available" && nat.public && nat.vpc == vpc && self.is_public(&nat.subnet)
        };
        let near = |nat: &&NatGateway| {
            self.view.subnet(&nat.subnet).is_some_and(|subnet| zones.contains(subnet.zone.as_str()))
        };
        let all: Vec<&NatGateway> =
            self.world.network.nat_gateways.items().iter().filter(works).collect();
        all.iter().copied().find(near).or_else(|| all.first().copied())
    }

    /// Whether a subnet's default route leads to an internet gateway.
    pub(super) fn is_public(&self, subnet: &SubnetId) -> bool {
        self.view.table_of(subnet).ok().flatten().is_some_and(|table| {
            table.routes.iter().any(|route| {
                matches!(route.target, Target::InternetGateway(_))
                    && !route.blackhole
                    && is_default(route)
            })
        })
    }

    /// A public subnet of the VPC with room, those of the wanted zone first.
    pub(super) fn public_subnet(&self, zone: Option<&str>) -> Option<SubnetId> {
        let vpc = self.vpc();
        let subnets = self.world.network.subnets.items().iter();
        let mut fit: Vec<_> = subnets
            .filter(|one| one.vpc == vpc && one.free_addresses > 0 && self.is_public(&one.id))
            .collect();
        fit.sort_by_key(|subnet| (Some(subnet.zone.as_str()) != zone, subnet.id.clone()));
        fit.first().map(|subnet| subnet.id.clone())
    }

    /// The internet gateway that is attached to the VPC.
    pub(super) fn attached_gateway(&self) -> Option<&'a InternetGateway> {
        let vpc = self.vpc();
        let gateways = self.world.network.internet_gateways.items().iter();
        gateways.into_iter().find(|gateway| gateway.vpc.as_ref() == Some(&vpc))
    }

    /// The tables of the VPC whose default route leads to a target.
    pub(super) fn tables_to(&self, target: &str) -> Vec<RouteTableId> {
        let leads = |table: &&RouteTable| {
            table.routes.iter().any(|route| route.target.id() == target && is_default(route))
        };
        let tables = self.world.network.route_tables.items().iter().filter(leads);
        tables.map(|table| table.id.clone()).collect()
    }
}

/// Whether a route is for everything.
pub(super) fn is_default(route: &crate::world::network::Route) -> bool {
    matches!(route.destination, crate::world::network::Destination::Cidr(net) if net.prefix_len() == 0)
}

/// The subnets in which some instance sends data, which no blocked way would let it.
fn reporting_subnets(world: &Snapshot) -> BTreeSet<SubnetId> {
    let place: BTreeMap<_, _> = world
        .compute
        .instances
        .items()
        .iter()
        .filter_map(|one| Some((&one.id, one.subnet.as_ref()?)))
        .collect();
    let reports = |status: Option<&str>| {
        matches!(status, Some("Ok" | "Info" | "Warning" | "Degraded" | "Severe"))
    };
    let all = world.instances_health.items().iter();
    all.filter(|one| reports(one.status.as_deref()))
        .filter_map(|one| place.get(&one.instance).map(|subnet| (*subnet).clone()))
        .collect()
}
