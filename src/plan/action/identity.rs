//! Changes of roles and instance profiles, made by IAM.

use serde::{Deserialize, Serialize};

use super::line::Line;
use super::{Change, Risk};
use crate::plan::{Condition, StepId};
use crate::world::Arn;

/// A change of roles and instance profiles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityAction {
    /// Makes a role.
    CreateRole {
        /// Its name.
        role: String,
        /// Who may use it, as a policy document.
        trust: String,
    },
    /// Deletes a role that has no policies left.
    DeleteRole {
        /// Which.
        role: String,
    },
    /// Sets who may use a role.
    SetTrust {
        /// Which.
        role: String,
        /// Who, as a policy document.
        trust: String,
    },
    /// Attaches a managed policy to a role.
    AttachPolicy {
        /// The role.
        role: String,
        /// The policy.
        policy: Arn,
    },
    /// Takes a managed policy off a role.
    DetachPolicy {
        /// The role.
        role: String,
        /// The policy.
        policy: Arn,
    },
    /// Writes a policy into a role.
    PutPolicy {
        /// The role.
        role: String,
        /// The policy's name.
        name: String,
        /// The policy document.
        document: String,
    },
    /// Takes a written policy out of a role.
    DeletePolicy {
        /// The role.
        role: String,
        /// The policy's name.
        name: String,
    },
    /// Makes an instance profile.
    CreateProfile {
        /// Its name.
        profile: String,
    },
    /// Deletes an instance profile that has no role left.
    DeleteProfile {
        /// Which.
        profile: String,
    },
    /// Puts a role into an instance profile.
    AddRole {
        /// The profile.
        profile: String,
        /// The role.
        role: String,
    },
    /// Takes a role out of an instance profile.
    RemoveRole {
        /// The profile.
        profile: String,
        /// The role.
        role: String,
    },
    /// Makes a service's own role.
    CreateServiceRole {
        /// The service, `elasticloadbalancing.amazonaws.com`.
        service: String,
        /// The role's name, `AWSServiceRoleForElasticLoadBalancing`.
        role: String,
    },
}

