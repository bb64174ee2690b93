//! Changes of instances and Auto Scaling groups.

use serde::{Deserialize, Serialize};

use super::line::Line;
use super::{Change, Risk, listed};
use crate::plan::{Condition, StepId};
use crate::world::InstanceId;

/// A change of instances and Auto Scaling groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScalingAction {
    /// Ends an instance; its Auto Scaling group launches another in its place.
    Replace {
        /// Which.
        instance: InstanceId,
    },
    /// Lets suspended processes of a group run again.
    Resume {
        /// The group.
        group: String,
        /// The processes, `Launch`.
        processes: Vec<String>,
    },
    /// Suspends processes of a group.
    Suspend {
        /// The group.
        group: String,
        /// The processes.
        processes: Vec<String>,
    },
    /// Sets a group's size.
    Resize {
        /// The group.
        group: String,
        /// Fewest instances.
        min: u32,
        /// Most instances.
        max: u32,
        /// Instances wanted.
        desired: u32,
    },
}

impl Change for ScalingAction {
    fn kind(&self) -> &'static str {
        match self {
            Self::Replace { .. } => "terminate-instances",
            Self::Resume { .. } => "resume-processes",
            Self::Suspend { .. } => "suspend-processes",
            Self::Resize { .. } => "update-auto-scaling-group",
        }
    }

    fn target(&self) -> String {
        match self {
            Self::Replace { instance } => instance.to_string(),
            Self::Resume { group, .. }
            | Self::Suspend { group, .. }
            | Self::Resize { group, .. } => group.clone(),
        }
    }

    fn permissions(&self) -> Vec<&'static str> {
        vec![match self {
            Self::Replace { .. } => "ec2:TerminateInstances",
            Self::Resume { .. } => "autoscaling:ResumeProcesses",
            Self::Suspend { .. } => "autoscaling:SuspendProcesses",
            Self::Resize { .. } => "autoscaling:UpdateAutoScalingGroup",
        }]
    }

    fn line(&self) -> Line {
        match self {
            Self::Replace { instance } => {
                Line::new("ec2", self.kind()).list("instance-ids", [instance])
            }
            Self::Resume { group, processes } | Self::Suspend { group, processes } => {
                Line::new("autoscaling", self.kind())
                    .with("auto-scaling-group-name", group)
                    .list("scaling-processes", processes)
            }
            Self::Resize { group, min, max, desired } => Line::new("autoscaling", self.kind())
                .with("auto-scaling-group-name", group)
                .with("min-size", min)
                .with("max-size", max)
                .with("desired-capacity", desired),
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::Replace { instance } => {
                format!("end the instance {instance}, so that its group launches a new one")
            }
            Self::Resume { group, processes } => {
                format!("let {} of the Auto Scaling group {group} run again", listed(processes))
            }
            Self::Suspend { group, processes } => {
                format!("suspend {} of the Auto Scaling group {group}", listed(processes))
            }
            Self::Resize { group, min, max, desired } => format!(
                "let the Auto Scaling group {group} have {desired} instances (at least {min}, at most {max})"
            ),
        }
    }

    fn risk(&self) -> Risk {
        match self {
            Self::Resume { .. }
            | Self::Replace { .. }
            | Self::Suspend { .. }
            | Self::Resize { .. } => Risk::Disruptive,
        }
    }

    fn done_when(&self, _: &StepId) -> Vec<Condition> {
        vec![match self.clone() {
            // An instance that is ending no longer comes back: the call has had its effect.
            Self::Replace { instance } => Condition::InstancesIn {
                instances: vec![instance],
                states: vec!["shutting-down".to_owned(), "terminated".to_owned()],
            },
            Self::Resume { group, processes } => {
                Condition::ProcessesRun { group, processes, running: true }
            }
            Self::Suspend { group, processes } => {
                Condition::ProcessesRun { group, processes, running: false }
            }
            Self::Resize { group, min, max, desired } => {
                Condition::SizeIs { group, min, max, desired }
            }
        }]
    }
}
