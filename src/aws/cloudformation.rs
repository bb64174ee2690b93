//! CloudFormation: stacks, their resources and events, and who owns or imports what.

use aws_sdk_cloudformation::types as sdk;

use super::call::missing;
use super::convert::{filled, id, required, tags, time};
use super::{Answer, Aws, Reading};
use crate::world::{Stack, StackEvent, StackName, StackResource, StackStatus};

/// More pages than an account has stacks, exports or importers.
const ALL: usize = 50;

/// Most pages of events: 500 events are several operations of an environment's stack.
const EVENT_PAGES: usize = 5;

/// How many operations back the events of a stack in trouble are read: what failed now often
/// follows from what failed before (a rebuild, then a termination).
const OPERATIONS: usize = 3;

impl Aws {
    /// One stack, by name or by the ARN that also finds a deleted one.
    pub async fn stack(&self, name: &str) -> Reading<Stack> {
        let answer = self
            .read("cloudformation:DescribeStacks", || {
                self.cloudformation().describe_stacks().stack_name(name).send()
            })
            .await?;
        let Answer { value, source } = answer;
        // Some emulators ignore the name or answer with an empty list.
        let mut found = value.stacks.unwrap_or_default().into_iter().map(stack);
        match found.find(|stack| stack.name.as_str() == name || stack.arn.as_str() == name) {
            Some(value) => Ok(Answer { value, source }),
            None => Err(missing(source, &format!("Stack with id {name} does not exist"))),
        }
    }

    /// All stacks that are there; termination protection is left out of this listing.
    pub async fn stacks(&self) -> Reading<Vec<Stack>> {
        let found = self
            .pages(
                "cloudformation:DescribeStacks",
                ALL,
                |token| self.cloudformation().describe_stacks().set_next_token(token).send(),
                |page| (page.stacks, page.next_token),
            )
            .await?;
        Ok(found.map(|found| found.into_iter().map(stack).collect()))
    }

    /// A stack's resources.
    pub async fn stack_resources(&self, name: &str) -> Reading<Vec<StackResource>> {
        let answer = self
            .read("cloudformation:DescribeStackResources", || {
                self.cloudformation().describe_stack_resources().stack_name(name).send()
            })
            .await?;
        Ok(answer.map(|page| {
            page.stack_resources.unwrap_or_default().into_iter().map(resource).collect()
        }))
    }

    /// A stack's events, newest first, as far back as they explain where it stands.
    pub async fn stack_events(&self, name: &str) -> Reading<Vec<StackEvent>> {
        let found = self
            .pages_until(
                "cloudformation:DescribeStackEvents",
                EVENT_PAGES,
                |events: &[sdk::StackEvent]| tell_enough(events),
                |token| {
                    let request = self.cloudformation().describe_stack_events();
                    request.stack_name(name).set_next_token(token).send()
                },
                |page| (page.stack_events, page.next_token),
            )
            .await?;
        Ok(found.map(|found| found.into_iter().filter_map(event).collect()))
    }

    /// Which stack a resource belongs to, by the resource's own identifier.
    pub async fn stack_owning(&self, physical: &str) -> Reading<StackName> {
        let answer = self
            .read("cloudformation:DescribeStackResources", || {
                self.cloudformation()
                    .describe_stack_resources()
                    .physical_resource_id(physical)
                    .send()
            })
            .await?;
        let Answer { value, source } = answer;
        let mut resources = value.stack_resources.unwrap_or_default().into_iter();
        let owner = resources
            .find(|resource| resource.physical_resource_id.as_deref() == Some(physical))
            .and_then(|resource| id(resource.stack_name));
        match owner {
            Some(value) => Ok(Answer { value, source }),
            None => Err(missing(source, &format!("Stack for {physical} does not exist"))),
        }
    }

    /// Which stacks import an export.
    pub async fn importers(&self, export: &str) -> Reading<Vec<StackName>> {
        let found = self
            .pages(
                "cloudformation:ListImports",
                ALL,
                |token| {
                    let request = self.cloudformation().list_imports().export_name(export);
                    request.set_next_token(token).send()
                },
                |page| (page.imports, page.next_token),
            )
            .await;
        match found {
            Ok(found) => Ok(found.map(|names| names.into_iter().map(StackName).collect())),
            // AWS answers an export that nobody imports with an error.
            Err(failed) if failed.error.message.contains("is not imported by any stack") => {
                Ok(Answer { value: Vec::new(), source: failed.source })
            }
            Err(failed) => Err(failed),
        }
    }

    /// A stack's policy; not found where it has none.
    pub async fn stack_policy(&self, name: &str) -> Reading<String> {
        let answer = self
            .read("cloudformation:GetStackPolicy", || {
                self.cloudformation().get_stack_policy().stack_name(name).send()
            })
            .await?;
        let Answer { value, source } = answer;
        match filled(value.stack_policy_body) {
            Some(value) => Ok(Answer { value, source }),
            None => Err(missing(source, "the stack has no policy")),
        }
    }

    /// ARNs of deleted stacks of that name, the latest first; AWS keeps them for 90 days.
    pub async fn deleted_stacks(&self, name: &StackName) -> Reading<Vec<Stack>> {
        let found = self
            .pages(
                "cloudformation:ListStacks",
                ALL,
                |token| {
                    let request = self.cloudformation().list_stacks();
                    let request = request.stack_status_filter(sdk::StackStatus::DeleteComplete);
                    request.set_next_token(token).send()
                },
                |page| (page.stack_summaries, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let mut stacks: Vec<_> =
                found.into_iter().map(summary).filter(|stack| stack.name == *name).collect();
            stacks.sort_by_key(|stack| std::cmp::Reverse(stack.deleted));
            stacks
        }))
    }

    /// A stack's template as it stands.
    pub async fn template(&self, name: &str) -> Reading<String> {
        let answer = self
            .read("cloudformation:GetTemplate", || {
                self.cloudformation().get_template().stack_name(name).send()
            })
            .await?;
        Ok(answer.map(|page| page.template_body.unwrap_or_default()))
    }
}

