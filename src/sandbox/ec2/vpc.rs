//! Networks and their attributes.

use ipnet::Ipv4Net;
use serde::Serialize;
use serde_json::{Value, json};

use super::listing::{self, Kind};
use super::{
    Ec2, Handler, acl, attribute_flag, block, done, group, in_use, need, route_table, tag,
};
use crate::sandbox::{Account, Answer, Call, Fault, Params, quotas};

/// A network.
#[derive(Clone, Debug, Serialize)]
pub struct Vpc {
    /// `vpc-…`.
    pub id: String,
    /// Its blocks of addresses, each with the id of its association; the first is the primary.
    pub blocks: Vec<(String, Ipv4Net)>,
    /// Its DHCP option set, or `default` for none.
    pub dhcp_options: String,
    /// Whether it is the region's default one.
    pub is_default: bool,
    /// `default` or `dedicated`.
    pub tenancy: String,
    /// `enableDnsSupport`.
    pub dns_support: bool,
    /// `enableDnsHostnames`.
    pub dns_hostnames: bool,
}

impl Vpc {
    /// Whether an address is inside the network.
    pub fn contains(&self, address: std::net::Ipv4Addr) -> bool {
        self.blocks.iter().any(|(_, block)| block.contains(&address))
    }
}

pub(super) const KIND: Kind = Kind {
    set: "vpcSet",
    ids: "VpcId",
    code: "InvalidVpcID.NotFound",
    noun: "vpc ID",
    prefix: "vpc",
    filters: &[
        ("vpc-id", "vpcId"),
        ("cidr", "cidrBlock"),
        ("cidr-block-association.cidr-block", "cidrBlockAssociationSet.cidrBlock"),
        ("cidr-block-association.association-id", "cidrBlockAssociationSet.associationId"),
        ("cidr-block-association.state", "cidrBlockAssociationSet.cidrBlockState.state"),
        ("dhcp-options-id", "dhcpOptionsId"),
        ("is-default", "isDefault"),
        ("isDefault", "isDefault"),
        ("owner-id", "ownerId"),
        ("state", "state"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateVpc" => Some(create),
        "DeleteVpc" => Some(delete),
        "DescribeVpcs" => Some(describe),
        "DescribeVpcAttribute" => Some(describe_attribute),
        "ModifyVpcAttribute" => Some(modify_attribute),
        "AssociateVpcCidrBlock" => Some(associate_block),
        "DisassociateVpcCidrBlock" => Some(disassociate_block),
        _ => None,
    }
}

/// The network with an id, or the refusal.
pub(super) fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Vpc, Fault> {
    KIND.checked(id)?;
    ec2.vpcs.get(id).ok_or_else(|| KIND.missing(id))
}

fn tree(account: &str, vpc: &Vpc) -> Value {
    let associations: Value = vpc
        .blocks
        .iter()
        .map(|(id, block)| {
            json!({
                "associationId": id,
                "cidrBlock": block.to_string(),
                "cidrBlockState": { "state": "associated" },
            })
        })
        .collect();
    json!({
        "vpcId": vpc.id,
        "ownerId": account,
        "state": "available",
        "cidrBlock": vpc.blocks.first().map(|(_, block)| block.to_string()),
        "cidrBlockAssociationSet": associations,
        "dhcpOptionsId": vpc.dhcp_options,
        "instanceTenancy": vpc.tenancy,
        "isDefault": vpc.is_default,
        "blockPublicAccessStates": { "internetGatewayBlockMode": "off" },
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let vpcs = ec2.vpcs.values().map(|vpc| (vpc.id.as_str(), || tree(&account.id, vpc)));
    listing::list(ec2, call, &KIND, vpcs)
}

/// Makes a network with its main route table, default network ACL and default group.
pub(super) fn make(account: &mut Account, cidr: Ipv4Net, is_default: bool) -> String {
    let id = account.id("vpc");
    let association = account.id("vpc-cidr-assoc");
    let vpc = Vpc {
        id: id.clone(),
        blocks: vec![(association, cidr)],
        dhcp_options: super::dhcp::default_set(account),
        is_default,
        tenancy: "default".to_owned(),
        dns_support: true,
        dns_hostnames: is_default,
    };
    account.here.ec2.vpcs.insert(id.clone(), vpc);
    route_table::make(account, &id, true);
    acl::make(account, &id, true);
    group::make(account, &id, "default", "default VPC security group");
    id
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let cidr = block("cidrBlock", need(call, "CidrBlock")?)?;
    sized(cidr)?;
    let limit = quotas::VPCS.value(account);
    if account.here.ec2.vpcs.len() >= limit {
        return Err(Fault::new("VpcLimitExceeded", "The maximum number of VPCs has been reached."));
    }
    let id = make(account, cidr, false);
    let ec2 = &mut account.here.ec2;
    if let Some(tenancy) = call.params.text("InstanceTenancy")
        && let Some(vpc) = ec2.vpcs.get_mut(&id)
    {
        tenancy.clone_into(&mut vpc.tenancy);
    }
    tag::apply(ec2, &call.params, &id);
    let mut answer = tree(&account.id, &ec2.vpcs[&id]);
    answer["tagSet"] = json!(listing::tags_if_any(ec2, &id));
    // A new network is `pending` in the answer that makes it, and usable at once (recorded).
    answer["state"] = json!("pending");
    Ok(json!({ "vpc": answer }))
}

fn sized(cidr: Ipv4Net) -> Result<(), Fault> {
    if (16..=28).contains(&cidr.prefix_len()) {
        return Ok(());
    }
    Err(Fault::new("InvalidVpc.Range", format!("The CIDR '{cidr}' is invalid.")))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "VpcId")?;
    let ec2 = &mut account.here.ec2;
    find(ec2, id)?;
    if holders(ec2, id) {
        return Err(in_use("vpc", id));
    }
    let tables: Vec<String> = ids(&ec2.route_tables, |table| table.vpc == id);
    let acls: Vec<String> = ids(&ec2.acls, |acl| acl.vpc == id);
    let groups: Vec<String> = ids(&ec2.groups, |group| group.vpc == id);
    ec2.route_tables.retain(|_, table| table.vpc != id);
    ec2.acls.retain(|_, acl| acl.vpc != id);
    ec2.groups.retain(|_, group| group.vpc != id);
    ec2.vpcs.remove(id);
    for gone in tables.iter().chain(&acls).chain(&groups).map(String::as_str).chain([id]) {
        ec2.untag(gone);
    }
    done()
}

fn ids<T>(all: &std::collections::BTreeMap<String, T>, which: impl Fn(&T) -> bool) -> Vec<String> {
    all.iter().filter(|(_, item)| which(item)).map(|(id, _)| id.clone()).collect()
}

/// Whether anything but what came with the network is still in it.
fn holders(ec2: &Ec2, id: &str) -> bool {
    ec2.subnets.values().any(|subnet| subnet.vpc == id)
        || ec2.interfaces.values().any(|interface| interface.vpc == id)
        || ec2.internet_gateways.values().any(|gateway| gateway.vpc.as_deref() == Some(id))
        || ec2.vpn_gateways.values().any(|gateway| gateway.vpc.as_deref() == Some(id))
        || ec2.route_tables.values().any(|table| table.vpc == id && !table.is_main())
        || ec2.acls.values().any(|acl| acl.vpc == id && !acl.is_default)
        || ec2.groups.values().any(|group| group.vpc == id && group.name != "default")
        || ec2.endpoints.values().any(|endpoint| endpoint.vpc == id)
        || ec2.peerings.values().any(|peering| peering.lives() && peering.joins(id))
        || ec2.nat_gateways.values().any(|nat| nat.vpc == id && nat.state != "deleted")
        || ec2.attachments.values().any(|attached| attached.vpc == id && attached.lives())
}

fn describe_attribute(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "VpcId")?;
    let vpc = find(&account.here.ec2, id)?;
    let (name, value) = match need(call, "Attribute")? {
        "enableDnsSupport" => ("enableDnsSupport", vpc.dns_support),
        "enableDnsHostnames" => ("enableDnsHostnames", vpc.dns_hostnames),
        "enableNetworkAddressUsageMetrics" => ("enableNetworkAddressUsageMetrics", false),
        other => {
            return Err(Fault::invalid_value(format!(
                "Value ({other}) for parameter attribute is invalid. Unknown attribute."
            )));
        }
    };
    Ok(json!({ "vpcId": id, name: { "value": value } }))
}

fn modify_attribute(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "VpcId")?;
    find(&account.here.ec2, id)?;
    let support = attribute_flag(&call.params, "EnableDnsSupport");
    let hostnames = attribute_flag(&call.params, "EnableDnsHostnames");
    if support.is_some() && hostnames.is_some() {
        return Err(Fault::new(
            "InvalidParameterCombination",
            "Fields for multiple attribute types specified",
        ));
    }
    if let Some(vpc) = account.here.ec2.vpcs.get_mut(id) {
        vpc.dns_support = support.unwrap_or(vpc.dns_support);
        vpc.dns_hostnames = hostnames.unwrap_or(vpc.dns_hostnames);
    }
    done()
}

