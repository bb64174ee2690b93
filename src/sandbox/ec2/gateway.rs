//! Internet gateways and virtual private gateways.

use serde::Serialize;
use serde_json::{Value, json};

use super::listing::{self, Kind};
use super::{Ec2, Handler, done, in_use, need, tag, vpc};
use crate::sandbox::{Account, Answer, Call, Fault, quotas};

/// An internet gateway.
#[derive(Clone, Debug, Serialize)]
pub struct InternetGateway {
    /// `igw-…`.
    pub id: String,
    /// The network it is attached to.
    pub vpc: Option<String>,
}

/// A virtual private gateway, the end of a VPN. What is behind it is not simulated.
#[derive(Clone, Debug, Serialize)]
pub struct VpnGateway {
    /// `vgw-…`.
    pub id: String,
    /// The network it is attached to.
    pub vpc: Option<String>,
}

const KIND: Kind = Kind {
    set: "internetGatewaySet",
    ids: "InternetGatewayId",
    code: "InvalidInternetGatewayID.NotFound",
    noun: "internetGateway ID",
    prefix: "igw",
    filters: &[
        ("internet-gateway-id", "internetGatewayId"),
        ("attachment.vpc-id", "attachmentSet.vpcId"),
        ("attachment.state", "attachmentSet.state"),
        ("owner-id", "ownerId"),
    ],
};

