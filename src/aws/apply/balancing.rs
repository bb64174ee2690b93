//! Load balancers.

use aws_sdk_elasticloadbalancingv2::types::LoadBalancerAttribute;

use super::{Attempt, Done, done};
use crate::plan::BalancingAction as Action;

impl Attempt<'_> {
    pub(super) async fn balancing(&self, action: &Action) -> Done {
        let api = self.aws.balancing();
        match action {
            Action::Protect { balancer, on } => {
                let attribute = LoadBalancerAttribute::builder()
                    .key("deletion_protection.enabled")
                    .value(on.to_string())
                    .build();
                let request = api.modify_load_balancer_attributes();
                let request = request.load_balancer_arn(balancer.as_str()).attributes(attribute);
                let send = || request.clone().send();
                let operation = "elasticloadbalancing:ModifyLoadBalancerAttributes";
                Ok(done(self.aws.change(operation, send).await?))
            }
            Action::SetGroups { balancer, groups } => {
                let groups = groups.iter().map(ToString::to_string).collect();
                let request = api.set_security_groups().load_balancer_arn(balancer.as_str());
                let request = request.set_security_groups(Some(groups));
                let send = || request.clone().send();
                Ok(done(self.aws.change("elasticloadbalancing:SetSecurityGroups", send).await?))
            }
        }
    }
}
