//! What of a region belongs to one VPC, and what to one environment.

use std::collections::{BTreeMap, BTreeSet};

use super::sorted::{Sorted, like};
use super::{Dns, TAG};
use crate::world::network::{
    DhcpOptions, Endpoint, Interface, InternetGateway, NatGateway, NetworkAcl, Peering, PrefixList,
    RouteTable, SecurityGroup, Subnet, Tags, Target, Vpc, tag,
};
use crate::world::{
    Activity, Arn, Balancing, Environment, EnvironmentEvent, EnvironmentId, Instance, InstanceId,
    LoadBalancer, Network, Observed, Scaling, ScalingGroup, Snapshot, Source, Stack, StackFacts,
    StackName, TargetGroup, VpcId,
};

/// The networks of a region, one for each VPC.
pub(super) struct Networks {
    vpcs: Sorted<VpcId, Vpc>,
    dhcp_options: Observed<Vec<DhcpOptions>>,
    subnets: Sorted<VpcId, Subnet>,
    tables: Sorted<VpcId, RouteTable>,
    acls: Sorted<VpcId, NetworkAcl>,
    /// Loose ones too, which every VPC may have lost.
    gateways: Observed<Vec<InternetGateway>>,
    nats: Sorted<VpcId, NatGateway>,
    endpoints: Sorted<VpcId, Endpoint>,
    /// Each has two sides.
    peerings: Observed<Vec<Peering>>,
    groups: Sorted<VpcId, SecurityGroup>,
    interfaces: Sorted<VpcId, Interface>,
    lists: Observed<Vec<PrefixList>>,
    dns: BTreeMap<VpcId, Dns>,
}

impl Networks {
    pub(super) fn of(network: Network, dns: BTreeMap<VpcId, Dns>) -> Self {
        Self {
            vpcs: Sorted::by(network.vpcs, |one| Some(one.id.clone())),
            dhcp_options: network.dhcp_options,
            subnets: Sorted::by(network.subnets, |one| Some(one.vpc.clone())),
            tables: Sorted::by(network.route_tables, |one| Some(one.vpc.clone())),
            acls: Sorted::by(network.acls, |one| Some(one.vpc.clone())),
            gateways: network.internet_gateways,
            nats: Sorted::by(network.nat_gateways, |one| Some(one.vpc.clone())),
            endpoints: Sorted::by(network.endpoints, |one| Some(one.vpc.clone())),
            peerings: network.peerings,
            groups: Sorted::by(network.groups, |one| one.vpc.clone()),
            interfaces: Sorted::by(network.interfaces, |one| one.vpc.clone()),
            lists: network.prefix_lists,
            dns,
        }
    }

    /// Takes one VPC's network out; nothing is known of the network of an environment whose VPC
    /// nothing tells.
    pub(super) fn take(&mut self, vpc: Option<&VpcId>) -> Network {
        let Some(vpc) = vpc else { return Network::default() };
        let vpcs = self.vpcs.take(vpc);
        let options: BTreeSet<&String> =
            vpcs.items().iter().filter_map(|vpc| vpc.dhcp_options.as_ref()).collect();
        let dhcp_options = some(&self.dhcp_options, |one| options.contains(&one.id));
        let (dns_support, dns_hostnames) = self.dns.remove(vpc).unwrap_or_default();
        Network {
            dhcp_options,
            vpcs,
            dns_support,
            dns_hostnames,
            subnets: self.subnets.take(vpc),
            route_tables: self.tables.take(vpc),
            acls: self.acls.take(vpc),
            internet_gateways: some(&self.gateways, |one| {
                one.vpc.as_ref().is_none_or(|own| own == vpc)
            }),
            nat_gateways: self.nats.take(vpc),
            endpoints: self.endpoints.take(vpc),
            peerings: some(&self.peerings, |one| {
                [&one.requester, &one.accepter].iter().any(|side| side.vpc.as_ref() == Some(vpc))
            }),
            groups: self.groups.take(vpc),
            interfaces: self.interfaces.take(vpc),
            prefix_lists: self.lists.clone(),
            ..Network::default()
        }
    }
}

/// Those of a list that more than one part may have.
fn some<T: Clone>(all: &Observed<Vec<T>>, belongs: impl Fn(&T) -> bool) -> Observed<Vec<T>> {
    like(all, || all.items().iter().filter(|one| belongs(one)).cloned().collect())
}

