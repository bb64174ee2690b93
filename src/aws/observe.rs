//! Reads afresh what conditions need, and nothing else.

use std::collections::BTreeSet;

use super::question::{
    BalancingQuestion, BeanstalkQuestion, ComputeQuestion, IdentityQuestion, NetworkQuestion,
    Question, RoleOf, ScalingQuestion, ServiceQuestion, StackQuestion,
};
use super::{Aws, EnvironmentRef};
use crate::clock::Clock;
use crate::execute::CallError;
use crate::plan::{Condition, Need, Ref};
use crate::world::network::Target;
use crate::world::{Arn, EnvironmentId, GroupId, InstanceId, InterfaceId, Snapshot, VpcId};

/// The places for roles in a snapshot; a condition finds its role by name in any of them.
const ROLES: [RoleOf; 5] =
    [RoleOf::Instances, RoleOf::Service, RoleOf::Operations, RoleOf::Stack, RoleOf::Balancing];

impl Aws {
    /// A snapshot of just what the conditions are about, in at most two rounds.
    pub(super) async fn look(&self, conditions: &[Condition]) -> Result<Snapshot, CallError> {
        let mut snapshot = Snapshot::empty(self.region().clone(), self.clock().now());
        self.ask(first(conditions), &mut snapshot).await;
        let more = second(conditions, &snapshot);
        if !more.is_empty() {
            self.ask(more, &mut snapshot).await;
        }
        usable(&snapshot)?;
        Ok(snapshot)
    }
}

/// Refuses a look of which no call had any answer from AWS.
fn usable(snapshot: &Snapshot) -> Result<(), CallError> {
    let hopeless = |outcome: &str| matches!(outcome, "unreachable" | "no credentials");
    let calls = &snapshot.calls;
    if !calls.is_empty() && calls.iter().all(|call| hopeless(&call.outcome)) {
        let message = format!("every call failed: {}", calls[0].outcome);
        return Err(CallError::Unusable { message });
    }
    Ok(())
}

/// What can be asked at once.
fn first(conditions: &[Condition]) -> Vec<Question> {
    let needs: BTreeSet<Need> = conditions.iter().flat_map(Condition::needs).collect();
    let named = Named::of(conditions);
    let mut roles = ROLES.into_iter();
    let mut asks = BTreeSet::new();
    for need in &needs {
        asks.extend(questions(need, &named, &mut roles));
    }
    asks.into_iter().collect()
}

/// What can only be asked once the first answers are there.
fn second(conditions: &[Condition], snapshot: &Snapshot) -> Vec<Question> {
    let needs: BTreeSet<Need> = conditions.iter().flat_map(Condition::needs).collect();
    let environments = snapshot.environment.value().into_iter().chain(snapshot.neighbours.items());
    let environments: Vec<_> = environments.collect();
    let find = |id: &EnvironmentId| environments.iter().find(|found| found.id == *id);
    let mut asks = Vec::new();
    for need in &needs {
        if let Need::Settings(id) = need {
            asks.extend(find(id).map(|found| {
                let (application, name) = (found.application.clone(), found.name.clone());
                Question::Beanstalk(BeanstalkQuestion::Settings { application, name })
            }));
        }
    }
    if needs.contains(&Need::LoadBalancers) {
        let balancers = snapshot.balancing.load_balancers.items().iter();
        asks.extend(
            balancers
                .map(|found| Question::Balancing(BalancingQuestion::Protection(found.arn.clone()))),
        );
    }
    let of_roles = [
        (RoleOf::Instances, &snapshot.identity.instance_role),
        (RoleOf::Service, &snapshot.identity.service_role),
        (RoleOf::Operations, &snapshot.identity.operations_role),
        (RoleOf::Stack, &snapshot.identity.stack_role),
        (RoleOf::Balancing, &snapshot.identity.balancing_role),
    ];
    for (of, role) in of_roles {
        asks.extend(role.value().into_iter().flat_map(|role| {
            [
                Question::Identity(IdentityQuestion::Policies(of, role.name.clone())),
                Question::Identity(IdentityQuestion::Written(role.name.clone())),
            ]
        }));
    }
    asks
}

