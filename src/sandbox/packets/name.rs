//! From a name to addresses: the network's resolver, private DNS of endpoints, and the world's.

use std::net::Ipv4Addr;

use super::{Blocked, Destination, Host, Sender, Transport, walk};
use crate::sandbox::Account;
use crate::sandbox::ec2::{Ec2, Vpc};

/// The addresses of a destination, as the sender gets to know them.
pub(super) fn resolved(
    account: &Account,
    from: &Sender,
    to: &Destination,
) -> Result<Vec<Ipv4Addr>, Blocked> {
    if let Host::Address(address) = to.host {
        return Ok(vec![address]);
    }
    let ec2 = &account.here.ec2;
    let subnet =
        ec2.subnets.get(&from.subnet).ok_or_else(|| Blocked::NoSubnet(from.subnet.clone()))?;
    let Some(vpc) = ec2.vpcs.get(&subnet.vpc) else {
        return Err(Blocked::NoSubnet(from.subnet.clone()));
    };
    let by_amazon = resolver(account, from, vpc)?;
    match &to.host {
        Host::Service(service) => {
            let private = if by_amazon { by_endpoint(ec2, vpc, service) } else { Vec::new() };
            if private.is_empty() { Ok(vec![public(ec2, service)]) } else { Ok(private) }
        }
        Host::Name(name) => Ok(vec![public(ec2, name)]),
        Host::Address(address) => Ok(vec![*address]),
    }
}

/// Whether Amazon's resolver answers (and knows private names); an error if nobody does.
fn resolver(account: &Account, from: &Sender, vpc: &Vpc) -> Result<bool, Blocked> {
    let none = |why: &str| Blocked::Names { vpc: vpc.id.clone(), why: why.to_owned() };
    let Some(set) = account.here.ec2.dhcp_options.get(&vpc.dhcp_options) else {
        return Err(none("its DHCP options name no resolver"));
    };
    let second =
        vpc.blocks.first().map(|(_, block)| Ipv4Addr::from(u32::from(block.network()) + 2));
    let link_local = Ipv4Addr::new(169, 254, 169, 253);
    let mut others = Vec::new();
    for server in set.name_servers() {
        let address = server.parse::<Ipv4Addr>().ok();
        let amazon = server == "AmazonProvidedDNS"
            || address.is_some_and(|address| Some(address) == second || address == link_local);
        match (amazon, address) {
            (true, _) if vpc.dns_support => return Ok(true),
            (false, Some(address)) => others.push(address),
            _ => {}
        }
    }
    if others.is_empty() && !set.name_servers().is_empty() {
        return Err(none("enableDnsSupport is off"));
    }
    // A resolver of one's own answers if it can be asked.
    let reachable = others.iter().any(|address| {
        let ask = Destination { transport: Transport::Udp, ..Destination::address(*address, 53) };
        walk::walk(account, from, *address, &ask).is_ok()
    });
    if reachable { Ok(false) } else { Err(none("its resolvers cannot be reached")) }
}

/// The addresses of the interface endpoint that private DNS leads to.
fn by_endpoint(ec2: &Ec2, vpc: &Vpc, service: &str) -> Vec<Ipv4Addr> {
    if !(vpc.dns_support && vpc.dns_hostnames) {
        return Vec::new();
    }
    let end = format!(".{service}");
    ec2.endpoints
        .values()
        .filter(|endpoint| {
            endpoint.vpc == vpc.id
                && endpoint.private_dns
                && endpoint.state == "available"
                && endpoint.service.ends_with(&end)
        })
        .flat_map(|endpoint| &endpoint.interfaces)
        .filter_map(|id| ec2.interfaces.get(id))
        .map(|interface| interface.address)
        .collect()
}

/// The public address of a name: for services with a prefix list one out of that, for others
/// some address of the internet, always the same.
pub(super) fn public(ec2: &Ec2, name: &str) -> Ipv4Addr {
    let end = format!(".{name}");
    let list = ec2.prefix_lists.values().find(|list| list.is_aws && list.name.ends_with(&end));
    if let Some((block, _)) = list.and_then(|list| list.entries.first()) {
        return Ipv4Addr::from(u32::from(block.network()) + 9);
    }
    let spread = name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte));
    // In 52.119.0.0/16, one of AWS's own blocks.
    Ipv4Addr::from(0x3477_0000 | (spread & 0xffff))
}
