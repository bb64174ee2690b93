//! Topics, queues, buckets and alarms.

use serde_json::{Map, Value, json};

use super::{PLAIN, Provider, Replace, at, only, with};
use crate::sandbox::Service::{CloudWatch, S3, Sns, Sqs};
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        kind: "AWS::SNS::Topic",
        voice: Voice::Handler("Sns"),
        replace: Replace::On(&["TopicName"]),
        create: create_topic,
        settle: |bench| {
            let name = bench.physical.rsplit(':').next().unwrap_or_default().to_owned();
            Ok(Pace::Ready(json!({"TopicArn": bench.physical, "TopicName": name})))
        },
        remove: |bench| {
            let params = json!({"TopicArn": bench.physical});
            bench.call(Sns, "DeleteTopic", params)?;
            Ok(Pace::Ready(()))
        },
        pace: 5,
        ..PLAIN
    },
    Provider {
        kind: "AWS::SQS::Queue",
        voice: Voice::Handler("Sqs"),
        replace: Replace::On(&["QueueName", "FifoQueue"]),
        create: create_queue,
        settle: settle_queue,
        update: |bench| {
            let params = json!({"QueueUrl": bench.physical, "Attributes": attributes(bench)});
            bench.call(Sqs, "SetQueueAttributes", params)?;
            Ok(())
        },
        remove: |bench| {
            let params = json!({"QueueUrl": bench.physical});
            bench.call(Sqs, "DeleteQueue", params)?;
            Ok(Pace::Ready(()))
        },
        pace: 30,
        ..PLAIN
    },
    Provider {
        kind: "AWS::S3::Bucket",
        voice: Voice::Handler("S3"),
        replace: Replace::On(&["BucketName"]),
        create: |bench| {
            let name = bench.text("BucketName");
            let name = name.unwrap_or_else(|| bench.new_name(63).to_lowercase());
            bench.call(S3, "CreateBucket", json!({"Bucket": name}))?;
            Ok(name)
        },
        settle: |bench| {
            let name = &bench.physical;
            Ok(Pace::Ready(json!({
                "Arn": format!("arn:aws:s3:::{name}"),
                "DomainName": format!("{name}.s3.amazonaws.com"),
                "RegionalDomainName": format!("{name}.s3.{}.amazonaws.com", bench.account.region),
            })))
        },
        remove: |bench| {
            let params = json!({"Bucket": bench.physical});
            bench.call(S3, "DeleteBucket", params)?;
            Ok(Pace::Ready(()))
        },
        pace: 15,
        ..PLAIN
    },
    Provider {
        kind: "AWS::CloudWatch::Alarm",
        voice: Voice::Handler("CloudWatch"),
        replace: Replace::On(&["AlarmName"]),
        create: |bench| {
            let name = bench.text("AlarmName").unwrap_or_else(|| bench.new_name(255));
            bench.physical.clone_from(&name);
            put_alarm(bench)?;
            Ok(name)
        },
        settle: |bench| {
            let arn = bench.account.arn("cloudwatch", &format!("alarm:{}", bench.physical));
            Ok(Pace::Ready(json!({"Arn": arn})))
        },
        update: put_alarm,
        remove: |bench| {
            let params = json!({"AlarmNames": [bench.physical]});
            bench.call(CloudWatch, "DeleteAlarms", params)?;
            Ok(Pace::Ready(()))
        },
        ..PLAIN
    },
];

fn create_topic(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let name = bench.text("TopicName").unwrap_or_else(|| bench.new_name(256));
    let params = json!({"Name": name, "Tags": bench.tag_list()});
    let answer = bench.call(Sns, "CreateTopic", params)?;
    let topic = at(&answer, "TopicArn");
    let subscriptions = bench.property("Subscription").as_array().cloned().unwrap_or_default();
    for subscription in subscriptions {
        let params =
            with(json!({"TopicArn": topic}), only(&subscription, &["Protocol", "Endpoint"]));
        bench.call(Sns, "Subscribe", params)?;
    }
    Ok(topic)
}

/// A queue's attributes, with the names that templates and the API share.
fn attributes(bench: &Bench<'_>) -> Value {
    let names = [
        "DelaySeconds",
        "FifoQueue",
        "MaximumMessageSize",
        "MessageRetentionPeriod",
        "ReceiveMessageWaitTimeSeconds",
        "RedrivePolicy",
        "VisibilityTimeout",
    ];
    let given = names.iter().filter_map(|name| Some(((*name).to_owned(), bench.text(name)?)));
    Value::Object(given.map(|(name, text)| (name, Value::from(text))).collect::<Map<_, _>>())
}

fn create_queue(bench: &mut Bench<'_>) -> Result<String, Failure> {
    let name = bench.text("QueueName").unwrap_or_else(|| bench.new_name(80));
    let params = json!({"QueueName": name, "Attributes": attributes(bench)});
    let answer = bench.call(Sqs, "CreateQueue", params)?;
    Ok(at(&answer, "QueueUrl"))
}

fn settle_queue(bench: &mut Bench<'_>) -> Result<Pace<Value>, Failure> {
    let name = bench.physical.rsplit('/').next().unwrap_or_default().to_owned();
    let arn = bench.account.arn("sqs", &name);
    Ok(Pace::Ready(json!({"Arn": arn, "QueueName": name, "QueueUrl": bench.physical})))
}

fn put_alarm(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let mut params = with(bench.properties.clone(), json!({"AlarmName": bench.physical}));
    if let Value::Object(members) = &mut params {
        members.remove("Tags");
    }
    bench.call(CloudWatch, "PutMetricAlarm", params)?;
    Ok(())
}
