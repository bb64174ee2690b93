//! S3, as far as application bundles, logs and templates need it: buckets, objects, versions,
//! bucket policies.
//!
//! Bodies travel in calls and answers as texts of which each character stands for one byte.

mod list;
pub(super) mod object;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Account, Answer, Call, Fault, Params};

/// The account's buckets.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Storage {
    /// Buckets by name.
    pub buckets: BTreeMap<String, Bucket>,
}

/// A bucket.
#[derive(Clone, Debug, Serialize)]
pub struct Bucket {
    /// The region it is in.
    pub region: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its policy document.
    pub policy: Option<String>,
    /// `Enabled`, `Suspended`, or nothing if versioning was never asked for.
    pub versioning: Option<String>,
    /// Its objects: all versions of each key, the newest last.
    pub objects: BTreeMap<String, Vec<Version>>,
    /// Its tags, as they were given.
    pub tags: Option<String>,
}

/// A version of an object.
#[derive(Clone, Debug, Serialize)]
pub struct Version {
    /// Its id; `null` without versioning.
    pub id: String,
    /// Its content.
    #[serde(serialize_with = "size")]
    pub body: Vec<u8>,
    /// What its content is.
    pub content_type: String,
    /// When it was written.
    pub at: Timestamp,
    /// Whether it says that the object is deleted.
    pub marker: bool,
}

impl Version {
    /// The tag of the content.
    fn etag(&self) -> String {
        use sha2::{Digest, Sha256};
        // Not MD5 as in S3: nobody may rely on that, S3 itself does not for large objects.
        let digest = Sha256::digest(&self.body);
        let half = digest.iter().take(16).fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
        format!("\"{half:032x}\"")
    }
}

/// The state tells how long a body is, not what is in it.
fn size<S: serde::Serializer>(body: &[u8], out: S) -> Result<S::Ok, S::Error> {
    out.serialize_u64(u64::try_from(body.len()).unwrap_or(u64::MAX))
}

impl Storage {
    /// The newest version of an object, unless it is deleted.
    pub fn object(&self, bucket: &str, key: &str) -> Option<&Version> {
        self.buckets.get(bucket)?.objects.get(key)?.last().filter(|version| !version.marker)
    }
}

impl Bucket {
    fn is_empty(&self) -> bool {
        self.objects.values().all(Vec::is_empty)
    }
}

/// Answers a call to this service.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    if !matches!(call.operation.as_str(), "CreateBucket" | "ListBuckets") {
        let region = &bucket(account, call)?.region;
        allowed(account, call)?;
        // A bucket is asked for in its own region; where it is may be asked anywhere.
        let elsewhere = *region != call.region && call.operation != "GetBucketLocation";
        if elsewhere && call.caller.invoked_by.is_none() {
            return Err(Fault::new(
                "PermanentRedirect",
                "The bucket you are attempting to access must be addressed using the specified \
                 endpoint. Please send all future requests to this endpoint.",
            )
            .with_status(301));
        }
    }
    match call.operation.as_str() {
        "CreateBucket" => create(account, call),
        "DeleteBucket" => delete(account, call),
        "HeadBucket" => head(account, call),
        "ListBuckets" => Ok(list::buckets(account)),
        "GetBucketLocation" => location(account, call),
        "GetBucketPolicy" => policy(account, call),
        "PutBucketPolicy" => put_policy(account, call),
        "DeleteBucketPolicy" => {
            bucket_mut(account, call)?.policy = None;
            Ok(json!({ "status": 204 }))
        }
        "GetBucketVersioning" => versioning(account, call),
        "PutBucketVersioning" => put_versioning(account, call),
        "GetBucketTagging" => tagging(account, call),
        "PutBucketTagging" => {
            let tags = call.params.text("Body").map(str::to_owned);
            bucket_mut(account, call)?.tags = tags;
            Ok(json!({ "status": 204 }))
        }
        "ListObjectsV2" | "ListObjects" => list::objects(&account.id, bucket(account, call)?, call),
        "ListObjectVersions" => list::versions(&account.id, bucket(account, call)?, call),
        "PutObject" => object::put(account, call),
        "GetObject" => object::get(account, call),
        "HeadObject" => object::head(account, call),
        "DeleteObject" => object::delete(account, call),
        "DeleteObjects" => object::delete_all(account, call),
        _ => {
            Err(Fault::new("NotImplemented", format!("The sandbox's S3 has no {}", call.operation))
                .with_status(501))
        }
    }
}

fn no_such_bucket() -> Fault {
    Fault::new("NoSuchBucket", "The specified bucket does not exist").with_status(404)
}

fn bucket<'a>(account: &'a Account, call: &Call) -> Result<&'a Bucket, Fault> {
    let name = call.params.text("Bucket").unwrap_or_default();
    account.everywhere.storage.buckets.get(name).ok_or_else(no_such_bucket)
}

