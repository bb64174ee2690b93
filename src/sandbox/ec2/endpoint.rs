//! VPC endpoints: gateways by a route, interfaces by a name.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::interface::{self, NewInterface};
use super::listing::{self, Kind};
use super::{
    Ec2, Handler, Vpc, done, endpoint_service, group, need, prefix_list, route_table, subnet, tag,
    vpc,
};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A VPC endpoint.
#[derive(Clone, Debug, Serialize)]
pub struct Endpoint {
    /// `vpce-…`.
    pub id: String,
    /// The network it is in.
    pub vpc: String,
    /// `com.amazonaws.REGION.SERVICE`.
    pub service: String,
    /// Gateway or interface.
    pub kind: EndpointKind,
    /// `pending`, `available`, `deleting`.
    pub state: &'static str,
    /// Its policy document; without one, everything may pass.
    pub policy: Option<String>,
    /// Whether the service's own name leads to it.
    pub private_dns: bool,
    /// Route tables with a route to it.
    pub route_tables: Vec<String>,
    /// Subnets it has an interface in.
    pub subnets: Vec<String>,
    /// The groups of its interfaces.
    pub groups: Vec<String>,
    /// Its interfaces.
    pub interfaces: Vec<String>,
    /// The prefix list of a gateway's service.
    pub prefix_list: Option<String>,
    /// When it was made.
    pub created: Timestamp,
}

/// The kinds of endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum EndpointKind {
    /// By a route in route tables.
    Gateway,
    /// By interfaces in subnets.
    Interface,
}

/// Seconds until a new interface endpoint works; "a few minutes" at most in practice.
const BECOMES_AVAILABLE: i64 = 60;
/// Seconds that deleting an interface endpoint takes.
const GOES: i64 = 45;
/// The policy that AWS shows for an endpoint without one of its own.
const OPEN: &str =
    r#"{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}"#;

