//! Security groups and their rules.

#![expect(clippy::needless_update, reason = "plainer as it is written")]

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{PATIENCE, PLAIN, Provider, Replace, at, first, only, with};
use crate::sandbox::Service::Ec2;
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};
use crate::sandbox::cloudformation::template::plain_text;

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        kind: "AWS::EC2::SecurityGroup",
        // Users of Beanstalk quote this form: `resource sg-… has a dependent object (Service:
        // AmazonEC2; Status Code: 400; Error Code: DependencyViolation; …)`.
        voice: Voice::Old("AmazonEC2"),
        required: &["GroupDescription"],
        replace: Replace::On(&["GroupDescription", "GroupName", "VpcId"]),
        create,
        settle,
        update,
        remove: |bench| {
            let id = group_id(bench)?;
            bench.call(Ec2, "DeleteSecurityGroup", json!({"GroupId": id}))?;
            Ok(Pace::Ready(()))
        },
        pace: 4,
        patience: PATIENCE,
        ..PLAIN
    },
    Provider {
        kind: "AWS::EC2::SecurityGroupIngress",
        voice: Voice::Old("AmazonEC2"),
        create: |bench| rule(bench, "AuthorizeSecurityGroupIngress", "Source"),
        remove: |bench| unrule(bench, "RevokeSecurityGroupIngress", "Source"),
        pace: 1,
        ..PLAIN
    },
    Provider {
        kind: "AWS::EC2::SecurityGroupEgress",
        voice: Voice::Old("AmazonEC2"),
        create: |bench| rule(bench, "AuthorizeSecurityGroupEgress", "Destination"),
        remove: |bench| unrule(bench, "RevokeSecurityGroupEgress", "Destination"),
        pace: 1,
        ..PLAIN
    },
];

/// Creates a group with its rules. `Ref` is the group's id in a VPC, its name without one.
fn create(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let name = bench.text("GroupName").unwrap_or_else(|| bench.new_name(255));
    let params = with(
        only(&bench.properties, &["GroupDescription", "VpcId"]),
        json!({
            "GroupName": name,
            "TagSpecification": bench.tag_specification("security-group"),
        }),
    );
    let answer = bench.call(Ec2, "CreateSecurityGroup", params)?;
    let id = at(&answer, "groupId");
    let rules = bench.properties.clone();
    change(bench, &id, "AuthorizeSecurityGroupIngress", &inline(&rules, "SecurityGroupIngress"))?;
    let egress = inline(&rules, "SecurityGroupEgress");
    if !egress.is_empty() {
        open_egress(bench, &id, false)?;
        change(bench, &id, "AuthorizeSecurityGroupEgress", &egress)?;
    }
    Ok(if bench.text("VpcId").is_some() { id } else { name })
}

/// Grants or takes away the rule that every new group has: everything may go out.
fn open_egress(bench: &mut Bench<'_>, group: &str, open: bool) -> Result<(), Failure> {
    let all = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    let verb = if open { "AuthorizeSecurityGroupEgress" } else { "RevokeSecurityGroupEgress" };
    bench.call(Ec2, verb, json!({"GroupId": group, "IpPermissions": all}))?;
    Ok(())
}

/// The id of a group that is known by id or by name.
fn group_id(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let physical = bench.physical.clone();
    if physical.starts_with("sg-") {
        return Ok(physical);
    }
    let answer = bench.call(Ec2, "DescribeSecurityGroups", json!({"GroupName": [physical]}))?;
    Ok(at(&answer, "securityGroupInfo/0/groupId"))
}

fn settle(bench: &mut Bench<'_>) -> Result<Pace<Value>, Failure> {
    let id = group_id(bench)?;
    let answer = bench.call(Ec2, "DescribeSecurityGroups", json!({"GroupId": [id]}))?;
    let group = first(&answer, "securityGroupInfo").cloned().unwrap_or_default();
    Ok(Pace::Ready(json!({"GroupId": id, "Id": id, "VpcId": at(&group, "vpcId")})))
}

/// Takes away rules that the new properties no longer have, and grants the new ones.
fn update(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let id = group_id(bench)?;
    let (old, new) = (bench.old.clone(), bench.properties.clone());
    let sides = [("SecurityGroupIngress", "Ingress"), ("SecurityGroupEgress", "Egress")];
    for (property, side) in sides {
        let (before, after) = (inline(&old, property), inline(&new, property));
        let gone: Vec<_> = before.iter().filter(|rule| !after.contains(rule)).cloned().collect();
        let fresh: Vec<_> = after.iter().filter(|rule| !before.contains(rule)).cloned().collect();
        if side == "Egress" && before.is_empty() != after.is_empty() {
            open_egress(bench, &id, after.is_empty())?;
        }
        for rule in gone {
            let params = json!({"GroupId": id, "IpPermissions": [rule]});
            let result = bench.call(Ec2, &format!("RevokeSecurityGroup{side}"), params);
            // Somebody else may have taken the rule away already.
            if let Err(fault) = result
                && fault.code != "InvalidPermission.NotFound"
            {
                return Err(fault.into());
            }
        }
        for rule in fresh {
            let params = json!({"GroupId": id, "IpPermissions": [rule]});
            let result = bench.call(Ec2, &format!("AuthorizeSecurityGroup{side}"), params);
            if let Err(fault) = result
                && fault.code != "InvalidPermission.Duplicate"
            {
                return Err(fault.into());
            }
        }
    }
    Ok(())
}

