//! Security groups as things; their rules are in [`rule`](super::rule).

use serde::Serialize;
use serde_json::{Value, json};

use super::listing::{self, Kind};
use super::rule::{self, Peer, Rule};
use super::{Ec2, Handler, need, tag, vpc};
use crate::sandbox::{Account, Answer, Call, Fault, Params, quotas};

/// A security group.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// `sg-…`.
    pub id: String,
    /// The network it belongs to.
    pub vpc: String,
    /// Its name, unique in the network.
    pub name: String,
    /// Its description, which cannot be changed.
    pub description: String,
    /// Its rules, both ways, in the order they were made.
    pub rules: Vec<Rule>,
}

pub(super) const KIND: Kind = Kind {
    set: "securityGroupInfo",
    ids: "GroupId",
    code: "InvalidGroup.NotFound",
    noun: "security group",
    prefix: "sg",
    filters: &[
        ("group-id", "groupId"),
        ("group-name", "groupName"),
        ("description", "groupDescription"),
        ("owner-id", "ownerId"),
        ("vpc-id", "vpcId"),
        ("ip-permission.cidr", "ipPermissions.ipRanges.cidrIp"),
        ("ip-permission.from-port", "ipPermissions.fromPort"),
        ("ip-permission.to-port", "ipPermissions.toPort"),
        ("ip-permission.protocol", "ipPermissions.ipProtocol"),
        ("ip-permission.group-id", "ipPermissions.groups.groupId"),
        ("ip-permission.user-id", "ipPermissions.groups.userId"),
        ("ip-permission.prefix-list-id", "ipPermissions.prefixListIds.prefixListId"),
        ("ip-permission.ipv6-cidr", "ipPermissions.ipv6Ranges.cidrIpv6"),
        ("egress.ip-permission.cidr", "ipPermissionsEgress.ipRanges.cidrIp"),
        ("egress.ip-permission.from-port", "ipPermissionsEgress.fromPort"),
        ("egress.ip-permission.to-port", "ipPermissionsEgress.toPort"),
        ("egress.ip-permission.protocol", "ipPermissionsEgress.ipProtocol"),
        ("egress.ip-permission.group-id", "ipPermissionsEgress.groups.groupId"),
        ("egress.ip-permission.user-id", "ipPermissionsEgress.groups.userId"),
        ("egress.ip-permission.prefix-list-id", "ipPermissionsEgress.prefixListIds.prefixListId"),
        ("egress.ip-permission.ipv6-cidr", "ipPermissionsEgress.ipv6Ranges.cidrIpv6"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateSecurityGroup" => Some(create),
        "DeleteSecurityGroup" => Some(delete),
        "DescribeSecurityGroups" => Some(describe),
        "DescribeSecurityGroupReferences" => Some(describe_references),
        "GetSecurityGroupsForVpc" => Some(for_vpc),
        _ => None,
    }
}

/// The group with an id, or the refusal.
pub(super) fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Group, Fault> {
    KIND.checked(id)?;
    ec2.groups.get(id).ok_or_else(|| KIND.missing(id))
}

/// Checks that groups are there and belong to a network.
pub(super) fn check_all(ec2: &Ec2, ids: &[String], vpc: &str) -> Result<(), Fault> {
    for id in ids {
        if find(ec2, id)?.vpc != vpc {
            return Err(Fault::new(
                "InvalidParameter",
                format!("Security group {id} and subnet belong to different networks."),
            ));
        }
    }
    Ok(())
}

/// The default group of a network.
pub(super) fn default_of(ec2: &Ec2, vpc: &str) -> Option<String> {
    let default = ec2.groups.values().find(|group| group.vpc == vpc && group.name == "default");
    default.map(|group| group.id.clone())
}

/// Groups as `groupSet` has them.
pub(super) fn set(ec2: &Ec2, ids: &[String]) -> Value {
    ids.iter()
        .map(|id| {
            let name = ec2.groups.get(id).map(|group| group.name.as_str());
            json!({ "groupId": id, "groupName": name })
        })
        .collect()
}

fn tree(account: &Account, group: &Group) -> Value {
    let ec2 = &account.here.ec2;
    json!({
        "groupId": group.id,
        "groupName": group.name,
        "groupDescription": group.description,
        "ownerId": account.id,
        "vpcId": group.vpc,
        "securityGroupArn": account.arn("ec2", &format!("security-group/{}", group.id)),
        "ipPermissions": rule::permissions(ec2, group, false),
        "ipPermissionsEgress": rule::permissions(ec2, group, true),
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let ec2 = &account.here.ec2;
    let names = call.params.texts("GroupName");
    if let Some(name) =
        names.iter().find(|name| !ec2.groups.values().any(|group| group.name == **name))
    {
        return Err(KIND.missing(name));
    }
    let groups = ec2
        .groups
        .values()
        .filter(|group| names.is_empty() || names.contains(&group.name))
        .map(|group| (group.id.as_str(), || tree(account, group)));
    listing::list(ec2, call, &KIND, groups)
}

/// Makes a group: a network's default one admits its own members, others nobody; all let
/// everything out.
pub(super) fn make(account: &mut Account, vpc: &str, name: &str, description: &str) -> String {
    let id = account.id("sg");
    let mut rules = Vec::new();
    if name == "default" {
        let itself = Peer::Group { id: id.clone(), owner: account.id.clone(), peering: None };
        rules.push(Rule { egress: false, ..Rule::everything(account.id("sgr"), itself) });
    }
    let everywhere = Peer::Block(ipnet::Ipv4Net::default());
    rules.push(Rule::everything(account.id("sgr"), everywhere));
    let group = Group {
        id: id.clone(),
        vpc: vpc.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        rules,
    };
    account.here.ec2.groups.insert(id.clone(), group);
    id
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let name = need(call, "GroupName")?;
    let description = need(call, "GroupDescription")?;
    let limit = quotas::SECURITY_GROUPS.value(account);
    let ec2 = &account.here.ec2;
    let vpc = match call.params.text("VpcId") {
        Some(id) => vpc::find(ec2, id)?.id.clone(),
        None => ec2
            .vpcs
            .values()
            .find(|vpc| vpc.is_default)
            .map(|vpc| vpc.id.clone())
            .ok_or_else(|| Fault::new("VPCIdNotSpecified", "No default VPC for this user"))?,
    };
    if name == "default" {
        return Err(Fault::invalid_value("Cannot use reserved security group name: default"));
    }
    if name.starts_with("sg-") {
        return Err(Fault::invalid_value(format!(
            "Value ({name}) for parameter GroupName is invalid. Group names may not be in the \
             format sg-*."
        )));
    }
    if ec2.groups.values().any(|group| group.vpc == vpc && group.name == name) {
        return Err(Fault::new(
            "InvalidGroup.Duplicate",
            format!("The security group '{name}' already exists for VPC '{vpc}'"),
        ));
    }
    if ec2.groups.len() >= limit {
        return Err(Fault::new(
            "SecurityGroupLimitExceeded",
            "The maximum number of security groups has been reached.",
        ));
    }
    let id = make(account, &vpc, name, description);
    tag::apply(&mut account.here.ec2, &call.params, &id);
    Ok(json!({
        "groupId": id,
        "securityGroupArn": account.arn("ec2", &format!("security-group/{id}")),
        "tagSet": listing::tags_if_any(&account.here.ec2, &id),
    }))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &mut account.here.ec2;
    let id = match (call.params.text("GroupId"), call.params.text("GroupName")) {
        (Some(id), _) => find(ec2, id)?.id.clone(),
        (None, Some(name)) => ec2
            .groups
            .values()
            .find(|group| {
                group.name == name && ec2.vpcs.get(&group.vpc).is_some_and(|vpc| vpc.is_default)
            })
            .map(|group| group.id.clone())
            .ok_or_else(|| KIND.missing(name))?,
        (None, None) => return Err(super::wanted("groupName or groupId")),
    };
    if ec2.groups.get(&id).is_some_and(|group| group.name == "default") {
        return Err(Fault::new(
            "CannotDelete",
            format!("the specified group: \"{id}\" name: \"default\" cannot be deleted by a user"),
        ));
    }
    if is_held(ec2, &id) {
        return Err(Fault::new(
            "DependencyViolation",
            format!("resource {id} has a dependent object"),
        ));
    }
    if let Some(group) = ec2.groups.remove(&id) {
        group.rules.iter().for_each(|rule| ec2.untag(&rule.id));
    }
    ec2.untag(&id);
    Ok(json!({ "return": true, "groupId": id }))
}

/// Whether an interface carries the group or a rule of another group of its VPC names it.
///
/// A rule in a peered VPC does not hold it, and goes stale: DeleteSecurityGroup in EC2's API
/// reference ("is referenced by another security group in the same VPC"), and recorded.
fn is_held(ec2: &Ec2, id: &str) -> bool {
    let vpc = ec2.groups.get(id).map(|group| &group.vpc);
    ec2.interfaces.values().any(|interface| interface.groups.iter().any(|group| group == id))
        || ec2.groups.values().any(|group| {
            group.id != id
                && Some(&group.vpc) == vpc
                && group
                    .rules
                    .iter()
                    .any(|rule| matches!(&rule.peer, Peer::Group { id: peer, .. } if peer == id))
        })
}

/// Which networks' groups refer to a group over a peering connection.
fn describe_references(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let mut found = Vec::new();
    for id in call.params.texts("GroupId") {
        find(ec2, &id)?;
        for group in ec2.groups.values() {
            let refers = group.rules.iter().find_map(|rule| match &rule.peer {
                Peer::Group { id: peer, peering, .. } if *peer == id => Some(peering.clone()),
                Peer::Group { .. } | Peer::Block(_) | Peer::Ipv6(_) | Peer::PrefixList(_) => None,
            });
            if let Some(Some(peering)) = refers {
                found.push(json!({
                    "groupId": id,
                    "referencingVpcId": group.vpc,
                    "vpcPeeringConnectionId": peering,
                }));
            }
        }
    }
    Ok(json!({ "securityGroupReferenceSet": found }))
}

fn for_vpc(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let ec2 = &account.here.ec2;
    let vpc = need(call, "VpcId")?;
    vpc::find(ec2, vpc)?;
    let mut found: Vec<Value> = ec2
        .groups
        .values()
        .filter(|group| group.vpc == vpc)
        .map(|group| {
            let tree = json!({
                "groupId": group.id,
                "groupName": group.name,
                "description": group.description,
                "ownerId": account.id,
                "primaryVpcId": group.vpc,
            });
            listing::tagged(ec2, &group.id, tree)
        })
        .collect();
    let filters = [("group-id", "groupId"), ("group-name", "groupName"), ("owner-id", "ownerId")];
    listing::filtered(&mut found, call, &filters)?;
    listing::page(call, "securityGroupForVpcSet", found)
}
