//! Configurations: what environments have, and those saved in applications.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::application::{find as application, find_mut};
use super::find::{any, need};
use super::options::{self, Settings};
use super::{Environment, Handler, name, platform};
use crate::sandbox::storage::object;
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A saved configuration.
#[derive(Clone, Debug, Serialize)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// The platform's ARN.
    pub platform: String,
    /// Options that are set.
    pub settings: Settings,
    /// When it was created.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
}

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "DescribeConfigurationSettings" => describe,
        "CreateConfigurationTemplate" => create,
        "UpdateConfigurationTemplate" => update,
        "DeleteConfigurationTemplate" => delete,
        "DeleteEnvironmentConfiguration" => delete_draft,
        _ => return None,
    })
}

/// The saved configuration of a name, or the refusal.
pub(super) fn find<'a>(account: &'a Account, app: &str, name: &str) -> Result<&'a Template, Fault> {
    application(account, app)?.templates.get(name).ok_or_else(|| missing(app, name))
}

fn missing(app: &str, name: &str) -> Fault {
    Fault::invalid_value(format!("No Configuration Template named '{app}/{name}' found."))
}

fn tree(app: &str, template: &Template) -> Value {
    json!({
        "SolutionStackName": platform::solution_stack(&template.platform),
        "PlatformArn": template.platform,
        "ApplicationName": app,
        "TemplateName": template.name,
        "Description": template.description,
        "DateCreated": template.created.to_string(),
        "DateUpdated": template.updated.to_string(),
        "OptionSettings": options::listed(&template.platform, false, &template.settings),
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let app = need(params, "ApplicationName")?;
    application(account, app)?;
    if let Some(name) = params.text("TemplateName") {
        let template = find(account, app, name)?;
        return Ok(json!({ "ConfigurationSettings": [tree(app, template)] }));
    }
    let id = any(account, None, params.text("EnvironmentName"))?;
    let found = &account.here.beanstalk.environments[&id];
    let one = |platform: &str, settings: &Settings, status: &str| {
        let tier = if found.worker { "Worker" } else { "WebServer" };
        let kind = if found.worker { "SQS/HTTP" } else { "Standard" };
        let mut tree = json!({
            "SolutionStackName": platform::solution_stack(platform),
            "PlatformArn": platform,
            "ApplicationName": found.application,
            "Description": found.description.as_deref().unwrap_or("Environment created from the sandbox"),
            "EnvironmentName": found.name,
            "DeploymentStatus": status,
            "DateCreated": found.created.to_string(),
            "DateUpdated": found.updated.to_string(),
            "OptionSettings": options::listed(platform, found.worker, settings),
        });
        // Not in the API's model, and in its answers all the same: the `eb` client reads it.
        tree["Tier"] = json!({ "Name": tier, "Type": kind, "Version": " " });
        tree
    };
    let before = found.operation.as_ref().and_then(|operation| operation.before.as_ref());
    let configures = found.operation.as_ref().is_some_and(|operation| operation.configures);
    // While a change is under way there are two: the deployed one and the one to come.
    let mut all = Vec::new();
    if let Some(before) = before.filter(|_| configures) {
        all.push(one(&before.platform, &before.settings, "deployed"));
    }
    let status = if all.is_empty() { "deployed" } else { "pending" };
    all.push(one(&found.platform, &found.settings, status));
    Ok(json!({ "ConfigurationSettings": all }))
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let app = need(params, "ApplicationName")?.to_owned();
    let name = need(params, "TemplateName")?.to_owned();
    if application(account, &app)?.templates.contains_key(&name) {
        return Err(Fault::invalid_value(format!("Configuration Template {name} already exists.")));
    }
    let (settings, kept) = source(account, params, &app)?;
    let platform = platform::asked(account, params, kept.as_deref())?;
    let settings = options::changed(&settings, params);
    options::check(account, &platform, false, &settings, params)?;
    let now = account.now();
    let template = Template {
        name: name.clone(),
        description: params.text("Description").map(str::to_owned),
        platform,
        settings,
        created: now,
        updated: now,
    };
    keep_file(account, &app, &template);
    let answer = tree(&app, &template);
    find_mut(account, &app)?.templates.insert(name, template);
    Ok(answer)
}

/// Writes a saved configuration's file into Elastic Beanstalk's bucket, where the `eb` client fetches it.
///
/// Source: Elastic Beanstalk guide, "Saved configuration format"; key: `ebcli/operations/saved_configs.py`.
/// The file is JSON here, which is YAML too.
fn keep_file(account: &mut Account, app: &str, template: &Template) {
    let millis = |at: Timestamp| at.as_millisecond().to_string();
    let file = json!({
        "EnvironmentConfigurationMetadata": {
            "Description": template.description.as_deref().unwrap_or_default(),
            "DateCreated": millis(template.created),
            "DateModified": millis(template.updated),
        },
        "Platform": { "PlatformArn": template.platform },
        "OptionSettings": template.settings,
        "EnvironmentTier": { "Type": "Standard", "Name": "WebServer" },
        "AWSConfigurationTemplateVersion": "1.1.0.0",
    });
    let bucket = name::bucket(account);
    let key = format!("resources/templates/{app}/{}", template.name);
    object::keep(account, &bucket, key, format!("{file:#}\n").into_bytes());
}

/// `TemplateSpecification.TemplateSource`, by which the `eb` client says what something is made
/// from; the public API model does not have it (`ebcli/lib/elasticbeanstalk.py`).
fn template_source(params: &Value) -> Option<&Value> {
    params.get("TemplateSpecification")?.get("TemplateSource")
}

/// The name of the saved configuration that something is to be made from.
pub(super) fn saved_name(params: &Value) -> Option<&str> {
    let source = || template_source(params).and_then(|source| source.text("TemplateName"));
    params.text("TemplateName").or_else(source)
}

/// The environment that something is to be made from, in the `eb` client's way.
pub(super) fn original<'a>(
    account: &'a Account,
    params: &Value,
) -> Result<Option<&'a Environment>, Fault> {
    let name = template_source(params).and_then(|source| source.text("EnvironmentName"));
    let Some(name) = name else { return Ok(None) };
    let id = any(account, None, Some(name))?;
    Ok(account.here.beanstalk.environments.get(&id))
}

