//! EC2 and its VPC family: one file for each kind of resource.
//!
//! Answers have the names of the wire (`vpcSet`, `vpcId`). Tags of all resources are kept in one
//! place, by id, and [`listing`] puts them into every answer.

mod acl;
mod address;
mod default_vpc;
mod dhcp;
mod disk;
mod endpoint;
mod endpoint_service;
mod gateway;
mod group;
pub mod image;
pub mod instance;
mod instance_type;
pub mod interface;
mod key_pair;
mod launch;
pub mod launch_template;
mod listing;
mod more_addresses;
mod nat;
pub mod peering;
mod power;
mod prefix_list;
mod profile;
mod route;
mod route_table;
mod rule;
mod subnet;
mod tag;
mod transit;
mod vpc;
mod zone;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Account, Answer, Call, Fault, Params};

pub use acl::{Acl, AclEntry};
pub use address::Address;
pub use dhcp::DhcpOptions;
pub use endpoint::{Endpoint, EndpointKind};
pub use gateway::{InternetGateway, VpnGateway};
pub use group::Group;
pub use image::Image;
pub use instance::Instance;
pub use interface::Interface;
pub use key_pair::KeyPair;
pub use launch_template::LaunchTemplate;
pub use nat::NatGateway;
pub use peering::Peering;
pub use power::end as terminate;
pub use prefix_list::PrefixList;
pub use route::{Destination, Route, Target};
pub(super) use route::{is_active, target_of};
pub use route_table::RouteTable;
pub use rule::{Peer, Rule};
pub use subnet::Subnet;
pub(super) use transit::propagated;
pub use transit::{Attachment, TransitGateway, TransitRoute};
pub use vpc::Vpc;

/// Handlers of this service.
type Handler = fn(&mut Account, &Call) -> Answer;

/// The EC2 resources of a region.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Ec2 {
    /// Whether the region has its default VPC, prefix lists and images already.
    furnished: bool,
    /// Networks.
    pub vpcs: BTreeMap<String, Vpc>,
    /// Subnets.
    pub subnets: BTreeMap<String, Subnet>,
    /// Route tables.
    pub route_tables: BTreeMap<String, RouteTable>,
    /// Internet gateways.
    pub internet_gateways: BTreeMap<String, InternetGateway>,
    /// Virtual private gateways.
    pub vpn_gateways: BTreeMap<String, VpnGateway>,
    /// NAT gateways, deleted ones for an hour.
    pub nat_gateways: BTreeMap<String, NatGateway>,
    /// Network ACLs.
    pub acls: BTreeMap<String, Acl>,
    /// Security groups.
    pub groups: BTreeMap<String, Group>,
    /// VPC endpoints.
    pub endpoints: BTreeMap<String, Endpoint>,
    /// Peering connections.
    pub peerings: BTreeMap<String, Peering>,
    /// Transit gateways.
    pub transit_gateways: BTreeMap<String, TransitGateway>,
    /// Attachments of VPCs to transit gateways.
    pub attachments: BTreeMap<String, Attachment>,
    /// Prefix lists, AWS's own and the account's.
    pub prefix_lists: BTreeMap<String, PrefixList>,
    /// DHCP option sets.
    pub dhcp_options: BTreeMap<String, DhcpOptions>,
    /// Elastic IP addresses, by allocation id.
    pub addresses: BTreeMap<String, Address>,
    /// Network interfaces.
    pub interfaces: BTreeMap<String, Interface>,
    /// Instances, terminated ones for an hour.
    pub instances: BTreeMap<String, Instance>,
    /// Machine images.
    pub images: BTreeMap<String, Image>,
    /// Key pairs, by name.
    pub key_pairs: BTreeMap<String, KeyPair>,
    /// Launch templates.
    pub launch_templates: BTreeMap<String, LaunchTemplate>,
    /// Tags of every resource, by its id.
    pub tags: BTreeMap<String, BTreeMap<String, String>>,
    /// Instance types and zones, `t3.small us-east-1a`, that AWS has no capacity for just now.
    pub exhausted: BTreeSet<String>,
    /// Instance types and zones that do not go together.
    pub not_offered: BTreeSet<String>,
    /// How many public addresses have been handed out.
    addresses_made: u32,
}

