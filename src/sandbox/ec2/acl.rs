//! Network ACLs: numbered rules without memory, both ways.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use serde::Serialize;
use serde_json::{Value, json};

use super::listing::{self, Kind};
use super::{Ec2, Handler, block, done, in_use, need, tag, vpc};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A network ACL.
#[derive(Clone, Debug, Serialize)]
pub struct Acl {
    /// `acl-…`.
    pub id: String,
    /// The network it belongs to.
    pub vpc: String,
    /// Whether new subnets come under it.
    pub is_default: bool,
    /// Its rules.
    pub entries: Vec<AclEntry>,
    /// Subnets under it, by the association's id.
    pub associations: BTreeMap<String, String>,
}

/// One rule of a network ACL.
#[derive(Clone, Debug, Serialize)]
pub struct AclEntry {
    /// The lowest that fits decides.
    pub number: u16,
    /// Whether it is for what leaves the subnet.
    pub egress: bool,
    /// Whether it allows.
    pub allow: bool,
    /// The protocol's number, or `-1` for all.
    pub protocol: String,
    /// The other side's addresses.
    pub cidr: Ipv4Net,
    /// The ports, for TCP and UDP.
    pub ports: Option<(u16, u16)>,
    /// Type and code, for ICMP.
    pub icmp: Option<(i64, i64)>,
}

/// The number of the rule that ends every ACL and denies the rest.
pub(crate) const LAST: u16 = 32767;

const KIND: Kind = Kind {
    set: "networkAclSet",
    ids: "NetworkAclId",
    code: "InvalidNetworkAclID.NotFound",
    noun: "networkAcl ID",
    prefix: "acl",
    filters: &[
        ("network-acl-id", "networkAclId"),
        ("vpc-id", "vpcId"),
        ("default", "default"),
        ("owner-id", "ownerId"),
        ("association.association-id", "associationSet.networkAclAssociationId"),
        ("association.network-acl-id", "associationSet.networkAclId"),
        ("association.subnet-id", "associationSet.subnetId"),
        ("entry.cidr", "entrySet.cidrBlock"),
        ("entry.egress", "entrySet.egress"),
        ("entry.protocol", "entrySet.protocol"),
        ("entry.rule-action", "entrySet.ruleAction"),
        ("entry.rule-number", "entrySet.ruleNumber"),
        ("entry.port-range.from", "entrySet.portRange.from"),
        ("entry.port-range.to", "entrySet.portRange.to"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateNetworkAcl" => Some(create),
        "DeleteNetworkAcl" => Some(delete),
        "DescribeNetworkAcls" => Some(describe),
        "CreateNetworkAclEntry" => Some(create_entry),
        "ReplaceNetworkAclEntry" => Some(replace_entry),
        "DeleteNetworkAclEntry" => Some(delete_entry),
        "ReplaceNetworkAclAssociation" => Some(replace_association),
        _ => None,
    }
}

fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Acl, Fault> {
    KIND.checked(id)?;
    ec2.acls.get(id).ok_or_else(|| KIND.missing(id))
}

fn entry_tree(entry: &AclEntry) -> Value {
    json!({
        "ruleNumber": entry.number,
        "protocol": entry.protocol,
        "ruleAction": if entry.allow { "allow" } else { "deny" },
        "egress": entry.egress,
        "cidrBlock": entry.cidr.to_string(),
        "portRange": entry.ports.map(|(from, to)| json!({ "from": from, "to": to })),
        "icmpTypeCode": entry.icmp.map(|(kind, code)| json!({ "type": kind, "code": code })),
    })
}

fn tree(account: &str, acl: &Acl) -> Value {
    let mut entries: Vec<&AclEntry> = acl.entries.iter().collect();
    // Outgoing rules come first (recorded).
    entries.sort_by_key(|entry| (!entry.egress, entry.number));
    let associations: Value = acl
        .associations
        .iter()
        .map(|(id, subnet)| {
            json!({
                "networkAclAssociationId": id, "networkAclId": acl.id, "subnetId": subnet,
            })
        })
        .collect();
    json!({
        "networkAclId": acl.id,
        "vpcId": acl.vpc,
        "ownerId": account,
        "default": acl.is_default,
        "entrySet": entries.into_iter().map(entry_tree).collect::<Value>(),
        "associationSet": associations,
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let acls = ec2.acls.values().map(|acl| (acl.id.as_str(), || tree(&account.id, acl)));
    listing::list(ec2, call, &KIND, acls)
}

/// Makes an ACL: a network's default one lets everything through, others nothing.
pub(super) fn make(account: &mut Account, vpc: &str, is_default: bool) -> String {
    let id = account.id("acl");
    let entry = |number, egress, allow| AclEntry {
        number,
        egress,
        allow,
        protocol: "-1".to_owned(),
        cidr: Ipv4Net::default(),
        ports: None,
        icmp: None,
    };
    let mut entries = vec![entry(LAST, true, false), entry(LAST, false, false)];
    if is_default {
        entries.extend([entry(100, true, true), entry(100, false, true)]);
    }
    let acl = Acl {
        id: id.clone(),
        vpc: vpc.to_owned(),
        is_default,
        entries,
        associations: BTreeMap::new(),
    };
    account.here.ec2.acls.insert(id.clone(), acl);
    id
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let vpc = need(call, "VpcId")?;
    vpc::find(&account.here.ec2, vpc)?;
    let id = make(account, vpc, false);
    let ec2 = &mut account.here.ec2;
    tag::apply(ec2, &call.params, &id);
    Ok(json!({ "networkAcl": listing::tagged(ec2, &id, tree(&account.id, &ec2.acls[&id])) }))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "NetworkAclId")?;
    let ec2 = &mut account.here.ec2;
    let acl = find(ec2, id)?;
    if acl.is_default {
        return Err(Fault::invalid_value(format!("cannot delete default network ACL {id}")));
    }
    if !acl.associations.is_empty() {
        return Err(in_use("networkAcl", id));
    }
    ec2.acls.remove(id);
    ec2.untag(id);
    done()
}

/// Reads a rule from a call.
fn entry(call: &Call) -> Result<AclEntry, Fault> {
    let params = &call.params;
    need(call, "RuleNumber")?;
    let number = params.number("RuleNumber").and_then(|number| u16::try_from(number).ok());
    let number = number.filter(|number| (1..LAST).contains(number)).ok_or_else(|| {
        Fault::invalid_value("Value for parameter ruleNumber is invalid: 1 to 32766 is allowed")
    })?;
    let allow = match need(call, "RuleAction")? {
        "allow" => true,
        "deny" => false,
        other => {
            return Err(Fault::invalid_value(format!(
                "Value ({other}) for parameter ruleAction is invalid."
            )));
        }
    };
    let port =
        |name: &str| -> Option<u16> { u16::try_from(params.get("PortRange")?.number(name)?).ok() };
    let icmp = params
        .get("Icmp")
        .map(|icmp| (icmp.number("Type").unwrap_or(-1), icmp.number("Code").unwrap_or(-1)));
    let protocol = need(call, "Protocol")?;
    let protocol = match protocol {
        "tcp" => "6",
        "udp" => "17",
        "icmp" => "1",
        "all" => "-1",
        other => other,
    };
    let with_ports = matches!(protocol, "6" | "17");
    let ports = port("From").zip(port("To"));
    if with_ports && ports.is_none() {
        return Err(super::wanted("portRange"));
    }
    Ok(AclEntry {
        number,
        egress: params.flag("Egress"),
        allow,
        protocol: protocol.to_owned(),
        cidr: block("cidrBlock", need(call, "CidrBlock")?)?,
        ports: ports.filter(|_| with_ports),
        icmp: icmp.filter(|_| protocol == "1"),
    })
}

fn create_entry(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "NetworkAclId")?;
    let ec2 = &mut account.here.ec2;
    let acl = find(ec2, id)?;
    let entry = entry(call)?;
    if at(acl, entry.number, entry.egress).is_some() {
        return Err(Fault::new(
            "NetworkAclEntryAlreadyExists",
            format!("The network acl entry identified by {} already exists.", entry.number),
        ));
    }
    if let Some(acl) = ec2.acls.get_mut(id) {
        acl.entries.push(entry);
    }
    done()
}

fn at(acl: &Acl, number: u16, egress: bool) -> Option<usize> {
    acl.entries.iter().position(|entry| entry.number == number && entry.egress == egress)
}

fn unknown_entry(number: u16) -> Fault {
    Fault::new(
        "InvalidNetworkAclEntry.NotFound",
        format!("The network acl entry identified by {number} does not exist."),
    )
}

fn replace_entry(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "NetworkAclId")?;
    let ec2 = &mut account.here.ec2;
    let acl = find(ec2, id)?;
    let entry = entry(call)?;
    let at = at(acl, entry.number, entry.egress).ok_or_else(|| unknown_entry(entry.number))?;
    if let Some(acl) = ec2.acls.get_mut(id) {
        acl.entries[at] = entry;
    }
    done()
}

