//! What is told of stacks, and how their absence is worded.

use super::*;

#[test]
fn a_missing_stack_has_three_wordings() {
    let mut account = account();
    let cases = [
        ("DescribeStacks", json!({"StackName": "x"}), "Stack with id x does not exist"),
        ("DescribeStackEvents", json!({"StackName": "x"}), "Stack [x] does not exist"),
        (
            "DescribeStackResource",
            json!({"StackName": "x", "LogicalResourceId": "A"}),
            "Stack 'x' does not exist",
        ),
        ("GetTemplate", json!({"StackName": "x"}), "Stack with id x does not exist"),
        ("ListStackResources", json!({"StackName": "x"}), "Stack with id x does not exist"),
    ];
    for (operation, params, message) in cases {
        let fault = cfn(&mut account, operation, params).unwrap_err();
        assert_eq!((fault.status, fault.code.as_str()), (400, "ValidationError"));
        assert_eq!(fault.message, message);
    }
}

#[test]
fn a_resource_tells_which_stack_it_belongs_to() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let id = created(&mut account, "shop", &template(json!({"Group": group(&vpc)})));
    let group = physical(&account, &id, "Group");
    let params = json!({"PhysicalResourceId": group});
    let answer = cfn(&mut account, "DescribeStackResources", params).unwrap();
    assert_eq!(answer["StackResources"][0]["StackName"], "shop");
    let params = json!({"PhysicalResourceId": "sg-00000000000000000"});
    let fault = cfn(&mut account, "DescribeStackResources", params).unwrap_err();
    assert_eq!(fault.message, "Stack for sg-00000000000000000 does not exist");
}

#[test]
fn failures_can_be_asked_for_alone() {
    let mut account = account();
    let body = template(json!({"Net": {"Type": "AWS::EC2::Subnet", "Properties": {}}}));
    create(&mut account, "shop", &body);
    pass(&mut account, 60);
    let params = json!({"StackName": "shop", "Filters": {"FailedEvents": true}});
    let answer = cfn(&mut account, "DescribeEvents", params).unwrap();
    let events = answer["OperationEvents"].as_array().unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["EventType"], "PROVISIONING_ERROR");
    assert_eq!(events[0]["OperationType"], "CREATE_STACK");
}

#[test]
fn a_name_used_again_is_another_stack() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let body = template(json!({"Group": group(&vpc)}));
    let first = created(&mut account, "shop", &body);
    cfn(&mut account, "DeleteStack", json!({"StackName": "shop"})).unwrap();
    pass(&mut account, 60);
    let second = created(&mut account, "shop", &body);
    assert_ne!(first, second);
    assert_eq!(account.here.cloudformation.find("shop").unwrap().id, second);
    let params = json!({"StackName": first});
    let old = cfn(&mut account, "DescribeStackEvents", params).unwrap();
    assert_eq!(old["StackEvents"][0]["ResourceStatus"], "DELETE_COMPLETE");
}

#[test]
fn drift_is_seen_where_a_resource_is_gone() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let id = created(&mut account, "shop", &template(json!({"Group": group(&vpc)})));
    let held = physical(&account, &id, "Group");
    ec2(&mut account, "DeleteSecurityGroup", json!({"GroupId": held}));
    let answer = cfn(&mut account, "DetectStackDrift", json!({"StackName": "shop"})).unwrap();
    pass(&mut account, 20);
    let answer = cfn(&mut account, "DescribeStackDriftDetectionStatus", answer).unwrap();
    assert_eq!(answer["DetectionStatus"], "DETECTION_COMPLETE");
    assert_eq!(answer["StackDriftStatus"], "DRIFTED");
    let params = json!({"StackName": "shop"});
    let drifts = cfn(&mut account, "DescribeStackResourceDrifts", params).unwrap();
    assert_eq!(drifts["StackResourceDrifts"][0]["StackResourceDriftStatus"], "DELETED");
}
