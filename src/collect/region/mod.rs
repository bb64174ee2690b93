//! One region read once for all its environments (`scan`).
//!
//! What environments share, or what AWS lists for a whole region, is read page by page, all at
//! once; then what the routes need to be followed to their end, and the DNS attributes of the VPCs
//! that environments are in. So calls grow with pages and VPCs, not with environments. What AWS
//! tells of one environment at a time alone (configuration, resources of its stack, health of its
//! instances and targets) is not read, and stays *not collected*: no all-clear, no false alarm.

mod apart;
mod each;
mod sorted;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::CollectError;
use super::run::refusal;
use crate::aws::Aws;
use crate::clock::Clock;
use crate::world::network::{Destination, Peer, Target};
use crate::world::{
    Activity, Caller, Environment, EnvironmentEvent, Instance, InstanceId, InterfaceId,
    LoadBalancer, Network, Observed, PrefixListId, Region, ScalingGroup, Stack, TargetGroup, VpcId,
};

/// How far back events are read: what is wrong longer shows in the state of things too.
const EVENTS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How far back scaling activities are read; one that fails is tried again every few minutes.
const ACTIVITIES: SignedDuration = SignedDuration::from_hours(48);

/// The tag that Elastic Beanstalk gives to all it makes (`eb-tags-system` in the recorded
/// behaviours); its value is the environment's id.
const TAG: &str = "elasticbeanstalk:environment-id";

/// `enableDnsSupport` and `enableDnsHostnames` of a VPC.
type Dns = (Observed<bool>, Observed<bool>);

/// What was read of one region.
#[derive(Debug)]
pub struct RegionSeen {
    region: Region,
    taken_at: Timestamp,
    caller: Observed<Caller>,
    environments: Observed<Vec<Environment>>,
    events: Observed<Vec<EnvironmentEvent>>,
    stacks: Observed<Vec<Stack>>,
    /// Of all VPCs; their DNS attributes are apart.
    network: Network,
    /// Of the VPCs that environments are in.
    dns: BTreeMap<VpcId, Dns>,
    instances: Observed<Vec<Instance>>,
    scaling: Observed<Vec<ScalingGroup>>,
    activities: Observed<Vec<Activity>>,
    balancers: Observed<Vec<LoadBalancer>>,
    target_groups: Observed<Vec<TargetGroup>>,
}

/// Which environments of a region are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Which {
    /// Those of one application alone.
    pub application: Option<String>,
    /// Terminated ones too, as long as AWS can restore them.
    pub terminated: bool,
}

/// Reads one region.
///
/// # Errors
/// If its environments cannot be listed, or AWS cannot be used there at all.
pub async fn region(aws: &Aws, which: &Which) -> Result<RegionSeen, CollectError> {
    let mut seen = shared(aws, which).await;
    if let Observed::Unreadable { why, .. } = &seen.environments {
        return Err(refusal(why.clone()));
    }
    if let (Some(all), Some(wanted)) = (seen.environments.value_mut(), &which.application) {
        all.retain(|found| found.application == *wanted);
    }
    let nobody = seen.environments.items().is_empty();
    if !nobody {
        ends_of_routes(aws, &mut seen).await;
    }
    Ok(seen)
}

/// What AWS lists for the whole region, all asked at once.
async fn shared(aws: &Aws, which: &Which) -> RegionSeen {
    let now = aws.clock().now();
    let environments = async {
        if which.terminated { aws.environments().await } else { aws.environments_listed().await }
    };
    let account = async {
        tokio::join!(
            aws.caller(),
            environments,
            aws.events_of_all(now - EVENTS),
            aws.stacks(),
            aws.instances_with(TAG),
            aws.scaling_groups_with(TAG),
            aws.activities_since(now - ACTIVITIES),
            aws.all_load_balancers(),
            aws.target_groups(None),
        )
    };
    let (account, network) = tokio::join!(Box::pin(account), Box::pin(network(aws)));
    let (caller, environments, events, stacks, instances, scaling, activities, balancers, groups) =
        account;
    RegionSeen {
        region: aws.region().clone(),
        taken_at: now,
        caller: caller.into(),
        environments: environments.into(),
        events: events.into(),
        stacks: stacks.into(),
        network,
        dns: BTreeMap::new(),
        instances: instances.into(),
        scaling: scaling.into(),
        activities: activities.into(),
        balancers: balancers.into(),
        target_groups: groups.into(),
    }
}