const KIND: Kind = Kind {
    set: "vpcEndpointSet",
    ids: "VpcEndpointId",
    code: "InvalidVpcEndpointId.NotFound",
    noun: "Vpc Endpoint Id",
    prefix: "vpce",
    filters: &[
        ("vpc-endpoint-id", "vpcEndpointId"),
        ("vpc-id", "vpcId"),
        ("service-name", "serviceName"),
        ("vpc-endpoint-state", "state"),
        ("vpc-endpoint-type", "vpcEndpointType"),
        ("ip-address-type", "ipAddressType"),
        ("service-region", "serviceRegion"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateVpcEndpoint" => Some(create),
        "ModifyVpcEndpoint" => Some(modify),
        "DeleteVpcEndpoints" => Some(delete),
        "DescribeVpcEndpoints" => Some(describe),
        _ => None,
    }
}

fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Endpoint, Fault> {
    ec2.endpoints.get(id).ok_or_else(|| KIND.missing(id))
}

fn tree(account: &Account, endpoint: &Endpoint) -> Value {
    let ec2 = &account.here.ec2;
    let gateway = endpoint.kind == EndpointKind::Gateway;
    json!({
        "vpcEndpointId": endpoint.id,
        "vpcEndpointType": if gateway { "Gateway" } else { "Interface" },
        "vpcId": endpoint.vpc,
        "serviceName": endpoint.service,
        "serviceRegion": account.region,
        "state": endpoint.state,
        "policyDocument": endpoint.policy.as_deref().unwrap_or(OPEN),
        "routeTableIdSet": endpoint.route_tables,
        "subnetIdSet": endpoint.subnets,
        "groupSet": group::set(ec2, &endpoint.groups),
        "networkInterfaceIdSet": endpoint.interfaces,
        "privateDnsEnabled": endpoint.private_dns,
        "requesterManaged": false,
        "ipAddressType": "ipv4",
        "dnsOptions": { "dnsRecordIpType": if gateway { "service-defined" } else { "ipv4" } },
        "dnsEntrySet": names(account, endpoint),
        "creationTimestamp": endpoint.created.to_string(),
        "ownerId": account.id,
    })
}

/// The names of an interface endpoint: for the region, for each zone, then the private ones.
fn names(account: &Account, endpoint: &Endpoint) -> Value {
    if endpoint.kind == EndpointKind::Gateway {
        return json!([]);
    }
    let ec2 = &account.here.ec2;
    let short = endpoint_service::offered(&account.region, &endpoint.service, false).unwrap_or("");
    let tail = &endpoint.id[endpoint.id.len().saturating_sub(8)..];
    let end = format!("{short}.{}.vpce.amazonaws.com", account.region);
    let zones: BTreeSet<&str> = endpoint
        .subnets
        .iter()
        .filter_map(|id| ec2.subnets.get(id))
        .map(|subnet| subnet.zone.as_str())
        .collect();
    let mut names = vec![format!("{}-{tail}.{end}", endpoint.id)];
    names.extend(zones.iter().map(|zone| format!("{}-{tail}-{zone}.{end}", endpoint.id)));
    if endpoint.private_dns {
        names.push(endpoint_service::private_name(&account.region, short));
        names.extend(endpoint_service::newer_name(&account.region, short));
    }
    names
        .into_iter()
        .map(|name| json!({ "dnsName": name, "hostedZoneId": "Z7HUB22UULQXV" }))
        .collect()
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let ec2 = &account.here.ec2;
    let all = ec2.endpoints.values().map(|found| (found.id.as_str(), || tree(account, found)));
    listing::list(ec2, call, &KIND, all)
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let service = need(call, "ServiceName")?;
    let kind = match call.params.text("VpcEndpointType") {
        None | Some("Gateway") => EndpointKind::Gateway,
        Some("Interface") => EndpointKind::Interface,
        Some(other) => {
            return Err(Fault::new(
                "InvalidParameter",
                format!("Endpoint type ({other}) is not supported by the sandbox"),
            ));
        }
    };
    let gateway = kind == EndpointKind::Gateway;
    let Some(short) = endpoint_service::offered(&account.region, service, gateway) else {
        return Err(endpoint_service::unknown(service));
    };
    let ec2 = &account.here.ec2;
    let vpc = vpc::find(ec2, need(call, "VpcId")?)?;
    let mut endpoint = Endpoint {
        id: String::new(),
        vpc: vpc.id.clone(),
        service: service.to_owned(),
        kind,
        state: if gateway { "available" } else { "pending" },
        policy: call.params.text("PolicyDocument").map(policy).transpose()?,
        private_dns: !gateway
            && call
                .params
                .get("PrivateDnsEnabled")
                .is_none_or(|_| call.params.flag("PrivateDnsEnabled")),
        route_tables: call.params.texts("RouteTableId"),
        subnets: call.params.texts("SubnetId"),
        groups: call.params.texts("SecurityGroupId"),
        interfaces: Vec::new(),
        prefix_list: gateway.then(|| prefix_list::of_service(ec2, short)).flatten(),
        created: account.now(),
    };
    checked(ec2, vpc, &endpoint)?;
    if !gateway && endpoint.groups.is_empty() {
        endpoint.groups.extend(group::default_of(ec2, &vpc.id));
    }
    let id = account.id("vpce");
    endpoint.id.clone_from(&id);
    let subnets = endpoint.subnets.clone();
    account.here.ec2.endpoints.insert(id.clone(), endpoint);
    tag::apply(&mut account.here.ec2, &call.params, &id);
    for subnet in subnets {
        place(account, &id, &subnet);
    }
    if !gateway {
        let id = id.clone();
        account.later(BECOMES_AVAILABLE, move |account| begin(account, &id));
    }
    let account = &*account;
    let ec2 = &account.here.ec2;
    let tree = listing::tagged(ec2, &id, tree(account, &ec2.endpoints[&id]));
    Ok(json!({ "vpcEndpoint": tree, "clientToken": call.params.text("ClientToken") }))
}

fn begin(account: &mut Account, id: &str) {
    if let Some(endpoint) = account.here.ec2.endpoints.get_mut(id)
        && endpoint.state == "pending"
    {
        endpoint.state = "available";
    }
}

fn policy(text: &str) -> Result<String, Fault> {
    let valid = serde_json::from_str::<Value>(text).is_ok_and(|tree| tree.is_object());
    valid
        .then(|| text.to_owned())
        .ok_or_else(|| Fault::new("InvalidPolicyDocument", "Policy document is malformed."))
}

/// Checks what an endpoint is to consist of.
fn checked(ec2: &Ec2, vpc: &Vpc, endpoint: &Endpoint) -> Result<(), Fault> {
    for id in &endpoint.route_tables {
        if route_table::find(ec2, id)?.vpc != vpc.id {
            return Err(Fault::new(
                "InvalidParameter",
                format!("Route table {id} and VPC {} belong to different networks", vpc.id),
            ));
        }
        let taken = ec2.endpoints.values().any(|other| {
            other.id != endpoint.id
                && other.prefix_list.is_some()
                && other.prefix_list == endpoint.prefix_list
                && other.route_tables.contains(id)
        });
        if taken {
            let list = endpoint.prefix_list.as_deref().unwrap_or_default();
            return Err(Fault::new(
                "RouteAlreadyExists",
                format!(
                    "route table {id} already has a route with destination-prefix-list-id {list}"
                ),
            ));
        }
    }
    let mut zones = BTreeSet::new();
    for id in &endpoint.subnets {
        let subnet = subnet::find(ec2, id)?;
        if subnet.vpc != vpc.id {
            return Err(Fault::new(
                "InvalidParameter",
                format!("Subnet {id} and VPC {} belong to different networks", vpc.id),
            ));
        }
        if !zones.insert(subnet.zone.as_str()) {
            return Err(Fault::new(
                "DuplicateSubnetsInSameZone",
                format!(
                    "Found another VPC endpoint subnet in the availability zone of {id}. VPC \
                     endpoint subnets should be in different availability zones supported by the \
                     VPC endpoint service."
                ),
            ));
        }
    }
    group::check_all(ec2, &endpoint.groups, &vpc.id)?;
    if endpoint.private_dns { private_dns_is_possible(ec2, vpc, endpoint) } else { Ok(()) }
}

fn private_dns_is_possible(ec2: &Ec2, vpc: &Vpc, endpoint: &Endpoint) -> Result<(), Fault> {
    if !(vpc.dns_support && vpc.dns_hostnames) {
        return Err(Fault::new(
            "InvalidParameter",
            format!(
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC \
                 attributes set to true for {}",
                vpc.id
            ),
        ));
    }
    let conflict = ec2.endpoints.values().any(|other| {
        other.id != endpoint.id
            && other.vpc == vpc.id
            && other.private_dns
            && other.service == endpoint.service
    });
    if conflict {
        let mut parts = endpoint.service.splitn(4, '.').skip(2);
        let region = parts.next().unwrap_or_default();
        let name = endpoint_service::private_name(region, parts.next().unwrap_or_default());
        return Err(Fault::new(
            "InvalidParameter",
            format!(
                "private-dns-enabled cannot be set because there is already a conflicting DNS \
                 domain for {name} in the VPC {}",
                vpc.id
            ),
        ));
    }
    Ok(())
}

/// Gives an endpoint its interface in a subnet.
fn place(account: &mut Account, id: &str, subnet: &str) {
    let Some(endpoint) = account.here.ec2.endpoints.get(id) else { return };
    if endpoint.kind == EndpointKind::Gateway {
        return;
    }
    let new = NewInterface {
        groups: endpoint.groups.clone(),
        description: format!("VPC Endpoint Interface {id}"),
        kind: "vpc_endpoint",
        ..NewInterface::of_service(subnet, "amazon-aws")
    };
    let interface = interface::make(account, new);
    if let Some(endpoint) = account.here.ec2.endpoints.get_mut(id) {
        endpoint.interfaces.push(interface);
    }
}

fn modify(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "VpcEndpointId")?.to_owned();
    let params = &call.params;
    let ec2 = &account.here.ec2;
    let before = find(ec2, &id)?;
    let vpc = vpc::find(ec2, &before.vpc)?;
    let mut after = before.clone();
    changed(&mut after.route_tables, params, "AddRouteTableId", "RemoveRouteTableId");
    changed(&mut after.subnets, params, "AddSubnetId", "RemoveSubnetId");
    changed(&mut after.groups, params, "AddSecurityGroupId", "RemoveSecurityGroupId");
    if let Some(text) = params.text("PolicyDocument") {
        after.policy = Some(policy(text)?);
    }
    if params.flag("ResetPolicy") {
        after.policy = None;
    }
    if params.get("PrivateDnsEnabled").is_some() {
        after.private_dns = params.flag("PrivateDnsEnabled");
    }
    checked(ec2, vpc, &after)?;
    let had = before.subnets.clone();
    let (subnets, groups) = (after.subnets.clone(), after.groups.clone());
    account.here.ec2.endpoints.insert(id.clone(), after);
    for subnet in subnets.iter().filter(|subnet| !had.contains(subnet)) {
        place(account, &id, subnet);
    }
    let mine = account.here.ec2.endpoints[&id].interfaces.clone();
    for interface in mine {
        let Some(found) = account.here.ec2.interfaces.get_mut(&interface) else { continue };
        found.groups.clone_from(&groups);
        if !subnets.contains(&found.subnet) {
            interface::remove(account, &interface);
            if let Some(endpoint) = account.here.ec2.endpoints.get_mut(&id) {
                endpoint.interfaces.retain(|known| *known != interface);
            }
        }
    }
    done()
}

/// Adds to a list and removes from it, as a call says.
fn changed(list: &mut Vec<String>, params: &Value, add: &str, remove: &str) {
    let gone = params.texts(remove);
    list.retain(|known| !gone.contains(known));
    for new in params.texts(add) {
        if !list.contains(&new) {
            list.push(new);
        }
    }
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let mut failed = Vec::new();
    for id in call.params.texts("VpcEndpointId") {
        let Some(endpoint) = account.here.ec2.endpoints.get_mut(&id) else {
            let fault = KIND.missing(&id);
            failed.push(json!({
                "resourceId": id,
                "error": { "code": fault.code, "message": fault.message },
            }));
            continue;
        };
        endpoint.state = "deleting";
        if endpoint.kind == EndpointKind::Gateway {
            remove(account, &id);
        } else {
            account.later(GOES, move |account| remove(account, &id));
        }
    }
    Ok(json!({ "unsuccessful": failed }))
}

fn remove(account: &mut Account, id: &str) {
    let Some(endpoint) = account.here.ec2.endpoints.remove(id) else { return };
    for interface in endpoint.interfaces {
        interface::remove(account, &interface);
    }
    account.here.ec2.untag(id);
}
