//! Conditions as a person would say them.

use std::fmt::{Display, Formatter, Result};

use super::Condition;
use crate::plan::action::rule_words;

/// `word` or `not word`.
fn whether(there: bool, yes: &'static str, no: &'static str) -> &'static str {
    if there { yes } else { no }
}

/// Alternatives as a person lists them: `a, b or c`.
fn either(words: &[String]) -> String {
    match words.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

impl Display for Condition {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is said below")]
    #[expect(clippy::too_many_lines, reason = "one short sentence for each")]
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::RouteTableIs { table, there } => {
                write!(f, "the route table {table} is {}", whether(*there, "there", "gone"))
            }
            Self::RouteIs { table, destination, target: Some(target), there } => {
                let sends = whether(*there, "sends", "does not send");
                write!(f, "{table} {sends} packets for {destination} to {target}")
            }
            Self::RouteIs { table, destination, target: None, there } => {
                let has = whether(*there, "has a route", "has no route");
                write!(f, "{table} {has} for {destination}")
            }
            Self::RouteLeads { table, destination, target } => {
                write!(f, "the route of {table} for {destination} leads to {}", target.id())
            }
            Self::SubnetUses { subnet, table: Some(table) } => {
                write!(f, "{subnet} uses the route table {table}")
            }
            Self::SubnetUses { subnet, table: None } => {
                write!(f, "{subnet} has no route table of its own")
            }
            Self::TargetWorks { target } => write!(f, "{target} takes packets"),
            Self::RuleIs { group, egress, rule, peer_group, there } => {
                let rule = rule_words(rule, peer_group.as_ref(), *egress);
                let admits = whether(*there, "admits", "does not admit");
                write!(f, "{group} {admits} {rule} by a rule of its own")
            }
            Self::GatewayIs { gateway, vpc: Some(vpc), there } => {
                let is = whether(*there, "is attached", "is not attached");
                write!(f, "the internet gateway {gateway} {is} to {vpc}")
            }
            Self::GatewayIs { gateway, vpc: None, there } => {
                write!(f, "the internet gateway {gateway} is {}", whether(*there, "there", "gone"))
            }
            Self::AddressIs { allocation, there } => {
                let is = whether(*there, "is allocated", "is given back");
                write!(f, "the address {allocation} {is}")
            }
            Self::NatIn { nat, states } => {
                write!(f, "the NAT gateway {nat} is {}", either(states))
            }
            Self::EndpointIn { endpoint, states } => {
                write!(f, "the endpoint {endpoint} is {}", either(states))
            }
            Self::EndpointAnswersFor { endpoint, on } => {
                let leads = whether(*on, "leads", "does not lead");
                write!(f, "the service's own name {leads} to the endpoint {endpoint}")
            }
            Self::EndpointPolicyIs { endpoint, policy: Some(_) } => {
                write!(f, "the endpoint {endpoint} has the recorded policy")
            }
            Self::EndpointPolicyIs { endpoint, policy: None } => {
                write!(f, "the endpoint {endpoint} lets everything pass")
            }
            Self::EndpointHas { endpoint, with, without } if without.is_empty() => {
                write!(f, "the endpoint {endpoint} has {}", with.join(", "))
            }
            Self::EndpointHas { endpoint, without, .. } => {
                write!(f, "the endpoint {endpoint} has not {}", without.join(", "))
            }
            Self::DnsIs { vpc, attribute, on } => {
                write!(f, "{attribute} of {vpc} is {}", whether(*on, "on", "off"))
            }
            Self::PeeringIn { peering, statuses } => {
                write!(f, "the peering connection {peering} is {}", either(statuses))
            }
            Self::PeeringResolves { peering, on, .. } => {
                let leads = whether(*on, "lead", "do not lead");
                write!(f, "names beyond {peering} {leads} to private addresses")
            }
            Self::AclEntryIs { acl, entry, there } => {
                let has = whether(*there, "has", "has not");
                write!(f, "{acl} {has} its entry {}", entry.number)
            }
            Self::InterfaceGroupsAre { interface, groups } => {
                write!(f, "{interface} has exactly {}", crate::plan::action::listed(groups))
            }
            Self::GroupUnused { group } => write!(f, "nothing names or carries {group}"),
            Self::DefaultVpcIs {} => f.write_str("the region has a default VPC"),
            Self::DefaultSubnetIs { zone } => write!(f, "{zone} has a default subnet"),
            Self::InstancesIn { instances, states } => {
                write!(f, "{} are {}", crate::plan::action::listed(instances), either(states))
            }
            _ => self.rest(f),
        }
    }
}

