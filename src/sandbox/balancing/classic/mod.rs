//! Classic load balancers.

mod change;
mod health;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{balancer, rows};
use crate::sandbox::ec2::interface::{self, NewInterface};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

pub(super) use change::{
    add_listeners, add_tags, attach, detach, remove_listeners, remove_tags, set_groups,
};
pub(super) use health::describe as health;
pub(in crate::sandbox) use health::states;

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
    /// Its instances, and since when each is registered.
    pub instances: BTreeMap<String, Timestamp>,
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

/// The refusal for two subnets in one zone (`NET-18`).
fn shared_zone() -> Fault {
    let text = "ELB cannot be attached to multiple subnets in the same AZ.";
    Fault::new("InvalidConfigurationRequest", text)
}

/// The subnets of a call: those it names, or the default ones of the zones it names.
fn subnets(account: &Account, params: &Value) -> Result<Vec<(String, String, String)>, Fault> {
    let known = &account.here.ec2.subnets;
    let mut ids = params.texts("Subnets");
    // The sentences are those of NET-19 and NET-20; their codes are not quoted anywhere.
    let refused = |text: String| Fault::new("InvalidConfigurationRequest", text);
    for zone in params.texts("AvailabilityZones") {
        let mut default = known.values().filter(|subnet| subnet.default_for_zone);
        if default.clone().next().is_none() {
            return Err(refused("Default VPC not found".to_owned()));
        }
        let subnet = default.find(|subnet| subnet.zone == zone);
        let subnet =
            subnet.ok_or_else(|| refused(format!("Default subnet in {zone} not found")))?;
        ids.push(subnet.id.clone());
    }
    let mut all: Vec<(String, String, String)> = Vec::new();
    for id in ids {
        let subnet = known.get(&id).ok_or_else(|| {
            Fault::new("SubnetNotFound", format!("The subnet ID '{id}' does not exist"))
        })?;
        if all.iter().any(|(_, zone, _)| *zone == subnet.zone) {
            return Err(shared_zone());
        }
        all.push((id, subnet.zone.clone(), subnet.vpc.clone()));
    }
    if all.is_empty() {
        let text = "At least one Availability Zone or subnet must be specified";
        return Err(super::invalid(text));
    }
    Ok(all)
}

/// Puts a load balancer into a subnet: an interface of its own stands there.
fn stand(account: &mut Account, name: &str, subnet: &str) {
    let Some(classic) = account.here.balancing.classics.get(name) else { return };
    let new = NewInterface {
        groups: classic.groups.clone(),
        description: format!("ELB {name}"),
        ..NewInterface::of_service(subnet, "amazon-elb")
    };
    let open = classic.scheme == "internet-facing";
    let id = interface::make(account, new);
    if open {
        interface::give_public_address(account, &id);
    }
    if let Some(classic) = account.here.balancing.classics.get_mut(name) {
        classic.interfaces.push(id);
    }
}

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let name = params.need("LoadBalancerName")?.to_owned();
    let listeners: Vec<Value> = params.list("Listeners").iter().map(whole).collect();
    if let Some(known) = account.here.balancing.classics.get(&name) {
        // The same once more is no error.
        if known.listeners == listeners {
            return Ok(json!({"DNSName": known.dns}));
        }
        let text = format!(
            "Load Balancer named {name} already exists and it is configured with different \
             parameters."
        );
        return Err(Fault::new("DuplicateLoadBalancerName", text));
    }
    let scheme = params.text("Scheme").unwrap_or("internet-facing").to_owned();
    let places = subnets(account, params)?;
    let vpc = places.first().map(|(_, _, vpc)| vpc.clone()).unwrap_or_default();
    balancer::check_gateway(account, &vpc, &scheme)?;
    let mut groups = params.texts("SecurityGroups");
    balancer::check_groups(account, &groups)?;
    if groups.is_empty() {
        let known = account.here.ec2.groups.values();
        let mut default = known.filter(|it| it.vpc == vpc && it.name == "default");
        groups.extend(default.next().map(|it| it.id.clone()));
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
        subnets: places.iter().map(|(id, _, _)| id.clone()).collect(),
        zones: places.iter().map(|(_, zone, _)| zone.clone()).collect(),
        groups,
        interfaces: Vec::new(),
        listeners,
        check: usual_check(params),
        instances: BTreeMap::new(),
        created: account.now(),
        attributes: json!({}),
        tags: rows::given_tags(params),
    };
    account.here.balancing.classics.insert(name.clone(), classic);
    for (subnet, _, _) in &places {
        stand(account, &name, subnet);
    }
    Ok(json!({"DNSName": dns}))
}

/// A listener as it is described: ports are numbers, and the instances' protocol is told.
fn whole(listener: &Value) -> Value {
    let protocol = listener.text("Protocol").unwrap_or("HTTP");
    let plain = if matches!(protocol, "HTTP" | "HTTPS") { "HTTP" } else { "TCP" };
    json!({
        "Protocol": protocol,
        "LoadBalancerPort": listener.number("LoadBalancerPort"),
        "InstanceProtocol": listener.text("InstanceProtocol").unwrap_or(plain),
        "InstancePort": listener.number("InstancePort"),
        "SSLCertificateId": listener.text("SSLCertificateId"),
    })
}

/// The health check a load balancer is born with: a connection to the first listener's port.
fn usual_check(params: &Value) -> Value {
    let first = params.list("Listeners").first();
    let port = first.and_then(|listener| listener.number("InstancePort")).unwrap_or(80);
    json!({
        "Target": format!("TCP:{port}"),
        "Interval": 30,
        "Timeout": 5,
        "UnhealthyThreshold": 2,
        "HealthyThreshold": 10,
    })
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

fn ids(instances: &BTreeMap<String, Timestamp>) -> Vec<Value> {
    instances.keys().map(|id| json!({"InstanceId": id})).collect()
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
        let now = account.now();
        named(account, call)?.instances.entry(id).or_insert(now);
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
