//! What to ask Elastic Beanstalk.

use crate::aws::{BeanstalkQuestion as Ask, EnvironmentRef};
use crate::collect::view::View;
use crate::world::{Environment, Observed};

pub(super) fn questions(view: &View<'_>) -> Vec<Ask> {
    let given = view.given;
    let mut asks = vec![
        Ask::Environments(given.clone()),
        Ask::Events(given.clone()),
        Ask::Resources(given.clone()),
        Ask::Health(given.clone()),
        Ask::InstancesHealth(given.clone()),
    ];
    if let Observed::Unreadable { .. } = view.snapshot.environment {
        asks.push(Ask::Environment(given.clone()));
        let alone_failed = view.snapshot.calls.iter().filter(|call| {
            call.operation == "elasticbeanstalk:DescribeEnvironments" && call.outcome != "ok"
        });
        if alone_failed.count() > 1 {
            asks.push(Ask::Pieces(given.clone()));
        }
    }
    if let Some(environment) = view.environment() {
        of_environment(view, environment, &mut asks);
    }
    asks
}

fn of_environment(view: &View<'_>, environment: &Environment, asks: &mut Vec<Ask>) {
    let by_id = EnvironmentRef::Id(environment.id.clone());
    let (application, name) = (environment.application.clone(), environment.name.clone());
    asks.push(Ask::Settings { application: application.clone(), name });
    asks.extend(environment.platform_arn.clone().map(Ask::Platform));
    if view.terminated() {
        // By name AWS finds living environments only, perhaps a younger one of the same name.
        asks.push(Ask::Events(by_id.clone()));
    }
    let branch = view.snapshot.platforms.current.value().and_then(|found| found.branch.clone());
    if view.trouble || view.wanted.platforms {
        asks.push(Ask::ManagedActions(by_id.clone()));
        asks.push(Ask::ManagedHistory(by_id));
        asks.extend(branch.map(Ask::PlatformVersions));
        asks.push(Ask::Versions { application, labels: labels(view, environment) });
        asks.push(Ask::SolutionStacks);
    }
    let platform_gone = view.snapshot.platforms.current.is_absent();
    if view.wanted.everything || platform_gone {
        asks.push(Ask::PlatformBranches);
    }
    if view.wanted.everything || mentions_quota(view) {
        asks.push(Ask::Quotas);
    }
}

/// Most versions that are asked for by label; what ran longer ago is nothing to go back to.
const LABELS: usize = 50;

/// Versions that matter: the environment's own, those its instances run, and those its events
/// name, newest first, because the last that ran well is gone back to.
fn labels(view: &View<'_>, environment: &Environment) -> Vec<String> {
    let own = environment.version_label.iter();
    let run = view.snapshot.instances_health.items().iter();
    let run = run.filter_map(|instance| instance.version_label.as_ref());
    let told = view.snapshot.events.items().iter();
    let told = told.filter_map(|event| event.version_label.as_ref());
    let mut labels: Vec<String> = Vec::new();
    for label in own.chain(run).chain(told) {
        if labels.len() < LABELS && !labels.contains(label) {
            labels.push(label.clone());
        }
    }
    labels
}

/// Whether Elastic Beanstalk refused something because of its own limits (`CAP-07`).
fn mentions_quota(view: &View<'_>) -> bool {
    view.snapshot.events.items().iter().any(|event| {
        event.message.contains("TooManyEnvironments")
            || event.message.contains("TooManyApplicationVersions")
            || event.message.contains("limit exceeded")
    })
}
