//! Subnets.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::Serialize;
use serde_json::{Value, json};

use super::listing::{self, Kind};
use super::{Ec2, Handler, attribute_flag, block, done, in_use, need, tag, vpc, zone};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A subnet.
#[derive(Clone, Debug, Serialize)]
pub struct Subnet {
    /// `subnet-…`.
    pub id: String,
    /// The network it is in.
    pub vpc: String,
    /// Its addresses.
    pub cidr: Ipv4Net,
    /// Its zone.
    pub zone: String,
    /// Whether instances get a public address by themselves.
    pub public_addresses: bool,
    /// Whether it is the default one of its zone.
    pub default_for_zone: bool,
}

pub(super) const KIND: Kind = Kind {
    set: "subnetSet",
    ids: "SubnetId",
    code: "InvalidSubnetID.NotFound",
    noun: "subnet ID",
    prefix: "subnet",
    filters: &[
        ("subnet-id", "subnetId"),
        ("vpc-id", "vpcId"),
        ("availability-zone", "availabilityZone"),
        ("availabilityZone", "availabilityZone"),
        ("availability-zone-id", "availabilityZoneId"),
        ("availabilityZoneId", "availabilityZoneId"),
        ("available-ip-address-count", "availableIpAddressCount"),
        ("cidr-block", "cidrBlock"),
        ("cidr", "cidrBlock"),
        ("cidrBlock", "cidrBlock"),
        ("default-for-az", "defaultForAz"),
        ("defaultForAz", "defaultForAz"),
        ("map-public-ip-on-launch", "mapPublicIpOnLaunch"),
        ("owner-id", "ownerId"),
        ("state", "state"),
        ("subnet-arn", "subnetArn"),
    ],
};

/// Addresses of every subnet that AWS keeps: the first four and the last.
const RESERVED: u32 = 5;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateSubnet" => Some(create),
        "DeleteSubnet" => Some(delete),
        "DescribeSubnets" => Some(describe),
        "ModifySubnetAttribute" => Some(modify_attribute),
        _ => None,
    }
}

/// The subnet with an id, or the refusal.
pub(super) fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Subnet, Fault> {
    KIND.checked(id)?;
    ec2.subnets.get(id).ok_or_else(|| KIND.missing(id))
}

/// How many addresses of a subnet are free.
pub(super) fn free_addresses(ec2: &Ec2, subnet: &Subnet) -> u32 {
    let all = 1_u32 << (32 - u32::from(subnet.cidr.prefix_len()));
    let used: usize = ec2
        .interfaces
        .values()
        .filter(|interface| interface.subnet == subnet.id)
        .map(|interface| 1 + interface.more_addresses.len())
        .sum();
    all.saturating_sub(RESERVED).saturating_sub(u32::try_from(used).unwrap_or(u32::MAX))
}

/// The first free address of a subnet.
pub(super) fn free_address(ec2: &Ec2, subnet: &Subnet) -> Option<Ipv4Addr> {
    let used: std::collections::BTreeSet<Ipv4Addr> = ec2
        .interfaces
        .values()
        .filter(|interface| interface.subnet == subnet.id)
        .flat_map(|interface| interface.more_addresses.iter().copied().chain([interface.address]))
        .collect();
    let first = u32::from(subnet.cidr.network()) + 4;
    let last = u32::from(subnet.cidr.broadcast());
    (first..last).map(Ipv4Addr::from).find(|address| !used.contains(address))
}

/// Whether an address of a subnet may be given to somebody.
pub(super) fn usable(subnet: &Subnet, address: Ipv4Addr) -> bool {
    let (first, last) = (u32::from(subnet.cidr.network()) + 4, u32::from(subnet.cidr.broadcast()));
    (first..last).contains(&u32::from(address))
}

