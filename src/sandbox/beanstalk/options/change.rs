//! Applying `OptionSettings` and `OptionsToRemove` to options.

use serde_json::Value;

use super::Settings;
use crate::sandbox::Params;

/// The options after a request's changes.
pub(in crate::sandbox::beanstalk) fn changed(base: &Settings, params: &Value) -> Settings {
    let mut settings = base.clone();
    for option in params.list("OptionsToRemove") {
        let (Some(namespace), Some(name)) = (option.text("Namespace"), option.text("OptionName"))
        else {
            continue;
        };
        if let Some(options) = settings.get_mut(namespace) {
            options.remove(name);
            if options.is_empty() {
                settings.remove(namespace);
            }
        }
    }
    for option in params.list("OptionSettings") {
        if let (Some(namespace), Some(name)) = (option.text("Namespace"), option.text("OptionName"))
        {
            let value = option.text("Value").unwrap_or_default();
            settings
                .entry(namespace.to_owned())
                .or_default()
                .insert(name.to_owned(), value.to_owned());
        }
    }
    settings
}

/// Adds what follows from other options: a single instance is one, and with `InstanceType` of the
/// older namespace comes the list of the younger one.
pub(in crate::sandbox::beanstalk) fn complete(settings: &mut Settings) {
    let kind = settings
        .get("aws:autoscaling:launchconfiguration")
        .and_then(|options| options.get("InstanceType"))
        .cloned();
    if let Some(kind) = kind {
        let options = settings.entry("aws:ec2:instances".to_owned()).or_default();
        options.insert("InstanceTypes".to_owned(), kind);
    }
    let single = settings
        .get("aws:elasticbeanstalk:environment")
        .and_then(|options| options.get("EnvironmentType"))
        .is_some_and(|kind| kind == "SingleInstance");
    if single {
        let options = settings.entry("aws:autoscaling:asg".to_owned()).or_default();
        options.insert("MinSize".to_owned(), "1".to_owned());
        options.insert("MaxSize".to_owned(), "1".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn removing_an_option_brings_its_default_back() {
        let set = json!({ "OptionSettings": [
            { "Namespace": "aws:autoscaling:asg", "OptionName": "MinSize", "Value": "3" },
        ] });
        let settings = changed(&Settings::new(), &set);
        assert_eq!(settings["aws:autoscaling:asg"]["MinSize"], "3");
        let removed = json!({ "OptionsToRemove": [
            { "Namespace": "aws:autoscaling:asg", "OptionName": "MinSize" },
        ] });
        assert_eq!(changed(&settings, &removed), Settings::new());
    }
}
