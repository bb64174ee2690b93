//! Listeners and their rules.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::{Balancing, rows};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A listener.
#[derive(Clone, Debug, Serialize)]
pub struct Listener {
    /// Its ARN.
    pub arn: String,
    /// The load balancer it belongs to.
    pub balancer: String,
    /// The port it listens on.
    pub port: u16,
    /// The protocol it speaks.
    pub protocol: String,
    /// What it does with requests that no rule takes.
    pub actions: Vec<Value>,
    /// Its certificates, as they were given.
    pub certificates: Vec<Value>,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A rule of a listener.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    /// Its ARN.
    pub arn: String,
    /// Its place in the order.
    pub priority: String,
    /// What it looks at.
    pub conditions: Vec<Value>,
    /// What it does.
    pub actions: Vec<Value>,
}

/// The refusal for a listener that is not there.
pub(super) fn absent() -> Fault {
    Fault::new("ListenerNotFound", "One or more listeners not found")
}

/// The target groups that actions send to.
fn sent_to(actions: &[Value]) -> Vec<String> {
    let mut arns = Vec::new();
    for action in actions {
        arns.extend(action.text("TargetGroupArn").map(str::to_owned));
        let forward = action.get("ForwardConfig").map_or(&[][..], |it| it.list("TargetGroups"));
        let named = forward.iter().filter_map(|it| it.text("TargetGroupArn"));
        arns.extend(named.map(str::to_owned));
    }
    arns
}

impl Listener {
    /// The target groups it sends to.
    pub(super) fn targets(&self) -> Vec<String> {
        let mut arns = sent_to(&self.actions);
        for rule in &self.rules {
            arns.extend(sent_to(&rule.actions));
        }
        arns
    }
}

/// Refuses actions that send to target groups that are not there.
fn check(balancing: &Balancing, actions: &[Value]) -> Result<(), Fault> {
    let known = sent_to(actions).iter().all(|arn| balancing.target_groups.contains_key(arn));
    if known { Ok(()) } else { Err(super::target_group::absent()) }
}

/// Actions with what AWS adds to a plain forward.
fn whole(actions: &[Value]) -> Vec<Value> {
    actions
        .iter()
        .map(|action| {
            let mut action = action.clone();
            let arn = action.text("TargetGroupArn").map(str::to_owned);
            if let Some(arn) = arn
                && action.get("ForwardConfig").is_none()
            {
                action["ForwardConfig"] = json!({
                    "TargetGroups": [{"TargetGroupArn": arn, "Weight": 1}],
                    "TargetGroupStickinessConfig": {"Enabled": false},
                });
            }
            action
        })
        .collect()
}

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let balancer = params.need("LoadBalancerArn")?.to_owned();
    let balancing = &account.here.balancing;
    let found = balancing.balancers.get(&balancer).ok_or_else(super::balancer::absent)?;
    let path = found.arn.split("loadbalancer/").nth(1).unwrap_or_default().to_owned();
    let port = params.number("Port").and_then(|port| u16::try_from(port).ok()).unwrap_or(80);
    let taken = balancing.listeners.values().any(|it| it.balancer == balancer && it.port == port);
    if taken {
        let text = "A listener already exists on this port for this load balancer";
        return Err(Fault::new("DuplicateListener", format!("{text} '{balancer}'")));
    }
    let actions = params.list("DefaultActions").to_vec();
    check(balancing, &actions)?;
    let id = account.hex(16);
    let arn = account.arn("elasticloadbalancing", &format!("listener/{path}/{id}"));
    let listener = Listener {
        arn: arn.clone(),
        balancer,
        port,
        protocol: params.text("Protocol").unwrap_or("HTTP").to_owned(),
        actions,
        certificates: params.list("Certificates").to_vec(),
        rules: Vec::new(),
        tags: rows::given_tags(params),
    };
    let row = row(&listener);
    account.here.balancing.listeners.insert(arn, listener);
    Ok(json!({"Listeners": [row]}))
}

pub(super) fn modify(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let arn = params.need("ListenerArn")?;
    let actions = params.list("DefaultActions").to_vec();
    check(&account.here.balancing, &actions)?;
    let listener = account.here.balancing.listeners.get_mut(arn).ok_or_else(absent)?;
    if !actions.is_empty() {
        listener.actions = actions;
    }
    if let Some(port) = params.number("Port").and_then(|port| u16::try_from(port).ok()) {
        listener.port = port;
    }
    if let Some(protocol) = params.text("Protocol") {
        protocol.clone_into(&mut listener.protocol);
    }
    if params.get("Certificates").is_some() {
        listener.certificates = params.list("Certificates").to_vec();
    }
    Ok(json!({"Listeners": [row(listener)]}))
}

pub(super) fn delete(account: &mut Account, call: &Call) -> Answer {
    let arn = call.params.need("ListenerArn")?;
    account.here.balancing.listeners.remove(arn).ok_or_else(absent)?;
    Ok(json!({}))
}

