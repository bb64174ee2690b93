//! Tags of applications, versions, environments.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Handler;
use super::environment::Status;
use super::find::need;
use crate::sandbox::{Account, Answer, Call, Fault, Params};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ListTagsForResource" => list,
        "UpdateTagsForResource" => update,
        _ => return None,
    })
}

/// Adds tags, given as `[{Key, Value}]`.
pub(super) fn put(account: &mut Account, arn: &str, tags: &[Value]) {
    let kept = account.here.beanstalk.tags.entry(arn.to_owned()).or_default();
    for tag in tags {
        if let Some(key) = tag.text("Key") {
            kept.insert(key.to_owned(), tag.text("Value").unwrap_or_default().to_owned());
        }
    }
}

/// The tags of a resource.
pub(super) fn of(account: &Account, arn: &str) -> BTreeMap<String, String> {
    account.here.beanstalk.tags.get(arn).cloned().unwrap_or_default()
}

fn exists(account: &Account, arn: &str) -> Result<(), Fault> {
    let place = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let parts: Vec<&str> = place.split('/').collect();
    let beanstalk = &account.here.beanstalk;
    let there = match parts.as_slice() {
        ["application", name] => beanstalk.applications.contains_key(*name),
        ["applicationversion", name, label] => {
            beanstalk.applications.get(*name).is_some_and(|it| it.versions.contains_key(*label))
        }
        ["configurationtemplate", name, template] => {
            beanstalk.applications.get(*name).is_some_and(|it| it.templates.contains_key(*template))
        }
        ["environment", application, name] => beanstalk.environments.values().any(|found| {
            found.application == *application
                && found.name == *name
                && found.status != Status::Terminated
        }),
        ["platform", ..] => true,
        _ => {
            return Err(Fault::new(
                "ResourceTypeNotSupportedException",
                format!("Resource type not supported: {arn}"),
            ));
        }
    };
    // Recorded once, with HTTP 404; the sentence for an environment is "Environment does not exist".
    let noun = if parts.first() == Some(&"environment") { "Environment" } else { "Resource" };
    let absent = || Fault::new("ResourceNotFoundException", format!("{noun} does not exist"));
    if there { Ok(()) } else { Err(absent().with_status(404)) }
}

fn list(account: &mut Account, call: &Call) -> Answer {
    let arn = need(&call.params, "ResourceArn")?;
    exists(account, arn)?;
    let tags = of(account, arn).into_iter();
    let tags: Vec<Value> = tags.map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    Ok(json!({ "ResourceArn": arn, "ResourceTags": tags }))
}

fn update(account: &mut Account, call: &Call) -> Answer {
    let arn = need(&call.params, "ResourceArn")?;
    exists(account, arn)?;
    put(account, arn, call.params.list("TagsToAdd"));
    let removed = call.params.texts("TagsToRemove");
    if let Some(kept) = account.here.beanstalk.tags.get_mut(arn) {
        kept.retain(|key, _| !removed.contains(key));
    }
    Ok(json!({}))
}
