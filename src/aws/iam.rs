//! IAM and STS: who asks, instance profiles, roles, and what a principal may do.

use super::call::missing;
use super::convert::filled;
use super::{Answer, Aws, Reading};
use crate::world::{Arn, Caller, InstanceProfile, RoleFacts, Simulated};

/// More pages than a role has policies or a user has keys.
const ALL: usize = 20;

impl Aws {
    /// Who asks.
    pub async fn caller(&self) -> Reading<Caller> {
        let answer = self
            .read("sts:GetCallerIdentity", || self.identity().get_caller_identity().send())
            .await?;
        Ok(answer.map(|page| Caller {
            account: page.account.unwrap_or_default().into(),
            arn: super::redact::mail(&page.arn.unwrap_or_default()).into(),
        }))
    }

    /// The user or role that asks, as IAM's simulation takes it; never kept anywhere.
    pub(super) async fn principal(&self) -> Reading<Option<Arn>> {
        let answer = self
            .read("sts:GetCallerIdentity", || self.identity().get_caller_identity().send())
            .await?;
        Ok(answer.map(|page| super::preflight::principal_of(&page.arn.unwrap_or_default())))
    }

    /// An instance profile and its roles' names.
    pub async fn instance_profile(&self, name: &str) -> Reading<InstanceProfile> {
        let answer = self
            .read("iam:GetInstanceProfile", || {
                self.iam().get_instance_profile().instance_profile_name(name).send()
            })
            .await?;
        Ok(answer.map(|page| {
            let profile = page.instance_profile;
            let roles = profile.map(|profile| profile.roles).unwrap_or_default().into_iter();
            InstanceProfile {
                name: name.to_owned(),
                roles: roles.map(|role| role.role_name).collect(),
            }
        }))
    }

    /// A role and its trust; which policies it has, [`Aws::attached_policies`] tells.
    pub async fn role(&self, name: &str) -> Reading<RoleFacts> {
        let answer =
            self.read("iam:GetRole", || self.iam().get_role().role_name(name).send()).await?;
        let Answer { value, source } = answer;
        let Some(role) = value.role else {
            return Err(missing(source, &format!("The role with name {name} cannot be found.")));
        };
        let trust = role.assume_role_policy_document.as_deref().map(percent_decoded);
        let facts = RoleFacts {
            name: role.role_name,
            arn: Arn(role.arn),
            trust: filled(trust),
            attached: None,
        };
        Ok(Answer { value: facts, source })
    }

    /// ARNs of a role's attached policies.
    pub async fn attached_policies(&self, role: &str) -> Reading<Vec<Arn>> {
        let found = self
            .pages(
                "iam:ListAttachedRolePolicies",
                ALL,
                |token| {
                    let request = self.iam().list_attached_role_policies().role_name(role);
                    request.set_marker(token).send()
                },
                |page| (page.attached_policies, page.marker),
            )
            .await?;
        Ok(found.map(|found| {
            found.into_iter().filter_map(|policy| policy.policy_arn.map(Arn)).collect()
        }))
    }

    /// Names of the policies that are written into a role.
    pub async fn written_policies(&self, role: &str) -> Reading<Vec<String>> {
        self.pages(
            "iam:ListRolePolicies",
            ALL,
            |token| self.iam().list_role_policies().role_name(role).set_marker(token).send(),
            |page| (Some(page.policy_names), page.marker),
        )
        .await
    }

    /// IAM's answer on whether a principal may make calls on resources.
    pub async fn simulated(
        &self,
        principal: &Arn,
        actions: &[String],
        resources: &[String],
    ) -> Reading<Vec<Simulated>> {
        let found = self
            .pages(
                "iam:SimulatePrincipalPolicy",
                ALL,
                |token| {
                    let request = self.iam().simulate_principal_policy();
                    request
                        .policy_source_arn(principal.as_str())
                        .set_action_names(Some(actions.to_vec()))
                        .set_resource_arns((!resources.is_empty()).then(|| resources.to_vec()))
                        .set_marker(token)
                        .send()
                },
                |page| (page.evaluation_results, page.marker),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().map(|result| Simulated {
                principal: principal.clone(),
                action: result.eval_action_name,
                decision: result.eval_decision.as_str().to_owned(),
            });
            read.collect()
        }))
    }

    /// Access keys of a user: the last four characters of each id, and its status.
    pub async fn access_keys(&self, user: &str) -> Reading<Vec<(String, String)>> {
        let found = self
            .pages(
                "iam:ListAccessKeys",
                ALL,
                |token| self.iam().list_access_keys().user_name(user).set_marker(token).send(),
                |page| (Some(page.access_key_metadata), page.marker),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().filter_map(|key| {
                let id = key.access_key_id?;
                let tail = id.get(id.len().saturating_sub(4)..)?.to_owned();
                Some((tail, key.status.map(|s| s.as_str().to_owned()).unwrap_or_default()))
            });
            read.collect()
        }))
    }

    /// Names of the account's users, whose access keys may be a mail server's.
    pub async fn users(&self) -> Reading<Vec<String>> {
        let found = self
            .pages(
                "iam:ListUsers",
                ALL,
                |token| self.iam().list_users().set_marker(token).send(),
                |page| (Some(page.users), page.marker),
            )
            .await?;
        Ok(found.map(|found| found.into_iter().map(|user| user.user_name).collect()))
    }
}

/// IAM answers policies with all special characters as `%XX`.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let pair = (bytes[index] == b'%').then(|| text.get(index + 1..index + 3)).flatten();
        if let Some(byte) = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            decoded.push(byte);
            index += 3;
        } else {
            decoded.push(bytes[index]);
            index += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_decoded_and_a_plain_one_left_alone() {
        assert_eq!(percent_decoded("%7B%22a%22%3A1%7D"), r#"{"a":1}"#);
        assert_eq!(percent_decoded(r#"{"a": "100%"}"#), r#"{"a": "100%"}"#);
        assert_eq!(percent_decoded("%é%4"), "%é%4");
    }
}
