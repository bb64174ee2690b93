//! Changes of roles and instance profiles as calls of IAM.

use serde_json::json;

use super::call::Call;
use super::pieces::open;
use crate::plan::IdentityAction;
use crate::world::Arn;

/// The call of a change of roles.
pub(super) fn call(action: &IdentityAction) -> Call {
    let role = |name: &String| open("RoleName", name);
    let profile = |name: &String| open("InstanceProfileName", name);
    let iam = |api, inputs| Call::new("iam", api, inputs);
    match action {
        IdentityAction::CreateRole { role: name, trust } => {
            iam("CreateRole", json!({"RoleName": role(name), "AssumeRolePolicyDocument": trust}))
        }
        IdentityAction::DeleteRole { role: name } => {
            iam("DeleteRole", json!({"RoleName": role(name)}))
        }
        IdentityAction::SetTrust { role: name, trust } => {
            iam("UpdateAssumeRolePolicy", json!({"RoleName": role(name), "PolicyDocument": trust}))
        }
        IdentityAction::AttachPolicy { role: name, policy } => {
            iam("AttachRolePolicy", json!({"RoleName": role(name), "PolicyArn": managed(policy)}))
        }
        IdentityAction::DetachPolicy { role: name, policy } => {
            iam("DetachRolePolicy", json!({"RoleName": role(name), "PolicyArn": managed(policy)}))
        }
        IdentityAction::PutPolicy { role: own, name, document } => iam(
            "PutRolePolicy",
            json!({"RoleName": role(own), "PolicyName": name, "PolicyDocument": document}),
        ),
        IdentityAction::DeletePolicy { role: own, name } => {
            iam("DeleteRolePolicy", json!({"RoleName": role(own), "PolicyName": name}))
        }
        IdentityAction::CreateProfile { profile: name } => {
            iam("CreateInstanceProfile", json!({"InstanceProfileName": profile(name)}))
        }
        IdentityAction::DeleteProfile { profile: name } => {
            iam("DeleteInstanceProfile", json!({"InstanceProfileName": profile(name)}))
        }
        IdentityAction::AddRole { profile: name, role: own } => iam(
            "AddRoleToInstanceProfile",
            json!({"InstanceProfileName": profile(name), "RoleName": role(own)}),
        ),
        IdentityAction::RemoveRole { profile: name, role: own } => iam(
            "RemoveRoleFromInstanceProfile",
            json!({"InstanceProfileName": profile(name), "RoleName": role(own)}),
        ),
        IdentityAction::CreateServiceRole { service, .. } => {
            iam("CreateServiceLinkedRole", json!({"AWSServiceName": service}))
        }
    }
}

/// AWS's own policies have the same name everywhere; others are left open.
fn managed(policy: &Arn) -> serde_json::Value {
    if policy.as_str().contains(":iam::aws:policy/") {
        json!(policy.as_str())
    } else {
        open("PolicyArn", policy)
    }
}