impl Ec2 {
    /// The value of a tag of a resource.
    pub fn tag(&self, resource: &str, key: &str) -> Option<&str> {
        self.tags.get(resource)?.get(key).map(String::as_str)
    }

    /// A public address nobody has had before.
    fn public_ip(&mut self) -> std::net::Ipv4Addr {
        self.addresses_made += 1;
        // From one of EC2's own blocks, spread so that neighbours do not look like a sequence.
        let spread = self.addresses_made.wrapping_mul(40_503) % (1 << 16);
        std::net::Ipv4Addr::from(0x36C8_0000_u32 | spread)
    }

    /// Forgets a resource's tags.
    fn untag(&mut self, resource: &str) {
        self.tags.remove(resource);
    }
}

/// Answers a call to this service.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    furnish(account);
    let handler = handler(&call.operation).ok_or_else(|| {
        Fault::new(
            "InvalidAction",
            format!("The action {} is not valid for this web service.", call.operation),
        )
    })?;
    if call.params.flag("DryRun") {
        return Err(Fault::new(
            "DryRunOperation",
            "Request would have succeeded, but DryRun flag is set.",
        )
        .with_status(412));
    }
    handler(account, call)
}

/// Gives a region what every region has from the beginning.
pub fn furnish(account: &mut Account) {
    if !account.here.ec2.furnished {
        account.here.ec2.furnished = true;
        prefix_list::furnish(account);
        image::furnish(account);
        default_vpc::furnish(account);
    }
}

fn handler(operation: &str) -> Option<Handler> {
    const FAMILIES: [fn(&str) -> Option<Handler>; 28] = [
        vpc::handler,
        default_vpc::handler,
        subnet::handler,
        route_table::handler,
        route::handler,
        gateway::handler,
        nat::handler,
        acl::handler,
        group::handler,
        rule::handler,
        endpoint::handler,
        endpoint_service::handler,
        peering::handler,
        transit::handler,
        prefix_list::handler,
        dhcp::handler,
        disk::handler,
        address::handler,
        interface::handler,
        more_addresses::handler,
        instance::handler,
        profile::handler,
        launch::handler,
        power::handler,
        image::handler,
        key_pair::handler,
        launch_template::handler,
        others,
    ];
    FAMILIES.iter().find_map(|family| family(operation))
}

fn others(operation: &str) -> Option<Handler> {
    tag::handler(operation)
        .or_else(|| zone::handler(operation))
        .or_else(|| instance_type::handler(operation))
}

/// The answer of an operation that has nothing to tell.
fn done() -> Answer {
    Ok(json!({ "return": true }))
}

/// The refusal to name a thing that is not there: `InvalidVpcID.NotFound`.
fn missing(code: &str, noun: &str, id: &str) -> Fault {
    Fault::new(code, format!("The {noun} '{id}' does not exist"))
}

/// The refusal to delete what something else needs.
fn in_use(noun: &str, id: &str) -> Fault {
    Fault::new(
        "DependencyViolation",
        format!("The {noun} '{id}' has dependencies and cannot be deleted."),
    )
}

/// The refusal of a call that lacks a parameter, named as EC2 names it.
fn wanted(parameter: &str) -> Fault {
    Fault::new("MissingParameter", format!("The request must contain the parameter {parameter}"))
}

/// A parameter that must be there.
fn need<'a>(call: &'a Call, name: &str) -> Result<&'a str, Fault> {
    call.params.text(name).ok_or_else(|| {
        let mut letters = name.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        wanted(&first.into_iter().chain(letters).collect::<String>())
    })
}

/// A block of addresses that was given as a parameter.
fn block(name: &str, text: &str) -> Result<ipnet::Ipv4Net, Fault> {
    text.parse::<ipnet::Ipv4Net>().map(|net| net.trunc()).map_err(|_| {
        Fault::invalid_value(format!(
            "Value ({text}) for parameter {name} is invalid. This is not a valid CIDR block."
        ))
    })
}

/// An attribute of a `Modify…Attribute` call: `EnableDnsSupport.Value=true`.
fn attribute_flag(params: &Value, name: &str) -> Option<bool> {
    let value = params.get(name)?;
    Some(value.flag("Value") || value.as_str().is_some_and(|text| text == "true"))
}
