//! What roles and users may do: attached and inline policies.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::encode::percent;
use super::{Iam, absent, check_document, conflict, page, role, user};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// The policies of a role or a user.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Grants {
    /// ARNs of managed policies.
    pub attached: BTreeSet<String>,
    /// Inline policies by name, as JSON texts.
    pub inline: BTreeMap<String, String>,
    /// The ARN of the policy that bounds them.
    pub boundary: Option<String>,
}

impl Grants {
    /// Refuses to delete somebody who still has policies.
    pub(super) fn refuse_deletion(&self) -> Result<(), Fault> {
        let text = if !self.attached.is_empty() {
            "Cannot delete entity, must detach all policies first."
        } else if !self.inline.is_empty() {
            "Cannot delete entity, must delete policies first."
        } else {
            return Ok(());
        };
        Err(conflict("DeleteConflict", text))
    }
}

/// Whose policies an operation is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    Role,
    User,
}

impl Holder {
    fn parameter(self) -> &'static str {
        match self {
            Self::Role => "RoleName",
            Self::User => "UserName",
        }
    }

    /// The grants of the one that a call names.
    fn grants<'a>(self, iam: &'a mut Iam, call: &Call) -> Result<&'a mut Grants, Fault> {
        let name = call.params.need(self.parameter())?;
        match self {
            Self::Role => {
                let found = iam.roles.get_mut(name).ok_or_else(|| role::missing(name))?;
                Ok(&mut found.grants)
            }
            Self::User => {
                let found = iam.users.get_mut(name).ok_or_else(|| user::missing(name))?;
                Ok(&mut found.grants)
            }
        }
    }
}

pub(super) fn handle(account: &mut Account, call: &Call) -> Option<Answer> {
    let role = call.operation.contains("Role");
    let holder = if role { Holder::Role } else { Holder::User };
    let handler = match call.operation.as_str() {
        "AttachRolePolicy" | "AttachUserPolicy" => attach,
        "DetachRolePolicy" | "DetachUserPolicy" => detach,
        "ListAttachedRolePolicies" | "ListAttachedUserPolicies" => list_attached,
        "PutRolePolicy" | "PutUserPolicy" => put,
        "GetRolePolicy" | "GetUserPolicy" => get,
        "ListRolePolicies" | "ListUserPolicies" => list,
        "DeleteRolePolicy" | "DeleteUserPolicy" => delete,
        "PutRolePermissionsBoundary" | "PutUserPermissionsBoundary" => bound,
        "DeleteRolePermissionsBoundary" | "DeleteUserPermissionsBoundary" => unbound,
        _ => return None,
    };
    Some(handler(&mut account.everywhere.iam, holder, call))
}

fn attach(iam: &mut Iam, holder: Holder, call: &Call) -> Answer {
    let arn = call.params.need("PolicyArn")?.to_owned();
    if !arn.starts_with("arn:") {
        return Err(Fault::new("ValidationError", "Invalid ARN:  Could not be parsed!"));
    }
    if iam.document(&arn).is_none() {
        return Err(absent(format!("Policy {arn} does not exist or is not attachable.")));
    }
    holder.grants(iam, call)?.attached.insert(arn);
    Ok(json!({}))
}

fn detach(iam: &mut Iam, holder: Holder, call: &Call) -> Answer {
    let arn = call.params.need("PolicyArn")?.to_owned();
    if holder.grants(iam, call)?.attached.remove(&arn) {
        return Ok(json!({}));
    }
    Err(absent(format!("Policy {arn} was not found.")))
}

fn list_attached(iam: &mut Iam, holder: Holder, call: &Call) -> Answer {
    let attached = &holder.grants(iam, call)?.attached;
    let rows = attached
        .iter()
        .map(|arn| {
            let name = arn.rsplit('/').next().unwrap_or(arn);
            json!({"PolicyName": name, "PolicyArn": arn})
        })
        .collect();
    page("AttachedPolicies", rows, call)
}

fn put(iam: &mut Iam, holder: Holder, call: &Call) -> Answer {
    let (name, document) = (call.params.need("PolicyName")?, call.params.need("PolicyDocument")?);
    check_document(document)?;
    holder.grants(iam, call)?.inline.insert(name.to_owned(), document.to_owned());
    Ok(json!({}))
}

/// The refusal for an inline policy that is not there.
fn no_policy(holder: Holder, name: &str) -> Fault {
    let who = if holder == Holder::Role { "role" } else { "user" };
    absent(format!("The {who} policy with name {name} cannot be found."))
}

fn get(iam: &mut Iam, holder: Holder, call: &Call) -> Answer {
    let name = call.params.need("PolicyName")?;
    let grants = holder.grants(iam, call)?;
    let document = grants.inline.get(name).ok_or_else(|| no_policy(holder, name))?;
    Ok(json!({
        holder.parameter(): call.params.text(holder.parameter()),
        "PolicyName": name,
        "PolicyDocument": percent(document),
    }))
}

fn list(iam: &mut Iam, holder: Holder, call: &Call) -> Answer {
    let names = holder.grants(iam, call)?.inline.keys().cloned().map(Value::from).collect();
    page("PolicyNames", names, call)
}

fn delete(iam: &mut Iam, holder: Holder, call: &Call) -> Answer {
    let name = call.params.need("PolicyName")?;
    let removed = holder.grants(iam, call)?.inline.remove(name);
    removed.map(|_| json!({})).ok_or_else(|| no_policy(holder, name))
}

fn bound(iam: &mut Iam, holder: Holder, call: &Call) -> Answer {
    let arn = call.params.need("PermissionsBoundary")?.to_owned();
    holder.grants(iam, call)?.boundary = Some(arn);
    Ok(json!({}))
}

fn unbound(iam: &mut Iam, holder: Holder, call: &Call) -> Answer {
    holder.grants(iam, call)?.boundary = None;
    Ok(json!({}))
}
