//! An environment put together from what other calls tell of it.

use super::EnvironmentRef;
use crate::aws::call::missing;
use crate::aws::convert::{filled, id, time};
use crate::aws::{Answer, Aws, Reading};
use crate::world::{Environment, EnvironmentId, EnvironmentResources};

impl Aws {
    /// The environment without `DescribeEnvironments`: name, application, platform and version
    /// from its newest events, status and health from its health, its id from what it made.
    pub(in crate::aws) async fn environment_in_pieces(
        &self,
        of: &EnvironmentRef,
    ) -> Reading<Environment> {
        let (events, health, made) = tokio::join!(
            self.read("elasticbeanstalk:DescribeEvents", || {
                let request = self.beanstalk().describe_events().max_records(100);
                request.set_environment_name(of.name()).set_environment_id(of.id()).send()
            }),
            self.read("elasticbeanstalk:DescribeEnvironmentHealth", || {
                let request = self.beanstalk().describe_environment_health();
                let request = request.attribute_names(
                    aws_sdk_elasticbeanstalk::types::EnvironmentHealthAttribute::All,
                );
                request.set_environment_name(of.name()).set_environment_id(of.id()).send()
            }),
            self.environment_resources(of),
        );
        let Answer { value: page, source } = events?;
        let events = page.events.unwrap_or_default();
        // Each event names what it is about; the newest that says something is believed.
        macro_rules! newest {
            ($member:ident) => {
                events.iter().find_map(|event| filled(event.$member.clone()))
            };
        }
        let Some(name) = newest!(environment_name).or_else(|| of.name()) else {
            return Err(missing(source, "no event names the environment"));
        };
        let health = health.ok().map(|answer| answer.value);
        let word = |status: Option<&str>| status.unwrap_or_default().to_owned();
        let status = health.as_ref().and_then(|health| health.status.as_ref());
        let made_id = made.ok().and_then(|made| id_of(&made.value));
        let value = Environment {
            name,
            id: of.id().map(EnvironmentId).or(made_id).unwrap_or_default(),
            arn: None,
            application: newest!(application_name).unwrap_or_default(),
            status: word(status.map(aws_sdk_elasticbeanstalk::types::EnvironmentHealth::as_str))
                .as_str()
                .into(),
            health: health.as_ref().and_then(|health| filled(health.color.clone())),
            health_status: health.as_ref().and_then(|health| filled(health.health_status.clone())),
            platform_arn: id(newest!(platform_arn)),
            solution_stack: None,
            version_label: newest!(version_label),
            cname: None,
            endpoint_url: None,
            tier: None,
            abortable: None,
            created: None,
            updated: events.first().and_then(|event| time(event.event_date.as_ref())),
            operations_role: None,
            links: Vec::new(),
        };
        Ok(Answer { value, source })
    }
}

/// The environment's id from the names of its Auto Scaling groups, which carry the stack's.
fn id_of(made: &EnvironmentResources) -> Option<EnvironmentId> {
    made.scaling_groups.iter().find_map(|name| {
        let rest = name.strip_prefix("awseb-")?;
        let end = rest.find("-stack-").or_else(|| rest.find("-immutable-stack-"))?;
        Some(EnvironmentId(rest[..end].to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_in_the_name_of_the_group() {
        let name = "awseb-e-mw4kzq2ptx-stack-AWSEBAutoScalingGroup-1QX".to_owned();
        let made =
            EnvironmentResources { scaling_groups: vec![name], ..EnvironmentResources::default() };
        assert_eq!(id_of(&made), Some("e-mw4kzq2ptx".into()));
        assert_eq!(id_of(&EnvironmentResources::default()), None);
    }
}
