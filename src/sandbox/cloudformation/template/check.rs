//! What CloudFormation refuses before it begins: the form of a template.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Template, invalid, references};
use crate::sandbox::Fault;

/// The sections a template can have.
const SECTIONS: [&str; 10] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
];

/// References that are always there.
const PSEUDO: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// Refuses a template whose form is wrong, in CloudFormation's words.
pub(crate) fn check(template: &Template, known: impl Fn(&str) -> bool) -> Result<(), Fault> {
    let tree = template
        .tree
        .as_object()
        .ok_or_else(|| invalid("Template format error: unsupported structure."))?;
    let strange: Vec<_> =
        tree.keys().filter(|key| !SECTIONS.contains(&key.as_str())).cloned().collect();
    if strange.iter().any(|key| key == "Transform") {
        return Err(invalid("Template format error: transforms are not modelled in the sandbox."));
    }
    if !strange.is_empty() {
        let names = strange.join(", ");
        return Err(invalid(format!("Invalid template property or properties [{names}]")));
    }
    defaults(template)?;
    resources(template)?;
    types(template, known)?;
    dependencies(template)?;
    circles(template)
}

/// Refuses defaults of parameters that are too long.
///
/// The text as users of Beanstalk saw it; AWS masks the value there.
fn defaults(template: &Template) -> Result<(), Fault> {
    for (name, declared) in template.section("Parameters") {
        let length = declared.get("Default").map_or(0, |value| super::plain_text(value).len());
        if length > 4096 {
            return Err(invalid(format!(
                "Template format error: Parameter '{name}' default value '[****]' length is \
                 greater than 4096."
            )));
        }
    }
    Ok(())
}

/// Refuses a template without resources, and resources without a type.
fn resources(template: &Template) -> Result<(), Fault> {
    if template.section("Resources").next().is_none() {
        return Err(invalid(
            "Template format error: At least one Resources member must be defined.",
        ));
    }
    for (name, declared) in template.section("Resources") {
        if Template::kind(declared).is_empty() {
            return Err(invalid(format!(
                "Template format error: [/Resources/{name}] Every Resources object must contain \
                 a Type member."
            )));
        }
    }
    Ok(())
}

/// Refuses types that there are no resources of.
fn types(template: &Template, known: impl Fn(&str) -> bool) -> Result<(), Fault> {
    let kinds = template.section("Resources").map(|(_, declared)| Template::kind(declared));
    let unknown: BTreeSet<_> = kinds.filter(|kind| !known(kind)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let names = unknown.into_iter().collect::<Vec<_>>().join(", ");
    Err(invalid(format!("Template format error: Unrecognized resource types: [{names}]")))
}

/// Refuses references to what is not there.
fn dependencies(template: &Template) -> Result<(), Fault> {
    for section in ["Resources", "Outputs"] {
        for (_, declared) in template.section(section) {
            for owner in references::attribute_owners(declared) {
                if template.resource(&owner).is_none() {
                    return Err(invalid(format!(
                        "Template error: instance of Fn::GetAtt references undefined resource \
                         {owner}"
                    )));
                }
            }
            for condition in references::conditions(declared) {
                if template.tree["Conditions"].get(&condition).is_none() {
                    return Err(invalid(format!(
                        "Template format error: Unresolved condition dependency {condition} in \
                         the {section} block of the template"
                    )));
                }
            }
        }
        let missing = unresolved(template, section);
        if !missing.is_empty() {
            let names = missing.into_iter().collect::<Vec<_>>().join(", ");
            return Err(invalid(format!(
                "Template format error: Unresolved resource dependencies [{names}] in the \
                 {section} block of the template"
            )));
        }
    }
    Ok(())
}

/// The names that a section mentions and that are neither resources nor parameters.
fn unresolved(template: &Template, section: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, declared) in template.section(section) {
        names.extend(references::of(declared));
        names.extend(references::depends_on(declared));
    }
    names.retain(|name| {
        template.resource(name).is_none()
            && template.tree["Parameters"].get(name).is_none()
            && !PSEUDO.contains(&name.as_str())
    });
    names
}

/// Refuses resources that need one another.
fn circles(template: &Template) -> Result<(), Fault> {
    let mut needs: BTreeMap<&String, Vec<String>> = template
        .section("Resources")
        .map(|(name, declared)| (name, template.needs(declared)))
        .collect();
    loop {
        let free: Vec<_> = needs
            .iter()
            .filter(|(_, others)| !others.iter().any(|other| needs.contains_key(other)))
            .map(|(name, _)| *name)
            .collect();
        if free.is_empty() {
            break;
        }
        needs.retain(|name, _| !free.contains(name));
    }
    if needs.is_empty() {
        return Ok(());
    }
    let names = needs.into_keys().cloned().collect::<Vec<_>>().join(", ");
    Err(invalid(format!("Circular dependency between resources: [{names}]")))
}

/// What the caller of a template must acknowledge, and the resources that ask for it.
pub(crate) fn required_capabilities(template: &Template) -> Option<(&'static str, Vec<String>)> {
    const NAMES: [&str; 6] = [
        "RoleName",
        "InstanceProfileName",
        "UserName",
        "GroupName",
        "ManagedPolicyName",
        "PolicyName",
    ];
    let mut kinds = BTreeSet::new();
    let mut named = false;
    for (_, declared) in template.section("Resources") {
        let kind = Template::kind(declared);
        if kind.starts_with("AWS::IAM::") {
            kinds.insert(kind.to_owned());
            // A policy's name is required and says nothing; the others are names one chose.
            let properties = declared.get("Properties").and_then(Value::as_object);
            named |= kind != "AWS::IAM::Policy"
                && properties
                    .is_some_and(|members| members.keys().any(|key| NAMES.contains(&key.as_str())));
        }
    }
    if kinds.is_empty() {
        return None;
    }
    let capability = if named { "CAPABILITY_NAMED_IAM" } else { "CAPABILITY_IAM" };
    Some((capability, kinds.into_iter().collect()))
}
