//! Databases: their protection and their end.

use serde_json::{Value, json};

use crate::sandbox::{Account, Answer, Service};

fn rds(account: &mut Account, operation: &str, params: Value) -> Answer {
    account.call_as("ops", Service::Rds, operation, params)
}

fn pass(account: &mut Account, seconds: i64) {
    let until = account.now() + jiff::SignedDuration::from_secs(seconds);
    account.pass_until(until);
}

/// An account with one protected database.
fn protected() -> Account {
    let mut account = Account::new("123456789012", "eu-central-1", jiff::Timestamp::UNIX_EPOCH);
    let params = json!({
        "DBInstanceIdentifier": "shop",
        "DBInstanceClass": "db.t3.micro",
        "Engine": "postgres",
        "MasterUsername": "shop",
        "DeletionProtection": true,
    });
    rds(&mut account, "CreateDBInstance", params).unwrap();
    pass(&mut account, 600);
    account
}

#[test]
fn a_protected_database_is_not_deleted() {
    let mut account = protected();
    let params = json!({"DBInstanceIdentifier": "shop", "SkipFinalSnapshot": true});
    let fault = rds(&mut account, "DeleteDBInstance", params).unwrap_err();
    assert_eq!(fault.code, "InvalidParameterCombination");
    assert_eq!(
        fault.message,
        "Cannot delete protected DB Instance, please disable deletion protection and try again."
    );
}

#[test]
fn a_final_snapshot_stays_and_its_name_is_taken() {
    let mut account = protected();
    let off = json!({"DBInstanceIdentifier": "shop", "DeletionProtection": false});
    rds(&mut account, "ModifyDBInstance", off).unwrap();
    let snapshot = json!({"DBInstanceIdentifier": "shop", "DBSnapshotIdentifier": "last"});
    rds(&mut account, "CreateDBSnapshot", snapshot).unwrap();
    pass(&mut account, 300);
    let params =
        |name: &str| json!({"DBInstanceIdentifier": "shop", "FinalDBSnapshotIdentifier": name});
    let fault = rds(&mut account, "DeleteDBInstance", params("last")).unwrap_err();
    assert_eq!(fault.code, "DBSnapshotAlreadyExists");
    let answer = rds(&mut account, "DeleteDBInstance", params("very-last")).unwrap();
    assert_eq!(answer["DBInstance"]["DBInstanceStatus"], "deleting");
    pass(&mut account, 600);
    let params = json!({"DBInstanceIdentifier": "shop"});
    let fault = rds(&mut account, "DescribeDBInstances", params).unwrap_err();
    assert_eq!((fault.status, fault.message.as_str()), (404, "DBInstance shop not found."));
    let snapshots = rds(&mut account, "DescribeDBSnapshots", json!({})).unwrap();
    assert_eq!(snapshots["DBSnapshots"].as_array().unwrap().len(), 2);
}
