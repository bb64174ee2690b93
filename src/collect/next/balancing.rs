//! What to ask Elastic Load Balancing.

use std::collections::BTreeSet;

use crate::aws::BalancingQuestion as Ask;
use crate::collect::view::View;
use crate::world::Arn;

pub(super) fn questions(view: &View<'_>) -> Vec<Ask> {
    let mut asks = Vec::new();
    for arn in view.load_balancers().into_iter().map(Arn) {
        asks.extend([Ask::LoadBalancer(arn.clone()), Ask::TargetGroups(arn)]);
    }
    let made = view.physical("AWS::ElasticLoadBalancingV2::TargetGroup").into_iter().map(Arn);
    let serving = view.snapshot.balancing.target_groups.items().iter();
    let serving = serving.map(|group| group.arn.clone());
    let scaled = view.snapshot.scaling.groups.items().iter();
    let scaled = scaled.flat_map(|group| group.target_groups.iter().cloned().map(Arn));
    let groups: BTreeSet<Arn> = made.chain(serving).chain(scaled).collect();
    asks.extend(groups.into_iter().map(Ask::Targets));
    if view.trouble {
        for balancer in view.snapshot.balancing.load_balancers.items() {
            let arn = balancer.arn.clone();
            asks.extend([Ask::Protection(arn.clone()), Ask::Listeners(arn)]);
        }
    }
    asks
}
