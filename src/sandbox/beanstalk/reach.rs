//! Whether instances get through to AWS's services and to what their application needs.

use crate::sandbox::Account;

/// Whether an instance can speak HTTPS to a service of the region.
pub(super) fn service(account: &mut Account, instance: &str, service: &str) -> bool {
    let _ = (account, instance, service);
    true
}

/// Whether an instance can open a connection to an address.
pub(super) fn address(account: &mut Account, instance: &str, host: &str, port: u16) -> bool {
    let _ = (account, instance, host, port);
    true
}
