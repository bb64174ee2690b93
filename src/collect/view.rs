//! What a snapshot in the making says about what to ask next.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::Wanted;
use crate::aws::EnvironmentRef;
use crate::world::network::{Destination, RouteTable, Subnet, Target};
use crate::world::{
    Environment, EnvironmentId, EnvironmentStatus, GroupId, InstanceId, Observed, Settings,
    Snapshot, StackFacts, StackName, SubnetId, VpcId, stack_name,
};

/// The role that Elastic Beanstalk uses where none is set.
// Source: Elastic Beanstalk developer guide, "Managing Elastic Beanstalk service roles".
pub(super) const DEFAULT_SERVICE_ROLE: &str = "aws-elasticbeanstalk-service-role";

/// How far back an error event of Elastic Beanstalk still counts as trouble of today.
const RECENT: SignedDuration = SignedDuration::from_hours(48);

/// A snapshot in the making, and what is wanted of it.
pub(super) struct View<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) given: &'a EnvironmentRef,
    pub(super) wanted: &'a Wanted,
    /// Whether there is trouble, so that what explains it is worth asking.
    pub(super) trouble: bool,
}

impl<'a> View<'a> {
    pub(super) fn of(
        snapshot: &'a Snapshot,
        given: &'a EnvironmentRef,
        wanted: &'a Wanted,
    ) -> Self {
        let mut view = Self { snapshot, given, wanted, trouble: wanted.everything };
        view.trouble |= view.environment_in_trouble()
            || view.stack_in_trouble()
            || view.capacity_in_trouble()
            || view.network_in_trouble()
            || view.roles_in_trouble();
        view
    }

