//! What a call is about: the resources that a policy's `Resource` is held against.
//!
//! After the service authorization reference
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>):
//! an action with resource types is held against each resource it names; one without, EC2's
//! `Describe…` for instance, against `*` alone. Of EC2's actions that name resources of several
//! kinds, only the main kind counts here (for a route its table, not its target); AWS looks at
//! some of the others too.

use serde_json::Value;

use super::super::dispatch::reads;
use crate::sandbox::{Account, Call, Params, Service};

/// The ARNs of what a call names; none if its action is not limited to resources.
pub(super) fn resources(account: &Account, call: &Call) -> Vec<String> {
    let region = &call.region;
    let arn =
        |service: &str, rest: &str| format!("arn:aws:{service}:{region}:{}:{rest}", account.id);
    let params = &call.params;
    let one = |found: Option<String>| found.into_iter().collect();
    match call.service {
        Service::Ec2 if reads(&call.operation) => Vec::new(),
        Service::Ec2 => ec2(account, call).iter().map(|rest| arn("ec2", rest)).collect(),
        Service::CloudFormation => {
            one(params.text("StackName").map(|name| stack(account, call, name)))
        }
        Service::ElasticBeanstalk => {
            beanstalk(account, call).iter().map(|rest| arn("elasticbeanstalk", rest)).collect()
        }
        Service::Iam => iam(&account.id, params),
        Service::AutoScaling => one(params.text("AutoScalingGroupName").map(|name| {
            let known = account.regional(region).and_then(|here| here.autoscaling.group(name));
            known.map_or_else(
                || arn("autoscaling", &format!("autoScalingGroup:*:autoScalingGroupName/{name}")),
                |group| group.arn.clone(),
            )
        })),
        Service::LoadBalancing | Service::ClassicLoadBalancing => balancing(params, arn),
        Service::Rds => rds(params).iter().map(|rest| arn("rds", rest)).collect(),
        Service::S3 => one(params.text("Bucket").map(|bucket| {
            let key = params.text("Key").map_or_else(String::new, |key| format!("/{key}"));
            format!("arn:aws:s3:::{bucket}{key}")
        })),
        Service::Sqs => {
            let name = params.text("QueueUrl").and_then(|url| url.rsplit('/').next());
            one(name.or_else(|| params.text("QueueName")).map(|name| arn("sqs", name)))
        }
        Service::Sns => one(params.text("TopicArn").map(str::to_owned)),
        Service::Ses => {
            one(params.text("EmailIdentity").map(|name| arn("ses", &format!("identity/{name}"))))
        }
        Service::CloudWatch => {
            one(params.text("AlarmName").map(|name| arn("cloudwatch", &format!("alarm:{name}"))))
        }
        Service::Sts | Service::CloudTrail | Service::ServiceQuotas => Vec::new(),
    }
}

/// A stack's ARN: its own where it is there, else one that fits any of its name.
fn stack(account: &Account, call: &Call, name: &str) -> String {
    if name.starts_with("arn:") {
        return name.to_owned();
    }
    let known = account.regional(&call.region).and_then(|here| here.cloudformation.find(name));
    known.map_or_else(
        || format!("arn:aws:cloudformation:{}:{}:stack/{name}/*", call.region, account.id),
        |found| found.id.clone(),
    )
}

/// Environments by id or by name, versions, applications.
fn beanstalk(account: &Account, call: &Call) -> Vec<String> {
    let params = &call.params;
    let mut environments: Vec<String> = [
        ("EnvironmentId", "EnvironmentName"),
        ("SourceEnvironmentId", "SourceEnvironmentName"),
        ("DestinationEnvironmentId", "DestinationEnvironmentName"),
    ]
    .iter()
    .filter_map(|(id, name)| environment(account, call, params.text(id), params.text(name)))
    .collect();
    let (ids, names) = (params.texts("EnvironmentIds"), params.texts("EnvironmentNames"));
    environments.extend(ids.iter().filter_map(|id| environment(account, call, Some(id), None)));
    environments
        .extend(names.iter().filter_map(|name| environment(account, call, None, Some(name))));
    if !environments.is_empty() {
        return environments;
    }
    let Some(application) = params.text("ApplicationName") else {
        return params
            .text("ResourceArn")
            .and_then(|arn| arn.split(':').nth(5))
            .map_or_else(Vec::new, |rest| vec![rest.to_owned()]);
    };
    let rest = match (params.text("VersionLabel"), params.text("TemplateName")) {
        (Some(label), _) => format!("applicationversion/{application}/{label}"),
        (None, Some(template)) => format!("configurationtemplate/{application}/{template}"),
        (None, None) => format!("application/{application}"),
    };
    vec![rest]
}

/// One environment: `environment/APPLICATION/NAME`.
fn environment(
    account: &Account,
    call: &Call,
    id: Option<&str>,
    name: Option<&str>,
) -> Option<String> {
    let here = account.regional(&call.region);
    let known = here.and_then(|here| {
        let mut all = here.beanstalk.environments.values().rev();
        all.find(|found| match id {
            Some(id) => found.id == id,
            None => name.is_some_and(|name| found.name == name),
        })
    });
    if let Some(found) = known {
        return Some(format!("environment/{}/{}", found.application, found.name));
    }
    // One that is not there (yet) is named by the call; by an unknown id it could be any.
    let application = call.params.text("ApplicationName").unwrap_or("*");
    name.or(id.map(|_| "*")).map(|name| format!("environment/{application}/{name}"))
}

