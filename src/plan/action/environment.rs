//! Changes of an environment, made by Elastic Beanstalk.
//!
//! None of these calls has a dry run or a token, so that after a crash only a look at the
//! environment and its events tells whether one was made.
//! Source: the Elastic Beanstalk API model.

use serde::{Deserialize, Serialize};

use super::line::{Line, shorthand};
use super::{Change, Risk, Traceable};
use crate::plan::{Condition, StepId};
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
        /// Whether it is wanted although it is so already: what is there is deployed once more,
        /// so that the environment and its stack agree again after an update that failed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        again: bool,
    },
    /// Aborts the update that goes on.
    Abort {
        /// Which.
        environment: EnvironmentId,
        /// Its name.
        name: String,
    },
    /// Restarts the application on all instances.
    Restart {
        /// Which.
        environment: EnvironmentId,
        /// Its name.
        name: String,
    },
    /// Makes an environment.
    Create(Box<NewEnvironment>),
    /// Saves its configuration under a name.
    SaveConfiguration {
        /// Which.
        environment: EnvironmentId,
        /// Its application.
        application: String,
        /// The saved configuration's name.
        template: String,
    },
    /// Deletes a saved configuration; the way back from saving it.
    DeleteConfiguration {
        /// The application.
        application: String,
        /// The saved configuration's name.
        template: String,
    },
    /// Makes Elastic Beanstalk work with this role, or again with the caller's permissions.
    SetOperationsRole {
        /// Which.
        environment: EnvironmentId,
        /// Its name.
        name: String,
        /// The role; absent: the caller's permissions.
        role: Option<Arn>,
    },
}

/// What a new environment is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEnvironment {
    /// Its application.
    pub application: String,
    /// Its name.
    pub name: String,
    /// The first label of its name in the DNS.
    pub cname_prefix: Option<String>,
    /// `WebServer` or `Worker`.
    pub tier: Option<String>,
    /// Its platform version.
    pub platform: Option<Arn>,
    /// Its application version.
    pub version_label: Option<String>,
    /// The saved configuration it starts from.
    pub template: Option<String>,
    /// Options on top of that: namespace, name, value.
    pub set: Vec<(String, String, String)>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

impl EnvironmentAction {
    pub(super) fn traceable(&self) -> Traceable {
        // Source of the texts: Elastic Beanstalk's own events, catalogue part (2b).
        match self {
            Self::Terminate { .. } => Traceable::Announced(&["terminateEnvironment is starting"]),
            Self::Rebuild { .. } => Traceable::Announced(&[
                "rebuildEnvironment is starting",
                "createEnvironment is starting",
            ]),
            Self::Update { .. } => Traceable::Announced(&["Environment update is starting"]),
            Self::Restart { .. } => Traceable::Announced(&["restartAppServer is starting"]),
            Self::Create(_) => Traceable::Announced(&["createEnvironment is starting"]),
            Self::Abort { .. }
            | Self::SaveConfiguration { .. }
            | Self::DeleteConfiguration { .. }
            | Self::SetOperationsRole { .. } => Traceable::EffectAlone,
        }
    }
}

