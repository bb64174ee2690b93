//! An environment's configuration; values of its properties stop here.

use aws_sdk_elasticbeanstalk::types as sdk;

use crate::aws::convert::filled;
use crate::aws::redact::{self, HIDDEN};
use crate::aws::{Aws, Reading, property};
use crate::world::{OptionSetting, Settings};

/// Where environment properties are kept.
const PROPERTIES: &str = "aws:elasticbeanstalk:application:environment";

impl Aws {
    /// An environment's whole configuration as it is deployed.
    pub async fn settings(&self, application: &str, name: &str) -> Reading<Settings> {
        let answer = self
            .read("elasticbeanstalk:DescribeConfigurationSettings", || {
                let request = self.beanstalk().describe_configuration_settings();
                request.application_name(application).environment_name(name).send()
            })
            .await?;
        Ok(answer.map(|page| {
            let mut found = page.configuration_settings.unwrap_or_default();
            // While a change is under way there is a pending draft beside what is deployed.
            found.sort_by_key(|found| {
                found.deployment_status.as_ref().is_none_or(|status| status.as_str() != "deployed")
            });
            let options = found.into_iter().next().and_then(|found| found.option_settings);
            settings(options.unwrap_or_default())
        }))
    }

    /// What AWS's own validation says of options: severity, message, namespace, option.
    pub async fn validation(
        &self,
        application: &str,
        name: &str,
        options: &[OptionSetting],
    ) -> Reading<Vec<(String, String, String, String)>> {
        let settings: Vec<_> = options.iter().map(option_setting).collect();
        let answer = self
            .read("elasticbeanstalk:ValidateConfigurationSettings", || {
                let request = self.beanstalk().validate_configuration_settings();
                let request = request.application_name(application).environment_name(name);
                request.set_option_settings(Some(settings.clone())).send()
            })
            .await?;
        Ok(answer.map(|page| {
            let messages = page.messages.unwrap_or_default().into_iter();
            messages
                .map(|message| {
                    (
                        message.severity.map(|s| s.as_str().to_owned()).unwrap_or_default(),
                        redact::mail(&message.message.unwrap_or_default()),
                        message.namespace.unwrap_or_default(),
                        message.option_name.unwrap_or_default(),
                    )
                })
                .collect()
        }))
    }
}

fn option_setting(option: &OptionSetting) -> sdk::ConfigurationOptionSetting {
    sdk::ConfigurationOptionSetting::builder()
        .namespace(&option.namespace)
        .option_name(&option.name)
        .set_value(option.value.clone())
        .set_resource_name(option.resource.clone())
        .build()
}

fn settings(options: Vec<sdk::ConfigurationOptionSetting>) -> Settings {
    let mut settings = Settings::default();
    for option in options {
        let namespace = option.namespace.unwrap_or_default();
        let name = option.option_name.unwrap_or_default();
        let value = option.value;
        if namespace == PROPERTIES {
            let value = value.unwrap_or_default();
            settings.properties.push(property::property(&name, &value));
        } else {
            let value = value.map(|value| kept(&namespace, &name, value));
            let resource = filled(option.resource_name);
            settings.options.push(OptionSetting { namespace, name, value, resource });
        }
    }
    settings.options.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    settings.properties.sort_by(|a, b| a.name.cmp(&b.name));
    settings
}

/// What is kept of an option's value: not the parameter that repeats all properties, no password,
/// no mail address of a notification.
fn kept(namespace: &str, name: &str, value: String) -> String {
    let repeats = namespace == "aws:cloudformation:template:parameter"
        && matches!(name, "EnvironmentVariables" | "EnvironmentSecrets");
    if value.is_empty() {
        value
    } else if repeats || redact::is_secret_name(name) {
        HIDDEN.to_owned()
    } else {
        redact::mail(&value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(namespace: &str, name: &str, value: &str) -> sdk::ConfigurationOptionSetting {
        let option = sdk::ConfigurationOptionSetting::builder();
        option.namespace(namespace).option_name(name).value(value).build()
    }

    #[test]
    fn no_value_of_a_property_gets_through() {
        let parameters = "aws:cloudformation:template:parameter";
        let read = settings(vec![
            option(PROPERTIES, "API_KEY", "s3cr3t"),
            option(parameters, "EnvironmentVariables", "API_KEY=s3cr3t,X=y"),
            option("aws:rds:dbinstance", "DBPassword", "s3cr3t"),
            option("aws:elasticbeanstalk:sns:topics", "Notification Endpoint", "me@example.com"),
            option("aws:ec2:vpc", "VPCId", "vpc-1"),
        ]);
        let text = format!("{read:?}");
        assert!(!text.contains("s3cr3t") && !text.contains("example.com"), "{text}");
        assert_eq!(read.get("aws:ec2:vpc", "VPCId"), Some("vpc-1"));
        assert_eq!(read.properties.len(), 1);
        assert_eq!(read.properties[0].bytes, "API_KEY=s3cr3t".len());
    }
}