fn bucket_mut<'a>(account: &'a mut Account, call: &Call) -> Result<&'a mut Bucket, Fault> {
    let name = call.params.text("Bucket").unwrap_or_default();
    account.everywhere.storage.buckets.get_mut(name).ok_or_else(no_such_bucket)
}

/// Whether the bucket's own policy stands against the call. What it allows needs no saying: the
/// account's own users may what their policies let them.
fn allowed(account: &Account, call: &Call) -> Result<(), Fault> {
    let found = bucket(account, call)?;
    let Some(policy) = &found.policy else { return Ok(()) };
    // Taking away a policy that denies too much stays possible (as for the root user).
    if call.operation.ends_with("BucketPolicy") {
        return Ok(());
    }
    let tree: Value = serde_json::from_str(policy).unwrap_or_default();
    let action = super::access::action(call);
    let name = call.params.text("Bucket").unwrap_or_default();
    let key = call.params.text("Key").map_or_else(String::new, |key| format!("/{key}"));
    let resource = format!("arn:aws:s3:::{name}{key}");
    match super::access::decide(&tree, &action, &resource) {
        super::access::Decision::Denied => {
            Err(Fault::new("AccessDenied", "Access Denied").with_status(403))
        }
        super::access::Decision::Allowed | super::access::Decision::NotMentioned => Ok(()),
    }
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("Bucket")?.to_owned();
    let good = (3..=63).contains(&name.len())
        && name.bytes().all(|letter| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, b'-' | b'.')
        });
    if !good {
        return Err(Fault::new("InvalidBucketName", "The specified bucket is not valid."));
    }
    let address = json!({ "headers": { "location": format!("/{name}") } });
    if account.everywhere.storage.buckets.contains_key(&name) {
        // In N. Virginia making one's own bucket again succeeds.
        if call.region == "us-east-1" {
            return Ok(address);
        }
        return Err(Fault::new(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
        )
        .with_status(409));
    }
    let bucket = Bucket {
        region: call.region.clone(),
        created: account.now(),
        policy: None,
        versioning: None,
        objects: BTreeMap::new(),
        tags: None,
    };
    account.everywhere.storage.buckets.insert(name, bucket);
    Ok(address)
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    if !bucket(account, call)?.is_empty() {
        return Err(Fault::new("BucketNotEmpty", "The bucket you tried to delete is not empty")
            .with_status(409));
    }
    account.everywhere.storage.buckets.remove(call.params.text("Bucket").unwrap_or_default());
    Ok(json!({ "status": 204 }))
}

fn head(account: &Account, call: &Call) -> Answer {
    let region = &bucket(account, call)?.region;
    Ok(json!({ "headers": { "x-amz-bucket-region": region } }))
}

fn location(account: &Account, call: &Call) -> Answer {
    let region = bucket(account, call)?.region.as_str();
    // N. Virginia came first and has no name here.
    let name = if region == "us-east-1" { "" } else { region };
    Ok(json!({ "document": { "LocationConstraint": name } }))
}

fn policy(account: &Account, call: &Call) -> Answer {
    let policy = bucket(account, call)?.policy.clone().ok_or_else(|| {
        Fault::new("NoSuchBucketPolicy", "The bucket policy does not exist").with_status(404)
    })?;
    Ok(json!({ "headers": { "content-type": "application/json" }, "Body": policy }))
}

fn put_policy(account: &mut Account, call: &Call) -> Answer {
    let text = call.params.text("Body").or(call.params.text("Policy")).unwrap_or_default();
    if serde_json::from_str::<Value>(text).is_err() {
        return Err(Fault::new("MalformedPolicy", "Policies must be valid JSON"));
    }
    bucket_mut(account, call)?.policy = Some(text.to_owned());
    Ok(json!({ "status": 204 }))
}

fn versioning(account: &Account, call: &Call) -> Answer {
    let status = &bucket(account, call)?.versioning;
    Ok(json!({ "document": { "VersioningConfiguration": { "Status": status } } }))
}

fn put_versioning(account: &mut Account, call: &Call) -> Answer {
    let given = call.params.text("Body").unwrap_or_default();
    let status = call.params.text("Status").or_else(|| {
        let (_, rest) = given.split_once("<Status>")?;
        rest.split_once('<').map(|(status, _)| status)
    });
    bucket_mut(account, call)?.versioning = status.map(str::to_owned);
    Ok(json!({}))
}

fn tagging(account: &Account, call: &Call) -> Answer {
    let tags = bucket(account, call)?
        .tags
        .clone()
        .ok_or_else(|| Fault::new("NoSuchTagSet", "The TagSet does not exist").with_status(404))?;
    Ok(json!({ "headers": { "content-type": "application/xml" }, "Body": tags }))
}

/// Bytes as a text of as many characters.
pub(super) fn letters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// The bytes of such a text. One from inside, with characters beyond a byte, is UTF-8.
pub(super) fn bytes(letters: &str) -> Vec<u8> {
    let single: Option<Vec<u8>> =
        letters.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect();
    single.unwrap_or_else(|| letters.as_bytes().to_vec())
}
