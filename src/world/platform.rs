//! Platforms: what an environment runs on and what AWS still offers.

use serde::{Deserialize, Serialize};

use super::{Arn, ImageId};

/// One platform version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformVersion {
    /// Its ARN, which ends in the version number.
    pub arn: Arn,
    /// The version number, `6.4.3`.
    pub version: Option<String>,
    /// `Node.js 20 running on 64bit Amazon Linux 2023`.
    pub branch: Option<String>,
    /// beta, supported, deprecated or retired, of the branch.
    pub branch_state: Option<String>,
    /// recommended or empty, of the version.
    pub lifecycle: Option<String>,
    /// Ready, Failed, Deleting and so on.
    pub status: Option<String>,
    /// The solution stack's name.
    pub solution_stack: Option<String>,
    /// The AMIs it uses, by virtualisation type.
    pub images: Vec<ImageId>,
}

/// One branch of a platform, from `ListPlatformBranches`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformBranch {
    /// Its name.
    pub name: String,
    /// beta, supported, deprecated or retired.
    pub state: Option<String>,
    /// AWS's order among branches of the same platform; higher is newer.
    pub order: Option<i32>,
}

/// What is known of the environment's platform and of others it could move to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platforms {
    /// The environment's own version, from `DescribePlatformVersion`.
    pub current: super::Observed<PlatformVersion>,
    /// Versions of its branch, newest first, from `ListPlatformVersions`.
    pub versions: super::Observed<Vec<PlatformVersion>>,
    /// All branches, from `ListPlatformBranches`.
    pub branches: super::Observed<Vec<PlatformBranch>>,
    /// All names from `ListAvailableSolutionStacks`.
    pub solution_stacks: super::Observed<Vec<String>>,
}
