//! Objects: written, read, deleted, version by version.

use serde_json::{Value, json};

use super::{Version, bucket_mut, bytes, letters};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// Writes an object, or copies one.
pub(super) fn put(account: &mut Account, call: &Call) -> Answer {
    let key = call.params.need("Key")?.to_owned();
    let at = account.now();
    let copied = call.params.text("x-amz-copy-source").map(|source| {
        let source = source.trim_start_matches('/').split('?').next().unwrap_or_default();
        let (bucket, key) = source.split_once('/').unwrap_or((source, ""));
        account.everywhere.storage.object(bucket, key).cloned().ok_or_else(no_such_key)
    });
    let copied = copied.transpose()?;
    let id = account.hex(32);
    let bucket = bucket_mut(account, call)?;
    let versioned = bucket.versioning.as_deref() == Some("Enabled");
    let given = call.params.text("content-type").or(call.params.text("ContentType"));
    let mut version = copied.clone().unwrap_or_else(|| Version {
        id: String::new(),
        body: bytes(call.params.text("Body").unwrap_or_default()),
        content_type: given.unwrap_or("binary/octet-stream").to_owned(),
        at,
        marker: false,
    });
    version.id = if versioned { id } else { "null".to_owned() };
    version.at = at;
    let etag = version.etag();
    let told = versioned.then(|| version.id.clone());
    let versions = bucket.objects.entry(key).or_default();
    if !versioned {
        versions.retain(|old| old.id != "null");
    }
    versions.push(version);
    if copied.is_some() {
        return Ok(json!({ "document": { "CopyObjectResult": {
            "ETag": etag, "LastModified": at.to_string(),
        } } }));
    }
    Ok(json!({ "headers": { "etag": etag, "x-amz-version-id": told } }))
}

/// Writes what a service keeps in a bucket of its own, without versions; nothing if there is no such
/// bucket.
pub(in crate::sandbox) fn keep(account: &mut Account, bucket: &str, key: String, body: Vec<u8>) {
    let at = account.now();
    let Some(bucket) = account.everywhere.storage.buckets.get_mut(bucket) else { return };
    let (id, content_type) = ("null".to_owned(), "binary/octet-stream".to_owned());
    bucket.objects.insert(key, vec![Version { id, body, content_type, at, marker: false }]);
}

fn no_such_key() -> Fault {
    Fault::new("NoSuchKey", "The specified key does not exist.").with_status(404)
}

/// The version that a call asks for.
fn wanted<'a>(account: &'a Account, call: &Call) -> Result<&'a Version, Fault> {
    let key = call.params.text("Key").unwrap_or_default();
    let versions = super::bucket(account, call)?.objects.get(key).ok_or_else(no_such_key)?;
    let found = match call.params.text("versionId") {
        Some(id) => versions.iter().find(|version| version.id == id),
        None => versions.last(),
    };
    found.filter(|version| !version.marker).ok_or_else(no_such_key)
}

fn headers(version: &Version) -> Value {
    json!({
        "content-type": version.content_type,
        "etag": version.etag(),
        "last-modified": version.at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        "accept-ranges": "bytes",
        "x-amz-version-id": (version.id != "null").then_some(&version.id),
    })
}

/// Answers an object's content.
pub(super) fn get(account: &Account, call: &Call) -> Answer {
    let version = wanted(account, call)?;
    let mut headers = headers(version);
    let all = version.body.as_slice();
    if let Some((from, to)) = range(call, all.len()) {
        headers["content-range"] = json!(format!("bytes {from}-{to}/{}", all.len()));
        return Ok(json!({
            "status": 206, "headers": headers, "Body": letters(&all[from..=to]),
        }));
    }
    Ok(json!({ "headers": headers, "Body": letters(all) }))
}

