//! Questions to Auto Scaling.

use super::fill::{Fill, add, set};
use crate::aws::Aws;

/// A question to Auto Scaling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScalingQuestion {
    /// Groups by name.
    Groups(Vec<String>),
    /// What a group tried.
    Activities(String),
    /// Whom groups notify.
    Notifications(Vec<String>),
    /// Groups' scheduled actions.
    Scheduled(Vec<String>),
    /// Launch configurations by name.
    LaunchConfigurations(Vec<String>),
}

impl ScalingQuestion {
    pub(super) async fn answer(&self, aws: &Aws) -> Fill {
        match self {
            Self::Groups(names) => add(
                aws.scaling_groups(names).await,
                |s| &mut s.scaling.groups,
                |a, b| a.name == b.name,
            ),
            Self::Activities(group) => {
                add(aws.activities(group).await, |s| &mut s.scaling.activities, |a, b| a == b)
            }
            Self::Notifications(names) => {
                set(aws.notifications(names).await, |s| &mut s.scaling.notifications)
            }
            Self::Scheduled(names) => {
                set(aws.scheduled_actions(names).await, |s| &mut s.scaling.scheduled)
            }
            Self::LaunchConfigurations(names) => {
                let read = aws.launch_configurations(names).await;
                set(read, |s| &mut s.scaling.launch_configurations)
            }
        }
    }
}
