//! Target groups.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::target::Target;
use super::{Balancing, rows};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A target group.
#[derive(Clone, Debug, Serialize)]
pub struct TargetGroup {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The protocol its targets speak.
    pub protocol: String,
    /// The port its targets listen on, unless they were registered with another.
    pub port: u16,
    /// Its network.
    pub vpc: String,
    /// `instance` or `ip`.
    pub target_type: String,
    /// Its health check, with the names of the API.
    pub check: Value,
    /// Its targets.
    pub targets: Vec<Target>,
    /// Attributes that differ from the defaults.
    pub attributes: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// The refusal for a target group that is not there.
pub(super) fn absent() -> Fault {
    Fault::new("TargetGroupNotFound", "One or more target groups not found")
}

/// Settings of a health check as a call gives them, over those there are.
fn check(params: &Value, before: &Value) -> Value {
    let mut check = before.clone();
    for name in ["HealthCheckPath", "HealthCheckPort", "HealthCheckProtocol"] {
        if let Some(text) = params.text(name) {
            check[name] = json!(text);
        }
    }
    let numbers = [
        "HealthCheckIntervalSeconds",
        "HealthCheckTimeoutSeconds",
        "HealthyThresholdCount",
        "UnhealthyThresholdCount",
    ];
    for name in numbers {
        if let Some(number) = params.number(name) {
            check[name] = json!(number);
        }
    }
    let codes = params.get("Matcher").and_then(|matcher| matcher.text("HttpCode"));
    if let Some(codes) = codes {
        check["Matcher"] = json!({"HttpCode": codes});
    }
    check
}

/// The health check that a group has by default.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>
fn usual_check(protocol: &str) -> Value {
    if matches!(protocol, "TCP" | "TLS" | "UDP" | "TCP_UDP") {
        return json!({
            "HealthCheckEnabled": true,
            "HealthCheckProtocol": "TCP",
            "HealthCheckPort": "traffic-port",
            "HealthCheckIntervalSeconds": 30,
            "HealthCheckTimeoutSeconds": 10,
            "HealthyThresholdCount": 5,
            "UnhealthyThresholdCount": 2,
        });
    }
    json!({
        "HealthCheckEnabled": true,
        "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 2,
        "HealthCheckPath": "/",
        "Matcher": {"HttpCode": "200"},
    })
}

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let name = params.need("Name")?.to_owned();
    if account.here.balancing.target_groups.values().any(|it| it.name == name) {
        let text = format!(
            "A target group with the same name '{name}' exists, but with different settings"
        );
        return Err(Fault::new("DuplicateTargetGroupName", text));
    }
    let port = params.number("Port").and_then(|port| u16::try_from(port).ok()).unwrap_or(80);
    let vpc = params.text("VpcId").unwrap_or_default();
    if !vpc.is_empty() && !account.here.ec2.vpcs.contains_key(vpc) {
        return Err(super::invalid(format!("The VPC ID '{vpc}' is not found")));
    }
    let id = account.hex(16);
    let arn = account.arn("elasticloadbalancing", &format!("targetgroup/{name}/{id}"));
    let protocol = params.text("Protocol").unwrap_or("HTTP").to_owned();
    let group = TargetGroup {
        arn: arn.clone(),
        name,
        check: check(params, &usual_check(&protocol)),
        protocol,
        port,
        vpc: vpc.to_owned(),
        target_type: params.text("TargetType").unwrap_or("instance").to_owned(),
        targets: Vec::new(),
        attributes: BTreeMap::new(),
        tags: rows::given_tags(params),
    };
    account.here.balancing.target_groups.insert(arn.clone(), group);
    let balancing = &account.here.balancing;
    Ok(json!({"TargetGroups": [row(balancing, &balancing.target_groups[&arn])]}))
}

pub(super) fn modify(account: &mut Account, call: &Call) -> Answer {
    let arn = call.params.need("TargetGroupArn")?;
    let group = account.here.balancing.target_groups.get_mut(arn).ok_or_else(absent)?;
    group.check = check(&call.params, &group.check);
    let balancing = &account.here.balancing;
    Ok(json!({"TargetGroups": [row(balancing, &balancing.target_groups[arn])]}))
}

pub(super) fn delete(account: &mut Account, call: &Call) -> Answer {
    let arn = call.params.need("TargetGroupArn")?;
    if !balancers(&account.here.balancing, arn).is_empty() {
        let text = format!("Target group '{arn}' is currently in use by a listener or a rule");
        return Err(Fault::new("ResourceInUse", text));
    }
    account.here.balancing.target_groups.remove(arn);
    Ok(json!({}))
}

/// The load balancers that send to a target group.
pub(super) fn balancers(balancing: &Balancing, arn: &str) -> Vec<String> {
    let listeners = balancing.listeners.values();
    let mut using: Vec<String> = listeners
        .filter(|listener| listener.targets().iter().any(|it| it == arn))
        .map(|listener| listener.balancer.clone())
        .collect();
    using.sort();
    using.dedup();
    using
}

fn row(balancing: &Balancing, group: &TargetGroup) -> Value {
    let mut row = json!({
        "TargetGroupArn": group.arn,
        "TargetGroupName": group.name,
        "Protocol": group.protocol,
        "Port": group.port,
        "VpcId": group.vpc,
        "LoadBalancerArns": balancers(balancing, &group.arn),
        "TargetType": group.target_type,
        "ProtocolVersion": group.protocol.starts_with("HTTP").then_some("HTTP1"),
        "IpAddressType": "ipv4",
    });
    if let (Value::Object(row), Value::Object(check)) = (&mut row, group.check.clone()) {
        row.extend(check);
    }
    row
}

pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let (arns, names) = (params.texts("TargetGroupArns"), params.texts("Names"));
    let balancer = params.text("LoadBalancerArn");
    let balancing = &account.here.balancing;
    let all = &balancing.target_groups;
    let known = |name: &String| all.values().any(|it| it.name == *name);
    if !arns.iter().all(|arn| all.contains_key(arn)) || !names.iter().all(known) {
        return Err(absent());
    }
    if balancer.is_some_and(|arn| !balancing.balancers.contains_key(arn)) {
        return Err(super::balancer::absent());
    }
    let served = |group: &TargetGroup| {
        balancer.is_none_or(|arn| balancers(balancing, &group.arn).iter().any(|it| it == arn))
    };
    let rows = all
        .values()
        .filter(|it| arns.is_empty() || arns.contains(&it.arn))
        .filter(|it| names.is_empty() || names.contains(&it.name))
        .filter(|it| served(it))
        .map(|it| row(balancing, it))
        .collect();
    rows::page("TargetGroups", rows, call)
}
