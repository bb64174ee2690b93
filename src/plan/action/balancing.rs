//! Changes of load balancers.

use serde::{Deserialize, Serialize};

use super::line::Line;
use super::{Change, Risk};
use crate::plan::{Condition, StepId};
use crate::world::{Arn, GroupId};

/// A change of load balancers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BalancingAction {
    /// Switches deletion protection on or off.
    Protect {
        /// Which.
        balancer: Arn,
        /// Whether it is on.
        on: bool,
    },
    /// Gives a load balancer exactly these security groups.
    SetGroups {
        /// Which.
        balancer: Arn,
        /// The groups.
        groups: Vec<GroupId>,
    },
}

impl Change for BalancingAction {
    fn kind(&self) -> &'static str {
        match self {
            Self::Protect { .. } => "modify-load-balancer-attributes",
            Self::SetGroups { .. } => "set-security-groups",
        }
    }

    fn target(&self) -> String {
        match self {
            Self::Protect { balancer, .. } | Self::SetGroups { balancer, .. } => {
                balancer.to_string()
            }
        }
    }

    fn permissions(&self) -> Vec<&'static str> {
        vec![match self {
            Self::Protect { .. } => "elasticloadbalancing:ModifyLoadBalancerAttributes",
            Self::SetGroups { .. } => "elasticloadbalancing:SetSecurityGroups",
        }]
    }

    fn line(&self) -> Line {
        let line = Line::new("elbv2", self.kind());
        match self {
            Self::Protect { balancer, on } => line
                .with("load-balancer-arn", balancer)
                .with("attributes", format!("Key=deletion_protection.enabled,Value={on}")),
            Self::SetGroups { balancer, groups } => {
                line.with("load-balancer-arn", balancer).list("security-groups", groups)
            }
        }
    }

    fn sentence(&self) -> String {
        let name = |arn: &Arn| arn.as_str().split('/').nth(2).unwrap_or(arn.as_str()).to_owned();
        match self {
            Self::Protect { balancer, on: true } => {
                format!("protect the load balancer {} from deletion", name(balancer))
            }
            Self::Protect { balancer, on: false } => {
                format!("lift the deletion protection of the load balancer {}", name(balancer))
            }
            Self::SetGroups { balancer, groups } => format!(
                "give the load balancer {} the groups {}",
                name(balancer),
                super::listed(groups)
            ),
        }
    }

    fn risk(&self) -> Risk {
        match self {
            Self::Protect { on: true, .. } => Risk::Safe,
            Self::Protect { on: false, .. } | Self::SetGroups { .. } => Risk::Disruptive,
        }
    }

    fn done_when(&self, _: &StepId) -> Vec<Condition> {
        vec![match self.clone() {
            Self::Protect { balancer, on } => Condition::BalancerProtected { balancer, on },
            Self::SetGroups { balancer, groups } => {
                Condition::BalancerGroupsAre { balancer, groups }
            }
        }]
    }
}
