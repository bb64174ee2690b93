//! SNS: topics and who listens.

use serde::Serialize;
use serde_json::{Value, json};

use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A topic.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Topic {
    /// Its name for people.
    pub display_name: String,
    /// Its subscriptions: ARN, protocol, endpoint.
    pub subscriptions: Vec<(String, String, String)>,
}

/// Answers a call to SNS.
pub(in super::super) fn handle(account: &mut Account, call: &Call) -> Answer {
    match call.operation.as_str() {
        "CreateTopic" => {
            let arn = account.arn("sns", call.params.need("Name")?);
            account.here.messaging.topics.entry(arn.clone()).or_default();
            Ok(json!({ "TopicArn": arn }))
        }
        "DeleteTopic" => {
            // A topic that is not there is deleted, as far as SNS is concerned.
            account.here.messaging.topics.remove(call.params.need("TopicArn")?);
            Ok(json!({}))
        }
        "ListTopics" => {
            let topics = account.here.messaging.topics.keys();
            Ok(json!({ "Topics": topics.map(|arn| json!({ "TopicArn": arn })).collect::<Value>() }))
        }
        "GetTopicAttributes" => {
            let (arn, topic) = find(account, call)?;
            Ok(json!({ "Attributes": {
                "TopicArn": arn,
                "Owner": account.id,
                "DisplayName": topic.display_name,
                "SubscriptionsConfirmed": topic.subscriptions.len().to_string(),
                "SubscriptionsPending": "0",
                "SubscriptionsDeleted": "0",
            } }))
        }
        "SetTopicAttributes" => {
            let arn = find(account, call)?.0;
            if let Some(topic) = account.here.messaging.topics.get_mut(&arn)
                && call.params.text("AttributeName") == Some("DisplayName")
            {
                call.params
                    .text("AttributeValue")
                    .unwrap_or_default()
                    .clone_into(&mut topic.display_name);
            }
            Ok(json!({}))
        }
        "Subscribe" => subscribe(account, call),
        "Unsubscribe" => {
            let gone = call.params.need("SubscriptionArn")?;
            for topic in account.here.messaging.topics.values_mut() {
                topic.subscriptions.retain(|(arn, _, _)| arn != gone);
            }
            Ok(json!({}))
        }
        "ListSubscriptionsByTopic" => {
            let (arn, topic) = find(account, call)?;
            Ok(json!({ "Subscriptions": subscriptions(account, &arn, topic) }))
        }
        "ListSubscriptions" => {
            let all = account.here.messaging.topics.iter();
            let all = all.flat_map(|(arn, topic)| subscriptions(account, arn, topic));
            Ok(json!({ "Subscriptions": all.collect::<Vec<Value>>() }))
        }
        "Publish" => {
            find(account, call)?;
            Ok(json!({ "MessageId": account.uuid() }))
        }
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

fn find<'a>(account: &'a Account, call: &Call) -> Result<(String, &'a Topic), Fault> {
    let arn = call.params.need("TopicArn")?;
    let missing = || Fault::new("NotFound", "Topic does not exist").with_status(404);
    let topic = account.here.messaging.topics.get(arn).ok_or_else(missing)?;
    Ok((arn.to_owned(), topic))
}

fn subscriptions(account: &Account, arn: &str, topic: &Topic) -> Vec<Value> {
    let tree = |(subscription, protocol, endpoint): &(String, String, String)| {
        json!({
            "SubscriptionArn": subscription,
            "Owner": account.id,
            "Protocol": protocol,
            "Endpoint": endpoint,
            "TopicArn": arn,
        })
    };
    topic.subscriptions.iter().map(tree).collect()
}

fn subscribe(account: &mut Account, call: &Call) -> Answer {
    let arn = find(account, call)?.0;
    let protocol = call.params.need("Protocol")?.to_owned();
    let endpoint = call.params.text("Endpoint").unwrap_or_default().to_owned();
    let subscription = format!("{arn}:{}", account.uuid());
    if let Some(topic) = account.here.messaging.topics.get_mut(&arn) {
        topic.subscriptions.push((subscription.clone(), protocol, endpoint));
    }
    Ok(json!({ "SubscriptionArn": subscription }))
}
