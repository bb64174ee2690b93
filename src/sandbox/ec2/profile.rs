//! Instance profiles on instances that are there already.

use serde_json::{Value, json};

use super::instance::{Instance, find};
use super::{Handler, listing, need};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "AssociateIamInstanceProfile" => Some(associate),
        "ReplaceIamInstanceProfileAssociation" => Some(replace),
        "DisassociateIamInstanceProfile" => Some(disassociate),
        "DescribeIamInstanceProfileAssociations" => Some(describe),
        _ => None,
    }
}

/// The id of the association of an instance, which has one at most.
fn association(instance: &str) -> String {
    instance.replace("i-", "iip-assoc-")
}

fn tree(instance: &Instance, arn: &str, state: &str) -> Value {
    let id = format!("AIPA{}", instance.id[2..].to_uppercase());
    json!({
        "associationId": association(&instance.id),
        "instanceId": instance.id,
        "iamInstanceProfile": { "arn": arn, "id": id },
        "state": state,
    })
}

/// The ARN of the profile that a call names, which must be there.
fn wanted(account: &Account, params: &Value) -> Result<String, Fault> {
    let given = params.get("IamInstanceProfile").cloned().unwrap_or_default();
    let (member, text) = match (given.text("Arn"), given.text("Name")) {
        (Some(arn), _) => ("arn", arn),
        (None, Some(name)) => ("name", name),
        (None, None) => return Err(super::wanted("iamInstanceProfile")),
    };
    let name = text.rsplit('/').next().unwrap_or(text);
    let found = account.everywhere.iam.profiles.get(name);
    found.map(|profile| profile.arn.clone()).ok_or_else(|| {
        let noun = if member == "arn" { "ARN" } else { "name" };
        Fault::invalid_value(format!(
            "Value ({text}) for parameter iamInstanceProfile.{member} is invalid. Invalid IAM \
             Instance Profile {noun}"
        ))
    })
}

/// The instance of an association, with the profile it has.
fn associated(account: &Account, call: &Call) -> Result<(Instance, String), Fault> {
    let id = need(call, "AssociationId")?;
    let all = account.here.ec2.instances.values();
    let found = all.filter(|it| it.lives()).find(|it| association(&it.id) == id);
    found.and_then(|it| Some((it.clone(), it.profile.clone()?))).ok_or_else(|| {
        Fault::new("NoSuchAssociation", format!("An invalid association-id of '{id}' was given"))
    })
}

fn put(account: &mut Account, instance: &str, profile: Option<String>) {
    if let Some(instance) = account.here.ec2.instances.get_mut(instance) {
        instance.profile = profile;
    }
}

fn associate(account: &mut Account, call: &Call) -> Answer {
    let instance = find(&account.here.ec2, need(call, "InstanceId")?)?.clone();
    let profile = wanted(account, &call.params)?;
    if instance.profile.is_some() {
        let text = format!("There is an existing association for instance {}", instance.id);
        return Err(Fault::new("IncorrectState", text));
    }
    put(account, &instance.id, Some(profile.clone()));
    let tree = tree(&instance, &profile, "associating");
    Ok(json!({ "iamInstanceProfileAssociation": tree }))
}

fn replace(account: &mut Account, call: &Call) -> Answer {
    let (instance, _) = associated(account, call)?;
    let profile = wanted(account, &call.params)?;
    put(account, &instance.id, Some(profile.clone()));
    let tree = tree(&instance, &profile, "associating");
    Ok(json!({ "iamInstanceProfileAssociation": tree }))
}

fn disassociate(account: &mut Account, call: &Call) -> Answer {
    let (instance, profile) = associated(account, call)?;
    put(account, &instance.id, None);
    let tree = tree(&instance, &profile, "disassociating");
    Ok(json!({ "iamInstanceProfileAssociation": tree }))
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let ids = call.params.texts("AssociationId");
    let mut found: Vec<Value> = account
        .here
        .ec2
        .instances
        .values()
        .filter(|instance| instance.lives())
        .filter(|instance| ids.is_empty() || ids.contains(&association(&instance.id)))
        .filter_map(|instance| Some(tree(instance, instance.profile.as_ref()?, "associated")))
        .collect();
    listing::filtered(&mut found, call, &[("instance-id", "instanceId"), ("state", "state")])?;
    listing::page(call, "iamInstanceProfileAssociationSet", found)
}
