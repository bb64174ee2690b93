//! `LookupEvents`: by one attribute, newest first, fifty at a time.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{DELIVERY, Event, KEPT};
use crate::sandbox::{Account, Answer, Call, Fault, Params, Service};

/// The most events of one page.
const MOST: usize = 50;

/// Answers `LookupEvents`.
pub(super) fn lookup(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let attributes = params.list("LookupAttributes");
    if attributes.len() > 1 {
        return Err(Fault::new(
            "InvalidLookupAttributesException",
            "You can specify only one lookup attribute.",
        ));
    }
    let wanted = attributes.first().map(attribute).transpose()?;
    let (start, end) = (time(params.get("StartTime"))?, time(params.get("EndTime"))?);
    if start.zip(end).is_some_and(|(start, end)| start > end) {
        return Err(Fault::new(
            "InvalidTimeRangeException",
            "Start time should be before end time.",
        ));
    }
    let most = match params.number("MaxResults") {
        None => MOST,
        Some(most) => usize::try_from(most)
            .ok()
            .filter(|most| (1..=MOST).contains(most))
            .ok_or_else(|| {
                Fault::new("InvalidMaxResultsException", "Max results should be between 1 and 50.")
            })?,
    };
    let from = match params.text("NextToken") {
        None => 0,
        Some(token) => usize::from_str_radix(token.trim_start_matches("events-"), 16)
            .map_err(|_| Fault::new("InvalidNextTokenException", "The token is not valid."))?,
    };
    let now = account.now();
    let mut found: Vec<&Event> = account
        .here
        .trail
        .events
        .iter()
        .filter(|event| event.at + DELIVERY <= now && event.at >= now - KEPT)
        .filter(|event| start.is_none_or(|start| event.at >= start))
        .filter(|event| end.is_none_or(|end| event.at <= end))
        .filter(|event| wanted.as_ref().is_none_or(|(key, value)| has(event, key, value)))
        .collect();
    // Newest first; of one moment, the last one made.
    found.reverse();
    found.sort_by_key(|event| std::cmp::Reverse(event.at));
    let next = (found.len() > from + most).then(|| format!("events-{:x}", from + most));
    let events: Vec<Value> = found.into_iter().skip(from).take(most).map(tree).collect();
    Ok(json!({ "Events": events, "NextToken": next }))
}

fn attribute(tree: &Value) -> Result<(String, String), Fault> {
    const KEYS: [&str; 8] = [
        "EventId",
        "EventName",
        "ReadOnly",
        "Username",
        "ResourceType",
        "ResourceName",
        "EventSource",
        "AccessKeyId",
    ];
    let key = tree.text("AttributeKey").filter(|key| KEYS.contains(key));
    key.zip(tree.text("AttributeValue"))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .ok_or_else(|| {
            Fault::new("InvalidLookupAttributesException", "The lookup attribute is not valid.")
        })
}

/// A time parameter: seconds since 1970, whole or not, or a text from inside.
fn time(value: Option<&Value>) -> Result<Option<Timestamp>, Fault> {
    let bad = || Fault::new("InvalidTimeRangeException", "The time is not valid.");
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => text.parse().map(Some).map_err(|_| bad()),
        Some(other) => {
            let seconds = other.as_f64().ok_or_else(bad)?;
            let since = jiff::SignedDuration::try_from_secs_f64(seconds).map_err(|_| bad())?;
            Timestamp::from_duration(since).map(Some).map_err(|_| bad())
        }
    }
}

fn has(event: &Event, key: &str, value: &str) -> bool {
    match key {
        "EventId" => event.id == value,
        "EventName" => event.name == value,
        "ReadOnly" => value == "false",
        "Username" => event.user == value,
        "EventSource" => event.source == value,
        "AccessKeyId" => event.access_key == value,
        "ResourceType" => event.resources.iter().any(|(kind, _)| kind == value),
        _ => event.resources.iter().any(|(_, name)| name == value),
    }
}

