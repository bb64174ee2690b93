//! Load balancers of both generations, target groups, listeners.

use serde_json::{Map, Value, json};

use super::{PATIENCE, PLAIN, Provider, Replace, at, first, only, with};
use crate::sandbox::Service::{ClassicLoadBalancing, LoadBalancing};
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        kind: "AWS::ElasticLoadBalancingV2::LoadBalancer",
        // Quoted by users in this form for a protected load balancer.
        voice: Voice::Old("AmazonElasticLoadBalancing"),
        replace: Replace::On(&["Name", "Scheme", "Type"]),
        create: create_balancer,
        settle: settle_balancer,
        update: update_balancer,
        remove: |bench| {
            let params = json!({"LoadBalancerArn": bench.physical});
            bench.call(LoadBalancing, "DeleteLoadBalancer", params)?;
            Ok(Pace::Ready(()))
        },
        pace: 30,
        ..PLAIN
    },
    Provider {
        kind: "AWS::ElasticLoadBalancingV2::TargetGroup",
        voice: Voice::Old("AmazonElasticLoadBalancing"),
        replace: Replace::On(&["Name", "Port", "Protocol", "TargetType", "VpcId"]),
        create: create_targets,
        settle: settle_targets,
        update: |bench| {
            let params = with(health_check(bench), json!({"TargetGroupArn": bench.physical}));
            bench.call(LoadBalancing, "ModifyTargetGroup", params)?;
            attributes(
                bench,
                "ModifyTargetGroupAttributes",
                "TargetGroupArn",
                "TargetGroupAttributes",
            )
        },
        remove: |bench| {
            let params = json!({"TargetGroupArn": bench.physical});
            bench.call(LoadBalancing, "DeleteTargetGroup", params)?;
            Ok(Pace::Ready(()))
        },
        pace: 10,
        patience: PATIENCE,
        ..PLAIN
    },
    Provider {
        kind: "AWS::ElasticLoadBalancingV2::Listener",
        voice: Voice::Old("AmazonElasticLoadBalancing"),
        required: &["DefaultActions", "LoadBalancerArn"],
        replace: Replace::On(&["LoadBalancerArn"]),
        create: |bench| {
            let params = listener(bench);
            let answer = bench.call(LoadBalancing, "CreateListener", params)?;
            Ok(at(&answer, "Listeners/0/ListenerArn"))
        },
        settle: |bench| Ok(Pace::Ready(json!({"ListenerArn": bench.physical}))),
        update: |bench| {
            let mut params = with(listener(bench), json!({"ListenerArn": bench.physical}));
            params.as_object_mut().and_then(|members| members.remove("LoadBalancerArn"));
            bench.call(LoadBalancing, "ModifyListener", params)?;
            Ok(())
        },
        remove: |bench| {
            let params = json!({"ListenerArn": bench.physical});
            bench.call(LoadBalancing, "DeleteListener", params)?;
            Ok(Pace::Ready(()))
        },
        ..PLAIN
    },
    Provider {
        kind: "AWS::ElasticLoadBalancing::LoadBalancer",
        voice: Voice::Old("AmazonElasticLoadBalancing"),
        required: &["Listeners"],
        replace: Replace::On(&["LoadBalancerName", "Scheme", "Subnets"]),
        create: create_classic,
        settle: settle_classic,
        update: update_classic,
        remove: |bench| {
            let params = json!({"LoadBalancerName": bench.physical});
            bench.call(ClassicLoadBalancing, "DeleteLoadBalancer", params)?;
            Ok(Pace::Ready(()))
        },
        pace: 5,
        ..PLAIN
    },
];

fn create_balancer(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let name = bench.text("Name").unwrap_or_else(|| bench.new_name(32));
    let names = ["IpAddressType", "Scheme", "SecurityGroups", "SubnetMappings", "Subnets", "Type"];
    let params =
        with(only(&bench.properties, &names), json!({"Name": name, "Tags": bench.tag_list()}));
    let answer = bench.call(LoadBalancing, "CreateLoadBalancer", params)?;
    bench.physical = at(&answer, "LoadBalancers/0/LoadBalancerArn");
    balancer_attributes(bench)?;
    Ok(bench.physical.clone())
}

