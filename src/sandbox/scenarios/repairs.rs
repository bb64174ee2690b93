//! The way out of scenarios, as a person would go it by hand: the sandbox must allow it.

use serde_json::{Value, json};

use super::tests::{build, environment, told};
use crate::sandbox::Service::{CloudFormation, Ec2, ElasticBeanstalk};
use crate::sandbox::{Account, Service};

fn call(account: &mut Account, service: Service, operation: &str, params: Value) -> Value {
    match account.call_as("rescuer", service, operation, params) {
        Ok(answer) => answer,
        Err(fault) => panic!("{operation}: {fault:?}\n{}", told(account)),
    }
}

fn eb(account: &mut Account, operation: &str, params: Value) -> Value {
    call(account, ElasticBeanstalk, operation, params)
}

fn pass(account: &mut Account, minutes: i64) {
    let then = account.now() + jiff::SignedDuration::from_mins(minutes);
    account.pass_until(then);
}

/// Lets time pass until nothing goes on; the minutes that took.
fn settle(account: &mut Account) -> i64 {
    for minutes in 0..90 {
        if environment(account).operation.is_none() {
            return minutes;
        }
        pass(account, 1);
    }
    panic!("no end:\n{}", told(account));
}

fn named() -> Value {
    json!({ "EnvironmentName": "shop-prod" })
}

fn state(account: &Account) -> (&'static str, &'static str) {
    let found = environment(account);
    (found.status.word(), found.health.word())
}

/// Ids of subnets and gateways by what their `Name` tag ends with.
fn tagged(account: &Account, prefix: &str, name: &str) -> Vec<String> {
    let tags = account.here.ec2.tags.iter();
    tags.filter(|(id, tags)| {
        id.starts_with(prefix) && tags.get("Name").is_some_and(|tag| tag.contains(name))
    })
    .map(|(id, _)| id.clone())
    .collect()
}

/// Puts the deleted route table back, peering included.
fn mend_routes(account: &mut Account) {
    let vpc = tagged(account, "vpc-", "shop").remove(0);
    let nat = tagged(account, "nat-", "shop").remove(0);
    let peering = tagged(account, "pcx-", "orders").remove(0);
    let table = call(account, Ec2, "CreateRouteTable", json!({ "VpcId": vpc }));
    let table = table["routeTable"]["routeTableId"].as_str().expect("an id").to_owned();
    for (block, target, id) in [
        ("0.0.0.0/0", "NatGatewayId", nat),
        ("192.168.248.0/21", "VpcPeeringConnectionId", peering),
    ] {
        let route = json!({ "RouteTableId": table, "DestinationCidrBlock": block, target: id });
        call(account, Ec2, "CreateRoute", route);
    }
    for subnet in tagged(account, "subnet-", "private") {
        let association = json!({ "RouteTableId": table, "SubnetId": subnet });
        call(account, Ec2, "AssociateRouteTable", association);
    }
}

/// Takes the other team's rule that names the environment's group.
fn revoke_rule(account: &mut Account) {
    let stack = format!("awseb-{}-stack", environment(account).id);
    let found = account.here.cloudformation.find(&stack).expect("the stack");
    let group = found.resources["AWSEBSecurityGroup"].physical.clone();
    let filter = json!({ "Filter": [{ "Name": "ip-permission.group-id", "Value": [group] }] });
    let holders = call(account, Ec2, "DescribeSecurityGroups", filter);
    let holder = holders["securityGroupInfo"][0]["groupId"].as_str().expect("a holder").to_owned();
    let permission = json!([{
        "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "Groups": [{ "GroupId": group }],
    }]);
    let params = json!({ "GroupId": holder, "IpPermissions": permission });
    call(account, Ec2, "RevokeSecurityGroupIngress", params);
}