const VPN: Kind = Kind {
    set: "vpnGatewaySet",
    ids: "VpnGatewayId",
    code: "InvalidVpnGatewayID.NotFound",
    noun: "vpnGateway ID",
    prefix: "vgw",
    filters: &[
        ("vpn-gateway-id", "vpnGatewayId"),
        ("attachment.vpc-id", "attachments.vpcId"),
        ("attachment.state", "attachments.state"),
        ("state", "state"),
        ("type", "type"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateInternetGateway" => Some(create),
        "DeleteInternetGateway" => Some(delete),
        "DescribeInternetGateways" => Some(describe),
        "AttachInternetGateway" => Some(attach),
        "DetachInternetGateway" => Some(detach),
        "CreateVpnGateway" => Some(create_vpn),
        "DeleteVpnGateway" => Some(delete_vpn),
        "DescribeVpnGateways" => Some(describe_vpn),
        "AttachVpnGateway" => Some(attach_vpn),
        "DetachVpnGateway" => Some(detach_vpn),
        "DescribeEgressOnlyInternetGateways" => Some(describe_egress_only),
        _ => None,
    }
}

fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a InternetGateway, Fault> {
    KIND.checked(id)?;
    ec2.internet_gateways.get(id).ok_or_else(|| KIND.missing(id))
}

fn tree(account: &str, gateway: &InternetGateway) -> Value {
    let attachments: Value = gateway
        .vpc
        .iter()
        // An internet gateway's attachment is `available`, not `attached` (recorded).
        .map(|vpc| json!({ "vpcId": vpc, "state": "available" }))
        .collect();
    json!({
        "internetGatewayId": gateway.id, "ownerId": account, "attachmentSet": attachments,
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let all = ec2
        .internet_gateways
        .values()
        .map(|gateway| (gateway.id.as_str(), || tree(&account.id, gateway)));
    listing::list(ec2, call, &KIND, all)
}

/// Makes an internet gateway, attached or not.
pub(super) fn make(account: &mut Account, vpc: Option<&str>) -> String {
    let id = account.id("igw");
    let gateway = InternetGateway { id: id.clone(), vpc: vpc.map(str::to_owned) };
    account.here.ec2.internet_gateways.insert(id.clone(), gateway);
    id
}

fn create(account: &mut Account, call: &Call) -> Answer {
    if account.here.ec2.internet_gateways.len() >= quotas::INTERNET_GATEWAYS.value(account) {
        return Err(Fault::new(
            "InternetGatewayLimitExceeded",
            "The maximum number of internet gateways has been reached.",
        ));
    }
    let id = make(account, None);
    let ec2 = &mut account.here.ec2;
    tag::apply(ec2, &call.params, &id);
    let tree = listing::tagged(ec2, &id, tree(&account.id, &ec2.internet_gateways[&id]));
    Ok(json!({ "internetGateway": tree }))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "InternetGatewayId")?;
    let ec2 = &mut account.here.ec2;
    if find(ec2, id)?.vpc.is_some() {
        return Err(in_use("internetGateway", id));
    }
    ec2.internet_gateways.remove(id);
    ec2.untag(id);
    done()
}

fn attach(account: &mut Account, call: &Call) -> Answer {
    let (id, vpc) = (need(call, "InternetGatewayId")?, need(call, "VpcId")?);
    let ec2 = &mut account.here.ec2;
    vpc::find(ec2, vpc)?;
    if find(ec2, id)?.vpc.is_some() {
        return Err(Fault::new(
            "Resource.AlreadyAssociated",
            format!("resource {id} is already attached to network {vpc}"),
        ));
    }
    if ec2.internet_gateways.values().any(|other| other.vpc.as_deref() == Some(vpc)) {
        return Err(Fault::invalid_value(format!(
            "Network {vpc} already has an internet gateway attached"
        )));
    }
    if let Some(gateway) = ec2.internet_gateways.get_mut(id) {
        gateway.vpc = Some(vpc.to_owned());
    }
    done()
}

fn detach(account: &mut Account, call: &Call) -> Answer {
    let (id, vpc) = (need(call, "InternetGatewayId")?, need(call, "VpcId")?);
    let ec2 = &mut account.here.ec2;
    vpc::find(ec2, vpc)?;
    if find(ec2, id)?.vpc.as_deref() != Some(vpc) {
        return Err(Fault::new(
            "Gateway.NotAttached",
            format!("resource {id} is not attached to network {vpc}"),
        ));
    }
    let mapped = |interface: &super::Interface| interface.vpc == vpc && interface.public.is_some();
    if ec2.interfaces.values().any(mapped) {
        return Err(Fault::new(
            "DependencyViolation",
            format!(
                "Network {vpc} has some mapped public address(es). Please unmap those public \
                 address(es) before detaching the gateway."
            ),
        ));
    }
    if let Some(gateway) = ec2.internet_gateways.get_mut(id) {
        gateway.vpc = None;
    }
    done()
}

fn find_vpn<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a VpnGateway, Fault> {
    VPN.checked(id)?;
    ec2.vpn_gateways.get(id).ok_or_else(|| VPN.missing(id))
}

fn vpn_tree(gateway: &VpnGateway) -> Value {
    let attachments: Value =
        gateway.vpc.iter().map(|vpc| json!({ "vpcId": vpc, "state": "attached" })).collect();
    json!({
        "vpnGatewayId": gateway.id,
        "state": "available",
        "type": "ipsec.1",
        "amazonSideAsn": 64512,
        "attachments": attachments,
    })
}

fn describe_vpn(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let all = ec2.vpn_gateways.values().map(|found| (found.id.as_str(), || vpn_tree(found)));
    listing::list(ec2, call, &VPN, all)
}

fn create_vpn(account: &mut Account, call: &Call) -> Answer {
    let id = account.id("vgw");
    let ec2 = &mut account.here.ec2;
    ec2.vpn_gateways.insert(id.clone(), VpnGateway { id: id.clone(), vpc: None });
    tag::apply(ec2, &call.params, &id);
    let tree = listing::tagged(ec2, &id, vpn_tree(&ec2.vpn_gateways[&id]));
    Ok(json!({ "vpnGateway": tree }))
}

fn delete_vpn(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "VpnGatewayId")?;
    let ec2 = &mut account.here.ec2;
    if find_vpn(ec2, id)?.vpc.is_some() {
        return Err(Fault::new(
            "IncorrectState",
            format!("The vpnGateway '{id}' is still attached to a VPC and cannot be deleted."),
        ));
    }
    ec2.vpn_gateways.remove(id);
    ec2.untag(id);
    done()
}

fn attach_vpn(account: &mut Account, call: &Call) -> Answer {
    let (id, vpc) = (need(call, "VpnGatewayId")?, need(call, "VpcId")?);
    let ec2 = &mut account.here.ec2;
    vpc::find(ec2, vpc)?;
    if find_vpn(ec2, id)?.vpc.is_some() {
        return Err(Fault::new(
            "VpnGatewayAttachmentLimitExceeded",
            format!("The vpnGateway '{id}' is attached already."),
        ));
    }
    if let Some(gateway) = ec2.vpn_gateways.get_mut(id) {
        gateway.vpc = Some(vpc.to_owned());
    }
    Ok(json!({ "attachment": { "vpcId": vpc, "state": "attaching" } }))
}

fn detach_vpn(account: &mut Account, call: &Call) -> Answer {
    let (id, vpc) = (need(call, "VpnGatewayId")?, need(call, "VpcId")?);
    let ec2 = &mut account.here.ec2;
    if find_vpn(ec2, id)?.vpc.as_deref() != Some(vpc) {
        return Err(Fault::new(
            "Gateway.NotAttached",
            format!("resource {id} is not attached to network {vpc}"),
        ));
    }
    if let Some(gateway) = ec2.vpn_gateways.get_mut(id) {
        gateway.vpc = None;
    }
    done()
}

/// The sandbox has no IPv6 and so none of these.
fn describe_egress_only(_account: &mut Account, call: &Call) -> Answer {
    listing::page(call, "egressOnlyInternetGatewaySet", Vec::new())
}
