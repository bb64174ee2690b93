//! Roles.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::encode::percent;
use super::grants::Grants;
use super::{absent, check_document, conflict, given_tags, new_id, page, path, tag_list};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A role.
#[derive(Clone, Debug, Serialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its path.
    pub path: String,
    /// Who may assume it, as a JSON text.
    pub trust: String,
    /// What it is for.
    pub description: Option<String>,
    /// Seconds a session may last.
    pub session: i64,
    /// When it was created.
    pub created: Timestamp,
    /// What it may do.
    pub grants: Grants,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl Role {
    /// Whether a service may assume it.
    ///
    /// Only the principals of statements that allow are looked at.
    pub fn trusts(&self, service: &str) -> bool {
        let tree: Value = serde_json::from_str(&self.trust).unwrap_or_default();
        let statements = match tree.get("Statement") {
            Some(Value::Array(statements)) => statements.clone(),
            Some(single) => vec![single.clone()],
            None => Vec::new(),
        };
        statements.iter().any(|statement| {
            let named = statement.get("Principal").map(|principal| principal.texts("Service"));
            statement.text("Effect") == Some("Allow")
                && named.is_some_and(|named| named.iter().any(|one| one == service))
        })
    }
}

pub(super) fn handle(account: &mut Account, call: &Call) -> Option<Answer> {
    let handler = match call.operation.as_str() {
        "CreateRole" => create,
        "GetRole" => get,
        "ListRoles" => list,
        "UpdateRole" | "UpdateRoleDescription" => update,
        "UpdateAssumeRolePolicy" => update_trust,
        "DeleteRole" => delete,
        "TagRole" => tag,
        "UntagRole" => untag,
        "ListRoleTags" => tags,
        "CreateServiceLinkedRole" => create_linked,
        "DeleteServiceLinkedRole" => delete_linked,
        "GetServiceLinkedRoleDeletionStatus" => deletion_status,
        _ => return None,
    };
    Some(handler(account, call))
}

/// The refusal for a role that is not there.
pub(super) fn missing(name: &str) -> Fault {
    absent(format!("The role with name {name} cannot be found."))
}

/// The role that a call names, to be changed.
fn named<'a>(account: &'a mut Account, call: &Call) -> Result<&'a mut Role, Fault> {
    let name = call.params.need("RoleName")?;
    account.everywhere.iam.roles.get_mut(name).ok_or_else(|| missing(name))
}

/// A role as lists show it.
pub(super) fn short_row(role: &Role) -> Value {
    json!({
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.created.to_string(),
        "AssumeRolePolicyDocument": percent(&role.trust),
        "Description": role.description,
        "MaxSessionDuration": role.session,
    })
}

/// A role as GetRole shows it, with what lists leave out.
fn row(role: &Role) -> Value {
    let mut row = short_row(role);
    row["RoleLastUsed"] = json!({});
    if !role.tags.is_empty() {
        row["Tags"] = json!(tag_list(&role.tags));
    }
    if let Some(boundary) = &role.grants.boundary {
        row["PermissionsBoundary"] =
            json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary});
    }
    row
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let (name, trust) = (params.need("RoleName")?, params.need("AssumeRolePolicyDocument")?);
    check_document(trust)?;
    if account.everywhere.iam.roles.contains_key(name) {
        let text = format!("Role with name {name} already exists.");
        return Err(conflict("EntityAlreadyExists", text));
    }
    let path = path(params);
    let role = Role {
        name: name.to_owned(),
        id: new_id(account, "AROA"),
        arn: format!("arn:aws:iam::{}:role{path}{name}", account.id),
        path,
        trust: trust.to_owned(),
        description: params.text("Description").map(str::to_owned),
        session: params.number("MaxSessionDuration").unwrap_or(3600),
        created: account.now(),
        grants: Grants {
            boundary: params.text("PermissionsBoundary").map(str::to_owned),
            ..Grants::default()
        },
        tags: given_tags(params),
    };
    let row = row(&role);
    account.everywhere.iam.roles.insert(name.to_owned(), role);
    Ok(json!({"Role": row}))
}

fn get(account: &mut Account, call: &Call) -> Answer {
    Ok(json!({"Role": row(named(account, call)?)}))
}

fn list(account: &mut Account, call: &Call) -> Answer {
    let prefix = call.params.text("PathPrefix").unwrap_or("/");
    let roles = account.everywhere.iam.roles.values();
    let rows = roles.filter(|role| role.path.starts_with(prefix)).map(short_row).collect();
    page("Roles", rows, call)
}

