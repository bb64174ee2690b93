//! Tags, on whatever has an id.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Ec2, Handler, done, listing, wanted};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// The most tags one resource may have.
const MOST: usize = 50;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateTags" => Some(create_tags),
        "DeleteTags" => Some(delete_tags),
        "DescribeTags" => Some(describe_tags),
        _ => None,
    }
}

/// Kinds of resources, by what their ids begin with.
const KINDS: [(&str, &str); 24] = [
    ("vpc", "vpc"),
    ("subnet", "subnet"),
    ("rtb", "route-table"),
    ("igw", "internet-gateway"),
    ("vgw", "vpn-gateway"),
    ("nat", "natgateway"),
    ("acl", "network-acl"),
    ("sg", "security-group"),
    ("sgr", "security-group-rule"),
    ("vpce", "vpc-endpoint"),
    ("pcx", "vpc-peering-connection"),
    ("tgw", "transit-gateway"),
    ("tgw-attach", "transit-gateway-attachment"),
    ("tgw-rtb", "transit-gateway-route-table"),
    ("pl", "prefix-list"),
    ("dopt", "dhcp-options"),
    ("eipalloc", "elastic-ip"),
    ("eni", "network-interface"),
    ("i", "instance"),
    ("ami", "image"),
    ("key", "key-pair"),
    ("lt", "launch-template"),
    ("vol", "volume"),
    ("snap", "snapshot"),
];

/// The kind of a resource, as tags and policies name it.
pub(super) fn kind(id: &str) -> &'static str {
    let prefix = id.rsplit_once('-').map_or(id, |(prefix, _)| prefix);
    KINDS.iter().find(|(known, _)| *known == prefix).map_or("unknown", |(_, kind)| kind)
}

/// The tags in a call's `TagSpecification` for one kind of resource.
pub(super) fn specified(params: &Value, kind: &str) -> BTreeMap<String, String> {
    params
        .list("TagSpecification")
        .iter()
        .filter(|specification| specification.text("ResourceType") == Some(kind))
        .flat_map(|specification| specification.list("Tag"))
        .filter_map(pair)
        .collect()
}

/// Gives a new resource the tags that its call specifies.
pub(super) fn apply(ec2: &mut Ec2, params: &Value, id: &str) {
    let tags = specified(params, kind(id));
    if !tags.is_empty() {
        ec2.tags.entry(id.to_owned()).or_default().extend(tags);
    }
}

fn pair(tag: &Value) -> Option<(String, String)> {
    let key = tag.text("Key")?;
    Some((key.to_owned(), tag.text("Value").unwrap_or_default().to_owned()))
}

/// Whether a resource with that id is there.
fn exists(ec2: &Ec2, id: &str) -> bool {
    match kind(id) {
        "vpc" => ec2.vpcs.contains_key(id),
        "subnet" => ec2.subnets.contains_key(id),
        "route-table" => ec2.route_tables.contains_key(id),
        "internet-gateway" => ec2.internet_gateways.contains_key(id),
        "vpn-gateway" => ec2.vpn_gateways.contains_key(id),
        "natgateway" => ec2.nat_gateways.contains_key(id),
        "network-acl" => ec2.acls.contains_key(id),
        "security-group" => ec2.groups.contains_key(id),
        "security-group-rule" => {
            ec2.groups.values().any(|group| group.rules.iter().any(|rule| rule.id == id))
        }
        "vpc-endpoint" => ec2.endpoints.contains_key(id),
        "vpc-peering-connection" => ec2.peerings.contains_key(id),
        "transit-gateway" => ec2.transit_gateways.contains_key(id),
        "transit-gateway-attachment" => ec2.attachments.contains_key(id),
        "prefix-list" => ec2.prefix_lists.contains_key(id),
        "dhcp-options" => ec2.dhcp_options.contains_key(id),
        "elastic-ip" => ec2.addresses.contains_key(id),
        "network-interface" => ec2.interfaces.contains_key(id),
        "instance" => ec2.instances.contains_key(id),
        "image" => ec2.images.contains_key(id),
        "key-pair" => ec2.key_pairs.values().any(|pair| pair.id == id),
        "launch-template" => ec2.launch_templates.contains_key(id),
        "transit-gateway-route-table" | "volume" | "snapshot" => true,
        _ => false,
    }
}

fn create_tags(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &mut account.here.ec2;
    let ids = resources(ec2, call)?;
    let tags: Vec<(String, String)> = call.params.list("Tag").iter().filter_map(pair).collect();
    if tags.is_empty() {
        return Err(wanted("tagSet"));
    }
    let from_outside = call.caller.invoked_by.is_none();
    if from_outside && let Some((key, _)) = tags.iter().find(|(key, _)| key.starts_with("aws:")) {
        return Err(Fault::invalid_value(format!(
            "Tag keys starting with 'aws:' are reserved for internal use ({key})"
        )));
    }
    for id in &ids {
        let kept = ec2.tags.get(id).map_or(0, |had| {
            had.keys().filter(|key| !tags.iter().any(|(new, _)| new == *key)).count()
        });
        if kept + tags.len() > MOST {
            return Err(Fault::new(
                "TagLimitExceeded",
                format!("More than {MOST} tags specified for resource '{id}'"),
            ));
        }
    }
    for id in ids {
        ec2.tags.entry(id).or_default().extend(tags.iter().cloned());
    }
    done()
}

fn delete_tags(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &mut account.here.ec2;
    let ids = resources(ec2, call)?;
    for id in ids {
        let Some(had) = ec2.tags.get_mut(&id) else { continue };
        if call.params.list("Tag").is_empty() {
            had.retain(|key, _| key.starts_with("aws:"));
        }
        for tag in call.params.list("Tag") {
            let key = tag.text("Key").unwrap_or_default();
            // With a value, only a tag that has it goes.
            let value = tag.get("Value").and_then(Value::as_str);
            if value.is_none_or(|value| had.get(key).is_some_and(|has| has == value)) {
                had.remove(key);
            }
        }
    }
    done()
}

/// The ids that a call names, all of them there.
fn resources(ec2: &Ec2, call: &Call) -> Result<Vec<String>, Fault> {
    let ids = call.params.texts("ResourceId");
    if ids.is_empty() {
        // The text as recorded from the real EC2.
        return Err(wanted("resourceIdSet"));
    }
    match ids.iter().find(|id| !exists(ec2, id)) {
        None => Ok(ids),
        Some(id) => Err(Fault::new("InvalidID", format!("The ID '{id}' is not valid"))),
    }
}

fn describe_tags(account: &mut Account, call: &Call) -> Answer {
    const FILTERS: [(&str, &str); 4] = [
        ("resource-id", "resourceId"),
        ("resource-type", "resourceType"),
        ("key", "key"),
        ("value", "value"),
    ];
    let mut found: Vec<Value> = Vec::new();
    for (id, tags) in &account.here.ec2.tags {
        for (key, value) in tags {
            found.push(json!({
                "resourceId": id, "resourceType": kind(id), "key": key, "value": value,
            }));
        }
    }
    listing::filtered(&mut found, call, &FILTERS)?;
    listing::page(call, "tagSet", found)
}
