//! Environments, their events, what they made, the application's versions.

use aws_sdk_elasticbeanstalk::operation::describe_events::builders::DescribeEventsFluentBuilder;
use aws_sdk_elasticbeanstalk::types as sdk;
use jiff::{SignedDuration, Timestamp};

use super::EnvironmentRef;
use crate::aws::convert::{filled, id, required, sdk_time, time};
use crate::aws::{Aws, Reading};
use crate::clock::Clock;
use crate::world::{
    ApplicationVersion, Environment, EnvironmentEvent, EnvironmentLink, EnvironmentResources,
};

/// How long a terminated environment can be restored, and is therefore looked for.
// Source: "Rebuilding terminated environments", Elastic Beanstalk developer guide: 42 days.
const RESTORABLE: SignedDuration = SignedDuration::from_hours(42 * 24);

/// Most pages of events that are read: 2,000 events are weeks of an ordinary environment.
const EVENT_PAGES: usize = 2;

/// Most pages of events of a whole region: what a thousand environments write in a week of
/// ordinary work.
const ALL_EVENT_PAGES: usize = 20;

/// Events of one page; the most that the API allows.
const EVENTS: i32 = 1000;

/// More pages than an account has environments or versions.
const ALL: usize = 50;

impl Aws {
    /// All environments of the region, terminated ones too as long as they can be restored.
    pub async fn environments(&self) -> Reading<Vec<Environment>> {
        self.environments_since(Some(self.clock().now() - RESTORABLE)).await
    }

    /// The living environments of the region, and those that ended within the last hour or so.
    pub async fn environments_listed(&self) -> Reading<Vec<Environment>> {
        self.environments_since(None).await
    }

    /// All environments of the region, terminated ones back to a time if one is given.
    async fn environments_since(&self, since: Option<Timestamp>) -> Reading<Vec<Environment>> {
        let found = self
            .pages(
                "elasticbeanstalk:DescribeEnvironments",
                ALL,
                |token| {
                    let request = self.beanstalk().describe_environments();
                    let request = request.set_include_deleted(since.map(|_| true));
                    let request = request.set_included_deleted_back_to(since.map(sdk_time));
                    request.set_next_token(token).send()
                },
                |page| (page.environments, page.next_token),
            )
            .await?;
        Ok(found.map(|found| found.into_iter().map(environment).collect()))
    }

    /// Environments of exactly that name or id, the living one first.
    pub async fn environment(&self, wanted: &EnvironmentRef) -> Reading<Vec<Environment>> {
        let since = self.clock().now() - RESTORABLE;
        let found = self
            .read("elasticbeanstalk:DescribeEnvironments", || {
                let request = self.beanstalk().describe_environments();
                let request = request
                    .set_environment_names(wanted.name().map(|name| vec![name]))
                    .set_environment_ids(wanted.id().map(|id| vec![id]));
                let request = request.include_deleted(true);
                request.included_deleted_back_to(sdk_time(since)).send()
            })
            .await?;
        Ok(found.map(|page| {
            let read = page.environments.unwrap_or_default().into_iter().map(environment);
            read.filter(|found| match wanted {
                EnvironmentRef::Name(name) => found.name == *name,
                EnvironmentRef::Id(id) => found.id == *id,
            })
            .collect()
        }))
    }

    /// An environment's events, newest first.
    pub async fn events(&self, of: &EnvironmentRef) -> Reading<Vec<EnvironmentEvent>> {
        self.events_since(of, None).await
    }

    /// Events of all environments of the region since a time, newest first; at most 20,000.
    pub async fn events_of_all(&self, since: Timestamp) -> Reading<Vec<EnvironmentEvent>> {
        let request = || self.beanstalk().describe_events().start_time(sdk_time(since));
        self.events_by(request, ALL_EVENT_PAGES).await
    }

    /// An environment's events since a time, newest first.
    pub async fn events_since(
        &self,
        of: &EnvironmentRef,
        since: Option<Timestamp>,
    ) -> Reading<Vec<EnvironmentEvent>> {
        let request = || {
            let request = self.beanstalk().describe_events();
            let request = request.set_environment_name(of.name()).set_environment_id(of.id());
            request.set_start_time(since.map(sdk_time))
        };
        self.events_by(request, EVENT_PAGES).await
    }

