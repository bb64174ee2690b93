use serde_json::{Value, json};

use crate::sandbox::Service::{CloudFormation, Ec2, ElasticBeanstalk};
use crate::sandbox::scenarios::find;
use crate::sandbox::{Account, Service};

fn shop() -> Account {
    let now = "2026-11-23T15:30:00Z".parse().expect("a time");
    find("healthy").expect("a scenario").build(now)
}

/// A policy that allows everything, and some actions only on some resources.
fn limited(actions: &Value, resource: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "NotAction": actions, "Resource": "*" },
        { "Effect": "Allow", "Action": actions, "Resource": resource },
    ] })
}

/// The code of the refusal of a call, if it was refused.
fn refused(
    account: &mut Account,
    service: Service,
    operation: &str,
    params: Value,
) -> Option<String> {
    account.call_as("rescuer", service, operation, params).err().map(|fault| fault.code)
}

#[test]
fn an_environment_named_by_its_id_alone_is_the_one_a_policy_names() {
    let mut account = shop();
    let id = account.here.beanstalk.environments.keys().next().expect("one").clone();
    let resource = "arn:aws:elasticbeanstalk:us-west-2:210987654321:environment/shop/shop-prod";
    let restart = json!(["elasticbeanstalk:RestartAppServer"]);
    let params = json!({ "EnvironmentId": id });
    account.access.policy = Some(limited(&restart, &resource.replace("shop-prod", "other")));
    let code = refused(&mut account, ElasticBeanstalk, "RestartAppServer", params.clone());
    assert_eq!(code.as_deref(), Some("AccessDenied"));
    account.access.policy = Some(limited(&restart, resource));
    assert_eq!(refused(&mut account, ElasticBeanstalk, "RestartAppServer", params), None);
}

#[test]
fn a_route_is_held_against_its_table_and_an_association_too() {
    let mut account = shop();
    let tables = &account.here.ec2.route_tables;
    let table = tables.values().find(|table| !table.is_main()).expect("one").clone();
    let association = table.associations[0].id.clone();
    let actions = json!(["ec2:CreateRoute", "ec2:DisassociateRouteTable"]);
    let own = format!("arn:aws:ec2:us-west-2:210987654321:route-table/{}", table.id);
    let route = json!({
        "RouteTableId": table.id, "DestinationCidrBlock": "198.51.100.0/24", "GatewayId": "igw-x",
    });
    let leave = json!({ "AssociationId": association });
    account.access.policy = Some(limited(&actions, "arn:aws:ec2:*:*:route-table/rtb-other"));
    let denied = Some("UnauthorizedOperation".to_owned());
    assert_eq!(refused(&mut account, Ec2, "CreateRoute", route.clone()), denied);
    assert_eq!(refused(&mut account, Ec2, "DisassociateRouteTable", leave.clone()), denied);
    account.access.policy = Some(limited(&actions, &own));
    let code = refused(&mut account, Ec2, "CreateRoute", route);
    assert_eq!(code.as_deref(), Some("InvalidGatewayID.NotFound"), "past the policy");
    assert_eq!(refused(&mut account, Ec2, "DisassociateRouteTable", leave), None);
}

#[test]
fn each_of_several_resources_must_be_allowed() {
    let mut account = shop();
    let ids: Vec<String> = account.here.ec2.instances.keys().take(2).cloned().collect();
    let resource = format!("arn:aws:ec2:us-west-2:210987654321:instance/{}", ids[0]);
    account.access.policy = Some(limited(&json!(["ec2:RebootInstances"]), &resource));
    let one = json!({ "InstanceId": [ids[0]] });
    assert_eq!(refused(&mut account, Ec2, "RebootInstances", one), None);
    let both = json!({ "InstanceId": ids });
    let code = refused(&mut account, Ec2, "RebootInstances", both);
    assert_eq!(code.as_deref(), Some("UnauthorizedOperation"));
}

#[test]
fn a_description_is_limited_to_no_resource() {
    let mut account = shop();
    let vpc = account.here.ec2.vpcs.keys().next().expect("one").clone();
    let any = "arn:aws:ec2:us-west-2:210987654321:vpc/*";
    account.access.policy = Some(limited(&json!(["ec2:DescribeVpcs"]), any));
    let code = refused(&mut account, Ec2, "DescribeVpcs", json!({ "VpcId": [vpc] }));
    assert_eq!(code.as_deref(), Some("UnauthorizedOperation"));
}

#[test]
fn a_stack_is_known_by_name_and_by_arn() {
    let mut account = shop();
    let stack = account.here.cloudformation.stacks[0].id.clone();
    let name = account.here.cloudformation.stacks[0].name.clone();
    account.access.policy = Some(limited(&json!(["cloudformation:DescribeStacks"]), &stack));
    for named in [name, stack] {
        let params = json!({ "StackName": named });
        assert_eq!(refused(&mut account, CloudFormation, "DescribeStacks", params), None);
    }
}

#[test]
fn what_the_organization_denies_no_policy_allows() {
    let mut account = shop();
    account.access.policy =
        Some(json!({ "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] }));
    account.access.organization = Some(json!({ "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*" },
        { "Effect": "Deny", "Action": "ec2:CreateRoute", "Resource": "*" },
    ] }));
    let params = json!({ "RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0" });
    let fault = account.call_as("rescuer", Ec2, "CreateRoute", params).expect_err("denied");
    assert_eq!(fault.code, "UnauthorizedOperation");
    assert_eq!(
        fault.message,
        "You are not authorized to perform this operation. User: \
         arn:aws:iam::210987654321:user/rescuer is not authorized to perform: ec2:CreateRoute on \
         resource: arn:aws:ec2:us-west-2:210987654321:route-table/rtb-1 with an explicit deny in \
         a service control policy"
    );
}