    pub(super) fn environment(&self) -> Option<&'a Environment> {
        self.snapshot.environment.value()
    }

    /// The environment's id, as soon as anything tells it.
    pub(super) fn id(&self) -> Option<EnvironmentId> {
        let known = self.environment().map(|environment| environment.id.clone());
        known.filter(|id| !id.as_str().is_empty()).or_else(|| match self.given {
            EnvironmentRef::Id(id) => Some(id.clone()),
            EnvironmentRef::Name(_) => None,
        })
    }

    pub(super) fn stack_name(&self) -> Option<StackName> {
        self.id().map(|id| stack_name(&id))
    }

    pub(super) fn immutable_stack_name(&self) -> Option<StackName> {
        self.id().map(|id| StackName(format!("awseb-{id}-immutable-stack")))
    }

    pub(super) fn stack(&self) -> Option<&'a StackFacts> {
        self.snapshot.stacks.get(&self.stack_name()?)
    }

    pub(super) fn settings(&self) -> Option<&'a Settings> {
        self.snapshot.settings.value()
    }

    /// An option's value, if the settings are known and have it.
    pub(super) fn option(&self, namespace: &str, name: &str) -> Option<&'a str> {
        self.settings().and_then(|settings| settings.get(namespace, name))
    }

    pub(super) fn terminated(&self) -> bool {
        self.environment()
            .is_some_and(|environment| environment.status == EnvironmentStatus::Terminated)
    }

    /// Physical identifiers of the resources of one type in all stacks of the environment.
    pub(super) fn physical(&self, kind: &str) -> BTreeSet<String> {
        let facts = self.snapshot.stacks.values();
        let resources = facts.flat_map(|facts| facts.resources.items());
        resources
            .filter(|resource| resource.kind == kind)
            .filter_map(|resource| resource.physical.clone())
            .collect()
    }

    /// The security groups that the environment's stack made.
    pub(super) fn groups(&self) -> BTreeSet<GroupId> {
        let made = self.physical("AWS::EC2::SecurityGroup").into_iter();
        made.filter(|id| id.starts_with("sg-")).map(GroupId).collect()
    }

    /// The environment's Auto Scaling groups by name.
    pub(super) fn scaling_groups(&self) -> BTreeSet<String> {
        let listed = self.snapshot.resources.value().map(|made| made.scaling_groups.clone());
        let made = self.physical("AWS::AutoScaling::AutoScalingGroup");
        listed.unwrap_or_default().into_iter().chain(made).collect()
    }

    /// The environment's application and network load balancers by ARN.
    pub(super) fn load_balancers(&self) -> BTreeSet<String> {
        let listed = self.snapshot.resources.value().map(|made| made.load_balancers.clone());
        let made = self.physical("AWS::ElasticLoadBalancingV2::LoadBalancer");
        // A shared load balancer is none of the stack's; the settings name it.
        let shared = self.option("aws:elbv2:loadbalancer", "SharedLoadBalancer");
        let all = listed.unwrap_or_default().into_iter().chain(made);
        all.chain(shared.map(str::to_owned)).filter(|arn| arn.starts_with("arn:")).collect()
    }

    /// The environment's instances, as far as anybody knows them.
    pub(super) fn instances(&self) -> BTreeSet<InstanceId> {
        let made = self.snapshot.resources.value().map(|made| made.instances.clone());
        let members = self.snapshot.scaling.groups.items().iter().flat_map(|g| &g.instances);
        let members = members.map(|member| member.instance.clone());
        let reported = self.snapshot.instances_health.items().iter();
        let reported = reported.map(|health| health.instance.clone());
        let all = made.unwrap_or_default().into_iter().chain(members).chain(reported);
        all.filter(|id| id.as_str().starts_with("i-")).collect()
    }

    /// Instances that routes hand packets to: they do NAT or inspect.
    pub(super) fn routing_instances(&self) -> BTreeSet<InstanceId> {
        let tables = self.snapshot.network.route_tables.items().iter();
        let targets = tables.flat_map(|table| &table.routes).map(|route| &route.target);
        let mut found = BTreeSet::new();
        for target in targets {
            match target {
                Target::Instance(id) => {
                    found.insert(id.clone());
                }
                Target::Interface(id) => {
                    let interfaces = self.snapshot.network.interfaces.items().iter();
                    let holder =
                        interfaces.filter(|i| i.id == *id).find_map(|i| i.instance.clone());
                    found.extend(holder);
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
        found
    }

    /// The subnets that the settings or the Auto Scaling groups give to instances.
    pub(super) fn instance_subnets(&self) -> BTreeSet<SubnetId> {
        let set = self.settings().map(|settings| settings.list("aws:ec2:vpc", "Subnets"));
        let scaling = self.snapshot.scaling.groups.items().iter();
        let scaling = scaling.flat_map(|group| group.subnets.clone());
        set.unwrap_or_default().into_iter().chain(scaling).map(SubnetId).collect()
    }

    /// The environment's VPC, as soon as anything tells it.
    pub(super) fn vpc(&self) -> Option<VpcId> {
        let own = self.instances();
        let running = self.snapshot.compute.instances.items().iter();
        let of_instance = running
            .filter(|instance| own.contains(&instance.id))
            .find_map(|instance| instance.vpc.clone());
        let mut balancers = self.snapshot.balancing.load_balancers.items().iter();
        let of_balancer = balancers.find_map(|balancer| balancer.vpc.clone());
        let made = self.groups();
        let groups = self.snapshot.network.groups.items().iter();
        let of_group =
            groups.filter(|group| made.contains(&group.id)).find_map(|group| group.vpc.clone());
        let subnets = self.instance_subnets();
        let of_subnet = self.snapshot.network.subnets.items().iter();
        let of_subnet = of_subnet.filter(|s| subnets.contains(&s.id)).map(|s| s.vpc.clone()).next();
        let default = self.snapshot.network.vpcs.items().iter().find(|vpc| vpc.is_default);
        let default = default.filter(|_| self.needs_default_vpc()).map(|vpc| vpc.id.clone());
        self.option("aws:ec2:vpc", "VPCId")
            .map(VpcId::from)
            .or(of_instance)
            .or(of_balancer)
            .or(of_group)
            .or(of_subnet)
            .or(default)
    }

    /// Whether nothing is set, so that Elastic Beanstalk takes the region's default VPC.
    pub(super) fn needs_default_vpc(&self) -> bool {
        self.settings().is_some_and(|settings| {
            settings.get("aws:ec2:vpc", "VPCId").is_none()
                && settings.list("aws:ec2:vpc", "Subnets").is_empty()
        })
    }

    fn environment_in_trouble(&self) -> bool {
        let Some(environment) = self.environment() else {
            return matches!(self.snapshot.environment, Observed::Unreadable { .. });
        };
        let well = match environment.health_status.as_deref() {
            Some("Ok" | "Info") => true,
            // Basic health reporting has a colour alone.
            None => environment.health.as_deref() == Some("Green"),
            Some(_) => false,
        };
        let since = self.snapshot.taken_at.checked_sub(RECENT).unwrap_or_default();
        let failed =
            self.snapshot.events.items().iter().any(|event| {
                event.at >= since && matches!(event.severity.as_str(), "ERROR" | "FATAL")
            });
        let silent = self.snapshot.instances_health.items().iter().any(|health| {
            !matches!(health.status.as_deref(), Some("Ok" | "Info" | "Pending") | None)
        });
        environment.status != EnvironmentStatus::Ready || !well || failed || silent
    }

    fn stack_in_trouble(&self) -> bool {
        let Some(name) = self.stack_name() else { return false };
        self.snapshot.stacks.iter().any(|(of, facts)| match &facts.stack {
            // A second stack beside the environment's is a leftover or an update under way.
            Observed::Known { value, .. } => {
                let nested = value.parent.is_some();
                !value.status.is_settled() || (*of != name && !nested)
            }
            Observed::Absent { .. } => *of == name,
            Observed::Unreadable { .. } | Observed::NotCollected => false,
        })
    }

    fn capacity_in_trouble(&self) -> bool {
        let activities = self.snapshot.scaling.activities.items();
        let failed = activities.first().is_some_and(|activity| activity.status == "Failed");
        let wanted = self.scaling_groups();
        let groups = &self.snapshot.scaling.groups;
        let missing = groups.value().is_some_and(|groups| {
            wanted.iter().any(|name| groups.iter().all(|group| group.name != *name))
                || groups.iter().any(|group| !group.suspended.is_empty() || group.desired == 0)
        });
        let unhealthy = self.snapshot.balancing.targets.items().iter().any(|target| {
            matches!(target.state.as_deref(), Some("unhealthy" | "unavailable" | "unused"))
        });
        let gone = self.snapshot.balancing.load_balancers.is_absent();
        failed || missing || unhealthy || gone
    }

    fn network_in_trouble(&self) -> bool {
        let network = &self.snapshot.network;
        if network.subnets.value().is_none() || network.route_tables.value().is_none() {
            return false;
        }
        let subnets = self.instance_subnets();
        let missing = subnets.iter().any(|id| network.subnets.items().iter().all(|s| s.id != *id));
        let used = network.subnets.items().iter().filter(|subnet| subnets.contains(&subnet.id));
        let closed = used.filter_map(|subnet| self.table_of(subnet)).any(|table| {
            let dead = table.routes.iter().any(|route| route.blackhole);
            let out = table.routes.iter().any(|route| is_default(&route.destination));
            dead || (!out && network.endpoints.items().is_empty())
        });
        let waiting = network.peerings.items().iter().any(|peering| peering.status != "active");
        missing || closed || waiting
    }

    /// Whether the usual service role was asked for before the settings named another one, which
    /// is still to be asked for; that the usual one is missing then means nothing.
    fn role_was_only_guessed(&self) -> bool {
        let set = self.option("aws:elasticbeanstalk:environment", "ServiceRole");
        let other = set.is_some_and(|role| !role.ends_with(DEFAULT_SERVICE_ROLE));
        let asked = self.snapshot.calls.iter().filter(|call| call.operation == "iam:GetRole");
        matches!(self.given, EnvironmentRef::Id(_)) && other && asked.count() <= 1
    }

    fn roles_in_trouble(&self) -> bool {
        let identity = &self.snapshot.identity;
        identity.profile.is_absent()
            || identity.service_role.is_absent() && !self.role_was_only_guessed()
            || identity.profile.value().is_some_and(|profile| profile.roles.is_empty())
    }

    /// The route table that a subnet uses: its own, else the main one.
    fn table_of(&self, subnet: &Subnet) -> Option<&'a RouteTable> {
        let tables = self.snapshot.network.route_tables.items();
        let own = tables.iter().find(|table| {
            table.associations.iter().any(|link| link.subnet.as_ref() == Some(&subnet.id))
        });
        own.or_else(|| tables.iter().find(|table| table.is_main() && table.vpc == subnet.vpc))
    }
}

fn is_default(destination: &Destination) -> bool {
    matches!(destination, Destination::Cidr(net) if net.prefix_len() == 0)
}
