//! Intrinsic functions and conditions.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "only some kinds or shapes of value matter here, and the rest is one case"
)]

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::references::{Piece, pieces};
use super::{Parameters, Template};
use crate::sandbox::cloudformation::stack::Resource;

/// What functions can look at.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'a> {
    /// The template they stand in.
    pub(crate) template: &'a Template,
    /// Values of its parameters.
    pub(crate) parameters: &'a Parameters,
    /// The resources that are there, for `Ref` and `Fn::GetAtt`.
    pub(crate) resources: &'a BTreeMap<String, Resource>,
    /// The values of `AWS::Region` and so on.
    pub(crate) pseudo: BTreeMap<&'static str, Value>,
    /// Values that other stacks export.
    pub(crate) exports: BTreeMap<String, String>,
    /// The availability zones, for `Fn::GetAZs`.
    pub(crate) zones: Vec<String>,
}

/// A value, or `None` for `AWS::NoValue`; the error is CloudFormation's sentence.
type Evaluated = Result<Option<Value>, String>;

impl Scope<'_> {
    /// Whether a declaration's condition holds. One that cannot be evaluated does not.
    pub(crate) fn wanted(&self, declared: &Value) -> bool {
        match declared.get("Condition").and_then(Value::as_str) {
            Some(name) => self.condition(name).unwrap_or(false),
            None => true,
        }
    }

    /// The value of a part of the template; `AWS::NoValue` leaves nothing behind.
    pub(crate) fn value(&self, part: &Value) -> Result<Value, String> {
        Ok(self.evaluate(part)?.unwrap_or(Value::Null))
    }

    /// The value as a text.
    pub(crate) fn text(&self, part: &Value) -> Result<String, String> {
        Ok(plain_text(&self.value(part)?))
    }

    /// Evaluates a value and all below it.
    fn evaluate(&self, part: &Value) -> Evaluated {
        match part {
            Value::Object(members) => {
                if let Some((name, argument)) = function(members) {
                    return self.call(name, argument);
                }
                let mut evaluated = Map::new();
                for (key, value) in members {
                    if let Some(value) = self.evaluate(value)? {
                        evaluated.insert(key.clone(), value);
                    }
                }
                Ok(Some(Value::Object(evaluated)))
            }
            Value::Array(items) => {
                let mut evaluated = Vec::new();
                for item in items {
                    evaluated.extend(self.evaluate(item)?);
                }
                Ok(Some(Value::Array(evaluated)))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Ok(Some(part.clone()))
            }
        }
    }

    /// The value of a function.
    fn call(&self, name: &str, argument: &Value) -> Evaluated {
        match name {
            "Ref" => self.reference(&plain_text(argument)),
            "Fn::GetAtt" => self.attribute(argument).map(Some),
            "Fn::Sub" => self.substitute(argument).map(Some),
            "Fn::Join" => self.join(argument).map(Some),
            "Fn::Select" => self.select(argument).map(Some),
            "Fn::Split" => self.split(argument).map(Some),
            "Fn::FindInMap" => self.find_in_map(argument).map(Some),
            "Fn::If" => self.choose(argument),
            "Fn::ImportValue" => self.import(argument).map(Some),
            "Fn::GetAZs" => Ok(Some(Value::from(self.zones.clone()))),
            "Fn::Base64" => Ok(Some(Value::from(base64(&self.text(argument)?)))),
            "Condition" => Ok(Some(Value::from(self.condition(&plain_text(argument))?))),
            "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" => {
                Ok(Some(Value::from(self.holds(name, argument)?)))
            }
            other => Err(format!("Template error: the sandbox does not know {other}")),
        }
    }

    /// The value of a `Ref`.
    fn reference(&self, name: &str) -> Evaluated {
        if name == "AWS::NoValue" {
            return Ok(None);
        }
        if let Some(value) = self.pseudo.get(name) {
            return Ok(Some(value.clone()));
        }
        if let Some(value) = self.parameters.get(name) {
            let kind = &self.template.tree["Parameters"][name]["Type"];
            let kind = kind.as_str().unwrap_or_default();
            return Ok(Some(if kind.starts_with("List<") || kind == "CommaDelimitedList" {
                Value::from(value.split(',').map(str::trim).collect::<Vec<_>>())
            } else {
                Value::from(value.clone())
            }));
        }
        match self.resources.get(name).filter(|resource| !resource.physical.is_empty()) {
            Some(resource) => Ok(Some(Value::from(resource.physical.clone()))),
            None => Err(unresolved(name)),
        }
    }

    /// The value of an `Fn::GetAtt`.
    fn attribute(&self, argument: &Value) -> Result<Value, String> {
        let argument = self.value(argument)?;
        let path = match &argument {
            Value::Array(parts) => parts.iter().map(plain_text).collect::<Vec<_>>().join("."),
            other => plain_text(other),
        };
        let (logical, attribute) = path.split_once('.').unwrap_or((path.as_str(), ""));
        let resource = self.resources.get(logical).ok_or_else(|| unresolved(logical))?;
        match resource.attributes.get(attribute) {
            Some(value) => Ok(value.clone()),
            None => Err(format!(
                "Resource type {} does not support attribute {{{attribute}}}",
                resource.kind
            )),
        }
    }

    /// The value of an `Fn::Sub`.
    fn substitute(&self, argument: &Value) -> Result<Value, String> {
        let (text, own) = match argument {
            Value::Array(parts) => {
                (plain_text(parts.first().unwrap_or(&Value::Null)), parts.get(1))
            }
            other => (plain_text(other), None),
        };
        let mut result = String::new();
        for piece in pieces(&text) {
            match piece {
                Piece::Text(text) => result.push_str(text),
                Piece::Name(name) => match own.and_then(|own| own.get(name)) {
                    Some(value) => result.push_str(&self.text(value)?),
                    None if name.contains('.') => {
                        result.push_str(&plain_text(&self.attribute(&Value::from(name))?));
                    }
                    None => {
                        let value = self.reference(name)?.unwrap_or(Value::Null);
                        result.push_str(&plain_text(&value));
                    }
                },
            }
        }
        Ok(Value::from(result))
    }

    /// The value of an `Fn::Join`.
    fn join(&self, argument: &Value) -> Result<Value, String> {
        let delimiter = plain_text(argument.get(0).unwrap_or(&Value::Null));
        let items = self.value(argument.get(1).unwrap_or(&Value::Null))?;
        let texts: Vec<_> = items.as_array().into_iter().flatten().map(plain_text).collect();
        Ok(Value::from(texts.join(&delimiter)))
    }

    /// The value of an `Fn::Select`.
    fn select(&self, argument: &Value) -> Result<Value, String> {
        let index = self.text(argument.get(0).unwrap_or(&Value::Null))?;
        let items = self.value(argument.get(1).unwrap_or(&Value::Null))?;
        index.parse::<usize>().ok().and_then(|index| items.get(index).cloned()).ok_or_else(|| {
            format!("Template error: Fn::Select cannot select nonexistent value at index {index}")
        })
    }

    /// The value of an `Fn::Split`.
    fn split(&self, argument: &Value) -> Result<Value, String> {
        let delimiter = plain_text(argument.get(0).unwrap_or(&Value::Null));
        let text = self.text(argument.get(1).unwrap_or(&Value::Null))?;
        Ok(Value::from(text.split(&delimiter).collect::<Vec<_>>()))
    }

    /// The value of an `Fn::FindInMap`.
    fn find_in_map(&self, argument: &Value) -> Result<Value, String> {
        let key = |index| self.text(argument.get(index).unwrap_or(&Value::Null));
        let (map, top, second) = (key(0)?, key(1)?, key(2)?);
        let mapping = self.template.tree["Mappings"].get(&map).ok_or_else(|| {
            format!(
                "Template error: Mapping named '{map}' is not present in the 'Mappings' section \
                 of template."
            )
        })?;
        mapping.get(&top).and_then(|row| row.get(&second)).cloned().ok_or_else(|| {
            format!("Template error: Unable to get mapping for {map}::{top}::{second}")
        })
    }

    /// The value of an `Fn::If`.
    fn choose(&self, argument: &Value) -> Evaluated {
        let name = plain_text(argument.get(0).unwrap_or(&Value::Null));
        let branch = if self.condition(&name)? { 1 } else { 2 };
        self.evaluate(argument.get(branch).unwrap_or(&Value::Null))
    }

    /// The value of an `Fn::ImportValue`.
    fn import(&self, argument: &Value) -> Result<Value, String> {
        let name = self.text(argument)?;
        let value = self.exports.get(&name).cloned();
        value.map(Value::from).ok_or_else(|| format!("No export named {name} found"))
    }

    /// Whether a condition holds.
    fn condition(&self, name: &str) -> Result<bool, String> {
        let declared = self.template.tree["Conditions"].get(name).ok_or_else(|| {
            format!("Template format error: Unresolved condition dependency {name}")
        })?;
        let function = declared.as_object().and_then(function);
        let Some((name, argument)) = function else {
            return Err(format!("Template format error: Condition {name} is not a function"));
        };
        self.holds(name, argument)
    }

    /// Whether a function of conditions holds.
    fn holds(&self, name: &str, argument: &Value) -> Result<bool, String> {
        let items = argument.as_array().map_or(&[][..], Vec::as_slice);
        let item = |index: usize| self.value(items.get(index).unwrap_or(&Value::Null));
        let truths = || {
            items
                .iter()
                .map(|item| Ok(plain_text(&self.value(item)?) == "true"))
                .collect::<Result<Vec<_>, String>>()
        };
        Ok(match name {
            "Fn::Equals" => plain_text(&item(0)?) == plain_text(&item(1)?),
            "Fn::And" => truths()?.into_iter().all(|truth| truth),
            "Fn::Or" => truths()?.into_iter().any(|truth| truth),
            "Fn::Not" => !truths()?.into_iter().any(|truth| truth),
            "Condition" => self.condition(&plain_text(argument))?,
            other => return Err(format!("Template error: {other} is not a condition function")),
        })
    }
}