fn delete_entry(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "NetworkAclId")?;
    need(call, "RuleNumber")?;
    let number = call.params.number("RuleNumber").and_then(|number| u16::try_from(number).ok());
    let number = number.unwrap_or(0);
    let ec2 = &mut account.here.ec2;
    let acl = find(ec2, id)?;
    if number == LAST {
        return Err(Fault::invalid_value("Cannot delete the default rule of a network ACL"));
    }
    let at = at(acl, number, call.params.flag("Egress")).ok_or_else(|| unknown_entry(number))?;
    if let Some(acl) = ec2.acls.get_mut(id) {
        acl.entries.remove(at);
    }
    done()
}

fn replace_association(account: &mut Account, call: &Call) -> Answer {
    let association = need(call, "AssociationId")?;
    let to = need(call, "NetworkAclId")?;
    let new = account.id("aclassoc");
    let ec2 = &mut account.here.ec2;
    find(ec2, to)?;
    let from = ec2.acls.values_mut().find(|acl| acl.associations.contains_key(association));
    let subnet = from.and_then(|acl| acl.associations.remove(association)).ok_or_else(|| {
        Fault::new(
            "InvalidAssociationID.NotFound",
            format!("The association ID '{association}' does not exist"),
        )
    })?;
    if let Some(acl) = ec2.acls.get_mut(to) {
        acl.associations.insert(new.clone(), subnet);
    }
    Ok(json!({ "newAssociationId": new }))
}
