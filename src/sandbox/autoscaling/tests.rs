//! Groups: what they launch, what they say when they cannot, and how they end.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::sandbox::{Account, Answer, Service};

fn pass(account: &mut Account, seconds: i64) {
    let until = account.now() + SignedDuration::from_secs(seconds);
    account.pass_until(until);
}

fn scaling(account: &mut Account, operation: &str, params: Value) -> Answer {
    account.call_as("ops", Service::AutoScaling, operation, params)
}

fn ec2(account: &mut Account, operation: &str, params: Value) -> Value {
    account.call_as("ops", Service::Ec2, operation, params).expect("a call that works")
}

/// A group of one in the default network, from an image that may or may not be there.
fn group(image: Option<&str>) -> Account {
    let now = "2026-03-01T10:00:00Z".parse().expect("a time");
    let mut account = Account::new("123456789012", "eu-central-1", now);
    let images = ec2(&mut account, "DescribeImages", json!({"Owner": ["amazon"]}));
    let usual = images["imagesSet"].as_array().expect("a list").iter();
    let mut usual = usual.filter(|it| it["architecture"] == "x86_64");
    let usual = usual.next().and_then(|it| it["imageId"].as_str()).expect("an image").to_owned();
    let image = image.map_or(usual, str::to_owned);
    let data = json!({"ImageId": image, "InstanceType": "t3.small"});
    let params = json!({"LaunchTemplateName": "web", "LaunchTemplateData": data});
    ec2(&mut account, "CreateLaunchTemplate", params);
    let subnets = ec2(&mut account, "DescribeSubnets", json!({}));
    let subnet = subnets["subnetSet"][0]["subnetId"].clone();
    let params = json!({
        "AutoScalingGroupName": "web",
        "LaunchTemplate": {"LaunchTemplateName": "web", "Version": "$Latest"},
        "MinSize": 1,
        "MaxSize": 2,
        "VPCZoneIdentifier": subnet,
    });
    scaling(&mut account, "CreateAutoScalingGroup", params).expect("a group");
    account
}

/// The newest activity of the group.
fn newest(account: &mut Account) -> Value {
    let params = json!({"AutoScalingGroupName": "web", "IncludeDeletedGroups": true});
    scaling(account, "DescribeScalingActivities", params).unwrap()["Activities"][0].clone()
}

/// Ids of the group's instances, with the state each is in.
fn members(account: &Account) -> Vec<(String, &'static str)> {
    let found = account.here.autoscaling.group("web").expect("a group");
    found.members.iter().map(|it| (it.id.clone(), it.lifecycle)).collect()
}

#[test]
fn a_group_launches_what_ec2_then_knows() {
    let mut account = group(None);
    pass(&mut account, 180);
    let found = members(&account);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, "InService");
    assert_eq!(account.here.ec2.instances[&found[0].0].state, "running");
    let activity = newest(&mut account);
    assert_eq!(activity["StatusCode"], "Successful");
    assert_eq!(activity["Description"], format!("Launching a new EC2 instance: {}", found[0].0));
    let cause = activity["Cause"].as_str().unwrap();
    assert!(
        cause.contains("created an AutoScalingGroup changing the desired capacity from 0 to 1."),
        "{cause}"
    );
}

#[test]
fn a_missing_image_is_told_in_the_activity() {
    let mut account = group(Some("ami-00000000000000000"));
    pass(&mut account, 60);
    let activity = newest(&mut account);
    assert_eq!(activity["StatusCode"], "Failed");
    assert_eq!(
        activity["StatusMessage"],
        "The AMI ID ami-00000000000000000 does not exist. Launching EC2 instance failed."
    );
    assert!(members(&account).is_empty());
}

#[test]
fn an_instance_ended_behind_its_back_is_replaced() {
    let mut account = group(None);
    pass(&mut account, 180);
    let first = members(&account)[0].0.clone();
    ec2(&mut account, "TerminateInstances", json!({"InstanceId": [first]}));
    pass(&mut account, 900);
    let found = members(&account);
    assert_eq!(found.len(), 1);
    assert_ne!(found[0].0, first);
    assert_eq!(found[0].1, "InService");
}

#[test]
fn a_group_that_may_not_launch_stays_small() {
    let mut account = group(None);
    let params = json!({"AutoScalingGroupName": "web", "ScalingProcesses": ["Launch"]});
    scaling(&mut account, "SuspendProcesses", params.clone()).unwrap();
    pass(&mut account, 600);
    assert!(members(&account).is_empty());
    scaling(&mut account, "ResumeProcesses", params).unwrap();
    pass(&mut account, 180);
    assert_eq!(members(&account).len(), 1);
}

