//! Elastic IP addresses.

use std::net::Ipv4Addr;

use serde::Serialize;
use serde_json::{Value, json};

use super::interface::{self, PublicAddress};
use super::listing::{self, Kind};
use super::{Ec2, Handler, done, instance, missing, need, tag};
use crate::sandbox::{Account, Answer, Call, Fault, Params, quotas};

/// An Elastic IP address.
#[derive(Clone, Debug, Serialize)]
pub struct Address {
    /// `eipalloc-…`.
    pub allocation: String,
    /// The address.
    pub ip: Ipv4Addr,
    /// `eipassoc-…`, while it is mapped to an interface.
    pub association: Option<String>,
    /// That interface.
    pub interface: Option<String>,
}

const KIND: Kind = Kind {
    set: "addressesSet",
    ids: "AllocationId",
    code: "InvalidAllocationID.NotFound",
    noun: "allocation ID",
    prefix: "eipalloc",
    filters: &[
        ("allocation-id", "allocationId"),
        ("association-id", "associationId"),
        ("domain", "domain"),
        ("instance-id", "instanceId"),
        ("network-interface-id", "networkInterfaceId"),
        ("network-interface-owner-id", "networkInterfaceOwnerId"),
        ("private-ip-address", "privateIpAddress"),
        ("public-ip", "publicIp"),
        ("network-border-group", "networkBorderGroup"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "AllocateAddress" => Some(allocate),
        "ReleaseAddress" => Some(release),
        "DescribeAddresses" => Some(describe),
        "AssociateAddress" => Some(associate),
        "DisassociateAddress" => Some(disassociate),
        _ => None,
    }
}

fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Address, Fault> {
    KIND.checked(id)?;
    ec2.addresses.get(id).ok_or_else(|| KIND.missing(id))
}

/// The refusal of an address that a service holds. It looks like a missing permission and is
/// none (quoted in several reports).
fn held_by_service() -> Fault {
    Fault::new("AuthFailure", "You do not have permission to access the specified resource.")
}

fn is_held_by_service(ec2: &Ec2, address: &Address) -> bool {
    let interface = address.interface.as_ref().and_then(|id| ec2.interfaces.get(id));
    interface.is_some_and(|interface| interface.managed)
}

fn tree(account: &Account, address: &Address) -> Value {
    let ec2 = &account.here.ec2;
    let interface = address.interface.as_ref().and_then(|id| ec2.interfaces.get(id));
    let instance = interface
        .and_then(|interface| interface.attachment.as_ref())
        .and_then(|attachment| attachment.instance.clone());
    json!({
        "allocationId": address.allocation,
        "publicIp": address.ip.to_string(),
        "domain": "vpc",
        "publicIpv4Pool": "amazon",
        "networkBorderGroup": account.region,
        "associationId": address.association,
        "networkInterfaceId": address.interface,
        "networkInterfaceOwnerId": interface.map(|_| &account.id),
        "privateIpAddress": interface.map(|interface| interface.address.to_string()),
        "instanceId": instance,
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let ec2 = &account.here.ec2;
    let ips = call.params.texts("PublicIp");
    let known = |ip: &String| ec2.addresses.values().any(|address| address.ip.to_string() == *ip);
    if let Some(ip) = ips.iter().find(|ip| !known(ip)) {
        return Err(Fault::new("InvalidAddress.NotFound", format!("Address '{ip}' not found.")));
    }
    let all = ec2
        .addresses
        .values()
        .filter(|address| ips.is_empty() || ips.contains(&address.ip.to_string()))
        .map(|address| (address.allocation.as_str(), || tree(account, address)));
    listing::list(ec2, call, &KIND, all)
}

fn allocate(account: &mut Account, call: &Call) -> Answer {
    if account.here.ec2.addresses.len() >= quotas::ADDRESSES.value(account) {
        return Err(Fault::new(
            "AddressLimitExceeded",
            "The maximum number of addresses has been reached.",
        ));
    }
    let id = account.id("eipalloc");
    let ec2 = &mut account.here.ec2;
    let ip = ec2.public_ip();
    let address = Address { allocation: id.clone(), ip, association: None, interface: None };
    ec2.addresses.insert(id.clone(), address);
    tag::apply(ec2, &call.params, &id);
    Ok(json!({
        "publicIp": ip.to_string(),
        "allocationId": id,
        "domain": "vpc",
        "publicIpv4Pool": "amazon",
        "networkBorderGroup": account.region,
    }))
}

fn release(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "AllocationId")?;
    let ec2 = &mut account.here.ec2;
    let address = find(ec2, id)?;
    if is_held_by_service(ec2, address) {
        return Err(held_by_service());
    }
    if address.association.is_some() {
        return Err(Fault::new(
            "InvalidIPAddress.InUse",
            format!("Address {} is in use.", address.ip),
        ));
    }
    ec2.addresses.remove(id);
    ec2.untag(id);
    done()
}

/// Maps an address to an interface; the answer is the address.
pub(super) fn bind(ec2: &mut Ec2, allocation: &str, interface: &str) -> Option<Ipv4Addr> {
    let address = ec2.addresses.get_mut(allocation)?;
    // An association's digits are made from those it joins, so that no counter is needed here.
    let digits = allocation.trim_start_matches("eipalloc-");
    let association = format!("eipassoc-{digits}");
    address.association = Some(association.clone());
    address.interface = Some(interface.to_owned());
    let ip = address.ip;
    let found = ec2.interfaces.get_mut(interface)?;
    found.public = Some(PublicAddress { ip, allocation: Some(allocation.to_owned()), association });
    Some(ip)
}

fn associate(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "AllocationId")?.to_owned();
    let ec2 = &account.here.ec2;
    let address = find(ec2, &id)?;
    if is_held_by_service(ec2, address) {
        return Err(held_by_service());
    }
    let to = match (call.params.text("NetworkInterfaceId"), call.params.text("InstanceId")) {
        (Some(interface), _) => interface::find(ec2, interface)?.id.clone(),
        (None, Some(instance)) => {
            let found = instance::find(ec2, instance)?;
            found.interfaces.first().cloned().ok_or_else(|| {
                Fault::new(
                    "InvalidInstanceID",
                    format!(
                        "The pending-instance-creation instance to which '{instance}' is attached \
                         is not in a valid state for this operation"
                    ),
                )
            })?
        }
        (None, None) => return Err(super::wanted("instanceId or networkInterfaceId")),
    };
    let again = call
        .params
        .get("AllowReassociation")
        .is_none_or(|_| call.params.flag("AllowReassociation"));
    if address.association.is_some() && address.interface.as_deref() != Some(&to) && !again {
        return Err(Fault::new(
            "Resource.AlreadyAssociated",
            format!(
                "resource {id} is already associated with associate-id {}",
                address.association.as_deref().unwrap_or_default()
            ),
        ));
    }
    let vpc = ec2.interfaces.get(&to).map(|interface| interface.vpc.clone()).unwrap_or_default();
    let attached =
        ec2.internet_gateways.values().any(|gateway| gateway.vpc.as_deref() == Some(vpc.as_str()));
    if !attached {
        return Err(Fault::new(
            "Gateway.NotAttached",
            format!("Network {vpc} is not attached to any internet gateway"),
        ));
    }
    unbind(&mut account.here.ec2, &id);
    // The interface's former Elastic IP address is free again.
    let former =
        account.here.ec2.interfaces.get(&to).and_then(|interface| interface.public.clone());
    if let Some(former) = former.and_then(|public| public.allocation) {
        unbind(&mut account.here.ec2, &former);
    }
    bind(&mut account.here.ec2, &id, &to);
    let association = find(&account.here.ec2, &id)?.association.clone();
    Ok(json!({ "return": true, "associationId": association }))
}

/// Takes an address off its interface.
fn unbind(ec2: &mut Ec2, allocation: &str) {
    let Some(address) = ec2.addresses.get_mut(allocation) else { return };
    address.association = None;
    let interface = address.interface.take().and_then(|id| ec2.interfaces.get_mut(&id));
    if let Some(interface) = interface {
        interface.public = None;
    }
}

fn disassociate(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "AssociationId")?;
    let ec2 = &mut account.here.ec2;
    let address = ec2
        .addresses
        .values()
        .find(|address| address.association.as_deref() == Some(id))
        .ok_or_else(|| missing("InvalidAssociationID.NotFound", "association ID", id))?;
    if is_held_by_service(ec2, address) {
        return Err(held_by_service());
    }
    let allocation = address.allocation.clone();
    unbind(ec2, &allocation);
    done()
}