fn update(account: &mut Account, call: &Call) -> Answer {
    let description = call.params.text("Description").map(str::to_owned);
    let session = call.params.number("MaxSessionDuration");
    let role = named(account, call)?;
    role.description = description.or_else(|| role.description.clone());
    role.session = session.unwrap_or(role.session);
    Ok(json!({"Role": row(role)}))
}

fn update_trust(account: &mut Account, call: &Call) -> Answer {
    let document = call.params.need("PolicyDocument")?;
    check_document(document)?;
    document.clone_into(&mut named(account, call)?.trust);
    Ok(json!({}))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let role = named(account, call)?.clone();
    if role.path.starts_with("/aws-service-role/") {
        let text = format!(
            "Cannot perform the operation on the protected role '{}' - this role is only \
             modifiable by AWS",
            role.name
        );
        return Err(Fault::new("UnmodifiableEntity", text));
    }
    role.grants.refuse_deletion()?;
    let profiles = account.everywhere.iam.profiles.values();
    if profiles.into_iter().any(|profile| profile.roles.contains(&role.name)) {
        let text = "Cannot delete entity, must remove roles from instance profile first.";
        return Err(conflict("DeleteConflict", text));
    }
    account.everywhere.iam.roles.remove(&role.name);
    Ok(json!({}))
}

fn tag(account: &mut Account, call: &Call) -> Answer {
    let tags = given_tags(&call.params);
    named(account, call)?.tags.extend(tags);
    Ok(json!({}))
}

fn untag(account: &mut Account, call: &Call) -> Answer {
    let keys = call.params.texts("TagKeys");
    named(account, call)?.tags.retain(|key, _| !keys.contains(key));
    Ok(json!({}))
}

fn tags(account: &mut Account, call: &Call) -> Answer {
    let tags = tag_list(&named(account, call)?.tags);
    page("Tags", tags, call)
}

/// The name of a service's role.
fn linked_name(service: &str) -> String {
    let stem = service.split('.').next().unwrap_or(service);
    let name = match stem {
        "autoscaling" => "AutoScaling",
        "elasticloadbalancing" => "ElasticLoadBalancing",
        "elasticbeanstalk" => "ElasticBeanstalk",
        "managedupdates" => "ElasticBeanstalkManagedUpdates",
        "maintenance" => "ElasticBeanstalkMaintenance",
        "rds" => "RDS",
        "spot" => "EC2Spot",
        other => other,
    };
    format!("AWSServiceRoleFor{name}")
}

fn create_linked(account: &mut Account, call: &Call) -> Answer {
    let service = call.params.need("AWSServiceName")?;
    if call.params.text("CustomSuffix").is_some() && service != "autoscaling.amazonaws.com" {
        let text = format!("Custom suffix is not allowed for {service}");
        return Err(Fault::new("InvalidInput", text));
    }
    let name = linked_name(service);
    if account.everywhere.iam.roles.contains_key(&name) {
        let text = format!(
            "Service role name {name} has been taken in this account, please try a different \
             suffix."
        );
        return Err(Fault::new("InvalidInput", text));
    }
    let path = format!("/aws-service-role/{service}/");
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Action": ["sts:AssumeRole"],
            "Effect": "Allow",
            "Principal": {"Service": [service]},
        }],
    });
    let role = Role {
        id: new_id(account, "AROA"),
        arn: format!("arn:aws:iam::{}:role{path}{name}", account.id),
        name: name.clone(),
        path,
        trust: trust.to_string(),
        description: call.params.text("Description").map(str::to_owned),
        session: 3600,
        created: account.now(),
        grants: Grants::default(),
        tags: BTreeMap::new(),
    };
    let row = row(&role);
    account.everywhere.iam.roles.insert(name, role);
    Ok(json!({"Role": row}))
}

fn delete_linked(account: &mut Account, call: &Call) -> Answer {
    let role = named(account, call)?.clone();
    account.everywhere.iam.roles.remove(&role.name);
    let task = account.uuid();
    Ok(json!({"DeletionTaskId": format!("task{}{}/{task}", role.path, role.name)}))
}

fn deletion_status(_: &mut Account, call: &Call) -> Answer {
    call.params.need("DeletionTaskId")?;
    Ok(json!({"Status": "SUCCEEDED"}))
}