impl Condition {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the network's are said above")]
    fn rest(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::StackIn { stack, statuses } => {
                write!(f, "the stack {stack} is {}", either(statuses))
            }
            Self::EnvironmentIn { environment, statuses } => {
                write!(f, "the environment {environment} is {}", either(statuses))
            }
            Self::HealthIn { environment, healths } => {
                write!(f, "the health of {environment} is {}", either(healths))
            }
            Self::PlatformIs { environment, platform } => {
                write!(f, "{environment} runs on {platform}")
            }
            Self::OptionIs { namespace, name, value: Some(value), .. } => {
                write!(f, "{namespace} {name} is `{value}`")
            }
            Self::OptionIs { namespace, name, value: None, .. } => {
                write!(f, "{namespace} {name} is not set")
            }
            Self::VersionIs { environment, label } => {
                write!(f, "{environment} runs the version `{label}`")
            }
            Self::EnvironmentNamed { name, statuses, .. } => {
                write!(f, "the environment {name} is {}", either(statuses))
            }
            Self::InstancesReport { at_least, .. } => {
                write!(f, "at least {at_least} instances send health data")
            }
            Self::EnvironmentSaid { texts, .. } => {
                write!(f, "Elastic Beanstalk says: {}", either(texts))
            }
            Self::StackCameTo { stack, statuses, .. } => {
                write!(f, "the stack {stack} ends as {}", either(statuses))
            }
            Self::StackProtected { stack, on } => {
                let is = whether(*on, "is protected", "is not protected");
                write!(f, "the stack {stack} {is} from termination")
            }
            Self::ConfigurationSaved { template, there, .. } => {
                let is = whether(*there, "is", "is not");
                write!(f, "the configuration `{template}` {is} saved")
            }
            Self::OperationsRoleIs { environment, role: Some(role) } => {
                write!(f, "{environment} is managed with the role {role}")
            }
            Self::OperationsRoleIs { environment, role: None } => {
                write!(f, "{environment} is managed with the caller's permissions")
            }
            _ => self.rest_of_the_account(f),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are said above")]
    fn rest_of_the_account(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::ProcessesRun { group, processes, running } => {
                let run = whether(*running, "run", "are suspended");
                write!(f, "{} of {group} {run}", processes.join(", "))
            }
            Self::SizeIs { group, min, max, desired } => {
                write!(f, "{group} has {desired} instances, at least {min}, at most {max}")
            }
            Self::BalancerProtected { balancer, on } => {
                let is = whether(*on, "is protected", "is not protected");
                write!(f, "{balancer} {is} from deletion")
            }
            Self::BalancerGroupsAre { balancer, groups } => {
                write!(f, "{balancer} has exactly {}", crate::plan::action::listed(groups))
            }
            Self::DatabaseProtected { database, on } => {
                let is = whether(*on, "is protected", "is not protected");
                write!(f, "the database {database} {is} from deletion")
            }
            Self::DatabaseIn { database, statuses } => {
                write!(f, "the database {database} is {}", either(statuses))
            }
            Self::SnapshotIn { snapshot, statuses } => {
                write!(f, "the snapshot {snapshot} is {}", either(statuses))
            }
            Self::RoleIs { role, there } => {
                write!(f, "the role {role} is {}", whether(*there, "there", "gone"))
            }
            Self::RoleTrusts { role, .. } => {
                write!(f, "the role {role} may be used by whom it should")
            }
            Self::RoleHas { role, policy, there } => {
                write!(f, "the role {role} {} {policy}", whether(*there, "has", "has not"))
            }
            Self::RoleHasWritten { role, name, there } => {
                let has = whether(*there, "has", "has not");
                write!(f, "the role {role} {has} the policy {name}")
            }
            Self::ProfileIs { profile, role: Some(role), there } => {
                let has = whether(*there, "has", "has not");
                write!(f, "the instance profile {profile} {has} the role {role}")
            }
            Self::ProfileIs { profile, role: None, there } => {
                write!(f, "the instance profile {profile} is {}", whether(*there, "there", "gone"))
            }
            Self::SendingIs { on } => {
                write!(f, "the account {} send mail", whether(*on, "may", "may not"))
            }
            Self::MailIdentityIs { name, there } => {
                write!(f, "the sender {name} is {}", whether(*there, "there", "gone"))
            }
            _ => Ok(()),
        }
    }
}
