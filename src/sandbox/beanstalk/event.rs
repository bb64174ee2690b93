//! What is told of environments: events, newest first when asked for.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Handler, find};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// How grave an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Severity {
    /// The finest.
    Trace,
    /// For Elastic Beanstalk's own use.
    Debug,
    /// As it should be, or so it seems: failed terminations are told so.
    Info,
    /// Something is not well.
    Warn,
    /// An operation failed.
    Error,
    /// Nothing goes on.
    Fatal,
}

impl Severity {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }

    fn read(word: &str) -> Option<Self> {
        let all = [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Fatal];
        all.into_iter().find(|severity| severity.word() == word)
    }
}

/// One event.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// How grave.
    pub severity: Severity,
    /// The sentence.
    pub message: String,
    /// The application it is about.
    pub application: Option<String>,
    /// The environment's id.
    pub environment: Option<String>,
    /// The environment's name.
    pub environment_name: Option<String>,
    /// The application version at the time.
    pub version: Option<String>,
    /// The platform at the time.
    pub platform: Option<String>,
    /// The request that began the operation; changes of health have none.
    pub request: Option<String>,
}

/// How many events one answer holds.
///
/// <https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_DescribeEvents.html>
const PAGE: usize = 1000;

/// How long events are kept: six weeks, in seconds.
const KEPT: i64 = 42 * 24 * 3600;

/// Tells something of an environment, as part of the operation under way, if there is one.
pub(super) fn tell(
    account: &mut Account,
    environment: &str,
    severity: Severity,
    message: impl Into<String>,
) {
    let request = account
        .here
        .beanstalk
        .environments
        .get(environment)
        .and_then(|found| found.operation.as_ref())
        .map(|operation| operation.request.clone());
    write(account, environment, severity, message.into(), request);
}

/// Tells something that belongs to no operation: a change of health.
pub(super) fn tell_by_itself(
    account: &mut Account,
    environment: &str,
    severity: Severity,
    message: impl Into<String>,
) {
    write(account, environment, severity, message.into(), None);
}

/// Tells something as part of the operation that a request began.
pub(super) fn tell_for(
    account: &mut Account,
    environment: &str,
    severity: Severity,
    message: impl Into<String>,
    request: &str,
) {
    write(account, environment, severity, message.into(), Some(request.to_owned()));
}

fn write(
    account: &mut Account,
    environment: &str,
    severity: Severity,
    message: String,
    request: Option<String>,
) {
    let at = account.now();
    let Some(found) = account.here.beanstalk.environments.get_mut(environment) else { return };
    if severity >= Severity::Error
        && let Some(operation) = &mut found.operation
    {
        operation.troubled = true;
    }
    let event = Event {
        at,
        severity,
        message,
        application: Some(found.application.clone()),
        environment: Some(found.id.clone()),
        environment_name: Some(found.name.clone()),
        version: found.version.clone(),
        platform: Some(found.platform.clone()),
        request,
    };
    account.here.beanstalk.events.push(event);
}

/// Tells something of an application.
pub(super) fn tell_of_application(
    account: &mut Account,
    application: &str,
    message: String,
    request: &str,
) {
    let event = Event {
        at: account.now(),
        severity: Severity::Info,
        message,
        application: Some(application.to_owned()),
        environment: None,
        environment_name: None,
        version: None,
        platform: None,
        request: Some(request.to_owned()),
    };
    account.here.beanstalk.events.push(event);
}

pub(super) fn handler(operation: &str) -> Option<Handler> {
    (operation == "DescribeEvents").then_some(describe as Handler)
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let wanted = Wanted::read(account, params)?;
    let events = account.here.beanstalk.events.iter().rev().filter(|event| wanted.holds(event));
    let page = params.number("MaxRecords").and_then(|n| usize::try_from(n).ok());
    let page = page.unwrap_or(PAGE).clamp(1, PAGE);
    // Events are only ever added: the place of the newest one of the first page keeps pages
    // together while new ones come in.
    let (newest, skipped) = match params.text("NextToken").and_then(|token| token.split_once('-')) {
        Some((newest, skipped)) => (newest.parse().ok(), skipped.parse().unwrap_or(0)),
        None => (None, 0),
    };
    let total = account.here.beanstalk.events.len();
    let newest: usize = newest.unwrap_or(total);
    let later =
        account.here.beanstalk.events.iter().skip(newest).filter(|e| wanted.holds(e)).count();
    let mut rest = events.skip(later + skipped);
    let shown: Vec<Value> = rest.by_ref().take(page).map(tree).collect();
    let more = rest.next().is_some();
    let token = more.then(|| format!("{newest}-{}", skipped + page));
    Ok(json!({ "Events": shown, "NextToken": token }))
}

/// What a caller wants to see.
struct Wanted {
    application: Option<String>,
    environment: Option<String>,
    name: Option<String>,
    version: Option<String>,
    platform: Option<String>,
    request: Option<String>,
    severity: Severity,
    from: Timestamp,
    until: Option<Timestamp>,
}

impl Wanted {
    fn read(account: &Account, params: &Value) -> Result<Self, Fault> {
        let owned = |name: &str| params.text(name).map(str::to_owned);
        let oldest = account.now() - jiff::SignedDuration::from_secs(KEPT);
        let (environment, name) = (owned("EnvironmentId"), owned("EnvironmentName"));
        if environment.is_some() || name.is_some() {
            find::any(account, environment.as_deref(), name.as_deref())?;
        }
        Ok(Self {
            application: owned("ApplicationName"),
            environment,
            name,
            version: owned("VersionLabel"),
            platform: owned("PlatformArn"),
            request: owned("RequestId"),
            severity: params.text("Severity").and_then(Severity::read).unwrap_or(Severity::Trace),
            from: find::time(params, "StartTime")?.unwrap_or(oldest).max(oldest),
            until: find::time(params, "EndTime")?,
        })
    }

    fn holds(&self, event: &Event) -> bool {
        let same = |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
        same(&self.application, &event.application)
            && same(&self.environment, &event.environment)
            && same(&self.name, &event.environment_name)
            && same(&self.version, &event.version)
            && same(&self.platform, &event.platform)
            && same(&self.request, &event.request)
            && event.severity >= self.severity
            && event.at >= self.from
            && self.until.is_none_or(|until| event.at < until)
    }
}

fn tree(event: &Event) -> Value {
    json!({
        "EventDate": event.at.to_string(),
        "Message": event.message,
        "ApplicationName": event.application,
        "VersionLabel": event.version,
        "EnvironmentName": event.environment_name,
        "PlatformArn": event.platform,
        "RequestId": event.request,
        "Severity": event.severity.word(),
    })
}
