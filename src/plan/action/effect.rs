//! What an action leaves behind: by which a doubt about it is settled and a way back is checked.

use super::{Action, EnvironmentAction, NetworkAction, StackAction};
use crate::plan::Condition;

impl Action {
    /// What holds once it was carried out; empty where only what it made could tell.
    pub fn effect(&self) -> Vec<Condition> {
        match self {
            Self::Network(action) => action.effect(),
            Self::Stack(action) => action.effect(),
            Self::Environment(action) => action.effect(),
        }
    }
}

impl NetworkAction {
    fn effect(&self) -> Vec<Condition> {
        match self {
            Self::CreateRouteTable { .. } | Self::DisassociateRouteTable { .. } => Vec::new(),
            Self::DeleteRouteTable { table } => {
                vec![Condition::RouteTableIs { table: table.clone(), there: false }]
            }
            Self::CreateRoute { table, destination, target } => vec![Condition::RouteIs {
                table: table.clone(),
                destination: destination.clone(),
                target: Some(target.clone()),
                there: true,
            }],
            Self::DeleteRoute { table, destination } => vec![Condition::RouteIs {
                table: table.clone(),
                destination: destination.clone(),
                target: None,
                there: false,
            }],
            Self::AssociateRouteTable { table, subnet } => {
                let (subnet, table) = (subnet.clone(), Some(table.clone()));
                vec![Condition::SubnetUses { subnet, table }]
            }
            Self::AuthorizeRule { group, egress, rule, peer_group }
            | Self::RevokeRule { group, egress, rule, peer_group } => vec![Condition::RuleIs {
                group: group.clone(),
                egress: *egress,
                rule: rule.clone(),
                peer_group: peer_group.clone(),
                there: matches!(self, Self::AuthorizeRule { .. }),
            }],
        }
    }
}

impl StackAction {
    fn effect(&self) -> Vec<Condition> {
        match self {
            Self::Delete { stack, .. } => vec![Condition::StackIn {
                stack: stack.clone(),
                statuses: vec!["DELETE_COMPLETE".to_owned()],
            }],
        }
    }
}

impl EnvironmentAction {
    fn effect(&self) -> Vec<Condition> {
        let is = |environment, status: &str| Condition::EnvironmentIn {
            environment,
            statuses: vec![status.to_owned()],
        };
        match self {
            Self::Terminate { environment, .. } => vec![is(environment.clone(), "Terminated")],
            Self::Rebuild { environment, .. } => vec![is(environment.clone(), "Ready")],
            Self::Update { environment, platform, set, remove, .. } => {
                let mut effect = vec![is(environment.clone(), "Ready")];
                effect.extend(platform.as_ref().map(|platform| Condition::PlatformIs {
                    environment: environment.clone(),
                    platform: platform.clone(),
                }));
                effect.extend(set.iter().map(|(namespace, name, value)| Condition::OptionIs {
                    environment: environment.clone(),
                    namespace: namespace.clone(),
                    name: name.clone(),
                    value: Some(value.clone()),
                }));
                effect.extend(remove.iter().map(|(namespace, name)| Condition::OptionIs {
                    environment: environment.clone(),
                    namespace: namespace.clone(),
                    name: name.clone(),
                    value: None,
                }));
                effect
            }
        }
    }
}