fn tree(account: &Account, subnet: &Subnet) -> Value {
    json!({
        "subnetId": subnet.id,
        "subnetArn": account.arn("ec2", &format!("subnet/{}", subnet.id)),
        "vpcId": subnet.vpc,
        "ownerId": account.id,
        "state": "available",
        "cidrBlock": subnet.cidr.to_string(),
        "availabilityZone": subnet.zone,
        "availabilityZoneId": zone::id(&account.region, &subnet.zone),
        "availableIpAddressCount": free_addresses(&account.here.ec2, subnet),
        "defaultForAz": subnet.default_for_zone,
        "mapPublicIpOnLaunch": subnet.public_addresses,
        "mapCustomerOwnedIpOnLaunch": false,
        "assignIpv6AddressOnCreation": false,
        "ipv6CidrBlockAssociationSet": [],
        "ipv6Native": false,
        "enableDns64": false,
        "blockPublicAccessStates": { "internetGatewayBlockMode": "off" },
        "privateDnsNameOptionsOnLaunch": {
            "hostnameType": "ip-name",
            "enableResourceNameDnsARecord": false,
            "enableResourceNameDnsAAAARecord": false,
        },
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let ec2 = &account.here.ec2;
    let subnets = ec2.subnets.values().map(|subnet| (subnet.id.as_str(), || tree(account, subnet)));
    listing::list(ec2, call, &KIND, subnets)
}

/// Makes a subnet and puts it under the network's default ACL.
pub(super) fn make(
    account: &mut Account,
    vpc: &str,
    cidr: Ipv4Net,
    zone: &str,
    is_default: bool,
) -> String {
    let id = account.id("subnet");
    let association = account.id("aclassoc");
    let ec2 = &mut account.here.ec2;
    ec2.subnets.insert(
        id.clone(),
        Subnet {
            id: id.clone(),
            vpc: vpc.to_owned(),
            cidr,
            zone: zone.to_owned(),
            public_addresses: is_default,
            default_for_zone: is_default,
        },
    );
    if let Some(acl) = ec2.acls.values_mut().find(|acl| acl.vpc == vpc && acl.is_default) {
        acl.associations.insert(association, id.clone());
    }
    id
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let vpc = vpc::find(&account.here.ec2, need(call, "VpcId")?)?.clone();
    let cidr = block("cidrBlock", need(call, "CidrBlock")?)?;
    let inside = vpc.blocks.iter().any(|(_, block)| block.contains(&cidr));
    if !inside || !(16..=28).contains(&cidr.prefix_len()) {
        return Err(Fault::new("InvalidSubnet.Range", format!("The CIDR '{cidr}' is invalid.")));
    }
    let ec2 = &account.here.ec2;
    if ec2.subnets.values().any(|subnet| {
        subnet.vpc == vpc.id && (subnet.cidr.contains(&cidr) || cidr.contains(&subnet.cidr))
    }) {
        return Err(Fault::new(
            "InvalidSubnet.Conflict",
            format!("The CIDR '{cidr}' conflicts with another subnet"),
        ));
    }
    let zones = zone::names(&account.region);
    let by_id = call.params.text("AvailabilityZoneId").and_then(|wanted| {
        zones.iter().find(|name| zone::id(&account.region, name) == wanted).cloned()
    });
    let zone = match call.params.text("AvailabilityZone") {
        Some(name) if zones.iter().any(|zone| zone == name) => name.to_owned(),
        Some(name) => {
            return Err(Fault::invalid_value(format!(
                "Value ({name}) for parameter availabilityZone is invalid. Subnets can currently \
                 only be created in the following availability zones: {}.",
                zones.join(", ")
            )));
        }
        None => by_id.unwrap_or_else(|| zones[0].clone()),
    };
    let id = make(account, &vpc.id, cidr, &zone, false);
    tag::apply(&mut account.here.ec2, &call.params, &id);
    let account = &*account;
    let ec2 = &account.here.ec2;
    Ok(json!({ "subnet": listing::tagged(ec2, &id, tree(account, &ec2.subnets[&id])) }))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "SubnetId")?;
    let ec2 = &mut account.here.ec2;
    find(ec2, id)?;
    let held = ec2.interfaces.values().any(|interface| interface.subnet == id)
        || ec2.nat_gateways.values().any(|nat| nat.subnet == id && nat.holds())
        || ec2
            .attachments
            .values()
            .any(|attached| attached.lives() && attached.subnets.iter().any(|subnet| subnet == id));
    if held {
        return Err(in_use("subnet", id));
    }
    ec2.subnets.remove(id);
    for table in ec2.route_tables.values_mut() {
        table.associations.retain(|association| association.subnet.as_deref() != Some(id));
    }
    for acl in ec2.acls.values_mut() {
        acl.associations.retain(|_, subnet| subnet != id);
    }
    ec2.untag(id);
    done()
}

fn modify_attribute(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "SubnetId")?;
    find(&account.here.ec2, id)?;
    if let Some(flag) = attribute_flag(&call.params, "MapPublicIpOnLaunch")
        && let Some(subnet) = account.here.ec2.subnets.get_mut(id)
    {
        subnet.public_addresses = flag;
    }
    done()
}
