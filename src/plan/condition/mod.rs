//! What must hold before, while and after something is done.

mod account;
mod environment;
mod needs;
mod network;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};

pub use needs::Need;

use super::action::{DnsAttribute, Made, Named};
use super::{Ref, StepId};
use crate::world::network::{AclEntry, Destination, GroupRule, Target};
use crate::world::{
    AllocationId, Arn, EndpointId, EnvironmentId, GroupId, InstanceId, InterfaceId,
    InternetGatewayId, NatGatewayId, NetworkAclId, Observed, PeeringId, RouteTableId, Snapshot,
    StackName, SubnetId, VpcId,
};

/// Whether something holds; *unknown* is never taken for *yes*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It cannot be told.
    Unknown,
}

impl From<Option<bool>> for Truth {
    fn from(known: Option<bool>) -> Self {
        match known {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Unknown,
        }
    }
}

/// One thing that can be looked up in a snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// A route table is there.
    RouteTableIs {
        /// Which.
        table: Ref<RouteTableId>,
        /// Whether it is to be there or gone.
        there: bool,
    },
    /// A table has, or has not, a route for exactly this destination to exactly this target,
    /// active.
    RouteIs {
        /// The table.
        table: Ref<RouteTableId>,
        /// The destination.
        destination: Destination,
        /// The target; absent: any.
        target: Option<Ref<Target>>,
        /// Whether it is to be there or gone.
        there: bool,
    },
    /// A table's route for exactly this destination leads to exactly this target, active or not.
    RouteLeads {
        /// The table.
        table: Ref<RouteTableId>,
        /// The destination.
        destination: Destination,
        /// The target.
        target: Target,
    },
    /// A subnet uses a table.
    SubnetUses {
        /// The subnet.
        subnet: SubnetId,
        /// The table; absent: none of its own, so the main one.
        table: Option<Ref<RouteTableId>>,
    },
    /// A target of routes is there and takes packets (NAT gateway available, gateway attached,
    /// peering active).
    TargetWorks {
        /// The target.
        target: Ref<Target>,
    },
    /// A group has, or has not, a rule.
    RuleIs {
        /// The group.
        group: Ref<GroupId>,
        /// Whether it is for packets that go out.
        egress: bool,
        /// The rule.
        rule: GroupRule,
        /// The peer group, where it is not the rule's own.
        peer_group: Option<Ref<GroupId>>,
        /// Whether it is to be there or gone.
        there: bool,
    },
    /// An internet gateway is there, attached to a VPC if one is given, or is not.
    GatewayIs {
        /// The gateway.
        gateway: Ref<InternetGatewayId>,
        /// The VPC.
        vpc: Option<VpcId>,
        /// Whether it is to be so or not.
        there: bool,
    },
    /// An Elastic IP address is allocated, or is not.
    AddressIs {
        /// Its allocation.
        allocation: Ref<AllocationId>,
        /// Whether it is to be there or gone.
        there: bool,
    },
    /// A NAT gateway has one of these states; `deleted` also holds when it is not found.
    NatIn {
        /// Which.
        nat: Ref<NatGatewayId>,
        /// The states.
        states: Vec<String>,
    },
    /// An endpoint has one of these states; `deleted` also holds when it is not found.
    EndpointIn {
        /// Which.
        endpoint: Ref<EndpointId>,
        /// The states, in lower case.
        states: Vec<String>,
    },
    /// The service's own name leads to an endpoint, or does not.
    EndpointAnswersFor {
        /// Which.
        endpoint: EndpointId,
        /// Whether it does.
        on: bool,
    },
    /// An endpoint has this policy.
    EndpointPolicyIs {
        /// Which.
        endpoint: EndpointId,
        /// The policy; absent: AWS's own, which lets everything pass.
        policy: Option<String>,
    },
    /// An endpoint has these groups or route tables, and has not those.
    EndpointHas {
        /// Which.
        endpoint: EndpointId,
        /// What it has.
        with: Vec<String>,
        /// What it has not.
        without: Vec<String>,
    },
    /// Name resolution of a VPC is on or off.
    DnsIs {
        /// The VPC.
        vpc: VpcId,
        /// The attribute.
        attribute: DnsAttribute,
        /// Whether it is on.
        on: bool,
    },
    /// A peering connection has one of these statuses; `deleted` also holds when it is not found.
    PeeringIn {
        /// Which.
        peering: PeeringId,
        /// The statuses.
        statuses: Vec<String>,
    },
    /// A side of a peering connection resolves the other's names to private addresses, or not.
    PeeringResolves {
        /// Which.
        peering: PeeringId,
        /// Whether the requester's side is meant.
        requester: bool,
        /// Whether it does.
        on: bool,
    },
    /// A network ACL has, or has not, exactly this entry.
    AclEntryIs {
        /// The ACL.
        acl: NetworkAclId,
        /// The entry.
        entry: AclEntry,
        /// Whether it is to be there or gone.
        there: bool,
    },
    /// A network interface has exactly these groups.
    InterfaceGroupsAre {
        /// Which.
        interface: InterfaceId,
        /// The groups, in any order.
        groups: Vec<Ref<GroupId>>,
    },
    /// No rule of another group names this group, and no interface carries it.
    GroupUnused {
        /// Which.
        group: GroupId,
    },
    /// The region has a default VPC.
    DefaultVpcIs {},
    /// A zone has a default subnet.
    DefaultSubnetIs {
        /// The zone.
        zone: String,
    },
    /// Each of these instances has one of these states; gone ones count as `terminated`.
    InstancesIn {
        /// The instances.
        instances: Vec<InstanceId>,
        /// The states.
        states: Vec<String>,
    },
    /// A stack has one of these statuses; `DELETE_COMPLETE` also holds when it is not found.
    StackIn {
        /// Which.
        stack: StackName,
        /// The statuses.
        statuses: Vec<String>,
    },
    /// An environment has one of these statuses.
    EnvironmentIn {
        /// Which.
        environment: EnvironmentId,
        /// The statuses, as AWS writes them.
        statuses: Vec<String>,
    },
    /// An environment's health is one of these: health status where there is one (`Ok`, `Info`),
    /// else colour.
    HealthIn {
        /// Which.
        environment: EnvironmentId,
        /// The health statuses or colours.
        healths: Vec<String>,
    },
    /// An environment is on exactly this platform version.
    PlatformIs {
        /// Which.
        environment: EnvironmentId,
        /// The platform version.
        platform: Arn,
    },
    /// An option has exactly this value.
    OptionIs {
        /// Which environment.
        environment: EnvironmentId,
        /// The option's namespace.
        namespace: String,
        /// The option's name.
        name: String,
        /// The value, absent for unset.
        value: Option<String>,
    },
    /// An environment runs this application version.
    VersionIs {
        /// Which environment.
        environment: EnvironmentId,
        /// The version's label.
        label: String,
    },
    /// A living environment of this name has one of these statuses.
    EnvironmentNamed {
        /// Its application.
        application: String,
        /// Its name.
        name: String,
        /// The statuses, as AWS writes them.
        statuses: Vec<String>,
    },
    /// At least so many instances of an environment send health data.
    InstancesReport {
        /// Which environment.
        environment: EnvironmentId,
        /// How many at least.
        at_least: u32,
    },
    /// Elastic Beanstalk has said one of these since a step's call went out.
    EnvironmentSaid {
        /// Of which environment.
        environment: EnvironmentId,
        /// The step.
        since: StepId,
        /// Parts of its sentences.
        texts: Vec<String>,
    },
    /// A stack has come to one of these statuses since a step's call went out, by its own events.
    StackCameTo {
        /// Which.
        stack: StackName,
        /// The step.
        since: StepId,
        /// The statuses.
        statuses: Vec<String>,
    },
    /// A stack's termination protection is on or off.
    StackProtected {
        /// Which.
        stack: StackName,
        /// Whether it is on.
        on: bool,
    },
    /// A configuration is saved under this name, or is not.
    ConfigurationSaved {
        /// The application.
        application: String,
        /// The name.
        template: String,
        /// Whether it is to be there or gone.
        there: bool,
    },
    /// Elastic Beanstalk works with this role, or with the caller's permissions.
    OperationsRoleIs {
        /// For which environment.
        environment: EnvironmentId,
        /// The role; absent: the caller's permissions.
        role: Option<Arn>,
    },
    /// Processes of an Auto Scaling group run, or are suspended.
    ProcessesRun {
        /// The group.
        group: String,
        /// The processes.
        processes: Vec<String>,
        /// Whether they run.
        running: bool,
    },
    /// An Auto Scaling group has exactly this size set.
    SizeIs {
        /// The group.
        group: String,
        /// Fewest instances.
        min: u32,
        /// Most instances.
        max: u32,
        /// Instances wanted.
        desired: u32,
    },
    /// A load balancer's deletion protection is on or off.
    BalancerProtected {
        /// Which.
        balancer: Arn,
        /// Whether it is on.
        on: bool,
    },
    /// A load balancer has exactly these groups.
    BalancerGroupsAre {
        /// Which.
        balancer: Arn,
        /// The groups, in any order.
        groups: Vec<GroupId>,
    },
    /// A database's deletion protection is on or off.
    DatabaseProtected {
        /// Which.
        database: String,
        /// Whether it is on.
        on: bool,
    },
    /// A database has one of these statuses; `deleted` also holds when it is not found.
    DatabaseIn {
        /// Which.
        database: String,
        /// The statuses.
        statuses: Vec<String>,
    },
    /// A database snapshot has one of these statuses; `deleted` also holds when it is not found.
    SnapshotIn {
        /// Which.
        snapshot: String,
        /// The statuses.
        statuses: Vec<String>,
    },
    /// A role is there, or is not.
    RoleIs {
        /// Its name.
        role: String,
        /// Whether it is to be there or gone.
        there: bool,
    },
    /// A role may be used by whom this policy document says.
    RoleTrusts {
        /// Its name.
        role: String,
        /// The document.
        trust: String,
    },
    /// A managed policy is attached to a role, or is not.
    RoleHas {
        /// The role.
        role: String,
        /// The policy.
        policy: Arn,
        /// Whether it is to be there or gone.
        there: bool,
    },
    /// A policy is written into a role, or is not.
    RoleHasWritten {
        /// The role.
        role: String,
        /// The policy's name.
        name: String,
        /// Whether it is to be there or gone.
        there: bool,
    },
    /// An instance profile is there, with this role if one is given, or is not.
    ProfileIs {
        /// The profile.
        profile: String,
        /// The role in it.
        role: Option<String>,
        /// Whether it is to be so or not.
        there: bool,
    },
    /// The account may send mail, or may not.
    SendingIs {
        /// Whether sending is on.
        on: bool,
    },
    /// A sender is there, verified or not.
    MailIdentityIs {
        /// Its name.
        name: String,
        /// Whether it is to be there or gone.
        there: bool,
    },
}

