//! What has to be read to tell whether a condition holds.

use super::Condition;
use crate::world::{EnvironmentId, GroupId, StackName};

/// One family of things to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// `elasticbeanstalk:DescribeEnvironments` for one environment.
    Environment(EnvironmentId),
    /// Environments of a name.
    EnvironmentNamed(String),
    /// The environment's options.
    Settings(EnvironmentId),
    /// The environment's events, newest first.
    Events(EnvironmentId),
    /// Its instances' health.
    InstancesHealth(EnvironmentId),
    /// Saved configurations of an application.
    SavedConfigurations(String),
    /// A stack itself.
    Stack(StackName),
    /// A stack's resources.
    StackResources(StackName),
    /// A stack's events.
    StackEvents(StackName),
    /// Route tables.
    RouteTables,
    /// Security groups.
    Groups,
    /// Network interfaces.
    Interfaces,
    /// Internet gateways.
    InternetGateways,
    /// NAT gateways.
    NatGateways,
    /// Elastic IP addresses.
    Addresses,
    /// VPC endpoints.
    Endpoints,
    /// Peering connections.
    Peerings,
    /// Network ACLs.
    Acls,
    /// `enableDnsSupport` and `enableDnsHostnames`.
    Dns,
    /// VPCs.
    Vpcs,
    /// Subnets.
    Subnets,
    /// Instances.
    Instances,
    /// Auto Scaling groups.
    ScalingGroups,
    /// Load balancers and their attributes.
    LoadBalancers,
    /// Database instances.
    Databases,
    /// Database snapshots.
    DatabaseSnapshots,
    /// A role, its trust and its policies.
    Role(String),
    /// An instance profile.
    Profile(String),
    /// The account's mail.
    MailAccount,
    /// Senders.
    MailIdentities,
}

impl Condition {
    /// What has to be read to tell whether it holds, references included.
    pub fn needs(&self) -> Vec<Need> {
        let mut needs = self.own_needs();
        needs.extend(self.stacks_of_references().into_iter().map(Need::StackResources));
        needs
    }

    #[expect(clippy::too_many_lines, reason = "one short arm for each condition")]
    fn own_needs(&self) -> Vec<Need> {
        match self {
            Self::RouteTableIs { .. }
            | Self::RouteIs { .. }
            | Self::RouteLeads { .. }
            | Self::SubnetUses { .. } => vec![Need::RouteTables],
            Self::TargetWorks { .. } => vec![
                Need::InternetGateways,
                Need::NatGateways,
                Need::Peerings,
                Need::Endpoints,
                Need::Interfaces,
            ],
            Self::RuleIs { .. } => vec![Need::Groups],
            Self::GatewayIs { .. } => vec![Need::InternetGateways],
            Self::AddressIs { .. } => vec![Need::Addresses],
            Self::NatIn { .. } => vec![Need::NatGateways],
            Self::EndpointIn { .. }
            | Self::EndpointAnswersFor { .. }
            | Self::EndpointPolicyIs { .. }
            | Self::EndpointHas { .. } => vec![Need::Endpoints],
            Self::DnsIs { .. } => vec![Need::Dns],
            Self::PeeringIn { .. } | Self::PeeringResolves { .. } => vec![Need::Peerings],
            Self::AclEntryIs { .. } => vec![Need::Acls],
            Self::InterfaceGroupsAre { .. } => vec![Need::Interfaces],
            Self::GroupUnused { .. } => vec![Need::Groups, Need::Interfaces],
            Self::DefaultVpcIs {} => vec![Need::Vpcs],
            Self::DefaultSubnetIs { .. } => vec![Need::Subnets],
            Self::InstancesIn { .. } => vec![Need::Instances],
            Self::StackIn { stack, .. } | Self::StackProtected { stack, .. } => {
                vec![Need::Stack(stack.clone())]
            }
            Self::StackCameTo { stack, .. } => vec![Need::StackEvents(stack.clone())],
            Self::EnvironmentIn { environment, .. }
            | Self::HealthIn { environment, .. }
            | Self::PlatformIs { environment, .. }
            | Self::VersionIs { environment, .. }
            | Self::OperationsRoleIs { environment, .. } => {
                vec![Need::Environment(environment.clone())]
            }
            Self::EnvironmentNamed { name, .. } => vec![Need::EnvironmentNamed(name.clone())],
            Self::OptionIs { environment, .. } => vec![Need::Settings(environment.clone())],
            Self::InstancesReport { environment, .. } => {
                vec![Need::InstancesHealth(environment.clone())]
            }
            Self::EnvironmentSaid { environment, .. } => vec![Need::Events(environment.clone())],
            Self::ConfigurationSaved { application, .. } => {
                vec![Need::SavedConfigurations(application.clone())]
            }
            Self::ProcessesRun { .. } | Self::SizeIs { .. } => vec![Need::ScalingGroups],
            Self::BalancerProtected { .. } | Self::BalancerGroupsAre { .. } => {
                vec![Need::LoadBalancers]
            }
            Self::DatabaseProtected { .. } | Self::DatabaseIn { .. } => vec![Need::Databases],
            Self::SnapshotIn { .. } => vec![Need::DatabaseSnapshots],
            Self::RoleIs { role, .. }
            | Self::RoleTrusts { role, .. }
            | Self::RoleHas { role, .. }
            | Self::RoleHasWritten { role, .. } => vec![Need::Role(role.clone())],
            Self::ProfileIs { profile, .. } => vec![Need::Profile(profile.clone())],
            Self::SendingIs { .. } => vec![Need::MailAccount],
            Self::MailIdentityIs { .. } => vec![Need::MailIdentities],
        }
    }

    /// Stacks whose resources its references name.
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other names a group of a stack")]
    fn stacks_of_references(&self) -> Vec<StackName> {
        let references: Vec<&super::Ref<GroupId>> = match self {
            Self::RuleIs { group, peer_group, .. } => {
                std::iter::once(group).chain(peer_group).collect()
            }
            Self::InterfaceGroupsAre { groups, .. } => groups.iter().collect(),
            _ => return Vec::new(),
        };
        references
            .into_iter()
            .filter_map(|reference| match reference {
                super::Ref::OfStack { stack, .. } => Some(stack.as_str().into()),
                super::Ref::Is(_) | super::Ref::MadeBy(_) => None,
            })
            .collect()
    }
}