fn row(listener: &Listener) -> Value {
    let secure = listener.protocol == "HTTPS" || listener.protocol == "TLS";
    json!({
        "ListenerArn": listener.arn,
        "LoadBalancerArn": listener.balancer,
        "Port": listener.port,
        "Protocol": listener.protocol,
        "Certificates": secure.then_some(&listener.certificates),
        "SslPolicy": secure.then_some("ELBSecurityPolicy-2016-08"),
        "DefaultActions": whole(&listener.actions),
    })
}

pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    let (arns, balancer) = (call.params.texts("ListenerArns"), call.params.text("LoadBalancerArn"));
    let balancing = &account.here.balancing;
    if balancer.is_some_and(|arn| !balancing.balancers.contains_key(arn)) {
        return Err(super::balancer::absent());
    }
    if !arns.iter().all(|arn| balancing.listeners.contains_key(arn)) {
        return Err(absent());
    }
    let rows = balancing
        .listeners
        .values()
        .filter(|it| arns.is_empty() || arns.contains(&it.arn))
        .filter(|it| balancer.is_none_or(|arn| it.balancer == arn))
        .map(row)
        .collect();
    rows::page("Listeners", rows, call)
}

pub(super) fn create_rule(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let arn = params.need("ListenerArn")?;
    let actions = params.list("Actions").to_vec();
    check(&account.here.balancing, &actions)?;
    let id = account.hex(16);
    let listener = account.here.balancing.listeners.get_mut(arn).ok_or_else(absent)?;
    let rule = Rule {
        arn: format!("{}/{id}", listener.arn.replace(":listener/", ":listener-rule/")),
        priority: params.text("Priority").unwrap_or("1").to_owned(),
        conditions: params.list("Conditions").to_vec(),
        actions,
    };
    let row = rule_row(&rule);
    listener.rules.push(rule);
    Ok(json!({"Rules": [row]}))
}

pub(super) fn delete_rule(account: &mut Account, call: &Call) -> Answer {
    let arn = call.params.need("RuleArn")?;
    let mut found = false;
    for listener in account.here.balancing.listeners.values_mut() {
        let before = listener.rules.len();
        listener.rules.retain(|rule| rule.arn != arn);
        found |= listener.rules.len() < before;
    }
    if found {
        Ok(json!({}))
    } else {
        Err(Fault::new("RuleNotFound", "One or more rules not found"))
    }
}

fn rule_mut<'a>(balancing: &'a mut Balancing, arn: &str) -> Result<&'a mut Rule, Fault> {
    let rules = balancing.listeners.values_mut().flat_map(|listener| &mut listener.rules);
    let missing = || Fault::new("RuleNotFound", "One or more rules not found");
    rules.into_iter().find(|rule| rule.arn == arn).ok_or_else(missing)
}

pub(super) fn modify_rule(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let arn = params.need("RuleArn")?;
    let actions = params.list("Actions").to_vec();
    check(&account.here.balancing, &actions)?;
    let rule = rule_mut(&mut account.here.balancing, arn)?;
    if !actions.is_empty() {
        rule.actions = actions;
    }
    if params.get("Conditions").is_some() {
        rule.conditions = params.list("Conditions").to_vec();
    }
    Ok(json!({"Rules": [rule_row(rule)]}))
}

pub(super) fn set_priorities(account: &mut Account, call: &Call) -> Answer {
    let wanted = call.params.list("RulePriorities");
    for pair in wanted {
        rule_mut(&mut account.here.balancing, pair.need("RuleArn")?)?;
    }
    let mut rows = Vec::new();
    for pair in wanted {
        let rule = rule_mut(&mut account.here.balancing, pair.need("RuleArn")?)?;
        if let Some(priority) = pair.number("Priority") {
            rule.priority = priority.to_string();
        }
        rows.push(rule_row(rule));
    }
    Ok(json!({"Rules": rows}))
}

fn rule_row(rule: &Rule) -> Value {
    json!({
        "RuleArn": rule.arn,
        "Priority": rule.priority,
        "Conditions": rule.conditions,
        "Actions": whole(&rule.actions),
        "IsDefault": false,
    })
}

pub(super) fn describe_rules(account: &mut Account, call: &Call) -> Answer {
    let (listener, arns) = (call.params.text("ListenerArn"), call.params.texts("RuleArns"));
    let balancing = &account.here.balancing;
    if listener.is_some_and(|arn| !balancing.listeners.contains_key(arn)) {
        return Err(absent());
    }
    let mut rows = Vec::new();
    for found in balancing.listeners.values() {
        if listener.is_some_and(|arn| found.arn != arn) {
            continue;
        }
        rows.extend(found.rules.iter().map(rule_row));
        rows.push(json!({
            "RuleArn": format!("{}/default", found.arn.replace(":listener/", ":listener-rule/")),
            "Priority": "default",
            "Conditions": [],
            "Actions": whole(&found.actions),
            "IsDefault": true,
        }));
    }
    rows.retain(|row| arns.is_empty() || arns.iter().any(|arn| row.text("RuleArn") == Some(arn)));
    rows::page("Rules", rows, call)
}