/// Whether these events, newest first, tell enough of where the stack stands.
fn tell_enough(events: &[sdk::StackEvent]) -> bool {
    let of_stack = |event: &&sdk::StackEvent| {
        event.resource_type.as_deref() == Some("AWS::CloudFormation::Stack")
            && (event.physical_resource_id == event.stack_id
                || event.logical_resource_id == event.stack_name)
    };
    let status = |event: &sdk::StackEvent| {
        event.resource_status.as_ref().map(|status| status.as_str().to_owned()).unwrap_or_default()
    };
    let mut own = events.iter().filter(of_stack).map(status);
    let well = own.clone().next().is_some_and(|newest| {
        matches!(newest.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "DELETE_COMPLETE")
    });
    let begins = |status: &String| {
        matches!(
            status.as_str(),
            "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS" | "DELETE_IN_PROGRESS"
        )
    };
    let operations = own.by_ref().filter(begins).count();
    operations >= if well { 1 } else { OPERATIONS }
}

fn stack(stack: sdk::Stack) -> Stack {
    let outputs = stack.outputs.unwrap_or_default().into_iter();
    let parameters = stack.parameters.unwrap_or_default().into_iter();
    Stack {
        name: required(stack.stack_name),
        arn: required(stack.stack_id),
        status: StackStatus(stack.stack_status.map(|s| s.as_str().to_owned()).unwrap_or_default()),
        reason: filled(stack.stack_status_reason),
        created: time(stack.creation_time.as_ref()),
        updated: time(stack.last_updated_time.as_ref()),
        deleted: time(stack.deletion_time.as_ref()),
        protected: stack.enable_termination_protection,
        role: id(stack.role_arn),
        parent: id(stack.parent_id),
        root: id(stack.root_id),
        rollback_disabled: stack.disable_rollback,
        exports: outputs
            .filter_map(|output| {
                Some((filled(output.export_name)?, output.output_value.unwrap_or_default()))
            })
            .collect(),
        tags: tags!(stack.tags),
        parameters: parameters.filter_map(|parameter| filled(parameter.parameter_key)).collect(),
    }
}

fn summary(summary: sdk::StackSummary) -> Stack {
    let status = summary.stack_status.map(|status| status.as_str().to_owned());
    Stack {
        name: required(summary.stack_name),
        arn: required(summary.stack_id),
        status: StackStatus(status.unwrap_or_default()),
        reason: filled(summary.stack_status_reason),
        created: time(summary.creation_time.as_ref()),
        updated: time(summary.last_updated_time.as_ref()),
        deleted: time(summary.deletion_time.as_ref()),
        protected: None,
        role: None,
        parent: id(summary.parent_id),
        root: id(summary.root_id),
        rollback_disabled: None,
        exports: Vec::new(),
        tags: Vec::new(),
        parameters: Vec::new(),
    }
}

fn resource(resource: sdk::StackResource) -> StackResource {
    let drift = resource.drift_information.and_then(|info| info.stack_resource_drift_status);
    StackResource {
        logical: required(resource.logical_resource_id),
        physical: filled(resource.physical_resource_id),
        kind: resource.resource_type.unwrap_or_default(),
        status: resource.resource_status.map(|s| s.as_str().to_owned()).unwrap_or_default(),
        reason: filled(resource.resource_status_reason),
        at: time(resource.timestamp.as_ref()),
        drift: drift.map(|status| status.as_str().to_owned()),
    }
}

fn event(event: sdk::StackEvent) -> Option<StackEvent> {
    Some(StackEvent {
        at: time(event.timestamp.as_ref())?,
        logical: required(event.logical_resource_id),
        physical: filled(event.physical_resource_id),
        kind: event.resource_type.unwrap_or_default(),
        status: event.resource_status.map(|s| s.as_str().to_owned()).unwrap_or_default(),
        reason: filled(event.resource_status_reason),
        token: filled(event.client_request_token),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(status: &str) -> sdk::StackEvent {
        sdk::StackEvent::builder()
            .stack_name("s")
            .logical_resource_id("s")
            .resource_type("AWS::CloudFormation::Stack")
            .resource_status(status.into())
            .build()
    }

    #[test]
    fn a_stack_that_is_well_needs_one_operation_and_one_in_trouble_three() {
        assert!(tell_enough(&[own("UPDATE_COMPLETE"), own("UPDATE_IN_PROGRESS")]));
        let trouble = [own("DELETE_FAILED"), own("DELETE_IN_PROGRESS")];
        assert!(!tell_enough(&trouble));
        let more = [own("UPDATE_IN_PROGRESS"), own("CREATE_IN_PROGRESS")];
        assert!(tell_enough(&[trouble.as_slice(), more.as_slice()].concat()));
    }

    #[test]
    fn a_status_that_the_model_does_not_know_is_kept_as_it_is() {
        let read = event(
            sdk::StackEvent::builder()
                .timestamp(aws_smithy_types::DateTime::from_secs(1))
                .resource_status("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS".into())
                .build(),
        );
        let status = read.map(|event| event.status);
        assert_eq!(status.as_deref(), Some("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"));
    }
}
