//! What IAM refuses, and what it says people may do.

use serde_json::{Value, json};

use crate::sandbox::{Account, Answer, Service};

fn account() -> Account {
    Account::new("123456789012", "eu-central-1", jiff::Timestamp::UNIX_EPOCH)
}

fn iam(account: &mut Account, operation: &str, params: Value) -> Answer {
    account.call_as("ops", Service::Iam, operation, params)
}

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

/// A role with AWS's policy for web environments.
fn with_role() -> Account {
    let mut account = account();
    let role = json!({"RoleName": "web", "AssumeRolePolicyDocument": TRUST});
    iam(&mut account, "CreateRole", role).unwrap();
    let arn = "arn:aws:iam::aws:policy/AWSElasticBeanstalkWebTier";
    iam(&mut account, "AttachRolePolicy", json!({"RoleName": "web", "PolicyArn": arn})).unwrap();
    account
}

/// The decision about one action of the role.
fn decision(account: &mut Account, action: &str, resource: &str) -> String {
    let params = json!({
        "PolicySourceArn": "arn:aws:iam::123456789012:role/web",
        "ActionNames": [action],
        "ResourceArns": [resource],
    });
    let answer = iam(account, "SimulatePrincipalPolicy", params).unwrap();
    answer["EvaluationResults"][0]["EvalDecision"].as_str().unwrap().to_owned()
}

#[test]
fn a_simulation_follows_the_documents() {
    let mut account = with_role();
    let bundle = "arn:aws:s3:::elasticbeanstalk-eu-central-1-123456789012/app.zip";
    assert_eq!(decision(&mut account, "s3:GetObject", bundle), "allowed");
    assert_eq!(decision(&mut account, "s3:DeleteObject", bundle), "implicitDeny");
    let deny = json!({"Statement": [{"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}]});
    let params = json!({"RoleName": "web", "PolicyName": "no", "PolicyDocument": deny.to_string()});
    iam(&mut account, "PutRolePolicy", params).unwrap();
    assert_eq!(decision(&mut account, "s3:GetObject", bundle), "explicitDeny");
}

#[test]
fn a_role_that_still_has_policies_cannot_be_deleted() {
    let mut account = with_role();
    let fault = iam(&mut account, "DeleteRole", json!({"RoleName": "web"})).unwrap_err();
    assert_eq!(
        (fault.status, fault.code.as_str(), fault.message.as_str()),
        (409, "DeleteConflict", "Cannot delete entity, must detach all policies first.")
    );
}

#[test]
fn absences_are_worded_as_recorded() {
    let mut account = account();
    let cases = [
        ("GetRole", json!({"RoleName": "x"}), "The role with name x cannot be found."),
        (
            "GetInstanceProfile",
            json!({"InstanceProfileName": "x"}),
            "Instance Profile x cannot be found.",
        ),
        (
            "SimulatePrincipalPolicy",
            json!({"PolicySourceArn": "arn:aws:iam::123456789012:role/x", "ActionNames": []}),
            "Unable to retrieve specified IAM entity.",
        ),
    ];
    for (operation, params, message) in cases {
        let fault = iam(&mut account, operation, params).unwrap_err();
        assert_eq!((fault.status, fault.code.as_str()), (404, "NoSuchEntity"));
        assert_eq!(fault.message, message);
    }
}

#[test]
fn a_matched_statement_is_found_in_its_text() {
    let mut account = with_role();
    let params = json!({
        "PolicySourceArn": "arn:aws:iam::123456789012:role/web",
        "ActionNames": ["elasticbeanstalk:PutInstanceStatistics"],
        "ResourceArns": ["arn:aws:elasticbeanstalk:eu-central-1:123456789012:environment/a/b"],
    });
    let answer = iam(&mut account, "SimulatePrincipalPolicy", params).unwrap();
    let matched = &answer["EvaluationResults"][0]["MatchedStatements"][0];
    assert_eq!(matched["SourcePolicyId"], "AWSElasticBeanstalkWebTier");
    let (start, end) = (&matched["StartPosition"]["Line"], &matched["EndPosition"]["Line"]);
    assert!(start.as_u64() < end.as_u64(), "{matched}");
}

#[test]
fn what_a_policy_allows_is_what_its_default_version_says() {
    let mut account = with_role();
    let allow = |action: &str| {
        let statement = json!([{"Effect": "Allow", "Action": action, "Resource": "*"}]);
        json!({"Version": "2012-10-17", "Statement": statement}).to_string()
    };
    let params = json!({"PolicyName": "own", "PolicyDocument": allow("sqs:SendMessage")});
    let answer = iam(&mut account, "CreatePolicy", params).unwrap();
    let arn = answer["Policy"]["Arn"].clone();
    let params = json!({"RoleName": "web", "PolicyArn": arn});
    iam(&mut account, "AttachRolePolicy", params).unwrap();
    let params = json!({
        "PolicyArn": arn, "PolicyDocument": allow("sns:Publish"), "SetAsDefault": true,
    });
    let answer = iam(&mut account, "CreatePolicyVersion", params).unwrap();
    assert_eq!(answer["PolicyVersion"]["VersionId"], "v2");
    assert_eq!(decision(&mut account, "sns:Publish", "*"), "allowed");
    let first = json!({"PolicyArn": arn, "VersionId": "v1"});
    iam(&mut account, "SetDefaultPolicyVersion", first.clone()).unwrap();
    assert_eq!(decision(&mut account, "sns:Publish", "*"), "implicitDeny");
    let fault = iam(&mut account, "DeletePolicyVersion", first).unwrap_err();
    assert_eq!((fault.status, fault.code.as_str()), (409, "DeleteConflict"));
    let listed = iam(&mut account, "ListPolicyVersions", json!({"PolicyArn": arn})).unwrap();
    assert_eq!(listed["Versions"].as_array().map(Vec::len), Some(2));
}
