//! Creation, and what follows when it fails.

use super::*;

#[test]
fn a_resource_has_two_events_of_its_beginning() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let id = created(&mut account, "shop", &template(json!({"Group": group(&vpc)})));
    assert_eq!(
        told(&account, &id),
        [
            "(stack) CREATE_IN_PROGRESS — User Initiated",
            "Group CREATE_IN_PROGRESS",
            "Group CREATE_IN_PROGRESS — Resource creation Initiated",
            "Group CREATE_COMPLETE",
            "(stack) CREATE_COMPLETE",
        ]
    );
    let stack = account.here.cloudformation.find(&id).unwrap();
    assert_eq!(stack.events[1].physical, "");
    assert!(stack.events[2].physical.starts_with("sg-"));
}

#[test]
fn the_reason_vanishes_when_work_begins() {
    let mut account = account();
    let vpc = vpc(&mut account);
    create(&mut account, "shop", &template(json!({"Group": group(&vpc)})));
    let row = |account: &mut Account| {
        let answer = cfn(account, "DescribeStacks", json!({"StackName": "shop"})).unwrap();
        answer["Stacks"][0].clone()
    };
    let first = row(&mut account);
    assert_eq!(first["StackStatusReason"], "User Initiated");
    pass(&mut account, 3);
    let second = row(&mut account);
    assert_eq!(second["StackStatus"], "CREATE_IN_PROGRESS");
    assert_eq!(second["StackStatusReason"], Value::Null);
}

#[test]
fn order_follows_dependencies_and_deletion_reverses_it() {
    let mut account = account();
    let handle = |needs: Option<&str>| json!({"Type": "AWS::CloudFormation::WaitConditionHandle", "DependsOn": needs});
    let body = template(json!({
        "A": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "C": handle(Some("B")),
        "B": handle(Some("A")),
    }));
    let id = created(&mut account, "chain", &body);
    cfn(&mut account, "DeleteStack", json!({"StackName": "chain"})).unwrap();
    pass(&mut account, 600);
    let complete: Vec<_> = told(&account, &id)
        .into_iter()
        .filter(|event| event.ends_with("_COMPLETE") && !event.starts_with("(stack)"))
        .collect();
    assert_eq!(
        complete,
        [
            "A CREATE_COMPLETE",
            "B CREATE_COMPLETE",
            "C CREATE_COMPLETE",
            "C DELETE_COMPLETE",
            "B DELETE_COMPLETE",
            "A DELETE_COMPLETE",
        ]
    );
}

/// A stack with one resource that fails and one that is under way meanwhile.
fn failing(vpc: &str) -> Value {
    template(json!({
        "Bad": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": vpc, "CidrBlock": "192.0.2.0/24"},
        },
        "Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
    }))
}

#[test]
fn a_failed_creation_cancels_the_others_and_rolls_back() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let id = create(&mut account, "shop", &failing(&vpc));
    pass(&mut account, 1200);
    let events = told(&account, &id);
    let cancelled = "Net CREATE_FAILED — Resource creation cancelled".to_owned();
    assert!(events.contains(&cancelled), "{events:#?}");
    let after: Vec<_> = events.iter().skip_while(|it| **it != cancelled).skip(1).collect();
    assert_eq!(
        after,
        [
            "(stack) ROLLBACK_IN_PROGRESS — The following resource(s) failed to create: \
             [Bad, Net]. . Rollback requested by user.",
            // Neither had got as far as having an id, so that nothing has to be deleted.
            "Bad DELETE_COMPLETE",
            "Net DELETE_COMPLETE",
            "(stack) ROLLBACK_COMPLETE",
        ]
    );
    let fault = cfn(
        &mut account,
        "DescribeStackResource",
        json!({"StackName": "shop", "LogicalResourceId": "Bad"}),
    )
    .unwrap_err();
    assert_eq!(fault.message, "Resource Bad does not exist for stack shop");
    let fault = cfn(
        &mut account,
        "UpdateStack",
        json!({"StackName": "shop", "TemplateBody": failing(&vpc).to_string()}),
    )
    .unwrap_err();
    assert_eq!(
        fault.message,
        format!("Stack:{id} is in ROLLBACK_COMPLETE state and can not be updated.")
    );
}

