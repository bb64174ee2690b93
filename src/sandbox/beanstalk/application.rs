//! Applications, and the saved configurations in them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::configuration::Template;
use super::environment::Status;
use super::find::need;
use super::version::Version;
use super::{Handler, attributes, event, operation, tag};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// An application.
#[derive(Clone, Debug, Serialize)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// When it was created.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
    /// Its versions by label.
    pub versions: BTreeMap<String, Version>,
    /// Its saved configurations by name.
    pub templates: BTreeMap<String, Template>,
    /// How old versions are cleaned up, as it was given.
    pub lifecycle: Value,
}

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "CreateApplication" => create,
        "UpdateApplication" => update,
        "DeleteApplication" => delete,
        "DescribeApplications" => describe,
        "UpdateApplicationResourceLifecycle" => update_lifecycle,
        _ => return None,
    })
}

/// The application with a name, or the refusal.
pub(super) fn find<'a>(account: &'a Account, name: &str) -> Result<&'a Application, Fault> {
    account.here.beanstalk.applications.get(name).ok_or_else(|| missing(name))
}

/// The same, to be changed.
pub(super) fn find_mut<'a>(
    account: &'a mut Account,
    name: &str,
) -> Result<&'a mut Application, Fault> {
    account.here.beanstalk.applications.get_mut(name).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Fault {
    Fault::invalid_value(format!("No Application named '{name}' found."))
}

/// Makes an application.
pub(super) fn make(account: &mut Account, name: &str, description: Option<&str>) {
    let now = account.now();
    let application = Application {
        name: name.to_owned(),
        description: description.map(str::to_owned),
        created: now,
        updated: now,
        versions: BTreeMap::new(),
        templates: BTreeMap::new(),
        lifecycle: json!({
            "VersionLifecycleConfig": {
                "MaxCountRule": { "Enabled": false, "MaxCount": 200, "DeleteSourceFromS3": false },
                "MaxAgeRule": { "Enabled": false, "MaxAgeInDays": 180, "DeleteSourceFromS3": false },
            }
        }),
    };
    account.here.beanstalk.applications.insert(name.to_owned(), application);
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let name = need(&call.params, "ApplicationName")?;
    if account.here.beanstalk.applications.contains_key(name) {
        return Err(Fault::invalid_value(format!("Application {name} already exists.")));
    }
    if account.here.beanstalk.applications.len() >= attributes::APPLICATIONS {
        return Err(Fault::new(
            "TooManyApplicationsException",
            "The specified account has reached its limit of applications.",
        ));
    }
    make(account, name, call.params.text("Description"));
    if let Some(lifecycle) = call.params.get("ResourceLifecycleConfig") {
        find_mut(account, name)?.lifecycle = lifecycle.clone();
    }
    let arn = arn(account, name);
    tag::put(account, &arn, call.params.list("Tags"));
    event::tell_of_application(
        account,
        name,
        format!("Created new Application: {name}"),
        &call.request_id,
    );
    Ok(json!({ "Application": tree(account, name) }))
}

fn arn(account: &Account, name: &str) -> String {
    account.arn("elasticbeanstalk", &format!("application/{name}"))
}

fn tree(account: &Account, name: &str) -> Value {
    let Some(found) = account.here.beanstalk.applications.get(name) else { return Value::Null };
    let mut versions: Vec<&Version> = found.versions.values().collect();
    versions.sort_by_key(|version| std::cmp::Reverse(version.created));
    let versions: Vec<&str> = versions.iter().map(|version| version.label.as_str()).collect();
    let templates: Vec<&str> = found.templates.keys().map(String::as_str).collect();
    json!({
        "ApplicationArn": arn(account, name),
        "ApplicationName": found.name,
        "Description": found.description,
        "DateCreated": found.created.to_string(),
        "DateUpdated": found.updated.to_string(),
        "Versions": versions,
        "ConfigurationTemplates": templates,
        "ResourceLifecycleConfig": found.lifecycle,
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let wanted = call.params.texts("ApplicationNames");
    let names = account.here.beanstalk.applications.keys();
    let names = names.filter(|name| wanted.is_empty() || wanted.contains(name));
    let all: Vec<Value> = names.map(|name| tree(account, name)).collect();
    Ok(json!({ "Applications": all }))
}

fn update(account: &mut Account, call: &Call) -> Answer {
    let name = need(&call.params, "ApplicationName")?;
    let now = account.now();
    let found = find_mut(account, name)?;
    found.updated = now;
    if let Some(description) = call.params.get("Description").and_then(Value::as_str) {
        found.description = Some(description.to_owned());
    }
    Ok(json!({ "Application": tree(account, name) }))
}

fn update_lifecycle(account: &mut Account, call: &Call) -> Answer {
    let name = need(&call.params, "ApplicationName")?;
    let found = find_mut(account, name)?;
    if let (Value::Object(kept), Some(Value::Object(given))) =
        (&mut found.lifecycle, call.params.get("ResourceLifecycleConfig"))
    {
        kept.extend(given.clone());
    }
    let lifecycle = found.lifecycle.clone();
    Ok(json!({ "ApplicationName": name, "ResourceLifecycleConfig": lifecycle }))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let name = need(&call.params, "ApplicationName")?.to_owned();
    if !account.here.beanstalk.applications.contains_key(&name) {
        return Ok(json!({}));
    }
    let living: Vec<String> = account
        .here
        .beanstalk
        .environments
        .values()
        .filter(|found| found.application == name && found.status != Status::Terminated)
        .map(|found| found.id.clone())
        .collect();
    if !living.is_empty() && !call.params.flag("TerminateEnvByForce") {
        // EB-33: the sentence of the API model for OperationInProgressException.
        return Err(Fault::new(
            "OperationInProgressFailure",
            "Unable to perform the specified operation because another operation that effects an \
             element in this activity is already in progress.",
        ));
    }
    for id in living {
        operation::terminate::begin(account, &id, call, operation::terminate::How::default())?;
    }
    account.here.beanstalk.applications.remove(&name);
    event::tell_of_application(
        account,
        &name,
        "The application has been deleted successfully.".to_owned(),
        &call.request_id,
    );
    Ok(json!({}))
}
