//! Changes of VPC endpoints, made by EC2.

use serde::{Deserialize, Serialize};

use super::line::Line;
use super::{Change, Made, Ref, Risk, listed};
use crate::plan::{Condition, StepId};
use crate::world::{EndpointId, GroupId, RouteTableId, Snapshot, SubnetId, VpcId};

/// A change of VPC endpoints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointAction {
    /// Makes an endpoint: a gateway endpoint if route tables are given, else an interface one.
    Create {
        /// The VPC.
        vpc: VpcId,
        /// The service's full name, `com.amazonaws.us-west-2.elasticbeanstalk`.
        service: String,
        /// An interface endpoint's subnets.
        subnets: Vec<SubnetId>,
        /// An interface endpoint's groups.
        groups: Vec<GroupId>,
        /// A gateway endpoint's route tables.
        tables: Vec<RouteTableId>,
    },
    /// Deletes an endpoint; the way back from making one.
    Delete {
        /// Which.
        endpoint: Ref<EndpointId>,
    },
    /// Makes the service's own name lead to an interface endpoint, or not.
    SetPrivateDns {
        /// Which.
        endpoint: EndpointId,
        /// Whether it does.
        on: bool,
    },
    /// Sets an endpoint's policy.
    SetPolicy {
        /// Which.
        endpoint: EndpointId,
        /// The policy; absent: AWS's own, which lets everything pass.
        policy: Option<String>,
    },
    /// Adds security groups to an interface endpoint and takes others off.
    SetGroups {
        /// Which.
        endpoint: EndpointId,
        /// Groups that are added.
        add: Vec<Ref<GroupId>>,
        /// Groups that are taken off.
        remove: Vec<GroupId>,
    },
    /// Adds a gateway endpoint to route tables and takes it off others.
    SetTables {
        /// Which.
        endpoint: EndpointId,
        /// Tables that get its route.
        add: Vec<RouteTableId>,
        /// Tables that lose it.
        remove: Vec<RouteTableId>,
    },
}

impl EndpointAction {
    pub(super) fn resolve(&self, made: &Made, snapshot: &Snapshot) -> Option<Self> {
        let mut known = self.clone();
        if let Self::Delete { endpoint } = &mut known {
            *endpoint = endpoint.settled(made, snapshot)?;
        }
        if let Self::SetGroups { add, .. } = &mut known {
            for group in add {
                *group = group.settled(made, snapshot)?;
            }
        }
        Some(known)
    }

    pub(super) fn makers(&self) -> Vec<StepId> {
        match self {
            Self::Delete { endpoint } => endpoint.maker().into_iter().cloned().collect(),
            Self::Create { .. }
            | Self::SetPrivateDns { .. }
            | Self::SetPolicy { .. }
            | Self::SetGroups { .. }
            | Self::SetTables { .. } => Vec::new(),
        }
    }
}

