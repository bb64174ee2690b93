//! Change sets.

use super::*;

#[test]
fn a_stack_can_be_created_by_a_change_set() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let params = json!({
        "StackName": "shop",
        "ChangeSetName": "first",
        "ChangeSetType": "CREATE",
        "TemplateBody": template(json!({"Group": group(&vpc)})).to_string(),
    });
    let answer = cfn(&mut account, "CreateChangeSet", params).unwrap();
    pass(&mut account, 5);
    let params = json!({"ChangeSetName": answer["Id"]});
    let set = cfn(&mut account, "DescribeChangeSet", params.clone()).unwrap();
    assert_eq!(set["Changes"][0]["ResourceChange"]["Action"], "Add");
    cfn(&mut account, "ExecuteChangeSet", params).unwrap();
    pass(&mut account, 60);
    assert_eq!(
        told(&account, "shop"),
        [
            "(stack) REVIEW_IN_PROGRESS — User Initiated",
            "(stack) CREATE_IN_PROGRESS — User Initiated",
            "Group CREATE_IN_PROGRESS",
            "Group CREATE_IN_PROGRESS — Resource creation Initiated",
            "Group CREATE_COMPLETE",
            "(stack) CREATE_COMPLETE",
        ]
    );
}

#[test]
fn a_change_set_without_changes_fails() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let body = template(json!({"Group": group(&vpc)}));
    created(&mut account, "shop", &body);
    let params = json!({
        "StackName": "shop", "ChangeSetName": "same", "TemplateBody": body.to_string(),
    });
    let answer = cfn(&mut account, "CreateChangeSet", params).unwrap();
    pass(&mut account, 5);
    let params = json!({"ChangeSetName": answer["Id"]});
    let set = cfn(&mut account, "DescribeChangeSet", params.clone()).unwrap();
    assert_eq!(
        (&set["Status"], &set["ExecutionStatus"]),
        (&json!("FAILED"), &json!("UNAVAILABLE"))
    );
    let fault = cfn(&mut account, "ExecuteChangeSet", params).unwrap_err();
    assert_eq!(fault.code, "InvalidChangeSetStatus");
}
