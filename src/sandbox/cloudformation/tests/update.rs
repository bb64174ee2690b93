//! Updates, and the ways back.

use super::*;

fn update(account: &mut Account, body: &Value) -> Answer {
    let params = json!({"StackName": "shop", "TemplateBody": body.to_string()});
    cfn(account, "UpdateStack", params)
}

#[test]
fn an_update_of_nothing_is_refused() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let body = template(json!({"Group": group(&vpc)}));
    created(&mut account, "shop", &body);
    let fault = update(&mut account, &body).unwrap_err();
    assert_eq!(fault.message, "No updates are to be performed.");
}

#[test]
fn a_replacement_is_made_before_the_old_one_goes() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let id = created(&mut account, "shop", &template(json!({"Group": group(&vpc)})));
    let old = physical(&account, &id, "Group");
    let mut changed = group(&vpc);
    changed["Properties"]["GroupDescription"] = json!("another");
    update(&mut account, &template(json!({"Group": changed}))).unwrap();
    pass(&mut account, 120);
    assert_eq!(
        told_from(&account, &id, "(stack) UPDATE_IN_PROGRESS"),
        [
            "(stack) UPDATE_IN_PROGRESS — User Initiated",
            "Group UPDATE_IN_PROGRESS — Requested update requires the creation of a new physical \
             resource; hence creating one.",
            "Group UPDATE_IN_PROGRESS — Resource creation Initiated",
            "Group UPDATE_COMPLETE",
            "(stack) UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "Group DELETE_IN_PROGRESS",
            "Group DELETE_COMPLETE",
            "(stack) UPDATE_COMPLETE",
        ]
    );
    assert_ne!(physical(&account, &id, "Group"), old);
    assert!(!account.here.ec2.groups.contains_key(&old));
}

#[test]
fn what_an_update_removes_goes_in_the_clean_up() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let handle = json!({"Type": "AWS::CloudFormation::WaitConditionHandle"});
    let both = template(json!({"Group": group(&vpc), "Handle": handle}));
    let id = created(&mut account, "shop", &both);
    update(&mut account, &template(json!({"Handle": handle}))).unwrap();
    pass(&mut account, 120);
    assert_eq!(
        told_from(&account, &id, "(stack) UPDATE_IN_PROGRESS")[1..],
        [
            "(stack) UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "Group DELETE_IN_PROGRESS",
            "Group DELETE_COMPLETE",
            "(stack) UPDATE_COMPLETE",
        ]
    );
    let params = json!({"StackName": "shop", "LogicalResourceId": "Group"});
    assert!(cfn(&mut account, "DescribeStackResource", params).is_err());
}

/// A group that admits a group which does not exist.
fn bad(vpc: &str) -> Value {
    let mut bad = group(vpc);
    bad["Properties"]["SecurityGroupIngress"] = json!([{
        "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
        "SourceSecurityGroupId": "sg-00000000000000000",
    }]);
    bad
}

#[test]
fn a_failed_update_is_taken_back() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let id = created(&mut account, "shop", &template(json!({"Group": group(&vpc)})));
    update(&mut account, &template(json!({"Group": bad(&vpc)}))).unwrap();
    pass(&mut account, 300);
    let events = told_from(&account, &id, "(stack) UPDATE_IN_PROGRESS");
    assert!(events[2].starts_with("Group UPDATE_FAILED — "), "{events:#?}");
    assert!(events[2].contains("InvalidGroup.NotFound"), "{events:#?}");
    assert_eq!(
        events[3..],
        [
            "(stack) UPDATE_ROLLBACK_IN_PROGRESS — The following resource(s) failed to update: \
             [Group]. ",
            "Group UPDATE_IN_PROGRESS",
            "Group UPDATE_COMPLETE",
            "(stack) UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
            "(stack) UPDATE_ROLLBACK_COMPLETE",
        ]
    );
    let body = account.here.cloudformation.find(&id).unwrap().made.template.tree.to_string();
    assert!(!body.contains("sg-00000000000000000"), "the old template is back");
}

