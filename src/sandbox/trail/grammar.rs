//! How CloudTrail writes parameters and answers: EC2 has two grammars, the others one.

use serde_json::{Map, Value, json};

use crate::sandbox::{Call, Service};

/// EC2's younger operations, which are recorded under the request's name as on the wire.
const YOUNGER: [&str; 20] = [
    "CreateNatGateway",
    "DeleteNatGateway",
    "CreateVpcEndpoint",
    "ModifyVpcEndpoint",
    "DeleteVpcEndpoints",
    "CreateLaunchTemplate",
    "CreateLaunchTemplateVersion",
    "ModifyLaunchTemplate",
    "DeleteLaunchTemplate",
    "DeleteLaunchTemplateVersions",
    "CreateTransitGateway",
    "DeleteTransitGateway",
    "CreateTransitGatewayVpcAttachment",
    "DeleteTransitGatewayVpcAttachment",
    "CreateTransitGatewayRoute",
    "DeleteTransitGatewayRoute",
    "CreateManagedPrefixList",
    "ModifyManagedPrefixList",
    "DeleteManagedPrefixList",
    "ModifySecurityGroupRules",
];

fn is_younger(call: &Call) -> bool {
    call.service == Service::Ec2 && YOUNGER.contains(&call.operation.as_str())
}

/// A call's parameters.
pub(super) fn request(call: &Call) -> Value {
    if is_younger(call) {
        let name = format!("{}Request", call.operation);
        return json!({ name: wrapped(&call.params) });
    }
    if call.service == Service::Ec2 {
        return older(&call.params);
    }
    let mut tree = camel(&call.params);
    if let Some(members) = tree.as_object_mut() {
        // A template may be longer than a record may be; secrets have no place in one.
        for name in ["templateBody", "body", "masterUserPassword"] {
            if members.contains_key(name) {
                members.insert(name.to_owned(), json!("HIDDEN_DUE_TO_SECURITY_REASONS"));
            }
        }
    }
    tree
}

/// A call's answer.
pub(super) fn response(call: &Call, tree: &Value) -> Value {
    if call.service != Service::Ec2 {
        return camel(tree);
    }
    let mut answer = Map::new();
    if is_younger(call) {
        answer.insert("xmlns".to_owned(), json!("http://ec2.amazonaws.com/doc/2016-11-15/"));
    }
    answer.insert("requestId".to_owned(), json!(call.request_id));
    if let Value::Object(members) = tree {
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            if is_younger(call) {
                answer.insert(name.clone(), items(value, "item"));
            } else {
                let name = if name == "return" { "_return" } else { name };
                answer.insert(name.to_owned(), items(value, "items"));
            }
        }
    }
    if is_younger(call) {
        let name = format!("{}Response", call.operation);
        return json!({ name: answer });
    }
    Value::Object(answer)
}

/// An answer's lists as `{"items": […]}`, or as `{"item": …}` with a single one not in a list.
fn items(value: &Value, name: &str) -> Value {
    match value {
        Value::Array(list) if list.is_empty() => json!({}),
        Value::Array(list) => {
            let mut all: Vec<Value> = list.iter().map(|item| items(item, name)).collect();
            if name == "item" && all.len() == 1 {
                return json!({ name: all.remove(0) });
            }
            json!({ name: all })
        }
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), items(value, name)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// The younger grammar: names as on the wire, each item of a list with its number as `tag`.
fn wrapped(value: &Value) -> Value {
    match value {
        Value::Array(list) => {
            let mut all: Vec<Value> = list
                .iter()
                .zip(1..)
                .map(|(item, number)| numbered(wrapped(item), number))
                .collect();
            if all.len() == 1 { all.remove(0) } else { Value::Array(all) }
        }
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), wrapped(value))).collect()
        }
        Value::String(text) => typed(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// An item of a list with its number.
fn numbered(mut item: Value, number: usize) -> Value {
    if let Some(members) = item.as_object_mut() {
        members.insert("tag".to_owned(), json!(number));
        return item;
    }
    json!({ "content": item, "tag": number })
}

/// Truth values as such; numbers stay texts where they are ids.
fn typed(text: &str) -> Value {
    match text {
        "true" => json!(true),
        "false" => json!(false),
        other => json!(other),
    }
}

/// The older grammar: names in camel case, lists as `{"items": […]}`.
fn older(params: &Value) -> Value {
    let Value::Object(members) = params else { return json!({}) };
    members.iter().map(|(name, value)| (list_name(name, value), older_value(name, value))).collect()
}

/// What a parameter is called; EC2's names of lists differ from what is on the wire.
fn list_name(name: &str, value: &Value) -> String {
    let lower = lower(name);
    if !value.is_array() {
        return lower;
    }
    match name {
        "InstanceId" => "instancesSet".to_owned(),
        "ResourceId" => "resourcesSet".to_owned(),
        "SecurityGroupId" | "SecurityGroup" => "groupSet".to_owned(),
        "SecurityGroupRuleId" => "securityGroupRuleIds".to_owned(),
        "IpPermissions" | "Groups" | "IpRanges" | "Ipv6Ranges" | "PrefixListIds" => lower,
        _ => format!("{lower}Set"),
    }
}

fn older_value(name: &str, value: &Value) -> Value {
    match value {
        Value::Array(list) => {
            let item_name = match name {
                "SecurityGroupId" => "groupId".to_owned(),
                other => lower(other),
            };
            let items: Vec<Value> = list
                .iter()
                .map(|item| {
                    if item.is_object() {
                        return older_item(name, item);
                    }
                    json!({ item_name.clone(): older_value(name, item) })
                })
                .collect();
            json!({ "items": items })
        }
        Value::Object(_) => older(value),
        Value::String(text) => older_text(name, text),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// One structure of a list. Tags within a specification are a plain list; permissions always
/// tell all their lists.
fn older_item(list: &str, item: &Value) -> Value {
    let mut tree = older(item);
    match list {
        "TagSpecification" => {
            let tags = tree["tagSet"]["items"].take();
            if let Some(members) = tree.as_object_mut() {
                members.remove("tagSet");
                members.insert("tags".to_owned(), tags);
            }
        }
        "IpPermissions" => {
            if let Some(members) = tree.as_object_mut() {
                for name in ["groups", "ipRanges", "ipv6Ranges", "prefixListIds"] {
                    members.entry(name).or_insert_with(|| json!({}));
                }
            }
        }
        _ => {}
    }
    tree
}

fn older_text(name: &str, text: &str) -> Value {
    let number = matches!(
        name,
        "FromPort"
            | "ToPort"
            | "From"
            | "To"
            | "RuleNumber"
            | "MinCount"
            | "MaxCount"
            | "DeviceIndex"
    );
    match text.parse::<i64>() {
        Ok(value) if number => json!(value),
        Ok(_) | Err(_) => typed(text),
    }
}

/// A name as the records have it: `StackName` is `stackName`, `DBInstanceIdentifier` is
/// `dBInstanceIdentifier`.
fn lower(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// The grammar of all other services.
fn camel(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (lower(name), camel(value)))
            .collect(),
        Value::Array(list) => list.iter().map(camel).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
