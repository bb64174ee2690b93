//! Refusing options that a platform does not know, or values that they do not take.

#![expect(clippy::question_mark, reason = "plainer as it is written")]

use serde_json::{Value, json};

use super::catalogue::{Definition, find, free};
use super::{Settings, known};
use crate::sandbox::beanstalk::{neighbour, platform};
use crate::sandbox::{Account, Fault};

/// One complaint about an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    pub(super) namespace: String,
    pub(super) name: String,
    /// The whole sentence.
    pub(super) message: String,
}

impl Complaint {
    fn option(namespace: &str, name: &str, why: &str) -> Self {
        let message = format!(
            "Invalid option specification (Namespace: '{namespace}', OptionName: '{name}'): {why}"
        );
        Self { namespace: namespace.to_owned(), name: name.to_owned(), message }
    }

    fn value(namespace: &str, name: &str, value: &str, why: &str) -> Self {
        let message = format!(
            "Invalid option value: '{value}' (Namespace: '{namespace}', OptionName: '{name}'): {why}"
        );
        Self { namespace: namespace.to_owned(), name: name.to_owned(), message }
    }

    /// As `ValidateConfigurationSettings` tells it.
    pub(super) fn tree(&self) -> Value {
        json!({
            "Message": self.message,
            "Severity": "error",
            "Namespace": self.namespace,
            "OptionName": self.name,
        })
    }
}

/// Refuses options; the first complaint is the sentence, as in `NET-21`, `PL-07`, `PL-08`.
pub(in crate::sandbox::beanstalk) fn check(
    account: &mut Account,
    platform: &str,
    worker: bool,
    settings: &Settings,
    _params: &Value,
) -> Result<(), Fault> {
    let complaints = complaints(account, platform, worker, settings);
    let Some(first) = complaints.into_iter().next() else { return Ok(()) };
    Err(Fault::new(
        "ConfigurationValidationException",
        format!("Configuration validation exception: {}", first.message),
    ))
}

/// Everything that is wrong with options.
pub(super) fn complaints(
    account: &mut Account,
    platform: &str,
    worker: bool,
    settings: &Settings,
) -> Vec<Complaint> {
    let traits = platform::traits(platform);
    let mut all = Vec::new();
    for (namespace, options) in settings {
        for (name, value) in options {
            if free(namespace) {
                continue;
            }
            match find(namespace, name) {
                Some(definition) if known(definition, traits, worker) => {
                    all.extend(wrong_value(definition, namespace, value));
                }
                _ => all.push(Complaint::option(namespace, name, "Unknown configuration setting.")),
            }
        }
    }
    all.extend(contradictions(settings));
    all.extend(network(account, settings));
    all
}

/// What is wrong with a value, by its definition.
fn wrong_value(definition: &Definition, namespace: &str, value: &str) -> Option<Complaint> {
    let complain = |why: &str| Some(Complaint::value(namespace, definition.name, value, why));
    if value.is_empty() {
        return None;
    }
    if !definition.choices.is_empty() && !definition.choices.contains(&value) {
        let choices = definition.choices.join(", ");
        return complain(&format!("Value is not one of the allowed values: [{choices}]"));
    }
    let Some((least, most)) = definition.range else { return None };
    match value.parse::<i64>() {
        Err(_) => complain("Value is not a valid integer."),
        Ok(number) if number < least => {
            complain(&format!("Value is less than minimum allowed value: {least}"))
        }
        Ok(number) if number > most => {
            complain(&format!("Value is greater than maximum allowed value: {most}"))
        }
        Ok(_) => None,
    }
}

