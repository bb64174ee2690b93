//! Checks of the network: whether packets get where they must.

mod dead_target;
mod endpoints;
mod lost_table;
mod no_egress;
mod placement;
mod rules;
mod survey;

use crate::check::Check;

use super::page;

pub(super) use rules::{filters, ids_of};

/// The checks of this group, in the order of their codes.
pub(super) const CHECKS: &[Check] = &[
    page!("NET-01", "no-egress", "no-egress.md", no_egress::all),
    page!(
        "NET-02",
        "main-table-without-gateway",
        "main-table-without-gateway.md",
        no_egress::main_table
    ),
    page!("NET-03", "route-blackhole", "route-blackhole.md", dead_target::blackhole),
    page!("NET-04", "subnet-without-egress", "subnet-without-egress.md", no_egress::some),
    page!(
        "NET-05",
        "nat-in-private-subnet",
        "nat-in-private-subnet.md",
        dead_target::nat_in_private_subnet
    ),
    page!("NET-06", "nat-failed", "nat-failed.md", dead_target::nat_failed),
    page!("NET-07", "gateway-missing", "gateway-missing.md", dead_target::gateway_missing),
    page!("NET-08", "no-public-address", "no-public-address.md", rules::no_public_address),
    page!("NET-09", "filter-blocks", "filter-blocks.md", rules::filter_blocks),
    page!("NET-10", "time-blocked", "time-blocked.md", rules::time_blocked),
    page!("NET-11", "endpoints-missing", "endpoints-missing.md", endpoints::missing),
    page!("NET-12", "endpoint-without-dns", "endpoint-without-dns.md", endpoints::without_dns),
    page!(
        "NET-13",
        "endpoint-policy-denies",
        "endpoint-policy-denies.md",
        endpoints::policy_denies
    ),
    page!("NET-14", "endpoint-group-blocks", "endpoint-group-blocks.md", endpoints::groups_block),
    page!("NET-15", "endpoint-name-wrong", "endpoint-name-wrong.md", endpoints::name_wrong),
    page!("NET-16", "dns-disabled", "dns-disabled.md", rules::dns_disabled),
    page!("NET-17", "balancer-one-zone", "balancer-one-zone.md", placement::one_zone),
    page!(
        "NET-18",
        "balancer-subnets-share-zone",
        "balancer-subnets-share-zone.md",
        placement::share_zone
    ),
    page!("NET-19", "no-default-vpc", "no-default-vpc.md", placement::no_default_vpc),
    page!(
        "NET-20",
        "default-subnet-missing",
        "default-subnet-missing.md",
        placement::default_subnet
    ),
    page!("NET-21", "vpc-options-incomplete", "vpc-options-incomplete.md", placement::incomplete),
    page!("NET-22", "balancer-subnet-full", "balancer-subnet-full.md", placement::balancer_full),
    page!("NET-23", "instance-subnets-full", "instance-subnets-full.md", placement::instances_full),
    page!("NET-24", "proxy-only", "proxy-only.md", no_egress::proxy),
    page!("NET-25", "packages-unreachable", "packages-unreachable.md", placement::packages),
];
