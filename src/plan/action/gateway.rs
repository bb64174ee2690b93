//! Changes of internet gateways, NAT gateways and their addresses, made by EC2.

use serde::{Deserialize, Serialize};

use super::line::Line;
use super::network::tags;
use super::{Change, Made, Ref, Risk};
use crate::plan::{Condition, StepId};
use crate::world::{AllocationId, InternetGatewayId, NatGatewayId, Snapshot, SubnetId, VpcId};

/// A change of internet gateways, NAT gateways and their addresses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GatewayAction {
    /// Makes an internet gateway.
    CreateInternet {
        /// Its name tag.
        name: Option<String>,
    },
    /// Deletes an internet gateway; the way back from making one.
    DeleteInternet {
        /// Which.
        gateway: Ref<InternetGatewayId>,
    },
    /// Attaches an internet gateway to a VPC.
    Attach {
        /// The gateway.
        gateway: Ref<InternetGatewayId>,
        /// The VPC.
        vpc: VpcId,
    },
    /// Detaches an internet gateway; the way back from attaching it.
    Detach {
        /// The gateway.
        gateway: Ref<InternetGatewayId>,
        /// The VPC.
        vpc: VpcId,
    },
    /// Allocates an Elastic IP address.
    AllocateAddress {
        /// Its name tag.
        name: Option<String>,
    },
    /// Gives an Elastic IP address back to AWS.
    ReleaseAddress {
        /// Its allocation.
        allocation: Ref<AllocationId>,
    },
    /// Makes a NAT gateway.
    CreateNat {
        /// The public subnet it stands in.
        subnet: SubnetId,
        /// The address it gets.
        allocation: Ref<AllocationId>,
        /// Its name tag.
        name: Option<String>,
    },
    /// Deletes a NAT gateway.
    DeleteNat {
        /// Which.
        nat: Ref<NatGatewayId>,
    },
}

impl GatewayAction {
    pub(super) fn resolve(&self, made: &Made, snapshot: &Snapshot) -> Option<Self> {
        let mut known = self.clone();
        match &mut known {
            Self::CreateInternet { .. } | Self::AllocateAddress { .. } => {}
            Self::DeleteInternet { gateway }
            | Self::Attach { gateway, .. }
            | Self::Detach { gateway, .. } => *gateway = gateway.settled(made, snapshot)?,
            Self::ReleaseAddress { allocation } | Self::CreateNat { allocation, .. } => {
                *allocation = allocation.settled(made, snapshot)?;
            }
            Self::DeleteNat { nat } => *nat = nat.settled(made, snapshot)?,
        }
        Some(known)
    }

    pub(super) fn makers(&self) -> Vec<StepId> {
        let maker = match self {
            Self::CreateInternet { .. } | Self::AllocateAddress { .. } => None,
            Self::DeleteInternet { gateway }
            | Self::Attach { gateway, .. }
            | Self::Detach { gateway, .. } => gateway.maker(),
            Self::ReleaseAddress { allocation } | Self::CreateNat { allocation, .. } => {
                allocation.maker()
            }
            Self::DeleteNat { nat } => nat.maker(),
        };
        maker.into_iter().cloned().collect()
    }

    /// Whether the call makes something with an identifier of its own.
    pub(super) fn makes_something(&self) -> bool {
        match self {
            Self::CreateInternet { .. } | Self::AllocateAddress { .. } | Self::CreateNat { .. } => {
                true
            }
            Self::DeleteInternet { .. }
            | Self::Attach { .. }
            | Self::Detach { .. }
            | Self::ReleaseAddress { .. }
            | Self::DeleteNat { .. } => false,
        }
    }
}

