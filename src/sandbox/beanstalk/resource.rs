//! The resources of an environment, as its stack and its group have them.

use serde_json::{Value, json};

use super::{Handler, find, neighbour};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    (operation == "DescribeEnvironmentResources").then_some(describe as Handler)
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let id = find::any(account, params.text("EnvironmentId"), params.text("EnvironmentName"))?;
    let name = account.here.beanstalk.environments[&id].name.clone();
    let named = |account: &Account, logical: &str, member: &str| -> Value {
        let physical = neighbour::physical(account, &id, logical);
        physical.into_iter().map(|physical| json!({ member: physical })).collect()
    };
    // A classic one's name, or another's ARN.
    let balancers: Value = neighbour::balancer(account, &id)
        .into_iter()
        .map(|physical| json!({ "Name": physical }))
        .collect();
    let templates = named(account, "AWSEBEC2LaunchTemplate", "Id");
    let queues: Vec<Value> = [
        ("WorkerQueue", "AWSEBWorkerQueue"),
        ("WorkerDeadLetterQueue", "AWSEBWorkerDeadLetterQueue"),
    ]
    .into_iter()
    .filter_map(|(name, logical)| {
        neighbour::physical(account, &id, logical).map(|url| json!({ "Name": name, "URL": url }))
    })
    .collect();
    let groups = neighbour::groups(account, &id);
    let mut there = Vec::new();
    let mut instances = Vec::new();
    for group in groups {
        // A group that is gone is not told any more, whatever the stack says.
        if let Some(found) = neighbour::group(account, &group) {
            there.push(json!({ "Name": group }));
            instances.extend(found.members.iter().map(|it| json!({ "Id": it.id })));
        }
    }
    Ok::<Value, Fault>(json!({ "EnvironmentResources": {
        "EnvironmentName": name,
        "AutoScalingGroups": there,
        "Instances": instances,
        "LaunchConfigurations": [],
        "LaunchTemplates": templates,
        "LoadBalancers": balancers,
        // Empty in AWS's own example too, of an environment that scales by alarms.
        "Triggers": [],
        "Queues": queues,
    } }))
}
