//! Update policies of Auto Scaling groups: replacing instances batch by batch.

#![expect(clippy::collapsible_if, reason = "plainer as it is written")]

use serde_json::{Value, json};

use super::scaling::{in_service, size, stable};
use super::{at, waiting};
use crate::sandbox::Service::AutoScaling;
use crate::sandbox::cloudformation::engine::{Bench, Failure, Pace};
use crate::sandbox::cloudformation::template::plain_text;

/// The longest pause between batches that is taken where the policy names none, seconds.
const PAUSE: i64 = 0;

/// The rolling update that a group's policy asks for, if the change needs one.
fn policy(bench: &Bench<'_>) -> Option<Value> {
    let policy = bench.declared["UpdatePolicy"]["AutoScalingRollingUpdate"].clone();
    let launch = ["LaunchTemplate", "LaunchConfigurationName", "MixedInstancesPolicy"];
    let subnets = "VPCZoneIdentifier";
    let changed = launch
        .iter()
        .chain([&subnets])
        .any(|name| bench.old.get(*name) != bench.properties.get(*name));
    (changed && policy.is_object()).then_some(policy)
}

/// Refuses what a rolling update cannot do, and notes what there is to replace.
pub(super) fn prepare(bench: &mut Bench<'_>) -> Result<(), Failure> {
    let Some(policy) = policy(bench) else {
        bench.notes = json!({});
        return Ok(());
    };
    let group = super::scaling::described(bench)?.unwrap_or_default();
    refuse_schedules(bench, &group)?;
    let old: Vec<String> =
        in_service(&group).iter().map(|instance| at(instance, "InstanceId")).collect();
    let number =
        |name: &str, default: usize| plain_text(&policy[name]).parse::<usize>().unwrap_or(default);
    let (batch, least) = (number("MaxBatchSize", 1), number("MinInstancesInService", 0));
    let signals = plain_text(&policy["WaitOnResourceSignals"]) == "true";
    let pause = waiting::duration(&plain_text(&policy["PauseTime"])).unwrap_or(if signals {
        300
    } else {
        PAUSE
    });
    bench.remarks.push(format!(
        "Rolling update initiated. Terminating {} obsolete instance(s) in batches of {batch}, \
         while keeping at least {least} instance(s) in service.",
        old.len()
    ));
    bench.notes = json!({
        "old": old,
        "total": old.len(),
        "batch": batch,
        "signals": signals,
        "pause": pause,
        "waiting": [],
        "since": 0,
    });
    Ok(())
}

/// Refuses a rolling update while scheduled actions could change the group meanwhile.
fn refuse_schedules(bench: &mut Bench<'_>, group: &Value) -> Result<(), Failure> {
    let suspended = group["SuspendedProcesses"].as_array().cloned().unwrap_or_default();
    if suspended.iter().any(|process| at(process, "ProcessName") == "ScheduledActions") {
        return Ok(());
    }
    let params = json!({"AutoScalingGroupName": bench.physical});
    let answer = bench.call(AutoScaling, "DescribeScheduledActions", params)?;
    let actions = answer["ScheduledUpdateGroupActions"].as_array().cloned().unwrap_or_default();
    let names: Vec<_> = actions.iter().map(|action| at(action, "ScheduledActionName")).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(Failure::own(format!(
        "Autoscaling rolling updates cannot be performed because scheduled action(s) [{}] are \
         currently associated with this autoscaling group; either delete these actions or suspend \
         the ScheduledActions process and then retry the update.",
        names.join(",")
    )))
}

/// Goes on with a rolling update, as far as there is one.
pub(super) fn proceed(bench: &mut Bench<'_>, group: &Value) -> Result<Pace<()>, Failure> {
    if bench.notes.get("old").is_none() {
        return stable(bench, group);
    }
    let running: Vec<String> =
        in_service(group).iter().map(|instance| at(instance, "InstanceId")).collect();
    let list = |notes: &Value, name: &str| -> Vec<String> {
        notes[name].as_array().into_iter().flatten().map(plain_text).collect()
    };
    let old = list(&bench.notes, "old");
    let known = list(&bench.notes, "known");
    if running.len() < size(group, "DesiredCapacity") {
        return stable(bench, group).map(|_| Pace::Again(15));
    }
    let fresh: Vec<_> =
        running.iter().filter(|id| !old.contains(id) && !known.contains(id)).cloned().collect();
    if bench.notes["signals"] == json!(true) && !fresh.is_empty() {
        if let Pace::Again(after) = heard(bench, &fresh)? {
            return Ok(Pace::Again(after));
        }
    }
    bench.notes["since"] = json!(0);
    let known: Vec<_> = known.into_iter().chain(fresh).collect();
    bench.notes["known"] = json!(known);
    let left: Vec<_> = old.into_iter().filter(|id| running.contains(id)).collect();
    if left.is_empty() {
        return Ok(Pace::Ready(()));
    }
    next_batch(bench, &left)
}

/// Waits for the signals of new instances.
fn heard(bench: &mut Bench<'_>, fresh: &[String]) -> Result<Pace<()>, Failure> {
    let missing: Vec<_> = fresh.iter().filter(|id| bench.signals.get(*id) != Some(&true)).collect();
    if missing.is_empty() {
        return Ok(Pace::Ready(()));
    }
    let since = bench.notes["since"].as_i64().unwrap_or(0);
    if since == 0 {
        bench.remarks.push(format!(
            "New instance(s) added to autoscaling group - Waiting on {} resource signal(s)",
            missing.len()
        ));
        bench.notes["since"] = json!(bench.elapsed.max(1));
        return Ok(Pace::Again(15));
    }
    if bench.elapsed - since < bench.notes["pause"].as_i64().unwrap_or(0) {
        return Ok(Pace::Again(15));
    }
    let (count, all) = (missing.len(), fresh.len());
    bench.remarks.push(format!(
        "Failed to receive {count} resource signal(s) for the current batch.  Each resource \
         signal timeout is counted as a FAILURE."
    ));
    Err(Failure::own(format!(
        "Received {} SUCCESS signal(s) out of {all}.  Unable to satisfy 100% \
         MinSuccessfulInstancesPercent requirement",
        all - count
    )))
}

/// Ends the next batch of old instances; the group launches others in their place.
fn next_batch(bench: &mut Bench<'_>, left: &[String]) -> Result<Pace<()>, Failure> {
    let batch = bench.notes["batch"].as_u64().and_then(|batch| usize::try_from(batch).ok());
    let batch: Vec<_> = left.iter().take(batch.unwrap_or(1).max(1)).cloned().collect();
    let list = batch.join(",");
    bench.remarks.push(format!(
        "Terminating instance(s) [{list}]; replacing with {} new instance(s).",
        batch.len()
    ));
    for id in batch {
        let params = json!({"InstanceId": id, "ShouldDecrementDesiredCapacity": false});
        bench.call(AutoScaling, "TerminateInstanceInAutoScalingGroup", params)?;
    }
    let pause = bench.notes["pause"].as_i64().unwrap_or(0);
    Ok(Pace::Again(if bench.notes["signals"] == json!(true) { 15 } else { pause.max(15) }))
}