impl Change for EndpointAction {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create-vpc-endpoint",
            Self::Delete { .. } => "delete-vpc-endpoints",
            Self::SetPrivateDns { .. }
            | Self::SetPolicy { .. }
            | Self::SetGroups { .. }
            | Self::SetTables { .. } => "modify-vpc-endpoint",
        }
    }

    fn target(&self) -> String {
        match self {
            Self::Create { vpc, .. } => vpc.to_string(),
            Self::Delete { endpoint } => endpoint.to_string(),
            Self::SetPrivateDns { endpoint, .. }
            | Self::SetPolicy { endpoint, .. }
            | Self::SetGroups { endpoint, .. }
            | Self::SetTables { endpoint, .. } => endpoint.to_string(),
        }
    }

    fn permissions(&self) -> Vec<&'static str> {
        match self {
            // Private DNS makes a hosted zone with the caller's permission.
            // Source: VPC guide, "Identity and access management for AWS PrivateLink".
            Self::Create { tables, .. } if tables.is_empty() => vec![
                "ec2:CreateVpcEndpoint",
                "ec2:CreateTags",
                "route53:AssociateVPCWithHostedZone",
            ],
            Self::Create { .. } => vec!["ec2:CreateVpcEndpoint", "ec2:CreateTags"],
            Self::Delete { .. } => vec!["ec2:DeleteVpcEndpoints"],
            Self::SetPrivateDns { .. } => {
                vec!["ec2:ModifyVpcEndpoint", "route53:AssociateVPCWithHostedZone"]
            }
            Self::SetPolicy { .. } | Self::SetGroups { .. } | Self::SetTables { .. } => {
                vec!["ec2:ModifyVpcEndpoint"]
            }
        }
    }

    fn line(&self) -> Line {
        let line = Line::new("ec2", self.kind());
        match self {
            Self::Create { vpc, service, subnets, groups, tables } => {
                let line = line.with("vpc-id", vpc).with("service-name", service);
                if tables.is_empty() {
                    line.with("vpc-endpoint-type", "Interface")
                        .list("subnet-ids", subnets)
                        .list("security-group-ids", groups)
                        .switch("private-dns-enabled", true)
                } else {
                    line.with("vpc-endpoint-type", "Gateway").list("route-table-ids", tables)
                }
            }
            Self::Delete { endpoint } => line.list("vpc-endpoint-ids", [endpoint]),
            Self::SetPrivateDns { endpoint, on } => {
                line.with("vpc-endpoint-id", endpoint).switch("private-dns-enabled", *on)
            }
            Self::SetPolicy { endpoint, policy: Some(policy) } => {
                line.with("vpc-endpoint-id", endpoint).with("policy-document", policy)
            }
            Self::SetPolicy { endpoint, policy: None } => {
                line.with("vpc-endpoint-id", endpoint).switch("reset-policy", true)
            }
            Self::SetGroups { endpoint, add, remove } => line
                .with("vpc-endpoint-id", endpoint)
                .list("add-security-group-ids", add)
                .list("remove-security-group-ids", remove),
            Self::SetTables { endpoint, add, remove } => line
                .with("vpc-endpoint-id", endpoint)
                .list("add-route-table-ids", add)
                .list("remove-route-table-ids", remove),
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::Create { vpc, service, .. } => format!("make an endpoint for {service} in {vpc}"),
            Self::Delete { endpoint } => format!("delete the endpoint {endpoint}"),
            Self::SetPrivateDns { endpoint, on: true } => {
                format!("make the service's own name lead to the endpoint {endpoint}")
            }
            Self::SetPrivateDns { endpoint, on: false } => {
                format!("stop the service's own name leading to the endpoint {endpoint}")
            }
            Self::SetPolicy { endpoint, policy: None } => {
                format!("give the endpoint {endpoint} AWS's own policy, which lets everything pass")
            }
            Self::SetPolicy { endpoint, policy: Some(_) } => {
                format!("give the endpoint {endpoint} the recorded policy")
            }
            Self::SetGroups { endpoint, add, remove } if remove.is_empty() => {
                format!("put {} on the endpoint {endpoint}", listed(add))
            }
            Self::SetGroups { endpoint, remove, .. } => {
                format!("take {} off the endpoint {endpoint}", listed(remove))
            }
            Self::SetTables { endpoint, add, remove } if remove.is_empty() => {
                format!("put the endpoint {endpoint} on {}", listed(add))
            }
            Self::SetTables { endpoint, remove, .. } => {
                format!("take the endpoint {endpoint} off {}", listed(remove))
            }
        }
    }

    fn risk(&self) -> Risk {
        match self {
            // An interface endpoint costs money by the hour, a gateway endpoint does not.
            Self::Create { tables, .. } if tables.is_empty() => Risk::Disruptive,
            Self::Create { .. } | Self::SetPrivateDns { on: true, .. } => Risk::Safe,
            Self::SetGroups { remove, .. } if remove.is_empty() => Risk::Safe,
            Self::SetTables { remove, .. } if remove.is_empty() => Risk::Safe,
            Self::Delete { .. }
            | Self::SetPrivateDns { on: false, .. }
            | Self::SetPolicy { .. }
            | Self::SetGroups { .. }
            | Self::SetTables { .. } => Risk::Disruptive,
        }
    }

    fn done_when(&self, own: &StepId) -> Vec<Condition> {
        let available = vec!["available".to_owned()];
        match self.clone() {
            Self::Create { .. } => vec![Condition::EndpointIn {
                endpoint: Ref::MadeBy(own.clone()),
                states: available,
            }],
            Self::Delete { endpoint } => {
                vec![Condition::EndpointIn { endpoint, states: vec!["deleted".to_owned()] }]
            }
            Self::SetPrivateDns { endpoint, on } => {
                vec![Condition::EndpointAnswersFor { endpoint, on }]
            }
            Self::SetPolicy { endpoint, policy } => {
                vec![Condition::EndpointPolicyIs { endpoint, policy }]
            }
            Self::SetGroups { endpoint, add, remove } => {
                vec![Condition::EndpointHas {
                    endpoint,
                    with: texts(&add),
                    without: texts(&remove),
                }]
            }
            Self::SetTables { endpoint, add, remove } => {
                vec![Condition::EndpointHas {
                    endpoint,
                    with: texts(&add),
                    without: texts(&remove),
                }]
            }
        }
    }
}

/// Identifiers as texts.
fn texts<T: std::fmt::Display>(ids: &[T]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
