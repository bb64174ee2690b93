//! Application versions: what is deployed.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::application::{find, find_mut, make};
use super::bundle::Bundle;
use super::environment::Status;
use super::find::{need, page};
use super::{Handler, attributes, name, neighbour, tag};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// One version of an application.
#[derive(Clone, Debug, Serialize)]
pub struct Version {
    /// Its label, unique in its application.
    pub label: String,
    /// What it is; notes in it say what the bundle does (see [`Bundle`]).
    pub description: Option<String>,
    /// The bundle's bucket and key.
    pub source: (String, String),
    /// When it was created.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
    /// `Processed`, `Unprocessed` and so on.
    pub status: &'static str,
}

impl Version {
    /// What the bundle does.
    pub fn bundle(&self) -> Bundle {
        Bundle::read(self.description.as_deref().unwrap_or_default())
    }
}

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "CreateApplicationVersion" => create,
        "UpdateApplicationVersion" => update,
        "DeleteApplicationVersion" => delete,
        "DescribeApplicationVersions" => describe,
        "CreateStorageLocation" => create_storage,
        _ => return None,
    })
}

/// What an environment's version does; the sample application for one without a version.
pub(super) fn bundle(account: &Account, application: &str, label: Option<&str>) -> Bundle {
    let versions = account.here.beanstalk.applications.get(application);
    let version = label.and_then(|label| versions?.versions.get(label));
    version.map_or_else(|| Bundle::read(""), Version::bundle)
}

/// Refuses a version that is not there or not ready.
pub(super) fn check(account: &Account, application: &str, label: &str) -> Result<(), Fault> {
    let found = find(account, application)?.versions.get(label);
    match found.map(|version| version.status) {
        Some("Failed") => Err(Fault::invalid_value(format!(
            "Application Version {label} is in FAILED state and cannot be deployed."
        ))),
        Some(_) => Ok(()),
        None => Err(missing(label)),
    }
}

fn missing(label: &str) -> Fault {
    Fault::invalid_value(format!("No Application Version named '{label}' found."))
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let application = need(params, "ApplicationName")?.to_owned();
    let label = need(params, "VersionLabel")?.to_owned();
    if find(account, &application).is_err() {
        if !params.flag("AutoCreateApplication") {
            return find(account, &application).map(|_| Value::Null);
        }
        make(account, &application, None);
    }
    if find(account, &application)?.versions.contains_key(&label) {
        return Err(Fault::invalid_value(format!("Application Version {label} already exists.")));
    }
    let existing: usize =
        account.here.beanstalk.applications.values().map(|found| found.versions.len()).sum();
    if existing >= attributes::VERSIONS {
        return Err(Fault::new(
            "TooManyApplicationVersionsException",
            "The specified account has reached its limit of application versions.",
        ));
    }
    let source = source(account, params)?;
    let now = account.now();
    let version = Version {
        label: label.clone(),
        description: params.text("Description").map(str::to_owned),
        source,
        created: now,
        updated: now,
        // Without `Process` a bundle is looked at when it is deployed.
        status: if params.flag("Process") { "Processed" } else { "Unprocessed" },
    };
    find_mut(account, &application)?.versions.insert(label.clone(), version);
    let arn = arn(account, &application, &label);
    tag::put(account, &arn, params.list("Tags"));
    answer(account, &application, &label)
}

/// The bundle's place: as given and there, else the sample application's.
fn source(account: &mut Account, params: &Value) -> Result<(String, String), Fault> {
    let given = params.get("SourceBundle");
    let bucket = given.and_then(|given| given.text("S3Bucket")).map(str::to_owned);
    let key = given.and_then(|given| given.text("S3Key")).map(str::to_owned);
    let (Some(bucket), Some(key)) = (bucket, key) else {
        return Ok(neighbour::sample_bundle(account));
    };
    if let Some(reason) = neighbour::object_trouble(account, &bucket, &key) {
        return Err(Fault::invalid_value(format!(
            "Unable to download from S3 location (Bucket: {bucket}  Key: {key}). Reason: {reason}"
        )));
    }
    Ok((bucket, key))
}

fn arn(account: &Account, application: &str, label: &str) -> String {
    account.arn("elasticbeanstalk", &format!("applicationversion/{application}/{label}"))
}

fn tree(account: &Account, application: &str, version: &Version) -> Value {
    json!({
        "ApplicationVersionArn": arn(account, application, &version.label),
        "ApplicationName": application,
        "Description": version.description,
        "VersionLabel": version.label,
        "SourceBundle": { "S3Bucket": version.source.0, "S3Key": version.source.1 },
        "DateCreated": version.created.to_string(),
        "DateUpdated": version.updated.to_string(),
        "Status": version.status,
    })
}

fn answer(account: &Account, application: &str, label: &str) -> Answer {
    let version = find(account, application)?.versions.get(label).ok_or_else(|| missing(label))?;
    Ok(json!({ "ApplicationVersion": tree(account, application, version) }))
}

fn update(account: &mut Account, call: &Call) -> Answer {
    let application = need(&call.params, "ApplicationName")?;
    let label = need(&call.params, "VersionLabel")?;
    let now = account.now();
    let found = find_mut(account, application)?;
    let version = found.versions.get_mut(label).ok_or_else(|| missing(label))?;
    version.updated = now;
    if let Some(description) = call.params.text("Description") {
        version.description = Some(description.to_owned());
    }
    answer(account, application, label)
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let application = need(&call.params, "ApplicationName")?.to_owned();
    let label = need(&call.params, "VersionLabel")?.to_owned();
    let used = account.here.beanstalk.environments.values().any(|found| {
        found.application == application
            && found.version.as_deref() == Some(&label)
            && found.status != Status::Terminated
    });
    if used {
        // Reported of the console and of `eb appversion --delete`; the code is assumed.
        return Err(Fault::invalid_value(format!(
            "Unable to delete application version {label} because it is deployed to a running \
             environment."
        )));
    }
    if find_mut(account, &application)?.versions.remove(&label).is_none() {
        return Err(missing(&label));
    }
    Ok(json!({}))
}

/// How many versions one answer holds at most.
const PAGE: usize = 1000;

fn describe(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let (application, labels) = (params.text("ApplicationName"), params.texts("VersionLabels"));
    let mut all: Vec<(&str, &Version)> = account
        .here
        .beanstalk
        .applications
        .values()
        .filter(|found| application.is_none_or(|name| found.name == name))
        .flat_map(|found| found.versions.values().map(|version| (found.name.as_str(), version)))
        .filter(|(_, version)| labels.is_empty() || labels.contains(&version.label))
        .collect();
    all.sort_by_key(|(_, version)| std::cmp::Reverse(version.created));
    let all = all.into_iter().map(|(name, version)| tree(account, name, version)).collect();
    let (shown, token) = page(params, all, PAGE);
    Ok(json!({ "ApplicationVersions": shown, "NextToken": token }))
}

fn create_storage(account: &mut Account, call: &Call) -> Answer {
    neighbour::bucket(account, &call.caller);
    Ok(json!({ "S3Bucket": name::bucket(account) }))
}
