//! Database instances.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::snapshot::{self, Snapshot};
use super::{absent, rows, subnet_group};
use crate::sandbox::ec2::interface::{self, NewInterface};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A database instance.
#[derive(Clone, Debug, Serialize)]
pub struct Database {
    /// Its identifier.
    pub id: String,
    /// `db-…`.
    pub resource: String,
    /// Its class.
    pub class: String,
    /// Its engine.
    pub engine: String,
    /// The engine's version.
    pub version: String,
    /// `creating`, `available`, `modifying`, `stopping`, `stopped`, `deleting` and so on.
    pub status: &'static str,
    /// The name of its main user.
    pub user: String,
    /// The database made with it.
    pub database: Option<String>,
    /// Gigabytes.
    pub storage: i64,
    /// The port it listens on.
    pub port: i64,
    /// Its zone.
    pub zone: String,
    /// Its subnet group.
    pub subnet_group: Option<String>,
    /// Its security groups.
    pub groups: Vec<String>,
    /// Its interface.
    pub interface: Option<String>,
    /// Whether it has a stand-by.
    pub multi_az: bool,
    /// Whether it refuses to be deleted.
    pub protected: bool,
    /// Days its backups are kept.
    pub retention: i64,
    /// When it was created.
    pub created: Timestamp,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// Seconds until a new instance is available. Five to ten minutes are usual.
const CREATING: i64 = 360;

/// Seconds until a change is done.
const MODIFYING: i64 = 90;

/// Seconds until an instance is gone, without its final snapshot.
const DELETING: i64 = 240;

/// Seconds until an instance is stopped or started.
const STOPPING: i64 = 180;

/// The refusal for an instance that is not there.
pub(super) fn missing(name: &str) -> Fault {
    absent("DBInstanceNotFound", format!("DBInstance {name} not found."))
}

fn named(account: &mut Account, call: &Call) -> Result<Database, Fault> {
    let name = call.params.need("DBInstanceIdentifier")?.to_lowercase();
    account.here.rds.instances.get(&name).cloned().ok_or_else(|| missing(&name))
}

/// Gives an instance a status now, and another one later.
fn turn(
    account: &mut Account,
    name: &str,
    now: &'static str,
    after: i64,
    then: fn(&mut Account, &str),
) {
    if let Some(database) = account.here.rds.instances.get_mut(name) {
        database.status = now;
    }
    let name = name.to_owned();
    account.later(after, move |account| {
        let status = account.here.rds.instances.get(&name).map(|it| it.status);
        if status == Some(now) {
            then(account, &name);
        }
    });
}

fn available(account: &mut Account, name: &str) {
    if let Some(database) = account.here.rds.instances.get_mut(name) {
        database.status = "available";
    }
}

/// The port an engine listens on, unless another is asked for.
fn usual_port(engine: &str) -> i64 {
    match engine {
        "postgres" | "aurora-postgresql" => 5432,
        "sqlserver-ex" | "sqlserver-se" | "sqlserver-ee" | "sqlserver-web" => 1433,
        engine if engine.starts_with("oracle") => 1521,
        _ => 3306,
    }
}

/// The version an engine gets, unless another is asked for.
fn usual_version(engine: &str) -> &'static str {
    match engine {
        "postgres" => "17.4",
        "mariadb" => "11.4.5",
        _ => "8.0.42",
    }
}

/// Refuses security groups that are not there.
fn check_groups(account: &Account, groups: &[String]) -> Result<(), Fault> {
    match groups.iter().find(|group| !account.here.ec2.groups.contains_key(*group)) {
        None => Ok(()),
        Some(group) => Err(Fault::new(
            "InvalidParameterValue",
            format!("Invalid security group , groupId= {group}, groupName=."),
        )),
    }
}

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let engine = params.text("Engine").unwrap_or("mysql").to_owned();
    let like = Snapshot::of_nothing(&engine, usual_version(&engine));
    let database = plan(account, call, &like)?;
    insert(account, database)
}

