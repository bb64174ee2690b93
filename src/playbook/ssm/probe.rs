//! A condition as a question that AWS Systems Manager can ask: one operation, one property of its
//! answer, and the values that are right.
//!
//! Source: `aws:assertAwsResourceProperty` and `aws:waitForAwsResourceProperty` compare one
//! property, chosen by a JSONPath, with a list of values. What needs more than that (a list that
//! has something among others, something that is not there, a time) cannot be asked.

use serde_json::{Value, json};

use super::pieces::{open, reference, target};
use super::{call, stack_name};
use crate::plan::{Condition, DnsAttribute};

/// A question about one property.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Probe {
    pub(super) service: &'static str,
    pub(super) api: &'static str,
    pub(super) inputs: Value,
    pub(super) selector: &'static str,
    pub(super) values: Vec<Value>,
}

fn probe(
    service: &'static str,
    api: &'static str,
    inputs: Value,
    selector: &'static str,
    values: Vec<Value>,
) -> Probe {
    Probe { service, api, inputs, selector, values }
}

fn texts(values: &[String]) -> Vec<Value> {
    values.iter().map(|value| json!(value)).collect()
}

/// A switch as the actions compare it.
///
/// Source: "If you specify a Boolean value, you must use a capital letter such as True or False."
fn switch(on: bool) -> Vec<Value> {
    vec![json!(if on { "True" } else { "False" })]
}