#[test]
fn with_rollback_disabled_it_waits_for_rollback_stack() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let id = created(&mut account, "shop", &template(json!({"Group": group(&vpc)})));
    let params = json!({
        "StackName": "shop",
        "TemplateBody": template(json!({"Group": bad(&vpc)})).to_string(),
        "DisableRollback": true,
    });
    cfn(&mut account, "UpdateStack", params).unwrap();
    pass(&mut account, 300);
    assert_eq!(status(&account, &id), StackStatus::UpdateFailed);
    let params = json!({"StackName": "shop"});
    assert!(cfn(&mut account, "ContinueUpdateRollback", params.clone()).is_err());
    cfn(&mut account, "RollbackStack", params).unwrap();
    pass(&mut account, 300);
    assert_eq!(status(&account, &id), StackStatus::UpdateRollbackComplete);
}

/// A launch template for an instance type.
fn launching(kind: &str) -> Value {
    template(json!({"Launch": {
        "Type": "AWS::EC2::LaunchTemplate",
        "Properties": {"LaunchTemplateData": {"InstanceType": kind}},
    }}))
}

/// A stack whose rollback failed because its launch template was deleted behind its back.
fn stuck() -> (Account, String) {
    let mut account = account();
    let id = created(&mut account, "shop", &launching("t3.small"));
    let launch = physical(&account, &id, "Launch");
    ec2(&mut account, "DeleteLaunchTemplate", json!({"LaunchTemplateId": launch}));
    update(&mut account, &launching("t3.large")).unwrap();
    pass(&mut account, 300);
    (account, id)
}

#[test]
fn a_rollback_fails_where_a_resource_is_gone() {
    let (mut account, id) = stuck();
    let stack = account.here.cloudformation.find(&id).unwrap();
    assert_eq!(stack.status, StackStatus::UpdateRollbackFailed, "{:#?}", told(&account, &id));
    let reason = "The following resource(s) failed to update: [Launch]. ";
    assert_eq!(stack.reason.as_deref(), Some(reason));
    let fault = update(&mut account, &launching("t3.micro")).unwrap_err();
    assert_eq!(
        fault.message,
        format!("Stack:{id} is in UPDATE_ROLLBACK_FAILED state and can not be updated.")
    );
}

#[test]
fn continuing_again_fails_again_and_skipping_ends_it() {
    let (mut account, id) = stuck();
    cfn(&mut account, "ContinueUpdateRollback", json!({"StackName": "shop"})).unwrap();
    pass(&mut account, 300);
    assert_eq!(status(&account, &id), StackStatus::UpdateRollbackFailed);
    let wrong = json!({"StackName": "shop", "ResourcesToSkip": ["Other"]});
    assert!(cfn(&mut account, "ContinueUpdateRollback", wrong).is_err());
    let params = json!({"StackName": "shop", "ResourcesToSkip": ["Launch"]});
    cfn(&mut account, "ContinueUpdateRollback", params).unwrap();
    pass(&mut account, 300);
    assert_eq!(status(&account, &id), StackStatus::UpdateRollbackComplete);
    let stack = account.here.cloudformation.find(&id).unwrap();
    assert_eq!(stack.resources["Launch"].status.word(), "UPDATE_COMPLETE");
}

#[test]
fn an_update_can_be_cancelled() {
    let mut account = account();
    let id = created(&mut account, "shop", &launching("t3.small"));
    update(&mut account, &launching("t3.large")).unwrap();
    pass(&mut account, 4);
    cfn(&mut account, "CancelUpdateStack", json!({"StackName": "shop"})).unwrap();
    assert_eq!(status(&account, &id), StackStatus::UpdateRollbackInProgress);
    pass(&mut account, 300);
    assert_eq!(status(&account, &id), StackStatus::UpdateRollbackComplete);
    let fault = cfn(&mut account, "CancelUpdateStack", json!({"StackName": "shop"})).unwrap_err();
    assert_eq!(fault.message, "CancelUpdateStack cannot be called from current stack status");
}

#[test]
fn a_busy_stack_cannot_be_deleted() {
    let mut account = account();
    let id = created(&mut account, "shop", &launching("t3.small"));
    update(&mut account, &launching("t3.large")).unwrap();
    let fault = cfn(&mut account, "DeleteStack", json!({"StackName": "shop"})).unwrap_err();
    assert_eq!(
        fault.message,
        format!("Stack [{id}] cannot be deleted while in status UPDATE_IN_PROGRESS")
    );
}
