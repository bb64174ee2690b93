//! Rules of security groups: granted, revoked, changed, and grouped as they are described.

use ipnet::Ipv4Net;
use serde::Serialize;
use serde_json::{Value, json};

use super::group::{self, Group};
use super::listing::{self, Kind};
use super::{Ec2, Handler, done, need};
use crate::sandbox::{Account, Answer, Call, Fault, Params, quotas};

/// One rule.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    /// `sgr-…`.
    pub id: String,
    /// Whether it is for what leaves.
    pub egress: bool,
    /// `tcp`, `udp`, `icmp`, a number, or `-1` for all.
    pub protocol: String,
    /// The ports, or ICMP's type and code.
    pub ports: Option<(i64, i64)>,
    /// The other side.
    pub peer: Peer,
    /// What it is for.
    pub description: Option<String>,
}

impl Rule {
    /// A rule that lets everything out to somebody.
    pub(super) fn everything(id: String, peer: Peer) -> Self {
        Self { id, egress: true, protocol: "-1".to_owned(), ports: None, peer, description: None }
    }

    /// Whether two rules say the same, whatever their ids and descriptions.
    fn equals(&self, other: &Self) -> bool {
        self.egress == other.egress
            && self.protocol == other.protocol
            && self.ports == other.ports
            && self.peer.same(&other.peer)
    }
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Peer {
    /// A block of addresses.
    Block(Ipv4Net),
    /// A block of IPv6 addresses, which the sandbox keeps and does not walk.
    Ipv6(String),
    /// Whoever carries a group.
    Group {
        /// Its id.
        id: String,
        /// The account it belongs to.
        owner: String,
        /// The peering connection it is behind.
        peering: Option<String>,
    },
    /// A prefix list.
    PrefixList(String),
}

impl Peer {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Group { id, .. }, Self::Group { id: other, .. }) => id == other,
            _ => self == other,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Block(block) => block.to_string(),
            Self::Group { id, .. } => id.clone(),
            Self::Ipv6(text) | Self::PrefixList(text) => text.clone(),
        }
    }
}

const KIND: Kind = Kind {
    set: "securityGroupRuleSet",
    ids: "SecurityGroupRuleId",
    code: "InvalidSecurityGroupRuleId.NotFound",
    noun: "security group rule ID",
    prefix: "sgr",
    filters: &[("group-id", "groupId"), ("security-group-rule-id", "securityGroupRuleId")],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "AuthorizeSecurityGroupIngress" => Some(|account, call| authorize(account, call, false)),
        "AuthorizeSecurityGroupEgress" => Some(|account, call| authorize(account, call, true)),
        "RevokeSecurityGroupIngress" => Some(|account, call| revoke(account, call, false)),
        "RevokeSecurityGroupEgress" => Some(|account, call| revoke(account, call, true)),
        "DescribeSecurityGroupRules" => Some(describe),
        "ModifySecurityGroupRules" => Some(modify),
        "UpdateSecurityGroupRuleDescriptionsIngress" => {
            Some(|account, call| describe_anew(account, call, false))
        }
        "UpdateSecurityGroupRuleDescriptionsEgress" => {
            Some(|account, call| describe_anew(account, call, true))
        }
        "DescribeStaleSecurityGroups" => Some(describe_stale),
        _ => None,
    }
}

/// A group's rules of one direction, put together by protocol and ports as `IpPermissions` are.
pub(super) fn permissions(ec2: &Ec2, group: &Group, egress: bool) -> Value {
    let mut permissions: Vec<Value> = Vec::new();
    for rule in group.rules.iter().filter(|rule| rule.egress == egress) {
        let (from, to) =
            rule.ports.map_or((Value::Null, Value::Null), |(from, to)| (json!(from), json!(to)));
        let at = permissions.iter().position(|known| {
            known["ipProtocol"] == rule.protocol.as_str()
                && known["fromPort"] == from
                && known["toPort"] == to
        });
        let at = at.unwrap_or_else(|| {
            permissions.push(json!({
                "ipProtocol": rule.protocol, "fromPort": from, "toPort": to,
                "groups": [], "ipRanges": [], "ipv6Ranges": [], "prefixListIds": [],
            }));
            permissions.len() - 1
        });
        let (list, entry) = peer_tree(ec2, rule);
        if let Some(entries) = permissions[at][list].as_array_mut() {
            entries.push(entry);
        }
    }
    Value::Array(permissions)
}

