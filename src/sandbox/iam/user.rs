//! Users and their access keys.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::grants::Grants;
use super::{absent, conflict, given_tags, new_id, page, path, tag_list};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A user.
#[derive(Clone, Debug, Serialize)]
pub struct User {
    /// The user's name.
    pub name: String,
    /// The user's id.
    pub id: String,
    /// The user's ARN.
    pub arn: String,
    /// The user's path.
    pub path: String,
    /// When the user was created.
    pub created: Timestamp,
    /// What the user may do.
    pub grants: Grants,
    /// The user's access keys.
    pub keys: Vec<AccessKey>,
    /// The user's tags.
    pub tags: BTreeMap<String, String>,
}

/// An access key. Its secret is told once and not kept.
#[derive(Clone, Debug, Serialize)]
pub struct AccessKey {
    /// `AKIA…`.
    pub id: String,
    /// Whether it works.
    pub active: bool,
    /// When it was created.
    pub created: Timestamp,
}

pub(super) fn handle(account: &mut Account, call: &Call) -> Option<Answer> {
    let handler = match call.operation.as_str() {
        "CreateUser" => create,
        "GetUser" => get,
        "ListUsers" => list,
        "DeleteUser" => delete,
        "ListGroupsForUser" => groups,
        "TagUser" => tag,
        "UntagUser" => untag,
        "ListUserTags" => list_tags,
        "CreateAccessKey" => create_key,
        "ListAccessKeys" => list_keys,
        "UpdateAccessKey" => update_key,
        "DeleteAccessKey" => delete_key,
        _ => return None,
    };
    Some(handler(account, call))
}

/// The refusal for a user that is not there.
pub(super) fn missing(name: &str) -> Fault {
    absent(format!("The user with name {name} cannot be found."))
}

/// The user that a call names; the caller, if it names none.
fn name(call: &Call) -> String {
    call.params.text("UserName").unwrap_or(&call.caller.name).to_owned()
}

fn named<'a>(account: &'a mut Account, call: &Call) -> Result<&'a mut User, Fault> {
    let name = name(call);
    account.everywhere.iam.users.get_mut(&name).ok_or_else(|| missing(&name))
}

fn row(user: &User) -> Value {
    json!({
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": user.created.to_string(),
        "Tags": (!user.tags.is_empty()).then(|| tag_list(&user.tags)),
    })
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("UserName")?;
    if account.everywhere.iam.users.contains_key(name) {
        let text = format!("User with name {name} already exists.");
        return Err(conflict("EntityAlreadyExists", text));
    }
    let path = path(&call.params);
    let user = User {
        name: name.to_owned(),
        id: new_id(account, "AIDA"),
        arn: format!("arn:aws:iam::{}:user{path}{name}", account.id),
        path,
        created: account.now(),
        grants: Grants::default(),
        keys: Vec::new(),
        tags: given_tags(&call.params),
    };
    let row = row(&user);
    account.everywhere.iam.users.insert(name.to_owned(), user);
    Ok(json!({"User": row}))
}

/// The user. Any credentials are accepted here, so that a caller need not exist to be told who it
/// is.
fn get(account: &mut Account, call: &Call) -> Answer {
    if call.params.text("UserName").is_none()
        && !account.everywhere.iam.users.contains_key(&call.caller.name)
    {
        return Ok(json!({"User": {
            "Path": "/",
            "UserName": call.caller.name,
            "UserId": "AIDACKCEVSQ6C2EXAMPLE",
            "Arn": call.caller.arn,
            "CreateDate": Timestamp::from_second(1_577_836_800).unwrap_or_default().to_string(),
        }}));
    }
    Ok(json!({"User": row(named(account, call)?)}))
}

fn list(account: &mut Account, call: &Call) -> Answer {
    let rows = account.everywhere.iam.users.values().map(row).collect();
    page("Users", rows, call)
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let user = named(account, call)?.clone();
    user.grants.refuse_deletion()?;
    if !user.keys.is_empty() {
        let text = "Cannot delete entity, must delete access keys first.";
        return Err(conflict("DeleteConflict", text));
    }
    account.everywhere.iam.users.remove(&user.name);
    Ok(json!({}))
}

fn groups(account: &mut Account, call: &Call) -> Answer {
    named(account, call)?;
    page("Groups", Vec::new(), call)
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

fn list_tags(account: &mut Account, call: &Call) -> Answer {
    let tags = tag_list(&named(account, call)?.tags);
    page("Tags", tags, call)
}

fn create_key(account: &mut Account, call: &Call) -> Answer {
    let (id, secret) = (new_id(account, "AKIA"), account.hex(40));
    let now = account.now();
    let user = named(account, call)?;
    if user.keys.len() >= 2 {
        let text = "Cannot exceed quota for AccessKeysPerUser: 2";
        return Err(conflict("LimitExceeded", text));
    }
    user.keys.push(AccessKey { id: id.clone(), active: true, created: now });
    Ok(json!({"AccessKey": {
        "UserName": user.name,
        "AccessKeyId": id,
        "Status": "Active",
        "SecretAccessKey": secret,
        "CreateDate": now.to_string(),
    }}))
}

fn list_keys(account: &mut Account, call: &Call) -> Answer {
    let user = named(account, call)?;
    let rows = user
        .keys
        .iter()
        .map(|key| {
            json!({
                "UserName": user.name,
                "AccessKeyId": key.id,
                "Status": if key.active { "Active" } else { "Inactive" },
                "CreateDate": key.created.to_string(),
            })
        })
        .collect();
    page("AccessKeyMetadata", rows, call)
}

fn no_key(id: &str) -> Fault {
    absent(format!("The Access Key with id {id} cannot be found."))
}

fn update_key(account: &mut Account, call: &Call) -> Answer {
    let (id, status) = (call.params.need("AccessKeyId")?, call.params.need("Status")?);
    let keys = &mut named(account, call)?.keys;
    let key = keys.iter_mut().find(|key| key.id == id).ok_or_else(|| no_key(id))?;
    key.active = status == "Active";
    Ok(json!({}))
}

fn delete_key(account: &mut Account, call: &Call) -> Answer {
    let id = call.params.need("AccessKeyId")?;
    let keys = &mut named(account, call)?.keys;
    let before = keys.len();
    keys.retain(|key| key.id != id);
    if keys.len() == before { Err(no_key(id)) } else { Ok(json!({})) }
}
