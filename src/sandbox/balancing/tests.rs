//! Load balancers: where they cannot stand, what they hold, and whom they find healthy.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Answering, answers};
use crate::sandbox::{Account, Answer, Service};

fn pass(account: &mut Account, seconds: i64) {
    let until = account.now() + SignedDuration::from_secs(seconds);
    account.pass_until(until);
}

fn elb(account: &mut Account, operation: &str, params: Value) -> Answer {
    account.call_as("ops", Service::LoadBalancing, operation, params)
}

fn ec2(account: &mut Account, operation: &str, params: Value) -> Value {
    account.call_as("ops", Service::Ec2, operation, params).expect("a call that works")
}

fn account() -> Account {
    let now = "2026-03-01T10:00:00Z".parse().expect("a time");
    Account::new("123456789012", "eu-central-1", now)
}

/// The default network and its first two subnets.
fn place(account: &mut Account) -> (Value, Value, Value) {
    let answer = ec2(account, "DescribeSubnets", json!({}));
    let subnet = |at: usize| answer["subnetSet"][at]["subnetId"].clone();
    (answer["subnetSet"][0]["vpcId"].clone(), subnet(0), subnet(1))
}

/// A load balancer with a group of its own; the answer is both.
fn balancer(account: &mut Account) -> (Value, Value) {
    let (vpc, one, other) = place(account);
    let params = json!({"GroupName": "lb", "GroupDescription": "lb", "VpcId": vpc});
    let group = ec2(account, "CreateSecurityGroup", params)["groupId"].clone();
    let params = json!({"Name": "web", "Subnets": [one, other], "SecurityGroups": [group]});
    let answer = elb(account, "CreateLoadBalancer", params).expect("a load balancer");
    (answer["LoadBalancers"][0]["LoadBalancerArn"].clone(), group)
}

#[test]
fn one_subnet_is_too_few() {
    let mut account = account();
    let (_, one, _) = place(&mut account);
    let params = json!({"Name": "web", "Subnets": [one]});
    let fault = elb(&mut account, "CreateLoadBalancer", params).unwrap_err();
    let text = "At least two subnets in two different Availability Zones must be specified";
    assert_eq!((fault.code.as_str(), fault.message.as_str()), ("ValidationError", text));
}

#[test]
fn its_interfaces_hold_its_group_until_it_is_gone() {
    let mut account = account();
    let (arn, group) = balancer(&mut account);
    let held = account.here.ec2.interfaces.values();
    let held = held.filter(|it| it.groups.iter().any(|id| group == json!(id)));
    let told: Vec<_> = held.map(|it| (it.description.clone(), it.requester.clone())).collect();
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|(text, _)| text.starts_with("ELB app/web/")), "{told:?}");
    assert!(told.iter().all(|(_, who)| who.as_deref() == Some("amazon-elb")), "{told:?}");
    let delete = json!({"GroupId": group});
    let call = |account: &mut Account| {
        account.call_as("ops", Service::Ec2, "DeleteSecurityGroup", delete.clone())
    };
    assert_eq!(call(&mut account).unwrap_err().code, "DependencyViolation");
    elb(&mut account, "DeleteLoadBalancer", json!({"LoadBalancerArn": arn})).unwrap();
    assert!(call(&mut account).is_err(), "its interfaces linger");
    pass(&mut account, 120);
    call(&mut account).unwrap();
}

#[test]
fn a_protected_one_is_not_deleted() {
    let mut account = account();
    let (arn, _) = balancer(&mut account);
    let attributes = json!([{"Key": "deletion_protection.enabled", "Value": "true"}]);
    let params = json!({"LoadBalancerArn": arn, "Attributes": attributes});
    elb(&mut account, "ModifyLoadBalancerAttributes", params).unwrap();
    let params = json!({"LoadBalancerArn": arn});
    let fault = elb(&mut account, "DeleteLoadBalancer", params).unwrap_err();
    assert_eq!(fault.code, "OperationNotPermitted");
    let text = "cannot be deleted because deletion protection is enabled";
    assert!(fault.message.ends_with(text), "{}", fault.message);
}

