//! GetTemplate, GetTemplateSummary and ValidateTemplate.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::change_set;
use super::super::resources::provider;
use super::super::status::StackStatus;
use super::super::template::{Template, check, invalid, plain_text, required_capabilities};
use super::{operations, stack_by_id};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

pub(super) fn get(account: &mut Account, call: &Call) -> Answer {
    let stages = json!(["Original", "Processed"]);
    if let Some(name) = call.params.text("ChangeSetName") {
        let body = change_set::template(account, name, call.params.text("StackName"))?;
        return Ok(json!({"TemplateBody": body, "StagesAvailable": stages}));
    }
    let name = call.params.text("StackName");
    let name =
        name.ok_or_else(|| invalid("StackName is required if ChangeSetName is not specified."))?;
    let stack = stack_by_id(account, name)?;
    Ok(json!({"TemplateBody": stack.made.template.body, "StagesAvailable": stages}))
}

/// The template that a request brings or names.
fn template(account: &mut Account, call: &Call) -> Result<Template, Fault> {
    if let Some(name) = call.params.text("StackName") {
        let stack = stack_by_id(account, name)?;
        if stack.status == StackStatus::ReviewInProgress {
            let text = "GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.";
            return Err(invalid(text));
        }
        return Ok(stack.made.template.clone());
    }
    let body = operations::body(account, call)?;
    let body =
        body.ok_or_else(|| invalid("Either Template URL or Template Body must be specified."))?;
    let template = Template::read(&body)?;
    check(&template, |kind| provider(kind).is_some())?;
    Ok(template)
}

fn capabilities(template: &Template) -> (Option<Vec<&'static str>>, Option<String>) {
    match required_capabilities(template) {
        None => (None, None),
        Some((capability, kinds)) => {
            let kinds = kinds.join(", ");
            let why = format!("The following resource(s) require capabilities: [{kinds}]");
            (Some(vec![capability]), Some(why))
        }
    }
}

pub(super) fn summary(account: &mut Account, call: &Call) -> Answer {
    let template = template(account, call)?;
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, declared) in template.section("Resources") {
        kinds.entry(Template::kind(declared).to_owned()).or_default().push(name.clone());
    }
    let parameters: Vec<Value> = template
        .section("Parameters")
        .map(|(name, declared)| {
            let allowed = declared.get("AllowedValues").and_then(Value::as_array);
            let allowed = allowed
                .map(|values| json!({"AllowedValues": values.iter().map(plain_text).collect::<Vec<_>>()}));
            json!({
                "ParameterKey": name,
                "DefaultValue": declared.get("Default").map(plain_text),
                "ParameterType": declared.get("Type"),
                "NoEcho": plain_text(&declared["NoEcho"]) == "true",
                "Description": declared.get("Description"),
                "ParameterConstraints": allowed.unwrap_or_else(|| json!({})),
            })
        })
        .collect();
    let summaries: Vec<Value> = kinds
        .iter()
        .map(|(kind, names)| json!({"ResourceType": kind, "LogicalResourceIds": names}))
        .collect();
    let (required, reason) = capabilities(&template);
    Ok(json!({
        "Parameters": parameters,
        "Description": template.tree.get("Description"),
        "Capabilities": required,
        "CapabilitiesReason": reason,
        "ResourceTypes": kinds.keys().collect::<Vec<_>>(),
        "Version": template.tree.get("AWSTemplateFormatVersion").map(plain_text),
        "Metadata": template.tree.get("Metadata").map(Value::to_string),
        "ResourceIdentifierSummaries": summaries,
    }))
}

pub(super) fn validate(account: &mut Account, call: &Call) -> Answer {
    let template = template(account, call)?;
    let parameters: Vec<Value> = template
        .section("Parameters")
        .map(|(name, declared)| {
            json!({
                "ParameterKey": name,
                "DefaultValue": declared.get("Default").map(plain_text),
                "NoEcho": plain_text(&declared["NoEcho"]) == "true",
                "Description": declared.get("Description"),
            })
        })
        .collect();
    let (required, reason) = capabilities(&template);
    Ok(json!({
        "Parameters": parameters,
        "Description": template.tree.get("Description"),
        "Capabilities": required,
        "CapabilitiesReason": reason,
    }))
}