/// A snapshot and what was made, to be looked at.
#[derive(Clone, Copy)]
struct View<'a> {
    snapshot: &'a Snapshot,
    made: &'a Made,
}

impl View<'_> {
    /// What a reference is by now.
    fn id<T: Named>(&self, reference: &Ref<T>) -> Option<T> {
        reference.resolve(self.made, self.snapshot)
    }
}

/// Nobody could look.
struct Unread;

/// The items of a list that was read, none if AWS said there are none.
fn read<T>(observed: &Observed<Vec<T>>) -> Option<&[T]> {
    observed.present().ok().map(|items| items.map_or(&[][..], Vec::as_slice))
}

/// Whether two lists hold the same, in any order.
fn same<T: Ord>(one: &[T], other: &[T]) -> bool {
    let sorted = |items: &[T]| {
        let mut all: Vec<usize> = (0..items.len()).collect();
        all.sort_by(|a, b| items[*a].cmp(&items[*b]));
        all
    };
    let pairs = sorted(one).into_iter().zip(sorted(other));
    one.len() == other.len() && pairs.into_iter().all(|(a, b)| one[a] == other[b])
}

impl Condition {
    /// Whether it is about the ways of packets, which nothing changes but whoever means to: what
    /// of them is other than it was planned for was changed by somebody else.
    pub fn is_of_the_ways(&self) -> bool {
        matches!(
            self,
            Self::RouteTableIs { table: Ref::Is(_), .. }
                | Self::RouteIs { table: Ref::Is(_), .. }
                | Self::RouteLeads { table: Ref::Is(_), .. }
                | Self::SubnetUses { table: None | Some(Ref::Is(_)), .. }
                | Self::AclEntryIs { .. }
        )
    }

