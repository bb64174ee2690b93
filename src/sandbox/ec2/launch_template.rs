//! Launch templates and their versions.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::listing::{self, Kind};
use super::{Ec2, Handler, need, tag};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A launch template.
#[derive(Clone, Debug, Serialize)]
pub struct LaunchTemplate {
    /// `lt-…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created: Timestamp,
    /// The version that is used if none is named.
    pub default_version: u64,
    /// Its versions.
    pub versions: Vec<Version>,
}

/// A version of a launch template.
#[derive(Clone, Debug, Serialize)]
pub struct Version {
    /// Its number.
    pub number: u64,
    /// What it is for.
    pub description: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created: Timestamp,
    /// What it sets, with the names that requests have.
    pub data: Value,
}

impl LaunchTemplate {
    /// The newest version's number.
    pub fn latest(&self) -> u64 {
        self.versions.last().map_or(1, |version| version.number)
    }

    /// The version that a text means: a number, `$Latest`, `$Default`.
    pub fn version(&self, wanted: &str) -> Option<&Version> {
        let number = match wanted {
            "$Latest" => self.latest(),
            "$Default" => self.default_version,
            text => text.parse().ok()?,
        };
        self.versions.iter().find(|version| version.number == number)
    }
}

const KIND: Kind = Kind {
    set: "launchTemplates",
    ids: "LaunchTemplateId",
    code: "InvalidLaunchTemplateId.NotFound",
    noun: "launch template ID",
    prefix: "",
    filters: &[("launch-template-name", "launchTemplateName"), ("create-time", "createTime")],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateLaunchTemplate" => Some(create),
        "CreateLaunchTemplateVersion" => Some(create_version),
        "ModifyLaunchTemplate" => Some(modify),
        "DeleteLaunchTemplate" => Some(delete),
        "DeleteLaunchTemplateVersions" => Some(delete_versions),
        "DescribeLaunchTemplates" => Some(describe),
        "DescribeLaunchTemplateVersions" => Some(describe_versions),
        _ => None,
    }
}

fn unknown_id(id: &str) -> Fault {
    Fault::new(
        "InvalidLaunchTemplateId.NotFound",
        format!("The specified launch template, with template ID {id}, does not exist."),
    )
}

fn unknown_name() -> Fault {
    Fault::new(
        "InvalidLaunchTemplateName.NotFoundException",
        "At least one of the launch templates specified in the request does not exist.",
    )
}

/// The template that a tree names by `LaunchTemplateId` or `LaunchTemplateName`.
pub fn named<'a>(ec2: &'a Ec2, params: &Value) -> Result<&'a LaunchTemplate, Fault> {
    if let Some(id) = params.text("LaunchTemplateId") {
        return ec2.launch_templates.get(id).ok_or_else(|| unknown_id(id));
    }
    let Some(name) = params.text("LaunchTemplateName") else {
        return Err(super::wanted("launchTemplateId"));
    };
    let found = ec2.launch_templates.values().find(|template| template.name == name);
    found.ok_or_else(unknown_name)
}

/// The version's data that a specification means: `{LaunchTemplateId, Version}`.
pub fn resolved(ec2: &Ec2, specification: &Value) -> Result<Value, Fault> {
    let template = named(ec2, specification)?;
    let wanted = specification.text("Version").unwrap_or("$Default");
    let version = template.version(wanted).ok_or_else(|| unknown_version(wanted, &template.id))?;
    Ok(version.data.clone())
}

fn unknown_version(version: &str, id: &str) -> Fault {
    Fault::new(
        "InvalidLaunchTemplateId.VersionNotFound",
        format!(
            "Could not find the specified version {version} for the launch template with ID {id}."
        ),
    )
}

fn tree(template: &LaunchTemplate) -> Value {
    json!({
        "launchTemplateId": template.id,
        "launchTemplateName": template.name,
        "createTime": template.created.to_string(),
        "createdBy": template.created_by,
        "defaultVersionNumber": template.default_version,
        "latestVersionNumber": template.latest(),
        "operator": { "managed": false },
    })
}

