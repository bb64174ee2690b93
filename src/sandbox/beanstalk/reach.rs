//! Whether instances get through to AWS's services and to what their application needs.

use std::net::Ipv4Addr;

use crate::sandbox::Account;
use crate::sandbox::packets::{Destination, Sender, can_reach};

/// Whether an instance can speak HTTPS to a service of the region.
pub(super) fn service(account: &Account, instance: &str, service: &str) -> bool {
    goes(account, instance, &Destination::service(service))
}

/// Whether an instance can open a connection to an address or a name.
pub(super) fn address(account: &Account, instance: &str, host: &str, port: u16) -> bool {
    let destination = match host.parse::<Ipv4Addr>() {
        Ok(address) => Destination::address(address, port),
        Err(_) => Destination::name(host, port),
    };
    goes(account, instance, &destination)
}

fn goes(account: &Account, instance: &str, destination: &Destination) -> bool {
    Sender::instance(account, instance)
        .is_some_and(|sender| can_reach(account, &sender, destination).is_ok())
}
