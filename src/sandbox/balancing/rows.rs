//! What the kinds have in common: pages and tags.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::invalid;
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// Tags as a call gives them.
pub(super) fn given_tags(params: &Value) -> BTreeMap<String, String> {
    let tags = params.list("Tags").iter();
    tags.map(|tag| {
        let text = |name: &str| tag.text(name).unwrap_or_default().to_owned();
        (text("Key"), text("Value"))
    })
    .collect()
}

/// Tags as answers have them.
pub(super) fn tag_list(tags: &BTreeMap<String, String>) -> Vec<Value> {
    tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

/// One page of rows, with the marker of the next.
pub(super) fn page(member: &str, rows: Vec<Value>, call: &Call) -> Answer {
    let longest = call.params.number("PageSize").and_then(|it| usize::try_from(it).ok());
    let longest = longest.unwrap_or(400).clamp(1, 400);
    let start = match call.params.text("Marker") {
        None => 0,
        Some(marker) => marker
            .strip_prefix("page-")
            .and_then(|text| text.parse::<usize>().ok())
            .ok_or_else(|| invalid("The marker is not valid"))?,
    };
    let next = (rows.len() > start + longest).then(|| format!("page-{}", start + longest));
    let rows: Vec<Value> = rows.into_iter().skip(start).take(longest).collect();
    Ok(json!({member: rows, "NextMarker": next}))
}

/// The tags of whatever an ARN names.
fn tags_of<'a>(account: &'a mut Account, arn: &str) -> Option<&'a mut BTreeMap<String, String>> {
    let balancing = &mut account.here.balancing;
    if let Some(balancer) = balancing.balancers.get_mut(arn) {
        return Some(&mut balancer.tags);
    }
    if let Some(group) = balancing.target_groups.get_mut(arn) {
        return Some(&mut group.tags);
    }
    balancing.listeners.get_mut(arn).map(|listener| &mut listener.tags)
}

/// The refusal for an ARN that names nothing, by the kind it would name.
fn missing(arn: &str) -> Fault {
    if arn.contains(":targetgroup/") {
        super::target_group::absent()
    } else if arn.contains(":listener/") {
        super::listener::absent()
    } else {
        super::balancer::absent()
    }
}

pub(super) fn tags(account: &mut Account, call: &Call) -> Answer {
    let mut rows = Vec::new();
    for arn in call.params.texts("ResourceArns") {
        let tags = tags_of(account, &arn).ok_or_else(|| missing(&arn))?;
        rows.push(json!({"ResourceArn": arn, "Tags": tag_list(tags)}));
    }
    Ok(json!({"TagDescriptions": rows}))
}

pub(super) fn add_tags(account: &mut Account, call: &Call) -> Answer {
    for arn in call.params.texts("ResourceArns") {
        let new = given_tags(&call.params);
        tags_of(account, &arn).ok_or_else(|| missing(&arn))?.extend(new);
    }
    Ok(json!({}))
}

pub(super) fn remove_tags(account: &mut Account, call: &Call) -> Answer {
    let keys = call.params.texts("TagKeys");
    for arn in call.params.texts("ResourceArns") {
        let tags = tags_of(account, &arn).ok_or_else(|| missing(&arn))?;
        tags.retain(|key, _| !keys.contains(key));
    }
    Ok(json!({}))
}