/// The question that tells whether a condition holds, where one question can.
#[expect(clippy::wildcard_enum_match_arm, reason = "the rest cannot be asked by one property")]
#[expect(clippy::too_many_lines, reason = "a table: one entry a condition")]
pub(super) fn of(condition: &Condition) -> Option<Probe> {
    beanstalk(condition).or_else(|| network(condition)).or_else(|| match condition {
        Condition::StackIn { stack, statuses } => Some(probe(
            "cloudformation",
            "DescribeStacks",
            json!({"StackName": stack_name(stack.as_str())}),
            "$.Stacks[0].StackStatus",
            texts(statuses),
        )),
        Condition::StackProtected { stack, on } => Some(probe(
            "cloudformation",
            "DescribeStacks",
            json!({"StackName": stack_name(stack.as_str())}),
            "$.Stacks[0].EnableTerminationProtection",
            switch(*on),
        )),
        Condition::DatabaseIn { database, statuses } => Some(probe(
            "rds",
            "DescribeDBInstances",
            json!({"DBInstanceIdentifier": open("DBInstanceIdentifier", database)}),
            "$.DBInstances[0].DBInstanceStatus",
            texts(statuses),
        )),
        Condition::DatabaseProtected { database, on } => Some(probe(
            "rds",
            "DescribeDBInstances",
            json!({"DBInstanceIdentifier": open("DBInstanceIdentifier", database)}),
            "$.DBInstances[0].DeletionProtection",
            switch(*on),
        )),
        Condition::SnapshotIn { snapshot, statuses } => Some(probe(
            "rds",
            "DescribeDBSnapshots",
            json!({"DBSnapshotIdentifier": open("DBSnapshotIdentifier", snapshot)}),
            "$.DBSnapshots[0].Status",
            texts(statuses),
        )),
        Condition::RoleIs { role, there: true } => Some(probe(
            "iam",
            "GetRole",
            json!({"RoleName": open("RoleName", role)}),
            "$.Role.RoleName",
            vec![open("RoleName", role)],
        )),
        Condition::ProfileIs { profile, role: Some(role), there: true } => Some(probe(
            "iam",
            "GetInstanceProfile",
            json!({"InstanceProfileName": open("InstanceProfileName", profile)}),
            "$.InstanceProfile.Roles[0].RoleName",
            vec![open("RoleName", role)],
        )),
        Condition::SizeIs { group, desired, .. } => Some(probe(
            "autoscaling",
            "DescribeAutoScalingGroups",
            json!({"AutoScalingGroupNames": [open("AutoScalingGroupName", group)]}),
            "$.AutoScalingGroups[0].DesiredCapacity",
            vec![json!(desired)],
        )),
        Condition::SendingIs { on } => {
            Some(probe("sesv2", "GetAccount", json!({}), "$.SendingEnabled", switch(*on)))
        }
        _ => None,
    })
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the rest is asked elsewhere")]
fn beanstalk(condition: &Condition) -> Option<Probe> {
    let ask = |id: &crate::world::EnvironmentId, selector, values| {
        let inputs = json!({"EnvironmentIds": [open("EnvironmentId", id)]});
        probe("elasticbeanstalk", "DescribeEnvironments", inputs, selector, values)
    };
    Some(match condition {
        Condition::EnvironmentIn { environment, statuses } => {
            ask(environment, "$.Environments[0].Status", texts(statuses))
        }
        // Statuses of enhanced health; with basic health there are only colours.
        Condition::HealthIn { environment, healths } => {
            let colours = ["Green", "Yellow", "Red", "Grey"];
            let named: Vec<String> =
                healths.iter().filter(|one| !colours.contains(&one.as_str())).cloned().collect();
            ask(environment, "$.Environments[0].HealthStatus", texts(&named))
        }
        Condition::PlatformIs { environment, platform } => {
            ask(environment, "$.Environments[0].PlatformArn", vec![open("PlatformArn", platform)])
        }
        Condition::VersionIs { environment, label } => {
            ask(environment, "$.Environments[0].VersionLabel", vec![open("VersionLabel", label)])
        }
        _ => return None,
    })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "`json!` makes what is filtered by where it is used"
)]
fn filter(name: &str, value: Value) -> Value {
    json!({"Name": name, "Values": [value]})
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the rest is asked elsewhere")]
#[expect(clippy::too_many_lines, reason = "a table: one entry a condition")]
fn network(condition: &Condition) -> Option<Probe> {
    let ec2 = |api, inputs, selector, values| probe("ec2", api, inputs, selector, values);
    Some(match condition {
        Condition::RouteTableIs { table, there: true } => {
            let table = reference("RouteTableId", table);
            let selector = "$.RouteTables[0].RouteTableId";
            ec2("DescribeRouteTables", json!({"RouteTableIds": [table]}), selector, vec![table])
        }
        // A table that is found by its route has it.
        Condition::RouteIs { table, destination, target: Some(by), there: true } => {
            let table = reference("RouteTableId", table);
            let (_, to) = call::destination(destination);
            let block = match destination {
                crate::world::network::Destination::PrefixList(_) => {
                    "route.destination-prefix-list-id"
                }
                crate::world::network::Destination::Cidr(net) if net.addr().is_ipv6() => {
                    "route.destination-ipv6-cidr-block"
                }
                crate::world::network::Destination::Cidr(_) => "route.destination-cidr-block",
            };
            let mut filters = vec![
                filter("route-table-id", table.clone()),
                filter(block, to),
                filter("route.state", json!("active")),
            ];
            let (input, by) = target(by);
            filters.extend(route_filter(input).map(|name| filter(name, by)));
            let selector = "$.RouteTables[0].RouteTableId";
            ec2("DescribeRouteTables", json!({ "Filters": filters }), selector, vec![table])
        }
        Condition::SubnetUses { subnet, table: Some(table) } => {
            let filters = [filter("association.subnet-id", open("SubnetId", subnet))];
            let selector = "$.RouteTables[0].RouteTableId";
            let table = reference("RouteTableId", table);
            ec2("DescribeRouteTables", json!({ "Filters": filters }), selector, vec![table])
        }
        Condition::NatIn { nat, states } => {
            let inputs = json!({"NatGatewayIds": [reference("NatGatewayId", nat)]});
            ec2("DescribeNatGateways", inputs, "$.NatGateways[0].State", texts(states))
        }
        Condition::EndpointIn { endpoint, states } => {
            let inputs = json!({"VpcEndpointIds": [reference("VpcEndpointId", endpoint)]});
            ec2("DescribeVpcEndpoints", inputs, "$.VpcEndpoints[0].State", texts(states))
        }
        Condition::EndpointAnswersFor { endpoint, on } => {
            let inputs = json!({"VpcEndpointIds": [open("VpcEndpointId", endpoint)]});
            let selector = "$.VpcEndpoints[0].PrivateDnsEnabled";
            ec2("DescribeVpcEndpoints", inputs, selector, switch(*on))
        }
        Condition::PeeringIn { peering, statuses } => {
            let peering = open("VpcPeeringConnectionId", peering);
            let inputs = json!({"VpcPeeringConnectionIds": [peering]});
            let selector = "$.VpcPeeringConnections[0].Status.Code";
            ec2("DescribeVpcPeeringConnections", inputs, selector, texts(statuses))
        }
        Condition::GatewayIs { gateway, vpc: Some(vpc), there: true } => {
            let inputs = json!({"InternetGatewayIds": [reference("InternetGatewayId", gateway)]});
            let selector = "$.InternetGateways[0].Attachments[0].VpcId";
            ec2("DescribeInternetGateways", inputs, selector, vec![open("VpcId", vpc)])
        }
        Condition::AddressIs { allocation, there: true } => {
            let own = reference("AllocationId", allocation);
            let inputs = json!({"AllocationIds": [own]});
            ec2("DescribeAddresses", inputs, "$.Addresses[0].AllocationId", vec![own])
        }
        Condition::DnsIs { vpc, attribute, on } => {
            let (name, selector) = match attribute {
                DnsAttribute::Support => ("enableDnsSupport", "$.EnableDnsSupport.Value"),
                DnsAttribute::Hostnames => ("enableDnsHostnames", "$.EnableDnsHostnames.Value"),
            };
            let inputs = json!({"VpcId": open("VpcId", vpc), "Attribute": name});
            ec2("DescribeVpcAttribute", inputs, selector, switch(*on))
        }
        Condition::InstancesIn { instances, states } if instances.len() == 1 => {
            let inputs = json!({"InstanceIds": [open("InstanceId", &instances[0])]});
            let selector = "$.Reservations[0].Instances[0].State.Name";
            ec2("DescribeInstances", inputs, selector, texts(states))
        }
        _ => return None,
    })
}

/// The filter of route tables by what a route leads to, where there is one.
///
/// Source: the filters of `DescribeRouteTables` in the EC2 API reference.
fn route_filter(input: &str) -> Option<&'static str> {
    Some(match input {
        "GatewayId" => "route.gateway-id",
        "NatGatewayId" => "route.nat-gateway-id",
        "InstanceId" => "route.instance-id",
        "TransitGatewayId" => "route.transit-gateway-id",
        "VpcPeeringConnectionId" => "route.vpc-peering-connection-id",
        "EgressOnlyInternetGatewayId" => "route.egress-only-internet-gateway-id",
        _ => return None,
    })
}
