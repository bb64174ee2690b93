//! Roles and instance profiles.

use super::{Attempt, Done, done, refused};
use crate::plan::IdentityAction as Action;

impl Attempt<'_> {
    pub(super) async fn identity(&self, action: &Action) -> Done {
        let api = self.aws.iam();
        match action {
            Action::CreateRole { role, trust } => {
                let request = api.create_role().role_name(role).assume_role_policy_document(trust);
                let send = || request.clone().send();
                Ok(done(self.aws.change("iam:CreateRole", send).await?))
            }
            Action::DeleteRole { role } => {
                let request = api.delete_role().role_name(role);
                let send = || request.clone().send();
                Ok(done(self.aws.change("iam:DeleteRole", send).await?))
            }
            Action::SetTrust { role, trust } => {
                let request = api.update_assume_role_policy().role_name(role);
                let request = request.policy_document(trust);
                let send = || request.clone().send();
                Ok(done(self.aws.change("iam:UpdateAssumeRolePolicy", send).await?))
            }
            Action::AttachPolicy { role, policy } => {
                let request = api.attach_role_policy().role_name(role).policy_arn(policy.as_str());
                let send = || request.clone().send();
                Ok(done(self.aws.change("iam:AttachRolePolicy", send).await?))
            }
            Action::DetachPolicy { role, policy } => {
                let request = api.detach_role_policy().role_name(role).policy_arn(policy.as_str());
                let send = || request.clone().send();
                Ok(done(self.aws.change("iam:DetachRolePolicy", send).await?))
            }
            Action::PutPolicy { role, name, document } => {
                let request = api.put_role_policy().role_name(role).policy_name(name);
                let request = request.policy_document(document);
                let send = || request.clone().send();
                Ok(done(self.aws.change("iam:PutRolePolicy", send).await?))
            }
            Action::DeletePolicy { role, name } => {
                let request = api.delete_role_policy().role_name(role).policy_name(name);
                let send = || request.clone().send();
                Ok(done(self.aws.change("iam:DeleteRolePolicy", send).await?))
            }
            Action::CreateProfile { .. }
            | Action::DeleteProfile { .. }
            | Action::AddRole { .. }
            | Action::RemoveRole { .. }
            | Action::CreateServiceRole { .. } => self.profile(action).await,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is about roles")]
    async fn profile(&self, action: &Action) -> Done {
        let api = self.aws.iam();
        match action {
            Action::CreateProfile { profile } => {
                let request = api.create_instance_profile().instance_profile_name(profile);
                let send = || request.clone().send();
                Ok(done(self.aws.change("iam:CreateInstanceProfile", send).await?))
            }
            Action::DeleteProfile { profile } => {
                let request = api.delete_instance_profile().instance_profile_name(profile);
                let send = || request.clone().send();
                Ok(done(self.aws.change("iam:DeleteInstanceProfile", send).await?))
            }
            Action::AddRole { profile, role } => {
                let request = api.add_role_to_instance_profile().instance_profile_name(profile);
                let request = request.role_name(role);
                let send = || request.clone().send();
                Ok(done(self.aws.change("iam:AddRoleToInstanceProfile", send).await?))
            }
            Action::RemoveRole { profile, role } => {
                let request = api.remove_role_from_instance_profile();
                let request = request.instance_profile_name(profile).role_name(role);
                let send = || request.clone().send();
                Ok(done(self.aws.change("iam:RemoveRoleFromInstanceProfile", send).await?))
            }
            Action::CreateServiceRole { service, .. } => {
                let request = api.create_service_linked_role().aws_service_name(service);
                let send = || request.clone().send();
                Ok(done(self.aws.change("iam:CreateServiceLinkedRole", send).await?))
            }
            _ => Err(refused("NotAProfile", "this action is about a role")),
        }
    }
}
