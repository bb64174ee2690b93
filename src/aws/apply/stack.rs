//! CloudFormation stacks.

use aws_sdk_cloudformation::types::{DeletionMode, ResourceSignalStatus};

use super::{Attempt, Done, done};
use crate::plan::StackAction as Action;

/// Lists as CloudFormation takes them; none where there is nothing.
fn some<T: std::fmt::Display>(items: &[T]) -> Option<Vec<String>> {
    (!items.is_empty()).then(|| items.iter().map(ToString::to_string).collect())
}

impl Attempt<'_> {
    pub(super) async fn stack(&self, action: &Action) -> Done {
        let api = self.aws.cloudformation();
        match action {
            Action::Delete { stack, retain, force } => {
                let mode = force.then_some(DeletionMode::ForceDeleteStack);
                let request = api.delete_stack().stack_name(stack.as_str());
                let request = request.set_retain_resources(some(retain)).set_deletion_mode(mode);
                let request = request.client_request_token(self.token);
                let send = || request.clone().send();
                Ok(done(self.aws.change("cloudformation:DeleteStack", send).await?))
            }
            Action::ContinueRollback { stack, skip, role } => {
                let request = api.continue_update_rollback().stack_name(stack.as_str());
                let request = request.set_resources_to_skip(some(skip));
                let request = request.set_role_arn(role.as_ref().map(ToString::to_string));
                let request = request.client_request_token(self.token);
                let send = || request.clone().send();
                Ok(done(self.aws.change("cloudformation:ContinueUpdateRollback", send).await?))
            }
            Action::Rollback { stack } => {
                let request = api.rollback_stack().stack_name(stack.as_str());
                let request = request.client_request_token(self.token);
                let send = || request.clone().send();
                Ok(done(self.aws.change("cloudformation:RollbackStack", send).await?))
            }
            Action::CancelUpdate { stack } => {
                let request = api.cancel_update_stack().stack_name(stack.as_str());
                let request = request.client_request_token(self.token);
                let send = || request.clone().send();
                Ok(done(self.aws.change("cloudformation:CancelUpdateStack", send).await?))
            }
            Action::Protect { stack, on } => {
                let request = api.update_termination_protection().stack_name(stack.as_str());
                let request = request.enable_termination_protection(*on);
                let send = || request.clone().send();
                let operation = "cloudformation:UpdateTerminationProtection";
                Ok(done(self.aws.change(operation, send).await?))
            }
            Action::Signal { stack, logical, unique } => {
                let request = api.signal_resource().stack_name(stack.as_str());
                let request = request.logical_resource_id(logical.as_str()).unique_id(unique);
                let request = request.status(ResourceSignalStatus::Success);
                let send = || request.clone().send();
                Ok(done(self.aws.change("cloudformation:SignalResource", send).await?))
            }
        }
    }
}