fn balancer_attributes(bench: &mut Bench<'_>) -> Result<(), Failure> {
    attributes(bench, "ModifyLoadBalancerAttributes", "LoadBalancerArn", "LoadBalancerAttributes")
}

/// Sets what templates list as attributes.
fn attributes(
    bench: &mut Bench<'_>,
    operation: &str,
    id: &str,
    property: &str,
) -> Result<(), Failure> {
    let wanted = bench.property(property).clone();
    if wanted.as_array().is_some_and(|list| !list.is_empty()) {
        let params = json!({id: bench.physical, "Attributes": wanted});
        bench.call(LoadBalancing, operation, params)?;
    }
    Ok(())
}

fn settle_balancer(bench: &mut Bench<'_>) -> Result<Pace<Value>, Failure> {
    let params = json!({"LoadBalancerArns": [bench.physical]});
    let answer = bench.call(LoadBalancing, "DescribeLoadBalancers", params)?;
    let found = first(&answer, "LoadBalancers").cloned().unwrap_or_default();
    match at(&found, "State/Code").as_str() {
        "provisioning" => return Ok(Pace::Again(15)),
        "failed" => return Err(Failure::own(at(&found, "State/Reason"))),
        _ => {}
    }
    let full = bench.physical.split("loadbalancer/").nth(1).unwrap_or_default();
    Ok(Pace::Ready(json!({
        "CanonicalHostedZoneID": at(&found, "CanonicalHostedZoneId"),
        "DNSName": at(&found, "DNSName"),
        "LoadBalancerArn": bench.physical,
        "LoadBalancerFullName": full,
        "LoadBalancerName": at(&found, "LoadBalancerName"),
        "SecurityGroups": found.get("SecurityGroups").cloned().unwrap_or(json!([])),
    })))
}

fn update_balancer(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let changed = |name: &str| bench.old.get(name) != bench.properties.get(name);
    let steps = [("SecurityGroups", "SetSecurityGroups"), ("Subnets", "SetSubnets")];
    let due: Vec<_> = steps.into_iter().filter(|(name, _)| changed(name)).collect();
    for (name, operation) in due {
        let params = json!({"LoadBalancerArn": bench.physical, name: bench.texts(name)});
        bench.call(LoadBalancing, operation, params)?;
    }
    balancer_attributes(bench)
}

fn health_check(bench: &Bench<'_>) -> Value {
    only(
        &bench.properties,
        &[
            "HealthCheckEnabled",
            "HealthCheckIntervalSeconds",
            "HealthCheckPath",
            "HealthCheckPort",
            "HealthCheckProtocol",
            "HealthCheckTimeoutSeconds",
            "HealthyThresholdCount",
            "Matcher",
            "UnhealthyThresholdCount",
        ],
    )
}

fn create_targets(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let name = bench.text("Name").unwrap_or_else(|| bench.new_name(32));
    let params = with(
        with(
            health_check(bench),
            only(&bench.properties, &["Port", "Protocol", "TargetType", "VpcId"]),
        ),
        json!({"Name": name, "Tags": bench.tag_list()}),
    );
    let answer = bench.call(LoadBalancing, "CreateTargetGroup", params)?;
    bench.physical = at(&answer, "TargetGroups/0/TargetGroupArn");
    attributes(bench, "ModifyTargetGroupAttributes", "TargetGroupArn", "TargetGroupAttributes")?;
    let targets = bench.property("Targets").clone();
    if targets.is_array() {
        let params = json!({"TargetGroupArn": bench.physical, "Targets": targets});
        bench.call(LoadBalancing, "RegisterTargets", params)?;
    }
    Ok(bench.physical.clone())
}

fn settle_targets(bench: &mut Bench<'_>) -> Result<Pace<Value>, Failure> {
    let params = json!({"TargetGroupArns": [bench.physical]});
    let answer = bench.call(LoadBalancing, "DescribeTargetGroups", params)?;
    let found = first(&answer, "TargetGroups").cloned().unwrap_or_default();
    let full = bench.physical.rsplit(':').next().unwrap_or_default();
    Ok(Pace::Ready(json!({
        "LoadBalancerArns": found.get("LoadBalancerArns").cloned().unwrap_or(json!([])),
        "TargetGroupArn": bench.physical,
        "TargetGroupFullName": full,
        "TargetGroupName": at(&found, "TargetGroupName"),
    })))
}