fn peer_tree(ec2: &Ec2, rule: &Rule) -> (&'static str, Value) {
    let description = &rule.description;
    match &rule.peer {
        Peer::Block(block) => {
            ("ipRanges", json!({ "cidrIp": block.to_string(), "description": description }))
        }
        Peer::Ipv6(block) => {
            ("ipv6Ranges", json!({ "cidrIpv6": block, "description": description }))
        }
        Peer::PrefixList(id) => {
            ("prefixListIds", json!({ "prefixListId": id, "description": description }))
        }
        Peer::Group { id, owner, peering } => {
            let status = peering
                .as_ref()
                .map(|id| ec2.peerings.get(id).map_or("deleted", |found| found.status));
            let entry = json!({
                "groupId": id,
                "userId": owner,
                "vpcPeeringConnectionId": peering,
                "peeringStatus": status,
                "description": description,
            });
            ("groups", entry)
        }
    }
}

/// A rule by itself, as the younger calls tell it.
fn tree(account: &Account, group: &str, rule: &Rule) -> Value {
    let (from, to) = rule.ports.unwrap_or((-1, -1));
    let mut tree = json!({
        "securityGroupRuleId": rule.id,
        "securityGroupRuleArn": account.arn("ec2", &format!("security-group-rule/{}", rule.id)),
        "groupId": group,
        "groupOwnerId": account.id,
        "isEgress": rule.egress,
        "ipProtocol": rule.protocol,
        "fromPort": from,
        "toPort": to,
        "description": rule.description,
    });
    match &rule.peer {
        Peer::Block(block) => tree["cidrIpv4"] = json!(block.to_string()),
        Peer::Ipv6(block) => tree["cidrIpv6"] = json!(block),
        Peer::PrefixList(id) => tree["prefixListId"] = json!(id),
        Peer::Group { id, owner, peering } => {
            tree["referencedGroupInfo"] = json!({
                "groupId": id, "userId": owner, "vpcPeeringConnectionId": peering,
            });
        }
    }
    tree
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    for filter in call.params.list("Filter") {
        let bad = filter.texts("Value").into_iter().find(|id| !id.starts_with("sg-"));
        if let (Some("group-id"), Some(id)) = (filter.text("Name"), bad) {
            return Err(Fault::new(
                "InvalidGroupId.Malformed",
                format!("The security group ID '{id}' is malformed"),
            ));
        }
    }
    let account = &*account;
    let ec2 = &account.here.ec2;
    let rules = ec2.groups.values().flat_map(|group| {
        group
            .rules
            .iter()
            .map(move |rule| (rule.id.as_str(), move || tree(account, &group.id, rule)))
    });
    listing::list(ec2, call, &KIND, rules)
}

/// The rules that a call describes, each with one peer.
fn read(account: &Account, group: &Group, call: &Call, egress: bool) -> Result<Vec<Rule>, Fault> {
    let params = &call.params;
    let mut rules = Vec::new();
    for permission in params.list("IpPermissions") {
        rules.extend(read_permission(account, group, permission, egress)?);
    }
    if rules.is_empty() && params.text("IpProtocol").is_some() {
        let mut flat = params.clone();
        if let Some(cidr) = params.text("CidrIp") {
            flat["IpRanges"] = json!([{ "CidrIp": cidr }]);
        }
        if let Some(name) = params.text("SourceSecurityGroupName") {
            flat["Groups"] = json!([{ "GroupName": name }]);
        }
        rules.extend(read_permission(account, group, &flat, egress)?);
    }
    if rules.is_empty() {
        return Err(Fault::new(
            "MissingParameter",
            "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.",
        ));
    }
    Ok(rules)
}