impl Change for GatewayAction {
    fn kind(&self) -> &'static str {
        match self {
            Self::CreateInternet { .. } => "create-internet-gateway",
            Self::DeleteInternet { .. } => "delete-internet-gateway",
            Self::Attach { .. } => "attach-internet-gateway",
            Self::Detach { .. } => "detach-internet-gateway",
            Self::AllocateAddress { .. } => "allocate-address",
            Self::ReleaseAddress { .. } => "release-address",
            Self::CreateNat { .. } => "create-nat-gateway",
            Self::DeleteNat { .. } => "delete-nat-gateway",
        }
    }

    fn target(&self) -> String {
        match self {
            Self::CreateInternet { .. } => "the region".to_owned(),
            Self::AllocateAddress { .. } => "the account's addresses".to_owned(),
            Self::DeleteInternet { gateway }
            | Self::Attach { gateway, .. }
            | Self::Detach { gateway, .. } => gateway.to_string(),
            Self::ReleaseAddress { allocation } => allocation.to_string(),
            Self::CreateNat { subnet, .. } => subnet.to_string(),
            Self::DeleteNat { nat } => nat.to_string(),
        }
    }

    fn permissions(&self) -> Vec<&'static str> {
        match self {
            Self::CreateInternet { .. } => vec!["ec2:CreateInternetGateway", "ec2:CreateTags"],
            Self::DeleteInternet { .. } => vec!["ec2:DeleteInternetGateway"],
            Self::Attach { .. } => vec!["ec2:AttachInternetGateway"],
            Self::Detach { .. } => vec!["ec2:DetachInternetGateway"],
            Self::AllocateAddress { .. } => vec!["ec2:AllocateAddress", "ec2:CreateTags"],
            Self::ReleaseAddress { .. } => vec!["ec2:ReleaseAddress"],
            Self::CreateNat { .. } => vec!["ec2:CreateNatGateway", "ec2:CreateTags"],
            Self::DeleteNat { .. } => vec!["ec2:DeleteNatGateway"],
        }
    }

    fn line(&self) -> Line {
        let line = Line::new("ec2", self.kind());
        match self {
            Self::CreateInternet { name } => {
                line.with_some("tag-specifications", tags("internet-gateway", name.as_ref()))
            }
            Self::DeleteInternet { gateway } => line.with("internet-gateway-id", gateway),
            Self::Attach { gateway, vpc } | Self::Detach { gateway, vpc } => {
                line.with("internet-gateway-id", gateway).with("vpc-id", vpc)
            }
            Self::AllocateAddress { name } => line
                .with("domain", "vpc")
                .with_some("tag-specifications", tags("elastic-ip", name.as_ref())),
            Self::ReleaseAddress { allocation } => line.with("allocation-id", allocation),
            Self::CreateNat { subnet, allocation, name } => line
                .with("subnet-id", subnet)
                .with("allocation-id", allocation)
                .with_some("tag-specifications", tags("natgateway", name.as_ref())),
            Self::DeleteNat { nat } => line.with("nat-gateway-id", nat),
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::CreateInternet { .. } => "make an internet gateway".to_owned(),
            Self::DeleteInternet { gateway } => format!("delete the internet gateway {gateway}"),
            Self::Attach { gateway, vpc } => {
                format!("attach the internet gateway {gateway} to {vpc}")
            }
            Self::Detach { gateway, vpc } => {
                format!("detach the internet gateway {gateway} from {vpc}")
            }
            Self::AllocateAddress { .. } => "allocate an Elastic IP address".to_owned(),
            Self::ReleaseAddress { allocation } => {
                format!("give the Elastic IP address {allocation} back")
            }
            Self::CreateNat { subnet, .. } => format!("make a NAT gateway in {subnet}"),
            Self::DeleteNat { nat } => format!("delete the NAT gateway {nat}"),
        }
    }

    fn risk(&self) -> Risk {
        match self {
            Self::CreateInternet { .. } | Self::Attach { .. } => Risk::Safe,
            // Addresses and NAT gateways cost money by the hour.
            Self::AllocateAddress { .. }
            | Self::CreateNat { .. }
            | Self::DeleteInternet { .. }
            | Self::Detach { .. } => Risk::Disruptive,
            // The address goes back to AWS's pool and is hardly ever got again.
            Self::ReleaseAddress { .. } | Self::DeleteNat { .. } => Risk::Destructive,
        }
    }

    fn done_when(&self, own: &StepId) -> Vec<Condition> {
        vec![match self.clone() {
            Self::CreateInternet { .. } => {
                Condition::GatewayIs { gateway: Ref::MadeBy(own.clone()), vpc: None, there: true }
            }
            Self::DeleteInternet { gateway } => {
                Condition::GatewayIs { gateway, vpc: None, there: false }
            }
            Self::Attach { gateway, vpc } => {
                Condition::GatewayIs { gateway, vpc: Some(vpc), there: true }
            }
            Self::Detach { gateway, vpc } => {
                Condition::GatewayIs { gateway, vpc: Some(vpc), there: false }
            }
            Self::AllocateAddress { .. } => {
                Condition::AddressIs { allocation: Ref::MadeBy(own.clone()), there: true }
            }
            Self::ReleaseAddress { allocation } => {
                Condition::AddressIs { allocation, there: false }
            }
            Self::CreateNat { .. } => Condition::NatIn {
                nat: Ref::MadeBy(own.clone()),
                states: vec!["available".to_owned()],
            },
            Self::DeleteNat { nat } => Condition::NatIn { nat, states: vec!["deleted".to_owned()] },
        }]
    }
}
