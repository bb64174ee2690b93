//! What there is to know about an environment's health.

#![expect(clippy::struct_excessive_bools, reason = "plainer as it is written")]

use jiff::Timestamp;

use crate::sandbox::Account;
use crate::sandbox::balancing::Answering;
use crate::sandbox::beanstalk::agent::{Agent, Boot};
use crate::sandbox::beanstalk::environment::Environment;
use crate::sandbox::beanstalk::operation::Stage;
use crate::sandbox::beanstalk::{name, neighbour, platform, reach, template, version};
use crate::sandbox::cloudformation::StackStatus;

/// What is known of an environment.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// Its instances.
    pub(super) instances: Vec<Instance>,
    /// Whether its stack is one that can have instances.
    pub(super) standing: bool,
    /// Whether its stack ever made its group.
    pub(super) made: bool,
    /// Whether its group is there.
    pub(super) group: bool,
    /// How many instances the group wants.
    pub(super) desired: i64,
    /// How few it may have.
    pub(super) least: i64,
    /// Whether it has a load balancer, and whether that is there.
    pub(super) balancer: Option<bool>,
    /// The service role that cannot be taken on.
    pub(super) lost_role: Option<String>,
    /// Instances that carry out a command.
    pub(super) commanded: usize,
    /// The version and deployment that instances should have.
    pub(super) expected: (String, i64),
    /// Seconds since the operation began that makes the instances.
    pub(super) launching: Option<i64>,
    /// Seconds since its health became what it is.
    pub(super) ill_for: i64,
    /// Whether its health has been Suspended, which ends only when the reason does.
    pub(super) suspended: bool,
}

/// What is known of an instance.
#[derive(Clone, Debug, Default)]
pub(super) struct Instance {
    /// Whether it reports.
    pub(super) reports: bool,
    /// Whether it boots or its application starts.
    pub(super) starting: bool,
    /// What its users get, if it answers.
    pub(super) answers: Option<u16>,
    /// What the load balancer says of it.
    pub(super) target: Option<String>,
    /// The version and deployment it has, if it should have another.
    pub(super) wrong: bool,
    /// When it reported first, and how long it took until then.
    pub(super) since: Option<(i64, i64)>,
}

/// Looks at everything.
pub(super) fn gather(account: &mut Account, environment: &str) -> Facts {
    let targets = neighbour::targets(account, environment);
    let there = neighbour::balancer_there(account, environment);
    let name = neighbour::physical(account, environment, "AWSEBAutoScalingGroup");
    let made = name.is_some();
    let group = name.and_then(|name| neighbour::group(account, &name));
    let found = &account.here.beanstalk.environments[environment];
    let role = found.option("aws:elasticbeanstalk:environment", "ServiceRole");
    let lost = !role.is_empty() && !neighbour::role_trusts(account, &role);
    let now = account.now();
    let found = &account.here.beanstalk.environments[environment];
    let one = |(id, agent): (&String, &Agent)| {
        let target = targets.as_ref().and_then(|all| all.iter().find(|(it, _)| it == id));
        instance(account, found, (id, agent), now, target.map(|(_, state)| state.clone()))
    };
    let instances = found.agents.iter().map(one).collect();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let commanded = match found.operation.as_ref().map(|operation| &operation.stage) {
        Some(Stage::Commanding(command)) => command.targets.len() - command.done.len(),
        _ => 0,
    };
    let making = found.operation.as_ref().filter(|operation| {
        matches!(operation.stage, Stage::Preparing | Stage::Deleting | Stage::Creating)
    });
    let has_balancer = !found.worker && !found.single();
    Facts {
        instances,
        standing: standing(account, environment),
        made,
        group: group.is_some(),
        desired: group.map_or(0, |group| number(group.desired)),
        least: group.map_or(0, |group| number(group.min)),
        balancer: has_balancer.then_some(there),
        lost_role: lost.then_some(role_arn(account, &role)),
        commanded,
        expected: (found.version.clone().unwrap_or_default(), found.deployments),
        launching: making.map(|operation| now.duration_since(operation.began).as_secs()),
        ill_for: now.duration_since(found.health_since).as_secs(),
        suspended: found.health == super::HealthStatus::Suspended,
    }
}

fn role_arn(account: &Account, role: &str) -> String {
    if role.starts_with("arn:") {
        role.to_owned()
    } else {
        format!("arn:aws:iam::{}:role/{role}", account.id)
    }
}

