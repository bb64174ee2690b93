//! Private addresses of an interface beside its first one.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::interface::{self, find, no_room};
use super::{Handler, done, need, subnet};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "AssignPrivateIpAddresses" => Some(assign),
        "UnassignPrivateIpAddresses" => Some(unassign),
        _ => None,
    }
}

fn parsed(text: &str) -> Result<Ipv4Addr, Fault> {
    text.parse().map_err(|_| {
        Fault::invalid_value(format!("Value ({text}) for parameter privateIpAddress is invalid."))
    })
}

fn assign(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "NetworkInterfaceId")?.to_owned();
    let place = find(&account.here.ec2, &id)?.subnet.clone();
    let named = call.params.texts("PrivateIpAddress");
    let count = call.params.number("SecondaryPrivateIpAddressCount").unwrap_or(0);
    let mut given: Vec<Value> = Vec::new();
    for text in &named {
        let subnet = subnet::find(&account.here.ec2, &place)?.clone();
        let address = interface::wanted_address(&account.here.ec2, &subnet, text)?;
        add(account, &id, address);
        given.push(json!({ "privateIpAddress": text }));
    }
    for _ in 0..count {
        let subnet = subnet::find(&account.here.ec2, &place)?.clone();
        let free = subnet::free_address(&account.here.ec2, &subnet);
        let address = free.ok_or_else(|| no_room(&place))?;
        add(account, &id, address);
        given.push(json!({ "privateIpAddress": address.to_string() }));
    }
    Ok(json!({
        "networkInterfaceId": id,
        "assignedPrivateIpAddressesSet": given,
    }))
}

fn add(account: &mut Account, id: &str, address: Ipv4Addr) {
    if let Some(interface) = account.here.ec2.interfaces.get_mut(id) {
        interface.more_addresses.push(address);
    }
}

fn unassign(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "NetworkInterfaceId")?.to_owned();
    find(&account.here.ec2, &id)?;
    for text in call.params.texts("PrivateIpAddress") {
        let address = parsed(&text)?;
        let interface = account.here.ec2.interfaces.get_mut(&id);
        let Some(interface) = interface else { break };
        let before = interface.more_addresses.len();
        interface.more_addresses.retain(|known| *known != address);
        if interface.more_addresses.len() == before {
            return Err(Fault::invalid_value(
                "Some of the specified addresses are not assigned to the interface",
            ));
        }
    }
    done()
}
