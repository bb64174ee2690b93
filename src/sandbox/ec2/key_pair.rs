//! Key pairs.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::listing::{self, Kind};
use super::{Handler, need, tag};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A key pair; the private half is nobody's here.
#[derive(Clone, Debug, Serialize)]
pub struct KeyPair {
    /// `key-…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// `rsa` or `ed25519`.
    pub kind: String,
    /// When it was made.
    pub created: Timestamp,
}

const KIND: Kind = Kind {
    set: "keySet",
    ids: "KeyName",
    code: "InvalidKeyPair.NotFound",
    noun: "key pair",
    prefix: "",
    filters: &[
        ("key-name", "keyName"),
        ("key-pair-id", "keyPairId"),
        ("fingerprint", "keyFingerprint"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateKeyPair" | "ImportKeyPair" => Some(create),
        "DeleteKeyPair" => Some(delete),
        "DescribeKeyPairs" => Some(describe),
        _ => None,
    }
}

/// What making a pair answers; only the listing tells type and time.
fn tree(pair: &KeyPair) -> Value {
    json!({ "keyPairId": pair.id, "keyName": pair.name, "keyFingerprint": pair.fingerprint })
}

fn listed(pair: &KeyPair) -> Value {
    let mut answer = tree(pair);
    answer["keyType"] = json!(pair.kind);
    answer["createTime"] = json!(pair.created.to_string());
    answer
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let ids = call.params.texts("KeyPairId");
    let known = |id: &&String| ec2.key_pairs.values().any(|pair| pair.id == **id);
    if let Some(id) = ids.iter().find(|id| !known(id)) {
        return Err(KIND.missing(id));
    }
    let mut found: Vec<Value> = Vec::new();
    let names = call.params.texts("KeyName");
    if let Some(name) = names.iter().find(|name| !ec2.key_pairs.contains_key(*name)) {
        return Err(KIND.missing(name));
    }
    for pair in ec2.key_pairs.values() {
        let wanted = (names.is_empty() || names.contains(&pair.name))
            && (ids.is_empty() || ids.contains(&pair.id));
        if wanted {
            found.push(listing::tagged(ec2, &pair.id, listed(pair)));
        }
    }
    listing::filtered(&mut found, call, KIND.filters)?;
    Ok(json!({ "keySet": found }))
}

/// Makes a pair, or takes in a public key.
fn create(account: &mut Account, call: &Call) -> Answer {
    let name = need(call, "KeyName")?.to_owned();
    if account.here.ec2.key_pairs.contains_key(&name) {
        return Err(Fault::new(
            "InvalidKeyPair.Duplicate",
            format!("The keypair '{name}' already exists."),
        ));
    }
    let digits = account.hex(40);
    let fingerprint: Vec<&str> = (0..20).map(|at| &digits[at * 2..at * 2 + 2]).collect();
    let pair = KeyPair {
        id: account.id("key"),
        name: name.clone(),
        fingerprint: fingerprint.join(":"),
        kind: call.params.text("KeyType").unwrap_or("rsa").to_owned(),
        created: account.now(),
    };
    let secret = account.hex(256);
    let ec2 = &mut account.here.ec2;
    let id = pair.id.clone();
    let mut answer = tree(&pair);
    ec2.key_pairs.insert(name, pair);
    tag::apply(ec2, &call.params, &id);
    if call.operation == "CreateKeyPair" {
        answer["keyMaterial"] = json!(format!(
            "-----BEGIN RSA PRIVATE KEY-----\n{secret}\n-----END RSA PRIVATE KEY-----"
        ));
    }
    Ok(listing::tagged(ec2, &id, answer))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &mut account.here.ec2;
    let (name, id) = (call.params.text("KeyName"), call.params.text("KeyPairId"));
    let found = ec2
        .key_pairs
        .values()
        .find(|pair| name == Some(pair.name.as_str()) || id == Some(pair.id.as_str()));
    // A pair that is not there is deleted, as far as EC2 is concerned.
    let Some(pair) = found.cloned() else { return Ok(json!({ "return": true })) };
    ec2.key_pairs.remove(&pair.name);
    ec2.untag(&pair.id);
    Ok(json!({ "return": true, "keyPairId": pair.id }))
}
