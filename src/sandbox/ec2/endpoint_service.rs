//! The services that VPC endpoints lead to.

use serde_json::{Value, json};

use super::{Handler, listing, zone};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// Services with interface endpoints: the name after the region, and the name in front of the
/// region in their private DNS name (user guide, "AWS services that integrate with PrivateLink").
const INTERFACE: [(&str, &str); 22] = [
    ("autoscaling", "autoscaling"),
    ("cloudformation", "cloudformation"),
    ("ec2", "ec2"),
    ("ec2messages", "ec2messages"),
    ("ecr.api", "api.ecr"),
    ("ecr.dkr", "*.dkr.ecr"),
    ("elasticbeanstalk", "elasticbeanstalk"),
    ("elasticbeanstalk-health", "elasticbeanstalk-health"),
    ("elasticloadbalancing", "elasticloadbalancing"),
    ("email-smtp", "email-smtp"),
    ("kms", "kms"),
    ("logs", "logs"),
    ("monitoring", "monitoring"),
    ("rds", "rds"),
    ("s3", "*.s3"),
    ("secretsmanager", "secretsmanager"),
    ("sns", "sns"),
    ("sqs", "sqs"),
    ("ssm", "ssm"),
    ("ssmmessages", "ssmmessages"),
    ("sts", "sts"),
    ("xray", "xray"),
];

/// Services with gateway endpoints.
const GATEWAY: [&str; 2] = ["dynamodb", "s3"];

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "DescribeVpcEndpointServices" => Some(describe),
        _ => None,
    }
}

/// The part of a service's name after the region, if the region offers it.
pub(super) fn offered<'a>(region: &str, name: &'a str, gateway: bool) -> Option<&'a str> {
    let short = name.strip_prefix("com.amazonaws.")?.strip_prefix(region)?.strip_prefix('.')?;
    let there = if gateway {
        GATEWAY.contains(&short)
    } else {
        INTERFACE.iter().any(|(known, _)| *known == short)
    };
    there.then_some(short)
}

/// The refusal of a service that is not offered (recorded).
pub(super) fn unknown(name: &str) -> Fault {
    Fault::new("InvalidServiceName", format!("The Vpc Endpoint Service '{name}' does not exist"))
}

/// The name that clients use for a service, which private DNS redirects to an endpoint.
pub(super) fn private_name(region: &str, short: &str) -> String {
    let front = INTERFACE.iter().find(|(known, _)| *known == short).map_or(short, |(_, name)| name);
    format!("{front}.{region}.amazonaws.com")
}

/// The second name of a service that has one in `api.aws` too. Recorded of CloudWatch Logs; others
/// got theirs since, which nothing here asks for.
pub(super) fn newer_name(region: &str, short: &str) -> Option<String> {
    (short == "logs").then(|| format!("{short}.{region}.api.aws"))
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let region = account.region.clone();
    let full = |short: &str| format!("com.amazonaws.{region}.{short}");
    let mut details: Vec<Value> = Vec::new();
    for short in GATEWAY {
        details.push(detail(&region, &full(short), short, true));
    }
    for (short, _) in INTERFACE {
        details.push(detail(&region, &full(short), short, false));
    }
    let names = call.params.texts("ServiceName");
    for name in &names {
        if !details.iter().any(|detail| detail["serviceName"] == name.as_str()) {
            return Err(unknown(name));
        }
    }
    details.retain(|detail| {
        names.is_empty() || names.iter().any(|name| detail["serviceName"] == name.as_str())
    });
    let filters = [
        ("service-name", "serviceName"),
        ("service-type", "serviceType.serviceType"),
        ("owner", "owner"),
    ];
    listing::filtered(&mut details, call, &filters)?;
    let listed: Vec<String> = {
        let mut names: Vec<String> =
            details.iter().flat_map(|detail| listing::values(detail, "serviceName")).collect();
        names.dedup();
        names
    };
    let mut answer = listing::page(call, "serviceDetailSet", details)?;
    answer["serviceNameSet"] = json!(listed);
    Ok(answer)
}

fn detail(region: &str, name: &str, short: &str, gateway: bool) -> Value {
    let private = (!gateway).then(|| private_name(region, short));
    json!({
        "serviceName": name,
        "serviceId": format!("vpce-svc-{:017x}", name.bytes().map(u64::from).sum::<u64>()),
        "serviceType": [{ "serviceType": if gateway { "Gateway" } else { "Interface" } }],
        "serviceRegion": region,
        "availabilityZoneSet": zone::names(region),
        "owner": "amazon",
        "baseEndpointDnsNameSet": [format!("{short}.{region}.vpce.amazonaws.com")],
        "privateDnsName": private,
        "privateDnsNameSet": private.as_ref().map(|name| json!([{ "privateDnsName": name }])),
        "privateDnsNameVerificationState": private.as_ref().map(|_| "verified"),
        "vpcEndpointPolicySupported": true,
        "acceptanceRequired": false,
        "managesVpcEndpoints": false,
        "supportedIpAddressTypeSet": ["ipv4"],
        "tagSet": [],
    })
}
