//! Changes of CloudFormation stacks.

use serde::{Deserialize, Serialize};

use super::line::Line;
use super::{Change, Risk, Traceable, listed};
use crate::plan::{Condition, StepId};
use crate::world::{Arn, LogicalId, StackName};

/// A change of a stack. Each call that can carries a `ClientRequestToken`, so that it is made once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StackAction {
    /// Deletes a stack.
    Delete {
        /// Which.
        stack: StackName,
        /// Resources that are left standing; only allowed in DELETE_FAILED.
        retain: Vec<LogicalId>,
        /// Whether what cannot be deleted is left behind (`FORCE_DELETE_STACK`).
        force: bool,
    },
    /// Goes on with a rollback that failed.
    ContinueRollback {
        /// Which; the root, if the stack is nested.
        stack: StackName,
        /// Resources that are left as they are, `NestedStack.LogicalId` for nested ones.
        skip: Vec<String>,
        /// A role to work with, in place of the stack's own.
        role: Option<Arn>,
    },
    /// Rolls a stack back whose update failed with rollback switched off.
    Rollback {
        /// Which.
        stack: StackName,
    },
    /// Cancels an update that goes on and rolls it back.
    CancelUpdate {
        /// Which.
        stack: StackName,
    },
    /// Switches termination protection on or off.
    Protect {
        /// Which; the root, if the stack is nested.
        stack: StackName,
        /// Whether it is on.
        on: bool,
    },
    /// Tells a stack that an instance is well, in place of the instance.
    Signal {
        /// Which stack.
        stack: StackName,
        /// The resource that waits.
        logical: LogicalId,
        /// The instance that is signalled for.
        unique: String,
    },
}

impl StackAction {
    pub(super) fn traceable(&self) -> Traceable {
        match self {
            Self::Delete { .. }
            | Self::ContinueRollback { .. }
            | Self::Rollback { .. }
            | Self::CancelUpdate { .. } => Traceable::StackToken,
            Self::Protect { .. } | Self::Signal { .. } => Traceable::EffectAlone,
        }
    }
}

impl Change for StackAction {
    fn kind(&self) -> &'static str {
        match self {
            Self::Delete { .. } => "delete-stack",
            Self::ContinueRollback { .. } => "continue-update-rollback",
            Self::Rollback { .. } => "rollback-stack",
            Self::CancelUpdate { .. } => "cancel-update-stack",
            Self::Protect { .. } => "update-termination-protection",
            Self::Signal { .. } => "signal-resource",
        }
    }

    fn target(&self) -> String {
        match self {
            Self::Delete { stack, .. }
            | Self::ContinueRollback { stack, .. }
            | Self::Rollback { stack }
            | Self::CancelUpdate { stack }
            | Self::Protect { stack, .. }
            | Self::Signal { stack, .. } => stack.to_string(),
        }
    }

    fn permissions(&self) -> Vec<&'static str> {
        match self {
            Self::Delete { .. } => vec!["cloudformation:DeleteStack"],
            Self::ContinueRollback { role: Some(_), .. } => {
                vec!["cloudformation:ContinueUpdateRollback", "iam:PassRole"]
            }
            Self::ContinueRollback { role: None, .. } => {
                vec!["cloudformation:ContinueUpdateRollback"]
            }
            Self::Rollback { .. } => vec!["cloudformation:RollbackStack"],
            Self::CancelUpdate { .. } => vec!["cloudformation:CancelUpdateStack"],
            Self::Protect { .. } => vec!["cloudformation:UpdateTerminationProtection"],
            Self::Signal { .. } => vec!["cloudformation:SignalResource"],
        }
    }

    fn line(&self) -> Line {
        let line = Line::new("cloudformation", self.kind());
        match self {
            Self::Delete { stack, retain, force } => {
                let mode = force.then_some("FORCE_DELETE_STACK");
                line.with("stack-name", stack)
                    .list("retain-resources", retain)
                    .with_some("deletion-mode", mode)
            }
            Self::ContinueRollback { stack, skip, role } => line
                .with("stack-name", stack)
                .list("resources-to-skip", skip)
                .with_some("role-arn", role.as_ref()),
            Self::Rollback { stack } | Self::CancelUpdate { stack } => {
                line.with("stack-name", stack)
            }
            Self::Protect { stack, on } => {
                line.with("stack-name", stack).switch("enable-termination-protection", *on)
            }
            Self::Signal { stack, logical, unique } => line
                .with("stack-name", stack)
                .with("logical-resource-id", logical)
                .with("unique-id", unique)
                .with("status", "SUCCESS"),
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::Delete { stack, retain, force: false } if retain.is_empty() => {
                format!("delete the stack {stack}")
            }
            Self::Delete { stack, retain, force: false } => {
                format!("delete the stack {stack} and leave {} standing", listed(retain))
            }
            Self::Delete { stack, force: true, .. } => {
                format!("delete the stack {stack} and leave behind whatever cannot be deleted")
            }
            Self::ContinueRollback { stack, skip, .. } if skip.is_empty() => {
                format!("go on with the rollback of the stack {stack}")
            }
            Self::ContinueRollback { stack, skip, .. } => {
                format!("go on with the rollback of the stack {stack}, skipping {}", listed(skip))
            }
            Self::Rollback { stack } => format!("roll the stack {stack} back"),
            Self::CancelUpdate { stack } => format!("cancel the update of the stack {stack}"),
            Self::Protect { stack, on: false } => {
                format!("lift the termination protection of the stack {stack}")
            }
            Self::Protect { stack, on: true } => {
                format!("protect the stack {stack} from termination")
            }
            Self::Signal { logical, unique, .. } => {
                format!("tell the stack that {unique} is well, for which {logical} waits")
            }
        }
    }

    fn risk(&self) -> Risk {
        match self {
            Self::Delete { .. } => Risk::Destructive,
            Self::Protect { on: true, .. } => Risk::Safe,
            Self::ContinueRollback { .. }
            | Self::Rollback { .. }
            | Self::CancelUpdate { .. }
            | Self::Protect { on: false, .. }
            | Self::Signal { .. } => Risk::Disruptive,
        }
    }

    fn done_when(&self, _: &StepId) -> Vec<Condition> {
        let stack_in = |stack: &StackName, statuses: &[&str]| Condition::StackIn {
            stack: stack.clone(),
            statuses: statuses.iter().map(|status| (*status).to_owned()).collect(),
        };
        match self {
            Self::Delete { stack, .. } => vec![stack_in(stack, &["DELETE_COMPLETE"])],
            Self::ContinueRollback { stack, .. } | Self::CancelUpdate { stack } => {
                vec![stack_in(stack, &["UPDATE_ROLLBACK_COMPLETE"])]
            }
            Self::Rollback { stack } => {
                let ends = ["UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE"];
                vec![stack_in(stack, &ends)]
            }
            Self::Protect { stack, on } => {
                vec![Condition::StackProtected { stack: stack.clone(), on: *on }]
            }
            // A signal shows only in what the stack does next, which the step waits for.
            Self::Signal { .. } => Vec::new(),
        }
    }
}
