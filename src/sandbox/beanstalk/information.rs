//! Logs of instances: asked for, made by the agents, and fetched.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::event::{Severity, tell_for};
use super::find::{self, need};
use super::{Handler, agent, name, platform, version};
use crate::sandbox::{Account, Answer, Call, Service};

/// A log that an instance delivered.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// `tail`, `bundle` or `analyze`.
    pub kind: String,
    /// The instance.
    pub instance: String,
    /// When it came.
    pub at: Timestamp,
    /// Where it is, a presigned address.
    pub message: String,
}

/// Seconds that agents take to deliver.
const TAKES: i64 = 8;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "RequestEnvironmentInfo" => request,
        "RetrieveEnvironmentInfo" => retrieve,
        _ => return None,
    })
}

fn request(account: &mut Account, call: &Call) -> Answer {
    let kind = need(&call.params, "InfoType")?.to_owned();
    let id = find::living(account, call)?;
    tell_for(account, &id, Severity::Info, "requestEnvironmentInfo is starting.", &call.request_id);
    let request = call.request_id.clone();
    account.later(TAKES, move |account| deliver(account, &id, &kind, &request));
    Ok(json!({}))
}

/// Every instance that takes commands delivers.
fn deliver(account: &mut Account, environment: &str, kind: &str, request: &str) {
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return };
    let instances: Vec<String> = found.agents.keys().cloned().collect();
    let mut silent = Vec::new();
    for instance in instances {
        if agent::takes_commands(account, environment, &instance) {
            write(account, environment, kind, &instance);
        } else {
            silent.push(instance);
        }
    }
    if !silent.is_empty() {
        let list = silent.join(", ");
        let text = format!(
            "The following instances have not responded in the allowed command timeout time (they \
             might still finish eventually on their own): [{list}]."
        );
        tell_for(account, environment, Severity::Warn, text, request);
    }
    let text = match kind {
        "bundle" => "Successfully finished bundling 1 log(s)",
        _ => "Pulled logs for environment instances.",
    };
    tell_for(account, environment, Severity::Info, text, request);
}

/// Writes an instance's log into the bucket.
fn write(account: &mut Account, environment: &str, kind: &str, instance: &str) {
    let (bucket, log) = (name::bucket(account), log(account, environment, instance));
    let key = format!("resources/environments/logs/{kind}/{environment}/{instance}/TailLogs.txt");
    let region = account.region.clone();
    let caller = crate::sandbox::Caller::user(&account.id, "elasticbeanstalk")
        .through("elasticbeanstalk.amazonaws.com");
    let params = json!({ "Bucket": bucket, "Key": key, "Body": log });
    // Without a bucket there is an address that leads nowhere, as when somebody deleted it.
    let _ = account.call(&caller, Service::S3, "PutObject", params);
    let at = account.now();
    // Served, the sandbox hands the log out itself.
    let place = match &account.endpoint {
        Some(endpoint) => format!("{endpoint}/{bucket}/{key}"),
        None => format!("https://{bucket}.s3.{region}.amazonaws.com/{key}"),
    };
    let sample = Sample {
        kind: kind.to_owned(),
        instance: instance.to_owned(),
        at,
        message: format!("{place}?X-Amz-Expires=86400"),
    };
    if let Some(found) = account.here.beanstalk.environments.get_mut(environment) {
        found.samples.retain(|old| old.kind != sample.kind || old.instance != sample.instance);
        found.samples.push(sample);
    }
}

/// What stands in an instance's log, as far as the sandbox knows: what was deployed and whether
/// it runs.
fn log(account: &Account, environment: &str, instance: &str) -> String {
    let Some(found) = account.here.beanstalk.environments.get(environment) else {
        return String::new();
    };
    let Some(agent) = found.agents.get(instance) else { return String::new() };
    let label = agent.deployed.as_ref().and_then(|deployed| deployed.label.clone());
    let bundle = version::bundle(account, &found.application, label.as_deref());
    let running = platform::version(&agent.platform);
    let at = agent.deployed.as_ref().map_or_else(String::new, |deployed| deployed.at.to_string());
    let mut lines = vec![
        "----------------------------------------".to_owned(),
        "/var/log/eb-engine.log".to_owned(),
        "----------------------------------------".to_owned(),
        format!("{at} [INFO] Starting Elastic Beanstalk platform engine {running}"),
    ];
    if agent.deployed.as_ref().is_some_and(|deployed| deployed.failed) {
        lines.push(format!(
            "{at} [ERROR] An error occurred during execution of command [app-deploy]"
        ));
    } else {
        lines.push(format!("{at} [INFO] Running command [app-deploy] completed"));
    }
    lines.push("/var/log/web.stdout.log".to_owned());
    if bundle.runs_on(running) {
        lines.push(format!("{at} web: listening"));
    } else {
        lines.push(format!("{at} web: the application does not start on platform {running}"));
    }
    lines.join("\n")
}

fn retrieve(account: &mut Account, call: &Call) -> Answer {
    let kind = need(&call.params, "InfoType")?.to_owned();
    let id = find::living(account, call)?;
    let found = &account.here.beanstalk.environments[&id];
    let all: Vec<Value> = found
        .samples
        .iter()
        .filter(|sample| sample.kind == kind)
        .map(|sample| {
            json!({
                "InfoType": sample.kind,
                "Ec2InstanceId": sample.instance,
                "SampleTimestamp": sample.at.to_string(),
                "Message": sample.message,
            })
        })
        .collect();
    Ok(json!({ "EnvironmentInfo": all }))
}
