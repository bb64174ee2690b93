//! Application and network load balancers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{invalid, rows};
use crate::sandbox::ec2::interface::{self, NewInterface};
use crate::sandbox::{Account, Answer, Call, Fault, Params, Service};

/// A load balancer.
#[derive(Clone, Debug, Serialize)]
pub struct Balancer {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its DNS name.
    pub dns: String,
    /// `internet-facing` or `internal`.
    pub scheme: String,
    /// `application` or `network`.
    pub kind: String,
    /// The network it is in.
    pub vpc: String,
    /// Its subnets: zone by subnet.
    pub subnets: BTreeMap<String, String>,
    /// Its security groups.
    pub groups: Vec<String>,
    /// Its interfaces, by subnet.
    pub interfaces: BTreeMap<String, String>,
    /// When it was created.
    pub created: Timestamp,
    /// `provisioning` or `active`.
    pub state: &'static str,
    /// Attributes that differ from the defaults.
    pub attributes: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// Seconds until a load balancer is active. Two to three minutes are usual.
const PROVISIONING: i64 = 120;

/// Seconds for which its interfaces stay after it is deleted. A group they carry cannot be deleted
/// meanwhile; people see this take a minute and more.
const LINGERING: i64 = 60;

/// The fewest free addresses that a subnet of a load balancer must have.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html>
const FREE: i64 = 8;

/// The refusal for a load balancer that is not there.
pub(super) fn absent() -> Fault {
    Fault::new("LoadBalancerNotFound", "One or more load balancers not found")
}

impl Balancer {
    /// The part of the ARN that names it, `app/NAME/ID`.
    fn path(&self) -> &str {
        self.arn.split("loadbalancer/").nth(1).unwrap_or_default()
    }
}

/// The subnets of a call as EC2 describes them, refused where a load balancer cannot stand.
fn subnets(account: &mut Account, call: &Call, kind: &str) -> Result<Vec<Value>, Fault> {
    let mut ids = call.params.texts("Subnets");
    let mapped = call.params.list("SubnetMappings").iter();
    ids.extend(mapped.filter_map(|mapping| mapping.text("SubnetId")).map(str::to_owned));
    ids.dedup();
    let too_few =
        || invalid("At least two subnets in two different Availability Zones must be specified");
    if ids.is_empty() || (kind == "application" && ids.len() < 2) {
        return Err(too_few());
    }
    let caller = call.caller.through("elasticloadbalancing.amazonaws.com");
    let answer = account
        .call(&caller, Service::Ec2, "DescribeSubnets", json!({"SubnetId": ids}))
        .map_err(|fault| Fault::new("SubnetNotFound", fault.message))?;
    let found = answer.list("subnetSet").to_vec();
    let mut zones = BTreeMap::new();
    for subnet in &found {
        let id = subnet.text("subnetId").unwrap_or_default();
        let zone = subnet.text("availabilityZone").unwrap_or_default();
        if zones.insert(zone.to_owned(), id.to_owned()).is_some() {
            return Err(Fault::new(
                "InvalidConfigurationRequest",
                "A load balancer cannot be attached to multiple subnets in the same Availability \
                 Zone",
            ));
        }
        if subnet.number("availableIpAddressCount").unwrap_or(FREE) < FREE {
            return Err(Fault::new(
                "InvalidSubnet",
                format!(
                    "Not enough IP space available in {id}. ELB requires at least {FREE} free IP \
                     addresses in each subnet."
                ),
            ));
        }
    }
    Ok(found)
}

/// Refuses an open load balancer in a network without a gateway.
pub(super) fn check_gateway(account: &Account, vpc: &str, scheme: &str) -> Result<(), Fault> {
    let gateways = account.here.ec2.internet_gateways.values();
    let attached = gateways.filter_map(|gateway| gateway.vpc.as_deref()).any(|it| it == vpc);
    if attached || scheme != "internet-facing" {
        return Ok(());
    }
    Err(Fault::new("InvalidSubnet", format!("VPC {vpc} has no internet gateway")))
}

/// Refuses groups that are not there.
pub(super) fn check_groups(account: &Account, groups: &[String]) -> Result<(), Fault> {
    let known = &account.here.ec2.groups;
    match groups.iter().find(|group| !known.contains_key(*group)) {
        None => Ok(()),
        Some(group) => {
            let text = format!("The security group '{group}' does not exist");
            Err(Fault::new("InvalidSecurityGroup", text))
        }
    }
}

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let name = params.need("Name")?.to_owned();
    let kind = params.text("Type").unwrap_or("application").to_owned();
    let scheme = params.text("Scheme").unwrap_or("internet-facing").to_owned();
    if account.here.balancing.balancers.values().any(|it| it.name == name) {
        let text = format!(
            "A load balancer with the same name '{name}' exists, but with different settings"
        );
        return Err(Fault::new("DuplicateLoadBalancerName", text));
    }
    let subnets = subnets(account, call, &kind)?;
    let vpc = subnets.first().and_then(|subnet| subnet.text("vpcId")).unwrap_or_default();
    check_gateway(account, vpc, &scheme)?;
    let mut groups = params.texts("SecurityGroups");
    check_groups(account, &groups)?;
    if groups.is_empty() && kind == "application" {
        let known = account.here.ec2.groups.values();
        let mut default = known.filter(|it| it.vpc == vpc && it.name == "default");
        groups.extend(default.next().map(|it| it.id.clone()));
    }
    let (id, digits) = (account.hex(16), account.hex(12));
    let number = u64::from_str_radix(&digits, 16).unwrap_or_default() % 10_000_000_000;
    let prefix = if kind == "network" { "net" } else { "app" };
    let internal = if scheme == "internal" { "internal-" } else { "" };
    let region = account.region.clone();
    let balancer = Balancer {
        arn: account.arn("elasticloadbalancing", &format!("loadbalancer/{prefix}/{name}/{id}")),
        dns: format!("{internal}{name}-{number}.{region}.elb.amazonaws.com"),
        name,
        scheme,
        kind,
        vpc: vpc.to_owned(),
        subnets: BTreeMap::new(),
        groups,
        interfaces: BTreeMap::new(),
        created: account.now(),
        state: "provisioning",
        attributes: BTreeMap::new(),
        tags: rows::given_tags(params),
    };
    let arn = balancer.arn.clone();
    account.here.balancing.balancers.insert(arn.clone(), balancer);
    for subnet in &subnets {
        join(account, &arn, subnet);
    }
    let ready = arn.clone();
    account.later(PROVISIONING, move |account| {
        if let Some(balancer) = account.here.balancing.balancers.get_mut(&ready) {
            balancer.state = "active";
        }
    });
    Ok(json!({"LoadBalancers": [row(&account.here.balancing.balancers[&arn], &region)]}))
}

