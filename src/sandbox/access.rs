//! Who may do what: one policy, set from outside, that every caller on the wire is held against.

use serde::Serialize;
use serde_json::Value;

use super::{Call, Fault, Params, Service};

/// The policy in force; without one, everything is allowed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Access {
    /// An IAM policy document.
    pub policy: Option<Value>,
}

impl Access {
    /// The refusal of a call, in the words of its service, unless the policy lets it pass.
    pub(super) fn refusal(&self, account: &str, call: &Call) -> Option<Fault> {
        let policy = self.policy.as_ref()?;
        let action = action(call);
        let resource = resource(account, call);
        let why = match decide(policy, &action, &resource) {
            Decision::Allowed => return None,
            Decision::Denied => "with an explicit deny in an identity-based policy".to_owned(),
            Decision::NotMentioned => {
                format!("because no identity-based policy allows the {action} action")
            }
        };
        Some(denied(call.service, &call.caller.arn, &action, &resource, &why))
    }
}

/// The permission that a call needs. S3's are not called what its operations are (service
/// authorization reference, "Actions defined by Amazon S3").
pub(super) fn action(call: &Call) -> String {
    let operation = call.operation.as_str();
    let name = match (call.service, operation) {
        (Service::S3, "HeadObject") => "GetObject",
        (Service::S3, "HeadBucket" | "ListObjects" | "ListObjectsV2") => "ListBucket",
        (Service::S3, "ListBuckets") => "ListAllMyBuckets",
        (Service::S3, "ListObjectVersions") => "ListBucketVersions",
        (Service::S3, "DeleteObjects") => "DeleteObject",
        (_, _) => operation,
    };
    format!("{}:{name}", call.service.prefix())
}

/// What a policy says about an action on a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it.
    Denied,
    /// No statement fits.
    NotMentioned,
}

/// Evaluates one policy document. Statements with a `Condition` fit nothing: the sandbox has no
/// request context to hold one against.
pub fn decide(policy: &Value, action: &str, resource: &str) -> Decision {
    let mut decision = Decision::NotMentioned;
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    for statement in statements {
        if statement.get("Condition").is_some() || !fits(statement, action, resource) {
            continue;
        }
        match statement.text("Effect") {
            Some("Deny") => return Decision::Denied,
            Some("Allow") => decision = Decision::Allowed,
            _ => {}
        }
    }
    decision
}

fn fits(statement: &Value, action: &str, resource: &str) -> bool {
    let action = action.to_lowercase();
    let named = |name: &str| {
        statement.texts(name).iter().any(|pattern| like(&pattern.to_lowercase(), &action))
    };
    let acts =
        if statement.get("NotAction").is_some() { !named("NotAction") } else { named("Action") };
    let on = |name: &str| statement.texts(name).iter().any(|pattern| like(pattern, resource));
    let hits = if statement.get("NotResource").is_some() {
        !on("NotResource")
    } else {
        statement.get("Resource").is_none() || on("Resource")
    };
    acts && hits
}

/// Whether a text fits a pattern in which `*` stands for any run and `?` for any character.
pub(super) fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut from) = (0, 0);
    // Where the last `*` was, and how much of the text it has swallowed so far.
    let mut star: Option<(usize, usize)> = None;
    while from < text.len() {
        if pattern.get(at) == Some(&'*') {
            star = Some((at, from));
            at += 1;
        } else if pattern.get(at).is_some_and(|next| *next == '?' || *next == text[from]) {
            at += 1;
            from += 1;
        } else if let Some((last, swallowed)) = star {
            star = Some((last, swallowed + 1));
            at = last + 1;
            from = swallowed + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

/// The main resource of a call, as an ARN where that is known, else `*`.
fn resource(account: &str, call: &Call) -> String {
    let arn =
        |service: &str, rest: &str| format!("arn:aws:{service}:{}:{account}:{rest}", call.region);
    let known = match call.service {
        Service::Ec2 => ec2_resource(&call.params).map(|rest| arn("ec2", &rest)),
        Service::CloudFormation => call.params.text("StackName").map(|name| {
            if name.starts_with("arn:") {
                name.to_owned()
            } else {
                arn("cloudformation", &format!("stack/{name}/*"))
            }
        }),
        Service::ElasticBeanstalk => call.params.text("EnvironmentName").map(|name| {
            let application = call.params.text("ApplicationName").unwrap_or("*");
            arn("elasticbeanstalk", &format!("environment/{application}/{name}"))
        }),
        Service::Iam => {
            call.params.text("RoleName").map(|name| format!("arn:aws:iam::{account}:role/{name}"))
        }
        Service::AutoScaling => call.params.text("AutoScalingGroupName").map(|name| {
            arn("autoscaling", &format!("autoScalingGroup:*:autoScalingGroupName/{name}"))
        }),
        Service::Rds => {
            call.params.text("DBInstanceIdentifier").map(|name| arn("rds", &format!("db:{name}")))
        }
        Service::S3 => call.params.text("Bucket").map(|bucket| {
            let key = call.params.text("Key").map_or_else(String::new, |key| format!("/{key}"));
            format!("arn:aws:s3:::{bucket}{key}")
        }),
        Service::Sqs
        | Service::Sns
        | Service::Sts
        | Service::CloudTrail
        | Service::ServiceQuotas
        | Service::CloudWatch
        | Service::Ses
        | Service::LoadBalancing
        | Service::ClassicLoadBalancing => None,
    };
    known.unwrap_or_else(|| "*".to_owned())
}

/// EC2's main resource: the one whose id the call names. Describing is never limited to one.
fn ec2_resource(params: &Value) -> Option<String> {
    // In the order of what an action is about when it names several: a route is a matter of its
    // table, an association that of its table too.
    const NAMES: [(&str, &str); 14] = [
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
        ("VpcId", "vpc"),
    ];
    NAMES.iter().find_map(|(name, kind)| params.text(name).map(|id| format!("{kind}/{id}")))
}

/// The refusal for want of permission, as each service words it.
pub(super) fn denied(
    service: Service,
    who: &str,
    action: &str,
    resource: &str,
    why: &str,
) -> Fault {
    let sentence = if resource == "*" {
        format!("User: {who} is not authorized to perform: {action} {why}")
    } else {
        format!("User: {who} is not authorized to perform: {action} on resource: {resource} {why}")
    };
    match service {
        Service::Ec2 => Fault::new(
            "UnauthorizedOperation",
            format!("You are not authorized to perform this operation. {sentence}"),
        )
        .with_status(403),
        Service::CloudTrail | Service::ServiceQuotas => {
            Fault::new("AccessDeniedException", sentence)
        }
        Service::Ses => Fault::new("AccessDeniedException", sentence).with_status(403),
        Service::Sqs
        | Service::Sns
        | Service::Sts
        | Service::CloudWatch
        | Service::S3
        | Service::Iam
        | Service::Rds
        | Service::AutoScaling
        | Service::CloudFormation
        | Service::ElasticBeanstalk
        | Service::LoadBalancing
        | Service::ClassicLoadBalancing => Fault::new("AccessDenied", sentence).with_status(403),
    }
}
