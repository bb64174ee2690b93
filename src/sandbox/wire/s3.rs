//! restXml of S3: buckets in the path or in the host's name, objects below them.
//!
//! Bodies travel in the tree as texts of which each character stands for one byte.

use serde_json::{Map, Value, json};

use super::{Request, Response, rest, xml};
use crate::sandbox::{Answer, Call, Fault, Service, storage};

/// The operation and its parameters.
pub(super) fn read(request: &Request) -> Result<(String, Value), Fault> {
    let (bucket, key) = place(request);
    let mut params = Map::new();
    for (name, value) in request.query_pairs() {
        params.insert(name, Value::String(value));
    }
    let operation = operation(&request.method, bucket.is_some(), key.is_some(), &params);
    if let Some(bucket) = bucket {
        params.insert("Bucket".to_owned(), Value::String(bucket));
    }
    if let Some(key) = key {
        params.insert("Key".to_owned(), Value::String(key));
    }
    for name in ["content-type", "x-amz-copy-source", "range", "if-none-match"] {
        if let Some(value) = request.header(name) {
            params.insert(name.to_owned(), Value::String(value.to_owned()));
        }
    }
    if !request.body.is_empty() {
        let chunked = request
            .header("x-amz-content-sha256")
            .is_some_and(|kind| kind.starts_with("STREAMING-"));
        let body = if chunked { unchunked(&request.body)? } else { request.body.clone() };
        params.insert("Body".to_owned(), Value::String(storage::letters(&body)));
    }
    match operation {
        Some(operation) => Ok((operation.to_owned(), Value::Object(params))),
        None => Err(Fault::new(
            "NotImplemented",
            "A header you provided implies functionality that is not implemented.",
        )
        .with_status(501)),
    }
}

/// The bucket and the key, from the path or from a virtual host.
fn place(request: &Request) -> (Option<String>, Option<String>) {
    let host = request.header("host").unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let by_host = name
        .strip_suffix(".localhost")
        .or_else(|| name.split_once(".s3.").map(|(bucket, _)| bucket))
        .or_else(|| name.split_once(".s3-").map(|(bucket, _)| bucket))
        .filter(|bucket| !bucket.is_empty());
    let path = request.path.trim_start_matches('/');
    let some = |text: &str| (!text.is_empty()).then(|| rest::decoded(text));
    match by_host {
        Some(bucket) => (Some(bucket.to_owned()), some(path)),
        None => match path.split_once('/') {
            Some((bucket, key)) => (some(bucket), some(key)),
            None => (some(path), None),
        },
    }
}

/// Sub-resources that the sandbox's S3 does not have: asking for one must not be taken for asking
/// for the bucket's objects, or for the object.
const UNSERVED: [&str; 27] = [
    "accelerate",
    "acl",
    "analytics",
    "attributes",
    "cors",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "lifecycle",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "policyStatus",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "restore",
    "retention",
    "select",
    "torrent",
    "uploadId",
    "uploads",
    "abac",
    "website",
];

/// The operation, by method, place and sub-resource.
fn operation(
    method: &str,
    bucket: bool,
    key: bool,
    query: &Map<String, Value>,
) -> Option<&'static str> {
    let has = |name: &str| query.contains_key(name);
    if UNSERVED.iter().any(|name| has(name)) || key && has("tagging") {
        return None;
    }
    Some(match (method, bucket, key) {
        ("GET", false, _) => "ListBuckets",
        ("PUT", true, false) if has("policy") => "PutBucketPolicy",
        ("PUT", true, false) if has("versioning") => "PutBucketVersioning",
        ("PUT", true, false) if has("tagging") => "PutBucketTagging",
        ("PUT", true, false) if query.is_empty() => "CreateBucket",
        ("DELETE", true, false) if has("policy") => "DeleteBucketPolicy",
        ("DELETE", true, false) if query.is_empty() => "DeleteBucket",
        ("HEAD", true, false) => "HeadBucket",
        ("POST", true, false) if has("delete") => "DeleteObjects",
        ("GET", true, false) if has("location") => "GetBucketLocation",
        ("GET", true, false) if has("policy") => "GetBucketPolicy",
        ("GET", true, false) if has("versioning") => "GetBucketVersioning",
        ("GET", true, false) if has("tagging") => "GetBucketTagging",
        ("GET", true, false) if has("versions") => "ListObjectVersions",
        ("GET", true, false) if has("list-type") => "ListObjectsV2",
        ("GET", true, false) => "ListObjects",
        ("PUT", true, true) => "PutObject",
        ("GET", true, true) => "GetObject",
        ("HEAD", true, true) => "HeadObject",
        ("DELETE", true, true) => "DeleteObject",
        _ => return None,
    })
}

/// Takes the frames off an `aws-chunked` body.
fn unchunked(framed: &[u8]) -> Result<Vec<u8>, Fault> {
    let broken = || Fault::new("IncompleteBody", "The request body terminated unexpectedly");
    let (mut plain, mut rest) = (Vec::new(), framed);
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n").ok_or_else(broken)?;
        let line = std::str::from_utf8(&rest[..end]).map_err(|_| broken())?;
        let length = line.split(';').next().unwrap_or_default();
        let length = usize::from_str_radix(length, 16).map_err(|_| broken())?;
        if length == 0 {
            return Ok(plain);
        }
        let start = end + 2;
        let stop = start.checked_add(length).ok_or_else(broken)?;
        plain.extend_from_slice(rest.get(start..stop).ok_or_else(broken)?);
        rest = rest.get(stop + 2..).ok_or_else(broken)?;
    }
}

/// Writes an answer: `{"headers": {…}, "status": 200, "Body": "…"}`, or one XML document under
/// its root's name.
pub(super) fn write(call: &Call, answer: &Answer) -> Response {
    let id = ("x-amz-request-id".to_owned(), call.request_id.clone());
    let tree = match answer {
        Ok(tree) => tree,
        Err(fault) => return refused(call, fault, id),
    };
    let mut headers = vec![id];
    if let Some(Value::Object(more)) = tree.get("headers") {
        for (name, value) in more {
            headers.push((name.clone(), value.as_str().unwrap_or_default().to_owned()));
        }
    }
    let status =
        tree.get("status").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
    let body = if let Some(body) = tree.get("Body").and_then(Value::as_str) {
        storage::bytes(body)
    } else if let Some(document) = tree.get("document") {
        headers.push(("content-type".to_owned(), "application/xml".to_owned()));
        let mut writer = quick_xml::Writer::new(Vec::new());
        xml::members(&mut writer, Service::S3, document);
        let text = xml::text_of(writer);
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}").into_bytes()
    } else {
        Vec::new()
    };
    Response { status: status.unwrap_or(200), headers, body }
}

fn refused(call: &Call, fault: &Fault, id: (String, String)) -> Response {
    let body = if call.operation.starts_with("Head") {
        Vec::new()
    } else {
        let document = json!({ "Error": {
            "Code": fault.code,
            "Message": fault.message,
            "BucketName": call.params.get("Bucket"),
            "Key": call.params.get("Key"),
            "RequestId": call.request_id,
            "HostId": "sandbox",
        } });
        let mut writer = quick_xml::Writer::new(Vec::new());
        xml::members(&mut writer, Service::S3, &document);
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", xml::text_of(writer)).into_bytes()
    };
    let kind = ("content-type".to_owned(), "application/xml".to_owned());
    Response { status: fault.status, headers: vec![id, kind], body }
}