/// Puts a load balancer into a subnet: an interface of its own stands there.
fn join(account: &mut Account, arn: &str, subnet: &Value) {
    let id = subnet.text("subnetId").unwrap_or_default().to_owned();
    let zone = subnet.text("availabilityZone").unwrap_or_default().to_owned();
    let Some(balancer) = account.here.balancing.balancers.get(arn) else { return };
    let network = balancer.kind == "network";
    let new = NewInterface {
        groups: balancer.groups.clone(),
        description: format!("ELB {}", balancer.path()),
        kind: if network { "network_load_balancer" } else { "interface" },
        ..NewInterface::of_service(&id, "amazon-elb")
    };
    let open = balancer.scheme == "internet-facing";
    let interface = interface::make(account, new);
    if open {
        interface::give_public_address(account, &interface);
    }
    if let Some(balancer) = account.here.balancing.balancers.get_mut(arn) {
        balancer.subnets.insert(id.clone(), zone);
        balancer.interfaces.insert(id, interface);
    }
}

pub(super) fn delete(account: &mut Account, call: &Call) -> Answer {
    let arn = call.params.need("LoadBalancerArn")?;
    // "If the load balancer does not exist …, the call succeeds."
    let Some(balancer) = account.here.balancing.balancers.get(arn) else { return Ok(json!({})) };
    let protected = balancer.attributes.get("deletion_protection.enabled");
    if protected.is_some_and(|value| value == "true") {
        let text = format!(
            "Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        );
        return Err(Fault::new("OperationNotPermitted", text));
    }
    let interfaces: Vec<String> = balancer.interfaces.values().cloned().collect();
    account.here.balancing.balancers.remove(arn);
    account.here.balancing.listeners.retain(|_, listener| listener.balancer != arn);
    account.later(LINGERING, move |account| {
        for interface in interfaces {
            interface::remove(account, &interface);
        }
    });
    Ok(json!({}))
}

/// The hosted zones that load balancers' names are in.
///
/// <https://docs.aws.amazon.com/general/latest/gr/elb.html>
fn hosted_zone(region: &str) -> &'static str {
    match region {
        "us-east-2" => "Z3AADJGX6KTTL2",
        "us-west-1" => "Z368ELLRRE2KJ0",
        "us-west-2" => "Z1H1FL5HABSF5",
        "eu-central-1" => "Z215JYRZR1TBD5",
        "eu-west-1" => "Z32O12XQLNTSW2",
        "eu-west-2" => "ZHURV8PSTC4K8",
        "ap-northeast-1" => "Z14GRHDCWA56QT",
        "ap-southeast-2" => "Z1GM3OXH4ZPM65",
        _ => "Z35SXDOTRQ7X7K",
    }
}

