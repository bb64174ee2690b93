//! Instance profiles.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Iam, absent, conflict, new_id, page, path, role};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// An instance profile.
#[derive(Clone, Debug, Serialize)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its path.
    pub path: String,
    /// When it was created.
    pub created: Timestamp,
    /// The names of its roles; AWS allows one.
    pub roles: Vec<String>,
}

pub(super) fn handle(account: &mut Account, call: &Call) -> Option<Answer> {
    let handler = match call.operation.as_str() {
        "CreateInstanceProfile" => create,
        "GetInstanceProfile" => get,
        "ListInstanceProfiles" => list,
        "ListInstanceProfilesForRole" => list_for_role,
        "DeleteInstanceProfile" => delete,
        "AddRoleToInstanceProfile" => add,
        "RemoveRoleFromInstanceProfile" => remove,
        _ => return None,
    };
    Some(handler(account, call))
}

/// The refusal for a profile that is not there.
fn missing(name: &str) -> Fault {
    absent(format!("Instance Profile {name} cannot be found."))
}

fn named<'a>(account: &'a mut Account, call: &Call) -> Result<&'a mut Profile, Fault> {
    let name = call.params.need("InstanceProfileName")?;
    account.everywhere.iam.profiles.get_mut(name).ok_or_else(|| missing(name))
}

fn row(iam: &Iam, profile: &Profile) -> Value {
    let roles: Vec<Value> =
        profile.roles.iter().filter_map(|name| iam.roles.get(name)).map(role::short_row).collect();
    json!({
        "Path": profile.path,
        "InstanceProfileName": profile.name,
        "InstanceProfileId": profile.id,
        "Arn": profile.arn,
        "CreateDate": profile.created.to_string(),
        "Roles": roles,
    })
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("InstanceProfileName")?;
    if account.everywhere.iam.profiles.contains_key(name) {
        let text = format!("Instance Profile {name} already exists.");
        return Err(conflict("EntityAlreadyExists", text));
    }
    let path = path(&call.params);
    let profile = Profile {
        name: name.to_owned(),
        id: new_id(account, "AIPA"),
        arn: format!("arn:aws:iam::{}:instance-profile{path}{name}", account.id),
        path,
        created: account.now(),
        roles: Vec::new(),
    };
    let row = row(&account.everywhere.iam, &profile);
    account.everywhere.iam.profiles.insert(name.to_owned(), profile);
    Ok(json!({"InstanceProfile": row}))
}

fn get(account: &mut Account, call: &Call) -> Answer {
    let profile = named(account, call)?.clone();
    Ok(json!({"InstanceProfile": row(&account.everywhere.iam, &profile)}))
}

fn list(account: &mut Account, call: &Call) -> Answer {
    let iam = &account.everywhere.iam;
    let rows = iam.profiles.values().map(|profile| row(iam, profile)).collect();
    page("InstanceProfiles", rows, call)
}

fn list_for_role(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("RoleName")?.to_owned();
    let iam = &account.everywhere.iam;
    if !iam.roles.contains_key(&name) {
        return Err(role::missing(&name));
    }
    let with = iam.profiles.values().filter(|profile| profile.roles.contains(&name));
    let rows = with.map(|profile| row(iam, profile)).collect();
    page("InstanceProfiles", rows, call)
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let profile = named(account, call)?.clone();
    if !profile.roles.is_empty() {
        let text = "Cannot delete entity, must remove roles from instance profile first.";
        return Err(conflict("DeleteConflict", text));
    }
    account.everywhere.iam.profiles.remove(&profile.name);
    Ok(json!({}))
}

fn add(account: &mut Account, call: &Call) -> Answer {
    let role = call.params.need("RoleName")?.to_owned();
    if !account.everywhere.iam.roles.contains_key(&role) {
        return Err(role::missing(&role));
    }
    let profile = named(account, call)?;
    if !profile.roles.is_empty() {
        let text = "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1";
        return Err(conflict("LimitExceeded", text));
    }
    profile.roles.push(role);
    Ok(json!({}))
}

fn remove(account: &mut Account, call: &Call) -> Answer {
    let role = call.params.need("RoleName")?.to_owned();
    let profile = named(account, call)?;
    if !profile.roles.contains(&role) {
        return Err(role::missing(&role));
    }
    profile.roles.retain(|name| *name != role);
    Ok(json!({}))
}