fn read_permission(
    account: &Account,
    group: &Group,
    permission: &Value,
    egress: bool,
) -> Result<Vec<Rule>, Fault> {
    let protocol = permission.text("IpProtocol").ok_or_else(|| {
        Fault::invalid_value(
            "Invalid value 'null' for protocol. VPC security group rules must specify protocols \
             explicitly.",
        )
    })?;
    let protocol = match protocol.to_lowercase().as_str() {
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "1" => "icmp".to_owned(),
        "all" => "-1".to_owned(),
        other => other.to_owned(),
    };
    let ports = permission.number("FromPort").zip(permission.number("ToPort"));
    let with_ports = matches!(protocol.as_str(), "tcp" | "udp" | "icmp" | "icmpv6" | "58");
    if with_ports && ports.is_none() {
        return Err(Fault::invalid_value(format!(
            "Invalid value 'Must specify both from and to ports with {}' for portRange.",
            protocol.to_uppercase()
        )));
    }
    let ports = ports.filter(|_| with_ports);
    if let Some((from, to)) = ports
        && matches!(protocol.as_str(), "tcp" | "udp")
        && !(0 <= from && from <= to && to <= 65535)
    {
        return Err(Fault::invalid_value(format!("Invalid range: {from} to {to}")));
    }
    let mut rules = Vec::new();
    for (peer, description) in peers(account, group, permission)? {
        let id = String::new();
        rules.push(Rule { id, egress, protocol: protocol.clone(), ports, peer, description });
    }
    if rules.is_empty() {
        return Err(Fault::new(
            "MissingParameter",
            "The request must contain a source or destination",
        ));
    }
    Ok(rules)
}

type Peers = Vec<(Peer, Option<String>)>;

fn peers(account: &Account, group: &Group, permission: &Value) -> Result<Peers, Fault> {
    let described = |tree: &Value| tree.text("Description").map(str::to_owned);
    let mut peers: Peers = Vec::new();
    for range in permission.list("IpRanges") {
        let text = range.text("CidrIp").unwrap_or_default();
        let block = text
            .parse::<Ipv4Net>()
            .map_err(|_| Fault::invalid_value(format!("CIDR block {text} is malformed")))?;
        peers.push((Peer::Block(block.trunc()), described(range)));
    }
    for range in permission.list("Ipv6Ranges") {
        let text = range.text("CidrIpv6").unwrap_or_default();
        peers.push((Peer::Ipv6(text.to_owned()), described(range)));
    }
    for list in permission.list("PrefixListIds") {
        let id = list.text("PrefixListId").unwrap_or_default();
        if !account.here.ec2.prefix_lists.contains_key(id) {
            return Err(super::missing("InvalidPrefixListID.NotFound", "prefix list ID", id));
        }
        peers.push((Peer::PrefixList(id.to_owned()), described(list)));
    }
    for pair in permission.list("Groups") {
        peers.push((group_peer(account, group, pair)?, described(pair)));
    }
    Ok(peers)
}

/// A group as a rule's other side: of the same network, or of one it is peered with.
fn group_peer(account: &Account, group: &Group, pair: &Value) -> Result<Peer, Fault> {
    let ec2 = &account.here.ec2;
    let owner = pair.text("UserId").unwrap_or(&account.id).to_owned();
    let named = pair.text("GroupName").and_then(|name| {
        ec2.groups.values().find(|other| other.vpc == group.vpc && other.name == name)
    });
    let id = match (pair.text("GroupId"), named) {
        (Some(id), _) => id.to_owned(),
        (None, Some(found)) => found.id.clone(),
        (None, None) => return Err(group::KIND.missing(pair.text("GroupName").unwrap_or("null"))),
    };
    if owner != account.id {
        let peering = ec2.peerings.values().find(|found| found.joins(&group.vpc) && found.lives());
        return Ok(Peer::Group { id, owner, peering: peering.map(|found| found.id.clone()) });
    }
    let peer = group::find(ec2, &id)?;
    if peer.vpc == group.vpc {
        return Ok(Peer::Group { id, owner, peering: None });
    }
    let peering = ec2.peerings.values().find(|found| {
        found.status == "active" && found.joins(&group.vpc) && found.joins(&peer.vpc)
    });
    match peering {
        Some(found) => Ok(Peer::Group { id, owner, peering: Some(found.id.clone()) }),
        None => Err(Fault::new(
            "InvalidGroup.NotFound",
            "You have specified two resources that belong to different networks.",
        )),
    }
}

/// The group that a call is about.
fn subject(ec2: &Ec2, call: &Call) -> Result<Group, Fault> {
    if let Some(id) = call.params.text("GroupId") {
        return group::find(ec2, id).cloned();
    }
    let name = need(call, "GroupName")?;
    let found = ec2.groups.values().find(|group| {
        group.name == name && ec2.vpcs.get(&group.vpc).is_some_and(|vpc| vpc.is_default)
    });
    found.cloned().ok_or_else(|| group::KIND.missing(name))
}