pub(super) fn restore(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("DBSnapshotIdentifier")?;
    let found = account.here.rds.snapshots.get(name).cloned();
    let snapshot = found.ok_or_else(|| snapshot::missing(name))?;
    let database = plan(account, call, &snapshot)?;
    insert(account, database)
}

/// A new instance as a call and the snapshot it is made from want it.
fn plan(account: &mut Account, call: &Call, like: &Snapshot) -> Result<Database, Fault> {
    let params = &call.params;
    let id = params.need("DBInstanceIdentifier")?.to_lowercase();
    if account.here.rds.instances.contains_key(&id) {
        return Err(Fault::new("DBInstanceAlreadyExists", "DB instance already exists"));
    }
    let group = params.text("DBSubnetGroupName").map(str::to_lowercase);
    let place = match &group {
        None => None,
        Some(name) => {
            let found = account.here.rds.subnet_groups.get(name);
            let found = found.ok_or_else(|| subnet_group::missing(name))?;
            let wanted = params.text("AvailabilityZone");
            let fits = |zone: &String| wanted.is_none_or(|wanted| wanted == zone);
            found
                .subnets
                .iter()
                .find(|(_, zone)| fits(zone))
                .map(|(id, zone)| (id.clone(), zone.clone()))
        }
    };
    let groups = params.texts("VpcSecurityGroupIds");
    check_groups(account, &groups)?;
    let interface = place.as_ref().map(|(subnet, _)| {
        let new = NewInterface {
            groups: groups.clone(),
            description: "RDSNetworkInterface".to_owned(),
            ..NewInterface::of_service(subnet, "amazon-rds")
        };
        interface::make(account, new)
    });
    let zone = place.map_or_else(|| format!("{}a", account.region), |(_, zone)| zone);
    let engine = like.engine.clone();
    Ok(Database {
        id,
        resource: format!("db-{}", account.hex(26).to_uppercase()),
        class: params.text("DBInstanceClass").unwrap_or("db.t3.micro").to_owned(),
        version: params.text("EngineVersion").unwrap_or(&like.version).to_owned(),
        status: "creating",
        user: params.text("MasterUsername").unwrap_or(&like.user).to_owned(),
        database: params.text("DBName").map(str::to_owned),
        storage: params.number("AllocatedStorage").unwrap_or(like.storage),
        port: params.number("Port").unwrap_or_else(|| usual_port(&engine)),
        engine,
        zone,
        subnet_group: group,
        groups,
        interface,
        multi_az: params.flag("MultiAZ"),
        protected: params.flag("DeletionProtection"),
        retention: params.number("BackupRetentionPeriod").unwrap_or(1),
        created: account.now(),
        tags: rows::given_tags(params),
    })
}

fn insert(account: &mut Account, database: Database) -> Answer {
    let (id, row) = (database.id.clone(), row(account, &database));
    account.here.rds.instances.insert(id.clone(), database);
    turn(account, &id, "creating", CREATING, available);
    Ok(json!({"DBInstance": row}))
}

/// Refuses what needs an instance that is up.
fn need_available(database: &Database) -> Result<(), Fault> {
    if database.status == "available" {
        return Ok(());
    }
    let text = format!("Instance {} is not in available state.", database.id);
    Err(Fault::new("InvalidDBInstanceState", text))
}