    async fn events_by(
        &self,
        request: impl Fn() -> DescribeEventsFluentBuilder,
        pages: usize,
    ) -> Reading<Vec<EnvironmentEvent>> {
        let found = self
            .pages(
                "elasticbeanstalk:DescribeEvents",
                pages,
                |token| request().max_records(EVENTS).set_next_token(token).send(),
                |page| (page.events, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let mut events: Vec<_> = found.into_iter().filter_map(event).collect();
            // AWS answers newest first; a stable sort keeps its order within one second.
            events.sort_by_key(|event| std::cmp::Reverse(event.at));
            events
        }))
    }

    /// What an environment made.
    pub async fn environment_resources(
        &self,
        of: &EnvironmentRef,
    ) -> Reading<EnvironmentResources> {
        let answer = self
            .read("elasticbeanstalk:DescribeEnvironmentResources", || {
                let request = self.beanstalk().describe_environment_resources();
                request.set_environment_name(of.name()).set_environment_id(of.id()).send()
            })
            .await?;
        Ok(answer.map(|page| page.environment_resources.map(resources).unwrap_or_default()))
    }

    /// Versions of an application by label; of all labels, if none are given.
    pub async fn application_versions(
        &self,
        application: &str,
        labels: &[String],
    ) -> Reading<Vec<ApplicationVersion>> {
        let found = self
            .pages(
                "elasticbeanstalk:DescribeApplicationVersions",
                ALL,
                |token| {
                    let request = self.beanstalk().describe_application_versions();
                    let labels = (!labels.is_empty()).then(|| labels.to_vec());
                    let request = request.application_name(application).set_version_labels(labels);
                    request.set_next_token(token).send()
                },
                |page| (page.application_versions, page.next_token),
            )
            .await?;
        Ok(found.map(|found| found.into_iter().map(version).collect()))
    }

    /// Names of an application's saved configurations.
    pub async fn saved_configurations(&self, application: &str) -> Reading<Vec<String>> {
        let answer = self
            .read("elasticbeanstalk:DescribeApplications", || {
                self.beanstalk().describe_applications().application_names(application).send()
            })
            .await?;
        Ok(answer.map(|page| {
            let found = page.applications.unwrap_or_default().into_iter();
            let own = found.filter(|own| own.application_name.as_deref() == Some(application));
            own.flat_map(|own| own.configuration_templates.unwrap_or_default()).collect()
        }))
    }

    /// How many applications, versions and environments the account may have.
    pub async fn beanstalk_quotas(&self) -> Reading<Vec<(String, u64)>> {
        let answer = self
            .read("elasticbeanstalk:DescribeAccountAttributes", || {
                self.beanstalk().describe_account_attributes().send()
            })
            .await?;
        Ok(answer.map(|page| {
            let Some(quotas) = page.resource_quotas else { return Vec::new() };
            let named = [
                ("applications", quotas.application_quota),
                ("application-versions", quotas.application_version_quota),
                ("environments", quotas.environment_quota),
            ];
            let read = named.into_iter().filter_map(|(name, quota)| {
                Some((name.to_owned(), u64::try_from(quota?.maximum?).ok()?))
            });
            read.collect()
        }))
    }
}

fn environment(found: sdk::EnvironmentDescription) -> Environment {
    let links = found.environment_links.unwrap_or_default().into_iter();
    Environment {
        name: found.environment_name.unwrap_or_default(),
        id: required(found.environment_id),
        arn: id(found.environment_arn),
        application: found.application_name.unwrap_or_default(),
        status: found.status.map_or_else(|| "".into(), |status| status.as_str().into()),
        health: found.health.map(|health| health.as_str().to_owned()),
        health_status: found.health_status.map(|status| status.as_str().to_owned()),
        platform_arn: id(found.platform_arn),
        solution_stack: filled(found.solution_stack_name),
        version_label: filled(found.version_label),
        cname: filled(found.cname),
        endpoint_url: filled(found.endpoint_url),
        tier: found.tier.and_then(|tier| filled(tier.name)),
        abortable: found.abortable_operation_in_progress,
        created: time(found.date_created.as_ref()),
        updated: time(found.date_updated.as_ref()),
        operations_role: id(found.operations_role),
        links: links
            .filter_map(|link| {
                let environment = filled(link.environment_name)?;
                Some(EnvironmentLink { link: link.link_name.unwrap_or_default(), environment })
            })
            .collect(),
    }
}

fn event(event: sdk::EventDescription) -> Option<EnvironmentEvent> {
    Some(EnvironmentEvent {
        at: time(event.event_date.as_ref())?,
        severity: event.severity.map(|severity| severity.as_str().to_owned()).unwrap_or_default(),
        message: crate::aws::redact::mail(&event.message.unwrap_or_default()),
        environment: filled(event.environment_name),
        request: filled(event.request_id),
        platform_arn: id(event.platform_arn),
        version_label: filled(event.version_label),
    })
}

fn resources(found: sdk::EnvironmentResourceDescription) -> EnvironmentResources {
    /// One member of each item of a list.
    macro_rules! each {
        ($list:expr, $member:ident) => {
            $list.unwrap_or_default().into_iter().filter_map(|item| id(item.$member)).collect()
        };
    }
    let queues = found.queues.unwrap_or_default().into_iter();
    EnvironmentResources {
        scaling_groups: each!(found.auto_scaling_groups, name),
        instances: each!(found.instances, id),
        launch_configurations: each!(found.launch_configurations, name),
        launch_templates: each!(found.launch_templates, id),
        load_balancers: each!(found.load_balancers, name),
        queues: queues
            .filter_map(|queue| Some((queue.name.unwrap_or_default(), filled(queue.url)?)))
            .collect(),
    }
}

fn version(version: sdk::ApplicationVersionDescription) -> ApplicationVersion {
    let bundle = version.source_bundle;
    ApplicationVersion {
        label: version.version_label.unwrap_or_default(),
        status: version.status.map(|status| status.as_str().to_owned()),
        bundle: bundle.and_then(|b| Some((filled(b.s3_bucket)?, filled(b.s3_key)?))),
        created: time(version.date_created.as_ref()),
    }
}
