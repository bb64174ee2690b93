//! NAT gateways and their life.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::interface::{self, NewInterface};
use super::listing::{self, Kind};
use super::{Ec2, Handler, missing, need, subnet, tag};
use crate::sandbox::{Account, Answer, Call, Fault, Params, quotas};

/// A NAT gateway.
#[derive(Clone, Debug, Serialize)]
pub struct NatGateway {
    /// `nat-…`.
    pub id: String,
    /// The network it is in.
    pub vpc: String,
    /// The subnet it is in.
    pub subnet: String,
    /// `pending`, `failed`, `available`, `deleting`, `deleted`.
    pub state: &'static str,
    /// Whether it has a public address.
    pub public: bool,
    /// The Elastic IP address it was given.
    pub allocation: Option<String>,
    /// Its public address.
    pub public_ip: Option<Ipv4Addr>,
    /// Its private address.
    pub private_ip: Option<Ipv4Addr>,
    /// Its interface.
    pub interface: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
    /// Why it failed: a code and a sentence.
    pub failure: Option<(&'static str, String)>,
}

impl NatGateway {
    /// Whether it takes up its subnet and its address.
    pub fn holds(&self) -> bool {
        matches!(self.state, "pending" | "available" | "deleting")
    }
}

/// Seconds until a new gateway works; a minute or two in practice.
const BECOMES_AVAILABLE: i64 = 75;
/// Seconds until one that cannot be made says so.
const FAILS: i64 = 20;
/// Seconds that deleting takes.
const BECOMES_DELETED: i64 = 50;
/// Seconds that failed and deleted ones are still shown: "usually about an hour" (user guide).
const IS_SHOWN: i64 = 3600;

const KIND: Kind = Kind {
    set: "natGatewaySet",
    ids: "NatGatewayId",
    code: "NatGatewayNotFound",
    noun: "NAT gateway",
    prefix: "nat",
    filters: &[
        ("nat-gateway-id", "natGatewayId"),
        ("state", "state"),
        ("subnet-id", "subnetId"),
        ("vpc-id", "vpcId"),
        ("connectivity-type", "connectivityType"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateNatGateway" => Some(create),
        "DeleteNatGateway" => Some(delete),
        "DescribeNatGateways" => Some(describe),
        _ => None,
    }
}

/// The gateway with an id, or the refusal in NAT's own words.
fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a NatGateway, Fault> {
    ec2.nat_gateways.get(id).ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Fault {
    Fault::new("NatGatewayNotFound", format!("The Nat Gateway {id} was not found"))
}

fn tree(nat: &NatGateway) -> Value {
    let status = if nat.state == "available" { "succeeded" } else { nat.state };
    let addresses = json!([{
        "allocationId": nat.allocation,
        "networkInterfaceId": nat.interface,
        "privateIp": nat.private_ip.map(|address| address.to_string()),
        "publicIp": nat.public_ip.map(|address| address.to_string()),
        "isPrimary": true,
        "status": match status { "pending" => "associating", other => other },
    }]);
    json!({
        "natGatewayId": nat.id,
        "vpcId": nat.vpc,
        "subnetId": nat.subnet,
        "state": nat.state,
        "connectivityType": if nat.public { "public" } else { "private" },
        "availabilityMode": "zonal",
        "createTime": nat.created.to_string(),
        "deleteTime": nat.deleted.map(|at| at.to_string()),
        "failureCode": nat.failure.as_ref().map(|(code, _)| *code),
        "failureMessage": nat.failure.as_ref().map(|(_, message)| message),
        "natGatewayAddressSet": addresses,
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let mut call = call.clone();
    // This operation's filters are sent as `Filter`, which some clients write out.
    for id in call.params.texts("NatGatewayId") {
        find(ec2, &id)?;
    }
    if let Some(filters) = call.params.get("Filters").cloned() {
        call.params["Filter"] = filters;
    }
    let all = ec2.nat_gateways.values().map(|nat| (nat.id.as_str(), || tree(nat)));
    listing::list(ec2, &call, &KIND, all)
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let subnet_id = need(call, "SubnetId")?.to_owned();
    let public = call.params.text("ConnectivityType") != Some("private");
    let limit = quotas::NAT_GATEWAYS.value(account);
    let id = account.id("nat");
    let now = account.now();
    let ec2 = &mut account.here.ec2;
    let subnet = subnet::find(ec2, &subnet_id)?;
    let in_zone = ec2.nat_gateways.values().filter(|nat| {
        nat.holds() && ec2.subnets.get(&nat.subnet).is_some_and(|other| other.zone == subnet.zone)
    });
    if in_zone.count() >= limit {
        return Err(Fault::new(
            "NatGatewayLimitExceeded",
            "The maximum number of NAT Gateways has been reached.",
        ));
    }
    let allocation = if public { Some(need(call, "AllocationId")?.to_owned()) } else { None };
    if let Some(allocation) = &allocation
        && !ec2.addresses.contains_key(allocation)
    {
        let code = "InvalidAllocationID.NotFound";
        return Err(missing(code, "allocation ID", allocation));
    }
    let nat = NatGateway {
        id: id.clone(),
        vpc: subnet.vpc.clone(),
        subnet: subnet_id,
        state: "pending",
        public,
        allocation,
        public_ip: None,
        private_ip: None,
        interface: None,
        created: now,
        deleted: None,
        failure: None,
    };
    ec2.nat_gateways.insert(id.clone(), nat);
    tag::apply(ec2, &call.params, &id);
    let made = id.clone();
    if let Some(why) = obstacle(ec2, &id) {
        account.later(FAILS, move |account| fail(account, &id, why));
    } else {
        place(account, &id);
        account.later(BECOMES_AVAILABLE, move |account| begin(account, &id));
    }
    let ec2 = &account.here.ec2;
    let tree = listing::tagged(ec2, &made, tree(&ec2.nat_gateways[&made]));
    Ok(json!({ "natGateway": tree, "clientToken": call.params.text("ClientToken") }))
}

/// A pending gateway starts to work.
fn begin(account: &mut Account, id: &str) {
    if let Some(nat) = account.here.ec2.nat_gateways.get_mut(id)
        && nat.state == "pending"
    {
        nat.state = "available";
    }
}

/// Why a pending gateway will fail: the codes and texts of the user guide's "Troubleshoot NAT
/// gateways".
fn obstacle(ec2: &Ec2, id: &str) -> Option<(&'static str, String)> {
    let nat = ec2.nat_gateways.get(id)?;
    if subnet::free_addresses(ec2, ec2.subnets.get(&nat.subnet)?) == 0 {
        return Some((
            "InsufficientFreeAddressesInSubnet",
            "Subnet has insufficient free addresses to create this NAT gateway".to_owned(),
        ));
    }
    if !nat.public {
        return None;
    }
    let attached = ec2
        .internet_gateways
        .values()
        .any(|gateway| gateway.vpc.as_deref() == Some(nat.vpc.as_str()));
    if !attached {
        let text = format!("Network {} has no Internet gateway attached", nat.vpc);
        return Some(("Gateway.NotAttached", text));
    }
    let allocation = nat.allocation.as_ref()?;
    let address = ec2.addresses.get(allocation)?;
    address.association.as_ref().map(|_| {
        (
            "Resource.AlreadyAssociated",
            format!("Elastic IP address {allocation} is already associated"),
        )
    })
}

fn fail(account: &mut Account, id: &str, why: (&'static str, String)) {
    if let Some(nat) = account.here.ec2.nat_gateways.get_mut(id)
        && nat.state == "pending"
    {
        nat.state = "failed";
        nat.failure = Some(why);
        forget_later(account, id);
    }
}

fn forget_later(account: &mut Account, id: &str) {
    let id = id.to_owned();
    account.later(IS_SHOWN, move |account| {
        account.here.ec2.nat_gateways.remove(&id);
        account.here.ec2.untag(&id);
    });
}

/// Gives a new gateway its interface and its addresses.
fn place(account: &mut Account, id: &str) {
    let Some(nat) = account.here.ec2.nat_gateways.get(id).cloned() else { return };
    let interface = interface::make(
        account,
        NewInterface {
            description: format!("Interface for NAT Gateway {id}"),
            kind: "nat_gateway",
            ..NewInterface::of_service(&nat.subnet, "amazon-aws")
        },
    );
    let ec2 = &mut account.here.ec2;
    let private = ec2.interfaces.get(&interface).map(|interface| interface.address);
    let public = nat
        .allocation
        .as_ref()
        .and_then(|allocation| super::address::bind(ec2, allocation, &interface));
    if let Some(nat) = ec2.nat_gateways.get_mut(id) {
        nat.interface = Some(interface);
        nat.private_ip = private;
        nat.public_ip = public;
    }
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "NatGatewayId")?.to_owned();
    find(&account.here.ec2, &id)?;
    let now = account.now();
    let Some(nat) = account.here.ec2.nat_gateways.get_mut(&id) else { return Err(unknown(&id)) };
    if matches!(nat.state, "pending" | "available" | "failed") {
        nat.state = "deleting";
        nat.deleted = Some(now);
        let id = id.clone();
        account.later(BECOMES_DELETED, move |account| remove(account, &id));
    }
    Ok(json!({ "natGatewayId": id }))
}

/// Takes a gateway's interface away and frees its address.
fn remove(account: &mut Account, id: &str) {
    let Some(nat) = account.here.ec2.nat_gateways.get_mut(id) else { return };
    nat.state = "deleted";
    let interface = nat.interface.take();
    if let Some(interface) = interface {
        interface::remove(account, &interface);
    }
    forget_later(account, id);
}