pub(super) fn modify(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let mut database = named(account, call)?;
    if database.status == "deleting" {
        need_available(&database)?;
    }
    if params.number("AllocatedStorage").is_some_and(|storage| storage < database.storage) {
        return Err(Fault::new(
            "InvalidParameterCombination",
            "Invalid storage size for engine name and storage type: the new size must not be \
             smaller than the old one",
        ));
    }
    let groups = params.texts("VpcSecurityGroupIds");
    check_groups(account, &groups)?;
    // Protection changes at once; the rest takes its time.
    if params.get("DeletionProtection").is_some() {
        database.protected = params.flag("DeletionProtection");
    }
    if !groups.is_empty() {
        database.groups = groups;
    }
    let class = params.text("DBInstanceClass").filter(|class| *class != database.class);
    let slow = class.is_some() || params.number("AllocatedStorage").is_some();
    if let Some(class) = class {
        class.clone_into(&mut database.class);
    }
    database.storage = params.number("AllocatedStorage").unwrap_or(database.storage);
    database.retention = params.number("BackupRetentionPeriod").unwrap_or(database.retention);
    if params.get("MultiAZ").is_some() {
        database.multi_az = params.flag("MultiAZ");
    }
    if let Some(version) = params.text("EngineVersion") {
        version.clone_into(&mut database.version);
    }
    let (id, interface) = (database.id.clone(), database.interface.clone());
    if let Some(interface) = interface.and_then(|id| account.here.ec2.interfaces.get_mut(&id)) {
        interface.groups.clone_from(&database.groups);
    }
    let row = row(account, &database);
    let before = database.status;
    account.here.rds.instances.insert(id.clone(), database);
    if slow && before == "available" {
        turn(account, &id, "modifying", MODIFYING, available);
    }
    Ok(json!({"DBInstance": row}))
}

pub(super) fn delete(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let database = named(account, call)?;
    if database.protected {
        return Err(Fault::new(
            "InvalidParameterCombination",
            "Cannot delete protected DB Instance, please disable deletion protection and try again.",
        ));
    }
    if database.status == "deleting" {
        let text = format!("Instance {} is already being deleted.", database.id);
        return Err(Fault::new("InvalidDBInstanceState", text));
    }
    let (skip, last) = (params.flag("SkipFinalSnapshot"), params.text("FinalDBSnapshotIdentifier"));
    match last {
        None if !skip => {
            return Err(Fault::new(
                "InvalidParameterCombination",
                "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
            ));
        }
        Some(_) if skip => {
            return Err(Fault::new(
                "InvalidParameterCombination",
                "FinalDBSnapshotIdentifier can not be specified when deleting a DB instance with \
                 SkipFinalSnapshot enabled.",
            ));
        }
        Some(name) => snapshot::begin(account, &database, name)?,
        None => {}
    }
    let wait = if last.is_some() { DELETING + snapshot::TAKES } else { DELETING };
    turn(account, &database.id, "deleting", wait, gone);
    let answer = Database { status: "deleting", ..database };
    Ok(json!({"DBInstance": row(account, &answer)}))
}

fn gone(account: &mut Account, name: &str) {
    if let Some(interface) = account.here.rds.instances.remove(name).and_then(|it| it.interface) {
        interface::remove(account, &interface);
    }
}

pub(super) fn stop(account: &mut Account, call: &Call) -> Answer {
    let database = named(account, call)?;
    need_available(&database)?;
    turn(account, &database.id, "stopping", STOPPING, |account, name| {
        if let Some(database) = account.here.rds.instances.get_mut(name) {
            database.status = "stopped";
        }
    });
    let answer = Database { status: "stopping", ..database };
    Ok(json!({"DBInstance": row(account, &answer)}))
}

pub(super) fn start(account: &mut Account, call: &Call) -> Answer {
    let database = named(account, call)?;
    if database.status != "stopped" {
        let text = format!("Instance {} is not in stopped state.", database.id);
        return Err(Fault::new("InvalidDBInstanceState", text));
    }
    turn(account, &database.id, "starting", STOPPING, available);
    let answer = Database { status: "starting", ..database };
    Ok(json!({"DBInstance": row(account, &answer)}))
}

pub(super) fn reboot(account: &mut Account, call: &Call) -> Answer {
    let database = named(account, call)?;
    need_available(&database)?;
    turn(account, &database.id, "rebooting", 60, available);
    let answer = Database { status: "rebooting", ..database };
    Ok(json!({"DBInstance": row(account, &answer)}))
}

pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.text("DBInstanceIdentifier").map(str::to_lowercase);
    let instances = &account.here.rds.instances;
    if let Some(name) = name.as_ref().filter(|name| !instances.contains_key(*name)) {
        return Err(missing(name));
    }
    let rows = instances
        .values()
        .filter(|it| name.as_ref().is_none_or(|name| it.id == *name))
        .map(|it| row(account, it))
        .collect();
    rows::page("DBInstances", rows, call)
}

/// The address that clients connect to, once there is one.
fn endpoint(account: &Account, database: &Database) -> Option<Value> {
    (database.status != "creating").then(|| {
        json!({
            "Address": format!("{}.c2k9x7qyz0ab.{}.rds.amazonaws.com", database.id, account.region),
            "Port": database.port,
            "HostedZoneId": "Z2R2ITUGPM61AM",
        })
    })
}

/// An instance as the API shows it.
fn row(account: &Account, database: &Database) -> Value {
    let mut row = own(account, database);
    if let (Value::Object(row), Value::Object(more)) = (&mut row, usual()) {
        row.extend(more);
    }
    row
}

/// What is told of an instance and is its own.
fn own(account: &Account, database: &Database) -> Value {
    let group = database.subnet_group.as_ref();
    let group = group.and_then(|name| account.here.rds.subnet_groups.get(name));
    let family: String = database.version.split('.').next().unwrap_or_default().to_owned();
    let groups: Vec<Value> = database
        .groups
        .iter()
        .map(|id| json!({"VpcSecurityGroupId": id, "Status": "active"}))
        .collect();
    json!({
        "DBInstanceIdentifier": database.id,
        "DBInstanceClass": database.class,
        "Engine": database.engine,
        "DBInstanceStatus": database.status,
        "MasterUsername": database.user,
        "DBName": database.database,
        "Endpoint": endpoint(account, database),
        "AllocatedStorage": database.storage,
        "InstanceCreateTime": (database.status != "creating").then(|| database.created.to_string()),
        "BackupRetentionPeriod": database.retention,
        "DBSecurityGroups": [],
        "VpcSecurityGroups": groups,
        "DBParameterGroups": [{
            "DBParameterGroupName": format!("default.{}{family}", database.engine),
            "ParameterApplyStatus": "in-sync",
        }],
        "AvailabilityZone": (database.status != "creating").then_some(&database.zone),
        "DBSubnetGroup": group.map(|group| subnet_group::row(account, group)),
        "MultiAZ": database.multi_az,
        "EngineVersion": database.version,
        "OptionGroupMemberships": [{
            "OptionGroupName": format!("default:{}-{family}", database.engine),
            "Status": "in-sync",
        }],
        "DbiResourceId": database.resource,
        "DBInstanceArn": account.arn("rds", &format!("db:{}", database.id)),
        "DeletionProtection": database.protected,
        "TagList": rows::tag_list(&database.tags),
    })
}

/// What every instance here has alike.
fn usual() -> Value {
    json!({
        "PreferredBackupWindow": "03:10-03:40",
        "PreferredMaintenanceWindow": "tue:05:19-tue:05:49",
        "PendingModifiedValues": {},
        "AutoMinorVersionUpgrade": true,
        "ReadReplicaDBInstanceIdentifiers": [],
        "LicenseModel": "general-public-license",
        "PubliclyAccessible": false,
        "StorageType": "gp2",
        "DbInstancePort": 0,
        "StorageEncrypted": false,
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "DomainMemberships": [],
        "CopyTagsToSnapshot": false,
        "MonitoringInterval": 0,
        "IAMDatabaseAuthenticationEnabled": false,
        "PerformanceInsightsEnabled": false,
        "AssociatedRoles": [],
        "CustomerOwnedIpEnabled": false,
        "BackupTarget": "region",
        "NetworkType": "IPV4",
    })
}
