//! Environments, by Elastic Beanstalk, whose calls have neither token nor dry run.

use aws_sdk_elasticbeanstalk::types as sdk;

use super::{Attempt, Done, done, made};
use crate::plan::{EnvironmentAction as Action, NewEnvironment};
use crate::world::{Arn, EnvironmentId};

impl Attempt<'_> {
    pub(super) async fn environment(&self, action: &Action) -> Done {
        let api = self.aws.beanstalk();
        match action {
            Action::Terminate { environment, .. } => {
                let request = api.terminate_environment().environment_id(environment.as_str());
                let send = || request.clone().send();
                Ok(done(self.aws.change("elasticbeanstalk:TerminateEnvironment", send).await?))
            }
            Action::Rebuild { environment, .. } => {
                let request = api.rebuild_environment().environment_id(environment.as_str());
                let send = || request.clone().send();
                Ok(done(self.aws.change("elasticbeanstalk:RebuildEnvironment", send).await?))
            }
            Action::Abort { environment, .. } => {
                let request = api.abort_environment_update().environment_id(environment.as_str());
                let send = || request.clone().send();
                Ok(done(self.aws.change("elasticbeanstalk:AbortEnvironmentUpdate", send).await?))
            }
            Action::Restart { environment, .. } => {
                let request = api.restart_app_server().environment_id(environment.as_str());
                let send = || request.clone().send();
                Ok(done(self.aws.change("elasticbeanstalk:RestartAppServer", send).await?))
            }
            Action::Update { .. } => self.update(action).await,
            Action::Create(new) => self.create(new).await,
            Action::SaveConfiguration { environment, application, template } => {
                self.save_configuration(environment, application, template).await
            }
            Action::DeleteConfiguration { application, template } => {
                let request = api.delete_configuration_template().application_name(application);
                let request = request.template_name(template);
                let send = || request.clone().send();
                let operation = "elasticbeanstalk:DeleteConfigurationTemplate";
                Ok(done(self.aws.change(operation, send).await?))
            }
            Action::SetOperationsRole { name, role, .. } => {
                self.set_operations_role(name, role.as_ref()).await
            }
        }
    }

    async fn update(&self, action: &Action) -> Done {
        let Action::Update { environment, platform, version_label, set, remove, .. } = action
        else {
            return Err(super::refused("NotAnUpdate", "this action updates nothing"));
        };
        let removed: Vec<_> = remove.iter().map(specification).collect();
        let request = self.aws.beanstalk().update_environment();
        let request = request
            .environment_id(environment.as_str())
            .set_platform_arn(platform.as_ref().map(ToString::to_string))
            .set_version_label(version_label.clone())
            .set_option_settings(options(set))
            .set_options_to_remove((!removed.is_empty()).then_some(removed));
        let send = || request.clone().send();
        Ok(done(self.aws.change("elasticbeanstalk:UpdateEnvironment", send).await?))
    }

    async fn create(&self, new: &NewEnvironment) -> Done {
        let tags: Vec<_> = new.tags.iter().map(tag).collect();
        let request = self.aws.beanstalk().create_environment();
        let request = request
            .application_name(&new.application)
            .environment_name(&new.name)
            .set_cname_prefix(new.cname_prefix.clone())
            .set_tier(new.tier.as_deref().map(tier))
            .set_platform_arn(new.platform.as_ref().map(ToString::to_string))
            .set_version_label(new.version_label.clone())
            .set_template_name(new.template.clone())
            .set_option_settings(options(&new.set))
            .set_tags((!tags.is_empty()).then_some(tags));
        let send = || request.clone().send();
        let answer = self.aws.change("elasticbeanstalk:CreateEnvironment", send).await?;
        Ok(made(answer, |page| page.environment_id))
    }

    async fn save_configuration(
        &self,
        environment: &EnvironmentId,
        application: &str,
        template: &str,
    ) -> Done {
        let request = self.aws.beanstalk().create_configuration_template();
        let request = request
            .application_name(application)
            .template_name(template)
            .environment_id(environment.as_str());
        let send = || request.clone().send();
        let operation = "elasticbeanstalk:CreateConfigurationTemplate";
        let answer = self.aws.change(operation, send).await?;
        Ok(made(answer, |page| page.template_name))
    }

    async fn set_operations_role(&self, name: &str, role: Option<&Arn>) -> Done {
        let api = self.aws.beanstalk();
        if let Some(role) = role {
            let request = api.associate_environment_operations_role().environment_name(name);
            let request = request.operations_role(role.as_str());
            let send = || request.clone().send();
            let operation = "elasticbeanstalk:AssociateEnvironmentOperationsRole";
            Ok(done(self.aws.change(operation, send).await?))
        } else {
            let request = api.disassociate_environment_operations_role().environment_name(name);
            let send = || request.clone().send();
            let operation = "elasticbeanstalk:DisassociateEnvironmentOperationsRole";
            Ok(done(self.aws.change(operation, send).await?))
        }
    }
}

fn options(set: &[(String, String, String)]) -> Option<Vec<sdk::ConfigurationOptionSetting>> {
    let option = |(namespace, name, value): &(String, String, String)| {
        let option = sdk::ConfigurationOptionSetting::builder();
        option.namespace(namespace).option_name(name).value(value).build()
    };
    (!set.is_empty()).then(|| set.iter().map(option).collect())
}

fn specification((namespace, name): &(String, String)) -> sdk::OptionSpecification {
    sdk::OptionSpecification::builder().namespace(namespace).option_name(name).build()
}

fn tag((key, value): &(String, String)) -> sdk::Tag {
    sdk::Tag::builder().key(key).value(value).build()
}

/// A tier with the type that goes with its name.
// Source: Elastic Beanstalk API reference, EnvironmentTier: `Standard` for web servers,
// `SQS/HTTP` for workers.
fn tier(name: &str) -> sdk::EnvironmentTier {
    let kind = if name == "Worker" { "SQS/HTTP" } else { "Standard" };
    sdk::EnvironmentTier::builder().name(name).r#type(kind).build()
}