/// The questions that satisfy one need.
fn questions(
    need: &Need,
    named: &Named,
    roles: &mut impl Iterator<Item = RoleOf>,
) -> Vec<Question> {
    let by_id = |id: &EnvironmentId| EnvironmentRef::Id(id.clone());
    let beanstalk = |question| vec![Question::Beanstalk(question)];
    let stack = |question| vec![Question::Stack(question)];
    match need {
        Need::Environment(id) | Need::Settings(id) => {
            beanstalk(BeanstalkQuestion::Environment(by_id(id)))
        }
        Need::EnvironmentNamed(name) => {
            beanstalk(BeanstalkQuestion::Environment(EnvironmentRef::Name(name.clone())))
        }
        Need::Events(id) => beanstalk(BeanstalkQuestion::Events(by_id(id))),
        Need::InstancesHealth(id) => beanstalk(BeanstalkQuestion::InstancesHealth(by_id(id))),
        Need::SavedConfigurations(application) => {
            beanstalk(BeanstalkQuestion::SavedConfigurations(application.clone()))
        }
        Need::Stack(name) => stack(StackQuestion::Stack(name.clone())),
        Need::StackResources(name) => stack(StackQuestion::Resources(name.clone())),
        Need::StackEvents(name) => stack(StackQuestion::Events(name.clone())),
        Need::Role(name) => {
            let role = roles.next().map(|of| IdentityQuestion::Role(of, name.clone()));
            role.into_iter().map(Question::Identity).collect()
        }
        Need::Profile(name) => vec![Question::Identity(IdentityQuestion::Profile(name.clone()))],
        Need::MailAccount => vec![Question::Service(ServiceQuestion::MailAccount)],
        Need::MailIdentities => vec![Question::Service(ServiceQuestion::MailIdentities)],
        Need::RouteTables
        | Need::Groups
        | Need::Interfaces
        | Need::InternetGateways
        | Need::NatGateways
        | Need::Addresses
        | Need::Endpoints
        | Need::Peerings
        | Need::Acls
        | Need::Dns
        | Need::Vpcs
        | Need::Subnets => named.of_network(need).into_iter().map(Question::Network).collect(),
        Need::Instances
        | Need::ScalingGroups
        | Need::LoadBalancers
        | Need::Databases
        | Need::DatabaseSnapshots => named.of_account(need),
    }
}

/// What the conditions name, so that just that is read.
#[derive(Default)]
struct Named {
    groups: BTreeSet<GroupId>,
    /// A group is named that will only be known when the snapshot is there.
    groups_to_come: bool,
    /// Groups of which all uses are wanted.
    unused: BTreeSet<GroupId>,
    interfaces: BTreeSet<InterfaceId>,
    vpcs: BTreeSet<VpcId>,
    instances: BTreeSet<InstanceId>,
    scaling: BTreeSet<String>,
    balancers: BTreeSet<Arn>,
    databases: BTreeSet<String>,
    snapshots: BTreeSet<String>,
}

