//! How much of a destination a block of addresses or a range of ports covers.

use std::net::IpAddr;

use ipnet::IpNet;

/// How much of what is meant something covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cover {
    Nothing,
    Part,
    Whole,
}

/// The other end of a connection, as addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Far {
    /// Any public IPv4 address: AWS publishes no fixed ones for its services.
    Internet4,
    /// Any public IPv6 address.
    Internet6,
    /// These addresses.
    Block(IpNet),
}

impl Far {
    /// How much of the other end a block covers.
    pub(super) fn covered_by(&self, block: &IpNet) -> Cover {
        match self {
            Self::Internet4 => internet(block, false),
            Self::Internet6 => internet(block, true),
            Self::Block(own) if block.contains(own) => Cover::Whole,
            Self::Block(own) if own.contains(block) => Cover::Part,
            Self::Block(_) => Cover::Nothing,
        }
    }

    /// Whether this is the public internet.
    pub(super) fn is_internet(&self) -> bool {
        !matches!(self, Self::Block(_))
    }
}

fn internet(block: &IpNet, six: bool) -> Cover {
    if block.addr().is_ipv6() != six {
        Cover::Nothing
    } else if block.prefix_len() == 0 {
        Cover::Whole
    } else if is_private(block) {
        Cover::Nothing
    } else {
        Cover::Part
    }
}

/// Whether a block holds no public address.
fn is_private(block: &IpNet) -> bool {
    match block.network() {
        IpAddr::V4(ip) => {
            let shared = ip.octets()[0] == 100 && (64..128).contains(&ip.octets()[1]);
            (ip.is_private() || ip.is_link_local() || ip.is_loopback() || shared)
                && block.prefix_len() >= 8
        }
        // fc00::/7 and fe80::/10
        IpAddr::V6(ip) => {
            let head = ip.segments()[0];
            (head & 0xfe00 == 0xfc00 || head & 0xffc0 == 0xfe80) && block.prefix_len() >= 7
        }
    }
}

/// How much of the needed ports a rule's ports cover; absent ports mean all.
pub(super) fn ports_covered(rule: Option<(u16, u16)>, needed: (u16, u16)) -> Cover {
    let Some((first, last)) = rule else { return Cover::Whole };
    if first <= needed.0 && needed.1 <= last {
        Cover::Whole
    } else if last < needed.0 || needed.1 < first {
        Cover::Nothing
    } else {
        Cover::Part
    }
}
