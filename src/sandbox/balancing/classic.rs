//! Classic load balancers, as far as environments and the `eb` command need them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::rows;
use crate::sandbox::ec2::interface::{self, NewInterface};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A classic load balancer.
#[derive(Clone, Debug, Serialize)]
pub struct Classic {
    /// Its name.
    pub name: String,
    /// Its DNS name.
    pub dns: String,
    /// `internet-facing` or `internal`.
    pub scheme: String,
    /// Its network.
    pub vpc: String,
    /// Its subnets.
    pub subnets: Vec<String>,
    /// Its zones.
    pub zones: Vec<String>,
    /// Its groups.
    pub groups: Vec<String>,
    /// Its interfaces.
    pub interfaces: Vec<String>,
    /// Its listeners, as they were given.
    pub listeners: Vec<Value>,
    /// Its health check.
    pub check: Value,
    /// Its instances.
    pub instances: BTreeSet<String>,
    /// When it was created.
    pub created: Timestamp,
    /// Its attributes, as they were given.
    pub attributes: Value,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// Seconds for which its interfaces stay after it is deleted.
const LINGERING: i64 = 60;

fn absent(name: &str) -> Fault {
    let text = format!("There is no ACTIVE Load Balancer named '{name}'");
    Fault::new("LoadBalancerNotFound", text)
}

fn named<'a>(account: &'a mut Account, call: &Call) -> Result<&'a mut Classic, Fault> {
    let name = call.params.need("LoadBalancerName")?;
    account.here.balancing.classics.get_mut(name).ok_or_else(|| absent(name))
}

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let name = params.need("LoadBalancerName")?.to_owned();
    let subnets = params.texts("Subnets");
    let mut zones = params.texts("AvailabilityZones");
    let mut vpc = String::new();
    for id in &subnets {
        let subnet = account.here.ec2.subnets.get(id).ok_or_else(|| {
            Fault::new("SubnetNotFound", format!("The subnet ID '{id}' does not exist"))
        })?;
        zones.push(subnet.zone.clone());
        vpc.clone_from(&subnet.vpc);
    }
    let scheme = params.text("Scheme").unwrap_or("internet-facing").to_owned();
    let groups = params.texts("SecurityGroups");
    let mut interfaces = Vec::new();
    for subnet in &subnets {
        let new = NewInterface {
            groups: groups.clone(),
            description: format!("ELB {name}"),
            ..NewInterface::of_service(subnet, "amazon-elb")
        };
        interfaces.push(interface::make(account, new));
    }
    let internal = if scheme == "internal" { "internal-" } else { "" };
    let number = u64::from_str_radix(&account.hex(8), 16).unwrap_or_default();
    let region = account.region.clone();
    let dns = format!("{internal}{name}-{number}.{region}.elb.amazonaws.com");
    let classic = Classic {
        name: name.clone(),
        dns: dns.clone(),
        scheme,
        vpc,
        subnets,
        zones,
        groups,
        interfaces,
        listeners: params.list("Listeners").to_vec(),
        check: json!({
            "Target": "TCP:80",
            "Interval": 30,
            "Timeout": 5,
            "UnhealthyThreshold": 2,
            "HealthyThreshold": 10,
        }),
        instances: BTreeSet::new(),
        created: account.now(),
        attributes: json!({}),
        tags: rows::given_tags(params),
    };
    account.here.balancing.classics.insert(name, classic);
    Ok(json!({"DNSName": dns}))
}

pub(super) fn delete(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("LoadBalancerName")?;
    // Deleting one that is not there succeeds.
    if let Some(classic) = account.here.balancing.classics.remove(name) {
        account.later(LINGERING, move |account| {
            for interface in classic.interfaces {
                interface::remove(account, &interface);
            }
        });
    }
    Ok(json!({}))
}

fn ids(instances: &BTreeSet<String>) -> Vec<Value> {
    instances.iter().map(|id| json!({"InstanceId": id})).collect()
}

pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    let names = call.params.texts("LoadBalancerNames");
    let classics = &account.here.balancing.classics;
    if let Some(missing) = names.iter().find(|name| !classics.contains_key(*name)) {
        return Err(absent(missing));
    }
    let rows: Vec<Value> = classics
        .values()
        .filter(|it| names.is_empty() || names.contains(&it.name))
        .map(|it| {
            let listeners: Vec<Value> = it
                .listeners
                .iter()
                .map(|listener| json!({"Listener": listener, "PolicyNames": []}))
                .collect();
            let source = it.groups.first().and_then(|id| account.here.ec2.groups.get(id));
            json!({
                "LoadBalancerName": it.name,
                "DNSName": it.dns,
                "CanonicalHostedZoneName": it.dns,
                "CanonicalHostedZoneNameID": "Z35SXDOTRQ7X7K",
                "ListenerDescriptions": listeners,
                "Policies": {
                    "AppCookieStickinessPolicies": [],
                    "LBCookieStickinessPolicies": [],
                    "OtherPolicies": [],
                },
                "BackendServerDescriptions": [],
                "AvailabilityZones": it.zones,
                "Subnets": it.subnets,
                "VPCId": it.vpc,
                "Instances": ids(&it.instances),
                "HealthCheck": it.check,
                "SourceSecurityGroup": {
                    "OwnerAlias": account.id,
                    "GroupName": source.map_or("default", |group| group.name.as_str()),
                },
                "SecurityGroups": it.groups,
                "CreatedTime": it.created.to_string(),
                "Scheme": it.scheme,
            })
        })
        .collect();
    Ok(json!({"LoadBalancerDescriptions": rows}))
}

