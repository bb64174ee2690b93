//! Describing health: of an environment and of its instances.

use serde_json::{Value, json};

use super::Handler;
use super::facts::page;
use super::judge::spoken;
use crate::sandbox::beanstalk::agent::{Agent, Boot};
use crate::sandbox::beanstalk::environment::{Environment, HealthStatus};
use crate::sandbox::beanstalk::{agent, find, neighbour};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "DescribeEnvironmentHealth" => describe,
        "DescribeInstancesHealth" => describe_instances,
        _ => return None,
    })
}

/// The environment a call names, which must have enhanced health.
fn subject(account: &Account, params: &Value) -> Result<String, Fault> {
    let id = find::any(account, params.text("EnvironmentId"), params.text("EnvironmentName"))?;
    if account.here.beanstalk.environments[&id].enhanced() {
        return Ok(id);
    }
    // The sentence is what AWS's own client looks for; the code is that of the API model.
    Err(Fault::new("InvalidRequestException", "DescribeEnvironmentHealth is not supported."))
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let id = subject(account, &call.params)?;
    refresh(account, &id);
    let now = account.now();
    let found = &account.here.beanstalk.environments[&id];
    let wanted = call.params.texts("AttributeNames");
    let wants = |name: &str| wanted.iter().any(|it| it == "All" || it == name);
    let mut tree = json!({ "EnvironmentName": found.name });
    for (name, value) in [
        ("HealthStatus", json!(found.health.spoken())),
        ("Status", json!(found.status.word())),
        ("Color", json!(found.color().word())),
        ("Causes", json!(found.causes)),
        ("ApplicationMetrics", metrics(account, found)),
        ("InstancesHealth", counts(account, found)),
        ("RefreshedAt", json!(now.to_string())),
    ] {
        if wants(name) {
            tree[name] = value;
        }
    }
    Ok(tree)
}

/// Takes in what agents have reported since the last look: they do so every ten seconds.
fn refresh(account: &mut Account, environment: &str) {
    let now = account.now();
    let found = &account.here.beanstalk.environments[environment];
    let ids: Vec<String> = found.agents.keys().cloned().collect();
    for id in ids {
        let found = &account.here.beanstalk.environments[environment];
        let lately = found.agents[&id].seen.is_some();
        let hangs = page(account, &id, "/").is_none() && found.agents[&id].started(now);
        if lately
            && !hangs
            && agent::can_report(account, environment, &id)
            && let Some(found) = account.here.beanstalk.environments.get_mut(environment)
            && let Some(agent) = found.agents.get_mut(&id)
        {
            agent.seen = Some(now);
        }
    }
}

/// Requests in the last ten seconds, as a small shop would have.
const REQUESTS: i64 = 40;

fn codes(code: Option<u16>, requests: i64) -> Value {
    let class = code.map_or(0, |code| code / 100);
    let of = |wanted: u16| if class == wanted { requests } else { 0 };
    json!({ "Status2xx": of(2), "Status3xx": of(3), "Status4xx": of(4), "Status5xx": of(5) })
}

fn latency() -> Value {
    json!({
        "P999": 0.021, "P99": 0.017, "P95": 0.011, "P90": 0.009,
        "P85": 0.008, "P75": 0.006, "P50": 0.004, "P10": 0.002,
    })
}

fn metrics(account: &Account, found: &Environment) -> Value {
    let now = account.now();
    let reporting: Vec<&String> =
        found.agents.iter().filter(|(_, agent)| agent.reports(now)).map(|(id, _)| id).collect();
    if reporting.is_empty() {
        return json!({ "RequestCount": 0 });
    }
    let mut sums = [0; 4];
    for id in &reporting {
        let class = page(account, id, "/").map_or(0, |code| usize::from(code / 100));
        if (2..=5).contains(&class) {
            sums[class - 2] += REQUESTS;
        }
    }
    json!({
        "Duration": 10,
        "RequestCount": sums.iter().sum::<i64>(),
        "StatusCodes": {
            "Status2xx": sums[0], "Status3xx": sums[1], "Status4xx": sums[2], "Status5xx": sums[3],
        },
        "Latency": latency(),
    })
}