fn listener(bench: &Bench<'_>) -> Value {
    only(
        &bench.properties,
        &["Certificates", "DefaultActions", "LoadBalancerArn", "Port", "Protocol", "SslPolicy"],
    )
}

fn create_classic(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let name = bench.text("LoadBalancerName").unwrap_or_else(|| bench.new_name(32));
    let names = ["AvailabilityZones", "Listeners", "Scheme", "SecurityGroups", "Subnets"];
    let params = with(
        only(&bench.properties, &names),
        json!({"LoadBalancerName": name, "Tags": bench.tag_list()}),
    );
    bench.call(ClassicLoadBalancing, "CreateLoadBalancer", params)?;
    bench.physical.clone_from(&name);
    configure_classic(bench)?;
    Ok(name)
}

fn update_classic(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let changed = |name: &str| bench.old.get(name) != bench.properties.get(name);
    let (groups, listeners) = (changed("SecurityGroups"), changed("Listeners"));
    if groups {
        let params = json!({
            "LoadBalancerName": bench.physical,
            "SecurityGroups": bench.texts("SecurityGroups"),
        });
        bench.call(ClassicLoadBalancing, "ApplySecurityGroupsToLoadBalancer", params)?;
    }
    if listeners {
        let old = bench.old.get("Listeners").and_then(Value::as_array).cloned();
        let ports: Vec<String> =
            old.unwrap_or_default().iter().map(|it| at(it, "LoadBalancerPort")).collect();
        let params = json!({"LoadBalancerName": bench.physical, "LoadBalancerPorts": ports});
        bench.call(ClassicLoadBalancing, "DeleteLoadBalancerListeners", params)?;
        let wanted = bench.property("Listeners").clone();
        let params = json!({"LoadBalancerName": bench.physical, "Listeners": wanted});
        bench.call(ClassicLoadBalancing, "CreateLoadBalancerListeners", params)?;
    }
    configure_classic(bench)
}

/// What a classic load balancer is told after it is made: its health check and its attributes.
fn configure_classic(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let check = bench.property("HealthCheck").clone();
    if check.is_object() {
        let params = json!({"LoadBalancerName": bench.physical, "HealthCheck": check});
        bench.call(ClassicLoadBalancing, "ConfigureHealthCheck", params)?;
    }
    let mut attributes = Map::new();
    let cross = bench.property("CrossZone").clone();
    if !cross.is_null() {
        attributes.insert("CrossZoneLoadBalancing".to_owned(), json!({"Enabled": cross}));
    }
    for (property, attribute) in [
        ("AccessLoggingPolicy", "AccessLog"),
        ("ConnectionDrainingPolicy", "ConnectionDraining"),
        ("ConnectionSettings", "ConnectionSettings"),
    ] {
        let wanted = bench.property(property).clone();
        if wanted.is_object() {
            attributes.insert(attribute.to_owned(), wanted);
        }
    }
    if !attributes.is_empty() {
        let params =
            json!({"LoadBalancerName": bench.physical, "LoadBalancerAttributes": attributes});
        bench.call(ClassicLoadBalancing, "ModifyLoadBalancerAttributes", params)?;
    }
    Ok(())
}

fn settle_classic(bench: &mut Bench<'_>) -> Result<Pace<Value>, Failure> {
    let params = json!({"LoadBalancerNames": [bench.physical]});
    let answer = bench.call(ClassicLoadBalancing, "DescribeLoadBalancers", params)?;
    let found = first(&answer, "LoadBalancerDescriptions").cloned().unwrap_or_default();
    Ok(Pace::Ready(json!({
        "CanonicalHostedZoneName": at(&found, "CanonicalHostedZoneName"),
        "CanonicalHostedZoneNameID": at(&found, "CanonicalHostedZoneNameID"),
        "DNSName": at(&found, "DNSName"),
        "SourceSecurityGroup.GroupName": at(&found, "SourceSecurityGroup/GroupName"),
        "SourceSecurityGroup.OwnerAlias": at(&found, "SourceSecurityGroup/OwnerAlias"),
    })))
}