#[test]
fn the_lost_route_table_can_be_repaired() {
    let mut account = build("lost-route-table");
    mend_routes(&mut account);
    revoke_rule(&mut account);
    eb(&mut account, "TerminateEnvironment", named());
    settle(&mut account);
    assert_eq!(environment(&account).status.word(), "Terminated", "{}", told(&account));
    let id = environment(&account).id.clone();
    eb(&mut account, "RebuildEnvironment", json!({ "EnvironmentId": id }));
    let minutes = settle(&mut account);
    assert!((3..=9).contains(&minutes), "{minutes} minutes\n{}", told(&account));
    // It came back as it was, on a platform version that the shop does not run on.
    pass(&mut account, 3);
    assert_eq!(state(&account), ("Ready", "Severe"), "{}", told(&account));
    let platform = environment(&account).platform.replace("/6.5.1", "/6.4.3");
    let managed = json!([{
        "Namespace": "aws:elasticbeanstalk:managedactions",
        "OptionName": "ManagedActionsEnabled",
        "Value": "false",
    }]);
    let params = json!({
        "EnvironmentName": "shop-prod", "PlatformArn": platform, "OptionSettings": managed,
    });
    eb(&mut account, "UpdateEnvironment", params);
    settle(&mut account);
    pass(&mut account, 3);
    assert_eq!(state(&account), ("Ready", "Ok"), "{}", told(&account));
    assert_eq!(environment(&account).agents.len(), 2);
}

#[test]
fn a_half_deleted_stack_refuses_a_rebuild_and_says_why() {
    let mut account = build("lost-route-table");
    let refused = account.call_as("x", ElasticBeanstalk, "RebuildEnvironment", named());
    let fault = refused.expect_err("refused");
    let id = &environment(&account).id;
    let stack = account.here.cloudformation.find(&format!("awseb-{id}-stack")).expect("there");
    assert_eq!(
        fault.message,
        format!(
            "The stack {} associated with environment {id} is in DELETE_FAILED state.",
            stack.id
        )
    );
}

#[test]
fn a_stack_that_is_gone_can_be_rebuilt() {
    let mut account = build("lost-route-table");
    mend_routes(&mut account);
    revoke_rule(&mut account);
    let stack = format!("awseb-{}-stack", environment(&account).id);
    call(&mut account, CloudFormation, "DeleteStack", json!({ "StackName": stack }));
    pass(&mut account, 15);
    assert!(account.here.cloudformation.find(&stack).is_none());
    eb(&mut account, "RebuildEnvironment", named());
    settle(&mut account);
    assert_eq!(environment(&account).agents.len(), 2, "{}", told(&account));
}

#[test]
fn an_instance_that_booted_well_comes_back_by_itself_and_one_that_did_not_never_does() {
    let mut account = build("nat-deleted");
    let gateway = tagged(&account, "subnet-", "public").remove(0);
    let address = call(&mut account, Ec2, "AllocateAddress", json!({ "Domain": "vpc" }));
    let params = json!({ "SubnetId": gateway, "AllocationId": address["allocationId"] });
    let nat = call(&mut account, Ec2, "CreateNatGateway", params);
    pass(&mut account, 5);
    let table = tagged(&account, "rtb-", "private").remove(0);
    let route = json!({
        "RouteTableId": table,
        "DestinationCidrBlock": "0.0.0.0/0",
        "NatGatewayId": nat["natGateway"]["natGatewayId"],
    });
    call(&mut account, Ec2, "ReplaceRoute", route);
    pass(&mut account, 10);
    let found = environment(&account);
    let now = account.now();
    let reporting = found.agents.values().filter(|agent| agent.reports(now)).count();
    assert_eq!((found.agents.len(), reporting), (2, 1), "{}", told(&account));
    let silent = found.agents.iter().find(|(_, agent)| !agent.reports(now));
    let silent = silent.map(|(id, _)| id.clone()).expect("one");
    call(&mut account, Ec2, "TerminateInstances", json!({ "InstanceId": [silent] }));
    pass(&mut account, 10);
    assert_eq!(state(&account), ("Ready", "Ok"), "{}", told(&account));
}