impl Change for EnvironmentAction {
    fn kind(&self) -> &'static str {
        match self {
            Self::Terminate { .. } => "terminate-environment",
            Self::Rebuild { .. } => "rebuild-environment",
            Self::Update { .. } => "update-environment",
            Self::Abort { .. } => "abort-environment-update",
            Self::Restart { .. } => "restart-app-server",
            Self::Create(_) => "create-environment",
            Self::SaveConfiguration { .. } => "create-configuration-template",
            Self::DeleteConfiguration { .. } => "delete-configuration-template",
            Self::SetOperationsRole { role: Some(_), .. } => {
                "associate-environment-operations-role"
            }
            Self::SetOperationsRole { role: None, .. } => {
                "disassociate-environment-operations-role"
            }
        }
    }

    fn target(&self) -> String {
        match self {
            Self::Terminate { name, .. }
            | Self::Rebuild { name, .. }
            | Self::Update { name, .. }
            | Self::Abort { name, .. }
            | Self::Restart { name, .. }
            | Self::SetOperationsRole { name, .. } => name.clone(),
            Self::Create(new) => new.name.clone(),
            Self::SaveConfiguration { template, .. }
            | Self::DeleteConfiguration { template, .. } => template.clone(),
        }
    }

    fn permissions(&self) -> Vec<&'static str> {
        match self {
            Self::Terminate { .. } => vec!["elasticbeanstalk:TerminateEnvironment"],
            Self::Rebuild { .. } => vec!["elasticbeanstalk:RebuildEnvironment"],
            Self::Update { .. } => vec!["elasticbeanstalk:UpdateEnvironment"],
            Self::Abort { .. } => vec!["elasticbeanstalk:AbortEnvironmentUpdate"],
            Self::Restart { .. } => vec!["elasticbeanstalk:RestartAppServer"],
            Self::Create(_) => vec!["elasticbeanstalk:CreateEnvironment"],
            Self::SaveConfiguration { .. } => {
                vec!["elasticbeanstalk:CreateConfigurationTemplate"]
            }
            Self::DeleteConfiguration { .. } => {
                vec!["elasticbeanstalk:DeleteConfigurationTemplate"]
            }
            Self::SetOperationsRole { role: Some(_), .. } => {
                vec!["elasticbeanstalk:AssociateEnvironmentOperationsRole", "iam:PassRole"]
            }
            Self::SetOperationsRole { role: None, .. } => {
                vec!["elasticbeanstalk:DisassociateEnvironmentOperationsRole"]
            }
        }
    }

    fn line(&self) -> Line {
        let line = Line::new("elasticbeanstalk", self.kind());
        match self {
            Self::Terminate { environment, .. }
            | Self::Rebuild { environment, .. }
            | Self::Abort { environment, .. }
            | Self::Restart { environment, .. } => line.with("environment-id", environment),
            Self::Update { environment, platform, version_label, set, remove, .. } => {
                let remove = remove.iter().map(|(namespace, name)| {
                    format!("Namespace={namespace},OptionName={}", shorthand(name))
                });
                line.with("environment-id", environment)
                    .with_some("platform-arn", platform.as_ref())
                    .with_some("version-label", version_label.as_ref())
                    .list("option-settings", set.iter().map(option))
                    .list("options-to-remove", remove)
            }
            Self::Create(new) => create(line, new),
            Self::SaveConfiguration { environment, application, template } => line
                .with("application-name", application)
                .with("template-name", template)
                .with("environment-id", environment),
            Self::DeleteConfiguration { application, template } => {
                line.with("application-name", application).with("template-name", template)
            }
            Self::SetOperationsRole { name, role, .. } => {
                line.with("environment-name", name).with_some("operations-role", role.as_ref())
            }
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::Terminate { name, .. } => {
                format!("terminate the environment {name}, its stack included")
            }
            Self::Rebuild { name, .. } => {
                format!("rebuild the environment {name} with its configuration")
            }
            Self::Update { name, platform, version_label, set, remove, .. } => {
                let mut what = Vec::new();
                if let Some(platform) = platform {
                    let version = platform.as_str().rsplit('/').next().unwrap_or_default();
                    what.push(format!("put it on platform version {version}"));
                }
                what.extend(version_label.as_ref().map(|label| format!("deploy `{label}`")));
                what.extend(set.iter().map(|(_, name, value)| format!("set {name} to `{value}`")));
                what.extend(remove.iter().map(|(_, name)| format!("unset {name}")));
                format!("update the environment {name}: {}", super::listed(&what))
            }
            Self::Abort { name, .. } => format!("abort the update of {name} that goes on"),
            Self::Restart { name, .. } => {
                format!("restart the application on all instances of {name}")
            }
            Self::Create(new) => format!("make the environment {} anew", new.name),
            Self::SaveConfiguration { template, .. } => {
                format!("save the environment's configuration as `{template}`")
            }
            Self::DeleteConfiguration { template, .. } => {
                format!("delete the saved configuration `{template}`")
            }
            Self::SetOperationsRole { name, role: Some(role), .. } => {
                format!("make Elastic Beanstalk manage {name} with the role {role}")
            }
            Self::SetOperationsRole { name, role: None, .. } => {
                format!("make Elastic Beanstalk manage {name} with the caller's permissions")
            }
        }
    }

    fn risk(&self) -> Risk {
        match self {
            Self::SaveConfiguration { .. } => Risk::Safe,
            Self::Rebuild { .. }
            | Self::Update { .. }
            | Self::Abort { .. }
            | Self::Restart { .. }
            | Self::Create(_)
            | Self::SetOperationsRole { .. } => Risk::Disruptive,
            Self::Terminate { .. } | Self::DeleteConfiguration { .. } => Risk::Destructive,
        }
    }

    fn done_when(&self, _: &StepId) -> Vec<Condition> {
        let is_in = |environment: &EnvironmentId, status: &str| Condition::EnvironmentIn {
            environment: environment.clone(),
            statuses: vec![status.to_owned()],
        };
        match self {
            Self::Terminate { environment, .. } => vec![is_in(environment, "Terminated")],
            Self::Rebuild { environment, .. }
            | Self::Abort { environment, .. }
            | Self::Restart { environment, .. } => vec![is_in(environment, "Ready")],
            Self::Update { environment, platform, version_label, set, remove, .. } => {
                let mut holds = vec![is_in(environment, "Ready")];
                holds.extend(platform.clone().map(|platform| Condition::PlatformIs {
                    environment: environment.clone(),
                    platform,
                }));
                holds.extend(
                    version_label.clone().map(|label| Condition::VersionIs {
                        environment: environment.clone(),
                        label,
                    }),
                );
                let option = |namespace: &str, name: &str, value| Condition::OptionIs {
                    environment: environment.clone(),
                    namespace: namespace.to_owned(),
                    name: name.to_owned(),
                    value,
                };
                holds.extend(
                    set.iter().map(|(space, name, value)| option(space, name, Some(value.clone()))),
                );
                // A removed option falls back to a default that only AWS knows.
                let _ = remove;
                holds
            }
            Self::Create(new) => vec![Condition::EnvironmentNamed {
                application: new.application.clone(),
                name: new.name.clone(),
                statuses: vec!["Ready".to_owned()],
            }],
            Self::SaveConfiguration { application, template, .. } => {
                vec![saved(application, template, true)]
            }
            Self::DeleteConfiguration { application, template } => {
                vec![saved(application, template, false)]
            }
            Self::SetOperationsRole { environment, role, .. } => {
                vec![Condition::OperationsRoleIs {
                    environment: environment.clone(),
                    role: role.clone(),
                }]
            }
        }
    }
}

