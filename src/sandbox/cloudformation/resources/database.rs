//! Databases and the subnets they may stand in.

use serde_json::{Value, json};

use super::{PLAIN, Provider, Replace, at, first, only, with};
use crate::sandbox::Service::Rds;
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        kind: "AWS::RDS::DBSubnetGroup",
        voice: Voice::Handler("Rds"),
        required: &["DBSubnetGroupDescription", "SubnetIds"],
        replace: Replace::On(&["DBSubnetGroupName"]),
        create: |bench| {
            let name = bench.text("DBSubnetGroupName");
            let name = name.unwrap_or_else(|| bench.new_name(255)).to_lowercase();
            let params = with(
                only(&bench.properties, &["DBSubnetGroupDescription", "SubnetIds"]),
                json!({"DBSubnetGroupName": name, "Tags": bench.tag_list()}),
            );
            bench.call(Rds, "CreateDBSubnetGroup", params)?;
            Ok(name)
        },
        update: |bench| {
            let params = with(
                only(&bench.properties, &["DBSubnetGroupDescription", "SubnetIds"]),
                json!({"DBSubnetGroupName": bench.physical}),
            );
            bench.call(Rds, "ModifyDBSubnetGroup", params)?;
            Ok(())
        },
        remove: |bench| {
            let params = json!({"DBSubnetGroupName": bench.physical});
            bench.call(Rds, "DeleteDBSubnetGroup", params)?;
            Ok(Pace::Ready(()))
        },
        ..PLAIN
    },
    Provider {
        kind: "AWS::RDS::DBInstance",
        voice: Voice::Handler("Rds"),
        required: &["DBInstanceClass"],
        replace: Replace::On(&[
            "AvailabilityZone",
            "DBInstanceIdentifier",
            "DBName",
            "DBSubnetGroupName",
            "Engine",
            "MasterUsername",
            "StorageEncrypted",
        ]),
        create,
        settle,
        update: |bench| {
            let params = with(
                changeable(bench),
                json!({"DBInstanceIdentifier": bench.physical, "ApplyImmediately": true}),
            );
            bench.call(Rds, "ModifyDBInstance", params)?;
            Ok(())
        },
        remove,
        pace: 60,
        ..PLAIN
    },
];

fn changeable(bench: &Bench<'_>) -> Value {
    let mut params = only(
        &bench.properties,
        &[
            "AllocatedStorage",
            "BackupRetentionPeriod",
            "DBInstanceClass",
            "DeletionProtection",
            "EngineVersion",
            "MasterUserPassword",
            "MultiAZ",
        ],
    );
    let groups = bench.texts("VPCSecurityGroups");
    if !groups.is_empty() {
        params["VpcSecurityGroupIds"] = json!(groups);
    }
    params
}

fn create(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let name = bench.text("DBInstanceIdentifier");
    let name = name.unwrap_or_else(|| bench.new_name(63)).to_lowercase();
    let more = only(
        &bench.properties,
        &[
            "AvailabilityZone",
            "DBName",
            "DBSubnetGroupName",
            "Engine",
            "MasterUsername",
            "Port",
            "PubliclyAccessible",
            "StorageEncrypted",
            "StorageType",
        ],
    );
    let own = json!({"DBInstanceIdentifier": name, "Tags": bench.tag_list()});
    let snapshot = bench.text("DBSnapshotIdentifier");
    let params = with(with(changeable(bench), more), own);
    match snapshot {
        Some(snapshot) => {
            let params = with(params, json!({"DBSnapshotIdentifier": snapshot}));
            bench.call(Rds, "RestoreDBInstanceFromDBSnapshot", params)?;
        }
        None => {
            bench.call(Rds, "CreateDBInstance", params)?;
        }
    }
    Ok(name)
}

/// The instance as RDS describes it; an absent one is no error here.
fn described(bench: &mut Bench<'_>) -> Result<Option<Value>, Failure> {
    let params = json!({"DBInstanceIdentifier": bench.physical});
    match bench.call(Rds, "DescribeDBInstances", params) {
        Ok(answer) => Ok(first(&answer, "DBInstances").cloned()),
        Err(fault) if fault.code == "DBInstanceNotFound" => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

fn settle(bench: &mut Bench<'_>) -> Result<Pace<Value>, Failure> {
    let Some(found) = described(bench)? else {
        return Err(Failure::own(format!("DBInstance {} not found.", bench.physical)));
    };
    if at(&found, "DBInstanceStatus") != "available" {
        return Ok(Pace::Again(30));
    }
    Ok(Pace::Ready(json!({
        "DBInstanceArn": at(&found, "DBInstanceArn"),
        "DbiResourceId": at(&found, "DbiResourceId"),
        "Endpoint.Address": at(&found, "Endpoint/Address"),
        "Endpoint.Port": at(&found, "Endpoint/Port"),
    })))
}

/// Deletes the instance, with a snapshot first if the template wants that.
fn remove(bench: &mut Bench<'_>) -> Result<Pace<()>, Failure> {
    let Some(found) = described(bench)? else { return Ok(Pace::Ready(())) };
    if at(&found, "DBInstanceStatus") == "deleting" {
        return Ok(Pace::Again(30));
    }
    let mut params = json!({"DBInstanceIdentifier": bench.physical});
    if bench.snapshot {
        // Stack and logical id, `snapshot`, and something random, as CloudFormation names them.
        let random = bench.account.hex(12);
        let logical = bench.logical.to_lowercase();
        let name = format!("{}-snapshot-{logical}-{random}", bench.stack_name.to_lowercase());
        params["FinalDBSnapshotIdentifier"] = json!(name);
    } else {
        params["SkipFinalSnapshot"] = json!(true);
    }
    bench.call(Rds, "DeleteDBInstance", params)?;
    Ok(Pace::Again(30))
}
