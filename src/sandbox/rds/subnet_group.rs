//! Subnet groups: where databases may stand.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::{absent, rows};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A subnet group.
#[derive(Clone, Debug, Serialize)]
pub struct SubnetGroup {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its network.
    pub vpc: String,
    /// Its subnets: zone by subnet.
    pub subnets: BTreeMap<String, String>,
}

/// The refusal for a group that is not there.
pub(super) fn missing(name: &str) -> Fault {
    absent("DBSubnetGroupNotFoundFault", format!("DB subnet group '{name}' does not exist."))
}

/// The network and zones of subnets, refused where a database cannot stand.
fn placed(account: &Account, ids: &[String]) -> Result<(String, BTreeMap<String, String>), Fault> {
    let mut vpc = String::new();
    let mut subnets = BTreeMap::new();
    for id in ids {
        let subnet = account.here.ec2.subnets.get(id).ok_or_else(|| {
            Fault::new("InvalidSubnet", format!("Some input subnets in :[{id}] are invalid."))
        })?;
        vpc.clone_from(&subnet.vpc);
        subnets.insert(id.clone(), subnet.zone.clone());
    }
    let mut zones: Vec<&String> = subnets.values().collect();
    zones.sort();
    zones.dedup();
    if zones.len() < 2 {
        return Err(Fault::new(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current \
             AZ coverage: "
                .to_owned()
                + &zones.iter().map(|zone| zone.as_str()).collect::<Vec<_>>().join(", ")
                + ". Add subnets to cover at least 2 AZs.",
        ));
    }
    Ok((vpc, subnets))
}

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("DBSubnetGroupName")?.to_lowercase();
    if account.here.rds.subnet_groups.contains_key(&name) {
        let text = format!("The DB subnet group '{name}' already exists.");
        return Err(Fault::new("DBSubnetGroupAlreadyExists", text));
    }
    let (vpc, subnets) = placed(account, &call.params.texts("SubnetIds"))?;
    let description = call.params.text("DBSubnetGroupDescription").unwrap_or_default().to_owned();
    let group = SubnetGroup { name: name.clone(), description, vpc, subnets };
    let row = row(account, &group);
    account.here.rds.subnet_groups.insert(name, group);
    Ok(json!({"DBSubnetGroup": row}))
}

pub(super) fn modify(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("DBSubnetGroupName")?;
    let (vpc, subnets) = placed(account, &call.params.texts("SubnetIds"))?;
    let group = account.here.rds.subnet_groups.get_mut(name).ok_or_else(|| missing(name))?;
    (group.vpc, group.subnets) = (vpc, subnets);
    let group = group.clone();
    Ok(json!({"DBSubnetGroup": row(account, &group)}))
}

pub(super) fn delete(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("DBSubnetGroupName")?;
    let rds = &mut account.here.rds;
    let using = rds.instances.values().find(|it| it.subnet_group.as_deref() == Some(name));
    if let Some(database) = using {
        let text = format!(
            "Cannot delete the subnet group '{name}' because at least one database instance: {} \
             is still using it.",
            database.id
        );
        return Err(Fault::new("InvalidDBSubnetGroupStateFault", text));
    }
    rds.subnet_groups.remove(name).ok_or_else(|| missing(name))?;
    Ok(json!({}))
}

/// A group as the API shows it.
pub(super) fn row(account: &Account, group: &SubnetGroup) -> Value {
    let subnets: Vec<Value> = group
        .subnets
        .iter()
        .map(|(id, zone)| {
            json!({
                "SubnetIdentifier": id,
                "SubnetAvailabilityZone": {"Name": zone},
                "SubnetOutpost": {},
                "SubnetStatus": "Active",
            })
        })
        .collect();
    json!({
        "DBSubnetGroupName": group.name,
        "DBSubnetGroupDescription": group.description,
        "VpcId": group.vpc,
        "SubnetGroupStatus": "Complete",
        "Subnets": subnets,
        "DBSubnetGroupArn": account.arn("rds", &format!("subgrp:{}", group.name)),
    })
}

pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.text("DBSubnetGroupName");
    let groups = &account.here.rds.subnet_groups;
    if let Some(name) = name.filter(|name| !groups.contains_key(*name)) {
        return Err(missing(name));
    }
    let rows = groups
        .values()
        .filter(|group| name.is_none_or(|name| group.name == name))
        .map(|group| row(account, group))
        .collect();
    rows::page("DBSubnetGroups", rows, call)
}
