//! Exports that other stacks use.

use super::*;

/// A stack that exports a network's name, and one that imports it.
fn tied() -> (Account, String) {
    let mut account = account();
    let mut exporter = template(json!({
        "Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.2.0.0/16"}},
    }));
    exporter["Outputs"] = json!({
        "Net": {"Value": {"Ref": "Net"}, "Export": {"Name": "net-id"}},
    });
    let id = created(&mut account, "network", &exporter);
    let mut importer = group("");
    importer["Properties"]["VpcId"] = json!({"Fn::ImportValue": "net-id"});
    created(&mut account, "app", &template(json!({"Group": importer})));
    (account, id)
}

#[test]
fn a_stack_whose_export_is_used_goes_back_to_its_status() {
    let (mut account, id) = tied();
    cfn(&mut account, "DeleteStack", json!({"StackName": "network"})).unwrap();
    assert_eq!(status(&account, &id), StackStatus::DeleteInProgress);
    pass(&mut account, 60);
    let stack = account.here.cloudformation.find(&id).unwrap();
    assert_eq!(stack.status, StackStatus::CreateComplete);
    let reason = "Delete canceled. Cannot delete export net-id as it is in use by app";
    assert_eq!(stack.reason.as_deref(), Some(reason));
    let imports = cfn(&mut account, "ListImports", json!({"ExportName": "net-id"})).unwrap();
    assert_eq!(imports["Imports"], json!(["app"]));
}

#[test]
fn it_goes_once_nobody_imports() {
    let (mut account, id) = tied();
    cfn(&mut account, "DeleteStack", json!({"StackName": "app"})).unwrap();
    pass(&mut account, 60);
    cfn(&mut account, "DeleteStack", json!({"StackName": "network"})).unwrap();
    pass(&mut account, 120);
    assert_eq!(status(&account, &id), StackStatus::DeleteComplete);
}

#[test]
fn a_missing_import_rolls_back_without_a_failed_resource() {
    let mut account = account();
    let mut importer = group("");
    importer["Properties"]["VpcId"] = json!({"Fn::ImportValue": "nothing"});
    let id = create(&mut account, "app", &template(json!({"Group": importer})));
    pass(&mut account, 60);
    assert_eq!(
        told(&account, &id),
        [
            "(stack) CREATE_IN_PROGRESS — User Initiated",
            "(stack) ROLLBACK_IN_PROGRESS — No export named nothing found. Rollback requested by \
             user.",
            "(stack) ROLLBACK_COMPLETE",
        ]
    );
}
