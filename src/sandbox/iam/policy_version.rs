//! Versions of the account's own managed policies.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::encode::percent;
use super::policy::{Policy, find};
use super::{absent, check_document, conflict, page};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A version of a policy.
#[derive(Clone, Debug, Serialize)]
pub struct Version {
    /// `v1` and so on; a number is used once.
    pub id: String,
    /// Its document, as a JSON text.
    pub document: String,
    /// When it was created.
    pub created: Timestamp,
}

/// Most versions of a policy (user guide, "Versioning IAM policies").
const MOST: usize = 5;

pub(super) fn handle(account: &mut Account, call: &Call) -> Option<Answer> {
    let handler = match call.operation.as_str() {
        "CreatePolicyVersion" => create,
        "GetPolicyVersion" => get,
        "ListPolicyVersions" => list,
        "SetDefaultPolicyVersion" => set_default,
        "DeletePolicyVersion" => delete,
        _ => return None,
    };
    Some(handler(account, call))
}

fn row(policy: &Policy, version: &Version) -> Value {
    json!({
        "VersionId": version.id,
        "IsDefaultVersion": version.id == policy.default,
        "CreateDate": version.created.to_string(),
    })
}

fn missing(arn: &str, version: &str) -> Fault {
    absent(format!("Policy {arn} version {version} does not exist or is not attachable."))
}

/// The account's own policy of a call.
fn own<'a>(account: &'a mut Account, call: &Call) -> Result<&'a mut Policy, Fault> {
    let arn = call.params.need("PolicyArn")?;
    let found = account.everywhere.iam.policies.get_mut(arn);
    found.ok_or_else(|| absent(format!("Policy {arn} does not exist or is not attachable.")))
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let document = call.params.need("PolicyDocument")?.to_owned();
    check_document(&document)?;
    let (now, chosen) = (account.now(), call.params.flag("SetAsDefault"));
    let policy = own(account, call)?;
    if policy.versions.len() >= MOST {
        let text = "A managed policy can have up to 5 versions. Before you create a new version, \
                    you must delete an existing version.";
        return Err(conflict("LimitExceeded", text));
    }
    policy.made += 1;
    let version = Version { id: format!("v{}", policy.made), document, created: now };
    if chosen {
        policy.default.clone_from(&version.id);
        policy.document.clone_from(&version.document);
        policy.updated = now;
    }
    let row = row(policy, &version);
    policy.versions.push(version);
    Ok(json!({"PolicyVersion": row}))
}

fn get(account: &mut Account, call: &Call) -> Answer {
    let policy = find(&account.everywhere.iam, call.params.need("PolicyArn")?)?;
    let wanted = call.params.need("VersionId")?;
    let version = policy.versions.iter().find(|version| version.id == wanted);
    let version = version.ok_or_else(|| missing(&policy.arn, wanted))?;
    let mut row = row(&policy, version);
    row["Document"] = json!(percent(&version.document));
    Ok(json!({"PolicyVersion": row}))
}

fn list(account: &mut Account, call: &Call) -> Answer {
    let policy = find(&account.everywhere.iam, call.params.need("PolicyArn")?)?;
    let rows = policy.versions.iter().rev().map(|version| row(&policy, version)).collect();
    page("Versions", rows, call)
}

fn set_default(account: &mut Account, call: &Call) -> Answer {
    let (now, wanted) = (account.now(), call.params.need("VersionId")?);
    let policy = own(account, call)?;
    let version = policy.versions.iter().find(|version| version.id == wanted);
    let document = version.ok_or_else(|| missing(&policy.arn, wanted))?.document.clone();
    policy.document = document;
    wanted.clone_into(&mut policy.default);
    policy.updated = now;
    Ok(json!({}))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let wanted = call.params.need("VersionId")?;
    let policy = own(account, call)?;
    if policy.default == wanted {
        let text = "Cannot delete the default version of a policy.";
        return Err(conflict("DeleteConflict", text));
    }
    let before = policy.versions.len();
    policy.versions.retain(|version| version.id != wanted);
    if policy.versions.len() == before {
        return Err(missing(&policy.arn, wanted));
    }
    Ok(json!({}))
}
