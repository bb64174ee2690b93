//! Managed actions: platform updates that Elastic Beanstalk makes by itself in a weekly window.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::Serialize;
use serde_json::{Value, json};

use super::environment::{Environment, Status};
use super::event::{Severity, tell, tell_by_itself};
use super::platform::{self, Branch};
use super::{Handler, find, neighbour, operation};
use crate::sandbox::{Account, Answer, Call, Caller, Fault, Params, Service};

/// The managed actions of an environment.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Managed {
    /// The action under way or to be tried next.
    pub current: Option<Action>,
    /// Those that are over, newest first.
    pub history: Vec<Past>,
}

/// An action that is to be done or being done.
#[derive(Clone, Debug, Serialize)]
pub struct Action {
    /// Its id.
    pub id: String,
    /// The ARN of the platform version it leads to.
    pub platform: String,
    /// When its window begins.
    pub window: Timestamp,
    /// Whether it is being done.
    pub running: bool,
    /// When it began.
    pub began: Option<Timestamp>,
}

/// An action that is over.
#[derive(Clone, Debug, Serialize)]
pub struct Past {
    /// Its id.
    pub id: String,
    /// What it was.
    pub description: String,
    /// When it began.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// Why it failed: kind and sentence.
    pub failure: Option<(&'static str, String)>,
}

/// Hours that a window lasts.
///
/// <https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environment-platform-update-managed.html>
const WINDOW: i64 = 2;

const NAMESPACE: &str = "aws:elasticbeanstalk:managedactions";

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "DescribeEnvironmentManagedActions" => describe,
        "DescribeEnvironmentManagedActionHistory" => describe_history,
        "ApplyEnvironmentManagedAction" => apply,
        _ => return None,
    })
}

/// The platform version that a managed update would lead to, within the level that is allowed.
fn update_of(found: &Environment) -> Option<(&'static Branch, &'static str)> {
    if !found.flag(NAMESPACE, "ManagedActionsEnabled") {
        return None;
    }
    let (branch, release) = platform::parts(&found.platform)?;
    let minor = |version: &str| {
        let mut parts = version.split('.');
        (parts.next().map(str::to_owned), parts.next().map(str::to_owned))
    };
    let level = found.option("aws:elasticbeanstalk:managedactions:platformupdate", "UpdateLevel");
    let newest = branch
        .releases
        .iter()
        .rev()
        .find(|newer| level == "minor" || minor(newer.version) == minor(release.version))?;
    (newest.version != release.version).then_some((branch, newest.version))
}

/// The beginning of the next window: `Sun:10:00`, in UTC.
fn next_window(found: &Environment, now: Timestamp) -> Option<Timestamp> {
    let text = found.option(NAMESPACE, "PreferredStartTime");
    let mut parts = text.split(':');
    let day = match parts.next()? {
        "Mon" => Weekday::Monday,
        "Tue" => Weekday::Tuesday,
        "Wed" => Weekday::Wednesday,
        "Thu" => Weekday::Thursday,
        "Fri" => Weekday::Friday,
        "Sat" => Weekday::Saturday,
        "Sun" => Weekday::Sunday,
        _ => return None,
    };
    let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let here = now.to_zoned_datetime(TimeZone::UTC);
    (0..8).find_map(|days| {
        let date = here.date().checked_add(days.days()).ok()?;
        let start = date.at(hour, minute, 0, 0).to_zoned_datetime(TimeZone::UTC).ok()?.timestamp();
        let open = start + SignedDuration::from_hours(WINDOW) > now;
        (date.weekday() == day && open).then_some(start)
    })
}

/// Schedules the action there is, and carries it out in its window.
pub(super) fn look(account: &mut Account, environment: &str) {
    let now = account.now();
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return };
    if found.managed.current.as_ref().is_some_and(|action| action.running) {
        return;
    }
    let scheduled = update_of(found)
        .and_then(|(branch, version)| Some((branch, version, next_window(found, now)?)));
    let Some((branch, version, window)) = scheduled else {
        if let Some(found) = account.here.beanstalk.environments.get_mut(environment) {
            found.managed.current = None;
        }
        return;
    };
    let ready = found.status == Status::Ready;
    let known = found.managed.current.clone();
    let platform = platform::arn(&account.region, branch, version);
    let action = match known {
        Some(action) if action.platform == platform => Action { window, ..action },
        _ => Action { id: account.uuid(), platform, window, running: false, began: None },
    };
    let id = action.id.clone();
    if let Some(found) = account.here.beanstalk.environments.get_mut(environment) {
        found.managed.current = Some(action);
    }
    if window <= now && ready {
        // A refusal is written into the history.
        let _ = begin(account, environment, &id);
    }
}