#[test]
fn a_group_with_instances_goes_only_by_force_and_its_activities_stay() {
    let mut account = group(None);
    pass(&mut account, 180);
    let params = |force: bool| json!({"AutoScalingGroupName": "web", "ForceDelete": force});
    let fault = scaling(&mut account, "DeleteAutoScalingGroup", params(false)).unwrap_err();
    assert_eq!(fault.code, "ResourceInUse");
    scaling(&mut account, "DeleteAutoScalingGroup", params(true)).unwrap();
    pass(&mut account, 900);
    assert!(account.here.autoscaling.group("web").is_none());
    assert_eq!(newest(&mut account)["AutoScalingGroupState"], "Deleted");
}

#[test]
fn an_unknown_group_is_refused_in_two_wordings() {
    let mut account = group(None);
    let params = json!({"AutoScalingGroupName": "no"});
    let fault = scaling(&mut account, "UpdateAutoScalingGroup", params.clone()).unwrap_err();
    assert_eq!(fault.message, "AutoScalingGroup name not found - null");
    let fault = scaling(&mut account, "SuspendProcesses", params.clone()).unwrap_err();
    let text = "AutoScalingGroup name not found - AutoScalingGroup no not found";
    assert_eq!(fault.message, text);
    let params = json!({"AutoScalingGroupNames": ["no"]});
    let answer = scaling(&mut account, "DescribeAutoScalingGroups", params).unwrap();
    assert_eq!(answer["AutoScalingGroups"], json!([]));
}

#[test]
fn an_instance_in_standby_does_not_count_and_comes_back() {
    let mut account = group(None);
    pass(&mut account, 180);
    let id = members(&account)[0].0.clone();
    let stand = |fewer: bool| {
        json!({
            "AutoScalingGroupName": "web", "InstanceIds": [id],
            "ShouldDecrementDesiredCapacity": fewer,
        })
    };
    let fault = scaling(&mut account, "EnterStandby", stand(true)).unwrap_err();
    assert!(fault.message.contains("has min-size=1"), "{}", fault.message);
    scaling(&mut account, "EnterStandby", stand(false)).unwrap();
    let text = format!("Moving EC2 instance to Standby: {id}");
    assert_eq!(newest(&mut account)["Description"], json!(text));
    pass(&mut account, 180);
    let states: Vec<_> = members(&account).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["Standby", "InService"], "another one takes its place");
    scaling(&mut account, "ExitStandby", stand(false)).unwrap();
    pass(&mut account, 60);
    let states: Vec<_> = members(&account).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["InService", "InService"]);
}

#[test]
fn an_instance_can_leave_a_group_and_join_it_again() {
    let mut account = group(None);
    pass(&mut account, 180);
    let id = members(&account)[0].0.clone();
    let params = json!({
        "AutoScalingGroupName": "web", "InstanceIds": [id],
        "ShouldDecrementDesiredCapacity": false,
    });
    scaling(&mut account, "DetachInstances", params).unwrap();
    pass(&mut account, 180);
    let now = members(&account);
    assert!(now.len() == 1 && now[0].0 != id, "{now:?}");
    assert_eq!(account.here.ec2.instances[&id].state, "running");
    let params = json!({"AutoScalingGroupName": "web", "InstanceIds": [id]});
    scaling(&mut account, "AttachInstances", params.clone()).unwrap();
    pass(&mut account, 180);
    assert_eq!(members(&account).len(), 2);
    let fault = scaling(&mut account, "AttachInstances", params).unwrap_err();
    assert!(fault.message.contains("already part"), "{}", fault.message);
}

#[test]
fn a_policy_does_by_hand_what_its_alarm_would() {
    let mut account = group(None);
    pass(&mut account, 180);
    let params = json!({
        "AutoScalingGroupName": "web", "PolicyName": "up", "AdjustmentType": "ChangeInCapacity",
        "ScalingAdjustment": 5,
    });
    scaling(&mut account, "PutScalingPolicy", params).unwrap();
    let params = json!({"AutoScalingGroupName": "web", "PolicyName": "up"});
    scaling(&mut account, "ExecutePolicy", params).unwrap();
    assert_eq!(account.here.autoscaling.group("web").map(|it| it.desired), Some(2), "at most");
}
