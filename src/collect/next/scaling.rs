//! What to ask Auto Scaling.

use std::collections::BTreeSet;

use crate::aws::ScalingQuestion as Ask;
use crate::collect::view::View;

pub(super) fn questions(view: &View<'_>) -> Vec<Ask> {
    // Each group is asked for by itself, so that a group that shows later is one more question
    // and not another spelling of the first.
    let names = view.scaling_groups();
    let mut asks: Vec<Ask> = Vec::new();
    for name in names {
        asks.push(Ask::Groups(vec![name.clone()]));
        asks.push(Ask::Activities(name));
    }
    if view.trouble {
        let groups = view.snapshot.scaling.groups.items();
        let known: Vec<String> = groups.iter().map(|group| group.name.clone()).collect();
        if !known.is_empty() {
            asks.extend([Ask::Notifications(known.clone()), Ask::Scheduled(known)]);
        }
        let configurations: BTreeSet<String> =
            groups.iter().filter_map(|group| group.launch_configuration.clone()).collect();
        if !configurations.is_empty() {
            asks.push(Ask::LaunchConfigurations(configurations.into_iter().collect()));
        }
    }
    asks
}