fn tree(event: &Event) -> Value {
    let resources: Vec<Value> = event
        .resources
        .iter()
        .map(|(kind, name)| json!({ "ResourceType": kind, "ResourceName": name }))
        .collect();
    json!({
        "EventId": event.id,
        "EventName": event.name,
        "ReadOnly": "false",
        "AccessKeyId": event.access_key,
        // Whole seconds, as the record has them.
        "EventTime": event.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "EventSource": event.source,
        "Username": event.user,
        "Resources": resources,
        "CloudTrailEvent": event.record.to_string(),
    })
}

/// What a call is about: everything in its parameters and its answer that has a known name.
pub(super) fn resources(
    service: Service,
    request: &Value,
    response: Option<&Value>,
) -> Vec<(String, String)> {
    let mut found = BTreeSet::new();
    for tree in std::iter::once(request).chain(response) {
        collect(service, "", tree, &mut found);
    }
    found.into_iter().collect()
}

fn collect(service: Service, name: &str, tree: &Value, found: &mut BTreeSet<(String, String)>) {
    match tree {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| collect(service, name, value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(service, name, item, found)),
        Value::String(text) => {
            let kind = if service == Service::Ec2 { by_id(text) } else { by_name(name) };
            found.extend(kind.map(|kind| (kind.to_owned(), text.clone())));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// EC2's resources are known by their ids.
fn by_id(id: &str) -> Option<&'static str> {
    let (prefix, digits) = id.rsplit_once('-')?;
    if digits.len() < 8 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    Some(match prefix {
        "vpc" => "AWS::EC2::VPC",
        "subnet" => "AWS::EC2::Subnet",
        "rtb" => "AWS::EC2::RouteTable",
        "rtbassoc" => "AWS::EC2::SubnetRouteTableAssociation",
        "igw" => "AWS::EC2::InternetGateway",
        "nat" => "AWS::EC2::NatGateway",
        "acl" => "AWS::EC2::NetworkAcl",
        "sg" => "AWS::EC2::SecurityGroup",
        "vpce" => "AWS::EC2::VPCEndpoint",
        "pcx" => "AWS::EC2::VPCPeeringConnection",
        "tgw" => "AWS::EC2::TransitGateway",
        "tgw-attach" => "AWS::EC2::TransitGatewayAttachment",
        "eipalloc" => "AWS::EC2::EIP",
        "eni" => "AWS::EC2::NetworkInterface",
        "i" => "AWS::EC2::Instance",
        "ami" => "AWS::EC2::Ami",
        "dopt" => "AWS::EC2::DHCPOptions",
        "lt" => "AWS::EC2::LaunchTemplate",
        _ => return None,
    })
}

/// The others' resources are known by what their parameters are called.
fn by_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "stackName" | "stackId" => "AWS::CloudFormation::Stack",
        "environmentName" | "environmentId" => "AWS::ElasticBeanstalk::Environment",
        "applicationName" => "AWS::ElasticBeanstalk::Application",
        "roleName" => "AWS::IAM::Role",
        "instanceProfileName" => "AWS::IAM::InstanceProfile",
        "policyArn" => "AWS::IAM::Policy",
        "userName" => "AWS::IAM::User",
        "autoScalingGroupName" => "AWS::AutoScaling::AutoScalingGroup",
        "launchConfigurationName" => "AWS::AutoScaling::LaunchConfiguration",
        "loadBalancerArn" => "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "targetGroupArn" => "AWS::ElasticLoadBalancingV2::TargetGroup",
        "loadBalancerName" => "AWS::ElasticLoadBalancing::LoadBalancer",
        "dBInstanceIdentifier" => "AWS::RDS::DBInstance",
        "dBSubnetGroupName" => "AWS::RDS::DBSubnetGroup",
        "bucket" => "AWS::S3::Bucket",
        "emailIdentity" => "AWS::SES::EmailIdentity",
        _ => return None,
    })
}
