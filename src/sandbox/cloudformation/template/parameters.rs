//! Values of parameters: given, kept, or by default, and held against what the template allows.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Parameters, Template, invalid};
use crate::sandbox::Fault;

/// The longest value a parameter may have, in bytes.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const LONGEST: usize = 4096;

/// The values of all of a template's parameters.
///
/// `AllowedPattern` is not checked: no regular expressions in here.
pub(crate) fn settle(
    template: &Template,
    given: &Parameters,
    kept: &BTreeSet<String>,
    before: &Parameters,
) -> Result<Parameters, Fault> {
    let mut values = Parameters::new();
    let mut missing = Vec::new();
    for (name, declared) in template.section("Parameters") {
        let value = if kept.contains(name) { before.get(name) } else { given.get(name) };
        let default = declared.get("Default").map(super::plain_text);
        match value.cloned().or(default) {
            Some(value) => {
                allowed(name, declared, &value)?;
                values.insert(name.clone(), value);
            }
            None => missing.push(name.clone()),
        }
    }
    if !missing.is_empty() {
        return Err(invalid(format!("Parameters: [{}] must have values", missing.join(", "))));
    }
    let known = |name: &String| values.contains_key(name);
    let unknown: Vec<_> = given.keys().filter(|name| !known(name)).cloned().collect();
    if !unknown.is_empty() {
        let names = unknown.join(", ");
        return Err(invalid(format!("Parameters: [{names}] do not exist in the template")));
    }
    Ok(values)
}

/// Refuses a value that the declaration of its parameter does not allow.
fn allowed(name: &str, declared: &Value, value: &str) -> Result<(), Fault> {
    if value.len() > LONGEST {
        return Err(invalid(format!("Parameter '{name}' value length is greater than {LONGEST}.")));
    }
    let length = i64::try_from(value.chars().count()).unwrap_or(i64::MAX);
    if declared
        .get("AllowedValues")
        .and_then(Value::as_array)
        .is_some_and(|choices| !choices.iter().any(|choice| super::plain_text(choice) == value))
    {
        let choices: Vec<_> = declared["AllowedValues"]
            .as_array()
            .into_iter()
            .flatten()
            .map(super::plain_text)
            .collect();
        return Err(invalid(format!(
            "Parameter '{name}' must be one of AllowedValues: [{}]",
            choices.join(", ")
        )));
    }
    let bound = |key: &str| {
        declared.get(key).map(super::plain_text).and_then(|text| text.parse::<i64>().ok())
    };
    if let Some(least) = bound("MinLength").filter(|least| length < *least) {
        let text = format!("Parameter '{name}' must contain at least {least} characters");
        return Err(invalid(text));
    }
    if let Some(most) = bound("MaxLength").filter(|most| length > *most) {
        let text = format!("Parameter '{name}' must contain at most {most} characters");
        return Err(invalid(text));
    }
    if declared.get("Type").and_then(Value::as_str) == Some("Number")
        && value.parse::<f64>().is_err()
    {
        return Err(invalid(format!("Parameter '{name}' must be a number")));
    }
    Ok(())
}
