//! Identifiers as types, so that a subnet is never passed where a route table is meant.

use serde::{Deserialize, Serialize};

/// Declares string newtypes that read, print and serialise as the text AWS uses.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The identifier as AWS writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    )*};
}

ids! {
    /// A twelve-digit AWS account number.
    AccountId;
    /// A region's code, `us-west-2`.
    Region;
    /// What AWS names one request in its answer, and support asks for.
    RequestId;
    /// `e-…`, the identifier of an Elastic Beanstalk environment.
    EnvironmentId;
    /// `i-…`, an EC2 instance.
    InstanceId;
    /// `vpc-…`.
    VpcId;
    /// `subnet-…`.
    SubnetId;
    /// `rtb-…`, a route table.
    RouteTableId;
    /// `rtbassoc-…`, the link between a subnet and its route table.
    AssociationId;
    /// `sg-…`, a security group.
    GroupId;
    /// `sgr-…`, one rule of a security group.
    GroupRuleId;
    /// `acl-…`, a network ACL.
    NetworkAclId;
    /// `nat-…`, a NAT gateway.
    NatGatewayId;
    /// `igw-…`, an internet gateway.
    InternetGatewayId;
    /// `vpce-…`, a VPC endpoint.
    EndpointId;
    /// `pcx-…`, a VPC peering connection.
    PeeringId;
    /// `eni-…`, a network interface.
    InterfaceId;
    /// `eipalloc-…`, an allocated Elastic IP address.
    AllocationId;
    /// `pl-…`, a managed or customer prefix list.
    PrefixListId;
    /// `ami-…`, a machine image.
    ImageId;
    /// A CloudFormation stack's name, `awseb-e-…-stack`.
    StackName;
    /// The name a template gives one of its resources, `AWSEBSecurityGroup`.
    LogicalId;
    /// Any Amazon Resource Name.
    Arn;
}
