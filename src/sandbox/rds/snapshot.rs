//! Snapshots of databases.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::instance::{self, Database};
use super::{absent, rows};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A snapshot.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// Its identifier.
    pub id: String,
    /// The instance it was taken of.
    pub of: String,
    /// That instance's resource id.
    pub resource: String,
    /// The engine.
    pub engine: String,
    /// The engine's version.
    pub version: String,
    /// The name of the main user.
    pub user: String,
    /// Gigabytes.
    pub storage: i64,
    /// The port.
    pub port: i64,
    /// When it was taken.
    pub taken: Timestamp,
    /// When the instance was created.
    pub instance_created: Timestamp,
    /// Whether it is whole.
    pub complete: bool,
    /// Whether it is a copy of one in another region.
    pub from_abroad: bool,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl Snapshot {
    /// What a new, empty database starts from.
    pub(super) fn of_nothing(engine: &str, version: &str) -> Self {
        Self {
            id: String::new(),
            of: String::new(),
            resource: String::new(),
            engine: engine.to_owned(),
            version: version.to_owned(),
            user: "admin".to_owned(),
            storage: 20,
            port: 0,
            taken: Timestamp::UNIX_EPOCH,
            instance_created: Timestamp::UNIX_EPOCH,
            complete: true,
            from_abroad: false,
            tags: BTreeMap::new(),
        }
    }
}

/// Seconds until a snapshot is whole.
pub(super) const TAKES: i64 = 120;

/// The refusal for a snapshot that is not there.
pub(super) fn missing(name: &str) -> Fault {
    absent("DBSnapshotNotFound", format!("DBSnapshot {name} not found."))
}

/// Begins to take a snapshot of an instance.
pub(super) fn begin(account: &mut Account, of: &Database, name: &str) -> Result<(), Fault> {
    let now = account.now();
    let snapshot = Snapshot {
        id: name.to_lowercase(),
        of: of.id.clone(),
        resource: of.resource.clone(),
        engine: of.engine.clone(),
        version: of.version.clone(),
        user: of.user.clone(),
        storage: of.storage,
        port: of.port,
        taken: now,
        instance_created: of.created,
        complete: false,
        from_abroad: false,
        tags: of.tags.clone(),
    };
    insert(account, snapshot)
}

fn insert(account: &mut Account, snapshot: Snapshot) -> Result<(), Fault> {
    let id = snapshot.id.clone();
    if account.here.rds.snapshots.contains_key(&id) {
        return Err(Fault::new(
            "DBSnapshotAlreadyExists",
            format!(
                "Cannot create the snapshot because a snapshot with the identifier {id} already \
                 exists."
            ),
        ));
    }
    account.here.rds.snapshots.insert(id.clone(), snapshot);
    account.later(TAKES, move |account| {
        if let Some(snapshot) = account.here.rds.snapshots.get_mut(&id) {
            snapshot.complete = true;
        }
    });
    Ok(())
}

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let of = call.params.need("DBInstanceIdentifier")?.to_lowercase();
    let name = call.params.need("DBSnapshotIdentifier")?;
    let found = account.here.rds.instances.get(&of).cloned();
    let database = found.ok_or_else(|| instance::missing(&of))?;
    if database.status != "available" {
        let text = format!(
            "Cannot create a snapshot because the database instance {of} is not \
            currently in the available state."
        );
        return Err(Fault::new("InvalidDBInstanceState", text));
    }
    begin(account, &database, name)?;
    one(account, &name.to_lowercase())
}

/// How many copies from other regions may be under way at once (recorded; a quota of RDS).
const COPIES: usize = 5;

pub(super) fn copy(account: &mut Account, call: &Call) -> Answer {
    let from = call.params.need("SourceDBSnapshotIdentifier")?;
    let name = from.rsplit(':').next().unwrap_or(from);
    let there = from.split(':').nth(3).unwrap_or(&account.region).to_owned();
    let abroad = there != account.region;
    let found = account.visit(&there, |account| account.here.rds.snapshots.get(name).cloned());
    let snapshot = found.ok_or_else(|| missing(name))?;
    let coming = |one: &&Snapshot| one.from_abroad && !one.complete;
    if abroad && account.here.rds.snapshots.values().filter(coming).count() >= COPIES {
        let text = format!("Cannot copy more than {COPIES} snapshots across regions");
        return Err(Fault::new("SnapshotQuotaExceeded", text));
    }
    let id = call.params.need("TargetDBSnapshotIdentifier")?.to_lowercase();
    let copy = Snapshot { id: id.clone(), complete: false, from_abroad: abroad, ..snapshot };
    insert(account, copy)?;
    one(account, &id)
}

fn one(account: &Account, id: &str) -> Answer {
    let snapshot = account.here.rds.snapshots.get(id).ok_or_else(|| missing(id))?;
    Ok(json!({"DBSnapshot": row(account, snapshot)}))
}

pub(super) fn delete(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("DBSnapshotIdentifier")?;
    let snapshot = account.here.rds.snapshots.remove(name).ok_or_else(|| missing(name))?;
    let mut row = row(account, &snapshot);
    row["Status"] = json!("deleted");
    Ok(json!({"DBSnapshot": row}))
}

fn row(account: &Account, snapshot: &Snapshot) -> Value {
    let complete = snapshot.complete;
    json!({
        "DBSnapshotIdentifier": snapshot.id,
        "DBInstanceIdentifier": snapshot.of,
        "SnapshotCreateTime": complete.then(|| snapshot.taken.to_string()),
        "OriginalSnapshotCreateTime": complete.then(|| snapshot.taken.to_string()),
        "Engine": snapshot.engine,
        "AllocatedStorage": snapshot.storage,
        "Status": if complete { "available" } else { "creating" },
        "Port": snapshot.port,
        "AvailabilityZone": format!("{}a", account.region),
        "InstanceCreateTime": snapshot.instance_created.to_string(),
        "MasterUsername": snapshot.user,
        "EngineVersion": snapshot.version,
        "LicenseModel": "general-public-license",
        "SnapshotType": "manual",
        "OptionGroupName": format!("default:{}", snapshot.engine),
        "PercentProgress": if complete { 100 } else { 4 },
        "StorageType": "gp2",
        "Encrypted": false,
        "DBSnapshotArn": account.arn("rds", &format!("snapshot:{}", snapshot.id)),
        "IAMDatabaseAuthenticationEnabled": false,
        "ProcessorFeatures": [],
        "DbiResourceId": snapshot.resource,
        "TagList": rows::tag_list(&snapshot.tags),
        "SnapshotTarget": "region",
    })
}

pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    let (name, of) =
        (call.params.text("DBSnapshotIdentifier"), call.params.text("DBInstanceIdentifier"));
    let snapshots = &account.here.rds.snapshots;
    if let Some(name) = name.filter(|name| !snapshots.contains_key(*name)) {
        return Err(missing(name));
    }
    let rows = snapshots
        .values()
        .filter(|it| name.is_none_or(|name| it.id == name))
        .filter(|it| of.is_none_or(|of| it.of == of))
        .map(|it| row(account, it))
        .collect();
    rows::page("DBSnapshots", rows, call)
}