/// A load balancer that sends to an instance, which admits it or not.
fn serving(admitted: bool) -> (Account, Value, String) {
    let mut account = account();
    let (vpc, one, _) = place(&mut account);
    let (arn, group) = balancer(&mut account);
    let images = ec2(&mut account, "DescribeImages", json!({"Owner": ["amazon"]}));
    let images = images["imagesSet"].as_array().expect("a list").clone();
    let image = images.iter().find(|it| it["architecture"] == "x86_64").expect("an image");
    let params = json!({"GroupName": "web", "GroupDescription": "web", "VpcId": vpc});
    let own = ec2(&mut account, "CreateSecurityGroup", params)["groupId"].clone();
    if admitted {
        let rule = json!({
            "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "Groups": [{"GroupId": group}],
        });
        let params = json!({"GroupId": own, "IpPermissions": [rule]});
        ec2(&mut account, "AuthorizeSecurityGroupIngress", params);
    }
    let params = json!({
        "ImageId": image["imageId"], "InstanceType": "t3.small", "SubnetId": one,
        "SecurityGroupId": [own], "MinCount": 1, "MaxCount": 1,
    });
    let answer = ec2(&mut account, "RunInstances", params);
    let id = answer["instancesSet"][0]["instanceId"].as_str().expect("an id").to_owned();
    pass(&mut account, 120);
    let params = json!({"Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": vpc});
    let answer = elb(&mut account, "CreateTargetGroup", params).expect("a target group");
    let targets = answer["TargetGroups"][0]["TargetGroupArn"].clone();
    let actions = json!([{"Type": "forward", "TargetGroupArn": targets}]);
    let params = json!({
        "LoadBalancerArn": arn, "Protocol": "HTTP", "Port": 80, "DefaultActions": actions,
    });
    elb(&mut account, "CreateListener", params).expect("a listener");
    let params = json!({"TargetGroupArn": targets, "Targets": [{"Id": id}]});
    elb(&mut account, "RegisterTargets", params).expect("a target");
    (account, targets, id)
}

/// State and reason of the only target.
fn health(account: &mut Account, targets: &Value) -> (Value, Value) {
    let params = json!({"TargetGroupArn": targets});
    let answer = elb(account, "DescribeTargetHealth", params).unwrap();
    let health = &answer["TargetHealthDescriptions"][0]["TargetHealth"];
    (health["State"].clone(), health["Reason"].clone())
}

#[test]
fn a_target_that_answers_becomes_healthy() {
    let (mut account, targets, _) = serving(true);
    assert_eq!(health(&mut account, &targets).0, "initial");
    pass(&mut account, 300);
    assert_eq!(health(&mut account, &targets), (json!("healthy"), Value::Null));
}

#[test]
fn a_target_whose_group_does_not_admit_the_balancer_times_out() {
    let (mut account, targets, _) = serving(false);
    pass(&mut account, 300);
    let expected = (json!("unhealthy"), json!("Target.Timeout"));
    assert_eq!(health(&mut account, &targets), expected);
}

#[test]
fn a_target_that_answers_wrongly_is_told_apart() {
    let (mut account, targets, id) = serving(true);
    pass(&mut account, 300);
    answers(&mut account, &id, Answering::Code(404));
    let expected = (json!("unhealthy"), json!("Target.ResponseCodeMismatch"));
    assert_eq!(health(&mut account, &targets), expected);
    ec2(&mut account, "StopInstances", json!({"InstanceId": [id]}));
    pass(&mut account, 120);
    let expected = (json!("unused"), json!("Target.InvalidState"));
    assert_eq!(health(&mut account, &targets), expected);
}

#[test]
fn a_target_group_in_use_is_not_deleted() {
    let (mut account, targets, _) = serving(true);
    let params = json!({"TargetGroupArn": targets});
    let fault = elb(&mut account, "DeleteTargetGroup", params).unwrap_err();
    assert_eq!(fault.code, "ResourceInUse");
}

fn elb1(account: &mut Account, operation: &str, params: Value) -> Answer {
    account.call_as("ops", Service::ClassicLoadBalancing, operation, params)
}

/// A classic load balancer with an instance, which admits it or not.
fn classic(admitted: bool) -> (Account, String) {
    let mut account = account();
    let (vpc, one, other) = place(&mut account);
    let group = |account: &mut Account, name: &str| {
        let params = json!({"GroupName": name, "GroupDescription": name, "VpcId": vpc});
        ec2(account, "CreateSecurityGroup", params)["groupId"].clone()
    };
    let (edge, own) = (group(&mut account, "edge"), group(&mut account, "web"));
    if admitted {
        let rule = json!({
            "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "Groups": [{"GroupId": edge}],
        });
        let params = json!({"GroupId": own, "IpPermissions": [rule]});
        ec2(&mut account, "AuthorizeSecurityGroupIngress", params);
    }
    let images = ec2(&mut account, "DescribeImages", json!({"Owner": ["amazon"]}));
    let images = images["imagesSet"].as_array().expect("a list").clone();
    let image = images.iter().find(|it| it["architecture"] == "x86_64").expect("an image");
    let params = json!({
        "ImageId": image["imageId"], "InstanceType": "t3.small", "SubnetId": one,
        "SecurityGroupId": [own], "MinCount": 1, "MaxCount": 1,
    });
    let answer = ec2(&mut account, "RunInstances", params);
    let id = answer["instancesSet"][0]["instanceId"].as_str().expect("an id").to_owned();
    pass(&mut account, 120);
    let listener = json!({"Protocol": "HTTP", "LoadBalancerPort": "80", "InstancePort": "80"});
    let params = json!({
        "LoadBalancerName": "old", "Listeners": [listener], "Subnets": [one, other],
        "SecurityGroups": [edge],
    });
    elb1(&mut account, "CreateLoadBalancer", params).expect("a load balancer");
    let check = json!({
        "Target": "HTTP:80/", "Interval": "10", "Timeout": "5", "HealthyThreshold": "3",
        "UnhealthyThreshold": "5",
    });
    let params = json!({"LoadBalancerName": "old", "HealthCheck": check});
    elb1(&mut account, "ConfigureHealthCheck", params).expect("a health check");
    let params = json!({"LoadBalancerName": "old", "Instances": [{"InstanceId": id}]});
    elb1(&mut account, "RegisterInstancesWithLoadBalancer", params).expect("registered");
    (account, id)
}

