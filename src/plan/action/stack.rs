//! Changes of CloudFormation stacks.

use serde::{Deserialize, Serialize};

use super::words;
use crate::world::{LogicalId, StackName};

/// A change of a stack. Each call carries a `ClientRequestToken`, so that it is made once.
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
}

impl StackAction {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Delete { .. } => "delete-stack",
        }
    }

    pub(super) fn target(&self) -> String {
        match self {
            Self::Delete { stack, .. } => stack.to_string(),
        }
    }

    pub(super) fn permissions(&self) -> Vec<&'static str> {
        match self {
            Self::Delete { .. } => vec!["cloudformation:DeleteStack"],
        }
    }

    pub(super) fn command(&self) -> Vec<String> {
        let mut line = words(&["cloudformation", self.kind()]);
        match self {
            Self::Delete { stack, retain, force } => {
                line.extend(["--stack-name".to_owned(), stack.to_string()]);
                if !retain.is_empty() {
                    line.push("--retain-resources".to_owned());
                    line.extend(retain.iter().map(LogicalId::to_string));
                }
                if *force {
                    line.extend(words(&["--deletion-mode", "FORCE_DELETE_STACK"]));
                }
            }
        }
        line
    }
}
