//! RDS, as far as databases coupled to environments need it.

#![expect(clippy::redundant_closure, reason = "plainer as it is written")]

mod instance;
mod rows;
mod snapshot;
mod subnet_group;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

pub use instance::Database;
pub use snapshot::Snapshot;
pub use subnet_group::SubnetGroup;

use super::{Account, Answer, Call, Fault, Params};

/// The databases of a region.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Rds {
    /// Instances by identifier.
    pub instances: BTreeMap<String, Database>,
    /// Snapshots by identifier.
    pub snapshots: BTreeMap<String, Snapshot>,
    /// Subnet groups by name.
    pub subnet_groups: BTreeMap<String, SubnetGroup>,
}

/// Answers a call to this service.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    match call.operation.as_str() {
        "CreateDBInstance" => instance::create(account, call),
        "RestoreDBInstanceFromDBSnapshot" => instance::restore(account, call),
        "ModifyDBInstance" => instance::modify(account, call),
        "DeleteDBInstance" => instance::delete(account, call),
        "DescribeDBInstances" => instance::describe(account, call),
        "StartDBInstance" => instance::start(account, call),
        "StopDBInstance" => instance::stop(account, call),
        "RebootDBInstance" => instance::reboot(account, call),
        "CreateDBSnapshot" => snapshot::create(account, call),
        "CopyDBSnapshot" => snapshot::copy(account, call),
        "DeleteDBSnapshot" => snapshot::delete(account, call),
        "DescribeDBSnapshots" => snapshot::describe(account, call),
        "CreateDBSubnetGroup" => subnet_group::create(account, call),
        "ModifyDBSubnetGroup" => subnet_group::modify(account, call),
        "DeleteDBSubnetGroup" => subnet_group::delete(account, call),
        "DescribeDBSubnetGroups" => subnet_group::describe(account, call),
        "ListTagsForResource" => tags(account, call),
        "AddTagsToResource" => {
            let given = rows::given_tags(&call.params);
            tags_of(account, call, |tags| tags.extend(given))
        }
        "RemoveTagsFromResource" => {
            let keys = call.params.texts("TagKeys");
            tags_of(account, call, |tags| tags.retain(|key, _| !keys.contains(key)))
        }
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

/// A refusal because something is not there, HTTP 404.
fn absent(code: &str, message: String) -> Fault {
    Fault::new(code, message).with_status(404)
}

fn tags(account: &mut Account, call: &Call) -> Answer {
    let arn = call.params.need("ResourceName")?;
    let name = arn.rsplit(':').next().unwrap_or(arn);
    let rds = &account.here.rds;
    let found = rds.instances.get(name).map(|it| &it.tags);
    let tags = found.or_else(|| rds.snapshots.get(name).map(|it| &it.tags));
    let rows: Vec<Value> = tags.map(|tags| rows::tag_list(tags)).unwrap_or_default();
    Ok(json!({"TagList": rows}))
}

/// Changes the tags of an instance or a snapshot.
fn tags_of(
    account: &mut Account,
    call: &Call,
    change: impl FnOnce(&mut BTreeMap<String, String>),
) -> Answer {
    let arn = call.params.need("ResourceName")?;
    let name = arn.rsplit(':').next().unwrap_or(arn);
    let rds = &mut account.here.rds;
    let found = rds.instances.get_mut(name).map(|it| &mut it.tags);
    let found = found.or_else(|| rds.snapshots.get_mut(name).map(|it| &mut it.tags));
    let missing = || absent("DBInstanceNotFound", format!("DBInstance {name} not found."));
    change(found.ok_or_else(missing)?);
    Ok(json!({}))
}
