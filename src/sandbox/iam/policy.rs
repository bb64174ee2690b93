//! Managed policies.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::policy_version::Version;
use super::{Iam, absent, check_document, conflict, managed, new_id, page, path};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A managed policy of the account's own.
#[derive(Clone, Debug, Serialize)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its path.
    pub path: String,
    /// What it is for.
    pub description: Option<String>,
    /// The document of its default version, as a JSON text.
    pub document: String,
    /// Its versions, oldest first.
    pub versions: Vec<Version>,
    /// The version that counts.
    pub default: String,
    /// How many versions it ever had.
    pub made: u32,
    /// When it was created.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
}

pub(super) fn handle(account: &mut Account, call: &Call) -> Option<Answer> {
    let handler = match call.operation.as_str() {
        "CreatePolicy" => create,
        "GetPolicy" => get,
        "ListPolicies" => list,
        "DeletePolicy" => delete,
        "ListEntitiesForPolicy" => entities,
        _ => return None,
    };
    Some(handler(account, call))
}

/// The refusal for a policy that is not there, in AWS's two wordings.
fn missing(arn: &str) -> Fault {
    if arn.starts_with("arn:aws:iam::aws:") {
        absent(format!("Policy {arn} was not found."))
    } else {
        absent(format!("Policy {arn} does not exist or is not attachable."))
    }
}

/// The names of roles and users that have a policy.
fn holders(iam: &Iam, arn: &str) -> (Vec<String>, Vec<String>) {
    let roles = iam.roles.values().filter(|role| role.grants.attached.contains(arn));
    let users = iam.users.values().filter(|user| user.grants.attached.contains(arn));
    (roles.map(|role| role.name.clone()).collect(), users.map(|user| user.name.clone()).collect())
}

fn row(iam: &Iam, policy: &Policy) -> Value {
    let (roles, users) = holders(iam, &policy.arn);
    json!({
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default,
        "AttachmentCount": roles.len() + users.len(),
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": true,
        "Description": policy.description.clone().unwrap_or_default(),
        "CreateDate": policy.created.to_string(),
        "UpdateDate": policy.updated.to_string(),
        "Tags": [],
    })
}

/// A policy by its ARN, AWS's own included.
pub(super) fn find(iam: &Iam, arn: &str) -> Result<Policy, Fault> {
    if let Some(policy) = iam.policies.get(arn) {
        return Ok(policy.clone());
    }
    let document = managed::document(arn).ok_or_else(|| missing(arn))?;
    let path = arn.split(":policy").nth(1).unwrap_or("/");
    let (path, name) = path.rsplit_once('/').unwrap_or(("", path));
    // AWS's policies for Beanstalk are as old as this.
    let created = Timestamp::from_second(1_454_976_000).unwrap_or_default();
    Ok(Policy {
        name: name.to_owned(),
        id: format!("ANPA{}", name.to_uppercase().chars().take(17).collect::<String>()),
        arn: arn.to_owned(),
        path: format!("{path}/"),
        description: Some(name.to_owned()),
        versions: vec![first(&document, created)],
        document,
        default: "v1".to_owned(),
        made: 1,
        created,
        updated: created,
    })
}

/// The version that a policy is created with.
fn first(document: &str, created: Timestamp) -> Version {
    Version { id: "v1".to_owned(), document: document.to_owned(), created }
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let (name, document) = (params.need("PolicyName")?, params.need("PolicyDocument")?);
    check_document(document)?;
    let path = path(params);
    let arn = format!("arn:aws:iam::{}:policy{path}{name}", account.id);
    if account.everywhere.iam.policies.contains_key(&arn) {
        let text =
            format!("A policy called {name} already exists. Duplicate names are not allowed.");
        return Err(conflict("EntityAlreadyExists", text));
    }
    let now = account.now();
    let policy = Policy {
        name: name.to_owned(),
        id: new_id(account, "ANPA"),
        arn: arn.clone(),
        path,
        description: params.text("Description").map(str::to_owned),
        document: document.to_owned(),
        versions: vec![first(document, now)],
        default: "v1".to_owned(),
        made: 1,
        created: now,
        updated: now,
    };
    let row = row(&account.everywhere.iam, &policy);
    account.everywhere.iam.policies.insert(arn, policy);
    Ok(json!({"Policy": row}))
}

fn get(account: &mut Account, call: &Call) -> Answer {
    let iam = &account.everywhere.iam;
    let policy = find(iam, call.params.need("PolicyArn")?)?;
    Ok(json!({"Policy": row(iam, &policy)}))
}

fn list(account: &mut Account, call: &Call) -> Answer {
    let iam = &account.everywhere.iam;
    let scope = call.params.text("Scope").unwrap_or("All");
    let attached = call.params.flag("OnlyAttached");
    let own = iam.policies.values().filter(|_| scope != "AWS").cloned();
    let aws = managed::arns().into_iter().filter(|_| scope != "Local");
    let aws = aws.filter_map(|arn| find(iam, &arn).ok());
    let used = |policy: &Policy| {
        let (roles, users) = holders(iam, &policy.arn);
        !roles.is_empty() || !users.is_empty()
    };
    let rows = own.chain(aws).filter(|it| !attached || used(it)).map(|it| row(iam, &it)).collect();
    page("Policies", rows, call)
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let arn = call.params.need("PolicyArn")?;
    let iam = &mut account.everywhere.iam;
    if !iam.policies.contains_key(arn) {
        return Err(absent(format!("Policy {arn} was not found.")));
    }
    let (roles, users) = holders(iam, arn);
    if !roles.is_empty() || !users.is_empty() {
        let text = "Cannot delete a policy attached to entities.";
        return Err(conflict("DeleteConflict", text));
    }
    if iam.policies.get(arn).is_some_and(|policy| policy.versions.len() > 1) {
        let text = "This policy has more than one version. Before you delete a policy, you must \
                    delete the policy's versions. The default version is deleted with the policy.";
        return Err(conflict("DeleteConflict", text));
    }
    iam.policies.remove(arn);
    Ok(json!({}))
}

fn entities(account: &mut Account, call: &Call) -> Answer {
    let iam = &account.everywhere.iam;
    let policy = find(iam, call.params.need("PolicyArn")?)?;
    let (roles, users) = holders(iam, &policy.arn);
    let roles: Vec<Value> = roles
        .iter()
        .filter_map(|name| iam.roles.get(name))
        .map(|role| json!({"RoleName": role.name, "RoleId": role.id}))
        .collect();
    let users: Vec<Value> = users
        .iter()
        .filter_map(|name| iam.users.get(name))
        .map(|user| json!({"UserName": user.name, "UserId": user.id}))
        .collect();
    Ok(json!({
        "PolicyGroups": [],
        "PolicyRoles": roles,
        "PolicyUsers": users,
        "IsTruncated": false,
    }))
}