/// All VPCs of the region.
async fn network(aws: &Aws) -> Network {
    let (vpcs, dhcp, subnets, tables, acls, gateways, nats, endpoints, peerings, groups) = tokio::join!(
        aws.vpcs(None),
        aws.dhcp_options(None),
        aws.subnets(None),
        aws.route_tables(None),
        aws.network_acls(None),
        aws.internet_gateways(),
        aws.nat_gateways(None),
        aws.endpoints(None),
        aws.peerings(),
        aws.groups(None),
    );
    Network {
        vpcs: vpcs.into(),
        dhcp_options: dhcp.into(),
        subnets: subnets.into(),
        route_tables: tables.into(),
        acls: acls.into(),
        internet_gateways: gateways.into(),
        nat_gateways: nats.into(),
        endpoints: endpoints.into(),
        peerings: peerings.into(),
        groups: groups.into(),
        ..Network::default()
    }
}

/// What can be asked only once routes and rules are known: the interfaces, instances and prefix
/// lists that they name, and the DNS attributes of the VPCs that environments are in.
async fn ends_of_routes(aws: &Aws, seen: &mut RegionSeen) {
    let vpcs: BTreeSet<VpcId> = seen.vpc_of().into_values().collect();
    let ends = Ends::of(&seen.network);
    let (lists, interfaces, dns) = tokio::join!(
        async {
            match ends.lists.as_slice() {
                [] => Observed::NotCollected,
                lists => aws.prefix_lists(lists).await.into(),
            }
        },
        async {
            match ends.interfaces.as_slice() {
                [] => Observed::NotCollected,
                interfaces => aws.interfaces_of_ids(interfaces).await.into(),
            }
        },
        dns(aws, vpcs),
    );
    seen.network.prefix_lists = lists;
    seen.network.interfaces = interfaces;
    seen.dns = dns;
    routing_instances(aws, seen, ends.instances).await;
}

/// Adds the instances that routes hand packets to: they do NAT or inspect.
async fn routing_instances(aws: &Aws, seen: &mut RegionSeen, mut named: BTreeSet<InstanceId>) {
    named.extend(seen.network.interfaces.items().iter().filter_map(|one| one.instance.clone()));
    named.retain(|id| seen.instances.items().iter().all(|known| known.id != *id));
    if named.is_empty() {
        return;
    }
    let named: Vec<InstanceId> = named.into_iter().collect();
    match Observed::from(aws.instances_of_ids(&named).await) {
        Observed::Known { value, .. } => {
            if let Some(all) = seen.instances.value_mut() {
                all.extend(value);
            }
        }
        // A list that lacks a piece would look like a whole one.
        unreadable @ Observed::Unreadable { .. } => seen.instances = unreadable,
        Observed::Absent { .. } | Observed::NotCollected => {}
    }
}

/// The DNS attributes of each VPC, which AWS tells of one VPC and one attribute at a time.
async fn dns(aws: &Aws, vpcs: BTreeSet<VpcId>) -> BTreeMap<VpcId, Dns> {
    let mut tasks = tokio::task::JoinSet::new();
    for vpc in vpcs {
        let aws = aws.clone();
        tasks.spawn(async move {
            let (support, names) = tokio::join!(aws.dns_support(&vpc), aws.dns_hostnames(&vpc));
            (vpc, (support.into(), names.into()))
        });
    }
    tasks.join_all().await.into_iter().collect()
}

/// Where routes and rules lead to that the lists of the region do not tell.
struct Ends {
    lists: Vec<PrefixListId>,
    interfaces: Vec<InterfaceId>,
    instances: BTreeSet<InstanceId>,
}

impl Ends {
    fn of(network: &Network) -> Self {
        let (mut lists, mut interfaces, mut instances) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for route in network.route_tables.items().iter().flat_map(|table| &table.routes) {
            if let Destination::PrefixList(list) = &route.destination {
                lists.insert(list.clone());
            }
            match &route.target {
                Target::Interface(id) => {
                    interfaces.insert(id.clone());
                }
                Target::Instance(id) => {
                    instances.insert(id.clone());
                }
                Target::Local
                | Target::InternetGateway(_)
                | Target::NatGateway(_)
                | Target::Peering(_)
                | Target::TransitGateway(_)
                | Target::Endpoint(_)
                | Target::EgressOnly(_)
                | Target::Other(_) => {}
            }
        }
        for rule in network.groups.items().iter().flat_map(|g| g.ingress.iter().chain(&g.egress)) {
            if let Peer::PrefixList(list) = &rule.peer {
                lists.insert(list.clone());
            }
        }
        Self {
            lists: lists.into_iter().collect(),
            interfaces: interfaces.into_iter().collect(),
            instances,
        }
    }
}
