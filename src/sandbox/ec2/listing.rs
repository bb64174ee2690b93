//! What all `Describe…` calls share: ids, filters with wildcards, tags, pages.

use serde_json::{Value, json};

use super::Ec2;
use crate::sandbox::access::like;
use crate::sandbox::{Answer, Call, Fault, Params};

/// A kind of resource, as its `Describe…` call sees it.
pub(super) struct Kind {
    /// The list in the answer, `subnetSet`.
    pub(super) set: &'static str,
    /// The parameter with ids, `SubnetId`.
    pub(super) ids: &'static str,
    /// The code of the refusal of unknown ids, `InvalidSubnetID.NotFound`.
    pub(super) code: &'static str,
    /// How the refusal calls the resource, `subnet ID`.
    pub(super) noun: &'static str,
    /// What ids begin with; empty if they may be anything.
    pub(super) prefix: &'static str,
    /// Filters, and where in the answer's tree their values are. Lists on the way are gone
    /// through.
    pub(super) filters: &'static [(&'static str, &'static str)],
}

impl Kind {
    /// The refusal of an id that is not there.
    pub(super) fn missing(&self, id: &str) -> Fault {
        super::missing(self.code, self.noun, id)
    }

    /// The refusal of an id that cannot be one.
    fn malformed(&self, id: &str) -> Fault {
        // `InvalidGroup.NotFound` goes with `InvalidGroupId.Malformed` (recorded); the others
        // keep their stem.
        let stem = self.code.split('.').next().unwrap_or(self.code);
        let stem = if stem == "InvalidGroup" { "InvalidGroupId" } else { stem };
        if self.prefix == "i" {
            return Fault::new(
                format!("{stem}.Malformed").as_str(),
                format!("Invalid id: \"{id}\""),
            );
        }
        Fault::new(
            &format!("{stem}.Malformed"),
            format!("Invalid id: \"{id}\" (expecting \"{}-...\")", self.prefix),
        )
    }

    /// Checks the form of an id.
    pub(super) fn checked(&self, id: &str) -> Result<(), Fault> {
        let well_formed = self.prefix.is_empty()
            || id.strip_prefix(self.prefix).and_then(|rest| rest.strip_prefix('-')).is_some_and(
                |rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            );
        if well_formed { Ok(()) } else { Err(self.malformed(id)) }
    }
}

/// Answers a `Describe…` call from the resources there are.
///
/// `trees` gives each resource's id and how to write it; only what was asked for is written.
pub(super) fn list<'a, Tree: FnOnce() -> Value>(
    ec2: &Ec2,
    call: &Call,
    kind: &Kind,
    trees: impl Iterator<Item = (&'a str, Tree)>,
) -> Answer {
    let ids = call.params.texts(kind.ids);
    for id in &ids {
        kind.checked(id)?;
    }
    let mut found: Vec<Value> = Vec::new();
    let mut unseen = ids.clone();
    for (id, tree) in trees {
        if !ids.is_empty() {
            if !ids.iter().any(|wanted| wanted == id) {
                continue;
            }
            unseen.retain(|wanted| wanted != id);
        }
        found.push(tagged(ec2, id, tree()));
    }
    if let Some(id) = unseen.first() {
        return Err(kind.missing(id));
    }
    filtered(&mut found, call, kind.filters)?;
    page(call, kind.set, found)
}

/// A resource's tree with its tags.
pub(super) fn tagged(ec2: &Ec2, id: &str, mut tree: Value) -> Value {
    tree["tagSet"] = tags(ec2, id);
    tree
}

/// The tags of a resource that was just made: nothing if it has none (recorded of VPCs and
/// security groups).
pub(super) fn tags_if_any(ec2: &Ec2, id: &str) -> Option<Value> {
    ec2.tags.get(id).filter(|tags| !tags.is_empty()).map(|_| tags(ec2, id))
}

/// The tags of a resource as a `tagSet`.
pub(super) fn tags(ec2: &Ec2, id: &str) -> Value {
    ec2.tags
        .get(id)
        .into_iter()
        .flatten()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect()
}

/// Leaves only what all filters of a call let through.
pub(super) fn filtered(
    found: &mut Vec<Value>,
    call: &Call,
    known: &[(&str, &str)],
) -> Result<(), Fault> {
    for filter in call.params.list("Filter") {
        let name = filter.text("Name").unwrap_or_default();
        let wanted = filter.texts("Value");
        if wanted.is_empty() {
            return Err(Fault::new(
                "InvalidParameterValue",
                format!("The filter '{name}' must have at least one value"),
            ));
        }
        let fits = |values: Vec<String>| {
            values.iter().any(|value| wanted.iter().any(|pattern| like(pattern, value)))
        };
        if let Some(key) = name.strip_prefix("tag:") {
            found.retain(|tree| fits(tag_values(tree, key)));
        } else if name == "tag-key" {
            found.retain(|tree| fits(values(tree, "tagSet.key")));
        } else if name == "tag-value" {
            found.retain(|tree| fits(values(tree, "tagSet.value")));
        } else if let Some((_, path)) = known.iter().find(|(known, _)| *known == name) {
            found.retain(|tree| fits(values(tree, path)));
        } else {
            return Err(Fault::new(
                "InvalidParameterValue",
                format!("The filter '{name}' is invalid"),
            ));
        }
    }
    Ok(())
}

/// The value of the tag with a key.
fn tag_values(tree: &Value, key: &str) -> Vec<String> {
    let tags = tree.get("tagSet").and_then(Value::as_array);
    tags.into_iter()
        .flatten()
        .filter(|tag| tag.text("key") == Some(key))
        .map(|tag| tag.get("value").and_then(Value::as_str).unwrap_or_default().to_owned())
        .collect()
}

/// All values at a path, through lists.
pub(super) fn values(tree: &Value, path: &str) -> Vec<String> {
    let mut at = vec![tree];
    for name in path.split('.') {
        at = at.into_iter().flat_map(spread).filter_map(|tree| tree.get(name)).collect();
    }
    at.into_iter()
        .flat_map(spread)
        .filter_map(|value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        })
        .collect()
}

/// The items of a list, or what is none by itself.
fn spread(tree: &Value) -> &[Value] {
    tree.as_array().map_or_else(|| std::slice::from_ref(tree), Vec::as_slice)
}

/// One page of a list.
pub(super) fn page(call: &Call, set: &str, found: Vec<Value>) -> Answer {
    let from = match call.params.text("NextToken") {
        None => 0,
        Some(token) => token
            .strip_prefix("page-")
            .and_then(|offset| usize::from_str_radix(offset, 16).ok())
            .ok_or_else(|| Fault::new("InvalidNextToken", "The token provided is not valid."))?,
    };
    let most = call.params.number("MaxResults").and_then(|most| usize::try_from(most).ok());
    let until = most.map_or(found.len(), |most| from.saturating_add(most.max(1)));
    let next = (until < found.len()).then(|| format!("page-{until:08x}"));
    let page: Vec<Value> = found.into_iter().skip(from).take(until.saturating_sub(from)).collect();
    Ok(json!({ set: page, "nextToken": next }))
}
