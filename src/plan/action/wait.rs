//! Waits for what happens by itself: no call is made, but others depend on how it ends.

use serde::{Deserialize, Serialize};

use super::line::Line;
use super::{Change, Risk, listed};
use crate::plan::{Condition, StepId};
use crate::world::{EnvironmentId, InstanceId, StackName};

/// Something that happens by itself and is waited for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitAction {
    /// Instances that are ending are gone.
    Instances {
        /// Which.
        instances: Vec<InstanceId>,
    },
    /// What Elastic Beanstalk is doing ends, and it gives the environment back.
    Environment {
        /// Which.
        environment: EnvironmentId,
        /// Its name.
        name: String,
    },
    /// What CloudFormation is doing ends.
    Stack {
        /// Which.
        stack: StackName,
        /// Statuses in which it can have ended.
        statuses: Vec<String>,
    },
}

impl Change for WaitAction {
    fn kind(&self) -> &'static str {
        match self {
            Self::Instances { .. } => "wait-for-instances",
            Self::Environment { .. } => "wait-for-environment",
            Self::Stack { .. } => "wait-for-stack",
        }
    }

    fn target(&self) -> String {
        match self {
            Self::Instances { instances } => listed(instances),
            Self::Environment { name, .. } => name.clone(),
            Self::Stack { stack, .. } => stack.to_string(),
        }
    }

    fn permissions(&self) -> Vec<&'static str> {
        Vec::new()
    }

    fn line(&self) -> Line {
        match self {
            Self::Instances { instances } => Line::new("ec2", "wait")
                .flagless("instance-terminated")
                .list("instance-ids", instances),
            Self::Environment { environment, .. } => Line::new("elasticbeanstalk", "wait")
                .flagless("environment-updated")
                .list("environment-ids", [environment]),
            Self::Stack { stack, statuses } => {
                let waiter = match statuses.first().map(String::as_str) {
                    Some("DELETE_COMPLETE") => "stack-delete-complete",
                    Some("UPDATE_COMPLETE") => "stack-update-complete",
                    _ => "stack-rollback-complete",
                };
                Line::new("cloudformation", "wait").flagless(waiter).with("stack-name", stack)
            }
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::Instances { instances } => {
                format!("wait until {} have ended", listed(instances))
            }
            Self::Environment { name, .. } => {
                format!("wait until Elastic Beanstalk gives {name} back")
            }
            Self::Stack { stack, .. } => format!("wait until CloudFormation is done with {stack}"),
        }
    }

    fn risk(&self) -> Risk {
        Risk::Safe
    }

    fn done_when(&self, _: &StepId) -> Vec<Condition> {
        vec![match self.clone() {
            Self::Instances { instances } => {
                Condition::InstancesIn { instances, states: vec!["terminated".to_owned()] }
            }
            Self::Environment { environment, .. } => {
                Condition::EnvironmentIn { environment, statuses: vec!["Ready".to_owned()] }
            }
            Self::Stack { stack, statuses } => Condition::StackIn { stack, statuses },
        }]
    }
}