fn associate_block(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "VpcId")?.to_owned();
    let cidr = block("cidrBlock", need(call, "CidrBlock")?)?;
    sized(cidr)?;
    let vpc = find(&account.here.ec2, &id)?;
    if vpc.blocks.iter().any(|(_, block)| block.contains(&cidr) || cidr.contains(block)) {
        return Err(Fault::new(
            "InvalidVpc.Conflict",
            format!("The CIDR '{cidr}' conflicts with another subnet"),
        ));
    }
    let association = account.id("vpc-cidr-assoc");
    if let Some(vpc) = account.here.ec2.vpcs.get_mut(&id) {
        vpc.blocks.push((association.clone(), cidr));
    }
    Ok(json!({
        "vpcId": id,
        "cidrBlockAssociation": {
            "associationId": association,
            "cidrBlock": cidr.to_string(),
            "cidrBlockState": { "state": "associating" },
        },
    }))
}

fn disassociate_block(account: &mut Account, call: &Call) -> Answer {
    let association = need(call, "AssociationId")?;
    let ec2 = &mut account.here.ec2;
    let missing = || {
        Fault::new(
            "InvalidVpcCidrBlockAssociationID.NotFound",
            format!("The vpc CIDR block association ID '{association}' does not exist"),
        )
    };
    let vpc = ec2
        .vpcs
        .values_mut()
        .find(|vpc| vpc.blocks.iter().any(|(id, _)| id == association))
        .ok_or_else(missing)?;
    let at = vpc.blocks.iter().position(|(id, _)| id == association).ok_or_else(missing)?;
    let cidr = vpc.blocks[at].1;
    if at == 0 {
        return Err(Fault::new(
            "OperationNotPermitted",
            format!(
                "The vpc CIDR block with association ID {association} may not be disassociated. It is the primary IPv4 CIDR block of the VPC"
            ),
        ));
    }
    if ec2.subnets.values().any(|subnet| subnet.vpc == vpc.id && cidr.contains(&subnet.cidr)) {
        return Err(Fault::new(
            "DependencyViolation",
            format!("The vpc CIDR block with association ID {association} is in use"),
        ));
    }
    vpc.blocks.remove(at);
    Ok(json!({
        "vpcId": vpc.id,
        "cidrBlockAssociation": {
            "associationId": association,
            "cidrBlock": cidr.to_string(),
            "cidrBlockState": { "state": "disassociating" },
        },
    }))
}