impl Named {
    fn of(conditions: &[Condition]) -> Self {
        let mut named = Self::default();
        for condition in conditions {
            named.note(condition);
        }
        named
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others name nothing that narrows a read"
    )]
    fn note(&mut self, condition: &Condition) {
        match condition {
            Condition::RuleIs { group, peer_group, .. } => {
                let by_name = |group: &&Ref<GroupId>| group.known().is_none();
                self.groups_to_come |= [Some(group), peer_group.as_ref()]
                    .into_iter()
                    .flatten()
                    .any(|group| by_name(&group));
                self.groups.extend(group.known().cloned());
            }
            Condition::GroupUnused { group } => {
                self.groups.insert(group.clone());
                self.unused.insert(group.clone());
            }
            Condition::InterfaceGroupsAre { interface, .. }
            | Condition::TargetWorks { target: Ref::Is(Target::Interface(interface)) } => {
                self.interfaces.insert(interface.clone());
            }
            Condition::DnsIs { vpc, .. } => {
                self.vpcs.insert(vpc.clone());
            }
            Condition::InstancesIn { instances, .. } => self.instances.extend(instances.clone()),
            Condition::TargetWorks { target: Ref::Is(Target::Instance(instance)) } => {
                self.instances.insert(instance.clone());
            }
            Condition::ProcessesRun { group, .. } | Condition::SizeIs { group, .. } => {
                self.scaling.insert(group.clone());
            }
            Condition::BalancerProtected { balancer, .. }
            | Condition::BalancerGroupsAre { balancer, .. } => {
                self.balancers.insert(balancer.clone());
            }
            Condition::DatabaseProtected { database, .. }
            | Condition::DatabaseIn { database, .. } => {
                self.databases.insert(database.clone());
            }
            Condition::SnapshotIn { snapshot, .. } => {
                self.snapshots.insert(snapshot.clone());
            }
            _ => {}
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the caller sends needs of the network alone"
    )]
    fn of_network(&self, need: &Need) -> Vec<NetworkQuestion> {
        use NetworkQuestion as Ask;
        let list = |ids: &BTreeSet<GroupId>| ids.iter().cloned().collect::<Vec<_>>();
        match need {
            Need::RouteTables => vec![Ask::RouteTables(None)],
            Need::Groups if self.groups_to_come => vec![Ask::Groups(None)],
            Need::Groups if self.unused.is_empty() => vec![Ask::GroupsOfIds(list(&self.groups))],
            Need::Groups => {
                vec![Ask::GroupsOfIds(list(&self.groups)), Ask::GroupsNaming(list(&self.unused))]
            }
            Need::Interfaces => {
                let ids: Vec<_> = self.interfaces.iter().cloned().collect();
                let mut asks = Vec::new();
                if !self.unused.is_empty() {
                    asks.push(Ask::InterfacesOfGroups(list(&self.unused)));
                }
                if !ids.is_empty() {
                    asks.push(Ask::InterfacesOfIds(ids));
                }
                asks
            }
            Need::InternetGateways => vec![Ask::InternetGateways(None)],
            Need::NatGateways => vec![Ask::NatGateways(None)],
            Need::Addresses => vec![Ask::Addresses],
            Need::Endpoints => vec![Ask::Endpoints(None)],
            Need::Peerings => vec![Ask::Peerings(None)],
            Need::Acls => vec![Ask::Acls(None)],
            Need::Dns => {
                let both =
                    |vpc: &VpcId| [Ask::DnsSupport(vpc.clone()), Ask::DnsHostnames(vpc.clone())];
                self.vpcs.iter().flat_map(both).collect()
            }
            Need::Vpcs => vec![Ask::DefaultVpc],
            Need::Subnets => vec![Ask::DefaultSubnets],
            _ => Vec::new(),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the caller sends needs of the account alone"
    )]
    fn of_account(&self, need: &Need) -> Vec<Question> {
        match need {
            Need::Instances => {
                let ids = self.instances.iter().cloned().collect();
                vec![Question::Compute(ComputeQuestion::OfIds(ids))]
            }
            Need::ScalingGroups => {
                let names = self.scaling.iter().cloned().collect();
                vec![Question::Scaling(ScalingQuestion::Groups(names))]
            }
            Need::LoadBalancers => {
                let arns = self.balancers.iter().cloned();
                arns.map(|arn| Question::Balancing(BalancingQuestion::LoadBalancer(arn))).collect()
            }
            Need::Databases => {
                let names = self.databases.iter().cloned().map(Some);
                names.map(|name| Question::Service(ServiceQuestion::Databases(name))).collect()
            }
            Need::DatabaseSnapshots => {
                let names = self.snapshots.iter().cloned();
                names.map(|name| Question::Service(ServiceQuestion::Snapshot(name))).collect()
            }
            _ => Vec::new(),
        }
    }
}