fn version_tree(template: &LaunchTemplate, version: &Version) -> Value {
    json!({
        "launchTemplateId": template.id,
        "launchTemplateName": template.name,
        "versionNumber": version.number,
        "versionDescription": version.description,
        "createTime": version.created.to_string(),
        "createdBy": version.created_by,
        "defaultVersion": version.number == template.default_version,
        "launchTemplateData": answered(&version.data),
        "operator": { "managed": false },
    })
}

/// A request's data with the names that answers have: `ImageId` is `imageId`, lists get `Set`.
fn answered(data: &Value) -> Value {
    match data {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (answer_name(name, value), answered(value)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(answered).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => data.clone(),
    }
}

fn answer_name(name: &str, value: &Value) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    let mut answer: String = first.into_iter().chain(letters).collect();
    if name == "SecurityGroupId" {
        // Within an interface it is `groupSet`, of ids.
        "securityGroupIdSet".clone_into(&mut answer);
    } else if value.is_array() {
        answer.push_str("Set");
    }
    answer
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    for id in call.params.texts("LaunchTemplateId") {
        if !ec2.launch_templates.contains_key(&id) {
            return Err(unknown_id(&id));
        }
    }
    let names = call.params.texts("LaunchTemplateName");
    let known =
        |name: &String| ec2.launch_templates.values().any(|template| template.name == *name);
    if !names.iter().all(known) {
        return Err(unknown_name());
    }
    let all = ec2
        .launch_templates
        .values()
        .filter(|template| names.is_empty() || names.contains(&template.name))
        .map(|template| (template.id.as_str(), || tree(template)));
    listing::list(ec2, call, &KIND, all)
}

fn data(call: &Call) -> Value {
    call.params.get("LaunchTemplateData").cloned().unwrap_or_else(|| Value::Object(Map::new()))
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let name = need(call, "LaunchTemplateName")?.to_owned();
    if account.here.ec2.launch_templates.values().any(|template| template.name == name) {
        return Err(Fault::new(
            "InvalidLaunchTemplateName.AlreadyExistsException",
            "Launch template name already in use.",
        ));
    }
    let id = account.id("lt");
    let version = Version {
        number: 1,
        description: call.params.text("VersionDescription").map(str::to_owned),
        created_by: call.caller.arn.clone(),
        created: account.now(),
        data: data(call),
    };
    let template = LaunchTemplate {
        id: id.clone(),
        name,
        created_by: call.caller.arn.clone(),
        created: account.now(),
        default_version: 1,
        versions: vec![version],
    };
    let ec2 = &mut account.here.ec2;
    ec2.launch_templates.insert(id.clone(), template);
    tag::apply(ec2, &call.params, &id);
    let tree = listing::tagged(ec2, &id, tree(&ec2.launch_templates[&id]));
    Ok(json!({ "launchTemplate": tree }))
}

fn create_version(account: &mut Account, call: &Call) -> Answer {
    let now = account.now();
    let ec2 = &mut account.here.ec2;
    let template = named(ec2, &call.params)?;
    let mut settings = match call.params.text("SourceVersion") {
        Some(source) => template
            .version(source)
            .ok_or_else(|| unknown_version(source, &template.id))?
            .data
            .clone(),
        None => Value::Object(Map::new()),
    };
    if let (Some(settings), Value::Object(new)) = (settings.as_object_mut(), data(call)) {
        settings.extend(new);
    }
    let version = Version {
        number: template.latest() + 1,
        description: call.params.text("VersionDescription").map(str::to_owned),
        created_by: call.caller.arn.clone(),
        created: now,
        data: settings,
    };
    let id = template.id.clone();
    if let Some(template) = ec2.launch_templates.get_mut(&id) {
        template.versions.push(version.clone());
    }
    Ok(json!({ "launchTemplateVersion": version_tree(&ec2.launch_templates[&id], &version) }))
}