/// State, whose fault, and sentence of the only instance.
fn classic_health(account: &mut Account) -> (String, String, String) {
    let params = json!({"LoadBalancerName": "old"});
    let answer = elb1(account, "DescribeInstanceHealth", params).expect("states");
    let row = &answer["InstanceStates"][0];
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    (text("State"), text("ReasonCode"), text("Description"))
}

#[test]
fn a_classic_load_balancer_takes_in_an_instance_that_answers() {
    let (mut account, id) = classic(true);
    let joining = "Instance registration is still in progress.";
    assert_eq!(classic_health(&mut account).2, joining);
    pass(&mut account, 60);
    assert_eq!(classic_health(&mut account).0, "InService");
    answers(&mut account, &id, Answering::Code(404));
    let (state, whose, _) = classic_health(&mut account);
    assert_eq!((state.as_str(), whose.as_str()), ("OutOfService", "Instance"));
    ec2(&mut account, "StopInstances", json!({"InstanceId": [id]}));
    pass(&mut account, 120);
    assert_eq!(classic_health(&mut account).2, "Instance is in stopped state.");
}

#[test]
fn a_classic_load_balancer_keeps_out_an_instance_it_does_not_reach() {
    let (mut account, id) = classic(false);
    pass(&mut account, 300);
    let (state, _, why) = classic_health(&mut account);
    assert_eq!(state, "OutOfService");
    assert!(why.starts_with("Instance has failed at least"), "{why}");
    let params = json!({"LoadBalancerName": "old", "Instances": [{"InstanceId": "i-0"}]});
    let fault = elb1(&mut account, "DescribeInstanceHealth", params).unwrap_err();
    assert_eq!(fault.code, "InvalidInstance");
    let params = json!({"LoadBalancerName": "old", "Instances": [{"InstanceId": id}]});
    elb1(&mut account, "DeregisterInstancesFromLoadBalancer", params.clone()).unwrap();
    let answer = elb1(&mut account, "DescribeInstanceHealth", params).unwrap();
    let text = "Instance is not currently registered with the LoadBalancer.";
    assert_eq!(answer["InstanceStates"][0]["Description"], text);
}

#[test]
fn a_classic_load_balancer_stands_in_one_subnet_of_a_zone_and_is_reached_from_its_own() {
    let (mut account, _) = classic(true);
    let detach = |account: &mut Account, subnets: Value| {
        let params = json!({"LoadBalancerName": "old", "Subnets": subnets});
        elb1(account, "DetachLoadBalancerFromSubnets", params)
    };
    let (_, one, other) = place(&mut account);
    let all = detach(&mut account, json!([one, other])).unwrap_err();
    assert_eq!(all.code, "InvalidConfigurationRequest");
    detach(&mut account, json!([one])).unwrap();
    pass(&mut account, 60);
    assert!(classic_health(&mut account).2.starts_with("Instance is in the EC2 Availability Zone"));
    let params = json!({"LoadBalancerName": "old", "Subnets": [one]});
    elb1(&mut account, "AttachLoadBalancerToSubnets", params).unwrap();
    assert_eq!(classic_health(&mut account).0, "InService");
    let interfaces = account.here.ec2.interfaces.values();
    assert_eq!(interfaces.filter(|it| it.description == "ELB old").count(), 2);
}

#[test]
fn the_same_classic_load_balancer_once_more_is_no_error_and_another_one_is() {
    let (mut account, _) = classic(true);
    let (_, one, other) = place(&mut account);
    let again = |account: &mut Account, port: i64| {
        let listener = json!({"Protocol": "HTTP", "LoadBalancerPort": port, "InstancePort": 80});
        let params = json!({
            "LoadBalancerName": "old", "Listeners": [listener], "Subnets": [one, other],
        });
        elb1(account, "CreateLoadBalancer", params)
    };
    again(&mut account, 80).unwrap();
    assert_eq!(again(&mut account, 8080).unwrap_err().code, "DuplicateLoadBalancerName");
}

#[test]
fn a_classic_load_balancer_of_zones_stands_in_their_default_subnets() {
    let mut account = account();
    place(&mut account);
    let listener = json!({"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80});
    let mut params = json!({
        "LoadBalancerName": "old", "Listeners": [listener],
        "AvailabilityZones": ["eu-central-1a", "eu-central-1z"],
    });
    let fault = elb1(&mut account, "CreateLoadBalancer", params.clone()).unwrap_err();
    assert_eq!(fault.message, "Default subnet in eu-central-1z not found");
    params["AvailabilityZones"] = json!(["eu-central-1a"]);
    elb1(&mut account, "CreateLoadBalancer", params).unwrap();
    assert_eq!(account.here.balancing.classics["old"].subnets.len(), 1);
}
