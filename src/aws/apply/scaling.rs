//! Instances and Auto Scaling groups.

use super::{Attempt, Done, done};
use crate::plan::ScalingAction as Action;

/// A number as Auto Scaling takes it.
fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl Attempt<'_> {
    pub(super) async fn scaling(&self, action: &Action) -> Done {
        let api = self.aws.scaling();
        match action {
            Action::Replace { instance } => {
                let request = self.aws.ec2().terminate_instances().dry_run(self.dry_run);
                let request = request.instance_ids(instance.as_str());
                let send = || request.clone().send();
                Ok(done(self.aws.change("ec2:TerminateInstances", send).await?))
            }
            Action::Resume { group, processes } => {
                let request = api.resume_processes().auto_scaling_group_name(group);
                let request = request.set_scaling_processes(Some(processes.clone()));
                let send = || request.clone().send();
                Ok(done(self.aws.change("autoscaling:ResumeProcesses", send).await?))
            }
            Action::Suspend { group, processes } => {
                let request = api.suspend_processes().auto_scaling_group_name(group);
                let request = request.set_scaling_processes(Some(processes.clone()));
                let send = || request.clone().send();
                Ok(done(self.aws.change("autoscaling:SuspendProcesses", send).await?))
            }
            Action::Resize { group, min, max, desired } => {
                let request = api.update_auto_scaling_group().auto_scaling_group_name(group);
                let request = request.min_size(number(*min)).max_size(number(*max));
                let request = request.desired_capacity(number(*desired));
                let send = || request.clone().send();
                Ok(done(self.aws.change("autoscaling:UpdateAutoScalingGroup", send).await?))
            }
        }
    }
}