impl Change for IdentityAction {
    fn kind(&self) -> &'static str {
        match self {
            Self::CreateRole { .. } => "create-role",
            Self::DeleteRole { .. } => "delete-role",
            Self::SetTrust { .. } => "update-assume-role-policy",
            Self::AttachPolicy { .. } => "attach-role-policy",
            Self::DetachPolicy { .. } => "detach-role-policy",
            Self::PutPolicy { .. } => "put-role-policy",
            Self::DeletePolicy { .. } => "delete-role-policy",
            Self::CreateProfile { .. } => "create-instance-profile",
            Self::DeleteProfile { .. } => "delete-instance-profile",
            Self::AddRole { .. } => "add-role-to-instance-profile",
            Self::RemoveRole { .. } => "remove-role-from-instance-profile",
            Self::CreateServiceRole { .. } => "create-service-linked-role",
        }
    }

    fn target(&self) -> String {
        match self {
            Self::CreateRole { role, .. }
            | Self::DeleteRole { role }
            | Self::SetTrust { role, .. }
            | Self::AttachPolicy { role, .. }
            | Self::DetachPolicy { role, .. }
            | Self::PutPolicy { role, .. }
            | Self::DeletePolicy { role, .. }
            | Self::CreateServiceRole { role, .. } => role.clone(),
            Self::CreateProfile { profile }
            | Self::DeleteProfile { profile }
            | Self::AddRole { profile, .. }
            | Self::RemoveRole { profile, .. } => profile.clone(),
        }
    }

    fn permissions(&self) -> Vec<&'static str> {
        match self {
            Self::CreateRole { .. } => vec!["iam:CreateRole"],
            Self::DeleteRole { .. } => vec!["iam:DeleteRole"],
            Self::SetTrust { .. } => vec!["iam:UpdateAssumeRolePolicy"],
            Self::AttachPolicy { .. } => vec!["iam:AttachRolePolicy"],
            Self::DetachPolicy { .. } => vec!["iam:DetachRolePolicy"],
            Self::PutPolicy { .. } => vec!["iam:PutRolePolicy"],
            Self::DeletePolicy { .. } => vec!["iam:DeleteRolePolicy"],
            Self::CreateProfile { .. } => vec!["iam:CreateInstanceProfile"],
            Self::DeleteProfile { .. } => vec!["iam:DeleteInstanceProfile"],
            // Whoever puts a role into a profile must be allowed to pass it.
            // Source: IAM guide, "Using instance profiles".
            Self::AddRole { .. } => vec!["iam:AddRoleToInstanceProfile", "iam:PassRole"],
            Self::RemoveRole { .. } => vec!["iam:RemoveRoleFromInstanceProfile"],
            Self::CreateServiceRole { .. } => vec!["iam:CreateServiceLinkedRole"],
        }
    }

    fn line(&self) -> Line {
        let line = Line::new("iam", self.kind());
        match self {
            Self::CreateRole { role, trust } => {
                line.with("role-name", role).with("assume-role-policy-document", trust)
            }
            Self::DeleteRole { role } => line.with("role-name", role),
            Self::SetTrust { role, trust } => {
                line.with("role-name", role).with("policy-document", trust)
            }
            Self::AttachPolicy { role, policy } | Self::DetachPolicy { role, policy } => {
                line.with("role-name", role).with("policy-arn", policy)
            }
            Self::PutPolicy { role, name, document } => line
                .with("role-name", role)
                .with("policy-name", name)
                .with("policy-document", document),
            Self::DeletePolicy { role, name } => {
                line.with("role-name", role).with("policy-name", name)
            }
            Self::CreateProfile { profile } | Self::DeleteProfile { profile } => {
                line.with("instance-profile-name", profile)
            }
            Self::AddRole { profile, role } | Self::RemoveRole { profile, role } => {
                line.with("instance-profile-name", profile).with("role-name", role)
            }
            Self::CreateServiceRole { service, .. } => line.with("aws-service-name", service),
        }
    }

    fn sentence(&self) -> String {
        let short =
            |policy: &Arn| policy.as_str().rsplit('/').next().unwrap_or(policy.as_str()).to_owned();
        match self {
            Self::CreateRole { role, .. } => format!("make the role {role}"),
            Self::DeleteRole { role } => format!("delete the role {role}"),
            Self::SetTrust { role, .. } => format!("set who may use the role {role}"),
            Self::AttachPolicy { role, policy } => {
                format!("attach {} to the role {role}", short(policy))
            }
            Self::DetachPolicy { role, policy } => {
                format!("take {} off the role {role}", short(policy))
            }
            Self::PutPolicy { role, name, .. } => {
                format!("write the policy {name} into the role {role}")
            }
            Self::DeletePolicy { role, name } => {
                format!("take the policy {name} out of the role {role}")
            }
            Self::CreateProfile { profile } => format!("make the instance profile {profile}"),
            Self::DeleteProfile { profile } => format!("delete the instance profile {profile}"),
            Self::AddRole { profile, role } => {
                format!("put the role {role} into the instance profile {profile}")
            }
            Self::RemoveRole { profile, role } => {
                format!("take the role {role} out of the instance profile {profile}")
            }
            Self::CreateServiceRole { role, .. } => format!("make the service's own role {role}"),
        }
    }

    fn risk(&self) -> Risk {
        match self {
            Self::CreateRole { .. }
            | Self::AttachPolicy { .. }
            | Self::PutPolicy { .. }
            | Self::CreateProfile { .. }
            | Self::AddRole { .. }
            | Self::CreateServiceRole { .. } => Risk::Safe,
            Self::SetTrust { .. }
            | Self::DetachPolicy { .. }
            | Self::DeletePolicy { .. }
            | Self::RemoveRole { .. } => Risk::Disruptive,
            Self::DeleteRole { .. } | Self::DeleteProfile { .. } => Risk::Destructive,
        }
    }

    fn done_when(&self, _: &StepId) -> Vec<Condition> {
        vec![match self.clone() {
            Self::CreateRole { role, .. } | Self::CreateServiceRole { role, .. } => {
                Condition::RoleIs { role, there: true }
            }
            Self::DeleteRole { role } => Condition::RoleIs { role, there: false },
            Self::SetTrust { role, trust } => Condition::RoleTrusts { role, trust },
            Self::AttachPolicy { role, policy } => Condition::RoleHas { role, policy, there: true },
            Self::DetachPolicy { role, policy } => {
                Condition::RoleHas { role, policy, there: false }
            }
            Self::PutPolicy { role, name, .. } => {
                Condition::RoleHasWritten { role, name, there: true }
            }
            Self::DeletePolicy { role, name } => {
                Condition::RoleHasWritten { role, name, there: false }
            }
            Self::CreateProfile { profile } => {
                Condition::ProfileIs { profile, role: None, there: true }
            }
            Self::DeleteProfile { profile } => {
                Condition::ProfileIs { profile, role: None, there: false }
            }
            Self::AddRole { profile, role } => {
                Condition::ProfileIs { profile, role: Some(role), there: true }
            }
            Self::RemoveRole { profile, role } => {
                Condition::ProfileIs { profile, role: Some(role), there: false }
            }
        }]
    }
}
