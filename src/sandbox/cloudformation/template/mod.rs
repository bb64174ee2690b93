//! Templates: read, checked, and evaluated.

mod check;
mod evaluate;
mod parameters;
mod references;
mod yaml;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

pub(super) use check::{check, required_capabilities};
pub(super) use evaluate::{Scope, plain_text};
pub(super) use parameters::settle;

use super::stack::DeletionPolicy;
use crate::sandbox::Fault;

/// A template.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Template {
    /// As it was submitted.
    #[serde(skip)]
    pub body: String,
    /// As a tree, functions in their long forms.
    pub tree: Value,
}

impl Template {
    /// Reads a template from JSON or YAML.
    pub fn read(body: &str) -> Result<Self, Fault> {
        let tree = if body.trim_start().starts_with('{') {
            serde_json::from_str(body).map_err(|error| {
                let (line, column) = (error.line(), error.column());
                invalid(format!(
                    "Template format error: JSON not well-formed. (line {line}, column {column})"
                ))
            })?
        } else {
            let broken = |()| invalid("Template format error: YAML not well-formed.");
            yaml::read(body).map_err(broken)?
        };
        Ok(Self { body: body.to_owned(), tree })
    }

    /// A template from a tree; its text is the tree's JSON unless one is given.
    pub fn from_tree(tree: Value, body: Option<String>) -> Self {
        let body = body.unwrap_or_else(|| tree.to_string());
        Self { body, tree }
    }

    /// The members of a section, in the template's order.
    pub(super) fn section(&self, name: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.tree.get(name).and_then(Value::as_object).into_iter().flatten()
    }

    /// The declarations of resources whose conditions hold.
    pub(super) fn resources<'a>(
        &'a self,
        scope: &'a Scope<'a>,
    ) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.section("Resources").filter(|(_, declared)| scope.wanted(declared))
    }

    /// The declaration of one resource.
    pub(super) fn resource(&self, logical: &str) -> Option<&Value> {
        self.tree.get("Resources")?.get(logical)
    }

    /// The resources that one refers to or says it depends on.
    pub(super) fn needs(&self, declared: &Value) -> Vec<String> {
        let mut found = references::of(declared.get("Properties").unwrap_or(&Value::Null));
        found.extend(references::depends_on(declared));
        found.retain(|name| self.resource(name).is_some());
        found.into_iter().collect()
    }

    /// The type of a resource.
    pub(super) fn kind(declared: &Value) -> &str {
        declared.get("Type").and_then(Value::as_str).unwrap_or_default()
    }

    /// What the template says about a resource that leaves the stack (`DeletionPolicy`,
    /// `UpdateReplacePolicy`).
    ///
    /// Databases are saved by default unless they belong to a cluster; everything else is deleted:
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html>
    pub(super) fn policy(declared: &Value, attribute: &str) -> DeletionPolicy {
        match declared.get(attribute).and_then(Value::as_str) {
            Some("Retain") => DeletionPolicy::Retain,
            Some("RetainExceptOnCreate") => DeletionPolicy::RetainExceptOnCreate,
            Some("Snapshot") => DeletionPolicy::Snapshot,
            Some("Delete") => DeletionPolicy::Delete,
            _ => {
                let database = Self::kind(declared) == "AWS::RDS::DBInstance";
                if database { DeletionPolicy::Snapshot } else { DeletionPolicy::Delete }
            }
        }
    }

    /// The first resource that imports what nobody exports, with that name.
    pub(super) fn missing_import(&self, scope: &Scope<'_>) -> Option<(String, String)> {
        self.resources(scope).find_map(|(logical, declared)| {
            let mut names = Vec::new();
            references::imports(declared, &mut |name| names.extend(scope.text(name).ok()));
            let missing = names.into_iter().find(|name| !scope.exports.contains_key(name))?;
            Some((logical.clone(), missing))
        })
    }

    /// The names of exports that resources and outputs import, evaluated.
    pub(super) fn imports(&self, scope: &Scope<'_>) -> Vec<String> {
        let mut names = Vec::new();
        for section in ["Resources", "Outputs"] {
            for (_, declared) in self.section(section) {
                if scope.wanted(declared) {
                    references::imports(declared, &mut |name| {
                        names.extend(scope.text(name).ok());
                    });
                }
            }
        }
        names.sort();
        names.dedup();
        names
    }
}

/// A `ValidationError`, CloudFormation's word for nearly every refusal.
pub(super) fn invalid(message: impl Into<String>) -> Fault {
    Fault::new("ValidationError", message)
}

/// Values of parameters by name.
pub(super) type Parameters = BTreeMap<String, String>;
