//! Auto Scaling: groups, what they tried, what they tell whom.

use aws_sdk_autoscaling::types as sdk;
use jiff::Timestamp;

use super::convert::{count, filled, required, time};
use super::{Answer, Aws, Reading};
use crate::world::network::tag;
use crate::world::{Activity, GroupMember, LaunchConfiguration, ScalingGroup};

/// More pages than a region has groups; an account may have 500 of them unless it asked for more.
const ALL: usize = 50;

/// Groups of one page; the most that the API allows.
const GROUPS: i32 = 100;

/// Activities that are read of one group: one page of AWS's largest size.
const ACTIVITIES: i32 = 100;

impl Aws {
    /// Auto Scaling groups by name; those that are gone are left out.
    pub async fn scaling_groups(&self, names: &[String]) -> Reading<Vec<ScalingGroup>> {
        let found = self.scaling_groups_by(Some(names.to_vec()), None).await?;
        let wanted = |group: &ScalingGroup| names.contains(&group.name);
        Ok(found.map(|found| found.into_iter().filter(wanted).collect()))
    }

    /// All Auto Scaling groups of the region that carry a tag, whatever its value.
    pub async fn scaling_groups_with(&self, key: &str) -> Reading<Vec<ScalingGroup>> {
        let filter = sdk::Filter::builder().name("tag-key").values(key).build();
        let found = self.scaling_groups_by(None, Some(vec![filter])).await?;
        let carries = |group: &ScalingGroup| tag(&group.tags, key).is_some();
        Ok(found.map(|found| found.into_iter().filter(carries).collect()))
    }

    async fn scaling_groups_by(
        &self,
        names: Option<Vec<String>>,
        filters: Option<Vec<sdk::Filter>>,
    ) -> Reading<Vec<ScalingGroup>> {
        let found = self
            .pages(
                "autoscaling:DescribeAutoScalingGroups",
                ALL,
                |token| {
                    let request = self.scaling().describe_auto_scaling_groups();
                    let request = request.set_auto_scaling_group_names(names.clone());
                    let request = request.set_filters(filters.clone()).max_records(GROUPS);
                    request.set_next_token(token).send()
                },
                |page| (page.auto_scaling_groups, page.next_token),
            )
            .await?;
        Ok(found.map(|found| found.into_iter().map(group).collect()))
    }

    /// What all groups of the region tried since a time, newest first.
    pub async fn activities_since(&self, since: Timestamp) -> Reading<Vec<Activity>> {
        let older =
            |last: &sdk::Activity| time(last.start_time.as_ref()).is_some_and(|at| at < since);
        let found = self
            .pages_until(
                "autoscaling:DescribeScalingActivities",
                ALL,
                |read: &[sdk::Activity]| read.last().is_some_and(older),
                |token| {
                    let request = self.scaling().describe_scaling_activities();
                    request.max_records(ACTIVITIES).set_next_token(token).send()
                },
                |page| (page.activities, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().filter_map(activity);
            read.filter(|activity| activity.at >= since).collect()
        }))
    }

    /// What one group tried, newest first; AWS also tells it of a deleted group, if asked so.
    pub async fn activities(&self, group: &str) -> Reading<Vec<Activity>> {
        let answer = self
            .read("autoscaling:DescribeScalingActivities", || {
                let request = self.scaling().describe_scaling_activities();
                let request = request.auto_scaling_group_name(group).include_deleted_groups(true);
                request.max_records(ACTIVITIES).send()
            })
            .await?;
        Ok(answer.map(|page| {
            let read = page.activities.unwrap_or_default().into_iter().filter_map(activity);
            read.filter(|activity| activity.group == group).collect()
        }))
    }

    /// Topics that groups notify: group and topic.
    pub async fn notifications(&self, names: &[String]) -> Reading<Vec<(String, String)>> {
        let found = self
            .pages(
                "autoscaling:DescribeNotificationConfigurations",
                ALL,
                |token| {
                    let request = self.scaling().describe_notification_configurations();
                    let request = request.set_auto_scaling_group_names(Some(names.to_vec()));
                    request.set_next_token(token).send()
                },
                |page| (page.notification_configurations, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let mut topics: Vec<_> = found
                .into_iter()
                .filter_map(|found| {
                    Some((found.auto_scaling_group_name?, filled(found.topic_arn)?))
                })
                .filter(|(group, _)| names.contains(group))
                .collect();
            topics.sort();
            topics.dedup();
            topics
        }))
    }

    /// Scheduled actions of groups: group and action.
    pub async fn scheduled_actions(&self, names: &[String]) -> Reading<Vec<(String, String)>> {
        let mut all = Vec::new();
        let mut source = None;
        for name in names {
            let found = self
                .pages(
                    "autoscaling:DescribeScheduledActions",
                    ALL,
                    |token| {
                        let request = self.scaling().describe_scheduled_actions();
                        let request = request.auto_scaling_group_name(name);
                        request.set_next_token(token).send()
                    },
                    |page| (page.scheduled_update_group_actions, page.next_token),
                )
                .await?;
            all.extend(found.value.into_iter().filter_map(|action| {
                Some((action.auto_scaling_group_name?, filled(action.scheduled_action_name)?))
            }));
            source = Some(found.source);
        }
        let source = source.unwrap_or_else(|| self.unasked("autoscaling:DescribeScheduledActions"));
        Ok(Answer { value: all, source })
    }

    /// Launch configurations by name.
    pub async fn launch_configurations(
        &self,
        names: &[String],
    ) -> Reading<Vec<LaunchConfiguration>> {
        let found = self
            .pages(
                "autoscaling:DescribeLaunchConfigurations",
                ALL,
                |token| {
                    let request = self.scaling().describe_launch_configurations();
                    let request = request.set_launch_configuration_names(Some(names.to_vec()));
                    request.set_next_token(token).send()
                },
                |page| (page.launch_configurations, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().map(launch_configuration);
            read.filter(|found| names.contains(&found.name)).collect()
        }))
    }
}

