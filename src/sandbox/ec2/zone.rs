//! Regions, zones and attributes of the account.

use serde_json::{Value, json};

use super::{Handler, listing};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "DescribeAvailabilityZones" => Some(describe_zones),
        "DescribeRegions" => Some(describe_regions),
        "DescribeAccountAttributes" => Some(describe_account),
        _ => None,
    }
}

/// The regions that every account has, with their names.
pub(super) const REGIONS: [(&str, &str); 17] = [
    ("ap-northeast-1", "Asia Pacific (Tokyo)"),
    ("ap-northeast-2", "Asia Pacific (Seoul)"),
    ("ap-northeast-3", "Asia Pacific (Osaka)"),
    ("ap-south-1", "Asia Pacific (Mumbai)"),
    ("ap-southeast-1", "Asia Pacific (Singapore)"),
    ("ap-southeast-2", "Asia Pacific (Sydney)"),
    ("ca-central-1", "Canada (Central)"),
    ("eu-central-1", "Europe (Frankfurt)"),
    ("eu-north-1", "Europe (Stockholm)"),
    ("eu-west-1", "Europe (Ireland)"),
    ("eu-west-2", "Europe (London)"),
    ("eu-west-3", "Europe (Paris)"),
    ("sa-east-1", "South America (Sao Paulo)"),
    ("us-east-1", "US East (N. Virginia)"),
    ("us-east-2", "US East (Ohio)"),
    ("us-west-1", "US West (N. California)"),
    ("us-west-2", "US West (Oregon)"),
];

/// The zones of a region: six in N. Virginia, four in Oregon, three elsewhere.
pub(super) fn names(region: &str) -> Vec<String> {
    let letters = match region {
        "us-east-1" => "abcdef",
        "us-west-2" => "abcd",
        _ => "abc",
    };
    letters.chars().map(|letter| format!("{region}{letter}")).collect()
}

/// A zone's id, which is the same in every account: `use1-az1`.
pub(super) fn id(region: &str, zone: &str) -> String {
    let number = names(region).iter().position(|name| name == zone).unwrap_or(0) + 1;
    format!("{}-az{number}", short(region))
}

/// A region's name in zone ids: `eu-central-1` is `euc1`, `ap-southeast-2` is `apse2`.
fn short(region: &str) -> String {
    let mut parts = region.split('-');
    let (area, direction, number) =
        (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let direction = match direction {
        "northeast" => "ne",
        "southeast" => "se",
        "northwest" => "nw",
        "southwest" => "sw",
        other => &other[..other.len().min(1)],
    };
    format!("{area}{direction}{number}")
}

fn describe_zones(account: &mut Account, call: &Call) -> Answer {
    let region = account.region.clone();
    let title = REGIONS.iter().find(|(name, _)| *name == region).map_or("", |(_, title)| title);
    let mut found: Vec<Value> = names(&region)
        .iter()
        .map(|zone| {
            json!({
                "zoneName": zone,
                "zoneId": id(&region, zone),
                "zoneState": "available",
                "zoneType": "availability-zone",
                "regionName": region,
                "groupName": format!("{region}-zg-1"),
                "groupLongName": format!("{title} 1"),
                "networkBorderGroup": region,
                "optInStatus": "opt-in-not-required",
                "messageSet": [],
            })
        })
        .collect();
    for (parameter, member) in [("ZoneName", "zoneName"), ("ZoneId", "zoneId")] {
        let wanted = call.params.texts(parameter);
        let there = |name: &str| found.iter().any(|zone| zone[member] == name);
        if let Some(name) = wanted.iter().find(|name| !there(name)) {
            return Err(Fault::invalid_value(format!("Invalid availability zone: [{name}]")));
        }
        if !wanted.is_empty() {
            found.retain(|zone| wanted.iter().any(|name| zone[member] == name.as_str()));
        }
    }
    let filters = [
        ("zone-name", "zoneName"),
        ("zone-id", "zoneId"),
        ("zone-type", "zoneType"),
        ("state", "zoneState"),
        ("region-name", "regionName"),
        ("group-name", "groupName"),
        ("opt-in-status", "optInStatus"),
    ];
    listing::filtered(&mut found, call, &filters)?;
    Ok(json!({ "availabilityZoneInfo": found }))
}

fn describe_regions(_account: &mut Account, call: &Call) -> Answer {
    let wanted = call.params.texts("RegionName");
    if let Some(name) = wanted.iter().find(|name| !REGIONS.iter().any(|(known, _)| known == name)) {
        return Err(Fault::invalid_value(format!("Invalid region name: [{name}]")));
    }
    let mut found: Vec<Value> = REGIONS
        .iter()
        .filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|region| region == name))
        .map(|(name, _)| {
            json!({
                "regionName": name,
                "regionEndpoint": format!("ec2.{name}.amazonaws.com"),
                "optInStatus": "opt-in-not-required",
            })
        })
        .collect();
    let filters = [
        ("region-name", "regionName"),
        ("endpoint", "regionEndpoint"),
        ("opt-in-status", "optInStatus"),
    ];
    listing::filtered(&mut found, call, &filters)?;
    Ok(json!({ "regionInfo": found }))
}

fn describe_account(account: &mut Account, call: &Call) -> Answer {
    let default = account.here.ec2.vpcs.values().find(|vpc| vpc.is_default);
    let default = default.map_or("none", |vpc| vpc.id.as_str()).to_owned();
    let wanted = call.params.texts("AttributeName");
    let attributes = [
        ("supported-platforms", "VPC".to_owned()),
        ("default-vpc", default),
        ("max-instances", "20".to_owned()),
        ("vpc-max-security-groups-per-interface", "5".to_owned()),
        ("max-elastic-ips", "5".to_owned()),
        ("vpc-max-elastic-ips", "5".to_owned()),
    ];
    let found: Value = attributes
        .iter()
        .filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|other| other == name))
        .map(|(name, value)| {
            json!({
                "attributeName": name,
                "attributeValueSet": [{ "attributeValue": value }],
            })
        })
        .collect();
    Ok(json!({ "accountAttributeSet": found }))
}