/// What a new one begins with: an environment's configuration, another saved one, or nothing.
fn source(
    account: &Account,
    params: &Value,
    app: &str,
) -> Result<(Settings, Option<String>), Fault> {
    if let Some(id) = params.text("EnvironmentId") {
        let id = any(account, Some(id), None)?;
        let found = &account.here.beanstalk.environments[&id];
        return Ok((found.settings.clone(), Some(found.platform.clone())));
    }
    if let Some(found) = original(account, params)? {
        return Ok((found.settings.clone(), Some(found.platform.clone())));
    }
    let other = params.get("SourceConfiguration").or_else(|| template_source(params));
    let Some(name) = other.and_then(|other| other.text("TemplateName")) else {
        return Ok((Settings::new(), None));
    };
    let from = other.and_then(|other| other.text("ApplicationName")).unwrap_or(app);
    let saved = find(account, from, name)?;
    Ok((saved.settings.clone(), Some(saved.platform.clone())))
}

fn update(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let app = need(params, "ApplicationName")?.to_owned();
    let name = need(params, "TemplateName")?.to_owned();
    let saved = find(account, &app, &name)?.clone();
    let settings = options::changed(&saved.settings, params);
    options::check(account, &saved.platform, false, &settings, params)?;
    let description = params.text("Description").map(str::to_owned).or(saved.description);
    let updated = account.now();
    let template = Template { description, settings, updated, ..saved };
    keep_file(account, &app, &template);
    let answer = tree(&app, &template);
    find_mut(account, &app)?.templates.insert(name, template);
    Ok(answer)
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let app = need(&call.params, "ApplicationName")?.to_owned();
    let name = need(&call.params, "TemplateName")?.to_owned();
    let removed = find_mut(account, &app)?.templates.remove(&name);
    removed.map(|_| json!({})).ok_or_else(|| missing(&app, &name))
}

/// There is a draft only while a change is under way, and none to be deleted then.
fn delete_draft(account: &mut Account, call: &Call) -> Answer {
    need(&call.params, "ApplicationName")?;
    any(account, None, Some(need(&call.params, "EnvironmentName")?))?;
    Ok(json!({}))
}
