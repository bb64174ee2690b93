//! Whether a packet gets there, and its answer back: the sandbox's own walk through routes,
//! gateways, network ACLs, security groups, endpoints and names.
//!
//! It is written apart from the product's `reach`, so that the same misreading of AWS cannot be
//! in both. It follows one packet hop by hop and ends at the first thing that drops it.

mod filter;
mod name;
mod walk;

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;

use super::Account;

/// Who sends.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The subnet the interface is in.
    pub subnet: String,
    /// The groups it carries.
    pub groups: Vec<String>,
    /// Its private address.
    pub address: Ipv4Addr,
    /// Whether it has a public address.
    pub public: bool,
}

impl Sender {
    /// A network interface that is there.
    pub fn interface(account: &Account, id: &str) -> Option<Self> {
        let interface = account.here.ec2.interfaces.get(id)?;
        Some(Self {
            subnet: interface.subnet.clone(),
            groups: interface.groups.clone(),
            address: interface.address,
            public: interface.public.is_some(),
        })
    }

    /// The primary interface of an instance.
    pub fn instance(account: &Account, id: &str) -> Option<Self> {
        let instance = account.here.ec2.instances.get(id)?;
        Self::interface(account, instance.interfaces.first()?)
    }
}

/// What is to be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The host: a name of AWS, another name, or an address.
    pub host: Host,
    /// The port.
    pub port: u16,
    /// The transport protocol.
    pub transport: Transport,
    /// What is asked of the service there, for endpoints with a policy: action and resource.
    pub request: Option<(String, String)>,
}

/// A host, as the sender knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// A service of AWS in the sender's region, by the name in endpoints: `elasticbeanstalk`.
    Service(String),
    /// A name on the internet.
    Name(String),
    /// An address.
    Address(Ipv4Addr),
}

/// The transport protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl Destination {
    /// A service of AWS, over HTTPS.
    pub fn service(name: &str) -> Self {
        Self {
            host: Host::Service(name.to_owned()),
            port: 443,
            transport: Transport::Tcp,
            request: None,
        }
    }

    /// A name on the internet, over TCP.
    pub fn name(name: &str, port: u16) -> Self {
        let host = Host::Name(name.to_owned());
        Self { host, port, transport: Transport::Tcp, request: None }
    }

    /// An address, over TCP.
    pub fn address(address: Ipv4Addr, port: u16) -> Self {
        let host = Host::Address(address);
        Self { host, port, transport: Transport::Tcp, request: None }
    }

    /// The same, for a request that endpoints may have a policy about.
    #[must_use]
    pub fn asking(mut self, action: &str, resource: &str) -> Self {
        self.request = Some((action.to_owned(), resource.to_owned()));
        self
    }
}

/// What drops the packet or its answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Blocked {
    /// The sender's subnet is not there.
    #[error("no subnet {0}")]
    NoSubnet(String),
    /// Nothing resolves names in the network.
    #[error("names do not resolve in {vpc}: {why}")]
    Names {
        /// The network.
        vpc: String,
        /// Why they do not.
        why: String,
    },
    /// A security group lets it not pass.
    #[error("security groups {groups:?} do not allow port {port} {direction}")]
    SecurityGroup {
        /// The groups.
        groups: Vec<String>,
        /// The port.
        port: u16,
        /// Which way.
        direction: Direction,
    },
    /// A network ACL lets it not pass.
    #[error("network ACL {acl} does not allow it {direction} {subnet}")]
    NetworkAcl {
        /// The ACL.
        acl: String,
        /// The subnet under it.
        subnet: String,
        /// Which way.
        direction: Direction,
    },
    /// No route of a table fits.
    #[error("no route to {to} from {subnet}")]
    NoRoute {
        /// The subnet.
        subnet: String,
        /// The address.
        to: Ipv4Addr,
    },
    /// The route's target is not there or not at work.
    #[error("the route to {to} from {subnet} is a blackhole")]
    Blackhole {
        /// The subnet.
        subnet: String,
        /// The address.
        to: Ipv4Addr,
    },
    /// An internet gateway takes only packets of those with a public address.
    #[error("{0} has no public address for the internet gateway")]
    NoPublicAddress(Ipv4Addr),
    /// A NAT instance, or another appliance, is not up to it.
    #[error("interface {0} does not pass packets on")]
    NotForwarded(String),
    /// A NAT gateway that does not work.
    #[error("NAT gateway {0} is not available")]
    NatNotAvailable(String),
    /// Peering leads to the peer's own addresses only.
    #[error("peering {peering} does not lead on to {to}")]
    NotTransitive {
        /// The connection.
        peering: String,
        /// The address.
        to: Ipv4Addr,
    },
    /// The way back is missing.
    #[error("no way back from {from}")]
    NoWayBack {
        /// Where the answer starts.
        from: String,
    },
    /// An endpoint's policy.
    #[error("the policy of {0} does not allow the request")]
    EndpointPolicy(String),
    /// An endpoint that does not work.
    #[error("{0} is not available")]
    EndpointNotAvailable(String),
    /// A transit gateway without a place in the sender's zone, or without a route.
    #[error("transit gateway {0} does not lead there")]
    Transit(String),
    /// Nobody has the address.
    #[error("nobody has the address {0}")]
    Nobody(Ipv4Addr),
    /// What is behind a VPN is not simulated.
    #[error("what is behind {0} is not simulated")]
    BeyondVpn(String),
    /// The packet goes in circles.
    #[error("the packet goes in circles")]
    Circle,
}

/// Which way a packet goes through a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Into it.
    In,
    /// Out of it.
    Out,
}

impl std::fmt::Display for Direction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::In => "into",
            Self::Out => "out of",
        })
    }
}

/// Whether a sender of the region at hand reaches a destination and gets its answer.
pub fn can_reach(account: &Account, from: &Sender, to: &Destination) -> Result<(), Blocked> {
    let addresses = name::resolved(account, from, to)?;
    let mut first = None;
    // A client tries the addresses of a name in turn.
    for address in addresses {
        match walk::walk(account, from, address, to) {
            Ok(()) => return Ok(()),
            Err(why) => first = first.or(Some(why)),
        }
    }
    Err(first.unwrap_or(Blocked::Nobody(Ipv4Addr::UNSPECIFIED)))
}
