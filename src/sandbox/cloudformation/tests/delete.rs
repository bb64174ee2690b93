//! Deletion, and what blocks it.

use super::*;

/// A stack with a group, and another group whose rule refers to it.
fn blocked() -> (Account, String, String) {
    let mut account = account();
    let vpc = vpc(&mut account);
    let id = created(&mut account, "shop", &template(json!({"Group": group(&vpc)})));
    let held = physical(&account, &id, "Group");
    let params = json!({"GroupName": "db", "GroupDescription": "db", "VpcId": vpc});
    let other = ec2(&mut account, "CreateSecurityGroup", params);
    let other = other["groupId"].as_str().unwrap().to_owned();
    let rule = json!({
        "GroupId": other,
        "IpPermissions": [{
            "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "Groups": [{"GroupId": held}],
        }],
    });
    ec2(&mut account, "AuthorizeSecurityGroupIngress", rule.clone());
    cfn(&mut account, "DeleteStack", json!({"StackName": "shop"})).unwrap();
    pass(&mut account, 1200);
    (account, id, rule.to_string())
}

#[test]
fn a_rule_of_another_group_blocks_a_stack() {
    let (account, id, _) = blocked();
    assert_eq!(
        told_from(&account, &id, "(stack) DELETE_IN_PROGRESS"),
        [
            "(stack) DELETE_IN_PROGRESS — User Initiated",
            "Group DELETE_IN_PROGRESS",
            "Group DELETE_FAILED — resource <id> has a dependent object (Service: AmazonEC2; \
             Status Code: 400; Error Code: DependencyViolation; Request ID: <uuid>; Proxy: null)",
            "(stack) DELETE_FAILED — The following resource(s) failed to delete: [Group]. ",
        ]
    );
}

#[test]
fn a_stack_goes_once_nothing_holds_it() {
    let (mut account, id, rule) = blocked();
    let rule: Value = serde_json::from_str(&rule).unwrap();
    ec2(&mut account, "RevokeSecurityGroupIngress", rule);
    cfn(&mut account, "DeleteStack", json!({"StackName": "shop"})).unwrap();
    pass(&mut account, 60);
    assert_eq!(status(&account, &id), StackStatus::DeleteComplete);
    let fault = cfn(&mut account, "DescribeStacks", json!({"StackName": "shop"})).unwrap_err();
    assert_eq!(fault.message, "Stack with id shop does not exist");
    let answer = cfn(&mut account, "DescribeStacks", json!({"StackName": id})).unwrap();
    let row = &answer["Stacks"][0];
    assert_eq!(row["StackStatus"], "DELETE_COMPLETE");
    assert_eq!(row["EnableTerminationProtection"], Value::Null);
}

#[test]
fn a_retained_resource_is_skipped_alone() {
    let (mut account, id, _) = blocked();
    let params = json!({"StackName": "shop", "RetainResources": ["Group"]});
    cfn(&mut account, "DeleteStack", params).unwrap();
    pass(&mut account, 60);
    assert_eq!(
        told_from(&account, &id, "(stack) DELETE_IN_PROGRESS"),
        [
            "(stack) DELETE_IN_PROGRESS — User Initiated",
            "Group DELETE_SKIPPED",
            "(stack) DELETE_COMPLETE",
        ]
    );
}

#[test]
fn force_leaves_behind_what_cannot_go() {
    let (mut account, id, _) = blocked();
    let params = json!({"StackName": "shop", "DeletionMode": "FORCE_DELETE_STACK"});
    cfn(&mut account, "DeleteStack", params).unwrap();
    pass(&mut account, 1200);
    assert_eq!(status(&account, &id), StackStatus::DeleteComplete);
    let group = physical(&account, &id, "Group");
    assert!(account.here.ec2.groups.contains_key(&group));
}

#[test]
fn force_and_retaining_are_for_failed_deletions_only() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let id = created(&mut account, "shop", &template(json!({"Group": group(&vpc)})));
    let params = json!({"StackName": "shop", "DeletionMode": "FORCE_DELETE_STACK"});
    let fault = cfn(&mut account, "DeleteStack", params).unwrap_err();
    assert_eq!(
        fault.message,
        format!(
            "Invalid operation on stack [{id}]. You can activate DeletionMode \
             FORCE_DELETE_STACK in a delete stack operation only when the stack is in the \
             DELETE_FAILED state."
        )
    );
    let params = json!({"StackName": "shop", "RetainResources": ["Group"]});
    assert!(cfn(&mut account, "DeleteStack", params).is_err());
}

#[test]
fn protection_refuses_at_once_and_leaves_the_status() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let id = created(&mut account, "shop", &template(json!({"Group": group(&vpc)})));
    let protect = |on: bool| json!({"StackName": "shop", "EnableTerminationProtection": on});
    cfn(&mut account, "UpdateTerminationProtection", protect(true)).unwrap();
    let fault = cfn(&mut account, "DeleteStack", json!({"StackName": "shop"})).unwrap_err();
    let text = "Stack [shop] cannot be deleted while TerminationProtection is enabled";
    assert_eq!(fault.message, text);
    assert_eq!(status(&account, &id), StackStatus::CreateComplete);
    let listed = cfn(&mut account, "DescribeStacks", json!({})).unwrap();
    assert_eq!(listed["Stacks"][0]["EnableTerminationProtection"], Value::Null);
    cfn(&mut account, "UpdateTerminationProtection", protect(false)).unwrap();
    cfn(&mut account, "DeleteStack", json!({"StackName": "shop"})).unwrap();
    pass(&mut account, 60);
    assert_eq!(status(&account, &id), StackStatus::DeleteComplete);
}

#[test]
fn a_deletion_policy_keeps_the_resource() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let mut kept = group(&vpc);
    kept["DeletionPolicy"] = json!("Retain");
    let id = created(&mut account, "shop", &template(json!({"Group": kept})));
    cfn(&mut account, "DeleteStack", json!({"StackName": "shop"})).unwrap();
    pass(&mut account, 60);
    assert_eq!(
        told_from(&account, &id, "(stack) DELETE_IN_PROGRESS")[1..],
        ["Group DELETE_SKIPPED", "(stack) DELETE_COMPLETE"]
    );
    let group = physical(&account, &id, "Group");
    assert!(account.here.ec2.groups.contains_key(&group));
}

#[test]
fn what_was_deleted_cannot_be_retained() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let body = template(json!({
        "Group": group(&vpc),
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
    }));
    let id = created(&mut account, "shop", &body);
    let held = physical(&account, &id, "Group");
    let params = json!({"GroupName": "db", "GroupDescription": "db", "VpcId": vpc});
    let other = ec2(&mut account, "CreateSecurityGroup", params);
    let rule = json!({
        "GroupId": other["groupId"],
        "IpPermissions": [{"IpProtocol": "-1", "Groups": [{"GroupId": held}]}],
    });
    ec2(&mut account, "AuthorizeSecurityGroupIngress", rule);
    cfn(&mut account, "DeleteStack", json!({"StackName": "shop"})).unwrap();
    pass(&mut account, 1200);
    let params = json!({"StackName": "shop", "RetainResources": ["Group", "Handle"]});
    let fault = cfn(&mut account, "DeleteStack", params).unwrap_err();
    assert_eq!(
        fault.message,
        "The specified resources to retain must be in a valid state. Do not specify resources \
         that are in the DELETE_COMPLETE state."
    );
}