/// Begins the action.
fn begin(account: &mut Account, environment: &str, id: &str) -> Result<(), Fault> {
    let now = account.now();
    let Some(found) = account.here.beanstalk.environments.get_mut(environment) else {
        return Ok(());
    };
    let Some(action) = found.managed.current.as_mut().filter(|action| action.id == id) else {
        return Err(Fault::invalid_value(format!(
            "No Managed Action found for ActionId = '{id}'."
        )));
    };
    action.running = true;
    action.began = Some(now);
    let platform = action.platform.clone();
    let role = found.option("aws:elasticbeanstalk:environment", "ServiceRole");
    tell_by_itself(account, environment, Severity::Info, "Managed platform update is in-progress.");
    if !role.is_empty() && !neighbour::role_trusts(account, &role) {
        ended(account, environment, id, true);
        return Ok(());
    }
    let call = Call {
        service: Service::ElasticBeanstalk,
        operation: "UpdateEnvironment".to_owned(),
        params: json!({ "PlatformArn": platform }),
        region: account.region.clone(),
        caller: Caller::user(&account.id, "elasticbeanstalk")
            .through("elasticbeanstalk.amazonaws.com"),
        request_id: account.uuid(),
        user_agent: "elasticbeanstalk.amazonaws.com".to_owned(),
        source: "elasticbeanstalk.amazonaws.com".to_owned(),
    };
    let begun = operation::update::start(account, environment, &call, Some(id.to_owned()));
    if begun.is_err() {
        ended(account, environment, id, true);
    }
    begun
}

/// Minutes after which a failed update is tried again, as the events say.
// "Managed update failed, retrying in %s minutes.": the number is not documented.
const RETRY_MINUTES: i64 = 60;

/// Writes an action that is over into the history.
pub(super) fn ended(account: &mut Account, environment: &str, id: &str, troubled: bool) {
    let now = account.now();
    let Some(found) = account.here.beanstalk.environments.get_mut(environment) else { return };
    let Some(action) = found.managed.current.take().filter(|action| action.id == id) else {
        return;
    };
    let reverted = found.platform != action.platform;
    let failure = (troubled || reverted).then(|| {
        let kind = if reverted { "RollbackSuccessful" } else { "InternalFailure" };
        (kind, "Managed platform update failed.".to_owned())
    });
    let past = Past {
        id: action.id,
        description: description(&action.platform),
        began: action.began.unwrap_or(now),
        ended: now,
        failure: failure.clone(),
    };
    found.managed.history.insert(0, past);
    if failure.is_some() {
        let text = format!("Managed update failed, retrying in {RETRY_MINUTES} minutes.");
        tell(account, environment, Severity::Info, text);
    }
}

fn description(platform: &str) -> String {
    format!("Platform update to version {}", platform::version(platform))
}

fn described(action: &Action, now: Timestamp) -> Value {
    let status = match (action.running, action.window <= now) {
        (true, _) => "Running",
        (false, true) => "Pending",
        (false, false) => "Scheduled",
    };
    json!({
        "ActionId": action.id,
        "ActionDescription": description(&action.platform),
        "ActionType": "PlatformUpdate",
        "Status": status,
        "WindowStartTime": action.window.to_string(),
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let id = find::living(account, call)?;
    look(account, &id);
    let now = account.now();
    let found = &account.here.beanstalk.environments[&id];
    let wanted = call.params.text("Status");
    let all: Vec<Value> = found
        .managed
        .current
        .iter()
        .map(|action| described(action, now))
        .filter(|tree| wanted.is_none_or(|wanted| tree.text("Status") == Some(wanted)))
        .collect();
    Ok(json!({ "ManagedActions": all }))
}

fn describe_history(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let id = find::any(account, params.text("EnvironmentId"), params.text("EnvironmentName"))?;
    let found = &account.here.beanstalk.environments[&id];
    let all: Vec<Value> = found
        .managed
        .history
        .iter()
        .map(|past| {
            let failure = past.failure.as_ref();
            json!({
                "ActionId": past.id,
                "ActionType": "PlatformUpdate",
                "ActionDescription": past.description,
                "FailureType": failure.map(|(kind, _)| kind),
                "Status": if failure.is_some() { "Failed" } else { "Completed" },
                "FailureDescription": failure.map(|(_, sentence)| sentence),
                "ExecutedTime": past.began.to_string(),
                "FinishedTime": past.ended.to_string(),
            })
        })
        .collect();
    Ok(json!({ "ManagedActionHistoryItems": all }))
}

fn apply(account: &mut Account, call: &Call) -> Answer {
    let action = find::need(&call.params, "ActionId")?.to_owned();
    let id = find::living(account, call)?;
    look(account, &id);
    let found = &account.here.beanstalk.environments[&id];
    let current = found.managed.current.as_ref().filter(|it| it.id == action);
    if current.is_none_or(|it| it.running) || found.status != Status::Ready {
        // PL-13: the sentence of the API model.
        return Err(Fault::new(
            "ManagedActionInvalidStateException",
            "Cannot modify the managed action in its current state.",
        ));
    }
    begin(account, &id, &action)?;
    let now = account.now();
    let found = &account.here.beanstalk.environments[&id];
    let tree = found.managed.current.as_ref().map(|it| described(it, now)).unwrap_or_default();
    Ok(json!({
        "ActionId": action,
        "ActionDescription": tree.get("ActionDescription"),
        "ActionType": "PlatformUpdate",
        "Status": "Running",
    }))
}
