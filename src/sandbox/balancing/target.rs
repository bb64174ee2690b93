//! Targets and their health, which follows from what stands between them and the load balancer.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::target_group::{self, TargetGroup, balancers};
use super::{Balancing, attributes};
use crate::sandbox::packets::{Destination, Sender, can_reach};
use crate::sandbox::{Account, Answer, Call, Fault, Params, beanstalk};

/// A target of a group.
#[derive(Clone, Debug, Serialize)]
pub struct Target {
    /// The instance's id, or an address.
    pub id: String,
    /// The port it listens on.
    pub port: u16,
    /// When it was registered.
    pub since: Timestamp,
    /// When it was taken out, while requests under way end.
    pub draining: Option<Timestamp>,
}

/// What an instance's application answers to health checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Answering {
    /// This status.
    Code(u16),
    /// It refuses the connection.
    Refuses,
    /// It does not answer in time.
    Silent,
}

/// A health: state, reason, sentence.
type Health = (&'static str, Option<&'static str>, Option<String>);

fn group_mut<'a>(balancing: &'a mut Balancing, call: &Call) -> Result<&'a mut TargetGroup, Fault> {
    let arn = call.params.need("TargetGroupArn")?;
    balancing.target_groups.get_mut(arn).ok_or_else(target_group::absent)
}

pub(super) fn register(account: &mut Account, call: &Call) -> Answer {
    let now = account.now();
    let group = group_mut(&mut account.here.balancing, call)?.clone();
    for target in call.params.list("Targets") {
        let id = target.need("Id")?;
        if group.target_type == "instance" {
            let instance = account.here.ec2.instances.get(id);
            let instance = instance.ok_or_else(|| {
                Fault::new("InvalidTarget", format!("Instance IDs '{id}' are not valid"))
            })?;
            if !matches!(instance.state, "running" | "pending") {
                return Err(Fault::new(
                    "InvalidTarget",
                    format!(
                        "The following targets are not in a running state and cannot be \
                         registered: '{id}'"
                    ),
                ));
            }
        }
        let port = target.number("Port").and_then(|port| u16::try_from(port).ok());
        let port = port.unwrap_or(group.port);
        let targets = &mut group_mut(&mut account.here.balancing, call)?.targets;
        let known =
            targets.iter().any(|it| it.id == id && it.port == port && it.draining.is_none());
        if !known {
            targets.retain(|it| it.id != id || it.port != port);
            targets.push(Target { id: id.to_owned(), port, since: now, draining: None });
        }
    }
    Ok(json!({}))
}

pub(super) fn deregister(account: &mut Account, call: &Call) -> Answer {
    let now = account.now();
    let group = group_mut(&mut account.here.balancing, call)?;
    let arn = group.arn.clone();
    let delay = attributes::target_group(&group.attributes);
    let delay = delay.get("deregistration_delay.timeout_seconds").and_then(|it| it.parse().ok());
    for named in call.params.list("Targets") {
        let (id, port) = (named.need("Id")?, named.number("Port"));
        for target in &mut group.targets {
            if target.id == id && port.is_none_or(|port| i64::from(target.port) == port) {
                target.draining.get_or_insert(now);
            }
        }
    }
    account.later(delay.unwrap_or(300), move |account| {
        if let Some(group) = account.here.balancing.target_groups.get_mut(&arn) {
            group.targets.retain(|target| target.draining.is_none_or(|at| at > now));
        }
    });
    Ok(json!({}))
}

pub(super) fn health(account: &mut Account, call: &Call) -> Answer {
    let arn = call.params.need("TargetGroupArn")?;
    let group = account.here.balancing.target_groups.get(arn);
    let group = group.ok_or_else(target_group::absent)?.clone();
    let asked = call.params.list("Targets");
    let mut rows = Vec::new();
    for target in &group.targets {
        let wanted = asked.iter().any(|it| it.text("Id") == Some(&target.id));
        if asked.is_empty() || wanted {
            rows.push(row(&group, &target.id, target.port, of(account, &group, target)));
        }
    }
    for unknown in asked {
        let id = unknown.text("Id").unwrap_or_default();
        if !group.targets.iter().any(|target| target.id == id) {
            let text = "Target is not registered to the target group".to_owned();
            let health = ("unused", Some("Target.NotRegistered"), Some(text));
            rows.push(row(&group, id, group.port, health));
        }
    }
    Ok(json!({"TargetHealthDescriptions": rows}))
}

/// The targets of a group and the state of each; nothing if there is no such group.
pub(in crate::sandbox) fn states(account: &Account, arn: &str) -> Option<Vec<(String, String)>> {
    let group = account.here.balancing.target_groups.get(arn)?;
    let state = |target: &Target| (target.id.clone(), of(account, group, target).0.to_owned());
    Some(group.targets.iter().map(state).collect())
}

/// The state of one target of a group.
pub(in crate::sandbox) fn state_of(account: &Account, arn: &str, id: &str) -> Option<&'static str> {
    let group = account.here.balancing.target_groups.get(arn)?;
    let target = group.targets.iter().find(|target| target.id == id)?;
    Some(of(account, group, target).0)
}

fn row(group: &TargetGroup, id: &str, port: u16, health: Health) -> Value {
    let (state, reason, description) = health;
    let own = group.check["HealthCheckPort"].as_str().unwrap_or("traffic-port");
    let check = if own == "traffic-port" { port.to_string() } else { own.to_owned() };
    json!({
        "Target": {"Id": id, "Port": port},
        "HealthCheckPort": check,
        "TargetHealth": {"State": state, "Reason": reason, "Description": description},
    })
}

