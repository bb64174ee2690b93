//! Waiting for instances to register and to start the application.

use jiff::Timestamp;

use super::{Kind, create, update};
use crate::sandbox::Account;
use crate::sandbox::beanstalk::event::{Severity, tell};
use crate::sandbox::beanstalk::neighbour;

/// Seconds that instances have to register after the stack is done: as long as the launch's wait
/// condition gives them.
pub(super) const LIMIT: i64 = 900;

/// The sentence for instances that never report (`NET-01` and its like).
pub(in crate::sandbox::beanstalk) const SILENT: &str = "The EC2 instances failed to communicate with AWS Elastic Beanstalk, either because of \
     configuration problems with the VPC or a failed EC2 instance. Check your VPC configuration \
     and try launching the environment again.";

pub(super) fn arriving(account: &mut Account, environment: &str, until: Timestamp) {
    let now = account.now();
    let wanted = neighbour::desired(account, environment);
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return };
    let there = found.agents.values().filter(|agent| agent.registered() && agent.started(now));
    let there = there.count();
    let silent = found.agents.values().any(|agent| agent.boot == super::super::Boot::Silent);
    let all = there == found.agents.len() && there >= wanted;
    if !all && now < until {
        return;
    }
    let failed: Vec<String> = found
        .agents
        .iter()
        .filter(|(_, agent)| agent.deployed.as_ref().is_some_and(|deployed| deployed.failed))
        .map(|(instance, _)| instance.clone())
        .collect();
    let kind = found.operation.as_ref().map(|operation| operation.kind);
    for instance in failed {
        super::command::tell_failure(account, environment, &instance);
    }
    if !all && (silent || there == 0) {
        tell(account, environment, Severity::Error, SILENT);
    }
    match kind {
        Some(Kind::Update) => update::arrived(account, environment, all),
        Some(Kind::Create | Kind::Rebuild | Kind::Restart | Kind::Terminate) | None => {
            create::launched(account, environment);
        }
    }
}