/// A rule in the words of the refusal to make it twice (recorded for a block and TCP).
fn worded(rule: &Rule) -> String {
    let protocol =
        if rule.protocol == "-1" { "ALL".to_owned() } else { rule.protocol.to_uppercase() };
    let ports = rule
        .ports
        .map(|(from, to)| format!(", from port: {from}, to port: {to}"))
        .unwrap_or_default();
    format!("peer: {}, {protocol}{ports}, ALLOW", rule.peer.name())
}

fn authorize(account: &mut Account, call: &Call, egress: bool) -> Answer {
    let group = subject(&account.here.ec2, call)?;
    let mut rules = read(account, &group, call, egress)?;
    for (at, rule) in rules.iter().enumerate() {
        let known = group.rules.iter().chain(&rules[..at]).any(|known| known.equals(rule));
        if known {
            return Err(Fault::new(
                "InvalidPermission.Duplicate",
                format!("the specified rule \"{}\" already exists", worded(rule)),
            ));
        }
    }
    let limit = quotas::RULES.value(account);
    let had = group.rules.iter().filter(|rule| rule.egress == egress).count();
    if had + rules.len() > limit {
        return Err(Fault::new(
            "RulesPerSecurityGroupLimitExceeded",
            "The maximum number of rules per security group has been reached.",
        ));
    }
    for rule in &mut rules {
        rule.id = account.id("sgr");
        let tags = super::tag::specified(&call.params, "security-group-rule");
        if !tags.is_empty() {
            account.here.ec2.tags.insert(rule.id.clone(), tags);
        }
    }
    let made: Value = rules
        .iter()
        .map(|rule| {
            let tree = tree(account, &group.id, rule);
            listing::tagged(&account.here.ec2, &rule.id, tree)
        })
        .collect();
    if let Some(group) = account.here.ec2.groups.get_mut(&group.id) {
        group.rules.extend(rules);
    }
    Ok(json!({ "return": true, "securityGroupRuleSet": made }))
}

fn revoke(account: &mut Account, call: &Call, egress: bool) -> Answer {
    let group = subject(&account.here.ec2, call)?;
    let ids = call.params.texts("SecurityGroupRuleId");
    let mut gone = Vec::new();
    for id in &ids {
        KIND.checked(id)?;
        let known = group.rules.iter().any(|rule| rule.id == *id && rule.egress == egress);
        if !known {
            return Err(KIND.missing(id));
        }
        gone.push(id.clone());
    }
    if ids.is_empty() {
        for rule in read(account, &group, call, egress)? {
            let known = group.rules.iter().find(|known| known.equals(&rule)).ok_or_else(|| {
                Fault::new(
                    "InvalidPermission.NotFound",
                    "The specified rule does not exist in this security group.",
                )
            })?;
            gone.push(known.id.clone());
        }
    }
    let revoked: Value = group
        .rules
        .iter()
        .filter(|rule| gone.contains(&rule.id))
        .map(|rule| {
            let mut tree = tree(account, &group.id, rule);
            tree["referencedGroupId"] = tree["referencedGroupInfo"]["groupId"].take();
            if let Some(members) = tree.as_object_mut() {
                for name in ["referencedGroupInfo", "groupOwnerId", "securityGroupRuleArn"] {
                    members.remove(name);
                }
            }
            tree
        })
        .collect();
    let ec2 = &mut account.here.ec2;
    if let Some(group) = ec2.groups.get_mut(&group.id) {
        group.rules.retain(|rule| !gone.contains(&rule.id));
    }
    for id in &gone {
        ec2.untag(id);
    }
    Ok(json!({
        "return": true, "unknownIpPermissionSet": [], "revokedSecurityGroupRuleSet": revoked,
    }))
}

