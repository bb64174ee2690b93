//! Faults of permissions.

use super::{Code, faults};

faults! {
    /// Faults of permissions, codes `PERM-…`.
    PermissionFault {
        /// The load balancer's service-linked role is missing and may not be made.
        "PERM-01" BalancingRole {
            /// Who may not make it.
            principal: Option<String>,
            /// Whether IAM says that the role is there now.
            exists: Option<bool>,
        }
        /// The caller cannot read the platform's files.
        "PERM-02" PlatformFiles {
            /// The bucket.
            bucket: String,
        }
        /// The bucket's policy shuts Elastic Beanstalk out.
        "PERM-03" BucketPolicy {
            /// The bucket, where it is known.
            bucket: Option<String>,
        }
        /// Whoever asked lacks a permission of another service.
        "PERM-04" CallerLacks {
            /// Who.
            principal: Option<String>,
            /// The action, `elasticloadbalancing:RegisterTargets`.
            action: String,
        }
        /// The organization forbids it.
        "PERM-05" ServiceControlPolicy {
            /// The action.
            action: Option<String>,
            /// The policy's ARN, where the message says so.
            policy: Option<String>,
        }
        /// Auto Scaling may not use the key of the volumes.
        "PERM-06" VolumeKey {}
        /// Whoever asked may not use Auto Scaling, or make its role.
        "PERM-07" AutoScaling {
            /// The action.
            action: String,
        }
    }
}