    /// Whether it holds in a snapshot, given what earlier steps made.
    pub fn holds(&self, snapshot: &Snapshot, made: &Made) -> Truth {
        let view = View { snapshot, made };
        let known = match self {
            Self::RouteTableIs { .. }
            | Self::RouteIs { .. }
            | Self::RouteLeads { .. }
            | Self::SubnetUses { .. }
            | Self::TargetWorks { .. }
            | Self::RuleIs { .. }
            | Self::GatewayIs { .. }
            | Self::AddressIs { .. }
            | Self::NatIn { .. }
            | Self::EndpointIn { .. }
            | Self::EndpointAnswersFor { .. }
            | Self::EndpointPolicyIs { .. }
            | Self::EndpointHas { .. }
            | Self::DnsIs { .. }
            | Self::PeeringIn { .. }
            | Self::PeeringResolves { .. }
            | Self::AclEntryIs { .. }
            | Self::InterfaceGroupsAre { .. }
            | Self::GroupUnused { .. }
            | Self::DefaultVpcIs {}
            | Self::DefaultSubnetIs { .. }
            | Self::InstancesIn { .. } => network::holds(self, view),
            Self::StackIn { .. }
            | Self::EnvironmentIn { .. }
            | Self::HealthIn { .. }
            | Self::PlatformIs { .. }
            | Self::OptionIs { .. }
            | Self::VersionIs { .. }
            | Self::EnvironmentNamed { .. }
            | Self::InstancesReport { .. }
            | Self::EnvironmentSaid { .. }
            | Self::StackCameTo { .. }
            | Self::StackProtected { .. }
            | Self::ConfigurationSaved { .. }
            | Self::OperationsRoleIs { .. } => environment::holds(self, view),
            Self::ProcessesRun { .. }
            | Self::SizeIs { .. }
            | Self::BalancerProtected { .. }
            | Self::BalancerGroupsAre { .. }
            | Self::DatabaseProtected { .. }
            | Self::DatabaseIn { .. }
            | Self::SnapshotIn { .. }
            | Self::RoleIs { .. }
            | Self::RoleTrusts { .. }
            | Self::RoleHas { .. }
            | Self::RoleHasWritten { .. }
            | Self::ProfileIs { .. }
            | Self::SendingIs { .. }
            | Self::MailIdentityIs { .. } => account::holds(self, view),
        };
        Truth::from(known)
    }
}
