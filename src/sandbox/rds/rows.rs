//! What the kinds have in common: pages and tags.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sandbox::{Answer, Call, Fault, Params};

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
    let longest = call.params.number("MaxRecords").and_then(|it| usize::try_from(it).ok());
    let longest = longest.unwrap_or(100).clamp(20, 100);
    let start = match call.params.text("Marker") {
        None => 0,
        Some(marker) => marker
            .strip_prefix("page-")
            .and_then(|text| text.parse::<usize>().ok())
            .ok_or_else(|| Fault::new("InvalidParameterValue", "Invalid marker"))?,
    };
    let next = (rows.len() > start + longest).then(|| format!("page-{}", start + longest));
    let rows: Vec<Value> = rows.into_iter().skip(start).take(longest).collect();
    Ok(json!({member: rows, "Marker": next}))
}
