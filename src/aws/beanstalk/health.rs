//! Health of environments and instances, and managed actions.

use aws_sdk_elasticbeanstalk::types::{
    self as sdk, EnvironmentHealthAttribute, InstancesHealthAttribute,
};

use super::EnvironmentRef;
use crate::aws::convert::{count, filled, required, time};
use crate::aws::{Aws, ErrorKind, Failed, Reading};
use crate::world::{EnvironmentHealth, InstanceHealth, ManagedAction, Percent};

/// More pages than an environment has instances or managed actions.
const ALL: usize = 50;

impl Aws {
    /// An environment's health; not found for one with basic health reporting, which has none.
    pub async fn environment_health(&self, of: &EnvironmentRef) -> Reading<EnvironmentHealth> {
        let answer = self
            .read("elasticbeanstalk:DescribeEnvironmentHealth", || {
                let request = self.beanstalk().describe_environment_health();
                let request = request.attribute_names(EnvironmentHealthAttribute::All);
                request.set_environment_name(of.name()).set_environment_id(of.id()).send()
            })
            .await
            .map_err(basic_health)?;
        Ok(answer.map(|page| EnvironmentHealth {
            status: health_word(page.health_status),
            color: filled(page.color),
            causes: page.causes.unwrap_or_default(),
            instances: page.instances_health.as_ref().map(summary).unwrap_or_default(),
            responses: page.application_metrics.and_then(responses),
            refreshed: time(page.refreshed_at.as_ref()),
        }))
    }

    /// The health of an environment's instances.
    pub async fn instances_health(&self, of: &EnvironmentRef) -> Reading<Vec<InstanceHealth>> {
        let found = self
            .pages(
                "elasticbeanstalk:DescribeInstancesHealth",
                ALL,
                |token| {
                    let request = self.beanstalk().describe_instances_health();
                    let request = request.attribute_names(InstancesHealthAttribute::All);
                    request
                        .set_environment_name(of.name())
                        .set_environment_id(of.id())
                        .set_next_token(token)
                        .send()
                },
                |page| (page.instance_health_list, page.next_token),
            )
            .await
            .map_err(basic_health)?;
        Ok(found.map(|found| found.into_iter().map(instance_health).collect()))
    }

    /// Managed actions that are planned or under way.
    pub async fn managed_actions(&self, of: &EnvironmentRef) -> Reading<Vec<ManagedAction>> {
        let answer = self
            .read("elasticbeanstalk:DescribeEnvironmentManagedActions", || {
                let request = self.beanstalk().describe_environment_managed_actions();
                request.set_environment_name(of.name()).set_environment_id(of.id()).send()
            })
            .await?;
        Ok(answer.map(|page| {
            page.managed_actions.unwrap_or_default().into_iter().map(managed_action).collect()
        }))
    }

    /// Managed actions of the past, newest first.
    pub async fn managed_history(&self, of: &EnvironmentRef) -> Reading<Vec<ManagedAction>> {
        let found = self
            .pages(
                "elasticbeanstalk:DescribeEnvironmentManagedActionHistory",
                ALL,
                |token| {
                    let request = self.beanstalk().describe_environment_managed_action_history();
                    request
                        .set_environment_name(of.name())
                        .set_environment_id(of.id())
                        .set_next_token(token)
                        .send()
                },
                |page| (page.managed_action_history_items, page.next_token),
            )
            .await?;
        Ok(found.map(|found| found.into_iter().map(past_action).collect()))
    }
}

/// Basic health reporting has no such health; AWS says so with a refusal.
// Source: `eb-error-health-basic` in the recorded behaviours.
fn basic_health(failed: Failed) -> Failed {
    let Failed { mut error, source } = failed;
    if error.kind == ErrorKind::Refused && error.message.ends_with("is not supported.") {
        error.kind = ErrorKind::NotFound;
    }
    Failed { error, source }
}

fn summary(summary: &sdk::InstanceHealthSummary) -> Vec<(String, u32)> {
    let named = [
        ("NoData", summary.no_data),
        ("Unknown", summary.unknown),
        ("Pending", summary.pending),
        ("Ok", summary.ok),
        ("Info", summary.info),
        ("Warning", summary.warning),
        ("Degraded", summary.degraded),
        ("Severe", summary.severe),
    ];
    let counted = named.into_iter().map(|(name, number)| (name.to_owned(), count(number)));
    counted.filter(|(_, number)| *number > 0).collect()
}

fn responses(metrics: sdk::ApplicationMetrics) -> Option<[u32; 4]> {
    let codes = metrics.status_codes?;
    Some([codes.status2xx, codes.status3xx, codes.status4xx, codes.status5xx].map(count))
}

/// A status of enhanced health in one spelling: calls about health write `No Data` where the
/// listing of environments writes `NoData`.
///
/// Source: recorded answers of `DescribeInstancesHealth`; the API model's `EnvironmentHealthStatus`.
fn health_word(status: Option<String>) -> Option<String> {
    filled(status).map(|status| status.replace(' ', ""))
}

fn instance_health(health: sdk::SingleInstanceHealth) -> InstanceHealth {
    let deployment = health.deployment;
    let version_label = deployment.as_ref().and_then(|d| filled(d.version_label.clone()));
    let idle = health.system.and_then(|system| system.cpu_utilization).and_then(|cpu| cpu.idle);
    InstanceHealth {
        instance: required(health.instance_id),
        status: health_word(health.health_status),
        causes: health.causes.unwrap_or_default(),
        version_label,
        deployment: deployment.and_then(|d| Some((d.deployment_id?, d.status.unwrap_or_default()))),
        launched: time(health.launched_at.as_ref()),
        // The agent knows it, but the API's model has no member for it.
        root_volume_used: None,
        cpu_idle: idle.map(Percent::from_f64),
        instance_type: filled(health.instance_type),
        zone: filled(health.availability_zone),
    }
}

fn managed_action(action: sdk::ManagedAction) -> ManagedAction {
    ManagedAction {
        id: action.action_id.unwrap_or_default(),
        kind: action.action_type.map(|kind| kind.as_str().to_owned()),
        status: action.status.map(|status| status.as_str().to_owned()),
        description: filled(action.action_description),
        failure_type: None,
        failure: None,
        at: time(action.window_start_time.as_ref()),
        finished: None,
    }
}

fn past_action(action: sdk::ManagedActionHistoryItem) -> ManagedAction {
    ManagedAction {
        id: action.action_id.unwrap_or_default(),
        kind: action.action_type.map(|kind| kind.as_str().to_owned()),
        status: action.status.map(|status| status.as_str().to_owned()),
        description: filled(action.action_description),
        failure_type: action.failure_type.map(|kind| kind.as_str().to_owned()),
        failure: filled(action.failure_description),
        at: time(action.executed_time.as_ref()),
        finished: time(action.finished_time.as_ref()),
    }
}
