//! Health: what the agents report and what the load balancer sees, put into words and a color.

mod describe;
mod facts;
mod judge;

pub(super) use facts::serves;
pub use facts::{answering, page};

use super::Handler;
use super::environment::{Color, HealthStatus, Status};
use super::event::{Severity, tell_by_itself};
use super::operation::Kind;
use crate::sandbox::Account;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    describe::handler(operation)
}

/// Looks at an environment's health, and tells if it has changed.
pub(super) fn look(account: &mut Account, environment: &str) {
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return };
    let kind = found.operation.as_ref().map(|operation| operation.kind);
    if found.status == Status::Terminated || kind == Some(Kind::Terminate) {
        return;
    }
    let facts = facts::gather(account, environment);
    let verdict = judge::judge(&facts);
    let now = account.now();
    let Some(found) = account.here.beanstalk.environments.get_mut(environment) else { return };
    let (before, enhanced) = (found.health, found.enhanced());
    if before == verdict.status {
        found.causes = verdict.causes;
        return;
    }
    found.health = verdict.status;
    found.causes.clone_from(&verdict.causes);
    found.health_since = now;
    let (before_color, color) = (before.color(), verdict.status.color());
    if !enhanced {
        if before_color != color {
            tell_color(account, environment, color);
        }
        return;
    }
    let mut text = format!(
        "Environment health has transitioned from {} to {}.",
        before.spoken(),
        verdict.status.spoken()
    );
    for cause in verdict.causes.iter().chain(&verdict.remark) {
        text.push(' ');
        text.push_str(cause);
    }
    tell_by_itself(account, environment, severity(before, verdict.status), text);
}

/// Better is told as INFO, worse as WARN.
fn severity(before: HealthStatus, after: HealthStatus) -> Severity {
    let fine = matches!(after, HealthStatus::Ok | HealthStatus::Info | HealthStatus::Pending);
    if fine || (after < before && after != HealthStatus::NoData) {
        Severity::Info
    } else {
        Severity::Warn
    }
}

/// Basic health knows colors alone.
fn tell_color(account: &mut Account, environment: &str, color: Color) {
    let severity = if color == Color::Green { Severity::Info } else { Severity::Warn };
    let text = format!("Environment health has been set to {}", color.word().to_uppercase());
    tell_by_itself(account, environment, severity, text);
}