/// Options that contradict each other.
fn contradictions(settings: &Settings) -> Vec<Complaint> {
    let option = |namespace: &str, name: &str| {
        settings.get(namespace).and_then(|it| it.get(name)).map(String::as_str)
    };
    let mut all = Vec::new();
    let system = option("aws:elasticbeanstalk:healthreporting:system", "SystemType");
    let managed = "aws:elasticbeanstalk:managedactions";
    if option(managed, "ManagedActionsEnabled") == Some("true") && system == Some("basic") {
        // PL-13.
        all.push(Complaint::option(
            managed,
            "ManagedActionsEnabled",
            "Managed platform updates require enhanced health reporting (option SystemType in \
             namespace aws:elasticbeanstalk:healthreporting:system).",
        ));
    }
    let (check, url) = ("aws:elb:healthcheck", "Application Healthcheck URL");
    if option(check, "Target").is_some()
        && option("aws:elasticbeanstalk:application", url).is_some_and(|url| !url.is_empty())
    {
        // APP-09.
        all.push(Complaint {
            namespace: check.to_owned(),
            name: "Target".to_owned(),
            message: "You cannot configure an Elastic Beanstalk environment with values for both \
                      the Elastic Load Balancing Target option and Application Healthcheck URL \
                      option"
                .to_owned(),
        });
    }
    let group = "aws:autoscaling:asg";
    let number = |name: &str| option(group, name).and_then(|it| it.parse::<i64>().ok());
    if let (Some(least), Some(most)) = (number("MinSize"), number("MaxSize"))
        && least > most
    {
        // The sentence is not quoted anywhere that was found.
        all.push(Complaint::value(
            group,
            "MinSize",
            &least.to_string(),
            "Value must not be greater than MaxSize.",
        ));
    }
    all
}

/// A network without subnets, and the reverse (`NET-21`).
fn network(account: &mut Account, settings: &Settings) -> Vec<Complaint> {
    let vpc = "aws:ec2:vpc";
    let option = |name: &str| settings.get(vpc).and_then(|it| it.get(name));
    let given = |name: &str| option(name).is_some_and(|value| !value.is_empty());
    let single = settings
        .get("aws:elasticbeanstalk:environment")
        .and_then(|it| it.get("EnvironmentType"))
        .is_some_and(|kind| kind == "SingleInstance");
    if given("VPCId") && !given("Subnets") {
        let kind = settings
            .get("aws:elasticbeanstalk:environment")
            .and_then(|it| it.get("LoadBalancerType"))
            .map_or("application", String::as_str);
        let why = if single {
            "Specify the subnets for the VPC.".to_owned()
        } else {
            format!("Specify the subnets for the VPC for load balancer type {kind}.")
        };
        return vec![Complaint::value(vpc, "Subnets", "null", &why)];
    }
    let mut all = Vec::new();
    for name in ["Subnets", "ELBSubnets"] {
        let subnets = option(name).map(String::as_str).unwrap_or_default();
        for subnet in subnets.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            if !neighbour::subnet_exists(account, subnet) {
                let why = format!("The subnet ID '{subnet}' does not exist");
                all.push(Complaint::value(vpc, name, subnets, &why));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(namespace: &str, name: &str, value: &str) -> Settings {
        let mut settings = Settings::new();
        let options = settings.entry(namespace.to_owned()).or_default();
        options.insert(name.to_owned(), value.to_owned());
        settings
    }

    fn told(settings: &Settings) -> Vec<String> {
        let mut account = Account::new("210987654321", "us-west-2", jiff::Timestamp::UNIX_EPOCH);
        let platform = "arn:aws:elasticbeanstalk:us-west-2::platform/Node.js 22 running on 64bit \
                        Amazon Linux 2023/6.4.3";
        complaints(&mut account, platform, false, settings)
            .into_iter()
            .map(|complaint| complaint.message)
            .collect()
    }

    #[test]
    fn a_namespace_of_another_platform_is_unknown() {
        let settings = set("aws:elasticbeanstalk:container:python", "WSGIPath", "application");
        assert_eq!(
            told(&settings),
            ["Invalid option specification (Namespace: 'aws:elasticbeanstalk:container:python', \
              OptionName: 'WSGIPath'): Unknown configuration setting."]
        );
    }

    #[test]
    fn a_network_needs_subnets() {
        let settings = set("aws:ec2:vpc", "VPCId", "vpc-1");
        assert_eq!(
            told(&settings),
            ["Invalid option value: 'null' (Namespace: 'aws:ec2:vpc', OptionName: 'Subnets'): \
              Specify the subnets for the VPC for load balancer type application."]
        );
    }

    #[test]
    fn environment_properties_are_free() {
        assert!(told(&set("aws:elasticbeanstalk:application:environment", "ANY", "x")).is_empty());
    }

    #[test]
    fn a_value_out_of_range_is_told_with_the_bound() {
        let told = told(&set("aws:autoscaling:asg", "MaxSize", "20000"));
        assert!(
            told[0].ends_with("Value is greater than maximum allowed value: 10000"),
            "{told:?}"
        );
    }
}
