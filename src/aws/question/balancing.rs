//! Questions to Elastic Load Balancing.

use super::fill::{Fill, add};
use crate::aws::Aws;
use crate::world::Arn;

/// A question to Elastic Load Balancing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BalancingQuestion {
    /// One load balancer by ARN.
    LoadBalancer(Arn),
    /// Whether it refuses to be deleted; asked once the load balancer itself is known.
    Protection(Arn),
    /// Its target groups.
    TargetGroups(Arn),
    /// Its listeners.
    Listeners(Arn),
    /// Health of a target group's targets.
    Targets(Arn),
}

impl BalancingQuestion {
    pub(super) async fn answer(&self, aws: &Aws) -> Fill {
        match self {
            Self::LoadBalancer(arn) => add(
                aws.load_balancers(&[arn.to_string()]).await,
                |s| &mut s.balancing.load_balancers,
                |a, b| a.arn == b.arn,
            ),
            Self::Protection(arn) => {
                let (arn, read) = (arn.clone(), aws.deletion_protection(arn).await);
                Box::new(move |snapshot| {
                    let balancers = snapshot.balancing.load_balancers.value_mut();
                    for balancer in balancers.into_iter().flatten() {
                        if balancer.arn == arn {
                            balancer.protected = read.as_ref().ok().map(|answer| answer.value);
                        }
                    }
                })
            }
            Self::TargetGroups(balancer) => add(
                aws.target_groups(Some(balancer)).await,
                |s| &mut s.balancing.target_groups,
                |a, b| a.arn == b.arn,
            ),
            Self::Listeners(balancer) => {
                add(aws.listeners(balancer).await, |s| &mut s.balancing.listeners, |a, b| a == b)
            }
            Self::Targets(group) => add(
                aws.target_health(group).await,
                |s| &mut s.balancing.targets,
                |a, b| (&a.group, &a.target) == (&b.group, &b.target),
            ),
        }
    }
}