/// The health of a target as it follows from the state of things.
///
/// Thresholds count from the registration; a change later shows at the next look, and not only
/// after two or three checks as on AWS.
pub(super) fn of(account: &Account, group: &TargetGroup, target: &Target) -> Health {
    if target.draining.is_some() {
        let text = "Target deregistration is in progress".to_owned();
        return ("draining", Some("Target.DeregistrationInProgress"), Some(text));
    }
    let serving = balancers(&account.here.balancing, &group.arn);
    if serving.is_empty() {
        let text = "Target group is not configured to receive traffic from the load balancer";
        return ("unused", Some("Target.NotInUse"), Some(text.to_owned()));
    }
    let instance = account.here.ec2.instances.get(&target.id);
    let state = instance.map_or("terminated", |instance| instance.state);
    if group.target_type == "instance" && !matches!(state, "running" | "pending") {
        let text = format!("Target is in the {state} state");
        return ("unused", Some("Target.InvalidState"), Some(text));
    }
    let age = account.now().duration_since(target.since).as_secs();
    let number = |name: &str| group.check[name].as_i64().unwrap_or(1);
    let interval = number("HealthCheckIntervalSeconds");
    match failure(account, group, target, &serving, state) {
        None if age < interval * number("HealthyThresholdCount") => checking(age, interval),
        None => ("healthy", None, None),
        Some(_) if age < interval * number("UnhealthyThresholdCount") => checking(age, interval),
        Some((reason, text)) => ("unhealthy", Some(reason), Some(text)),
    }
}

/// A target that was registered only just now.
fn checking(age: i64, interval: i64) -> Health {
    if age < interval {
        let text = "Target registration is in progress".to_owned();
        return ("initial", Some("Elb.RegistrationInProgress"), Some(text));
    }
    let text = "Initial health checks in progress".to_owned();
    ("initial", Some("Elb.InitialHealthChecking"), Some(text))
}

/// Why the health check of a target fails, if it does.
fn failure(
    account: &Account,
    group: &TargetGroup,
    target: &Target,
    serving: &[String],
    state: &str,
) -> Option<(&'static str, String)> {
    let timeout = || ("Target.Timeout", "Request timed out".to_owned());
    if state == "pending" || !reachable(account, target, serving) {
        return Some(timeout());
    }
    let path = group.check["HealthCheckPath"].as_str().unwrap_or("/");
    let connects = matches!(group.check["HealthCheckProtocol"].as_str(), Some("TCP" | "TLS"));
    match answer(account, &target.id, target.port, path) {
        // A connection is enough, and the system makes it for an application that hangs.
        Answering::Silent | Answering::Code(_) if connects => None,
        Answering::Silent => Some(timeout()),
        Answering::Refuses => {
            Some(("Target.FailedHealthChecks", "Health checks failed".to_owned()))
        }
        Answering::Code(code) => {
            let wanted = group.check["Matcher"]["HttpCode"].as_str().unwrap_or("200");
            let text = format!("Health checks failed with these codes: [{code}]");
            (!matches(wanted, code)).then_some(("Target.ResponseCodeMismatch", text))
        }
    }
}

/// What an instance answers on a port to a request for a path.
pub(super) fn answer(account: &Account, instance: &str, port: u16, path: &str) -> Answering {
    let told = account.here.balancing.answers.get(instance).copied();
    let told = told.or_else(|| beanstalk::answering(account, instance, port, path));
    told.unwrap_or(Answering::Code(200))
}

/// Whether every interface of a load balancer gets through to a target.
fn reachable(account: &Account, target: &Target, serving: &[String]) -> bool {
    let balancers = serving.iter().filter_map(|arn| account.here.balancing.balancers.get(arn));
    let interfaces = balancers.flat_map(|balancer| balancer.interfaces.values());
    all_reach(account, interfaces, &target.id, target.port)
}

/// Whether each of these interfaces gets through to an instance or an address.
pub(super) fn all_reach<'a>(
    account: &Account,
    interfaces: impl IntoIterator<Item = &'a String>,
    id: &str,
    port: u16,
) -> bool {
    let address = match account.here.ec2.instances.get(id) {
        Some(instance) => {
            let primary = instance.interfaces.first();
            let interface = primary.and_then(|id| account.here.ec2.interfaces.get(id));
            interface.map(|interface| interface.address)
        }
        None => id.parse().ok(),
    };
    let Some(address) = address else { return false };
    interfaces.into_iter().all(|interface| path(account, interface, address, port))
}

/// Whether packets of an interface get through to an address.
fn path(account: &Account, interface: &str, address: std::net::Ipv4Addr, port: u16) -> bool {
    let Some(sender) = Sender::interface(account, interface) else { return false };
    can_reach(account, &sender, &Destination::address(address, port)).is_ok()
}

/// Whether a status is among those a check wants: `200`, `200,202`, `200-399`.
fn matches(wanted: &str, code: u16) -> bool {
    wanted.split(',').any(|part| match part.split_once('-') {
        Some((from, to)) => {
            let number = |text: &str| text.trim().parse::<u16>();
            number(from).is_ok_and(|from| from <= code) && number(to).is_ok_and(|to| code <= to)
        }
        None => part.trim().parse() == Ok(code),
    })
}