fn modify(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &mut account.here.ec2;
    let template = named(ec2, &call.params)?;
    let id = template.id.clone();
    // The parameter was renamed on the wire: `SetDefaultVersion` in the models.
    let wanted = call.params.text("SetDefaultVersion").or(call.params.text("DefaultVersion"));
    let number = wanted
        .map(|wanted| {
            let found = template.version(wanted).map(|version| version.number);
            found.ok_or_else(|| unknown_version(wanted, &id))
        })
        .transpose()?;
    if let (Some(number), Some(template)) = (number, ec2.launch_templates.get_mut(&id)) {
        template.default_version = number;
    }
    let tree = listing::tagged(ec2, &id, tree(&ec2.launch_templates[&id]));
    Ok(json!({ "launchTemplate": tree }))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &mut account.here.ec2;
    let id = named(ec2, &call.params)?.id.clone();
    let tree = listing::tagged(ec2, &id, tree(&ec2.launch_templates[&id]));
    ec2.launch_templates.remove(&id);
    ec2.untag(&id);
    Ok(json!({ "launchTemplate": tree }))
}

fn delete_versions(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &mut account.here.ec2;
    let template = named(ec2, &call.params)?.clone();
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for wanted in call.params.texts("LaunchTemplateVersion") {
        let named = json!({
            "launchTemplateId": template.id,
            "launchTemplateName": template.name,
            "versionNumber": wanted,
        });
        match template.version(&wanted) {
            Some(version) if version.number != template.default_version => {
                done.push((version.number, named));
            }
            found => {
                let code = if found.is_some() {
                    "launchTemplateVersionDoesNotSupportDeletion"
                } else {
                    "launchTemplateVersionDoesNotExist"
                };
                let mut tree = named;
                tree["responseError"] = json!({ "code": code, "message": code });
                failed.push(tree);
            }
        }
    }
    if let Some(template) = ec2.launch_templates.get_mut(&template.id) {
        let gone = |number: u64| done.iter().any(|(other, _)| *other == number);
        template.versions.retain(|version| !gone(version.number));
    }
    let done: Vec<Value> = done.into_iter().map(|(_, tree)| tree).collect();
    Ok(json!({
        "successfullyDeletedLaunchTemplateVersionSet": done,
        "unsuccessfullyDeletedLaunchTemplateVersionSet": failed,
    }))
}

fn describe_versions(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let wanted = call.params.texts("LaunchTemplateVersion");
    let named_one = call.params.text("LaunchTemplateId").is_some()
        || call.params.text("LaunchTemplateName").is_some();
    let mut found: Vec<Value> = Vec::new();
    if named_one {
        let template = named(ec2, &call.params)?;
        if let Some(lost) = wanted.iter().find(|wanted| template.version(wanted).is_none()) {
            return Err(unknown_version(lost, &template.id));
        }
        let means = |version: &&Version| {
            wanted.is_empty()
                || wanted
                    .iter()
                    .filter_map(|wanted| template.version(wanted))
                    .any(|other| other.number == version.number)
        };
        // Newest first, as AWS lists them.
        let versions = template.versions.iter().rev().filter(means);
        found.extend(versions.map(|version| version_tree(template, version)));
    } else if wanted.is_empty() {
        return Err(super::wanted("launchTemplateId"));
    } else {
        for template in ec2.launch_templates.values() {
            for text in &wanted {
                found.extend(template.version(text).map(|version| version_tree(template, version)));
            }
        }
    }
    let least = call.params.number("MinVersion").unwrap_or(0);
    let most = call.params.number("MaxVersion").unwrap_or(i64::MAX);
    found.retain(|tree| {
        tree["versionNumber"].as_i64().is_some_and(|number| (least..=most).contains(&number))
    });
    listing::page(call, "launchTemplateVersionSet", found)
}
