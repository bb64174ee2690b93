//! Who may do what: policies, set from outside, that every caller on the wire is held against.

mod named;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::Value;

use super::{Account, Call, Fault, Params, Service};

/// The policies in force; without any, everything is allowed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Access {
    /// The IAM policy document of every caller.
    pub policy: Option<Value>,
    /// What the organization lets the account do: a service control policy, which allows nothing
    /// by itself and must allow what is done.
    pub organization: Option<Value>,
}

impl Access {
    /// The refusal of a call, in the words of its service, unless the policies let it pass.
    pub(super) fn refusal(account: &Account, call: &Call) -> Option<Fault> {
        let Self { policy, organization } = &account.access;
        if policy.is_none() && organization.is_none() {
            return None;
        }
        let action = action(call);
        let mut resources = named::resources(account, call);
        if resources.is_empty() {
            resources.push("*".to_owned());
        }
        // The organization's word comes first, as in AWS's own order of evaluation.
        let levels =
            [(organization, "a service control policy"), (policy, "an identity-based policy")];
        levels.into_iter().find_map(|(document, level)| {
            let document = document.as_ref()?;
            resources.iter().find_map(|resource| {
                let why = match decide(document, &action, resource) {
                    Decision::Allowed => return None,
                    Decision::Denied => format!("with an explicit deny in {level}"),
                    Decision::NotMentioned => {
                        let level = level.split_once(' ').map_or(level, |(_, level)| level);
                        format!("because no {level} allows the {action} action")
                    }
                };
                Some(denied(call.service, &call.caller.arn, &action, resource, &why))
            })
        })
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