fn saved(application: &str, template: &str, there: bool) -> Condition {
    let (application, template) = (application.to_owned(), template.to_owned());
    Condition::ConfigurationSaved { application, template, there }
}

/// An option setting in the AWS CLI's shorthand.
fn option((namespace, name, value): &(String, String, String)) -> String {
    let (name, value) = (shorthand(name), shorthand(value));
    format!("Namespace={namespace},OptionName={name},Value={value}")
}

fn create(line: Line, new: &NewEnvironment) -> Line {
    // Source: the API model: tier names and types belong together.
    let tier = new.tier.as_ref().map(|tier| match tier.as_str() {
        "Worker" => "Name=Worker,Type=SQS/HTTP".to_owned(),
        other => format!("Name={other},Type=Standard"),
    });
    let tags = new
        .tags
        .iter()
        .map(|(key, value)| format!("Key={},Value={}", shorthand(key), shorthand(value)));
    line.with("application-name", &new.application)
        .with("environment-name", &new.name)
        .with_some("cname-prefix", new.cname_prefix.as_ref())
        .with_some("tier", tier)
        .with_some("platform-arn", new.platform.as_ref())
        .with_some("version-label", new.version_label.as_ref())
        .with_some("template-name", new.template.as_ref())
        .list("option-settings", new.set.iter().map(option))
        .list("tags", tags)
}
