//! Telling which options there are, and checking some.

use serde_json::{Value, json};

use super::catalogue::{ALL, Definition, Resource, free, known};
use super::check::complaints;
use super::{Handler, Settings, change};
use crate::sandbox::beanstalk::environment::Environment;
use crate::sandbox::beanstalk::find::{any, need};
use crate::sandbox::beanstalk::{configuration, platform};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "DescribeConfigurationOptions" => describe,
        "ValidateConfigurationSettings" => validate,
        _ => return None,
    })
}

/// Every option in force: those that were set, and the defaults of the others.
pub(in crate::sandbox::beanstalk) fn listed(
    platform: &str,
    worker: bool,
    settings: &Settings,
) -> Vec<Value> {
    let traits = platform::traits(platform);
    let set = |namespace: &str, name: &str| {
        settings.get(namespace).and_then(|options| options.get(name)).cloned()
    };
    let mut all: Vec<Value> = ALL
        .iter()
        .filter(|definition| known(definition, traits, worker))
        .map(|definition| {
            let value = set(definition.namespace, definition.name);
            let value = value.unwrap_or_else(|| definition.default.to_owned());
            json!({
                "ResourceName": definition.resource.name(),
                "Namespace": definition.namespace,
                "OptionName": definition.name,
                // Options without a value have no member for it.
                "Value": (!value.is_empty()).then_some(value),
            })
        })
        .collect();
    for (namespace, options) in settings.iter().filter(|(namespace, _)| free(namespace)) {
        for (name, value) in options {
            all.push(json!({ "Namespace": namespace, "OptionName": name, "Value": value }));
        }
    }
    all
}

/// What a call is about: a platform, whether a worker, and the options to begin with.
fn subject(account: &Account, params: &Value) -> Result<(String, bool, Settings), Fault> {
    let application = params.text("ApplicationName");
    if let Some(name) = params.text("EnvironmentName") {
        let id = any(account, None, Some(name))?;
        let found: &Environment = &account.here.beanstalk.environments[&id];
        return Ok((found.platform.clone(), found.worker, found.settings.clone()));
    }
    if let (Some(application), Some(template)) = (application, params.text("TemplateName")) {
        let saved = configuration::find(account, application, template)?;
        return Ok((saved.platform.clone(), false, saved.settings.clone()));
    }
    let platform = platform::asked(account, params, None);
    let platform = platform.unwrap_or_else(|_| platform::newest(account));
    Ok((platform, false, Settings::new()))
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    for name in ["SolutionStackName", "PlatformArn"] {
        if params.text(name).is_some() {
            platform::asked(account, params, None)?;
        }
    }
    let (platform, worker, _) = subject(account, params)?;
    let traits = platform::traits(&platform);
    let wanted = params.list("Options");
    let asked = |definition: &Definition| {
        wanted.is_empty()
            || wanted.iter().any(|it| {
                it.text("Namespace").is_none_or(|namespace| namespace == definition.namespace)
                    && it.text("OptionName").is_none_or(|name| name == definition.name)
            })
    };
    let options: Vec<Value> = ALL
        .iter()
        .filter(|definition| known(definition, traits, worker) && asked(definition))
        .map(tree)
        .collect();
    Ok(json!({
        "SolutionStackName": platform::solution_stack(&platform),
        "PlatformArn": platform,
        "Options": options,
    }))
}

fn tree(definition: &Definition) -> Value {
    let severity = match definition.resource {
        // What is in the launch template replaces instances; what is read by the agent does not.
        Resource::Group | Resource::Launch => "RestartEnvironment",
        Resource::Balancer | Resource::Alarm => "NoInterruption",
        Resource::None => "RestartApplicationServer",
    };
    json!({
        "Namespace": definition.namespace,
        "Name": definition.name,
        "DefaultValue": (!definition.default.is_empty()).then_some(definition.default),
        "ChangeSeverity": severity,
        "UserDefined": false,
        "ValueType": if definition.list { "List" } else { "Scalar" },
        "ValueOptions": definition.choices,
        "MinValue": definition.range.map(|(least, _)| least),
        "MaxValue": definition.range.map(|(_, most)| most),
    })
}

fn validate(account: &mut Account, call: &Call) -> Answer {
    need(&call.params, "ApplicationName")?;
    let (platform, worker, settings) = subject(account, &call.params)?;
    let settings = change::changed(&settings, &call.params);
    let messages: Vec<Value> = complaints(account, &platform, worker, &settings)
        .iter()
        .map(super::check::Complaint::tree)
        .collect();
    Ok(json!({ "Messages": messages }))
}
