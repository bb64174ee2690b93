//! Changes of an environment, made by Elastic Beanstalk.
//!
//! None of these calls has a dry run or a token, so that after a crash only a look at the
//! environment's events tells whether one was made.
//! Source: the Elastic Beanstalk API model.

use serde::{Deserialize, Serialize};

use super::words;
use crate::world::{Arn, EnvironmentId};

/// A change of an environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnvironmentAction {
    /// Ends it, its resources included.
    Terminate {
        /// Which.
        environment: EnvironmentId,
        /// Its name.
        name: String,
    },
    /// Makes all its resources anew, also of a terminated one.
    Rebuild {
        /// Which.
        environment: EnvironmentId,
        /// Its name.
        name: String,
    },
    /// Changes platform, version or options.
    Update {
        /// Which.
        environment: EnvironmentId,
        /// Its name.
        name: String,
        /// The platform version to move to.
        platform: Option<Arn>,
        /// The application version to move to.
        version_label: Option<String>,
        /// Options to set: namespace, name, value.
        set: Vec<(String, String, String)>,
        /// Options to remove: namespace, name.
        remove: Vec<(String, String)>,
    },
}

impl EnvironmentAction {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Terminate { .. } => "terminate-environment",
            Self::Rebuild { .. } => "rebuild-environment",
            Self::Update { .. } => "update-environment",
        }
    }

    pub(super) fn target(&self) -> String {
        match self {
            Self::Terminate { name, .. }
            | Self::Rebuild { name, .. }
            | Self::Update { name, .. } => name.clone(),
        }
    }

    pub(super) fn permissions(&self) -> Vec<&'static str> {
        match self {
            Self::Terminate { .. } => vec!["elasticbeanstalk:TerminateEnvironment"],
            Self::Rebuild { .. } => vec!["elasticbeanstalk:RebuildEnvironment"],
            Self::Update { .. } => vec!["elasticbeanstalk:UpdateEnvironment"],
        }
    }

    pub(super) fn command(&self) -> Vec<String> {
        let mut line = words(&["elasticbeanstalk", self.kind()]);
        match self {
            Self::Terminate { environment, .. } | Self::Rebuild { environment, .. } => {
                line.extend(["--environment-id".to_owned(), environment.to_string()]);
            }
            Self::Update { environment, platform, version_label, set, remove, .. } => {
                line.extend(["--environment-id".to_owned(), environment.to_string()]);
                if let Some(platform) = platform {
                    line.extend(["--platform-arn".to_owned(), platform.to_string()]);
                }
                if let Some(label) = version_label {
                    line.extend(["--version-label".to_owned(), label.clone()]);
                }
                if !set.is_empty() {
                    line.push("--option-settings".to_owned());
                    line.extend(set.iter().map(|(namespace, name, value)| {
                        format!("Namespace={namespace},OptionName={name},Value={value}")
                    }));
                }
                if !remove.is_empty() {
                    line.push("--options-to-remove".to_owned());
                    line.extend(remove.iter().map(|(namespace, name)| {
                        format!("Namespace={namespace},OptionName={name}")
                    }));
                }
            }
        }
        line
    }
}
