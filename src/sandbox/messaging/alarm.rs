//! CloudWatch: alarms, which Auto Scaling's policies hang on. Metrics themselves are not kept.

use serde::Serialize;
use serde_json::{Value, json};

use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// An alarm.
#[derive(Clone, Debug, Serialize)]
pub struct Alarm {
    /// `OK`, `ALARM`, `INSUFFICIENT_DATA`.
    pub state: String,
    /// What it was made with.
    pub settings: Value,
    /// When it was last changed.
    pub at: String,
}

/// Answers a call to CloudWatch.
pub(in super::super) fn handle(account: &mut Account, call: &Call) -> Answer {
    match call.operation.as_str() {
        "PutMetricAlarm" => {
            let name = call.params.need("AlarmName")?.to_owned();
            let (settings, at) = (call.params.clone(), account.now().to_string());
            let alarm = Alarm { state: "INSUFFICIENT_DATA".to_owned(), settings, at };
            account.here.messaging.alarms.insert(name, alarm);
            Ok(json!({}))
        }
        "DeleteAlarms" => {
            let names = call.params.texts("AlarmNames");
            let alarms = &mut account.here.messaging.alarms;
            if let Some(lost) = names.iter().find(|name| !alarms.contains_key(*name)) {
                return Err(Fault::new("ResourceNotFound", format!("Alarm {lost} does not exist"))
                    .with_status(404));
            }
            alarms.retain(|name, _| !names.contains(name));
            Ok(json!({}))
        }
        "DescribeAlarms" => {
            let names = call.params.texts("AlarmNames");
            let prefix = call.params.text("AlarmNamePrefix").unwrap_or_default();
            let found: Vec<Value> = account
                .here
                .messaging
                .alarms
                .iter()
                .filter(|(name, _)| names.is_empty() || names.contains(name))
                .filter(|(name, _)| name.starts_with(prefix))
                .map(|(name, alarm)| tree(account, name, alarm))
                .collect();
            Ok(json!({ "MetricAlarms": found, "CompositeAlarms": [] }))
        }
        "SetAlarmState" => {
            let name = call.params.need("AlarmName")?;
            let state = call.params.need("StateValue")?.to_owned();
            let found = account
                .here
                .messaging
                .alarms
                .get_mut(name)
                .ok_or_else(|| Fault::new("ResourceNotFound", "Unknown").with_status(404))?;
            found.state = state;
            Ok(json!({}))
        }
        "GetMetricStatistics" => {
            Ok(json!({ "Label": call.params.text("MetricName"), "Datapoints": [] }))
        }
        "PutMetricData" => Ok(json!({})),
        "ListMetrics" => Ok(json!({ "Metrics": [] })),
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

fn tree(account: &Account, name: &str, alarm: &Alarm) -> Value {
    const TOLD: [&str; 14] = [
        "AlarmDescription",
        "ActionsEnabled",
        "OKActions",
        "AlarmActions",
        "InsufficientDataActions",
        "MetricName",
        "Namespace",
        "Statistic",
        "Dimensions",
        "Period",
        "Unit",
        "EvaluationPeriods",
        "Threshold",
        "ComparisonOperator",
    ];
    let mut tree = json!({
        "AlarmName": name,
        "AlarmArn": account.arn("cloudwatch", &format!("alarm:{name}")),
        "AlarmConfigurationUpdatedTimestamp": alarm.at,
        "StateUpdatedTimestamp": alarm.at,
        "StateValue": alarm.state,
        "StateReason": "Unchecked: Initial alarm creation",
    });
    for member in TOLD {
        tree[member] = alarm.settings.get(member).cloned().unwrap_or_default();
    }
    tree
}
