//! Faults of the platform.

use super::{Code, faults};
use crate::world::{Arn, ImageId};

faults! {
    /// Faults of the platform, codes `PL-…`.
    PlatformFault {
        /// The solution stack that is asked for is not offered any more.
        "PL-01" StackNotOffered {
            /// The name that is asked for.
            wanted: String,
            /// The newest version of the same branch.
            newest: Option<String>,
        }
        /// The list of solution stacks differs from account to account.
        "PL-02" StackListDiffers {
            /// The name that is asked for.
            wanted: String,
        }
        /// The platform branch is retired.
        "PL-03" BranchRetired {
            /// The branch.
            branch: String,
            /// deprecated or retired.
            state: String,
            /// A supported branch of the same language, if one is known.
            successor: Option<String>,
        }
        /// The image of a retired platform cannot be used any more.
        "PL-04" ImageWithdrawn {
            /// The image.
            image: ImageId,
            /// The platform version it belongs to.
            platform: Option<Arn>,
        }
        /// The account may not make launch configurations.
        "PL-05" LaunchConfigurations {}
        /// A launch configuration cannot use newer instance types.
        "PL-06" TypeTooNew {
            /// The type.
            instance_type: String,
        }
        /// Elastic Beanstalk does not allow the instance type.
        "PL-07" TypeNotAllowed {
            /// The type.
            instance_type: String,
        }
        /// An option is unknown to the platform.
        "PL-08" OptionUnknown {
            /// Namespace and name of each.
            options: Vec<(String, String)>,
        }
        /// Options of the old platform were carried to another sort of platform.
        "PL-09" ParameterCarried {
            /// The parameter.
            parameter: String,
        }
        /// The environment's own image is gone or not shared.
        "PL-10" CustomImageGone {
            /// The image.
            image: ImageId,
        }
        /// The environment's own image is older than its platform.
        "PL-11" CustomImageStale {
            /// The image.
            image: ImageId,
        }
        /// A managed update lacks permissions.
        "PL-12" ManagedUpdateDenied {
            /// The action it lacks, where the message says so.
            action: Option<String>,
        }
        /// Managed updates cannot be switched on, or none is planned.
        "PL-13" ManagedUpdatesOff {}
        /// The platform was moved away from the last version that worked.
        "PL-14" Moved {
            /// The version it is on.
            now: Arn,
            /// The last version that worked.
            worked: Arn,
            /// Whether a managed update moved it.
            by_managed_update: bool,
        }
        /// The runtime's major version changed.
        "PL-15" RuntimeChanged {
            /// The branch before.
            before: String,
            /// The branch now.
            now: String,
        }
        /// The EB CLI cannot resolve the platform.
        "PL-16" CliPlatform {}
        /// The instance type and the image have different architectures.
        "PL-17" Architecture {
            /// The type.
            instance_type: String,
            /// The image, where it is known.
            image: Option<ImageId>,
        }
        /// Version 1 of the metadata service is off.
        "PL-18" MetadataVersion {}
    }
}