/// What belongs to one environment alone.
pub(super) struct Belongings {
    pub(super) events: Sorted<String, EnvironmentEvent>,
    pub(super) stacks: Sorted<StackName, Stack>,
    pub(super) instances: Sorted<EnvironmentId, Instance>,
    pub(super) scaling: Sorted<EnvironmentId, ScalingGroup>,
    pub(super) activities: Sorted<String, Activity>,
    pub(super) balancers: Sorted<Arn, LoadBalancer>,
    pub(super) target_groups: Sorted<Arn, TargetGroup>,
    /// Instances of no environment that routes lead to.
    pub(super) routing: BTreeMap<InstanceId, Instance>,
}

/// The environment that something is tagged with.
pub(super) fn environment_of(tags: &Tags) -> Option<EnvironmentId> {
    tag(tags, TAG).map(EnvironmentId::from)
}

/// The instances of no environment.
pub(super) fn routing(instances: &Observed<Vec<Instance>>) -> BTreeMap<InstanceId, Instance> {
    let foreign = instances.items().iter().filter(|one| environment_of(&one.tags).is_none());
    foreign.map(|one| (one.id.clone(), one.clone())).collect()
}

impl Belongings {
    /// Fills a snapshot with what belongs to an environment.
    pub(super) fn fill(&mut self, world: &mut Snapshot, own: Environment, source: &Source) {
        world.events = self.events.take(&own.name);
        if let (Some(events), Some(created)) = (world.events.value_mut(), own.created) {
            // Names are used again; ids are not, but events do not tell them.
            events.retain(|event| event.at >= created);
        }
        let (first, second) = (own.stack_name(), own.immutable_stack_name());
        world.stacks = [first, second]
            .into_iter()
            .map(|name| {
                let stack = self.stacks.take_one(&name);
                (name, StackFacts { stack, ..StackFacts::default() })
            })
            .collect();
        let groups = self.scaling.take(&own.id);
        let names: Vec<String> = groups.items().iter().map(|group| group.name.clone()).collect();
        let serving: Vec<Arn> = groups
            .items()
            .iter()
            .flat_map(|group| group.target_groups.iter().cloned().map(Arn))
            .collect();
        world.scaling = Scaling {
            activities: together(&mut self.activities, &names),
            groups,
            ..Scaling::default()
        };
        let target_groups = together(&mut self.target_groups, &serving);
        let balancers: Vec<Arn> =
            target_groups.items().iter().flat_map(|group| group.load_balancers.clone()).collect();
        world.balancing = Balancing {
            load_balancers: together(&mut self.balancers, &balancers),
            target_groups,
            ..Balancing::default()
        };
        world.compute.instances = self.instances.take(&own.id);
        let routing = self.routing_in(&world.network);
        if let Some(instances) = world.compute.instances.value_mut() {
            instances.extend(routing);
        }
        world.environment = Observed::Known { value: own, source: source.clone() };
    }

    /// The instances of no environment that the routes of a network lead to.
    fn routing_in(&self, network: &Network) -> Vec<Instance> {
        let interfaces = network.interfaces.items();
        let routes = network.route_tables.items().iter().flat_map(|table| &table.routes);
        let ids: BTreeSet<&InstanceId> = routes
            .filter_map(|route| match &route.target {
                Target::Instance(id) => Some(id),
                Target::Interface(id) => {
                    interfaces.iter().find(|one| one.id == *id)?.instance.as_ref()
                }
                Target::Local
                | Target::InternetGateway(_)
                | Target::NatGateway(_)
                | Target::Peering(_)
                | Target::TransitGateway(_)
                | Target::Endpoint(_)
                | Target::EgressOnly(_)
                | Target::Other(_) => None,
            })
            .collect();
        ids.into_iter().filter_map(|id| self.routing.get(id).cloned()).collect()
    }
}

/// Several parts as one.
fn together<K: Ord, T>(all: &mut Sorted<K, T>, keys: &[K]) -> Observed<Vec<T>> {
    let mut joined = all.none();
    for key in keys {
        let part = all.take(key);
        if let (Some(joined), Observed::Known { value, .. }) = (joined.value_mut(), part) {
            joined.extend(value);
        }
    }
    joined
}