fn row(balancer: &Balancer, region: &str) -> Value {
    let zones: Vec<Value> = balancer
        .subnets
        .iter()
        .map(|(subnet, zone)| {
            json!({"ZoneName": zone, "SubnetId": subnet, "LoadBalancerAddresses": []})
        })
        .collect();
    json!({
        "LoadBalancerArn": balancer.arn,
        "DNSName": balancer.dns,
        "CanonicalHostedZoneId": hosted_zone(region),
        "CreatedTime": balancer.created.to_string(),
        "LoadBalancerName": balancer.name,
        "Scheme": balancer.scheme,
        "VpcId": balancer.vpc,
        "State": {"Code": balancer.state},
        "Type": balancer.kind,
        "AvailabilityZones": zones,
        "SecurityGroups": (balancer.kind != "network").then_some(&balancer.groups),
        "IpAddressType": "ipv4",
        "EnablePrefixForIpv6SourceNat": "off",
    })
}

pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    let (arns, names) = (call.params.texts("LoadBalancerArns"), call.params.texts("Names"));
    let all = &account.here.balancing.balancers;
    let known = |name: &String| all.values().any(|it| it.name == *name);
    if !arns.iter().all(|arn| all.contains_key(arn)) {
        return Err(absent());
    }
    if let Some(name) = names.iter().find(|name| !known(name)) {
        let text = format!("Load balancers '[{name}]' not found");
        return Err(Fault::new("LoadBalancerNotFound", text));
    }
    let rows = all
        .values()
        .filter(|it| arns.is_empty() || arns.contains(&it.arn))
        .filter(|it| names.is_empty() || names.contains(&it.name))
        .map(|it| row(it, &account.region))
        .collect();
    rows::page("LoadBalancers", rows, call)
}

pub(super) fn set_groups(account: &mut Account, call: &Call) -> Answer {
    let (arn, groups) = (call.params.need("LoadBalancerArn")?, call.params.texts("SecurityGroups"));
    check_groups(account, &groups)?;
    let balancer = account.here.balancing.balancers.get_mut(arn).ok_or_else(absent)?;
    balancer.groups.clone_from(&groups);
    let interfaces: Vec<String> = balancer.interfaces.values().cloned().collect();
    for id in interfaces {
        if let Some(interface) = account.here.ec2.interfaces.get_mut(&id) {
            interface.groups.clone_from(&groups);
        }
    }
    Ok(json!({"SecurityGroupIds": groups}))
}

pub(super) fn set_subnets(account: &mut Account, call: &Call) -> Answer {
    let arn = call.params.need("LoadBalancerArn")?.to_owned();
    let balancer = account.here.balancing.balancers.get(&arn).ok_or_else(absent)?;
    let kind = balancer.kind.clone();
    let wanted = subnets(account, call, &kind)?;
    let ids: Vec<&str> = wanted.iter().filter_map(|subnet| subnet.text("subnetId")).collect();
    let Some(balancer) = account.here.balancing.balancers.get_mut(&arn) else {
        return Err(absent());
    };
    balancer.subnets.retain(|subnet, _| ids.contains(&subnet.as_str()));
    let gone: Vec<String> = balancer
        .interfaces
        .iter()
        .filter(|(subnet, _)| !ids.contains(&subnet.as_str()))
        .map(|(_, interface)| interface.clone())
        .collect();
    balancer.interfaces.retain(|_, interface| !gone.contains(interface));
    let there: Vec<String> = balancer.subnets.keys().cloned().collect();
    for interface in gone {
        interface::remove(account, &interface);
    }
    for subnet in &wanted {
        if !there.iter().any(|id| subnet.text("subnetId") == Some(id)) {
            join(account, &arn, subnet);
        }
    }
    let row = row(&account.here.balancing.balancers[&arn], &account.region);
    Ok(json!({"AvailabilityZones": row["AvailabilityZones"]}))
}
