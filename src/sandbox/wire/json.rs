//! awsJson 1.0 and 1.1: CloudTrail, Service Quotas, SQS.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Request, Response};
use crate::sandbox::{Answer, Call, Fault, Service};

/// The operation and its parameters.
pub(super) fn read(request: &Request) -> Result<(String, Value), Fault> {
    let target = request.header("x-amz-target").unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    Ok((operation, parsed(&request.body)?))
}

/// A JSON body; an empty one is an empty object.
pub(super) fn parsed(body: &[u8]) -> Result<Value, Fault> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    match serde_json::from_slice(body) {
        Ok(tree @ Value::Object(_)) => Ok(tree),
        Ok(_) | Err(_) => Err(Fault::new("SerializationException", "The request is not an object")),
    }
}

/// Writes an answer.
pub(super) fn write(call: &Call, answer: &Answer) -> Response {
    let kind = match call.service {
        Service::Sqs | Service::CloudWatch => "application/x-amz-json-1.0",
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
        | Service::Sns
        | Service::ServiceQuotas
        | Service::Ses
        | Service::S3 => "application/x-amz-json-1.1",
    };
    let mut headers = vec![("content-type".to_owned(), kind.to_owned())];
    match answer {
        Ok(tree) => Response { status: 200, headers, body: body(tree) },
        Err(fault) => {
            headers.push(("x-amzn-errortype".to_owned(), fault.code.clone()));
            let mut kind = fault.code.clone();
            if call.service == Service::Sqs {
                // SQS's clients still look for the names of its older query protocol.
                headers.push(("x-amzn-query-error".to_owned(), format!("{};Sender", fault.code)));
                if fault.code == "AWS.SimpleQueueService.NonExistentQueue" {
                    "com.amazonaws.sqs#QueueDoesNotExist".clone_into(&mut kind);
                }
            }
            let tree = json!({ "__type": kind, "message": fault.message });
            Response { status: fault.status, headers, body: tree.to_string().into_bytes() }
        }
    }
}

/// A tree as a body, without what is `null` and with times as numbers.
pub(super) fn body(tree: &Value) -> Vec<u8> {
    pruned(tree, None).to_string().into_bytes()
}

fn pruned(tree: &Value, name: Option<&str>) -> Value {
    match tree {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), pruned(value, Some(name))))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(|item| pruned(item, name)).collect()),
        Value::String(text) if name.is_some_and(is_time) => {
            text.parse::<Timestamp>().map_or_else(|_| tree.clone(), seconds)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => tree.clone(),
    }
}

/// Members that the models of the JSON services declare as times.
fn is_time(name: &str) -> bool {
    const TIMES: [&str; 9] = [
        "Created",
        "CreatedTimestamp",
        "EventTime",
        "LastCheckedTimestamp",
        "LastFreshStart",
        "LastKeyGenerationTimestamp",
        "LastSuccessTimestamp",
        "LastUpdateTime",
        "LastUpdated",
    ];
    TIMES.contains(&name)
}

fn seconds(at: Timestamp) -> Value {
    let millis = at.as_millisecond();
    if millis % 1000 == 0 { json!(millis / 1000) } else { json!(at.as_duration().as_secs_f64()) }
}
