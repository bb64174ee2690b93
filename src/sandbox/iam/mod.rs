//! IAM: roles, instance profiles, policies, users.

pub(super) mod encode;
mod grants;
mod managed;
mod policy;
mod policy_version;
mod profile;
mod role;
mod simulate;
#[cfg(test)]
mod tests;
mod user;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

pub use grants::Grants;
pub use policy::Policy;
pub use policy_version::Version as PolicyVersion;
pub use profile::Profile;
pub use role::Role;
pub use user::{AccessKey, User};

use super::access::Decision;
use super::{Account, Answer, Call, Fault, Params};

/// The account's roles, profiles, policies and users.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Iam {
    /// Roles by name.
    pub roles: BTreeMap<String, Role>,
    /// Instance profiles by name.
    pub profiles: BTreeMap<String, Profile>,
    /// The account's own managed policies by ARN.
    pub policies: BTreeMap<String, Policy>,
    /// Users by name.
    pub users: BTreeMap<String, User>,
}

impl Iam {
    /// A role by its name.
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.get(name)
    }

    /// The id of the user a caller is by name. Callers need not be users here: any credentials do.
    pub fn user_id(&self, name: &str) -> String {
        let user = self.users.get(name);
        user.map_or_else(|| "AIDACKCEVSQ6C2EXAMPLE".to_owned(), |user| user.id.clone())
    }

    /// The document of a managed policy, the account's own or AWS's.
    pub fn document(&self, arn: &str) -> Option<String> {
        let own = self.policies.get(arn).map(|policy| policy.document.clone());
        own.or_else(|| managed::document(arn))
    }

    /// Whether a role's policies let it do something.
    pub fn role_may(&self, role: &str, action: &str, resource: &str) -> bool {
        let Some(role) = self.roles.get(role) else { return false };
        let decided = simulate::decided(self, &role.grants, action, resource);
        decided == Decision::Allowed
    }
}

/// Answers a call to this service.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    let families: [fn(&mut Account, &Call) -> Option<Answer>; 6] = [
        role::handle,
        profile::handle,
        policy::handle,
        policy_version::handle,
        user::handle,
        grants::handle,
    ];
    for family in families {
        if let Some(answer) = family(account, call) {
            return answer;
        }
    }
    match call.operation.as_str() {
        "SimulatePrincipalPolicy" => simulate::principal(account, call),
        "SimulateCustomPolicy" => simulate::custom(account, call),
        "ListAccountAliases" => Ok(json!({"AccountAliases": [], "IsTruncated": false})),
        "GetAccountSummary" => Ok(summary(account)),
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

fn summary(account: &Account) -> Value {
    let iam = &account.everywhere.iam;
    json!({"SummaryMap": {
        "Roles": iam.roles.len(),
        "Users": iam.users.len(),
        "Policies": iam.policies.len(),
        "InstanceProfiles": iam.profiles.len(),
    }})
}

/// A `NoSuchEntity`, HTTP 404.
fn absent(message: impl Into<String>) -> Fault {
    Fault::new("NoSuchEntity", message).with_status(404)
}

/// A conflict, HTTP 409.
fn conflict(code: &str, message: impl Into<String>) -> Fault {
    Fault::new(code, message).with_status(409)
}

/// One page of rows, with the marker of the next.
fn page(member: &str, rows: Vec<Value>, call: &Call) -> Answer {
    let longest = call.params.number("MaxItems").and_then(|it| usize::try_from(it).ok());
    let longest = longest.unwrap_or(100).clamp(1, 1000);
    let start = call.params.text("Marker").and_then(|marker| marker.strip_prefix("page-"));
    let start = start.and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let more = rows.len() > start + longest;
    let rows: Vec<Value> = rows.into_iter().skip(start).take(longest).collect();
    Ok(json!({
        member: rows,
        "IsTruncated": more,
        "Marker": more.then(|| format!("page-{}", start + longest)),
    }))
}

/// A path as a call gives it.
fn path(params: &Value) -> String {
    params.text("Path").unwrap_or("/").to_owned()
}

/// Tags as a call gives them.
fn given_tags(params: &Value) -> BTreeMap<String, String> {
    let tags = params.list("Tags").iter();
    tags.map(|tag| {
        let text = |name: &str| tag.text(name).unwrap_or_default().to_owned();
        (text("Key"), text("Value"))
    })
    .collect()
}

/// Tags as answers have them.
fn tag_list(tags: &BTreeMap<String, String>) -> Vec<Value> {
    tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

/// A new id with the prefix of its kind.
fn new_id(account: &mut Account, prefix: &str) -> String {
    format!("{prefix}{}", account.hex(17).to_uppercase())
}

/// Refuses a document that is no JSON object.
fn check_document(text: &str) -> Result<(), Fault> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(_)) => Ok(()),
        Ok(_) | Err(_) => {
            Err(Fault::new("MalformedPolicyDocument", "This policy contains invalid Json"))
        }
    }
}