/// The rules written in a group itself, as EC2's calls take them.
fn inline(properties: &Value, property: &str) -> Vec<Value> {
    let rules = match properties.get(property) {
        Some(Value::Array(rules)) => rules.clone(),
        Some(Value::Object(rule)) => vec![Value::Object(rule.clone())],
        _ => Vec::new(),
    };
    let side = if property.ends_with("Ingress") { "Source" } else { "Destination" };
    let mut seen = BTreeSet::new();
    rules
        .iter()
        .map(|rule| permission(rule, side))
        .filter(|rule| seen.insert(rule.to_string()))
        .collect()
}

fn change(
    bench: &mut Bench<'_>,
    group: &str,
    operation: &str,
    rules: &[Value],
) -> Result<(), Failure> {
    if !rules.is_empty() {
        bench.call(Ec2, operation, json!({"GroupId": group, "IpPermissions": rules}))?;
    }
    Ok(())
}

/// A rule as `IpPermissions` has it.
fn permission(rule: &Value, side: &str) -> Value {
    let text = |name: &str| rule.get(name).filter(|it| !it.is_null()).map(plain_text);
    let about = |mut entry: Value| {
        if let Some(description) = text("Description") {
            entry["Description"] = description.into();
        }
        json!([entry])
    };
    let group = text(&format!("{side}SecurityGroupId")).map(|id| about(json!({"GroupId": id})));
    let named = text("SourceSecurityGroupName").map(|name| about(json!({"GroupName": name})));
    let list = text(&format!("{side}PrefixListId"));
    with(
        json!({"IpProtocol": text("IpProtocol").unwrap_or_default()}),
        json!({
            "FromPort": text("FromPort"),
            "ToPort": text("ToPort"),
            "IpRanges": text("CidrIp").map(|block| about(json!({"CidrIp": block}))),
            "Ipv6Ranges": text("CidrIpv6").map(|block| about(json!({"CidrIpv6": block}))),
            "Groups": group.or(named),
            "PrefixListIds": list.map(|id| about(json!({"PrefixListId": id}))),
        }),
    )
}

/// A rule of its own: its physical id is the rule's id, where EC2 tells one.
fn rule(bench: &mut Bench<'_>, operation: &str, side: &str) -> Result<String, Failure> {
    let params = rule_params(bench, side);
    let answer = bench.call(Ec2, operation, params)?;
    let id = at(&answer, "securityGroupRuleSet/0/securityGroupRuleId");
    Ok(if id.is_empty() { bench.new_name(100) } else { id })
}

fn unrule(bench: &mut Bench<'_>, operation: &str, side: &str) -> Result<Pace<()>, Failure> {
    let params = rule_params(bench, side);
    match bench.call(Ec2, operation, params) {
        Err(fault) if !fault.code.ends_with(".NotFound") => Err(fault.into()),
        Ok(_) | Err(_) => Ok(Pace::Ready(())),
    }
}

fn rule_params(bench: &Bench<'_>, side: &str) -> Value {
    let permissions = json!([permission(&bench.properties, side)]);
    with(
        json!({"IpPermissions": permissions}),
        json!({"GroupId": bench.text("GroupId"), "GroupName": bench.text("GroupName")}),
    )
}

/// The group's rules as EC2 has them, if they differ from those the stack gave it.
pub(super) fn actual(bench: &mut Bench<'_>) -> Option<Value> {
    let id = group_id(bench).ok()?;
    let answer = bench.call(Ec2, "DescribeSecurityGroups", json!({"GroupId": [id]})).ok()?;
    let group = first(&answer, "securityGroupInfo")?.clone();
    let wanted = inline(&bench.properties, "SecurityGroupIngress");
    let there = group.get("ipPermissions").and_then(Value::as_array)?.clone();
    let count = |rules: &[Value], lists: [&str; 4]| -> usize {
        let each = |rule: &Value| {
            lists.iter().filter_map(|list| rule[*list].as_array()).map(Vec::len).sum::<usize>()
        };
        rules.iter().map(each).sum()
    };
    let told = count(&wanted, ["Groups", "IpRanges", "Ipv6Ranges", "PrefixListIds"]);
    let found = count(&there, ["groups", "ipRanges", "ipv6Ranges", "prefixListIds"]);
    // Rules that are resources of their own are not part of the group's properties.
    (found < told).then(|| json!({"SecurityGroupIngress": there}))
}