/// An instance's own health and its causes.
fn health(account: &Account, id: &str, agent: &Agent) -> (HealthStatus, Vec<String>) {
    let now = account.now();
    match agent.boot {
        Boot::Starting => {
            let age = spoken(now.duration_since(agent.launched).as_secs());
            return (
                HealthStatus::Pending,
                vec![format!("Performing initialization (running for {age}).")],
            );
        }
        Boot::Silent => return (HealthStatus::NoData, Vec::new()),
        Boot::Registered { .. } => {}
    }
    if !agent.reports(now) {
        let seen = agent.seen.unwrap_or(agent.launched);
        let ago = spoken(now.duration_since(seen).as_secs());
        return (HealthStatus::NoData, vec![format!("No data. Last seen {ago} ago.")]);
    }
    if !agent.started(now) {
        let cause = "Performing application deployment.".to_owned();
        return (HealthStatus::Info, vec![cause]);
    }
    match page(account, id, "/") {
        Some(code) if code >= 500 => {
            let cause = "100.0 % of the requests are failing with HTTP 5xx.".to_owned();
            (HealthStatus::Severe, vec![cause])
        }
        Some(code) if code >= 400 => {
            let cause = "100.0 % of requests are erroring with HTTP 4xx.".to_owned();
            (HealthStatus::Severe, vec![cause])
        }
        _ => (HealthStatus::Ok, Vec::new()),
    }
}

fn counts(account: &Account, found: &Environment) -> Value {
    let all: Vec<HealthStatus> =
        found.agents.iter().map(|(id, agent)| health(account, id, agent).0).collect();
    let mut tree = json!({});
    for status in [
        HealthStatus::NoData,
        HealthStatus::Unknown,
        HealthStatus::Pending,
        HealthStatus::Ok,
        HealthStatus::Info,
        HealthStatus::Warning,
        HealthStatus::Degraded,
        HealthStatus::Severe,
    ] {
        tree[status.word()] = json!(all.iter().filter(|is| **is == status).count());
    }
    tree
}

fn describe_instances(account: &mut Account, call: &Call) -> Answer {
    let id = subject(account, &call.params)?;
    refresh(account, &id);
    let wanted = call.params.texts("AttributeNames");
    let ids: Vec<String> =
        account.here.beanstalk.environments[&id].agents.keys().cloned().collect();
    let mut all = Vec::new();
    for instance in ids {
        let described = neighbour::instance(account, &instance).unwrap_or_default();
        all.push(one(account, &id, &instance, &described, &wanted));
    }
    let now = account.now().to_string();
    Ok(json!({ "InstanceHealthList": all, "RefreshedAt": now }))
}

fn one(
    account: &Account,
    environment: &str,
    id: &str,
    described: &Value,
    wanted: &[String],
) -> Value {
    let now = account.now();
    let agent = &account.here.beanstalk.environments[environment].agents[id];
    let (status, causes) = health(account, id, agent);
    let reports = agent.reports(now);
    let zone = described.get("placement").and_then(|it| it.text("availabilityZone"));
    let wants = |name: &str| wanted.iter().any(|it| it == "All" || it == name);
    let metrics = if reports {
        json!({
            "Duration": 10,
            "RequestCount": REQUESTS,
            "StatusCodes": codes(page(account, id, "/"), REQUESTS),
            "Latency": latency(),
        })
    } else {
        json!({ "RequestCount": 0 })
    };
    let system = reports.then(|| {
        json!({
            "CPUUtilization": {
                "User": 6.2, "Nice": 0.0, "System": 1.1, "Idle": 92.4, "IOWait": 0.2, "IRQ": 0.0,
                "SoftIRQ": 0.1,
            },
            "LoadAverage": [0.12, 0.09],
        })
    });
    let deployment = agent.deployed.as_ref().map(|deployed| {
        let status = match (deployed.failed, deployed.at <= now) {
            (true, _) => "Failed",
            (false, true) => "Deployed",
            (false, false) => "In Progress",
        };
        json!({
            "VersionLabel": deployed.label.as_deref().unwrap_or("Sample Application"),
            "DeploymentId": deployed.number,
            "Status": status,
            "DeploymentTime": deployed.at.to_string(),
        })
    });
    let mut tree = json!({ "InstanceId": id });
    for (name, value) in [
        ("HealthStatus", json!(status.spoken())),
        ("Color", json!(status.color().word())),
        ("Causes", json!(causes)),
        ("LaunchedAt", json!(agent.launched.to_string())),
        ("ApplicationMetrics", metrics),
        ("System", json!(system)),
        ("Deployment", json!(deployment)),
        ("AvailabilityZone", json!(zone)),
        ("InstanceType", json!(described.text("instanceType"))),
    ] {
        if wants(name) {
            tree[name] = value;
        }
    }
    tree
}