fn group(group: sdk::AutoScalingGroup) -> ScalingGroup {
    let mixed = group.mixed_instances_policy.and_then(|policy| policy.launch_template);
    let template = group
        .launch_template
        .or_else(|| mixed.and_then(|mixed| mixed.launch_template_specification));
    let subnets = group.vpc_zone_identifier.unwrap_or_default();
    let suspended = group.suspended_processes.unwrap_or_default().into_iter();
    let tags = group.tags.unwrap_or_default().into_iter();
    ScalingGroup {
        name: group.auto_scaling_group_name.unwrap_or_default(),
        min: count(group.min_size),
        max: count(group.max_size),
        desired: count(group.desired_capacity),
        instances: group.instances.unwrap_or_default().into_iter().map(member).collect(),
        subnets: subnets
            .split(',')
            .map(str::trim)
            .filter(|subnet| !subnet.is_empty())
            .map(str::to_owned)
            .collect(),
        zones: group.availability_zones.unwrap_or_default(),
        launch_template: template.and_then(|template| {
            let version = filled(template.version).unwrap_or_else(|| "$Default".to_owned());
            Some((filled(template.launch_template_id)?, version))
        }),
        launch_configuration: filled(group.launch_configuration_name),
        target_groups: group.target_group_arns.unwrap_or_default(),
        load_balancers: group.load_balancer_names.unwrap_or_default(),
        health_check: filled(group.health_check_type),
        grace_seconds: group.health_check_grace_period.and_then(|s| u32::try_from(s).ok()),
        suspended: suspended
            .map(|process| {
                let reason = process.suspension_reason.unwrap_or_default();
                (process.process_name.unwrap_or_default(), reason)
            })
            .collect(),
        status: filled(group.status),
        tags: tags
            .map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default()))
            .collect(),
    }
}

fn member(instance: sdk::Instance) -> GroupMember {
    GroupMember {
        instance: required(instance.instance_id),
        lifecycle: instance.lifecycle_state.map(|s| s.as_str().to_owned()).unwrap_or_default(),
        health: instance.health_status.unwrap_or_default(),
        protected: instance.protected_from_scale_in.unwrap_or(false),
    }
}

fn activity(activity: sdk::Activity) -> Option<Activity> {
    Some(Activity {
        id: activity.activity_id.unwrap_or_default(),
        group: activity.auto_scaling_group_name.unwrap_or_default(),
        status: activity.status_code.map(|s| s.as_str().to_owned()).unwrap_or_default(),
        message: filled(activity.status_message),
        description: filled(activity.description),
        cause: filled(activity.cause),
        details: filled(activity.details),
        at: time(activity.start_time.as_ref())?,
    })
}

fn launch_configuration(found: sdk::LaunchConfiguration) -> LaunchConfiguration {
    LaunchConfiguration {
        name: found.launch_configuration_name.unwrap_or_default(),
        image: filled(found.image_id),
        instance_type: filled(found.instance_type),
        key_name: filled(found.key_name),
        groups: found.security_groups.unwrap_or_default(),
    }
}