#[test]
fn without_rollback_everything_stays() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let params = json!({
        "StackName": "shop",
        "TemplateBody": failing(&vpc).to_string(),
        "OnFailure": "DO_NOTHING",
    });
    cfn(&mut account, "CreateStack", params).unwrap();
    pass(&mut account, 600);
    let answer = cfn(&mut account, "DescribeStacks", json!({"StackName": "shop"})).unwrap();
    let row = &answer["Stacks"][0];
    assert_eq!(row["StackStatus"], "CREATE_FAILED");
    let reason = "The following resource(s) failed to create: [Bad, Net]. ";
    assert_eq!(row["StackStatusReason"], reason);
    assert_eq!((&row["DisableRollback"], &row["DeletionTime"]), (&json!(true), &Value::Null));
    cfn(&mut account, "RollbackStack", json!({"StackName": "shop"})).unwrap();
    pass(&mut account, 600);
    assert_eq!(status(&account, "shop"), StackStatus::RollbackComplete);
}

#[test]
fn a_missing_property_fails_the_resource_without_an_id() {
    let mut account = account();
    let body = template(json!({"Route": {"Type": "AWS::EC2::Subnet", "Properties": {}}}));
    let id = create(&mut account, "shop", &body);
    pass(&mut account, 10);
    let stack = account.here.cloudformation.find(&id).unwrap();
    let failed = stack.events.iter().find(|it| it.status == "CREATE_FAILED").unwrap();
    let reason = "Property validation failure: [The property {/VpcId} is required]";
    assert_eq!((failed.reason.as_deref(), failed.physical.as_str()), (Some(reason), ""));
}

#[test]
fn templates_are_refused_as_recorded() {
    let mut account = account();
    let cases = [
        ("{\"A\": ]", "Template format error: JSON not well-formed. (line 1, column 7)"),
        ("A: [1\nB: }", "Template format error: YAML not well-formed."),
        (
            "{\"Outputs\": {}}",
            "Template format error: At least one Resources member must be defined.",
        ),
        (
            "Resources: {A: {Properties: {}}}",
            "Template format error: [/Resources/A] Every Resources object must contain a Type \
             member.",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref InvalidRef}}}",
            "Template format error: Unresolved resource dependencies [InvalidRef] in the Resources \
             block of the template",
        ),
        (
            "Parameters: {Input: {Type: String}}\nResources: {A: {Type: AWS::SNS::Topic}}",
            "Parameters: [Input] must have values",
        ),
        (
            "Resources: {A: {Type: AWS::No::Thing}}",
            "Template format error: Unrecognized resource types: [AWS::No::Thing]",
        ),
    ];
    for (body, message) in cases {
        let params = json!({"StackName": "shop", "TemplateBody": body});
        let fault = cfn(&mut account, "CreateStack", params).unwrap_err();
        assert_eq!((fault.code.as_str(), fault.message.as_str()), ("ValidationError", message));
    }
}

#[test]
fn a_token_begins_an_operation_once() {
    let mut account = account();
    let vpc = vpc(&mut account);
    let params = json!({
        "StackName": "shop",
        "TemplateBody": template(json!({"Group": group(&vpc)})).to_string(),
        "ClientRequestToken": "t-1",
    });
    let first = cfn(&mut account, "CreateStack", params.clone()).unwrap();
    let again = cfn(&mut account, "CreateStack", params).unwrap();
    assert_eq!(first, again);
    pass(&mut account, 60);
    let stack = account.here.cloudformation.find("shop").unwrap();
    assert!(stack.events.iter().all(|event| event.token.as_deref() == Some("t-1")));
}
