//! CloudTrail: what was done in the account, by whom, and how it ended.
//!
//! Only calls that change something are recorded. (The real event history also has the reading
//! ones, with `readOnly` true; nothing that can be learnt here depends on them.) Events show up
//! some minutes after the call, and for ninety days. IAM's are in N. Virginia alone.

mod grammar;
mod lookup;

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Account, Answer, Call, Caller, Fault, Service};

/// The events of a region's trail, oldest first.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Trail {
    /// The events.
    pub events: Vec<Event>,
}

/// One call that was made.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub at: Timestamp,
    /// The operation.
    pub name: String,
    /// The service, `ec2.amazonaws.com`.
    pub source: String,
    /// Who made it.
    pub user: String,
    /// The key it was signed with.
    pub access_key: String,
    /// What it is about: type and name.
    pub resources: Vec<(String, String)>,
    /// The whole record.
    pub record: Value,
}

/// How long an event takes to show up: "on average within about five minutes of an API call"
/// (user guide, "How CloudTrail works").
const DELIVERY: SignedDuration = SignedDuration::from_mins(5);
/// How long the event history goes back (user guide).
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Answers a call to this service.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    match call.operation.as_str() {
        "LookupEvents" => lookup::lookup(account, call),
        "DescribeTrails" => Ok(json!({ "trailList": [] })),
        "ListTrails" => Ok(json!({ "Trails": [] })),
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

/// Writes a call down, unless it is one of those on data, which no event history has.
pub(super) fn record(account: &mut Account, call: &Call, answer: &Answer) {
    if is_on_data(call) {
        return;
    }
    let region = if call.service == Service::Iam { "us-east-1" } else { &call.region };
    let event = event(account, call, answer, region);
    account.visit(region, |account| {
        let since = account.now() - KEPT;
        let events = &mut account.here.trail.events;
        // Looked at only now and then: what is too old is not shown anyway.
        if events.len() % 1024 == 1023 {
            events.retain(|event| event.at >= since);
        }
        events.push(event);
    });
}

fn is_on_data(call: &Call) -> bool {
    let operation = call.operation.as_str();
    match call.service {
        Service::S3 => matches!(operation, "PutObject" | "DeleteObject" | "DeleteObjects"),
        Service::Sqs => operation.starts_with("SendMessage") || operation == "DeleteMessage",
        Service::Sns => operation.starts_with("Publish"),
        Service::Ses => operation.starts_with("Send"),
        Service::CloudWatch => operation == "PutMetricData",
        Service::ElasticBeanstalk
        | Service::CloudFormation
        | Service::Ec2
        | Service::AutoScaling
        | Service::LoadBalancing
        | Service::ClassicLoadBalancing
        | Service::Rds
        | Service::Iam
        | Service::Sts
        | Service::CloudTrail
        | Service::ServiceQuotas => false,
    }
}

fn event(account: &mut Account, call: &Call, answer: &Answer, region: &str) -> Event {
    let id = account.uuid();
    let at = account.now();
    let source = if call.service == Service::CloudWatch {
        "monitoring.amazonaws.com".to_owned()
    } else {
        format!("{}.amazonaws.com", call.service.prefix())
    };
    let request = grammar::request(call);
    let response = answer.as_ref().ok().map(|tree| grammar::response(call, tree));
    let resources = lookup::resources(call.service, &request, response.as_ref());
    let mut record = json!({
        "eventVersion": "1.11",
        "userIdentity": identity(&account.id, &call.caller),
        // Whole seconds, as the trail has them.
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "eventSource": source,
        "eventName": call.operation,
        "awsRegion": region,
        "sourceIPAddress": call.source,
        "userAgent": call.user_agent,
        "requestParameters": request,
        "responseElements": response,
        "requestID": call.request_id,
        "eventID": id,
        "readOnly": false,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": account.id,
        "eventCategory": "Management",
    });
    if let Err(fault) = answer {
        record["errorCode"] = json!(error_code(call.service, fault));
        record["errorMessage"] = json!(fault.message);
    }
    Event {
        id,
        at,
        name: call.operation.clone(),
        source,
        user: call.caller.name.clone(),
        access_key: call.caller.access_key.clone(),
        resources,
        record,
    }
}

/// EC2 says whose fault a refusal is, in front of its code.
fn error_code(service: Service, fault: &Fault) -> String {
    match (service, fault.status) {
        (Service::Ec2, 500..) => format!("Server.{}", fault.code),
        (Service::Ec2, _) => format!("Client.{}", fault.code),
        (_, _) => fault.code.clone(),
    }
}

fn identity(account: &str, caller: &Caller) -> Value {
    let mut identity = if let Some((_, role)) = caller.arn.split_once(":assumed-role/") {
        let role = role.split('/').next().unwrap_or(role);
        json!({
            "type": "AssumedRole",
            "principalId": format!("AROACKCEVSQ6C2EXAMPLE:{}", caller.name),
            "arn": caller.arn,
            "accountId": account,
            "accessKeyId": caller.access_key,
            "sessionContext": { "sessionIssuer": {
                "type": "Role",
                "principalId": "AROACKCEVSQ6C2EXAMPLE",
                "arn": format!("arn:aws:iam::{account}:role/{role}"),
                "accountId": account,
                "userName": role,
            } },
        })
    } else {
        json!({
            "type": "IAMUser",
            "principalId": "AIDACKCEVSQ6C2EXAMPLE",
            "arn": caller.arn,
            "accountId": account,
            "accessKeyId": caller.access_key,
            "userName": caller.name,
        })
    };
    if let Some(service) = &caller.invoked_by {
        identity["invokedBy"] = json!(service);
    }
    identity
}