pub(super) fn attributes(account: &mut Account, call: &Call) -> Answer {
    let set = named(account, call)?.attributes.clone();
    let part = |name: &str, default: Value| set.get(name).cloned().unwrap_or(default);
    Ok(json!({"LoadBalancerAttributes": {
        "CrossZoneLoadBalancing": part("CrossZoneLoadBalancing", json!({"Enabled": false})),
        "AccessLog": part("AccessLog", json!({"Enabled": false})),
        "ConnectionDraining":
            part("ConnectionDraining", json!({"Enabled": false, "Timeout": 300})),
        "ConnectionSettings": part("ConnectionSettings", json!({"IdleTimeout": 60})),
    }}))
}

pub(super) fn change_attributes(account: &mut Account, call: &Call) -> Answer {
    let given = call.params.get("LoadBalancerAttributes").cloned().unwrap_or_default();
    let classic = named(account, call)?;
    if let (Value::Object(set), Value::Object(given)) = (&mut classic.attributes, given.clone()) {
        set.extend(given);
    }
    Ok(json!({"LoadBalancerName": classic.name, "LoadBalancerAttributes": given}))
}

pub(super) fn tags(account: &mut Account, call: &Call) -> Answer {
    let classics = &account.here.balancing.classics;
    let mut rows = Vec::new();
    for name in call.params.texts("LoadBalancerNames") {
        let classic = classics.get(&name).ok_or_else(|| absent(&name))?;
        rows.push(json!({"LoadBalancerName": name, "Tags": rows::tag_list(&classic.tags)}));
    }
    Ok(json!({"TagDescriptions": rows}))
}

pub(super) fn check(account: &mut Account, call: &Call) -> Answer {
    let check = call.params.get("HealthCheck").cloned().unwrap_or_default();
    named(account, call)?.check = check.clone();
    Ok(json!({"HealthCheck": check}))
}

fn given(call: &Call) -> Vec<String> {
    let instances = call.params.list("Instances").iter();
    instances.filter_map(|it| it.text("InstanceId")).map(str::to_owned).collect()
}

pub(super) fn register(account: &mut Account, call: &Call) -> Answer {
    for id in given(call) {
        if !account.here.ec2.instances.contains_key(&id) {
            let text = format!("Could not find EC2 instance {id}.");
            return Err(Fault::new("InvalidInstance", text));
        }
        named(account, call)?.instances.insert(id);
    }
    Ok(json!({"Instances": ids(&named(account, call)?.instances)}))
}

pub(super) fn deregister(account: &mut Account, call: &Call) -> Answer {
    let classic = named(account, call)?;
    for id in given(call) {
        classic.instances.remove(&id);
    }
    Ok(json!({"Instances": ids(&classic.instances)}))
}

pub(super) fn health(account: &mut Account, call: &Call) -> Answer {
    let instances = named(account, call)?.instances.clone();
    let asked = given(call);
    let rows: Vec<Value> = instances
        .iter()
        .filter(|id| asked.is_empty() || asked.contains(id))
        .map(|id| {
            let state = account.here.ec2.instances.get(id).map_or("terminated", |it| it.state);
            let answer = account.here.balancing.answers.get(id);
            let good = matches!(answer, None | Some(super::Answering::Code(200..=299)));
            let (word, code, text) = if state != "running" {
                ("OutOfService", "Instance", "Instance is in stopped state.")
            } else if good {
                ("InService", "N/A", "N/A")
            } else {
                let text = "Instance has failed at least the UnhealthyThreshold number of health \
                            checks consecutively.";
                ("OutOfService", "Instance", text)
            };
            json!({"InstanceId": id, "State": word, "ReasonCode": code, "Description": text})
        })
        .collect();
    Ok(json!({"InstanceStates": rows}))
}

pub(super) fn set_groups(account: &mut Account, call: &Call) -> Answer {
    let groups = call.params.texts("SecurityGroups");
    let classic = named(account, call)?;
    classic.groups.clone_from(&groups);
    let interfaces = classic.interfaces.clone();
    for id in interfaces {
        if let Some(interface) = account.here.ec2.interfaces.get_mut(&id) {
            interface.groups.clone_from(&groups);
        }
    }
    Ok(json!({"SecurityGroups": groups}))
}