/// The function that an object stands for, if it is one.
fn function(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = members.iter().next().filter(|_| members.len() == 1)?;
    let known = name == "Ref" || name.starts_with("Fn::") || condition(name, argument);
    known.then_some((name.as_str(), argument))
}

/// Whether `{"Condition": …}` names a condition. A policy statement's `Condition` is an object.
fn condition(name: &str, argument: &Value) -> bool {
    name == "Condition" && argument.is_string()
}

/// The sentence for a reference to a resource that is not there.
fn unresolved(name: &str) -> String {
    format!(
        "Template format error: Unresolved resource dependencies [{name}] in the Resources block \
         of the template"
    )
}

/// A value as the text that CloudFormation makes of it.
pub(crate) fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(items) => items.iter().map(plain_text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// The standard base64 of a text, padded.
fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut result = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bytes = [0, 1, 2].map(|index| u32::from(chunk.get(index).copied().unwrap_or(0)));
        let group = bytes[0] << 16 | bytes[1] << 8 | bytes[2];
        for place in 0..4 {
            let index = (group >> (18 - 6 * place)) & 63;
            let letter = if place <= chunk.len() { ALPHABET[index as usize] } else { b'=' };
            result.push(char::from(letter));
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Evaluates `part` in a template with these conditions and mappings.
    fn evaluated(part: &Value) -> Result<Value, String> {
        let template = Template::from_tree(
            json!({
                "Parameters": {
                    "Stage": {"Type": "String"}, "Zones": {"Type": "CommaDelimitedList"}
                },
                "Mappings": {"Sizes": {"live": {"Count": 4}}},
                "Conditions": {
                    "Live": {"Fn::Equals": [{"Ref": "Stage"}, "live"]},
                    "Test": {"Fn::Not": [{"Condition": "Live"}]},
                },
            }),
            None,
        );
        let parameters = Parameters::from([
            ("Stage".to_owned(), "live".to_owned()),
            ("Zones".to_owned(), "a, b".to_owned()),
        ]);
        let resources = BTreeMap::new();
        let scope = Scope {
            template: &template,
            parameters: &parameters,
            resources: &resources,
            pseudo: BTreeMap::from([("AWS::Region", Value::from("eu-central-1"))]),
            exports: BTreeMap::from([("net".to_owned(), "vpc-1".to_owned())]),
            zones: vec!["eu-central-1a".to_owned()],
        };
        scope.value(part)
    }

    #[test]
    fn functions_nest() {
        let part = json!({"Fn::Join": ["-", [
            {"Fn::Select": [1, {"Ref": "Zones"}]},
            {"Fn::Sub": ["${AWS::Region}/${x}", {"x": {"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Count"]}}]},
            {"Fn::ImportValue": "net"},
        ]]});
        assert_eq!(evaluated(&part), Ok(json!("b-eu-central-1/4-vpc-1")));
    }

    #[test]
    fn no_value_leaves_nothing_behind() {
        let part = json!({"A": {"Fn::If": ["Test", 1, {"Ref": "AWS::NoValue"}]}, "B": 2});
        assert_eq!(evaluated(&part), Ok(json!({"B": 2})));
    }

    #[test]
    fn an_unknown_export_is_named() {
        let part = json!({"Fn::ImportValue": "other"});
        assert_eq!(evaluated(&part), Err("No export named other found".to_owned()));
    }

    #[test]
    fn base64_pads() {
        assert_eq!(base64("a"), "YQ==");
        assert_eq!(base64("#!/bin/sh"), "IyEvYmluL3No");
    }
}
