//! Launch configurations.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::group::Launch;
use super::{invalid, rows};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A launch configuration.
#[derive(Clone, Debug, Serialize)]
pub struct Configuration {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// When it was created.
    pub created: Timestamp,
    /// What it was created with, with the names of the API.
    pub settings: Value,
}

impl Configuration {
    /// Puts what it says into the parameters of RunInstances.
    pub(super) fn apply(&self, params: &mut Value) {
        let settings = &self.settings;
        for name in ["ImageId", "InstanceType", "KeyName", "UserData"] {
            if let Some(text) = settings.text(name) {
                params[name] = json!(text);
            }
        }
        if let Some(profile) = settings.text("IamInstanceProfile") {
            let key = if profile.starts_with("arn:") { "Arn" } else { "Name" };
            params["IamInstanceProfile"] = json!({key: profile});
        }
        let groups = settings.texts("SecurityGroups");
        let (ids, names): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.starts_with("sg-"));
        if settings.get("AssociatePublicIpAddress").is_none() {
            if !ids.is_empty() {
                params["SecurityGroupId"] = json!(ids);
            }
            if !names.is_empty() {
                params["SecurityGroup"] = json!(names);
            }
            return;
        }
        // A public address can only be asked for of an interface, which then has the groups.
        let subnet = params.as_object_mut().and_then(|members| members.remove("SubnetId"));
        params["NetworkInterface"] = json!([{
            "DeviceIndex": 0,
            "SubnetId": subnet,
            "AssociatePublicIpAddress": settings.flag("AssociatePublicIpAddress"),
            "SecurityGroupId": ids,
        }]);
    }
}

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("LaunchConfigurationName")?;
    if account.here.autoscaling.without_configurations {
        return Err(Fault::new(
            "UnsupportedOperation",
            "The Launch Configuration creation operation is not available in your account. Use \
             launch templates to create configuration templates for your Auto Scaling groups.",
        ));
    }
    if account.here.autoscaling.configurations.iter().any(|it| it.name == name) {
        let text = format!(
            "Launch Configuration by this name already exists - A launch configuration already \
             exists with the name {name}"
        );
        return Err(Fault::new("AlreadyExists", text));
    }
    let uuid = account.uuid();
    let arn = account
        .arn("autoscaling", &format!("launchConfiguration:{uuid}:launchConfigurationName/{name}"));
    let configuration = Configuration {
        name: name.to_owned(),
        arn,
        created: account.now(),
        settings: call.params.clone(),
    };
    account.here.autoscaling.configurations.push(configuration);
    Ok(json!({}))
}

pub(super) fn describe(account: &mut Account, call: &Call) -> Answer {
    let names = call.params.texts("LaunchConfigurationNames");
    let found = account.here.autoscaling.configurations.iter();
    let rows = found
        .filter(|it| names.is_empty() || names.contains(&it.name))
        .map(|it| {
            let text = |name: &str| it.settings.text(name).unwrap_or_default();
            let public = it.settings.get("AssociatePublicIpAddress");
            json!({
                "LaunchConfigurationName": it.name,
                "LaunchConfigurationARN": it.arn,
                "ImageId": text("ImageId"),
                "KeyName": text("KeyName"),
                "SecurityGroups": it.settings.texts("SecurityGroups"),
                "ClassicLinkVPCSecurityGroups": [],
                "UserData": text("UserData"),
                "InstanceType": text("InstanceType"),
                "KernelId": "",
                "RamdiskId": "",
                "BlockDeviceMappings": it.settings.list("BlockDeviceMappings"),
                "InstanceMonitoring": {"Enabled": true},
                "IamInstanceProfile": it.settings.text("IamInstanceProfile"),
                "CreatedTime": it.created.to_string(),
                "EbsOptimized": it.settings.flag("EbsOptimized"),
                "AssociatePublicIpAddress":
                    public.map(|_| it.settings.flag("AssociatePublicIpAddress")),
            })
        })
        .collect();
    rows::page("LaunchConfigurations", rows, call, 50)
}

pub(super) fn delete(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("LaunchConfigurationName")?;
    let scaling = &mut account.here.autoscaling;
    let launch = Launch::Configuration(name.to_owned());
    if let Some(group) = scaling.groups.iter().find(|group| group.launch == launch) {
        let text = format!(
            "Cannot delete launch configuration {name} because it is attached to AutoScalingGroup \
             {}",
            group.name
        );
        return Err(Fault::new("ResourceInUse", text));
    }
    if !scaling.configurations.iter().any(|it| it.name == name) {
        return Err(invalid(format!(
            "Launch configuration name not found - Launch configuration {name} not found"
        )));
    }
    scaling.configurations.retain(|it| it.name != name);
    Ok(json!({}))
}
