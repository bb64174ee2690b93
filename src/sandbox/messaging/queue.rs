//! SQS: queues, their attributes, and messages as far as their number.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A queue.
#[derive(Clone, Debug, Serialize)]
pub struct Queue {
    /// The attributes that were set.
    pub attributes: BTreeMap<String, String>,
    /// Messages that wait.
    pub messages: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
}

/// Answers a call to SQS.
pub(in super::super) fn handle(account: &mut Account, call: &Call) -> Answer {
    match call.operation.as_str() {
        "CreateQueue" => create(account, call),
        "DeleteQueue" => {
            let name = named(account, call)?;
            account.here.messaging.queues.remove(&name);
            Ok(json!({}))
        }
        "GetQueueUrl" => {
            let name = call.params.need("QueueName")?.to_owned();
            let there = account.here.messaging.queues.contains_key(&name);
            if there { Ok(json!({ "QueueUrl": address(account, &name) })) } else { Err(missing()) }
        }
        "ListQueues" => {
            let prefix = call.params.text("QueueNamePrefix").unwrap_or_default();
            let names = account.here.messaging.queues.keys();
            let found: Vec<String> = names
                .filter(|name| name.starts_with(prefix))
                .map(|name| address(account, name))
                .collect();
            Ok(json!({ "QueueUrls": found }))
        }
        "GetQueueAttributes" => attributes(account, call),
        "SetQueueAttributes" => {
            let name = named(account, call)?;
            let given = given(call);
            if let Some(queue) = account.here.messaging.queues.get_mut(&name) {
                queue.attributes.extend(given);
            }
            Ok(json!({}))
        }
        "PurgeQueue" => {
            let name = named(account, call)?;
            if let Some(queue) = account.here.messaging.queues.get_mut(&name) {
                queue.messages.clear();
            }
            Ok(json!({}))
        }
        "SendMessage" => send(account, call),
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

fn missing() -> Fault {
    Fault::new(
        "AWS.SimpleQueueService.NonExistentQueue",
        "The specified queue does not exist for this wsdl version.",
    )
}

fn address(account: &Account, name: &str) -> String {
    format!("https://sqs.{}.amazonaws.com/{}/{name}", account.region, account.id)
}

/// The queue that a call means by its address.
fn named(account: &Account, call: &Call) -> Result<String, Fault> {
    let address = call.params.need("QueueUrl")?;
    let name = address.rsplit('/').next().unwrap_or(address);
    let there = account.here.messaging.queues.contains_key(name);
    there.then(|| name.to_owned()).ok_or_else(missing)
}

fn given(call: &Call) -> BTreeMap<String, String> {
    let attributes = call.params.get("Attributes").and_then(Value::as_object);
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    attributes.into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("QueueName")?.to_owned();
    let attributes = given(call);
    let created = account.now();
    if let Some(queue) = account.here.messaging.queues.get(&name)
        && attributes.iter().any(|(key, value)| queue.attributes.get(key) != Some(value))
    {
        return Err(Fault::new(
            "QueueAlreadyExists",
            "A queue already exists with the same name and a different value for an attribute",
        ));
    }
    let queue = Queue { attributes, messages: Vec::new(), created };
    account.here.messaging.queues.entry(name.clone()).or_insert(queue);
    Ok(json!({ "QueueUrl": address(account, &name) }))
}

/// A queue's attributes: what was set, what is the default, and how full it is.
fn attributes(account: &Account, call: &Call) -> Answer {
    let name = named(account, call)?;
    let queue = &account.here.messaging.queues[&name];
    let created = queue.created.as_second().to_string();
    let mut all: BTreeMap<String, String> = [
        ("QueueArn", account.arn("sqs", &name)),
        ("ApproximateNumberOfMessages", queue.messages.len().to_string()),
        ("ApproximateNumberOfMessagesNotVisible", "0".to_owned()),
        ("ApproximateNumberOfMessagesDelayed", "0".to_owned()),
        ("CreatedTimestamp", created.clone()),
        ("LastModifiedTimestamp", created),
        ("VisibilityTimeout", "30".to_owned()),
        ("MaximumMessageSize", "262144".to_owned()),
        ("MessageRetentionPeriod", "345600".to_owned()),
        ("DelaySeconds", "0".to_owned()),
        ("ReceiveMessageWaitTimeSeconds", "0".to_owned()),
        ("SqsManagedSseEnabled", "true".to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    all.extend(queue.attributes.clone());
    let wanted = call.params.texts("AttributeNames");
    all.retain(|name, _| wanted.iter().any(|wanted| wanted == "All" || wanted == name));
    Ok(json!({ "Attributes": all }))
}

fn send(account: &mut Account, call: &Call) -> Answer {
    let name = named(account, call)?;
    let body = call.params.need("MessageBody")?.to_owned();
    let id = account.uuid();
    if let Some(queue) = account.here.messaging.queues.get_mut(&name) {
        queue.messages.push(body);
    }
    Ok(json!({ "MessageId": id, "MD5OfMessageBody": "" }))
}
