//! Wait conditions, and creation policies of other resources.

use serde_json::{Value, json};

use super::{PLAIN, Provider, Replace};
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace, Voice};
use crate::sandbox::cloudformation::template::plain_text;

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        kind: "AWS::CloudFormation::WaitConditionHandle",
        voice: Voice::Bare,
        replace: Replace::Never,
        create: |bench| {
            let (region, stack) = (bench.account.region.clone(), bench.stack.clone());
            let stack = stack.replace(':', "%3A").replace('/', "%2F");
            Ok(format!(
                "https://cloudformation-waitcondition-{region}.s3.{region}.amazonaws.com/{stack}/{}",
                bench.logical
            ))
        },
        pace: 1,
        ..PLAIN
    },
    Provider {
        kind: "AWS::CloudFormation::WaitCondition",
        voice: Voice::Bare,
        // "Updates aren't supported" for a condition; a new one is a new resource.
        replace: Replace::Always,
        create: |bench| {
            let unique = bench.account.hex(12).to_uppercase();
            Ok(format!("{}/{}/{unique}", bench.stack, bench.logical))
        },
        settle: settle_condition,
        pace: 1,
        ..PLAIN
    },
];

/// How often a wait looks by itself whether its time is up, seconds. Signals are heard at once.
const LOOK: i64 = 15;

/// The longest a wait condition can be told to wait, seconds.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-waitcondition.html>
const LONGEST: i64 = 43_200;

fn settle_condition(bench: &mut Bench<'_>) -> Result<Pace<Value>, Failure> {
    let declared = bench.declared["CreationPolicy"]["ResourceSignal"].clone();
    if !declared.is_null() {
        return Ok(match creation_policy(bench)? {
            Pace::Ready(()) => Pace::Ready(json!({"Data": "{}"})),
            Pace::Again(after) => Pace::Again(after),
        });
    }
    let number = |name: &str| bench.text(name).and_then(|text| text.parse::<i64>().ok());
    let wanted = usize::try_from(number("Count").unwrap_or(1)).unwrap_or(1);
    let timeout = number("Timeout").unwrap_or(LONGEST).min(LONGEST);
    if let Some((unique, _)) = bench.signals.iter().find(|(_, success)| !**success) {
        return Err(Failure::own(format!(
            "WaitCondition received failed message: 'null' for uniqueId: {unique}"
        )));
    }
    let received = bench.signals.len();
    if received >= wanted {
        let data: serde_json::Map<String, Value> =
            bench.signals.keys().map(|unique| (unique.clone(), json!(""))).collect();
        return Ok(Pace::Ready(json!({"Data": Value::Object(data).to_string()})));
    }
    if bench.elapsed >= timeout {
        return Err(Failure::own(format!(
            "WaitCondition timed out. Received {received} conditions when expecting {wanted}"
        )));
    }
    Ok(Pace::Again(LOOK.min(timeout - bench.elapsed)))
}

/// Waits for the signals that a resource's creation policy asks for.
pub(super) fn creation_policy(bench: &mut Bench<'_>) -> Result<Pace<()>, Failure> {
    let policy = bench.declared["CreationPolicy"]["ResourceSignal"].clone();
    if policy.is_null() {
        return Ok(Pace::Ready(()));
    }
    let count = plain_text(&policy["Count"]).parse().unwrap_or(1);
    let timeout = duration(&plain_text(&policy["Timeout"])).unwrap_or(300);
    signals(bench, count, timeout)
}

/// Waits for a number of success signals, in the words of groups and instances.
pub(super) fn signals(
    bench: &mut Bench<'_>,
    wanted: usize,
    timeout: i64,
) -> Result<Pace<()>, Failure> {
    let good = bench.signals.values().filter(|success| **success).count();
    let bad = bench.signals.len() - good;
    if good >= wanted {
        return Ok(Pace::Ready(()));
    }
    let late = bench.elapsed >= timeout;
    if bad == 0 && !late {
        return Ok(Pace::Again(LOOK.min(timeout - bench.elapsed)));
    }
    if bad > 0 {
        return Err(Failure::own(format!("Received {bad} FAILURE signal(s) out of {wanted}")));
    }
    if bench.properties.get("MinSize").is_none() {
        return Err(Failure::own(format!(
            "Failed to receive {} resource signal(s) within the specified duration",
            wanted - good
        )));
    }
    bench.remarks.push(format!(
        "Failed to receive {} resource signal(s) for the current batch.  Each resource signal \
         timeout is counted as a FAILURE.",
        wanted - good
    ));
    Err(Failure::own(format!(
        "Received {good} SUCCESS signal(s) out of {wanted}.  Unable to satisfy 100% \
         MinSuccessfulInstancesPercent requirement"
    )))
}

/// Seconds of an ISO 8601 duration such as `PT15M`.
pub(super) fn duration(text: &str) -> Option<i64> {
    let mut total = 0;
    let mut number = String::new();
    for letter in text.strip_prefix("PT")?.chars() {
        let unit = match letter {
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            digit => {
                number.push(digit);
                continue;
            }
        };
        total += number.parse::<i64>().ok()? * unit;
        number.clear();
    }
    Some(total)
}
