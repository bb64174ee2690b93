//! Listing buckets, objects and versions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Bucket, Version};
use crate::sandbox::iam::encode::percent;
use crate::sandbox::{Account, Answer, Call, Params};

/// All buckets.
pub(super) fn buckets(account: &Account) -> Value {
    let buckets: Vec<Value> = account
        .everywhere
        .storage
        .buckets
        .iter()
        .map(|(name, bucket)| json!({ "Name": name, "CreationDate": bucket.created.to_string() }))
        .collect();
    json!({ "document": { "ListAllMyBucketsResult": {
        "Owner": { "ID": account.id }, "Buckets": { "Bucket": buckets },
    } } })
}

/// One page of keys: those that stand for themselves, and what they have in common up to a
/// delimiter.
struct Page<'a> {
    keys: Vec<&'a str>,
    common: BTreeSet<String>,
    next: Option<String>,
}

fn page<'a>(call: &Call, keys: impl Iterator<Item = &'a str>, after: &str) -> Page<'a> {
    let params = &call.params;
    let (prefix, delimiter) = (text(params, "prefix"), text(params, "delimiter"));
    let most = params.number("max-keys").and_then(|most| usize::try_from(most).ok());
    let most = most.unwrap_or(1000).min(1000);
    let mut page = Page { keys: Vec::new(), common: BTreeSet::new(), next: None };
    let mut last = String::new();
    for key in keys.filter(|key| key.starts_with(prefix) && *key > after) {
        let rest = &key[prefix.len()..];
        let cut = if delimiter.is_empty() { None } else { rest.find(delimiter) };
        let group = cut.map(|at| format!("{prefix}{}", &rest[..at + delimiter.len()]));
        if group.as_ref().is_some_and(|group| page.common.contains(group)) {
            key.clone_into(&mut last);
            continue;
        }
        if page.keys.len() + page.common.len() >= most {
            page.next = Some(last);
            return page;
        }
        key.clone_into(&mut last);
        match group {
            Some(group) => {
                page.common.insert(group);
            }
            None => page.keys.push(key),
        }
    }
    page
}

fn text<'a>(params: &'a Value, name: &str) -> &'a str {
    params.text(name).unwrap_or_default()
}

/// The objects of a bucket, by either version of the call.
pub(super) fn objects(account: &str, bucket: &Bucket, call: &Call) -> Answer {
    let params = &call.params;
    let second = call.operation == "ListObjectsV2";
    let after = if second {
        let token = params.text("continuation-token").map(|token| token.trim_start_matches("key-"));
        token.or(params.text("start-after")).unwrap_or_default()
    } else {
        text(params, "marker")
    };
    let there = bucket.objects.iter().filter_map(|(key, versions)| {
        versions.last().filter(|version| !version.marker).map(|_| key.as_str())
    });
    let page = page(call, there, after);
    let contents: Vec<Value> = page
        .keys
        .iter()
        .filter_map(|key| Some((key, bucket.objects.get(*key)?.last()?)))
        .map(|(key, version)| {
            let mut tree = content(call, key, version);
            // The second version of the call leaves the owner out unless asked.
            if !second || params.text("fetch-owner") == Some("true") {
                tree["Owner"] = owner(account);
            }
            tree
        })
        .collect();
    let common = page.common.iter().map(|prefix| json!({ "Prefix": written(call, prefix) }));
    let common: Vec<Value> = common.collect();
    let mut tree = json!({
        "Name": params.text("Bucket"),
        "Prefix": text(params, "prefix"),
        "Delimiter": params.text("delimiter"),
        "EncodingType": params.text("encoding-type"),
        "MaxKeys": params.number("max-keys").unwrap_or(1000),
        "IsTruncated": page.next.is_some(),
        "Contents": contents,
        "CommonPrefixes": common,
    });
    if second {
        tree["KeyCount"] = json!(page.keys.len() + page.common.len());
        tree["NextContinuationToken"] = json!(page.next.map(|key| format!("key-{key}")));
    } else {
        tree["Marker"] = json!(after);
        tree["NextMarker"] = json!(page.next);
    }
    Ok(json!({ "document": { "ListBucketResult": tree } }))
}

/// Who owns everything: the account.
fn owner(account: &str) -> Value {
    json!({ "ID": account })
}

/// A key as the call wants it: clients in whose XML not every character may stand ask for
/// percent-encoded ones.
fn written(call: &Call, key: &str) -> String {
    match call.params.text("encoding-type") {
        Some("url") => key.split('/').map(percent).collect::<Vec<_>>().join("/"),
        _ => key.to_owned(),
    }
}

fn content(call: &Call, key: &str, version: &Version) -> Value {
    json!({
        "Key": written(call, key),
        "LastModified": version.at.to_string(),
        "ETag": version.etag(),
        "Size": version.body.len(),
        "StorageClass": "STANDARD",
    })
}

/// All versions in a bucket.
pub(super) fn versions(account: &str, bucket: &Bucket, call: &Call) -> Answer {
    let after = text(&call.params, "key-marker");
    let page = page(call, bucket.objects.keys().map(String::as_str), after);
    let (mut kept, mut markers) = (Vec::new(), Vec::new());
    for key in &page.keys {
        let versions = bucket.objects.get(*key).map_or(&[] as &[Version], Vec::as_slice);
        for (at, version) in versions.iter().enumerate().rev() {
            let mut tree = json!({
                "Key": written(call, key),
                "VersionId": version.id,
                "Owner": owner(account),
                "IsLatest": at + 1 == versions.len(),
                "LastModified": version.at.to_string(),
            });
            if version.marker {
                markers.push(tree);
                continue;
            }
            tree["ETag"] = json!(version.etag());
            tree["Size"] = json!(version.body.len());
            tree["StorageClass"] = json!("STANDARD");
            kept.push(tree);
        }
    }
    Ok(json!({ "document": { "ListVersionsResult": {
        "Name": call.params.text("Bucket"),
        "Prefix": text(&call.params, "prefix"),
        "KeyMarker": after,
        "VersionIdMarker": call.params.text("version-id-marker").unwrap_or_default(),
        "EncodingType": call.params.text("encoding-type"),
        "MaxKeys": call.params.number("max-keys").unwrap_or(1000),
        "IsTruncated": page.next.is_some(),
        "NextKeyMarker": page.next,
        "Version": kept,
        "DeleteMarker": markers,
    } } }))
}
