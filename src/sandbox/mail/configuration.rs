//! Configuration sets: names for ways of sending.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Mail, already, bad, missing, page};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// What a set holds, each as it was given.
const PARTS: [&str; 8] = [
    "ArchivingOptions",
    "DeliveryOptions",
    "ReputationOptions",
    "SendingOptions",
    "SuppressionOptions",
    "Tags",
    "TrackingOptions",
    "VdmOptions",
];

/// Answers a call about configuration sets, if it is one.
pub(super) fn handle(account: &mut Account, call: &Call) -> Option<Answer> {
    let mail = &mut account.here.mail;
    Some(match call.operation.as_str() {
        "ListConfigurationSets" => list(mail, call),
        "CreateConfigurationSet" => create(mail, call),
        "GetConfigurationSet" => get(mail, call),
        "DeleteConfigurationSet" => delete(mail, call),
        "PutConfigurationSetDeliveryOptions" => put(mail, call, "DeliveryOptions"),
        "PutConfigurationSetReputationOptions" => put(mail, call, "ReputationOptions"),
        "PutConfigurationSetSendingOptions" => put(mail, call, "SendingOptions"),
        "PutConfigurationSetSuppressionOptions" => put(mail, call, "SuppressionOptions"),
        "PutConfigurationSetTrackingOptions" => put(mail, call, "TrackingOptions"),
        _ => return None,
    })
}

/// The refusal for a set that is not there: the name stands in angle brackets (recorded).
pub(super) fn absent(name: &str) -> Fault {
    missing(&format!("Configuration set <{name}> does not exist."))
}

/// Whether messages of a set are sent.
pub(super) fn sends(set: &Value) -> bool {
    set["SendingOptions"]["SendingEnabled"].as_bool().unwrap_or(true)
}

fn list(mail: &Mail, call: &Call) -> Answer {
    let names = mail.configuration_sets.keys();
    let rows = names.map(|name| (name.clone(), json!(name))).collect();
    page::page(call, "ConfigurationSets", rows, (1000, 1000))
}

fn create(mail: &mut Mail, call: &Call) -> Answer {
    let name = call.params.need("ConfigurationSetName")?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    if name.len() > 64 || !name.chars().all(plain) {
        return Err(bad(&format!(
            "Invalid configuration set name <{name}>: only alphanumeric ASCII characters, '_', \
             '-' are allowed."
        )));
    }
    if mail.configuration_sets.contains_key(name) {
        return Err(already(&format!("Configuration set <{name}> already exists.")));
    }
    let mut set = json!({
        "ConfigurationSetName": name,
        "DeliveryOptions": { "TlsPolicy": "OPTIONAL" },
        "ReputationOptions": { "ReputationMetricsEnabled": false },
        "SendingOptions": { "SendingEnabled": true },
        "Tags": [],
    });
    for part in PARTS {
        if let Some(given) = call.params.get(part) {
            set[part] = given.clone();
        }
    }
    mail.configuration_sets.insert(name.to_owned(), set);
    Ok(json!({}))
}

fn get(mail: &Mail, call: &Call) -> Answer {
    let name = call.params.need("ConfigurationSetName")?;
    mail.configuration_sets.get(name).cloned().ok_or_else(|| absent(name))
}

fn delete(mail: &mut Mail, call: &Call) -> Answer {
    let name = call.params.need("ConfigurationSetName")?;
    mail.configuration_sets.remove(name).map(|_| json!({})).ok_or_else(|| absent(name))
}

/// Replaces one part of a set by what a call gives.
fn put(mail: &mut Mail, call: &Call, part: &str) -> Answer {
    let name = call.params.need("ConfigurationSetName")?;
    let set = mail.configuration_sets.get_mut(name).ok_or_else(|| absent(name))?;
    let mut given: BTreeMap<String, Value> = BTreeMap::new();
    for (member, value) in call.params.as_object().into_iter().flatten() {
        if member != "ConfigurationSetName" {
            given.insert(member.clone(), value.clone());
        }
    }
    if part == "SendingOptions" {
        // A switch that is not named is off.
        given.insert("SendingEnabled".to_owned(), json!(call.params.flag("SendingEnabled")));
    }
    set[part] = json!(given);
    Ok(json!({}))
}