/// Whether there is a stack that is not half deleted.
fn standing(account: &Account, environment: &str) -> bool {
    let stack = account.here.cloudformation.find(&name::stack(environment));
    stack.is_some_and(|stack| {
        !matches!(stack.status, StackStatus::DeleteFailed | StackStatus::DeleteComplete)
    })
}

fn instance(
    account: &Account,
    found: &Environment,
    (id, agent): (&String, &Agent),
    now: Timestamp,
    target: Option<String>,
) -> Instance {
    let deployed = agent.deployed.as_ref();
    let busy = found.operation.is_some();
    let since = match agent.boot {
        Boot::Registered { at } => {
            Some((now.duration_since(at).as_secs(), at.duration_since(agent.launched).as_secs()))
        }
        Boot::Starting | Boot::Silent => None,
    };
    Instance {
        reports: agent.reports(now),
        starting: agent.boot == Boot::Starting || (agent.registered() && !agent.started(now)),
        answers: page(account, id, "/"),
        target,
        wrong: !busy && deployed.is_some_and(|it| it.label != found.version),
        since,
    }
}

/// What an instance answers to a request for a path; nothing if nobody listens or the instance
/// hangs. The proxy in front of an application that does not run answers 502.
pub fn page(account: &Account, instance: &str, path: &str) -> Option<u16> {
    let now = account.now();
    let mut environments = account.here.beanstalk.environments.values();
    let found = environments.find(|found| found.agents.contains_key(instance))?;
    let agent = found.agents.get(instance)?;
    let deployed = agent.deployed.as_ref().filter(|deployed| deployed.at <= now)?;
    let bundle = version::bundle(account, &found.application, deployed.label.as_deref());
    if agent.hangs(&bundle, now) {
        return None;
    }
    if deployed.failed || !bundle.runs_on(platform::version(&agent.platform)) {
        return Some(502);
    }
    let lacks = |(host, port): &(String, u16)| !reach::address(account, instance, host, *port);
    if bundle.needs.iter().any(lacks) {
        return Some(500);
    }
    Some(bundle.answer(path))
}

/// How an instance of an environment answers a health check; nothing for instances that belong to
/// no environment.
pub fn answering(account: &Account, instance: &str, port: u16, path: &str) -> Option<Answering> {
    let mut environments = account.here.beanstalk.environments.values();
    let found = environments.find(|found| found.agents.contains_key(instance))?;
    let agent = found.agents.get(instance)?;
    // The proxy of the platform listens on port 80, once something was deployed.
    if port != PROXY || !agent.started(account.now()) {
        return Some(Answering::Refuses);
    }
    Some(page(account, instance, path).map_or(Answering::Silent, Answering::Code))
}

/// The port that the platforms' proxy listens on.
const PROXY: u16 = 80;

/// Whether an instance's application answers as its health check wants it.
pub(in crate::sandbox::beanstalk) fn serves(
    account: &Account,
    environment: &str,
    instance: &str,
) -> bool {
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return false };
    let (path, matcher) = wanted(found);
    let answer = page(account, instance, &path);
    answer.is_some_and(|code| found.worker || matches(&matcher, code))
}

/// The page that the load balancer of an environment asks for, and the statuses it accepts.
fn wanted(found: &Environment) -> (String, String) {
    if template::balancer::Kind::of(found) == Some(template::balancer::Kind::Classic) {
        let target = template::balancer::classic_target(found);
        return match target.split_once('/') {
            Some((_, path)) => (format!("/{path}"), "200".to_owned()),
            // A connection is enough.
            None => ("/".to_owned(), "100-599".to_owned()),
        };
    }
    let process = "aws:elasticbeanstalk:environment:process:default";
    (found.option(process, "HealthCheckPath"), found.option(process, "MatcherHTTPCode"))
}

/// Whether a status is among those that a matcher accepts: `200`, `200,202`, `200-299`.
fn matches(matcher: &str, code: u16) -> bool {
    matcher.split(',').map(str::trim).any(|part| match part.split_once('-') {
        Some((least, most)) => {
            least.parse().is_ok_and(|least: u16| code >= least)
                && most.parse().is_ok_and(|most: u16| code <= most)
        }
        None => part.parse() == Ok(code),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_are_lists_and_ranges() {
        assert!(matches("200", 200) && !matches("200", 302));
        assert!(matches("200,302", 302));
        assert!(matches("200-399", 302) && !matches("200-299", 302));
    }
}