fn iam(account: &str, params: &Value) -> Vec<String> {
    const NAMES: [(&str, &str); 3] =
        [("RoleName", "role"), ("InstanceProfileName", "instance-profile"), ("UserName", "user")];
    // Adding a role to a profile is about the profile.
    let order =
        if params.text("InstanceProfileName").is_some() { &NAMES[1..2] } else { &NAMES[..] };
    let found = order.iter().find_map(|(name, kind)| Some((params.text(name)?, kind)));
    if let Some((name, kind)) = found {
        return vec![format!("arn:aws:iam::{account}:{kind}/{name}")];
    }
    params.text("PolicyArn").map(str::to_owned).into_iter().collect()
}

fn balancing(params: &Value, arn: impl Fn(&str, &str) -> String) -> Vec<String> {
    for name in ["LoadBalancerArn", "TargetGroupArn", "ListenerArn", "RuleArn"] {
        if let Some(arn) = params.text(name) {
            return vec![arn.to_owned()];
        }
    }
    let listed = params.texts("ResourceArns");
    if !listed.is_empty() {
        return listed;
    }
    let classic = params.text("LoadBalancerName");
    let rest = classic.map(|name| arn("elasticloadbalancing", &format!("loadbalancer/{name}")));
    rest.into_iter().collect()
}

fn rds(params: &Value) -> Vec<String> {
    const NAMES: [(&str, &str); 3] = [
        ("DBInstanceIdentifier", "db"),
        ("DBSnapshotIdentifier", "snapshot"),
        ("DBSubnetGroupName", "subgrp"),
    ];
    let found = NAMES.iter().find_map(|(name, kind)| Some((params.text(name)?, kind)));
    found.map(|(name, kind)| format!("{kind}:{name}")).into_iter().collect()
}

/// EC2's main resources: those whose ids the call names.
fn ec2(account: &Account, call: &Call) -> Vec<String> {
    // In the order of what an action is about when it names several: a route is a matter of its
    // table, an association that of its table too.
    const NAMES: [(&str, &str); 15] = [
        ("RouteTableId", "route-table"),
        ("GroupId", "security-group"),
        ("NetworkAclId", "network-acl"),
        ("NatGatewayId", "natgateway"),
        ("VpcEndpointId", "vpc-endpoint"),
        ("InternetGatewayId", "internet-gateway"),
        ("VpcPeeringConnectionId", "vpc-peering-connection"),
        ("NetworkInterfaceId", "network-interface"),
        ("SubnetId", "subnet"),
        ("InstanceId", "instance"),
        ("AllocationId", "elastic-ip"),
        ("LaunchTemplateId", "launch-template"),
        ("DhcpOptionsId", "dhcp-options"),
        ("ImageId", "image"),
        ("VpcId", "vpc"),
    ];
    let params = &call.params;
    let tagged = params.texts("ResourceId");
    if !tagged.is_empty() {
        return tagged.iter().map(|id| format!("{}/{id}", kind(id))).collect();
    }
    if let Some(id) = params.text("AssociationId") {
        return owner(account, call, id).into_iter().collect();
    }
    let named = NAMES.iter().find_map(|(name, kind)| {
        let ids = params.texts(name);
        (!ids.is_empty()).then(|| ids.iter().map(|id| format!("{kind}/{id}")).collect())
    });
    named.unwrap_or_default()
}

/// What an association is about: the route table, the network ACL, the address.
fn owner(account: &Account, call: &Call, association: &str) -> Option<String> {
    let ec2 = &account.regional(&call.region)?.ec2;
    let table = ec2
        .route_tables
        .values()
        .find(|table| table.associations.iter().any(|known| known.id == association));
    if let Some(table) = table {
        return Some(format!("route-table/{}", table.id));
    }
    let mut acls = ec2.acls.values();
    if let Some(acl) = acls.find(|acl| acl.associations.contains_key(association)) {
        return Some(format!("network-acl/{}", acl.id));
    }
    let mut addresses = ec2.addresses.values();
    let address = addresses.find(|known| known.association.as_deref() == Some(association))?;
    Some(format!("elastic-ip/{}", address.allocation))
}

/// The resource type of an id, by what it begins with.
fn kind(id: &str) -> &'static str {
    const PREFIXES: [(&str, &str); 16] = [
        ("rtb-", "route-table"),
        ("sg-", "security-group"),
        ("sgr-", "security-group-rule"),
        ("acl-", "network-acl"),
        ("nat-", "natgateway"),
        ("vpce-", "vpc-endpoint"),
        ("igw-", "internet-gateway"),
        ("pcx-", "vpc-peering-connection"),
        ("eni-", "network-interface"),
        ("subnet-", "subnet"),
        ("i-", "instance"),
        ("eipalloc-", "elastic-ip"),
        ("lt-", "launch-template"),
        ("dopt-", "dhcp-options"),
        ("ami-", "image"),
        ("vpc-", "vpc"),
    ];
    PREFIXES.iter().find(|(prefix, _)| id.starts_with(prefix)).map_or("*", |(_, kind)| kind)
}