/// The range that a call asks for, if it is one that can be answered: `bytes=0-99`.
fn range(call: &Call, length: usize) -> Option<(usize, usize)> {
    let (from, to) = call.params.text("range")?.strip_prefix("bytes=")?.split_once('-')?;
    let last = length.checked_sub(1)?;
    let (from, to) = match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), Ok(to)) => (from, to.min(last)),
        (Ok(from), Err(_)) => (from, last),
        (Err(_), Ok(count)) => (length.saturating_sub(count), last),
        (Err(_), Err(_)) => return None,
    };
    (from <= to).then_some((from, to))
}

/// Answers what is known of an object.
pub(super) fn head(account: &Account, call: &Call) -> Answer {
    let version =
        wanted(account, call).map_err(|_| Fault::new("NotFound", "Not Found").with_status(404))?;
    let mut headers = headers(version);
    headers["content-length"] = json!(version.body.len().to_string());
    Ok(json!({ "headers": headers }))
}

/// Deletes an object, or one of its versions.
pub(super) fn delete(account: &mut Account, call: &Call) -> Answer {
    let key = call.params.need("Key")?.to_owned();
    let version = call.params.text("versionId").map(str::to_owned);
    remove(account, call, &key, version.as_deref())?;
    Ok(json!({ "status": 204 }))
}

fn remove(
    account: &mut Account,
    call: &Call,
    key: &str,
    version: Option<&str>,
) -> Result<(), Fault> {
    let (id, at) = (account.hex(32), account.now());
    let bucket = bucket_mut(account, call)?;
    let Some(versions) = bucket.objects.get_mut(key) else { return Ok(()) };
    match version {
        Some(wanted) => versions.retain(|version| version.id != wanted),
        None if bucket.versioning.as_deref() == Some("Enabled") => versions.push(Version {
            id,
            body: Vec::new(),
            content_type: String::new(),
            at,
            marker: true,
        }),
        None => versions.retain(|version| version.id != "null"),
    }
    if versions.is_empty() {
        bucket.objects.remove(key);
    }
    Ok(())
}

/// Deletes the objects that a document names.
pub(super) fn delete_all(account: &mut Account, call: &Call) -> Answer {
    let text = call.params.text("Body").unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes(text)).into_owned();
    let mut deleted = Vec::new();
    for (key, version) in named(&text)? {
        remove(account, call, &key, version.as_deref())?;
        deleted.push(json!({ "Key": key, "VersionId": version }));
    }
    let quiet = text.contains("<Quiet>true</Quiet>");
    let told = if quiet { Vec::new() } else { deleted };
    Ok(json!({ "document": { "DeleteResult": { "Deleted": told } } }))
}

/// The keys, and versions, of a `Delete` document.
fn named(text: &str) -> Result<Vec<(String, Option<String>)>, Fault> {
    use quick_xml::events::Event;
    let malformed = || Fault::new("MalformedXML", "The XML you provided was not well-formed");
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut found, mut path): (Vec<(String, Option<String>)>, Vec<String>) = Default::default();
    loop {
        match reader.read_event().map_err(|_| malformed())? {
            Event::Start(start) => {
                let name =
                    String::from_utf8_lossy(start.local_name().as_ref().as_bytes()).into_owned();
                if name == "Object" {
                    found.push((String::new(), None));
                }
                path.push(name);
            }
            Event::End(_) => {
                path.pop();
            }
            Event::Text(content) => {
                let content = content.xml10_content();
                put_text(&mut found, &path, &content);
            }
            Event::GeneralRef(entity) => {
                let name = String::from_utf8_lossy(entity.as_ref().as_bytes()).into_owned();
                let letter = match name.as_str() {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "apos" => "'",
                    _ => return Err(malformed()),
                };
                put_text(&mut found, &path, letter);
            }
            Event::Eof => return Ok(found),
            Event::Empty(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
    }
}

fn put_text(found: &mut [(String, Option<String>)], path: &[String], text: &str) {
    let Some((key, version)) = found.last_mut() else { return };
    match path.last().map(String::as_str) {
        Some("Key") => key.push_str(text),
        Some("VersionId") => version.get_or_insert_default().push_str(text),
        _ => {}
    }
}