/// Changes rules in place: `SecurityGroupRule.1.{SecurityGroupRuleId, SecurityGroupRule.…}`.
fn modify(account: &mut Account, call: &Call) -> Answer {
    let group = subject(&account.here.ec2, call)?;
    let mut changed = group.rules.clone();
    for update in call.params.list("SecurityGroupRule") {
        let id = update.text("SecurityGroupRuleId").unwrap_or_default();
        KIND.checked(id)?;
        let at = changed.iter().position(|rule| rule.id == id).ok_or_else(|| KIND.missing(id))?;
        let Some(wanted) = update.get("SecurityGroupRule") else { continue };
        let mut permission = wanted.clone();
        if let Some(cidr) = wanted.text("CidrIpv4") {
            permission["IpRanges"] = json!([{ "CidrIp": cidr }]);
        }
        if let Some(cidr) = wanted.text("CidrIpv6") {
            permission["Ipv6Ranges"] = json!([{ "CidrIpv6": cidr }]);
        }
        if let Some(list) = wanted.text("PrefixListId") {
            permission["PrefixListIds"] = json!([{ "PrefixListId": list }]);
        }
        if let Some(peer) = wanted.text("ReferencedGroupId") {
            permission["Groups"] = json!([{ "GroupId": peer }]);
        }
        let egress = changed[at].egress;
        let read = read_permission(account, &group, &permission, egress)?;
        if let Some(mut rule) = read.into_iter().next() {
            rule.id = id.to_owned();
            rule.description = wanted.text("Description").map(str::to_owned);
            changed[at] = rule;
        }
    }
    if let Some(group) = account.here.ec2.groups.get_mut(&group.id) {
        group.rules = changed;
    }
    done()
}

fn describe_anew(account: &mut Account, call: &Call, egress: bool) -> Answer {
    let group = subject(&account.here.ec2, call)?;
    let wanted = read(account, &group, call, egress)?;
    if let Some(group) = account.here.ec2.groups.get_mut(&group.id) {
        for rule in &mut group.rules {
            if let Some(new) = wanted.iter().find(|new| new.equals(rule)) {
                rule.description.clone_from(&new.description);
            }
        }
    }
    done()
}

/// Groups with rules that name a group behind a peering connection that is gone.
/// The VPC at the other end of a rule's peering connection, if the rule is stale: the connection
/// does not work any more, or the group it names is gone.
fn stale_beyond(account: &Account, vpc: &str, pair: &Value) -> Option<String> {
    let ec2 = &account.here.ec2;
    let id = pair.text("vpcPeeringConnectionId")?;
    let gone = pair.text("userId") == Some(&account.id)
        && !ec2.groups.contains_key(pair.text("groupId").unwrap_or_default());
    if pair.text("peeringStatus") == Some("active") && !gone {
        return None;
    }
    let peering = ec2.peerings.get(id);
    let ends = peering.map(|found| [&found.requester.vpc, &found.accepter.vpc]);
    let other = ends.into_iter().flatten().find(|end| *end != vpc);
    Some(other.cloned().unwrap_or_default())
}

fn describe_stale(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let ec2 = &account.here.ec2;
    let vpc = need(call, "VpcId")?;
    super::vpc::find(ec2, vpc)?;
    let stale = |permissions: Value| -> Value {
        let Value::Array(permissions) = permissions else { return json!([]) };
        permissions
            .into_iter()
            .filter_map(|mut permission| {
                let groups = permission["groups"].take();
                let stale: Vec<Value> = groups
                    .as_array()?
                    .iter()
                    .filter_map(|pair| {
                        let beyond = stale_beyond(account, vpc, pair)?;
                        let mut pair = pair.clone();
                        pair["vpcId"] = json!((!beyond.is_empty()).then_some(beyond));
                        Some(pair)
                    })
                    .collect();
                permission["groups"] = Value::Array(stale);
                let any = permission["groups"].as_array().is_some_and(|groups| !groups.is_empty());
                any.then_some(permission)
            })
            .collect()
    };
    let found: Vec<Value> = ec2
        .groups
        .values()
        .filter(|group| group.vpc == vpc)
        .map(|group| {
            json!({
                "groupId": group.id,
                "groupName": group.name,
                "description": group.description,
                "vpcId": group.vpc,
                "staleIpPermissions": stale(permissions(ec2, group, false)),
                "staleIpPermissionsEgress": stale(permissions(ec2, group, true)),
            })
        })
        .filter(|tree| {
            tree["staleIpPermissions"] != json!([]) || tree["staleIpPermissionsEgress"] != json!([])
        })
        .collect();
    listing::page(call, "staleSecurityGroupSet", found)
}
